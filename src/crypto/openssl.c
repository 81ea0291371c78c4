/* SPDX-License-Identifier: ISC */
/* OpenSSL backend, for libcrypto 3. */
#include "openssl_internal.h"

#include <openssl/err.h>
#include <openssl/rand.h>

#include <stdlib.h>

typedef struct aes_state {
    EVP_CIPHER_CTX *cipher;
} aes_state;

_Static_assert(sizeof(aes_state) <= SW_AES_STATE_SIZE, "AES state must fit its room");

/* ---- randomness and hashes ---- */

static int backend_random(void *ctx, uint8_t *out, size_t size)
{
    int ok;

    (void)ctx;
    if (size == 0)
        return 0;
    ERR_set_mark();
    ok = RAND_priv_bytes_ex(NULL, out, size, 0) == 1;
    ERR_pop_to_mark();
    return ok ? 0 : -1;
}

static int hash(const EVP_MD *md, uint8_t *out, const uint8_t *in, size_t size)
{
    int ok;

    ERR_set_mark();
    ok = EVP_Digest(in, size, out, NULL, md, NULL) == 1;
    ERR_pop_to_mark();
    return ok ? 0 : -1;
}

int swi_openssl_sha1(void *ctx, uint8_t out[SW_SHA1_SIZE], const uint8_t *in, size_t size)
{
    const backend *b = ctx;

    return hash(b->sha1, out, in, size);
}

static int backend_sha256(void *ctx, uint8_t out[SW_SHA256_SIZE], const uint8_t *in, size_t size)
{
    const backend *b = ctx;

    return hash(b->sha256, out, in, size);
}

/* ---- AES-128-CTR ---- */

static void aes_wipe(void *ctx, void *state)
{
    aes_state *s = state;

    (void)ctx;
    EVP_CIPHER_CTX_free(s->cipher); /* wipes */
    s->cipher = NULL;
}

static int aes_init(void *ctx, void *state, const uint8_t key[SW_AES_KEY_SIZE],
                    const uint8_t counter[SW_AES_BLOCK_SIZE])
{
    const backend *b = ctx;
    aes_state *s = state;
    int ok;

    ERR_set_mark();
    s->cipher = EVP_CIPHER_CTX_new();
    ok = s->cipher != NULL && EVP_EncryptInit_ex2(s->cipher, b->aes_ctr, key, counter, NULL) == 1;
    ERR_pop_to_mark();
    if (!ok)
        aes_wipe(ctx, state);
    return ok ? 0 : -1;
}

static int aes_apply(void *ctx, void *state, uint8_t *out, const uint8_t *in, size_t n)
{
    enum { PIECE = 1 << 30 }; /* OpenSSL's lengths are int */
    aes_state *s = state;

    (void)ctx;
    while (n > 0) {
        int len = n < PIECE ? (int)n : PIECE;
        int written;
        if (EVP_EncryptUpdate(s->cipher, out, &written, in, len) != 1 || written != len)
            return -1;
        out += len;
        in += len;
        n -= (size_t)len;
    }
    return 0;
}

/* ---- life ---- */

static void fill_table(backend *b)
{
    b->crypto.name = "openssl";
    b->crypto.ctx = b;
    b->crypto.random = backend_random;
    b->crypto.sha1 = swi_openssl_sha1;
    b->crypto.sha256 = backend_sha256;
    b->crypto.aes_state_size = sizeof(aes_state);
    b->crypto.aes_init = aes_init;
    b->crypto.aes_apply = aes_apply;
    b->crypto.aes_wipe = aes_wipe;
    swi_openssl_fill_rsa(&b->crypto);
    swi_openssl_fill_sealed(&b->crypto);
}

sw_crypto *sw_openssl_new(void)
{
    backend *b = calloc(1, sizeof(*b));

    if (b == NULL)
        return NULL;
    ERR_set_mark();
    b->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
    b->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    b->aes_ctr = EVP_CIPHER_fetch(NULL, "AES-128-CTR", NULL);
    b->aes_gcm = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    b->chacha_poly = EVP_CIPHER_fetch(NULL, "ChaCha20-Poly1305", NULL);
    ERR_pop_to_mark();
    fill_table(b);
    if (b->sha1 != NULL && b->sha256 != NULL && b->aes_ctr != NULL && b->aes_gcm != NULL && b->chacha_poly != NULL)
        return &b->crypto;
    sw_openssl_free(&b->crypto);
    return NULL;
}

void sw_openssl_free(sw_crypto *crypto)
{
    backend *b = (void *)crypto; /* its first member */

    if (b == NULL)
        return;
    EVP_MD_free(b->sha1);
    EVP_MD_free(b->sha256);
    EVP_CIPHER_free(b->aes_ctr);
    EVP_CIPHER_free(b->aes_gcm);
    EVP_CIPHER_free(b->chacha_poly);
    free(b);
}
