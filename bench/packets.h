/* SPDX-License-Identifier: ISC */
/* Codecs that decode the same bodies, each from a buffer with its own framing. */
#ifndef SIDEWIRE_BENCH_PACKETS_H
#define SIDEWIRE_BENCH_PACKETS_H

#include "timing.h"

#include <stdint.h>

typedef struct packet_plan {
    uint32_t body; /* bytes of each */
    size_t count;  /* in the buffer */
    size_t passes; /* over the buffer in one run */
} packet_plan;

/* What a codec has seen in one run: enough for the compiler, and for us, to know that it was
 * there. */
typedef struct packet_tally {
    size_t count;
    uint64_t bytes, marks; /* marks: the sum of the first bytes of all bodies */
} packet_tally;

/* A buffer of all packets, to be freed: header writes what goes before a body and returns its
 * size. */
uint8_t *packets_build(const packet_plan *plan, size_t (*header)(uint8_t *out, uint32_t body), size_t *size);

/* Ends the program if anything was missed. */
void packets_check(const packet_plan *plan, const packet_tally *tally, const char *name);

/* Each makes a contender; its unit is a packet. The plan stays in use. */
contender *packets_sidewire(const packet_plan *plan);
contender *packets_sidewire_reading(const packet_plan *plan); /* and every byte of the bodies */
contender *packets_walk(const packet_plan *plan);             /* from header to header */
contender *packets_walk_reading(const packet_plan *plan);
contender *packets_copy(const packet_plan *plan); /* into memory of its own */
contender *packets_wslay(const packet_plan *plan);
contender *packets_nghttp2(const packet_plan *plan);

#endif
