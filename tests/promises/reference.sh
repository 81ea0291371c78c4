#!/bin/sh
# SPDX-License-Identifier: ISC
# The reference is made without a warning and has all public functions: reference.sh SOURCE_DIR
set -eu

command -v doxygen >/dev/null || { echo 'skipped: there is no doxygen'; exit 77; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$1/script/reference" "$dir/reference"
cat "$dir/reference/xml"/*_8h.xml >"$dir/all"
count=0
for name in $(sed -nE 's/^SW_API [^(;]*[ *](sw_[a-z0-9_]+)\(.*/\1/p' "$1"/include/sidewire/*.h "$1"/include/sidewire/audio/*.h); do
    grep -q "<name>$name</name>" "$dir/all" || { echo "$name is not in the reference" >&2; exit 1; }
    count=$((count + 1))
done
[ "$count" -gt 150 ]
echo "$count functions"
