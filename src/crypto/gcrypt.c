/* SPDX-License-Identifier: ISC */
/* libgcrypt backend. */
#include "gcrypt_internal.h"

#include <gcrypt.h>

#include <stdlib.h>

typedef struct aes_state {
    gcry_cipher_hd_t cipher;
} aes_state;

_Static_assert(sizeof(aes_state) <= SW_AES_STATE_SIZE, "AES state must fit its room");

/* ---- randomness and hashes ---- */

static int backend_random(void *ctx, uint8_t *out, size_t size)
{
    (void)ctx;
    if (size > 0)
        gcry_randomize(out, size, GCRY_STRONG_RANDOM);
    return 0;
}

int swi_gcrypt_sha1(void *ctx, uint8_t out[SW_SHA1_SIZE], const uint8_t *in, size_t size)
{
    (void)ctx;
    gcry_md_hash_buffer(GCRY_MD_SHA1, out, in, size);
    return 0;
}

static int backend_sha256(void *ctx, uint8_t out[SW_SHA256_SIZE], const uint8_t *in, size_t size)
{
    (void)ctx;
    gcry_md_hash_buffer(GCRY_MD_SHA256, out, in, size);
    return 0;
}

/* ---- AES-128-CTR ---- */

static void aes_wipe(void *ctx, void *state)
{
    aes_state *s = state;

    (void)ctx;
    gcry_cipher_close(s->cipher); /* wipes */
    s->cipher = NULL;
}

static int aes_init(void *ctx, void *state, const uint8_t key[SW_AES_KEY_SIZE],
                    const uint8_t counter[SW_AES_BLOCK_SIZE])
{
    aes_state *s = state;

    s->cipher = NULL;
    if (gcry_cipher_open(&s->cipher, GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_CTR, 0) == 0 &&
        gcry_cipher_setkey(s->cipher, key, SW_AES_KEY_SIZE) == 0 &&
        gcry_cipher_setctr(s->cipher, counter, SW_AES_BLOCK_SIZE) == 0)
        return 0;
    aes_wipe(ctx, state);
    return -1;
}

static int aes_apply(void *ctx, void *state, uint8_t *out, const uint8_t *in, size_t n)
{
    aes_state *s = state;

    (void)ctx;
    return gcry_cipher_encrypt(s->cipher, out, n, in, n) == 0 ? 0 : -1;
}

/* ---- life ---- */

static int start_library(void)
{
    enum { POOL = 32768, MORE = 32768 };

    if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P))
        return gcry_check_version("1.9.0") != NULL ? 0 : -1;
    if (gcry_check_version("1.9.0") == NULL)
        return -1;
    gcry_control(GCRYCTL_DISABLE_SECMEM_WARN);
    gcry_control(GCRYCTL_DISABLE_PRIV_DROP);
    gcry_control(GCRYCTL_AUTO_EXPAND_SECMEM, MORE);
    gcry_control(GCRYCTL_INIT_SECMEM, POOL, 0);
    gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
    return 0;
}

sw_crypto *sw_gcrypt_new(void)
{
    sw_crypto *crypto = start_library() == 0 ? calloc(1, sizeof(*crypto)) : NULL;

    if (crypto == NULL)
        return NULL;
    crypto->name = "gcrypt";
    crypto->random = backend_random;
    crypto->sha1 = swi_gcrypt_sha1;
    crypto->sha256 = backend_sha256;
    crypto->aes_state_size = sizeof(aes_state);
    crypto->aes_init = aes_init;
    crypto->aes_apply = aes_apply;
    crypto->aes_wipe = aes_wipe;
    swi_gcrypt_fill_rsa(crypto);
    swi_gcrypt_fill_sealed(crypto);
    swi_gcrypt_fill_ed25519(crypto);
    return crypto;
}

void sw_gcrypt_free(sw_crypto *crypto)
{
    free(crypto);
}
