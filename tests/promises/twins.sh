#!/bin/sh
# SPDX-License-Identifier: ISC
# No two of our libraries define the same global name: twins.sh LIBRARY... , shared ones and archives
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
for library in "$@"; do
    case $library in
    *.a) nm -g --defined-only "$library" 2>/dev/null >>"$dir/archives" ;;
    *) nm -D --defined-only "$library" >>"$dir/shared" ;;
    esac
done
for kind in archives shared; do
    awk 'NF == 3 {print $3}' "$dir/$kind" | grep -v '^__' | sort >"$dir/names"
    [ "$(wc -l <"$dir/names")" -gt 100 ]
    if uniq -d "$dir/names" | grep .; then
        echo "more than one of the $kind has the names above" >&2
        exit 1
    fi
done
