#include "raw.h"
#include "timing.h"

#include <mbedtls/aes.h>
#include <mbedtls/arc4.h>
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

static void *rc4_start(const uint8_t *key)
{
    mbedtls_arc4_context *arc4 = calloc(1, sizeof(*arc4));

    if (arc4 == NULL)
        fail("no memory");
    mbedtls_arc4_setup(arc4, key, RAW_RC4_KEY_SIZE);
    return arc4;
}

static void rc4_apply(void *state, uint8_t *out, const uint8_t *in, size_t n)
{
    if (mbedtls_arc4_crypt(state, n, in, out) != 0)
        fail("mbedtls: RC4 failed");
}

const raw_cipher raw_rc4_mbedtls = { "mbedTLS", rc4_start, rc4_apply, free };
