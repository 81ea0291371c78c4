#!/bin/sh
# SPDX-License-Identifier: ISC
# Each public header stands alone, as C and as C++, without a warning: headers.sh INCLUDE_DIR CC CXX
set -eu

include=$1
cc=$2
cxx=$3
n=0
for header in "$include"/sidewire.h "$include"/sidewire/*.h "$include"/sidewire/audio/*.h; do
    name=${header#"$include"/}
    printf '#include <%s>\n' "$name" |
        $cc -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fsyntax-only \
            -I"$include" -x c -
    printf '#include <%s>\n' "$name" |
        $cxx -std=c++11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fsyntax-only \
            -I"$include" -x c++ -
    lines=$(wc -l <"$header")
    echo "$name: $lines lines, alone in C11 and C++11"
    n=$((n + 1))
done
[ "$n" -gt 8 ]
