#!/bin/sh
# SPDX-License-Identifier: ISC
# The table of script/test-foreign counts what suites ran, and none passes that ran nothing, whatever its status was:
# foreign.sh SOURCE_DIR
set -eu

cd "$1"
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT

# a suite in meson's log: NAME RESULT STDOUT
suite() {
    printf '{"name": "%s", "result": "%s", "stdout": "%s"}\n' "$@"
}
# its row, and whether that passes: row STATUS WORDS
row() {
    status=0
    found=$(script/foreign-results machine "$dir/log" 2>"$dir/errors") || status=$?
    [ "$status" -eq "$1" ] || { echo "status $status in the place of $1: $found" >&2; exit 1; }
    [ "$(echo "$found" | tr -s ' ')" = "$2" ] || { echo "'$found' in the place of '$2'" >&2; exit 1; }
}

good() {
    suite a OK 'Running suite(s): a\n100%: Checks: 7, Failures: 0, Errors: 0\n'
    suite b OK 'Running suite(s): b\r\n100%: Checks: 3, Failures: 0, Errors: 0\r\n'
    suite c OK '12 inputs\n'
    suite d OK '400 streams, 4000 runs, no difference\n'
    suite e OK '50 sequences, no difference\n'
    suite f OK 'lengths, bytes, digits and ranges: as believed\n'
}
good >"$dir/log"
row 0 'machine 6 6 0 0 10 12 450'
{ good; suite g SKIP ''; } >"$dir/log"
row 0 'machine 7 6 0 1 10 12 450'
for nothing in '' 'Running suite(s): g\n100%: Checks: 0, Failures: 0, Errors: 0\n' '0 inputs\n' '0 streams, 0 runs, no difference\n'; do
    { good; suite g OK "$nothing"; } >"$dir/log"
    row 1 'machine 7 6 1 0 10 12 450'
    grep -qx 'machine: g: failed' "$dir/errors"
done
for result in FAIL TIMEOUT ERROR; do
    { good; suite g "$result" '100%: Checks: 7, Failures: 0, Errors: 0\n'; } >"$dir/log"
    row 1 'machine 7 6 1 0 10 12 450'
done
suite g SKIP '' >"$dir/log"
row 1 'machine 1 0 0 1 0 0 0'
: >"$dir/log"
row 1 'machine 0 0 0 0 0 0 0'
