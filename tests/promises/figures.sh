#!/bin/sh
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
    target "text of the core without sealed sessions at -Os" "$text" bytes 16384 24576
else
    echo "figure: text of the core without sealed sessions at -Os, $(uname -m), $cc: $text bytes"
fi
figure "text of noise and record at -Os" \
    "$(section_sizes .text "$dir/sealed/noise.o" "$dir/sealed/noise_symmetric.o" "$dir/sealed/record.o")" bytes 5120
echo "figure: text of all that only sealed sessions have: $(section_sizes .text "$dir/sealed"/*.o) bytes"
echo "figure: constant data and texts of all: $(section_sizes .rodata "$dir"/*.o "$dir"/sealed/*.o) bytes"
for room in audio observer; do
    echo "figure: text of the $room room at -Os: $(section_sizes .text "$dir/$room"/*.o) bytes"
done

if $cc -fstack-usage -x c -c /dev/null -o "$dir/none.o" 2>/dev/null; then
    for file in "$source"/src/*.c "$source"/src/audio/*.c "$source"/src/observer/*.c; do
        $cc -std=c11 -O2 -fstack-usage -I"$source/include" -c "$file" \
            -o "$dir/frame_$(basename "$(dirname "$file")")_$(basename "$file" .c).o"
    done
    frame=$(cat "$dir"/frame_*.su | awk -F'\t' '$2 > max {max = $2} END {print max}')
    figure "largest stack frame of the core at -O2" "$frame" bytes 1024
fi
exit "$failed"
