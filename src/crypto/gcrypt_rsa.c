/* SPDX-License-Identifier: ISC */
/* RSA of the libgcrypt backend: its operations without padding, around which OAEP and signatures are
 * ours. */
#define _DEFAULT_SOURCE /* explicit_bzero */

#include "gcrypt_internal.h"
#include "oaep.h"
#include "pkcs1.h"

#include <string.h>

/* block = number ^ e mod n; releases the number */
static int public_operation(uint8_t *block, size_t size, gcry_mpi_t number, gcry_mpi_t n, gcry_mpi_t e)
{
    gcry_mpi_t power = gcry_mpi_new(0);
    int result = -1;

    if (number != NULL) {
        gcry_mpi_powm(power, number, e, n);
        result = swi_gcrypt_write(block, size, power);
    }
    if (result < 0)
        memset(block, 0, size);
    gcry_mpi_release(number);
    gcry_mpi_release(power);
    return result;
}

static int oaep_encrypt(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t *in, size_t size,
                        uint8_t *out)
{
    gcry_mpi_t n = swi_gcrypt_number(key->n, key->n_size);
    gcry_mpi_t e = swi_gcrypt_number(key->e, key->e_size);
    int result = swi_gcrypt_check_public(n, e, key->n_size);

    if (result == 0)
        result = swi_oaep_encode(crypto, swi_gcrypt_sha1, out, key->n_size, in, size);
    if (result == 0)
        result = public_operation(out, key->n_size, swi_gcrypt_secret(out, key->n_size), n, e);
    gcry_mpi_release(n);
    gcry_mpi_release(e);
    return result;
}

/* ---- private keys ---- */

static void *key_prepare(void *ctx, const sw_rsa_private *key)
{
    (void)ctx;
    return swi_gcrypt_private_new(key);
}

static void key_forget(void *ctx, void *prepared)
{
    (void)ctx;
    swi_gcrypt_private_free(prepared);
}

/* Without padding, which is ours: libgcrypt 1.10 takes other bytes for the padding's zeros, and its time depends on
 * them. */
static int oaep_decrypt(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t *in, uint8_t *out,
                        size_t cap, size_t *size)
{
    swi_gcrypt_private *own = key->prepared == NULL ? swi_gcrypt_private_new(key) : NULL;
    swi_gcrypt_private *prepared = key->prepared == NULL ? own : key->prepared;
    uint8_t block[SW_RSA_MAX_SIZE];
    int result = -1;

    if (prepared != NULL && memcmp(in, key->n, key->n_size) >= 0)
        result = 1; /* not below the modulus: the peer's fault */
    else if (prepared != NULL)
        result = swi_gcrypt_private_apply(prepared, in, key->n_size, block);
    if (result == 0)
        result = swi_oaep_decode(crypto->ctx, swi_gcrypt_sha1, block, key->n_size, out, cap, size);
    explicit_bzero(block, sizeof(block));
    swi_gcrypt_private_free(own);
    return result;
}

/* ---- signatures ---- */

static int rsa_verify(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t hash[SW_SHA256_SIZE],
                      const uint8_t *signature)
{
    gcry_mpi_t n = swi_gcrypt_number(key->n, key->n_size);
    gcry_mpi_t e = swi_gcrypt_number(key->e, key->e_size);
    uint8_t block[SW_RSA_MAX_SIZE];
    int result = swi_gcrypt_check_public(n, e, key->n_size);

    (void)crypto;
    if (result == 0 && !swi_pkcs1_below(signature, key->n, key->n_size)) {
        result = 1;
    } else if (result == 0) {
        /* no secret: libgcrypt 1.10 ends the process when a zero is made one */
        result = public_operation(block, key->n_size, swi_gcrypt_number(signature, key->n_size), n, e);
        if (result == 0)
            result = swi_pkcs1_check(block, key->n_size, hash);
    }
    gcry_mpi_release(n);
    gcry_mpi_release(e);
    return result;
}

static int rsa_sign(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t hash[SW_SHA256_SIZE],
                    uint8_t *signature)
{
    swi_gcrypt_private *own = key->prepared == NULL ? swi_gcrypt_private_new(key) : NULL;
    swi_gcrypt_private *prepared = key->prepared == NULL ? own : key->prepared;
    uint8_t block[SW_RSA_MAX_SIZE];
    int result = prepared == NULL ? -1 : swi_pkcs1_encode(block, key->n_size, hash);

    (void)crypto;
    if (result == 0)
        result = swi_gcrypt_private_apply(prepared, block, key->n_size, signature);
    if (result < 0)
        memset(signature, 0, key->n_size);
    swi_gcrypt_private_free(own);
    return result;
}

void swi_gcrypt_fill_rsa(sw_crypto *crypto)
{
    crypto->oaep_encrypt = oaep_encrypt;
    crypto->oaep_decrypt = oaep_decrypt;
    crypto->key_prepare = key_prepare;
    crypto->key_forget = key_forget;
    crypto->rsa_sign = rsa_sign;
    crypto->rsa_verify = rsa_verify;
}
