/* SPDX-License-Identifier: ISC */
#include "raw.h"
#include "timing.h"

#include <nettle/arcfour.h>
#include <stdlib.h>

static void *rc4_start(const uint8_t *key)
{
    struct arcfour_ctx *arcfour = calloc(1, sizeof(*arcfour));

    if (arcfour == NULL)
        fail("no memory");
    nettle_arcfour_set_key(arcfour, RAW_RC4_KEY_SIZE, key);
    return arcfour;
}

static void rc4_apply(void *state, uint8_t *out, const uint8_t *in, size_t n)
{
    nettle_arcfour_crypt(state, n, out, in);
}

const raw_cipher raw_rc4_nettle = { "nettle", rc4_start, rc4_apply, free };
