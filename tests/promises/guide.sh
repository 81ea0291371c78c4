#!/bin/sh
# SPDX-License-Identifier: ISC
# The blocks of C of docs/guide.md are one program, which runs: guide.sh SOURCE_DIR BUILD_DIR CC
set -eu

source=$1
build=$2
cc=$3
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# shellcheck disable=SC2016 # the backquotes are Markdown's
sed -n '/^```c$/,/^```$/p' "$source/docs/guide.md" | grep -v '^```' >"$dir/guide.c"
[ "$(grep -c '^```c$' "$source/docs/guide.md")" -ge 7 ]
# shellcheck disable=SC2086 # a compiler may have arguments
$cc -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -I"$source/include" "$dir/guide.c" -o "$dir/guide" \
    -L"$build/src" -L"$build/src/crypto" -lsidewire-backends -lsidewire
ssh-keygen -q -t rsa -b 2048 -m PEM -N '' -f "$dir/key"
LD_LIBRARY_PATH=$build/src:$build/src/crypto timeout 60 "$dir/guide" "$dir/key" "$dir/key.pub" >"$dir/output"
printf 'hello\nworld\n' | diff - "$dir/output"
for file in $(grep -o '](\(\.\./\)\?[a-zA-Z][a-zA-Z0-9_./-]*)' "$source/docs/guide.md" | tr -d ']()'); do
    [ -e "$source/docs/$file" ] || { echo "the guide names $file, which is not there" >&2; exit 1; }
done
