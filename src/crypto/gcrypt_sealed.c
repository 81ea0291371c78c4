/* SPDX-License-Identifier: ISC */
/* What sealed sessions need of the libgcrypt backend: hashes in pieces, X25519, AEADs, Ed25519. */
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

/* ---- Ed25519 ---- */

static gcry_sexp_t make_message(const uint8_t *message, size_t size)
{
    gcry_sexp_t data = NULL;

    if (gcry_sexp_build(&data, NULL, "(data (flags eddsa) (hash-algo sha512) (value %b))", (int)size, message) !=
        0)
        return NULL;
    return data;
}

/* One half of a signature of libgcrypt's form. */
static int read_half(gcry_sexp_t signature, const char *name, uint8_t *out)
{
    gcry_sexp_t half = gcry_sexp_find_token(signature, name, 1);
    size_t size = 0;
    const char *bytes = half != NULL ? gcry_sexp_nth_data(half, 1, &size) : NULL;
    int ok = bytes != NULL && size == SW_ED25519_SIGNATURE_SIZE / 2;

    if (ok)
        memcpy(out, bytes, size);
    gcry_sexp_release(half);
    return ok;
}

/* The key in libgcrypt's form, in secure memory as the secret is. Without a public half that is not
 * part of it. */
static gcry_sexp_t make_pair(const uint8_t *secret_half, const uint8_t *public_half)
{
    uint8_t *secret = gcry_malloc_secure(SW_ED25519_SECRET_SIZE);
    gcry_sexp_t pair = NULL;
    gcry_error_t error;

    if (secret == NULL)
        return NULL;
    memcpy(secret, secret_half, SW_ED25519_SECRET_SIZE);
    if (public_half != NULL)
        error = gcry_sexp_build(&pair, NULL, "(private-key (ecc (curve Ed25519) (flags eddsa) (q %b) (d %b)))",
                                SW_ED25519_PUBLIC_SIZE, public_half, SW_ED25519_SECRET_SIZE, secret);
    else
        error = gcry_sexp_build(&pair, NULL, "(private-key (ecc (curve Ed25519) (flags eddsa) (d %b)))",
                                SW_ED25519_SECRET_SIZE, secret);
    if (error != 0)
        pair = NULL;
    gcry_free(secret); /* wipes */
    return pair;
}

static int ed25519_sign(void *ctx, const sw_ed25519_key *key, const uint8_t *message, size_t size,
                        uint8_t signature[SW_ED25519_SIGNATURE_SIZE])
{
    gcry_sexp_t pair = make_pair(key->secret, key->public_half);
    gcry_sexp_t data = make_message(message, size);
    gcry_sexp_t made = NULL;
    int ok;

    (void)ctx;
    ok = pair != NULL && data != NULL && gcry_pk_sign(&made, data, pair) == 0 && read_half(made, "r", signature) &&
         read_half(made, "s", signature + SW_ED25519_SIGNATURE_SIZE / 2);
    gcry_sexp_release(made);
    gcry_sexp_release(data);
    gcry_sexp_release(pair);
    return ok ? 0 : -1;
}

static int ed25519_public(void *ctx, uint8_t out[SW_ED25519_PUBLIC_SIZE],
                          const uint8_t secret[SW_ED25519_SECRET_SIZE])
{
    gcry_sexp_t pair = make_pair(secret, NULL);
    gcry_ctx_t curve = NULL;
    gcry_mpi_t point = NULL;
    const uint8_t *bytes = NULL;
    unsigned bits = 0;

    (void)ctx;
    if (pair != NULL && gcry_mpi_ec_new(&curve, pair, NULL) == 0)
        point = gcry_mpi_ec_get_mpi("q@eddsa", curve, 0);
    if (point != NULL)
        bytes = gcry_mpi_get_opaque(point, &bits);
    if (bytes != NULL && bits == 8 * SW_ED25519_PUBLIC_SIZE)
        memcpy(out, bytes, SW_ED25519_PUBLIC_SIZE);
    else
        bytes = NULL;
    gcry_mpi_release(point);
    gcry_ctx_release(curve);
    gcry_sexp_release(pair);
    return bytes != NULL ? 0 : -1;
}

static int ed25519_verify(void *ctx, const uint8_t key[SW_ED25519_PUBLIC_SIZE], const uint8_t *message,
                          size_t size, const uint8_t signature[SW_ED25519_SIGNATURE_SIZE])
{
    gcry_sexp_t point = NULL, given = NULL;
    gcry_sexp_t data = make_message(message, size);
    int half = SW_ED25519_SIGNATURE_SIZE / 2;
    int result = -1;

    (void)ctx;
    if (gcry_sexp_build(&point, NULL, "(public-key (ecc (curve Ed25519) (flags eddsa) (q %b)))",
                        SW_ED25519_PUBLIC_SIZE, key) != 0)
        point = NULL;
    if (gcry_sexp_build(&given, NULL, "(sig-val (eddsa (r %b) (s %b)))", half, signature, half,
                        signature + half) != 0)
        given = NULL;
    if (point != NULL && given != NULL && data != NULL)
        result = gcry_pk_verify(given, data, point) == 0 ? 0 : 1;
    gcry_sexp_release(given);
    gcry_sexp_release(data);
    gcry_sexp_release(point);
    return result;
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
    crypto->aead_open = aead_open;
    crypto->aead_wipe = aead_wipe;
    crypto->ed25519_public = ed25519_public;
    crypto->ed25519_sign = ed25519_sign;
    crypto->ed25519_verify = ed25519_verify;
}
