/* SPDX-License-Identifier: ISC */
/* A growing record of what a run did, to be compared with another run's. */
#ifndef SIDEWIRE_FUZZ_TRACE_H
#define SIDEWIRE_FUZZ_TRACE_H

#include <stddef.h>
#include <stdint.h>

typedef struct trace {
    uint8_t *data;
    size_t len, cap;
} trace;

void trace_add(trace *t, const void *bytes, size_t len);
/* A letter for what happened, and its number. */
void trace_note(trace *t, char what, uint64_t number);
/* Each byte with the band it came on: however a stream is cut, the record is the same. */
void trace_banded(trace *t, uint8_t band, const void *bytes, size_t len);
void trace_free(trace *t);

/* A heap block of exactly len bytes, so that a sanitizer sees a byte touched beyond it. */
uint8_t *exact_block(size_t len);
uint8_t *exact_copy(const void *bytes, size_t len);

#endif
