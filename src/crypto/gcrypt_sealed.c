/* SPDX-License-Identifier: ISC */
/* What sealed sessions need of the libgcrypt backend: hashes in pieces, X25519, AEADs. */
#include "gcrypt_internal.h"

#include <gcrypt.h>

#include <string.h>

/* ---- SHA-256 in pieces ---- */

typedef struct sha256_state {
    gcry_md_hd_t md;
} sha256_state;

_Static_assert(sizeof(sha256_state) <= SW_SHA256_STATE_SIZE, "SHA-256 state must fit its room");

static void sha256_wipe(void *ctx, void *state)
{
    sha256_state *s = state;

    (void)ctx;
    gcry_md_close(s->md); /* wipes; of NULL nothing */
    s->md = NULL;
}

static int sha256_start(void *ctx, void *state)
{
    sha256_state *s = state;

    (void)ctx;
    s->md = NULL;
    return gcry_md_open(&s->md, GCRY_MD_SHA256, 0) == 0 ? 0 : -1;
}

static int sha256_update(void *ctx, void *state, const uint8_t *in, size_t size)
{
    sha256_state *s = state;

    (void)ctx;
    if (size > 0)
        gcry_md_write(s->md, in, size);
    return 0;
}

static int sha256_finish(void *ctx, void *state, uint8_t out[SW_SHA256_SIZE])
{
    sha256_state *s = state;
    const uint8_t *digest = gcry_md_read(s->md, GCRY_MD_SHA256);

    if (digest != NULL)
        memcpy(out, digest, SW_SHA256_SIZE);
    sha256_wipe(ctx, state);
    return digest != NULL ? 0 : -1;
}

/* ---- X25519 ---- */

static int multiply(uint8_t out[SW_X25519_SIZE], const uint8_t secret[SW_X25519_SIZE],
                    const uint8_t *point /* NULL: the base */)
{
    return gcry_ecc_mul_point(GCRY_ECC_CURVE25519, out, secret, point) == 0 ? 0 : -1;
}

static int x25519_public(void *ctx, uint8_t out[SW_X25519_SIZE], const uint8_t secret[SW_X25519_SIZE])
{
    (void)ctx;
    return multiply(out, secret, NULL);
}

static int x25519(void *ctx, uint8_t out[SW_X25519_SIZE], const sw_x25519_key *own,
                  const uint8_t peer[SW_X25519_SIZE])
{
    (void)ctx;
    return multiply(out, own->secret, peer);
}

/* ---- AEADs ---- */

typedef struct aead_state {
    gcry_cipher_hd_t cipher;
} aead_state;

_Static_assert(sizeof(aead_state) <= SW_AEAD_STATE_SIZE, "AEAD state must fit its room");

static void aead_wipe(void *ctx, void *state)
{
    aead_state *s = state;

    (void)ctx;
    gcry_cipher_close(s->cipher); /* wipes */
    s->cipher = NULL;
}

static int aead_start(void *ctx, void *state, sw_aead kind, const uint8_t key[SW_AEAD_KEY_SIZE])
{
    int is_gcm = kind == SW_AEAD_AES256_GCM;
    aead_state *s = state;

    s->cipher = NULL;
    if (gcry_cipher_open(&s->cipher, is_gcm ? GCRY_CIPHER_AES256 : GCRY_CIPHER_CHACHA20,
                         is_gcm ? GCRY_CIPHER_MODE_GCM : GCRY_CIPHER_MODE_POLY1305, 0) == 0 &&
        gcry_cipher_setkey(s->cipher, key, SW_AEAD_KEY_SIZE) == 0)
        return 0;
    aead_wipe(ctx, state);
    return -1;
}

static int begin(gcry_cipher_hd_t cipher, const uint8_t *nonce, const uint8_t *ad, size_t ad_size)
{
    return gcry_cipher_setiv(cipher, nonce, SW_AEAD_NONCE_SIZE) == 0 &&
                   (ad_size == 0 || gcry_cipher_authenticate(cipher, ad, ad_size) == 0)
               ? 0
               : -1;
}

static int aead_seal(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                     size_t ad_size, uint8_t *text, size_t size)
{
    aead_state *s = state;

    (void)ctx;
    if (begin(s->cipher, nonce, ad, ad_size) < 0 || gcry_cipher_encrypt(s->cipher, text, size, NULL, 0) != 0 ||
        gcry_cipher_gettag(s->cipher, text + size, SW_AEAD_TAG_SIZE) != 0)
        return -1;
    return 0;
}

static int aead_seal_from(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                          size_t ad_size, uint8_t *text, size_t head, const uint8_t *data, size_t size)
{
    aead_state *s = state;

    (void)ctx;
    if (begin(s->cipher, nonce, ad, ad_size) < 0 || gcry_cipher_encrypt(s->cipher, text, head, NULL, 0) != 0 ||
        gcry_cipher_encrypt(s->cipher, text + head, size, data, size) != 0 ||
        gcry_cipher_gettag(s->cipher, text + head + size, SW_AEAD_TAG_SIZE) != 0)
        return -1;
    return 0;
}

static int aead_open(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                     size_t ad_size, uint8_t *text, size_t size)
{
    aead_state *s = state;
    gcry_error_t error;

    (void)ctx;
    if (begin(s->cipher, nonce, ad, ad_size) < 0 || gcry_cipher_decrypt(s->cipher, text, size, NULL, 0) != 0)
        return -1;
    error = gcry_cipher_checktag(s->cipher, text + size, SW_AEAD_TAG_SIZE);
    if (error == 0)
        return 0;
    return gcry_err_code(error) == GPG_ERR_CHECKSUM ? 1 : -1;
}

void swi_gcrypt_fill_sealed(sw_crypto *crypto)
{
    crypto->sha256_state_size = sizeof(sha256_state);
    crypto->sha256_start = sha256_start;
    crypto->sha256_update = sha256_update;
    crypto->sha256_finish = sha256_finish;
    crypto->sha256_wipe = sha256_wipe;
    crypto->x25519_public = x25519_public;
    crypto->x25519 = x25519;
    crypto->aead_state_size = sizeof(aead_state);
    crypto->aead_start = aead_start;
    crypto->aead_seal = aead_seal;
    crypto->aead_seal_from = aead_seal_from;
    crypto->aead_open = aead_open;
    crypto->aead_wipe = aead_wipe;
}
