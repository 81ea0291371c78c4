/* SPDX-License-Identifier: ISC */
/* A TCP stream that is given segments, and what comes out of it.
 *
 * Segments are written as words: FROM+LENGTH are bytes of the stream a, b, c ... at this place; x
 * behind it: other ones (A, B, C ...); /SIZE: so many were sent, of which LENGTH were captured; F:
 * with FIN. S is a SYN, aPLACE an acknowledgement of all before that place, with a window of 1000
 * bytes; a FIN takes a place. G gives gaps up. What comes out is written as the bytes, [N] where N
 * are lost, and a dot for the end. */
#ifndef SIDEWIRE_TESTS_STREAM_RUN_H
#define SIDEWIRE_TESTS_STREAM_RUN_H

#include "watch/stream.h"

#include <stdio.h>

typedef struct run {
    stream_pool *pool;
    stream stream;
    uint32_t origin; /* sequence number of the first byte */
    FILE *out;
    uint64_t conflicts, misplaced;
} run;

/* out stays the caller's. */
void run_start(run *r, uint32_t origin, FILE *out);
/* Frees all, and looks that nothing is held any more. */
void run_end(run *r);

void run_segment(run *r, uint32_t at, const void *data, uint32_t len, uint32_t cut, uint8_t flags);
void run_words(run *r, const char *words);
/* Takes what is in order. */
void run_pump(run *r);

/* Where streams begin: everywhere, and where sequence numbers wrap. */
enum { ORIGINS = 7 };
extern const uint32_t origins[ORIGINS];

#endif
