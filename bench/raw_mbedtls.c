/* SPDX-License-Identifier: ISC */
#include "raw.h"
#include "timing.h"

#include <mbedtls/aes.h>
#include <stdlib.h>
#include <string.h>

typedef struct ctr {
    mbedtls_aes_context aes;
    size_t offset;
    unsigned char counter[16], stream[16];
} ctr;

static void *aes_start(const uint8_t *key)
{
    ctr *c = calloc(1, sizeof(*c));

    if (c == NULL || mbedtls_aes_setkey_enc(&c->aes, key, 128) != 0)
        fail("mbedtls: no AES");
    memcpy(c->counter, key + 16, sizeof(c->counter));
    return c;
}

static void aes_apply(void *state, uint8_t *out, const uint8_t *in, size_t n)
{
    ctr *c = state;

    if (mbedtls_aes_crypt_ctr(&c->aes, n, &c->offset, c->counter, c->stream, in, out) != 0)
        fail("mbedtls: AES failed");
}

const raw_cipher raw_aes_mbedtls = { "mbedtls", aes_start, aes_apply, free };
