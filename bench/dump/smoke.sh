#!/bin/sh
# SPDX-License-Identifier: ISC
# smoke.sh MAKE_CAPTURE SIDEWIRE_DUMP: captures for measuring are the same each time, and all that
# was put into them is decoded.
set -eu

make_capture=$1
dump=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
fail() { echo "smoke.sh: $*" >&2; exit 1; }

ssh-keygen -q -t rsa -b 2048 -N '' -f "$dir/key"

# check NAME OPTION...
check() {
    name=$1
    shift
    for copy in 1 2; do
        rm -f "$dir/keys"
        SIDEWIREKEYLOGFILE=$dir/keys "$make_capture" -k "$dir/key" -w "$dir/capture$copy" "$@" \
            >"$dir/made$copy"
    done
    cmp "$dir/capture1" "$dir/capture2" || fail "$name: not the same each time"
    made=$(sed 's/.*"packets": \([0-9]*\), "bytes": \([0-9]*\).*/\1 \2/' "$dir/made1")
    for keys in "--keylog $dir/keys" "-k $dir/key"; do
        # shellcheck disable=SC2086 # an option and its value
        "$dump" $keys --stats "$dir/capture1" >"$dir/stats" || fail "$name: exit status $?"
        shown=$(sed '1,/^total:/d' "$dir/stats" | awk '$1 == "OUTPUT" { print $4, $5 }')
        [ "$shown" = "$made" ] || fail "$name: '$shown' instead of '$made'"
    done
}

check "segments filled up" -n 1000 -b 16 -B 64
check "one packet in a segment" -n 1000 -b 16 -B 64 -p
check "many sessions" -s 20 -n 50 -b 1 -B 100 -r
check "large bodies" -n 4 -b 65536 -B 1048576
