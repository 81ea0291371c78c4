/* SPDX-License-Identifier: ISC */
/* IP packets from their fragments. Memory is bounded: so many packets can be incomplete at a time, the
 * one that waits for longest has to go. */
#ifndef SIDEWIRE_DUMP_FRAGMENTS_H
#define SIDEWIRE_DUMP_FRAGMENTS_H

#include "frame.h"

enum {
    FRAGMENTED_MAX = 64,     /* packets */
    FRAGMENTED_SIZE = 65536, /* of a packet at most */
    FRAGMENTED_SECONDS = 60  /* after this time a number may be used again [RFC 791, RFC 8200] */
};

typedef struct fragment {
    const endpoint *from, *to; /* without ports */
    uint32_t id;
    uint8_t protocol;
    int64_t time;
    size_t offset;
    int more;            /* it is not the last one */
    int wanted;          /* it is a loss if the others do not come */
    const uint8_t *data; /* when all is here: of the packet, until the next call */
    size_t captured, length;
} fragment;

typedef struct fragments fragments;

fragments *fragments_new(void);
void fragments_free(fragments *f);

/* FRAME_NEXT: the packet is complete, and takes the place of the fragment in *in. FRAME_FRAGMENT: it
 * is not, or it was before. FRAME_DAMAGED: it contradicts others of the packet, or itself. Copies that
 * are alike may come. Where a fragment was not captured to its end, neither was the packet. */
frame_result fragments_add(fragments *f, fragment *in);

/* Wanted ones that were not put together, or not yet. */
uint64_t fragments_lost(const fragments *f);

#endif
