#!/bin/sh
# SPDX-License-Identifier: ISC
# What is not there is left out, and said; each part can be asked for alone: parts.sh SOURCE_DIR CC
set -eu

source=$1
CC=$2
export CC
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
mkdir "$top/a folder"
ln -s "$source" "$top/a folder/sidewire"
cd "$top/a folder"

fail() { cat "$top/log" >&2; echo "$*" >&2; exit 1; }
# Sets the folder BUILD up: set_up BUILD OPTION...
set_up() { (b=$1; shift; meson setup "$b" sidewire -Dcrypto=mbedtls "$@" >"$top/log" 2>&1); }
# Says what a folder builds.
programs() {
    meson introspect "$1" --targets |
        sed 's/}, {/\n/g' | sed -n 's/.*"name": "\(sidewire-[a-z]*\)".*"type": "executable".*/\1/p' | sort | tr '\n' ' '
}
said() { grep -Eq "$1" "$top/log" || fail "not said: $1"; }

# With mbedTLS alone (which has no .pc file): the library is built, and why the rest is not is said.
mkdir "$top/no-pc"
PKG_CONFIG_LIBDIR=$top/no-pc set_up alone || fail "it cannot be set up with mbedTLS alone"
said 'client *: not found: libedit'
said 'server *: not found: libuv 1.42, SQLite 3.33'
said 'dump *: not found: .*zstd'
said 'tests *: not found: Check'
ninja -C alone >"$top/log" 2>&1 || fail "it does not build with mbedTLS alone"
[ -e alone/src/crypto/libsidewire-mbedtls.a ] || fail "no library"
[ -z "$(programs alone)" ] || fail "programs without what they need: $(programs alone)"

# What was asked for by name is not left out.
if PKG_CONFIG_LIBDIR=$top/no-pc set_up none -Dserver=enabled; then
    fail "-Dserver=enabled does not insist"
fi
said 'sqlite3|libuv'

for part in client server dump; do
    set_up "only $part" -Dauto_features=disabled -D$part=enabled || fail "-D$part=enabled alone"
    [ "$(programs "only $part")" = "sidewire-$part " ] || fail "$part alone: $(programs "only $part")"
done
# Tests are of what is there.
for part in client dump examples; do
    set_up "without $part" -D$part=disabled || fail "-D$part=disabled, with tests"
    said "$part *: not asked for"
done

set_up library -Dauto_features=disabled || fail "the library alone"
said 'tests *: not asked for'
[ -z "$(programs library)" ] || fail "the library alone: $(programs library)"
meson setup core sidewire -Dcrypto= >"$top/log" 2>&1 || fail "the core alone"
said 'server *: needs a crypto backend'
