/* SPDX-License-Identifier: ISC */
#include "raw.h"
#include "timing.h"

#include <gcrypt.h>

static void *aes_start(const uint8_t *key)
{
    gcry_cipher_hd_t handle;

    if (gcry_check_version(NULL) == NULL ||
        gcry_cipher_open(&handle, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_CTR, 0) != 0 ||
        gcry_cipher_setkey(handle, key, 16) != 0 || gcry_cipher_setctr(handle, key + 16, 16) != 0)
        fail("gcrypt: no AES");
    return handle;
}

static void aes_apply(void *state, uint8_t *out, const uint8_t *in, size_t n)
{
    /* in place is NULL and 0 here */
    if (gcry_cipher_encrypt(state, out, n, out == in ? NULL : in, out == in ? 0 : n) != 0)
        fail("gcrypt: AES failed");
}

static void aes_stop(void *state)
{
    gcry_cipher_close(state);
}

const raw_cipher raw_aes_gcrypt = { "gcrypt", aes_start, aes_apply, aes_stop };
