/* SPDX-License-Identifier: ISC */
/* What packets cost of a library's AES alone: the calls for them, and nothing of a codec. Nobody who calls that
 * library for each packet can be faster. */
#ifndef SIDEWIRE_BENCH_CALLS_H
#define SIDEWIRE_BENCH_CALLS_H

#include "raw.h"
#include "timing.h"

typedef enum calls_way {
    CALLS_AS_THEY_COME, /* for the header, then for the body: the library keeps what is left of a block */
    CALLS_OF_BLOCKS, /* whole blocks: all but the end of a body from where it is, and key stream for the end and the
                         * next header; back by one call, in place */
    CALLS_IN_ADVANCE, /* key stream for some packets by one call, and a xor with it */
    CALLS_WAYS
} calls_way;

extern const char *const calls_names[CALLS_WAYS];

/* `count` packets with bodies of `size` bytes, there and back. */
contender *calls_contender(const raw_cipher *cipher, calls_way way, uint32_t size, size_t count);

#endif
