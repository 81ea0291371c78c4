/* SPDX-License-Identifier: ISC */
/* Reads the blocks of pcapng files [draft-ietf-opsawg-pcapng]. Needs no I/O. */
#ifndef SIDEWIRE_DUMP_PCAPNG_H
#define SIDEWIRE_DUMP_PCAPNG_H

#include "watch/frame.h"

enum {
    PCAPNG_HEAD_SIZE = 12,       /* tells how long a block is */
    PCAPNG_BLOCK_MAX = 16 << 20, /* of those that are read whole */
    PCAPNG_WHY_SIZE = 256
};

typedef enum pcapng_result {
    PCAPNG_NOTHING, /* it holds no packet */
    PCAPNG_FRAME,   /* *out is filled in, and points into the block */
    PCAPNG_DAMAGED  /* what follows it cannot be found; the reason is in why */
} pcapng_result;

/* Whoever wants what is between packets. Either may be NULL. */
typedef struct pcapng_hooks {
    void *ctx;
    /* Of a decryption secrets block; valid during the call. */
    void (*secrets)(void *ctx, uint32_t type, const uint8_t *data, size_t len);
} pcapng_hooks;

typedef struct pcapng pcapng;

pcapng *pcapng_new(const pcapng_hooks *hooks);
void pcapng_free(pcapng *p);

/* Do these bytes, 4 or more, begin a pcapng file? */
int pcapng_begins(const uint8_t *data);

/* How long is the block that begins so? 0: it is damaged, with the reason in why. */
size_t pcapng_block_size(const pcapng *p, const uint8_t head[PCAPNG_HEAD_SIZE], char why[PCAPNG_WHY_SIZE]);

/* Can it be passed over without a look, if it is larger than PCAPNG_BLOCK_MAX? */
int pcapng_may_skip(const pcapng *p, const uint8_t head[PCAPNG_HEAD_SIZE]);

/* A whole block. */
pcapng_result pcapng_block(pcapng *p, const uint8_t *data, size_t len, frame *out, char why[PCAPNG_WHY_SIZE]);

/* Packets that those who captured had no room for. */
uint64_t pcapng_dropped(const pcapng *p);

#endif
