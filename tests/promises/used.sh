#!/bin/sh
# SPDX-License-Identifier: ISC
# Each public function is used by a program, a bench or an example, so that it is known to be of use, and how:
# used.sh SOURCE_DIR
set -eu

cd "$1"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# declarations; but for what programs find by name (src/crypto/backends_linked.c and backends_loaded.c)
grep -rhE '^(SW_API|static inline) ' include | grep -oE '\bsw_[a-z0-9_]+\(' | tr -d '(' |
    grep -vE '^sw_(mbedtls|openssl|gcrypt)_(new|free)$' | sort -u >"$dir/public"
grep -rhoE '\bsw_[a-z0-9_]+' --include='*.c' --include='*.h' --include='*.cpp' \
    tools wireshark bench examples | sort -u >"$dir/used"
count=$(wc -l <"$dir/public")
echo "public functions: $count"
[ "$count" -gt 100 ] || { echo "too few: the list itself must be wrong" >&2; exit 1; }
if comm -23 "$dir/public" "$dir/used" | grep .; then
    echo "used by no program, bench or example (above): show them in one, or make them internal" >&2
    exit 1
fi
