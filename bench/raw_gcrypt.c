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

static void stop(void *state)
{
    gcry_cipher_close(state);
}

const raw_cipher raw_aes_gcrypt = { "gcrypt", aes_start, aes_apply, stop };

static void *gcm_start(const uint8_t *key, int seals)
{
    gcry_cipher_hd_t handle;

    (void)seals;
    if (gcry_check_version(NULL) == NULL ||
        gcry_cipher_open(&handle, GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_GCM, 0) != 0 ||
        gcry_cipher_setkey(handle, key, RAW_AEAD_KEY_SIZE) != 0)
        fail("gcrypt: no AES-GCM");
    return handle;
}

static void gcm_seal(void *state, const uint8_t *nonce, uint8_t *out, const uint8_t *in, size_t n)
{
    if (gcry_cipher_setiv(state, nonce, RAW_AEAD_NONCE_SIZE) != 0 ||
        gcry_cipher_encrypt(state, out, n, in, n) != 0 ||
        gcry_cipher_gettag(state, out + n, RAW_AEAD_TAG_SIZE) != 0)
        fail("gcrypt: nothing was sealed");
}

static void gcm_open(void *state, const uint8_t *nonce, uint8_t *text, size_t n)
{
    if (gcry_cipher_setiv(state, nonce, RAW_AEAD_NONCE_SIZE) != 0 ||
        gcry_cipher_decrypt(state, text, n, NULL, 0) != 0 ||
        gcry_cipher_checktag(state, text + n, RAW_AEAD_TAG_SIZE) != 0)
        fail("gcrypt: nothing was opened");
}

const raw_aead raw_gcm_gcrypt = { "gcrypt", gcm_start, gcm_seal, gcm_open, stop };
