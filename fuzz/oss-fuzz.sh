#!/bin/bash
# SPDX-License-Identifier: ISC
# What OSS-Fuzz runs in its container: builds each target with the engine, and packs its corpus and dictionary. The
# environment has CC, CFLAGS, LIB_FUZZING_ENGINE and OUT; AFL++ does the same with CC=afl-clang-fast and
# LIB_FUZZING_ENGINE=-fsanitize=fuzzer. The plugin's target needs Wireshark's headers, and is left out without them.
set -euo pipefail
cd "$(dirname "$0")/.."

build=${WORK:-$PWD}/build-oss-fuzz
meson setup "$build" -Dauto_features=disabled -Dfuzzers=enabled -Dcrypto= -Ddefault_library=static -Db_lundef=false \
    -Dfuzzing_engine="$LIB_FUZZING_ENGINE"
ninja -C "$build"
for source in fuzz/fuzz_*.c; do
    topic=${source#fuzz/fuzz_}
    topic=${topic%.c}
    [ -x "$build/fuzz/fuzz_$topic" ] || continue
    cp "$build/fuzz/fuzz_$topic" "$OUT/"
    corpus=$topic
    [[ $topic != plugin && $topic != raw_streams ]] || corpus=observer # they read the same
    (cd "fuzz/corpus/$corpus" && python3 -m zipfile -c "$OUT/fuzz_${topic}_seed_corpus.zip" ./*)
    [ ! -f "fuzz/dict/$topic" ] || cp "fuzz/dict/$topic" "$OUT/fuzz_$topic.dict"
done
