/* SPDX-License-Identifier: ISC */
/* mbedTLS backend: one source for 2.28 and 3.x. */
#include "mbedtls_internal.h"

#include <mbedtls/aes.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha1.h>
#include <mbedtls/sha256.h>
#include <mbedtls/version.h>

#include <stdlib.h>
#include <string.h>

typedef struct aes_state {
    mbedtls_aes_context aes;
    uint8_t counter[SW_AES_BLOCK_SIZE];
} aes_state;

_Static_assert(sizeof(aes_state) <= SW_AES_STATE_SIZE, "AES state must fit its room");

/* ---- randomness and hashes ---- */

int swi_mbedtls_random(void *ctx, uint8_t *out, size_t size)
{
    backend *b = ctx;

    while (size > 0) { /* CTR_DRBG limits one request */
        size_t n = size < MBEDTLS_CTR_DRBG_MAX_REQUEST ? size : MBEDTLS_CTR_DRBG_MAX_REQUEST;
        if (mbedtls_ctr_drbg_random(&b->drbg, out, n) != 0)
            return -1;
        out += n;
        size -= n;
    }
    return 0;
}

static int backend_sha1(void *ctx, uint8_t out[SW_SHA1_SIZE], const uint8_t *in, size_t size)
{
    (void)ctx;
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_sha1(in, size, out) == 0 ? 0 : -1;
#else
    return mbedtls_sha1_ret(in, size, out) == 0 ? 0 : -1;
#endif
}

static int backend_sha256(void *ctx, uint8_t out[SW_SHA256_SIZE], const uint8_t *in, size_t size)
{
    (void)ctx;
#if MBEDTLS_VERSION_MAJOR >= 3
    return mbedtls_sha256(in, size, out, 0) == 0 ? 0 : -1;
#else
    return mbedtls_sha256_ret(in, size, out, 0) == 0 ? 0 : -1;
#endif
}

/* ---- AES-128-CTR ---- */

static int aes_init(void *ctx, void *state, const uint8_t key[SW_AES_KEY_SIZE],
                    const uint8_t counter[SW_AES_BLOCK_SIZE])
{
    aes_state *s = state;

    (void)ctx;
    mbedtls_aes_init(&s->aes);
    memcpy(s->counter, counter, sizeof(s->counter));
    return mbedtls_aes_setkey_enc(&s->aes, key, 8 * SW_AES_KEY_SIZE) == 0 ? 0 : -1;
}

static void count_up(uint8_t counter[SW_AES_BLOCK_SIZE])
{
    size_t i = SW_AES_BLOCK_SIZE;

    do
        counter[--i]++;
    while (counter[i] == 0 && i > 0);
}

static void xor_block(uint8_t *out, const uint8_t *in, const uint8_t *stream)
{
    uint64_t a[2], b[2];

    memcpy(a, in, sizeof(a));
    memcpy(b, stream, sizeof(b));
    a[0] ^= b[0];
    a[1] ^= b[1];
    memcpy(out, a, sizeof(a));
}

/* mbedTLS' own CTR takes the key stream of each block apart byte by byte before it makes the next. Some
 * blocks of counters encrypted in a row do not wait for each other, and the XOR is that of words. */
static int aes_apply(void *ctx, void *state, uint8_t *out, const uint8_t *in, size_t n)
{
    enum { BLOCKS = 8 };
    uint8_t stream[BLOCKS * SW_AES_BLOCK_SIZE];
    aes_state *s = state;
    int result = 0;

    (void)ctx;
    while (n > 0 && result == 0) {
        size_t size = n < sizeof(stream) ? n : sizeof(stream);
        for (size_t at = 0; at < size; at += SW_AES_BLOCK_SIZE) {
            memcpy(stream + at, s->counter, SW_AES_BLOCK_SIZE);
            count_up(s->counter);
        }
        for (size_t at = 0; at < size; at += SW_AES_BLOCK_SIZE)
            result |= mbedtls_aes_crypt_ecb(&s->aes, MBEDTLS_AES_ENCRYPT, stream + at, stream + at);
        for (size_t at = 0; at < size; at += SW_AES_BLOCK_SIZE)
            xor_block(out + at, in + at, stream + at);
        out += size;
        in += size;
        n -= size;
    }
    mbedtls_platform_zeroize(stream, sizeof(stream));
    return result == 0 ? 0 : -1;
}

static void aes_wipe(void *ctx, void *state)
{
    aes_state *s = state;

    (void)ctx;
    mbedtls_aes_free(&s->aes);
    mbedtls_platform_zeroize(s, sizeof(*s));
}

/* ---- life ---- */

static void fill_table(backend *b)
{
    b->crypto.name = "mbedtls";
    b->crypto.ctx = b;
    b->crypto.random = swi_mbedtls_random;
    b->crypto.sha1 = backend_sha1;
    b->crypto.sha256 = backend_sha256;
    b->crypto.aes_state_size = sizeof(aes_state);
    b->crypto.aes_init = aes_init;
    b->crypto.aes_apply = aes_apply;
    b->crypto.aes_wipe = aes_wipe;
    swi_mbedtls_fill_rsa(&b->crypto);
    swi_mbedtls_fill_sealed(&b->crypto);
}

sw_crypto *sw_mbedtls_new(void)
{
    static const unsigned char purpose[] = "sidewire";
    backend *b = calloc(1, sizeof(*b));

    if (b == NULL)
        return NULL;
    mbedtls_entropy_init(&b->entropy);
    mbedtls_ctr_drbg_init(&b->drbg);
    if (mbedtls_ctr_drbg_seed(&b->drbg, mbedtls_entropy_func, &b->entropy, purpose, sizeof(purpose) - 1) != 0) {
        sw_mbedtls_free(&b->crypto);
        return NULL;
    }
    fill_table(b);
    return &b->crypto;
}

void sw_mbedtls_free(sw_crypto *crypto)
{
    backend *b = (void *)crypto; /* its first member */

    if (b == NULL)
        return;
    mbedtls_ctr_drbg_free(&b->drbg);
    mbedtls_entropy_free(&b->entropy);
    mbedtls_platform_zeroize(b, sizeof(*b));
    free(b);
}
