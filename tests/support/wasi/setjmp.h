/* SPDX-License-Identifier: ISC */
/* For Check where a program cannot jump: a check that fails ends the program. Check jumps for nothing else. */
#ifndef SIDEWIRE_TESTS_WASI_SETJMP_H
#define SIDEWIRE_TESTS_WASI_SETJMP_H

#include <stdio.h>
#include <stdlib.h>

typedef int jmp_buf[1];

#define setjmp(place) ((void)(place), 0)

static inline _Noreturn void longjmp(jmp_buf place, int value)
{
    (void)place;
    (void)value;
    fputs("a check failed; the same suite tells which one on another machine\n", stderr);
    exit(EXIT_FAILURE);
}

#endif
