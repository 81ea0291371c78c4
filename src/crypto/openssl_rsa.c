/* SPDX-License-Identifier: ISC */
/* RSA of the OpenSSL backend: its operations without padding, around which OAEP and signatures are
 * ours. */
#include "oaep.h"
#include "openssl_internal.h"
#include "pkcs1.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <string.h>

enum { N, E, D, P, Q, DP, DQ, QI, NUMBERS };

static const char *const number_names[NUMBERS] = {
    OSSL_PKEY_PARAM_RSA_N,         OSSL_PKEY_PARAM_RSA_E,
    OSSL_PKEY_PARAM_RSA_D,         OSSL_PKEY_PARAM_RSA_FACTOR1,
    OSSL_PKEY_PARAM_RSA_FACTOR2,   OSSL_PKEY_PARAM_RSA_EXPONENT1,
    OSSL_PKEY_PARAM_RSA_EXPONENT2, OSSL_PKEY_PARAM_RSA_COEFFICIENT1,
};

static int read_number(BIGNUM *to, const uint8_t *bytes, size_t size)
{
    return size <= SW_RSA_MAX_SIZE && BN_bin2bn(bytes, (int)size, to) != NULL ? 0 : -1;
}

static int check_public(const BIGNUM *n, const BIGNUM *e, size_t n_size)
{
    if (!BN_is_odd(n) || BN_num_bits(n) < 128 || (size_t)BN_num_bytes(n) != n_size)
        return -1;
    return BN_is_odd(e) && BN_num_bits(e) > 1 && BN_cmp(e, n) < 0 ? 0 : -1;
}

/* Directly, since an EVP_PKEY takes longer to make than to use. */
static int encrypt(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t *in, size_t size, uint8_t *out,
                   BN_CTX *ctx)
{
    BIGNUM *n = BN_CTX_get(ctx);
    BIGNUM *e = BN_CTX_get(ctx);
    BIGNUM *plain = BN_CTX_get(ctx);
    BIGNUM *cipher = BN_CTX_get(ctx);

    if (cipher == NULL || read_number(n, key->n, key->n_size) < 0 || read_number(e, key->e, key->e_size) < 0 ||
        check_public(n, e, key->n_size) < 0)
        return -1;
    if (swi_oaep_encode(crypto, swi_openssl_sha1, out, key->n_size, in, size) == 0 &&
        read_number(plain, out, key->n_size) == 0 && BN_mod_exp_mont(cipher, plain, e, n, ctx, NULL) == 1 &&
        BN_bn2binpad(cipher, out, (int)key->n_size) >= 0)
        return 0;
    OPENSSL_cleanse(out, key->n_size);
    return -1;
}

static int oaep_encrypt(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t *in, size_t size,
                        uint8_t *out)
{
    BN_CTX *ctx;
    int result = -1;

    ERR_set_mark();
    ctx = BN_CTX_new();
    if (ctx != NULL) {
        BN_CTX_start(ctx);
        result = encrypt(crypto, key, in, size, out, ctx);
        BN_CTX_end(ctx);
        BN_CTX_free(ctx); /* wipes */
    }
    ERR_pop_to_mark();
    return result;
}

/* Computes what is missing of the numbers, and checks that all of them belong together. */
static int complete(BIGNUM *x[NUMBERS], BN_CTX *ctx)
{
    BIGNUM *p1 = BN_CTX_get(ctx);
    BIGNUM *q1 = BN_CTX_get(ctx);
    BIGNUM *t = BN_CTX_get(ctx);

    if (t == NULL || BN_sub(p1, x[P], BN_value_one()) != 1 || BN_sub(q1, x[Q], BN_value_one()) != 1)
        return -1;
    for (int i = D; i <= Q; i++)
        BN_set_flags(x[i], BN_FLG_CONSTTIME);
    BN_set_flags(p1, BN_FLG_CONSTTIME);
    BN_set_flags(q1, BN_FLG_CONSTTIME);
    if (BN_mul(t, x[P], x[Q], ctx) != 1 || BN_cmp(t, x[N]) != 0)
        return -1;
    if (BN_mod(x[DP], x[D], p1, ctx) != 1 || BN_mod_mul(t, x[DP], x[E], p1, ctx) != 1 || !BN_is_one(t))
        return -1;
    if (BN_mod(x[DQ], x[D], q1, ctx) != 1 || BN_mod_mul(t, x[DQ], x[E], q1, ctx) != 1 || !BN_is_one(t))
        return -1;
    return BN_mod_inverse(x[QI], x[Q], x[P], ctx) != NULL ? 0 : -1;
}

static int read_private(BIGNUM *x[NUMBERS], const sw_rsa_private *key, BN_CTX *ctx)
{
    for (int i = 0; i < NUMBERS; i++)
        x[i] = BN_CTX_get(ctx);
    if (x[NUMBERS - 1] == NULL || read_number(x[N], key->n, key->n_size) < 0 ||
        read_number(x[E], key->e, key->e_size) < 0 || read_number(x[D], key->d, key->d_size) < 0 ||
        read_number(x[P], key->p, key->p_size) < 0 || read_number(x[Q], key->q, key->q_size) < 0)
        return -1;
    if (check_public(x[N], x[E], key->n_size) < 0)
        return -1;
    return complete(x, ctx);
}

static EVP_PKEY *make_pkey(BIGNUM *const x[NUMBERS])
{
    uint8_t bytes[NUMBERS][SW_RSA_MAX_SIZE];
    OSSL_PARAM params[NUMBERS + 1];
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *pkey = NULL;
    int ok = maker != NULL;

    for (int i = 0; i < NUMBERS && ok; i++) {
        size_t size = (size_t)BN_num_bytes(x[i]);
        ok = size <= SW_RSA_MAX_SIZE && BN_bn2nativepad(x[i], bytes[i], (int)size) >= 0;
        params[i] = OSSL_PARAM_construct_BN(number_names[i], bytes[i], size);
    }
    params[NUMBERS] = OSSL_PARAM_construct_end();
    if (ok && EVP_PKEY_fromdata_init(maker) == 1 && EVP_PKEY_fromdata(maker, &pkey, EVP_PKEY_KEYPAIR, params) != 1)
        pkey = NULL;
    EVP_PKEY_CTX_free(maker);
    OPENSSL_cleanse(bytes, sizeof(bytes));
    return pkey;
}

/* Without padding, which is ours: OpenSSL 3.0 frees the block that it decodes without wiping it. */
static EVP_PKEY_CTX *start_decrypting(EVP_PKEY *pkey)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);

    if (ctx != NULL && EVP_PKEY_decrypt_init(ctx) == 1 && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1)
        return ctx;
    EVP_PKEY_CTX_free(ctx);
    return NULL;
}

/* A prepared key is an EVP_PKEY_CTX ready for decrypting; the blinding is kept in its key. */
static void *key_prepare(void *ctx, const sw_rsa_private *key)
{
    BIGNUM *x[NUMBERS];
    EVP_PKEY_CTX *prepared = NULL;
    BN_CTX *bn;

    (void)ctx;
    ERR_set_mark();
    bn = BN_CTX_secure_new();
    if (bn != NULL) {
        EVP_PKEY *pkey = NULL;
        BN_CTX_start(bn);
        if (read_private(x, key, bn) == 0)
            pkey = make_pkey(x);
        if (pkey != NULL)
            prepared = start_decrypting(pkey);
        EVP_PKEY_free(pkey);
        BN_CTX_end(bn);
        BN_CTX_free(bn);
    }
    ERR_pop_to_mark();
    return prepared;
}

static void key_forget(void *ctx, void *prepared)
{
    (void)ctx;
    EVP_PKEY_CTX_free(prepared);
}

static int decrypt(const sw_crypto *crypto, EVP_PKEY_CTX *prepared, const uint8_t *in, size_t in_size,
                   uint8_t *out, size_t cap, size_t *size)
{
    uint8_t block[SW_RSA_MAX_SIZE];
    size_t len = sizeof(block);
    int result = -1;

    ERR_set_mark();
    if (EVP_PKEY_decrypt(prepared, block, &len, in, in_size) == 1 && len == in_size)
        result = swi_oaep_decode(crypto->ctx, swi_openssl_sha1, block, len, out, cap, size);
    ERR_pop_to_mark();
    OPENSSL_cleanse(block, sizeof(block));
    return result;
}

static int oaep_decrypt(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t *in, uint8_t *out,
                        size_t cap, size_t *size)
{
    EVP_PKEY_CTX *own = key->prepared == NULL ? key_prepare(crypto->ctx, key) : NULL;
    EVP_PKEY_CTX *prepared = key->prepared == NULL ? own : key->prepared;
    int result = -1;

    if (prepared != NULL && memcmp(in, key->n, key->n_size) >= 0)
        result = 1; /* not below the modulus: the peer's fault */
    else if (prepared != NULL)
        result = decrypt(crypto, prepared, in, key->n_size, out, cap, size);
    key_forget(crypto->ctx, own);
    return result;
}

/* ---- signatures ---- */

static int rsa_sign(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t hash[SW_SHA256_SIZE],
                    uint8_t *signature)
{
    EVP_PKEY_CTX *own = key->prepared == NULL ? key_prepare(crypto->ctx, key) : NULL;
    EVP_PKEY_CTX *prepared = key->prepared == NULL ? own : key->prepared;
    uint8_t block[SW_RSA_MAX_SIZE];
    size_t len = key->n_size;
    int result = prepared == NULL ? -1 : swi_pkcs1_encode(block, key->n_size, hash);

    ERR_set_mark();
    /* without padding, decrypting is the private operation */
    if (result == 0 &&
        (EVP_PKEY_decrypt(prepared, signature, &len, block, key->n_size) != 1 || len != key->n_size))
        result = -1;
    ERR_pop_to_mark();
    key_forget(crypto->ctx, own);
    return result;
}

/* block = signature ^ e mod n */
static int recover(const sw_rsa_public *key, const uint8_t *signature, uint8_t *block, BN_CTX *ctx)
{
    BIGNUM *n = BN_CTX_get(ctx);
    BIGNUM *e = BN_CTX_get(ctx);
    BIGNUM *x = BN_CTX_get(ctx);
    BIGNUM *y = BN_CTX_get(ctx);

    if (y == NULL || read_number(n, key->n, key->n_size) < 0 || read_number(e, key->e, key->e_size) < 0 ||
        check_public(n, e, key->n_size) < 0)
        return -1;
    return read_number(x, signature, key->n_size) == 0 && BN_mod_exp_mont(y, x, e, n, ctx, NULL) == 1 &&
                   BN_bn2binpad(y, block, (int)key->n_size) >= 0
               ? 0
               : -1;
}

static int rsa_verify(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t hash[SW_SHA256_SIZE],
                      const uint8_t *signature)
{
    uint8_t block[SW_RSA_MAX_SIZE];
    BN_CTX *ctx;
    int result = -1;

    (void)crypto;
    if (!swi_pkcs1_below(signature, key->n, key->n_size))
        return 1;
    ERR_set_mark();
    ctx = BN_CTX_new();
    if (ctx != NULL) {
        BN_CTX_start(ctx);
        result = recover(key, signature, block, ctx);
        BN_CTX_end(ctx);
        BN_CTX_free(ctx);
    }
    ERR_pop_to_mark();
    return result == 0 ? swi_pkcs1_check(block, key->n_size, hash) : result;
}

void swi_openssl_fill_rsa(sw_crypto *crypto)
{
    crypto->oaep_encrypt = oaep_encrypt;
    crypto->oaep_decrypt = oaep_decrypt;
    crypto->key_prepare = key_prepare;
    crypto->key_forget = key_forget;
    crypto->rsa_sign = rsa_sign;
    crypto->rsa_verify = rsa_verify;
}
