/* SPDX-License-Identifier: ISC */
/* Packets that are encoded and then decoded, one at a time. */
#ifndef SIDEWIRE_BENCH_PIPE_H
#define SIDEWIRE_BENCH_PIPE_H

#include "raw.h"
#include "timing.h"

#include <sidewire/cipher.h>

#include <stdint.h>

/* How encoder and decoder come to AES. */
typedef enum pipe_way {
    PIPE_PACKETS, /* each packet as it is encoded and decoded */
    PIPE_BUFFERS /* a whole buffer of packets by one call of the cipher, to and fro, as sessions do with small ones */
} pipe_way;

/* Through encoder and decoder, both under AES, over a buffer of 16 KiB of packets. A unit is a packet. crypto stays
 * in use. */
contender *pipe_packets(const sw_crypto *crypto, pipe_way way, uint32_t size, size_t count);

/* The same bytes through a cipher alone, to and fro, in pieces of `piece` bytes: what no codec of
 * packets can do without. They go to `offset` bytes behind the beginning of a cache line. A unit is
 * `size` bytes, `count` of them are done. */
contender *pipe_raw(const raw_cipher *cipher, const char *name, uint32_t piece, size_t offset, uint32_t size,
                    size_t count);

/* Ends the program unless both ends of the two bodies are the same: looked at for each packet. */
void pipe_check_ends(const char *name, const uint8_t *a, const uint8_t *b, size_t size);
/* Ends the program unless they are the same: looked at for the last packet of a run, which is right
 * only if no key stream was lost before. */
void pipe_check_all(const char *name, const uint8_t *a, const uint8_t *b, size_t size);

/* A body to send, to be freed. */
uint8_t *pipe_body(size_t size);

extern const uint8_t pipe_key[SW_CIPHER_KEY_SIZE];

#endif
