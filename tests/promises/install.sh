#!/bin/sh
# SPDX-License-Identifier: ISC
# Installs to a prefix and builds programs against that through pkg-config, shared and static:
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

# Programs find the libraries wherever the prefix is, also where it was moved to.
prefix=${libdir%/lib*}
mkdir "$dir/a folder"
cp -a "$prefix" "$dir/a folder/moved"
for program in "$dir/a folder/moved/bin"/sidewire-*; do
    env -u LD_LIBRARY_PATH "$program" --version >/dev/null || { echo "$program does not start" >&2; exit 1; }
done
for program in "$dir/a folder/moved"/bin/sidewire-*; do
    name=$(basename "$program")
    for file in "man/man1/$name.1" "bash-completion/completions/$name" "fish/vendor_completions.d/$name.fish" \
        "zsh/site-functions/_$name"; do
        [ -s "$prefix/share/$file" ] || { echo "not installed: share/$file" >&2; exit 1; }
    done
done
for file in man/man5/sidewire-keylog.5 man/man7/sidewire.7 doc/sidewire/LICENSE doc/sidewire/README.md \
    doc/sidewire/protocol.md doc/sidewire/examples/blocking_client.c; do
    [ -s "$prefix/share/$file" ] || { echo "not installed: share/$file" >&2; exit 1; }
done
for file in "$libdir"/pkgconfig/*.pc; do
    # shellcheck disable=SC2016 # it is pkg-config's variable
    url=$(sed -n 's/^URL: file:\/\/${prefix}//p' "$file")
    [ -s "$prefix$url" ] || { echo "$file: no documentation at its URL '$url'" >&2; exit 1; }
done

# Headers of the backends that are there, and of no other.
find "$dir/root" -name 'sidewire-*.pc' | sed 's/.*sidewire-//; s/\.pc$//' | sort >"$dir/there"
find "$dir/root" -name '*.h' | sed 's/.*\///; s/\.h$//' |
    grep -E '^(backends|mbedtls|openssl|gcrypt)$' | sort | diff "$dir/there" -

# Programs: the example, which takes any backend, and for each backend one that links it alone.
cp "$example" "$dir/sidewire-backends.c"
for pc in "$libdir"/pkgconfig/sidewire-*.pc; do
    library=$(basename "$pc" .pc)
    [ "$library" != sidewire-backends ] || continue
    backend=${library#sidewire-}
    cat >"$dir/$library.c" <<C
#include <sidewire.h>
#include <sidewire/$backend.h>
#include <stdio.h>
int main(void)
{
    sw_crypto *crypto = sw_${backend}_new();
    static const uint8_t key[SW_CIPHER_KEY_SIZE];
    sw_cipher cipher;
    if (crypto == NULL || sw_cipher_init(&cipher, SW_CIPHER_AES_CTR128, crypto, key) != SW_OK)
        return 1;
    sw_cipher_wipe(&cipher);
    printf("usage: %s\n", crypto->name);
    sw_${backend}_free(crypto);
    return 0;
}
C
done
[ "$(ls "$dir"/sidewire-*.c | wc -l)" -eq "$(ls "$libdir"/pkgconfig/sidewire-*.pc | wc -l)" ]
[ "$(ls "$dir"/sidewire-*.c | wc -l)" -ge 2 ]

# README's own line links README's example.
if ls "$libdir"/libsidewire.so >/dev/null 2>&1; then
    line=$(sed -n 's/^cc \(program\.c .*\)$/\1/p' "$source/README.md")
    [ -n "$line" ] || { echo "README has no line that links program.c" >&2; exit 1; }
    cp "$example" "$dir/program.c"
    (cd "$dir" && eval "$cc $line") || { echo "README: cc $line: failed" >&2; exit 1; }
fi

# shellcheck disable=SC2046 # flags are words
if ls "$libdir"/libsidewire.so >/dev/null 2>&1; then
    for program in "$dir"/sidewire-*.c; do
        library=$(basename "$program" .c)
        $cc -std=c11 "$program" -o "$dir/shared" $(pkg-config --cflags --libs "$library" sidewire)
        readelf -d "$dir/shared" | grep -q 'NEEDED.*libsidewire\.so\.0'
        readelf -d "$dir/shared" | grep -q "NEEDED.*lib$library\.so\.0"
        # crypto libraries are the backends' business
        if readelf -d "$dir/shared" | grep -E 'NEEDED.*lib(mbed|ssl|crypto|gcrypt|gpg)' >&2; then
            exit 1
        fi
        LD_LIBRARY_PATH=$libdir "$dir/shared" 2>&1 | grep -q '^usage: '
        echo "$library, shared: built and run"
    done
    # A backend whose library is not installed is passed over, down to the last one.
    cat >"$dir/any.c" <<C
#include <sidewire/backends.h>
#include <stdio.h>
int main(void)
{
    sw_crypto *crypto = sw_backend_new(NULL);
    printf("%s\n", crypto != NULL ? crypto->name : "none");
    sw_backend_free(crypto);
    return 0;
}
C
    $cc -std=c11 "$dir/any.c" -o "$dir/any" $(pkg-config --cflags --libs sidewire-backends sidewire)
    for backend in openssl gcrypt mbedtls none; do
        [ -e "$libdir/libsidewire-$backend.so" ] || [ $backend = none ] || continue
        [ "$(LD_LIBRARY_PATH=$libdir "$dir/any")" = $backend ]
        echo "loaded: $backend"
        rm -f "$libdir/libsidewire-$backend".so*
    done
fi
rm -f "$libdir"/libsidewire*.so*
# shellcheck disable=SC2046
for program in "$dir"/sidewire-*.c; do
    library=$(basename "$program" .c)
    $cc -std=c11 "$program" -o "$dir/static" \
        $(pkg-config --static --cflags --libs "$library")
    if readelf -d "$dir/static" | grep 'NEEDED.*sidewire' >&2; then
        exit 1
    fi
    "$dir/static" 2>&1 | grep -q '^usage: '
    echo "$library, static: built and run"
done
[ "$(pkg-config --modversion sidewire)" = "$(sed -n 's/.*SW_VERSION "\(.*\)"/\1/p' \
    "$source/include/sidewire/api.h")" ]
find "$dir/root" -type f | sed "s|^$dir/root||" | sort
