#!/bin/sh
# SPDX-License-Identifier: ISC
# Runs the recipes of docs/recipes.md on captures: recipes.sh SOURCE SIDEWIRE_DUMP MODULES
# The npm package that they need is kept in the folder MODULES. Where it can neither be found there nor be
# installed, the test is skipped, and says so (status 77).
set -eu
source=$(realpath "$1") dump=$(realpath "$2") modules=$(realpath -m "$3")

command -v node >/dev/null && command -v npm >/dev/null || {
    echo 'skipped: there is no node or no npm'
    exit 77
}
if [ ! -d "$modules/node_modules/@duckdb/node-api" ]; then
    mkdir -p "$modules"
    timeout 120 npm install --prefix "$modules" --no-audit --no-fund --silent @duckdb/node-api >/dev/null 2>&1 || {
        echo 'skipped: @duckdb/node-api cannot be installed'
        exit 77
    }
fi

folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
captures=$source/tests/e2e/captures
cd "$folder"
mkdir json
python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))' \
    <"$captures/key.der.hex" >key.der
openssl rsa -inform DER -in key.der -out key 2>/dev/null
for name in 00-plain.pcap 05-vxlan.pcap d4-pktap.pcap; do
    "$dump" -k key --json --no-bodies "$captures/$name" >"json/$name.jsonl"
done
"$dump" -k key --table sessions "$captures/00-plain.pcap" >sessions.csv
RECIPES_MODULES=$modules node "$source/tests/dump_output/recipes.mjs" "$source/docs/recipes.md"
