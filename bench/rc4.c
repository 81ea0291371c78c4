/* SPDX-License-Identifier: ISC */
/* RC4 of the core beside that of others: rc4 ROUNDS */
#include "raw.h"
#include "timing.h"

#include <sidewire/cipher.h>

#include <stdio.h>
#include <string.h>

enum { PIECE_SIZE = 16384, PIECES = 64, RAW_MAX = 4 };

static const uint8_t key[SW_CIPHER_KEY_SIZE] = "thirty-two bytes, known to all.";

static void *own_start(const uint8_t *own_key)
{
    static sw_cipher cipher;

    if (sw_cipher_init(&cipher, SW_CIPHER_RC4, NULL, own_key) < 0)
        fail("sidewire: no RC4");
    return &cipher;
}

static void own_apply(void *state, uint8_t *out, const uint8_t *in, size_t n)
{
    if (sw_cipher_apply(state, out, in, n) < 0)
        fail("sidewire: RC4 failed");
}

static void own_stop(void *state)
{
    sw_cipher_wipe(state);
}

static const raw_cipher own = { "sidewire", own_start, own_apply, own_stop };

/* One stream over some pieces, each on top of the one before: what is left is right only if all
 * of them were. */
typedef struct stream {
    contender contender;
    const raw_cipher *cipher;
    uint8_t piece[PIECE_SIZE];
} stream;

static void run(void *context)
{
    stream *s = context;
    void *state = s->cipher->start(key);

    memset(s->piece, 0, sizeof(s->piece));
    for (int i = 0; i < PIECES; i++)
        s->cipher->apply(state, s->piece, s->piece, sizeof(s->piece));
    s->cipher->stop(state);
}

static contender *start(stream *s, const raw_cipher *cipher)
{
    s->cipher = cipher;
    s->contender.name = cipher->name;
    s->contender.run = run;
    s->contender.context = s;
    s->contender.units = (double)PIECE_SIZE * PIECES;
    return &s->contender;
}

int main(int argc, char **argv)
{
    static stream streams[1 + RAW_MAX];
    size_t rounds = timing_rounds(argc, argv);
    contender *all[1 + RAW_MAX] = { start(&streams[0], &own) };
    size_t count = 1;
    char id[64];

    for (; raw_rc4[count - 1] != NULL; count++)
        all[count] = start(&streams[count], raw_rc4[count - 1]);
    timing_run(all, count, rounds);
    for (size_t i = 1; i < count; i++) {
        if (memcmp(streams[i].piece, streams[0].piece, PIECE_SIZE) != 0)
            fail("%s: not the same RC4", streams[i].cipher->name);
        snprintf(id, sizeof(id), "rc4_%s", streams[i].cipher->name);
        report_rates(id, "RC4, pieces of 16 KiB", "GB/s", 1e9, all[0], all[i], rounds);
    }
    return 0;
}
