/* SPDX-License-Identifier: ISC */
/* What sealed sessions need of the OpenSSL backend: hashes in pieces, X25519, AEADs, Ed25519. */
#include "openssl_internal.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/proverr.h>

#include <limits.h>
#include <string.h>

/* ---- SHA-256 in pieces ---- */

typedef struct sha256_state {
    EVP_MD_CTX *md;
} sha256_state;

_Static_assert(sizeof(sha256_state) <= SW_SHA256_STATE_SIZE, "SHA-256 state must fit its room");

static void sha256_wipe(void *ctx, void *state)
{
    sha256_state *s = state;

    (void)ctx;
    EVP_MD_CTX_free(s->md); /* wipes */
    s->md = NULL;
}

static int sha256_start(void *ctx, void *state)
{
    const backend *b = ctx;
    sha256_state *s = state;
    int ok;

    ERR_set_mark();
    s->md = EVP_MD_CTX_new();
    ok = s->md != NULL && EVP_DigestInit_ex2(s->md, b->sha256, NULL) == 1;
    ERR_pop_to_mark();
    return ok ? 0 : -1;
}

static int sha256_update(void *ctx, void *state, const uint8_t *in, size_t size)
{
    sha256_state *s = state;
    int ok;

    (void)ctx;
    ERR_set_mark();
    ok = size == 0 || EVP_DigestUpdate(s->md, in, size) == 1;
    ERR_pop_to_mark();
    return ok ? 0 : -1;
}

static int sha256_finish(void *ctx, void *state, uint8_t out[SW_SHA256_SIZE])
{
    sha256_state *s = state;
    int ok;

    ERR_set_mark();
    ok = EVP_DigestFinal_ex(s->md, out, NULL) == 1;
    ERR_pop_to_mark();
    sha256_wipe(ctx, state);
    return ok ? 0 : -1;
}

/* ---- keys of curves ---- */

/* With both halves given, OpenSSL does not compute the public one again. */
static EVP_PKEY *make_pair(const char *kind, const uint8_t *secret, const uint8_t *other_half)
{
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, kind, NULL);
    EVP_PKEY *pkey = NULL;
    uint8_t halves[2][32];
    OSSL_PARAM params[3];

    memcpy(halves[0], secret, sizeof(halves[0]));
    memcpy(halves[1], other_half, sizeof(halves[1]));
    params[0] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PRIV_KEY, halves[0], sizeof(halves[0]));
    params[1] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, halves[1], sizeof(halves[1]));
    params[2] = OSSL_PARAM_construct_end();
    if (maker != NULL && EVP_PKEY_fromdata_init(maker) == 1 &&
        EVP_PKEY_fromdata(maker, &pkey, EVP_PKEY_KEYPAIR, params) != 1)
        pkey = NULL;
    EVP_PKEY_CTX_free(maker);
    OPENSSL_cleanse(halves, sizeof(halves));
    return pkey;
}

static int public_half(const char *kind, uint8_t out[32], const uint8_t secret[32])
{
    size_t size = 32;
    EVP_PKEY *pkey;
    int ok;

    ERR_set_mark();
    pkey = EVP_PKEY_new_raw_private_key_ex(NULL, kind, NULL, secret, size);
    ok = pkey != NULL && EVP_PKEY_get_raw_public_key(pkey, out, &size) == 1;
    EVP_PKEY_free(pkey);
    ERR_pop_to_mark();
    return ok ? 0 : -1;
}

/* ---- X25519 ---- */

static int x25519_public(void *ctx, uint8_t out[SW_X25519_SIZE], const uint8_t secret[SW_X25519_SIZE])
{
    (void)ctx;
    return public_half("X25519", out, secret);
}

/* OpenSSL refuses a result of zeros, which the table's user wants to see. */
static int derive(EVP_PKEY *own, EVP_PKEY *peer, uint8_t out[SW_X25519_SIZE])
{
    EVP_PKEY_CTX *derivation = EVP_PKEY_CTX_new_from_pkey(NULL, own, NULL);
    size_t size = SW_X25519_SIZE;
    int result = -1;

    if (derivation != NULL && EVP_PKEY_derive_init(derivation) == 1 &&
        EVP_PKEY_derive_set_peer_ex(derivation, peer, 0) == 1) {
        if (EVP_PKEY_derive(derivation, out, &size) == 1) {
            result = 0;
        } else if (ERR_GET_REASON(ERR_peek_last_error()) == PROV_R_FAILED_DURING_DERIVATION) {
            memset(out, 0, SW_X25519_SIZE);
            result = 0;
        }
    }
    EVP_PKEY_CTX_free(derivation);
    return result;
}

static int x25519(void *ctx, uint8_t out[SW_X25519_SIZE], const sw_x25519_key *own,
                  const uint8_t peer[SW_X25519_SIZE])
{
    EVP_PKEY *pair, *point;
    int result = -1;

    (void)ctx;
    ERR_set_mark();
    pair = make_pair("X25519", own->secret, own->public_half);
    point = EVP_PKEY_new_raw_public_key_ex(NULL, "X25519", NULL, peer, SW_X25519_SIZE);
    if (pair != NULL && point != NULL)
        result = derive(pair, point, out);
    EVP_PKEY_free(point);
    EVP_PKEY_free(pair);
    ERR_pop_to_mark();
    return result;
}

/* ---- AEADs ---- */

typedef struct aead_state {
    EVP_CIPHER_CTX *cipher;
} aead_state;

_Static_assert(sizeof(aead_state) <= SW_AEAD_STATE_SIZE, "AEAD state must fit its room");

static void aead_wipe(void *ctx, void *state)
{
    aead_state *s = state;

    (void)ctx;
    EVP_CIPHER_CTX_free(s->cipher); /* wipes */
    s->cipher = NULL;
}

static int aead_start(void *ctx, void *state, sw_aead kind, const uint8_t key[SW_AEAD_KEY_SIZE])
{
    const backend *b = ctx;
    const EVP_CIPHER *cipher = kind == SW_AEAD_AES256_GCM ? b->aes_gcm : b->chacha_poly;
    aead_state *s = state;
    int ok;

    ERR_set_mark();
    s->cipher = EVP_CIPHER_CTX_new();
    ok = s->cipher != NULL && EVP_EncryptInit_ex2(s->cipher, cipher, key, NULL, NULL) == 1;
    ERR_pop_to_mark();
    if (!ok)
        aead_wipe(ctx, state);
    return ok ? 0 : -1;
}

static int begin(EVP_CIPHER_CTX *cipher, const uint8_t *nonce, const uint8_t *ad, int ad_size)
{
    int n;

    return EVP_EncryptInit_ex2(cipher, NULL, NULL, nonce, NULL) == 1 &&
           (ad_size == 0 || EVP_EncryptUpdate(cipher, NULL, &n, ad, ad_size) == 1);
}

static int encrypt(EVP_CIPHER_CTX *cipher, uint8_t *out, const uint8_t *in, int size)
{
    int n;

    return EVP_EncryptUpdate(cipher, out, &n, in, size) == 1 && n == size;
}

static int finish(EVP_CIPHER_CTX *cipher, uint8_t *tag)
{
    int n;

    return EVP_EncryptFinal_ex(cipher, tag, &n) == 1 &&
           EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, SW_AEAD_TAG_SIZE, tag) == 1;
}

static int aead_seal(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                     size_t ad_size, uint8_t *text, size_t size)
{
    aead_state *s = state;
    int ok;

    (void)ctx;
    if (size > INT_MAX || ad_size > INT_MAX)
        return -1;
    ERR_set_mark();
    ok = begin(s->cipher, nonce, ad, (int)ad_size) && encrypt(s->cipher, text, text, (int)size) &&
         finish(s->cipher, text + size);
    ERR_pop_to_mark();
    return ok ? 0 : -1;
}

static int aead_seal_from(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                          size_t ad_size, uint8_t *text, size_t head, const uint8_t *data, size_t size)
{
    aead_state *s = state;
    int ok;

    (void)ctx;
    if (head > INT_MAX || size > INT_MAX || ad_size > INT_MAX)
        return -1;
    ERR_set_mark();
    ok = begin(s->cipher, nonce, ad, (int)ad_size) && encrypt(s->cipher, text, text, (int)head) &&
         encrypt(s->cipher, text + head, data, (int)size) && finish(s->cipher, text + head + size);
    ERR_pop_to_mark();
    return ok ? 0 : -1;
}

/* 0, 1: not authentic, -1 */
static int open_text(EVP_CIPHER_CTX *cipher, const uint8_t *nonce, const uint8_t *ad, int ad_size, uint8_t *text,
                     int size)
{
    int n;

    if (EVP_DecryptInit_ex2(cipher, NULL, NULL, nonce, NULL) != 1 ||
        EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, SW_AEAD_TAG_SIZE, text + size) != 1 ||
        (ad_size > 0 && EVP_DecryptUpdate(cipher, NULL, &n, ad, ad_size) != 1) ||
        EVP_DecryptUpdate(cipher, text, &n, text, size) != 1 || n != size)
        return -1;
    return EVP_DecryptFinal_ex(cipher, text + size, &n) == 1 ? 0 : 1;
}

static int aead_open(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                     size_t ad_size, uint8_t *text, size_t size)
{
    aead_state *s = state;
    int result;

    (void)ctx;
    if (size > INT_MAX || ad_size > INT_MAX)
        return -1;
    ERR_set_mark();
    result = open_text(s->cipher, nonce, ad, (int)ad_size, text, (int)size);
    ERR_pop_to_mark();
    return result;
}

/* ---- Ed25519 ---- */

static int ed25519_public(void *ctx, uint8_t out[SW_ED25519_PUBLIC_SIZE],
                          const uint8_t secret[SW_ED25519_SECRET_SIZE])
{
    (void)ctx;
    return public_half("ED25519", out, secret);
}

static int ed25519_sign(void *ctx, const sw_ed25519_key *key, const uint8_t *message, size_t size,
                        uint8_t signature[SW_ED25519_SIGNATURE_SIZE])
{
    size_t signature_size = SW_ED25519_SIGNATURE_SIZE;
    EVP_PKEY *pkey;
    EVP_MD_CTX *md;
    int ok;

    (void)ctx;
    ERR_set_mark();
    pkey = make_pair("ED25519", key->secret, key->public_half);
    md = EVP_MD_CTX_new();
    ok = pkey != NULL && md != NULL && EVP_DigestSignInit(md, NULL, NULL, NULL, pkey) == 1 &&
         EVP_DigestSign(md, signature, &signature_size, message, size) == 1;
    EVP_MD_CTX_free(md);
    EVP_PKEY_free(pkey);
    ERR_pop_to_mark();
    return ok ? 0 : -1;
}

static int ed25519_verify(void *ctx, const uint8_t key[SW_ED25519_PUBLIC_SIZE], const uint8_t *message,
                          size_t size, const uint8_t signature[SW_ED25519_SIGNATURE_SIZE])
{
    EVP_PKEY *pkey;
    EVP_MD_CTX *md;
    int result = -1;

    (void)ctx;
    ERR_set_mark();
    pkey = EVP_PKEY_new_raw_public_key_ex(NULL, "ED25519", NULL, key, SW_ED25519_PUBLIC_SIZE);
    md = EVP_MD_CTX_new();
    if (pkey != NULL && md != NULL && EVP_DigestVerifyInit(md, NULL, NULL, NULL, pkey) == 1)
        result = EVP_DigestVerify(md, signature, SW_ED25519_SIGNATURE_SIZE, message, size) == 1 ? 0 : 1;
    EVP_MD_CTX_free(md);
    EVP_PKEY_free(pkey);
    ERR_pop_to_mark();
    return result;
}

void swi_openssl_fill_sealed(sw_crypto *crypto)
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
    crypto->ed25519_public = ed25519_public;
    crypto->ed25519_sign = ed25519_sign;
    crypto->ed25519_verify = ed25519_verify;
}
