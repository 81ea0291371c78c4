#!/bin/sh
# SPDX-License-Identifier: ISC
# How a program was built: hardened.sh PROGRAM
set -eu

program=$1
bad=0
wants() { # WHAT PATTERN COMMAND...
    what=$1 pattern=$2
    shift 2
    if "$@" | grep -qE -- "$pattern"; then
        echo "$what: yes"
    else
        echo "$what: NO" >&2
        bad=1
    fi
}
wants_none() { # WHAT PATTERN COMMAND...
    what=$1 pattern=$2
    shift 2
    if "$@" | grep -E -- "$pattern" >&2; then
        echo "$what: NO (above)" >&2
        bad=1
    else
        echo "$what: yes"
    fi
}

wants 'at another address each time' 'FLAGS_1.* PIE' readelf -Wd "$program"
wants 'tables of the linker read-only' 'GNU_RELRO' readelf -Wl "$program"
wants 'all of them, as all is bound at the start' 'BIND_NOW|FLAGS.* NOW' readelf -Wd "$program"
wants 'a stack that is no code' 'GNU_STACK .* RW +0x' readelf -Wl "$program"
wants_none 'nothing that can be written is code' 'LOAD .* RWE' readelf -Wl "$program"
wants_none 'no relocations in code' 'TEXTREL' readelf -Wd "$program"
wants 'stack protector' ' UND __stack_chk_fail' readelf -Ws "$program"
wants 'sizes are looked at when copying' ' UND __[a-z]+_chk@' readelf -Ws "$program"
case $(uname -m) in
x86_64)
    # places that may be jumped to say so; whether that is enforced, the C library and the kernel decide
    jumps=$(objdump -d --no-show-raw-insn "$program" | grep -c 'endbr64')
    functions=$(readelf -Ws "$program" | grep -c ' FUNC .* [0-9]\+ [A-Za-z_]')
    echo "places to jump to: $jumps; functions: $functions"
    [ "$jumps" -gt 50 ] || { echo 'indirect jumps are not marked' >&2; bad=1; }
    ;;
esac
exit "$bad"
