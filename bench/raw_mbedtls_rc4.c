/* SPDX-License-Identifier: ISC */
#include "raw.h"
#include "timing.h"

#include <mbedtls/arc4.h>
#include <stdlib.h>

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
