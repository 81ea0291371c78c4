#!/bin/sh
# SPDX-License-Identifier: ISC
# A project that has sidewire as a meson subproject gets its dependencies by name, and the library alone; in a
# folder with blanks in its name: subproject.sh SOURCE_DIR CC
set -eu

source=$1
cc=$2
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
dir="$top/a project"

mkdir -p "$dir/subprojects"
ln -s "$source" "$dir/subprojects/sidewire"
cat >"$dir/program.c" <<'C'
#include <sidewire.h>
#include <sidewire/backends.h>
#include <stdio.h>
int main(void)
{
    sw_crypto *crypto = sw_backend_new(NULL);
    if (crypto == NULL)
        return 1;
    puts(crypto->name);
    sw_backend_free(crypto);
    return 0;
}
C
cat >"$dir/meson.build" <<'M'
project('other', 'c')
executable('program', 'program.c',
  dependencies: [dependency('sidewire', fallback: 'sidewire'), dependency('sidewire-backends')])
M
CC=$cc meson setup "$dir/build folder" "$dir" >"$top/log" 2>&1 &&
    ninja -C "$dir/build folder" >>"$top/log" 2>&1 || { cat "$top/log" >&2; exit 1; }
[ "$("$dir/build folder/program")" = mbedtls ]
built=$(find "$dir/build folder" -type f -perm -100 ! -name '*.so*' ! -name program ! -path '*/meson-*')
[ -z "$built" ] || { echo "a subproject builds: $built" >&2; exit 1; }
