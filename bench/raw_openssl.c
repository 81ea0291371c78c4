/* SPDX-License-Identifier: ISC */
/* RC4 by the old functions: the same assembly as behind EVP, which wants the legacy provider. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "raw.h"
#include "timing.h"

#include <openssl/evp.h>
#include <openssl/rc4.h>
#include <stdlib.h>

static void *aes_start(const uint8_t *key)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

    if (ctx == NULL || EVP_EncryptInit_ex(ctx, EVP_aes_128_ctr(), NULL, key, key + 16) != 1)
        fail("openssl: no AES");
    return ctx;
}

static void aes_apply(void *state, uint8_t *out, const uint8_t *in, size_t n)
{
    int len;

    if (EVP_EncryptUpdate(state, out, &len, in, (int)n) != 1)
        fail("openssl: AES failed");
}

static void stop(void *state)
{
    EVP_CIPHER_CTX_free(state);
}

const raw_cipher raw_aes_openssl = { "openssl", aes_start, aes_apply, stop };

static void *gcm_start(const uint8_t *key, int seals)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

    if (ctx == NULL || EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, key, NULL, seals) != 1)
        fail("openssl: no AES-GCM");
    return ctx;
}

static void gcm_seal(void *state, const uint8_t *nonce, uint8_t *out, const uint8_t *in, size_t n)
{
    int len;

    if (EVP_EncryptInit_ex(state, NULL, NULL, NULL, nonce) != 1 ||
        EVP_EncryptUpdate(state, out, &len, in, (int)n) != 1 || EVP_EncryptFinal_ex(state, out + n, &len) != 1 ||
        EVP_CIPHER_CTX_ctrl(state, EVP_CTRL_AEAD_GET_TAG, RAW_AEAD_TAG_SIZE, out + n) != 1)
        fail("openssl: nothing was sealed");
}

static void gcm_open(void *state, const uint8_t *nonce, uint8_t *text, size_t n)
{
    int len;

    if (EVP_DecryptInit_ex(state, NULL, NULL, NULL, nonce) != 1 ||
        EVP_DecryptUpdate(state, text, &len, text, (int)n) != 1 ||
        EVP_CIPHER_CTX_ctrl(state, EVP_CTRL_AEAD_SET_TAG, RAW_AEAD_TAG_SIZE, text + n) != 1 ||
        EVP_DecryptFinal_ex(state, text + n, &len) != 1)
        fail("openssl: nothing was opened");
}

const raw_aead raw_gcm_openssl = { "openssl", gcm_start, gcm_seal, gcm_open, stop };

static void *rc4_start(const uint8_t *key)
{
    RC4_KEY *rc4 = calloc(1, sizeof(*rc4));

    if (rc4 == NULL)
        fail("no memory");
    RC4_set_key(rc4, RAW_RC4_KEY_SIZE, key);
    return rc4;
}

static void rc4_apply(void *state, uint8_t *out, const uint8_t *in, size_t n)
{
    RC4(state, n, in, out);
}

const raw_cipher raw_rc4_openssl = { "OpenSSL", rc4_start, rc4_apply, free };
