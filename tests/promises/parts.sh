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
# Sets the folder BUILD up, for what compiles fast: set_up BUILD OPTION...
set_up() { (b=$1; shift; meson setup "$b" sidewire -Doptimization=0 -Ddebug=false "$@" >"$top/log" 2>&1); }
# Says what a folder builds.
programs() {
    meson introspect "$1" --targets |
        sed 's/}, {/\n/g' | sed -n 's/.*"name": "\(sidewire-[a-z]*\)".*"type": "executable".*/\1/p' | sort | tr '\n' ' '
}
said() { grep -Eq "$1" "$top/log" || fail "not said: $1"; }
# Makes the compiler $top/NAME, which has no headers of these names: hide NAME HEADER...
hide() {
    compiler=$top/$1
    shift
    # shellcheck disable=SC2086 # a compiler may have arguments
    $CC -E -Wp,-v -xc /dev/null 2>&1 >/dev/null | sed -n 's/^ \(\/.*\)/\1/p' >"$top/folders"
    printf '#!/bin/sh\nexec %s -nostdinc' "$CC" >"$compiler"
    while read -r folder; do
        shown=$(mktemp -d "$top/headers-XXXXXX")
        ln -s "$folder"/* "$shown/"
        for header in "$@"; do
            rm -f "$shown/$header"
        done
        printf ' -isystem "%s"' "$shown" >>"$compiler"
    done <"$top/folders"
    # shellcheck disable=SC2016 # of the script
    printf ' "$@"\n' >>"$compiler"
    chmod +x "$compiler"
}

# With mbedTLS alone (which has no .pc file): the library is built, and why the rest is not is said.
mkdir "$top/no-pc"
PKG_CONFIG_LIBDIR=$top/no-pc set_up alone || fail "it cannot be set up with mbedTLS alone"
said 'client *: not found: libedit'
said 'server *: not found: libuv 1.42, SQLite 3.33'
said 'dump *: not found: .*zstd'
said 'tests *: not found: Check'
said 'examples/libuv_client *: not found: libuv'
ninja -C alone >"$top/log" 2>&1 || fail "it does not build with mbedTLS alone"
[ -e alone/src/crypto/libsidewire-mbedtls.a ] || fail "no library"
[ -z "$(programs alone)" ] || fail "programs without what they need: $(programs alone)"

# Without Check alone: everything but the tests.
mkdir "$top/no-check"
for folder in $(pkg-config --variable pc_path pkg-config | tr ':' ' '); do
    for file in "$folder"/*.pc; do
        [ ! -e "$file" ] || [ "$(basename "$file")" = check.pc ] || ln -sf "$file" "$top/no-check/"
    done
done
PKG_CONFIG_LIBDIR=$top/no-check set_up 'no check' || fail "it cannot be set up without Check"
said 'tests *: not found: Check'
said 'parts *: client, server, dump'

# Without mbedTLS another backend is taken; without any there is the core, and why there is no more is said.
hide without-mbedtls mbedtls
hide without-any mbedtls openssl gcrypt.h
CC=$top/without-mbedtls set_up another || fail "it cannot be set up with OpenSSL alone"
said 'crypto backends *: openssl$'
# other ways of finding libraries than pkg-config
printf "[binaries]\ncmake = 'false'\nlibgcrypt-config = 'false'\n" >"$top/no-tools"
CC=$top/without-any PKG_CONFIG_LIBDIR=$top/no-pc set_up nothing --native-file "$top/no-tools" || fail "it cannot be set up without any backend"
said 'crypto backends *: not found: mbedTLS, OpenSSL 3.0, libgcrypt 1.9'
said 'client *: needs a crypto backend'
ninja -C nothing >"$top/log" 2>&1 || fail "it does not build without any backend"
[ -e nothing/src/libsidewire.a ] || fail "no core"
if CC=$top/without-mbedtls set_up insisting -Dcrypto=mbedtls; then
    fail "-Dcrypto=mbedtls does not insist"
fi
said 'mbedtls/version.h. not found'
if set_up both -Dcrypto=auto,openssl; then
    fail "-Dcrypto=auto,openssl is taken"
fi
said 'auto stands alone'

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
set_up core -Dcrypto= || fail "the core alone"
said 'server *: needs a crypto backend'
