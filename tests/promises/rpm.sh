#!/bin/sh
# SPDX-License-Identifier: ISC
# The spec file can be read, is of this version, and its packages have all that is installed:
#     rpm.sh SOURCE_DIR BUILD_DIR PREFIX
set -eu

command -v rpmspec >/dev/null || { echo 'skipped: there is no rpmspec'; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
spec=$1/rpm/sidewire.spec
version=$(sed -n "s/^ *version: '\(.*\)',/\1/p" "$1/meson.build")

rpmspec -q --qf '%{version} %{name}\n' "$spec" >"$dir/packages" 2>"$dir/log" || { cat "$dir/log" >&2; exit 1; }
if grep -v "^$version " "$dir/packages"; then
    echo "another version than $version" >&2
    exit 1
fi
[ "$(wc -l <"$dir/packages")" -ge 9 ]

# each path that is installed, but for static libraries and the plugin, is below one that a package has
rpmspec -P --define '_libdir /usr/lib' "$spec" 2>/dev/null | sed -n '/^%files/,/^%changelog/p' | grep '^/' >"$dir/owned"
meson introspect "$2" --installed | tr ',' '\n' | sed -n 's/.*": *"\(.*\)".*/\1/p' |
    sed -E "s|^$3/|/usr/|; s#/(lib64|lib/[^/]*-linux-[a-z0-9]*)/#/lib/#" |
    grep -vE '\.a$|/wireshark/|/LICENSE$|/tests/' >"$dir/installed"
[ "$(wc -l <"$dir/installed")" -gt 20 ]
while read -r path; do
    while read -r pattern; do
        # shellcheck disable=SC2254 # a pattern on purpose
        case $path in $pattern | $pattern/*) continue 2 ;; esac
    done <"$dir/owned"
    echo "in no package: $path" >&2
    exit 1
done <"$dir/installed"
echo "$(wc -l <"$dir/installed") paths are in $(wc -l <"$dir/packages") packages"
