#!/bin/sh
# Installs to a prefix and builds an example against that through pkg-config, shared and static:
#     install.sh BUILD_DIR SOURCE_DIR CC
set -eu

build=$1
source=$2
cc=$3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

meson install -C "$build" --no-rebuild --quiet --destdir "$dir/root"
pc=$(find "$dir/root" -name sidewire.pc)
[ -n "$pc" ] || { echo "no sidewire.pc was installed" >&2; exit 1; }
PKG_CONFIG_PATH=$(dirname "$pc")
PKG_CONFIG_SYSROOT_DIR=$dir/root
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
libdir=$(dirname "$PKG_CONFIG_PATH")

example="$source/examples/blocking_client.c"
# shellcheck disable=SC2046 # flags are words
if ls "$libdir"/libsidewire.so >/dev/null 2>&1; then
    $cc -std=c11 "$example" -o "$dir/shared" $(pkg-config --cflags --libs sidewire-mbedtls sidewire)
    readelf -d "$dir/shared" | grep -q 'NEEDED.*libsidewire\.so\.0'
    LD_LIBRARY_PATH=$libdir "$dir/shared" 2>&1 | grep -q '^usage: '
    echo "shared: built and run, needs libsidewire.so.0"
fi
rm -f "$libdir"/libsidewire*.so*
# shellcheck disable=SC2046
$cc -std=c11 "$example" -o "$dir/static" \
    $(pkg-config --static --cflags --libs sidewire-mbedtls sidewire)
"$dir/static" 2>&1 | grep -q '^usage: '
echo "static: built and run"
[ "$(pkg-config --modversion sidewire)" = "$(sed -n 's/.*SW_VERSION "\(.*\)"/\1/p' \
    "$source/include/sidewire/api.h")" ]
find "$dir/root" -type f | sed "s|^$dir/root||" | sort
