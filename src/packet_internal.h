/* SPDX-License-Identifier: ISC */
/* What others than the decoder need of headers. */
#ifndef SIDEWIRE_SRC_PACKET_INTERNAL_H
#define SIDEWIRE_SRC_PACKET_INTERNAL_H

#include <stdint.h>

/* A length in a header: four bytes, little-endian. The one place that knows the order. */
static inline uint32_t swi_read_length(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline void swi_write_length(uint8_t *p, uint32_t length)
{
    p[0] = (uint8_t)length;
    p[1] = (uint8_t)(length >> 8);
    p[2] = (uint8_t)(length >> 16);
    p[3] = (uint8_t)(length >> 24);
}

#endif
