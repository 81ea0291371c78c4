#!/bin/sh
# SPDX-License-Identifier: ISC
# Sizes as `figure:` lines; fails above a limit that is promised: figures.sh SOURCE_DIR CC
set -eu

source=$1
cc=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
failed=0

# figure TEXT VALUE UNIT LIMIT
figure() {
    echo "figure: $1: $2 $3, limit $4"
    [ "$2" -le "$4" ] || { echo "above its limit: $1" >&2; failed=1; }
}

# A figure to reach: printed with how far it is, and kept from growing. target TEXT VALUE UNIT AIM CEILING
target() {
    verdict=reached
    [ "$2" -le "$4" ] || verdict="not reached, $(($2 - $4)) above"
    echo "figure: $1: $2 $3, aim $4 ($verdict), must stay below $5"
    [ "$2" -lt "$5" ] || { echo "above its ceiling: $1" >&2; failed=1; }
}

cat >"$dir/sizes.c" <<'C'
#include <sidewire.h>
#include <stdio.h>
int main(void)
{
    printf("%zu %zu\n", sizeof(sw_session), sizeof(sw_decoder));
    return 0;
}
C
$cc -std=c11 -I"$source/include" "$dir/sizes.c" -o "$dir/sizes"
read -r session decoder <<S
$("$dir/sizes")
S
figure "sizeof(sw_session)" "$session" bytes 2048
figure "sizeof(sw_decoder)" "$decoder" bytes 64

# what only sealed sessions have
sealed='noise noise_symmetric record hmac handshake_sealed session_records session_sealed ssh server_key key_halves'
for file in "$source"/src/*.c; do
    $cc -std=c11 -Os -I"$source/include" -c "$file" -o "$dir/$(basename "$file" .c).o"
done
# Sum of the section sizes of objects: section_sizes SECTION OBJECT...
section_sizes() {
    section=$1
    shift
    size -A "$@" | awk -v name="$section" 'index($1, name) == 1 {n += $2} END {print n + 0}'
}
# what a session does not need is counted apart; a static link leaves it out
for room in audio observer; do
    mkdir "$dir/$room"
    for file in "$source/src/$room"/*.c; do
        $cc -std=c11 -Os -I"$source/include" -c "$file" -o "$dir/$room/$(basename "$file" .c).o"
    done
done
mkdir "$dir/sealed"
for name in $sealed; do
    mv "$dir/$name.o" "$dir/sealed"
done
text=$(section_sizes .text "$dir"/*.o)
# the aim is for gcc on x86-64; clang unrolls and inlines more at -Os
if [ "$(uname -m)" = x86_64 ] && ! $cc --version | grep -q clang; then
    target "text of the core without sealed sessions at -Os" "$text" bytes 16384 24640
else
    echo "figure: text of the core without sealed sessions at -Os, $(uname -m), $cc: $text bytes"
fi
echo "figure: of it, readers of key files: $(cd "$dir" && section_sizes .text keys.o key_reader.o keys_der.o keys_openssh.o) bytes"
figure "text of noise and record at -Os" \
    "$(section_sizes .text "$dir/sealed/noise.o" "$dir/sealed/noise_symmetric.o" "$dir/sealed/record.o")" bytes 5120
echo "figure: text of all that only sealed sessions have: $(section_sizes .text "$dir/sealed"/*.o) bytes"
echo "figure: constant data and texts of all: $(section_sizes .rodata "$dir"/*.o "$dir"/sealed/*.o) bytes"
for room in audio observer; do
    echo "figure: text of the $room room at -Os: $(section_sizes .text "$dir/$room"/*.o) bytes"
done

# What a program links that has a client's session and no key files, if the linker collects what nothing uses. A
# session refers to sealed ones, so those are in it.
cat >"$dir/client.c" <<'C'
#include <sidewire.h>
static sw_session session;
static sw_client_config config;
static uint8_t rx[4096], tx[4096];
int main(void)
{
    const sw_argument argument = { "x", 1 };
    sw_event event;
    size_t n, taken;
    sw_session_client(&session, &config, rx, sizeof(rx), tx, sizeof(tx));
    while (sw_session_next(&session, &event) >= 0) {
        sw_session_command(&session, &argument, 1, 0);
        sw_session_send(&session, SW_BAND_BLOB_DATA, NULL, 0, &taken);
        sw_session_rx_space(&session, &n);
        sw_session_rx_commit(&session, n);
        sw_session_rx_end(&session);
        sw_session_tx_bytes(&session, &n);
        sw_session_tx_drain(&session, n);
    }
    sw_session_wipe(&session);
    return sw_session_error(&session).code;
}
C
if $cc -std=c11 -Os -ffunction-sections -fdata-sections -I"$source/include" "$dir/client.c" "$source"/src/*.c \
    -Wl,--gc-sections -o "$dir/client" 2>"$dir/log"; then
    echo "figure: text of a program with a client's session at -Os: $(section_sizes .text "$dir/client") bytes"
fi

if $cc -fstack-usage -x c -c /dev/null -o "$dir/none.o" 2>/dev/null; then
    for file in "$source"/src/*.c "$source"/src/audio/*.c "$source"/src/observer/*.c; do
        $cc -std=c11 -O2 -fstack-usage -I"$source/include" -c "$file" \
            -o "$dir/frame_$(basename "$(dirname "$file")")_$(basename "$file" .c).o"
    done
    frame=$(cat "$dir"/frame_*.su | awk -F'\t' '$2 > max {max = $2} END {print max}')
    figure "largest stack frame of the core at -O2" "$frame" bytes 1024
fi
exit "$failed"
