/* SPDX-License-Identifier: ISC */
#include "counted_ciphers.h"

static const sw_crypto *real;
static int still_open, failing;

static int count_init(void *ctx, void *state, const uint8_t key[SW_AES_KEY_SIZE],
                      const uint8_t counter[SW_AES_BLOCK_SIZE])
{
    if (failing)
        return -1;
    still_open++;
    return real->aes_init(ctx, state, key, counter);
}

static int apply_or_fail(void *ctx, void *state, uint8_t *out, const uint8_t *in, size_t n)
{
    return failing ? -1 : real->aes_apply(ctx, state, out, in, n);
}

static void count_wipe(void *ctx, void *state)
{
    still_open--;
    real->aes_wipe(ctx, state);
}

static int count_start(void *ctx, void *state, sw_aead kind, const uint8_t key[SW_AEAD_KEY_SIZE])
{
    if (failing)
        return -1;
    still_open++;
    return real->aead_start(ctx, state, kind, key);
}

static int open_or_fail(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                        size_t ad_size, uint8_t *text, size_t size)
{
    return failing ? -1 : real->aead_open(ctx, state, nonce, ad, ad_size, text, size);
}

static void count_aead_wipe(void *ctx, void *state)
{
    still_open--;
    real->aead_wipe(ctx, state);
}

sw_crypto counted_ciphers(const sw_crypto *crypto)
{
    sw_crypto all = *crypto;

    real = crypto;
    still_open = failing = 0;
    all.aes_init = count_init;
    all.aes_apply = apply_or_fail;
    all.aes_wipe = count_wipe;
    all.aead_start = count_start;
    all.aead_open = open_or_fail;
    all.aead_wipe = count_aead_wipe;
    return all;
}

int counted_ciphers_open(void)
{
    return still_open;
}

void counted_ciphers_fail(int from_now_on)
{
    failing = from_now_on;
}
