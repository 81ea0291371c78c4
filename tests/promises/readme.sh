#!/bin/sh
# SPDX-License-Identifier: ISC
# README's loop is the one of examples/blocking_client.c, which is compiled and run: readme.sh SOURCE_DIR
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
sed -n '/README: begin/,/README: end/p' "$1/examples/blocking_client.c" |
    sed '1d;$d;s/^    //' >"$dir/example"
# shellcheck disable=SC2016 # the backquotes are Markdown's
sed -n '/^```c$/,/^```$/p' "$1/README.md" | sed '1d;$d' >"$dir/readme"
[ "$(wc -l <"$dir/readme")" -gt 5 ]
diff "$dir/example" "$dir/readme"
# each example is short
for file in "$1"/examples/*.c "$1"/python/examples/*.py; do
    [ "$(wc -l <"$file")" -lt 150 ] || { echo "$file has 150 lines or more" >&2; exit 1; }
done
for file in $(grep -o '](\([a-z][a-zA-Z0-9_./-]*\))' "$1/README.md" | tr -d ']()'); do
    [ -e "$1/$file" ] || { echo "README names $file, which is not there" >&2; exit 1; }
done
