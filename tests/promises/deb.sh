#!/bin/sh
# SPDX-License-Identifier: ISC
# What is installed is in one of Debian's packages, or said not to be: deb.sh SOURCE_DIR BUILD_DIR PREFIX LIBDIR
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# the first word of each line; what comes from elsewhere than from what was installed does not matter
cat "$1"/debian/*.install "$1/debian/not-installed" | sed 's/ .*//' | grep '^usr/' >"$dir/owned"
meson introspect "$2" --installed | tr ',' '\n' | sed -n 's/.*": *"\(.*\)".*/\1/p' |
    sed -E "s|^$3/|usr/|; s|^usr/$4/|usr/lib/any/|" | grep -vE '/tests/|/share/sidewire/' >"$dir/installed"
[ "$(wc -l <"$dir/installed")" -gt 20 ]
while read -r path; do
    # a folder that is installed as it is
    if [ "$path" = usr/share/doc/sidewire ]; then
        for file in "$1"/docs/*; do
            [ ! -f "$file" ] || [ "$(basename "$file")" = Doxyfile ] || echo "$path/$(basename "$file")"
        done
    else
        echo "$path"
    fi
done <"$dir/installed" >"$dir/files"
while read -r path; do
    while read -r pattern; do
        # shellcheck disable=SC2254 # a pattern on purpose
        case $path in $pattern | $pattern/*) continue 2 ;; esac
    done <"$dir/owned"
    echo "in no package: $path" >&2
    exit 1
done <"$dir/files"
echo "$(wc -l <"$dir/files") paths are in the packages of debian/"
