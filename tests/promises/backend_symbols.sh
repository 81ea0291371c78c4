#!/bin/sh
# SPDX-License-Identifier: ISC
# What a library of src/crypto/ exports, and that its internal names cannot meet those of a program:
#     backend_symbols.sh ARCHIVE SHARED_LIBRARY NAME...
# NAME: all that it has to export.
set -eu

archive=$1
shared=$2
shift 2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

printf '%s\n' "$@" | sort >"$dir/wanted"
nm -D --defined-only "$shared" | awk '{print $3}' | sed 's/@.*//' | sort -u >"$dir/exported"
diff "$dir/wanted" "$dir/exported"

nm -g --defined-only "$archive" | awk 'NF == 3 {print $3}' | sort -u >"$dir/global"
grep -qxF "$1" "$dir/global"
if grep -vE '^swi?_|^__|^_?_?odr_asan|\.' "$dir/global"; then
    echo "the archive defines names without sw_ (above)" >&2
    exit 1
fi
