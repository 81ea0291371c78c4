/* SPDX-License-Identifier: ISC */
/* RSA of the mbedTLS backend: OAEP by mbedTLS, signatures around its operations without padding. */
#include "mbedtls_internal.h"
#include "pkcs1.h"

#include <mbedtls/platform_util.h>
#include <mbedtls/rsa.h>
#include <mbedtls/version.h>

#include <stdlib.h>

/* ---- OAEP ---- */

/* The table's own random, so that whoever replaces it there decides the seed. */
static int table_random(void *crypto, unsigned char *out, size_t size)
{
    const sw_crypto *c = crypto;

    return c->random(c->ctx, out, size) < 0 ? MBEDTLS_ERR_RSA_RNG_FAILED : 0;
}

/* Blinding needs randomness too, but not from the table: the seed alone is to be drawn there. */
static int own_random(void *crypto, unsigned char *out, size_t size)
{
    const sw_crypto *c = crypto;

    return swi_mbedtls_random(c->ctx, out, size) < 0 ? MBEDTLS_ERR_RSA_RNG_FAILED : 0;
}

static void rsa_start(mbedtls_rsa_context *rsa)
{
#if MBEDTLS_VERSION_MAJOR >= 3
    mbedtls_rsa_init(rsa);
    (void)mbedtls_rsa_set_padding(rsa, MBEDTLS_RSA_PKCS_V21, MBEDTLS_MD_SHA1);
#else
    mbedtls_rsa_init(rsa, MBEDTLS_RSA_PKCS_V21, MBEDTLS_MD_SHA1);
#endif
}

static int import_public(mbedtls_rsa_context *rsa, const sw_rsa_public *key)
{
    int result = mbedtls_rsa_import_raw(rsa, key->n, key->n_size, NULL, 0, NULL, 0, NULL, 0, key->e, key->e_size);

    if (result == 0)
        result = mbedtls_rsa_complete(rsa);
    if (result == 0)
        result = mbedtls_rsa_check_pubkey(rsa);
    return result == 0 && mbedtls_rsa_get_len(rsa) == key->n_size ? 0 : -1;
}

static int oaep_encrypt(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t *in, size_t size,
                        uint8_t *out)
{
    mbedtls_rsa_context rsa;
    int result;

    rsa_start(&rsa);
    result = import_public(&rsa, key);
    if (result == 0) {
        void *context = (void *)(uintptr_t)crypto; /* read only: table_random takes it back */
#if MBEDTLS_VERSION_MAJOR >= 3
        result = mbedtls_rsa_rsaes_oaep_encrypt(&rsa, table_random, context, NULL, 0, size, in, out);
#else
        result = mbedtls_rsa_rsaes_oaep_encrypt(&rsa, table_random, context, MBEDTLS_RSA_PUBLIC, NULL, 0, size, in,
                                                out);
#endif
    }
    mbedtls_rsa_free(&rsa);
    return result == 0 ? 0 : -1;
}

static int import_private(mbedtls_rsa_context *rsa, const sw_rsa_private *key)
{
    int result = mbedtls_rsa_import_raw(rsa, key->n, key->n_size, key->p, key->p_size, key->q, key->q_size, key->d,
                                        key->d_size, key->e, key->e_size);

    if (result == 0)
        result = mbedtls_rsa_complete(rsa);
    if (result == 0)
        result = mbedtls_rsa_check_privkey(rsa);
    return result == 0 && mbedtls_rsa_get_len(rsa) == key->n_size ? 0 : -1;
}

/* A prepared key is an RSA context, which keeps the blinding as well. */
static void *key_prepare(void *ctx, const sw_rsa_private *key)
{
    mbedtls_rsa_context *rsa = malloc(sizeof(*rsa));

    (void)ctx;
    if (rsa == NULL)
        return NULL;
    rsa_start(rsa);
    if (import_private(rsa, key) == 0)
        return rsa;
    mbedtls_rsa_free(rsa);
    free(rsa);
    return NULL;
}

static void key_forget(void *ctx, void *prepared)
{
    (void)ctx;
    mbedtls_rsa_free(prepared);
    free(prepared);
}

/* After an operation: forgets a context that was made for it. Running out of memory leaves the
 * blinding of a prepared one half renewed, and useless, so that is made again. */
static void finish_key(mbedtls_rsa_context *rsa, const sw_rsa_private *key, void *ctx, int result)
{
    if (rsa == NULL)
        return;
    if (key->prepared == NULL) {
        key_forget(ctx, rsa);
    } else if (result < 0) {
        mbedtls_rsa_free(rsa);
        rsa_start(rsa);
        (void)import_private(rsa, key);
    }
}

static int decrypt(const sw_crypto *crypto, mbedtls_rsa_context *rsa, const uint8_t *in, uint8_t *out, size_t cap,
                   size_t *size)
{
    void *context = (void *)(uintptr_t)crypto;
#if MBEDTLS_VERSION_MAJOR >= 3
    int result = mbedtls_rsa_rsaes_oaep_decrypt(rsa, own_random, context, NULL, 0, size, in, out, cap);
#else
    int result =
        mbedtls_rsa_rsaes_oaep_decrypt(rsa, own_random, context, MBEDTLS_RSA_PRIVATE, NULL, 0, size, in, out, cap);
#endif

    if (result == MBEDTLS_ERR_RSA_INVALID_PADDING || result == MBEDTLS_ERR_RSA_OUTPUT_TOO_LARGE)
        return 1;
    /* a block that is not below the modulus is the peer's fault too */
    if (result == MBEDTLS_ERR_RSA_PRIVATE_FAILED + MBEDTLS_ERR_MPI_BAD_INPUT_DATA)
        return 1;
    return result == 0 ? 0 : -1;
}

static int oaep_decrypt(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t *in, uint8_t *out,
                        size_t cap, size_t *size)
{
    mbedtls_rsa_context *rsa = key->prepared;
    int result = -1;

    if (rsa == NULL)
        rsa = key_prepare(crypto->ctx, key);
    if (rsa != NULL)
        result = decrypt(crypto, rsa, in, out, cap, size);
    finish_key(rsa, key, crypto->ctx, result);
    return result;
}

/* ---- signatures ---- */

static int rsa_sign(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t hash[SW_SHA256_SIZE],
                    uint8_t *signature)
{
    mbedtls_rsa_context *rsa = key->prepared != NULL ? key->prepared : key_prepare(crypto->ctx, key);
    void *context = (void *)(uintptr_t)crypto;
    int result = rsa == NULL ? -1 : swi_pkcs1_encode(signature, key->n_size, hash);

    if (result == 0)
        result = mbedtls_rsa_private(rsa, own_random, context, signature, signature);
    finish_key(rsa, key, crypto->ctx, result);
    if (result != 0)
        mbedtls_platform_zeroize(signature, key->n_size);
    return result == 0 ? 0 : -1;
}

static int rsa_verify(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t hash[SW_SHA256_SIZE],
                      const uint8_t *signature)
{
    mbedtls_rsa_context rsa;
    uint8_t block[SW_RSA_MAX_SIZE];
    int result;

    (void)crypto;
    rsa_start(&rsa);
    result = import_public(&rsa, key);
    if (result == 0 && !swi_pkcs1_below(signature, key->n, key->n_size))
        result = 1;
    else if (result == 0)
        result = mbedtls_rsa_public(&rsa, signature, block) == 0 ? swi_pkcs1_check(block, key->n_size, hash) : -1;
    mbedtls_rsa_free(&rsa);
    return result;
}

void swi_mbedtls_fill_rsa(sw_crypto *crypto)
{
    crypto->oaep_encrypt = oaep_encrypt;
    crypto->oaep_decrypt = oaep_decrypt;
    crypto->key_prepare = key_prepare;
    crypto->key_forget = key_forget;
    crypto->rsa_sign = rsa_sign;
    crypto->rsa_verify = rsa_verify;
}
