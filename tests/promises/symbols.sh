#!/bin/sh
# SPDX-License-Identifier: ISC
# What the core objects need from outside, what they export, and that they hold no variables:
#     symbols.sh ARCHIVE SHARED_LIBRARY
set -eu

archive=$(realpath "$1")
shared=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

# All objects as one: what they need from each other falls away.
(cd "$dir" && ar x "$archive")
ld -r -o "$dir/core.o" "$dir"/*.o

nm -u "$dir/core.o" | awk '{print $2}' | sort -u >"$dir/undefined"
echo "undefined symbols of the core:"
cat "$dir/undefined"
[ -s "$dir/undefined" ] || { echo "none at all: the list itself must be wrong" >&2; exit 1; }

# mem* and str*, in the checked forms too; what compilers and sanitizers bring along by themselves
allowed='^(mem(chr|cmp|cpy|move|set)|bcmp|str(len|chr|cmp|ncmp))$'
allowed="$allowed|^__(mem|str)[a-z]*_chk\$|^__(asan|ubsan|sanitizer|gcov|llvm|sanitize)_"
allowed="$allowed|^__stack_chk_fail\$|^_GLOBAL_OFFSET_TABLE_\$|^__start_asan|^__stop_asan|^___asan"
if grep -vE "$allowed" "$dir/undefined"; then
    echo "the core needs what it must not need (above)" >&2
    exit 1
fi

# In a static link the internal names are seen too: they must not meet those of a program.
if nm -g --defined-only "$dir/core.o" | awk '{print $3}' | grep -vE '^swi?_|^__|^_?_?odr_asan|\.'; then
    echo "the archive defines names without sw_ or swi_ (above)" >&2
    exit 1
fi

nm -D --defined-only "$shared" | awk '{print $3}' | sed 's/@.*//' | sort -u >"$dir/exported"
grep -q '^sw_session_next$' "$dir/exported" || { echo "no sw_session_next in $shared" >&2; exit 1; }
if grep -vE '^sw_' "$dir/exported"; then
    echo "the library exports names that are not its own (above)" >&2
    exit 1
fi
echo "exported symbols: $(wc -l <"$dir/exported")"

# Sanitizers keep tables of their own in writable sections.
grep -q '__asan\|__ubsan\|__gcov' "$dir/undefined" && exit 0
writable=$(size -A "$dir/core.o" | awk '$1 ~ /^\.(data|bss|tdata|tbss)/ && $1 !~ /rel\.ro/ {n += $2} END {print n + 0}')
echo "bytes of variables in the core: $writable"
[ "$writable" -eq 0 ]
