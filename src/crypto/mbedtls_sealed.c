/* SPDX-License-Identifier: ISC */
/* What sealed sessions need of the mbedTLS backend: hashes in pieces, X25519, AEADs. mbedTLS has no
 * Ed25519. */
#include "mbedtls_internal.h"

#include <mbedtls/chachapoly.h>
#include <mbedtls/ecp.h>
#include <mbedtls/gcm.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>
#include <mbedtls/version.h>

#include <string.h>

/* ---- SHA-256 in pieces ---- */

_Static_assert(sizeof(mbedtls_sha256_context) <= SW_SHA256_STATE_SIZE, "SHA-256 state must fit its room");

#if MBEDTLS_VERSION_MAJOR < 3
#define mbedtls_sha256_starts mbedtls_sha256_starts_ret
#define mbedtls_sha256_update mbedtls_sha256_update_ret
#define mbedtls_sha256_finish mbedtls_sha256_finish_ret
#endif

static int sha256_start(void *ctx, void *state)
{
    (void)ctx;
    mbedtls_sha256_init(state);
    return mbedtls_sha256_starts(state, 0) == 0 ? 0 : -1;
}

static int sha256_update(void *ctx, void *state, const uint8_t *in, size_t size)
{
    (void)ctx;
    return size == 0 || mbedtls_sha256_update(state, in, size) == 0 ? 0 : -1;
}

static int sha256_finish(void *ctx, void *state, uint8_t out[SW_SHA256_SIZE])
{
    int result = mbedtls_sha256_finish(state, out);

    (void)ctx;
    mbedtls_sha256_free(state); /* wipes */
    return result == 0 ? 0 : -1;
}

static void sha256_wipe(void *ctx, void *state)
{
    (void)ctx;
    mbedtls_sha256_free(state);
}

/* ---- X25519 ---- */

typedef struct curve {
    mbedtls_ecp_group group;
    mbedtls_ecp_point point, product;
    mbedtls_mpi scalar;
} curve;

static void curve_free(curve *c)
{
    mbedtls_ecp_group_free(&c->group);
    mbedtls_ecp_point_free(&c->point);
    mbedtls_ecp_point_free(&c->product);
    mbedtls_mpi_free(&c->scalar); /* wipes, as those before do */
}

static int curve_start(curve *c, const uint8_t secret[SW_X25519_SIZE])
{
    uint8_t bytes[SW_X25519_SIZE];
    int result;

    mbedtls_ecp_group_init(&c->group);
    mbedtls_ecp_point_init(&c->point);
    mbedtls_ecp_point_init(&c->product);
    mbedtls_mpi_init(&c->scalar);
    memcpy(bytes, secret, sizeof(bytes));
    bytes[0] &= 248; /* RFC 7748, section 5 */
    bytes[SW_X25519_SIZE - 1] = (uint8_t)((bytes[SW_X25519_SIZE - 1] & 127) | 64);
    result = mbedtls_ecp_group_load(&c->group, MBEDTLS_ECP_DP_CURVE25519);
    if (result == 0)
        result = mbedtls_mpi_read_binary_le(&c->scalar, bytes, sizeof(bytes));
    mbedtls_platform_zeroize(bytes, sizeof(bytes));
    return result;
}

/* Blinding needs randomness, but not from the table. */
static int own_random(void *ctx, unsigned char *out, size_t size)
{
    return swi_mbedtls_random(ctx, out, size) < 0 ? MBEDTLS_ERR_ECP_RANDOM_FAILED : 0;
}

static int curve_multiply(curve *c, const mbedtls_ecp_point *point, void *ctx, uint8_t out[SW_X25519_SIZE])
{
    size_t size;
    int result = mbedtls_ecp_mul(&c->group, &c->product, &c->scalar, point, own_random, ctx);

    if (result == 0)
        result = mbedtls_ecp_point_write_binary(&c->group, &c->product, MBEDTLS_ECP_PF_UNCOMPRESSED, &size, out,
                                                SW_X25519_SIZE);
    return result;
}

static int x25519_public(void *ctx, uint8_t out[SW_X25519_SIZE], const uint8_t secret[SW_X25519_SIZE])
{
    curve c;
    int result = curve_start(&c, secret);

    if (result == 0)
        result = curve_multiply(&c, &c.group.G, ctx, out);
    curve_free(&c);
    return result == 0 ? 0 : -1;
}

/* mbedTLS refuses the points of low order, which give zeros. */
static int x25519(void *ctx, uint8_t out[SW_X25519_SIZE], const sw_x25519_key *own,
                  const uint8_t peer[SW_X25519_SIZE])
{
    curve c;
    int result = curve_start(&c, own->secret);

    if (result == 0)
        result = mbedtls_ecp_point_read_binary(&c.group, &c.point, peer, SW_X25519_SIZE);
    if (result == 0)
        result = curve_multiply(&c, &c.point, ctx, out);
    if (result == MBEDTLS_ERR_ECP_INVALID_KEY) {
        memset(out, 0, SW_X25519_SIZE);
        result = 0;
    }
    curve_free(&c);
    return result == 0 ? 0 : -1;
}

/* ---- AEADs ---- */

typedef struct aead_state {
    union {
        mbedtls_gcm_context gcm;
        mbedtls_chachapoly_context chachapoly;
    };
    sw_aead kind; /* 0: none of them */
} aead_state;

_Static_assert(sizeof(aead_state) <= SW_AEAD_STATE_SIZE, "AEAD state must fit its room");

static void aead_wipe(void *ctx, void *state)
{
    aead_state *s = state;

    (void)ctx;
    if (s->kind == SW_AEAD_AES256_GCM)
        mbedtls_gcm_free(&s->gcm);
    else if (s->kind == SW_AEAD_CHACHA20_POLY1305)
        mbedtls_chachapoly_free(&s->chachapoly);
    mbedtls_platform_zeroize(s, sizeof(*s));
}

static int aead_start(void *ctx, void *state, sw_aead kind, const uint8_t key[SW_AEAD_KEY_SIZE])
{
    aead_state *s = state;
    int result;

    s->kind = kind;
    if (kind == SW_AEAD_AES256_GCM) {
        mbedtls_gcm_init(&s->gcm);
        result = mbedtls_gcm_setkey(&s->gcm, MBEDTLS_CIPHER_ID_AES, key, 8 * SW_AEAD_KEY_SIZE);
    } else {
        mbedtls_chachapoly_init(&s->chachapoly);
        result = mbedtls_chachapoly_setkey(&s->chachapoly, key);
    }
    if (result != 0)
        aead_wipe(ctx, state);
    return result == 0 ? 0 : -1;
}

static int aead_seal(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                     size_t ad_size, uint8_t *text, size_t size)
{
    aead_state *s = state;
    int result;

    (void)ctx;
    if (s->kind == SW_AEAD_AES256_GCM)
        result = mbedtls_gcm_crypt_and_tag(&s->gcm, MBEDTLS_GCM_ENCRYPT, size, nonce, SW_AEAD_NONCE_SIZE, ad,
                                           ad_size, text, text, SW_AEAD_TAG_SIZE, text + size);
    else
        result =
            mbedtls_chachapoly_encrypt_and_tag(&s->chachapoly, size, nonce, ad, ad_size, text, text, text + size);
    return result == 0 ? 0 : -1;
}

/* In place, as mbedTLS does itself with the records of TLS. */
static int aead_open(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                     size_t ad_size, uint8_t *text, size_t size)
{
    aead_state *s = state;
    int result;

    (void)ctx;
    if (s->kind == SW_AEAD_AES256_GCM)
        result = mbedtls_gcm_auth_decrypt(&s->gcm, size, nonce, SW_AEAD_NONCE_SIZE, ad, ad_size, text + size,
                                          SW_AEAD_TAG_SIZE, text, text);
    else
        result =
            mbedtls_chachapoly_auth_decrypt(&s->chachapoly, size, nonce, ad, ad_size, text + size, text, text);
    if (result == MBEDTLS_ERR_GCM_AUTH_FAILED || result == MBEDTLS_ERR_CHACHAPOLY_AUTH_FAILED)
        return 1;
    return result == 0 ? 0 : -1;
}

void swi_mbedtls_fill_sealed(sw_crypto *crypto)
{
    crypto->sha256_state_size = sizeof(mbedtls_sha256_context);
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
}
