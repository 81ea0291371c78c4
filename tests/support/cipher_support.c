/* SPDX-License-Identifier: ISC */
#include "cipher_support.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

void draw(sw_cipher *cipher, uint8_t *out, size_t n, int in_place)
{
    uint8_t *to = calloc(1, n);
    uint8_t *from = in_place ? to : calloc(1, n);

    if (sw_cipher_apply(cipher, to, from, n) != SW_OK)
        ck_abort_msg("sw_cipher_apply failed");
    if (n > 0)
        memcpy(out, to, n);
    if (!in_place)
        free(from);
    free(to);
}

/* ---- recorder ---- */

static int record_init(void *ctx, void *state, const uint8_t key[SW_AES_KEY_SIZE],
                       const uint8_t counter[SW_AES_BLOCK_SIZE])
{
    recorder *r = ctx;

    r->inits++;
    r->state = state;
    memcpy(r->key, key, sizeof(r->key));
    memcpy(r->counter, counter, sizeof(r->counter));
    memset(state, 0x55, SW_AES_STATE_SIZE);
    return r->init_result;
}

/* Tells every byte of some thousands from its neighbours, and blocks from each other. */
uint8_t recorded_byte(size_t position)
{
    return (uint8_t)(position * 7 + (position >> 8) * 31 + 1);
}

static int record_apply(void *ctx, void *state, uint8_t *out, const uint8_t *in, size_t n)
{
    recorder *r = ctx;

    r->applies++;
    if (state != r->state || n == 0 || n % SW_AES_BLOCK_SIZE != 0 || r->applies == r->fail_at)
        return -1;
    for (size_t i = 0; i < n; i++)
        out[i] = in[i] ^ recorded_byte(r->position++);
    return 0;
}

static void record_wipe(void *ctx, void *state)
{
    recorder *r = ctx;

    if (state == r->state)
        r->wipes++;
}

void record(recorder *r)
{
    memset(r, 0, sizeof(*r));
    r->crypto.ctx = r;
    r->crypto.aes_state_size = SW_AES_STATE_SIZE;
    r->crypto.aes_init = record_init;
    r->crypto.aes_apply = record_apply;
    r->crypto.aes_wipe = record_wipe;
}

void check_wiped(const sw_cipher *cipher)
{
    const uint8_t *byte = (const uint8_t *)cipher;

    ck_assert_int_eq(cipher->kind, SW_CIPHER_NONE);
    for (size_t i = 0; i < sizeof(*cipher); i++)
        if (byte[i] != 0)
            ck_abort_msg("byte %zu of the cipher is not wiped", i);
}
