/* SPDX-License-Identifier: ISC */
/* What the parts of a stream share. */
#ifndef SIDEWIRE_DUMP_STREAM_INTERNAL_H
#define SIDEWIRE_DUMP_STREAM_INTERNAL_H

#include "stream.h"

struct held_segment {
    held_segment *before, *after;
    stamp time;
    uint32_t seq, ack;
    uint32_t len, cut;
    uint8_t data[];
};

/* Sequence numbers wrap: how far a lies behind b, below 0 if before it. */
static inline int32_t distance(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

static inline uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* ---- stream_kept.c ---- */

/* Keeps bytes that begin at `next` and are handed out. */
void stream_remember(stream *s, const uint8_t *data, uint32_t len);
/* Are these bytes, all of which lie before `next`, what was handed out, as far as is known? */
int stream_same_as_recent(const stream *s, uint32_t seq, const uint8_t *data, uint32_t len);

/* The sequence number behind its data. */
uint32_t held_end(const held_segment *h);
/* Takes it out of the list. It is not freed. */
void held_unlink(stream *s, held_segment *h);
/* Keeps a segment for later. Its bytes that are already held are compared, the others put between them. */
void stream_hold(stream *s, segment seg);

#endif
