/* SPDX-License-Identifier: ISC */
/* RSA of the libgcrypt backend: its operations without padding, around which OAEP and signatures are
 * ours. */
#define _DEFAULT_SOURCE /* explicit_bzero */

#include "gcrypt_internal.h"
#include "oaep.h"
#include "pkcs1.h"

#include <gcrypt.h>

#include <string.h>

/* Private numbers are kept in secure memory, which is wiped when it is freed. */
typedef struct numbers {
    gcry_mpi_t n, e, d, p, q, u; /* u: the inverse of p modulo q */
} numbers;

static gcry_mpi_t read_number(const uint8_t *bytes, size_t size)
{
    gcry_mpi_t number = NULL;

    if (size > 0 && size <= SW_RSA_MAX_SIZE && gcry_mpi_scan(&number, GCRYMPI_FMT_USG, bytes, size, NULL) == 0)
        return number;
    return NULL;
}

static gcry_mpi_t read_secret(const uint8_t *bytes, size_t size)
{
    gcry_mpi_t number = read_number(bytes, size);

    if (number != NULL)
        gcry_mpi_set_flag(number, GCRYMPI_FLAG_SECURE);
    return number;
}

static int check_public(gcry_mpi_t n, gcry_mpi_t e, size_t n_size)
{
    if (n == NULL || e == NULL || !gcry_mpi_test_bit(n, 0) || gcry_mpi_get_nbits(n) < 128 ||
        (gcry_mpi_get_nbits(n) + 7) / 8 != n_size)
        return -1;
    return gcry_mpi_test_bit(e, 0) && gcry_mpi_get_nbits(e) > 1 && gcry_mpi_cmp(e, n) < 0 ? 0 : -1;
}

/* Right-aligned, with zeros before it. */
static void write_padded(uint8_t *to, size_t to_size, const uint8_t *from, size_t size)
{
    memset(to, 0, to_size - size);
    memcpy(to + to_size - size, from, size);
}

/* block = number ^ e mod n; releases the number */
static int public_operation(uint8_t *block, size_t size, gcry_mpi_t number, gcry_mpi_t n, gcry_mpi_t e)
{
    gcry_mpi_t power = gcry_mpi_new(0);
    uint8_t bytes[SW_RSA_MAX_SIZE];
    size_t written = 0;
    int result = -1;

    if (number != NULL && power != NULL) {
        gcry_mpi_powm(power, number, e, n);
        if (gcry_mpi_print(GCRYMPI_FMT_USG, bytes, size, &written, power) == 0) {
            write_padded(block, size, bytes, written);
            result = 0;
        }
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
    gcry_mpi_t n = read_number(key->n, key->n_size);
    gcry_mpi_t e = read_number(key->e, key->e_size);
    int result = check_public(n, e, key->n_size);

    if (result == 0)
        result = swi_oaep_encode(crypto, swi_gcrypt_sha1, out, key->n_size, in, size);
    if (result == 0)
        result = public_operation(out, key->n_size, read_secret(out, key->n_size), n, e);
    gcry_mpi_release(n);
    gcry_mpi_release(e);
    return result;
}

/* Is d the inverse of e modulo p - 1? */
static int fits(gcry_mpi_t d, gcry_mpi_t e, gcry_mpi_t p)
{
    gcry_mpi_t less = gcry_mpi_snew(0);
    gcry_mpi_t product = gcry_mpi_snew(0);
    int result;

    gcry_mpi_sub_ui(less, p, 1);
    gcry_mpi_mulm(product, d, e, less);
    result = gcry_mpi_cmp_ui(product, 1) == 0;
    gcry_mpi_release(less);
    gcry_mpi_release(product);
    return result;
}

/* Computes what is missing of the numbers, and checks that all of them belong together. */
static int complete(numbers *x)
{
    gcry_mpi_t product = gcry_mpi_snew(0);
    int ok;

    if (gcry_mpi_cmp(x->p, x->q) > 0)
        gcry_mpi_swap(x->p, x->q); /* as libgcrypt wants them */
    gcry_mpi_mul(product, x->p, x->q);
    ok = gcry_mpi_cmp(product, x->n) == 0 && gcry_mpi_cmp_ui(x->p, 1) > 0 && fits(x->d, x->e, x->p) &&
         fits(x->d, x->e, x->q) && gcry_mpi_invm(x->u, x->p, x->q) != 0;
    gcry_mpi_release(product);
    return ok ? 0 : -1;
}

static void release_numbers(numbers *x)
{
    gcry_mpi_release(x->n);
    gcry_mpi_release(x->e);
    gcry_mpi_release(x->d);
    gcry_mpi_release(x->p);
    gcry_mpi_release(x->q);
    gcry_mpi_release(x->u);
}

/* A prepared key is an S-expression in secure memory. */
static void *key_prepare(void *ctx, const sw_rsa_private *key)
{
    numbers x = { read_number(key->n, key->n_size), read_number(key->e, key->e_size),
                  read_secret(key->d, key->d_size), read_secret(key->p, key->p_size),
                  read_secret(key->q, key->q_size), gcry_mpi_snew(0) };
    gcry_sexp_t prepared = NULL;

    (void)ctx;
    if (check_public(x.n, x.e, key->n_size) == 0 && x.d != NULL && x.p != NULL && x.q != NULL &&
        complete(&x) == 0 &&
        gcry_sexp_build(&prepared, NULL, "(private-key (rsa (n %m) (e %m) (d %m) (p %m) (q %m) (u %m)))", x.n, x.e,
                        x.d, x.p, x.q, x.u) != 0)
        prepared = NULL;
    release_numbers(&x);
    return prepared;
}

static void key_forget(void *ctx, void *prepared)
{
    (void)ctx;
    gcry_sexp_release(prepared);
}

/* Without padding, which is ours: libgcrypt 1.10 takes other bytes for the padding's zeros, and its
 * time depends on them. */
static int private_operation(gcry_sexp_t prepared, const uint8_t *in, size_t size, uint8_t *block)
{
    gcry_sexp_t cipher, plain;
    const char *bytes;
    size_t len = 0;
    int result = -1;

    if (gcry_sexp_build(&cipher, NULL, "(enc-val (flags raw) (rsa (a %b)))", (int)size, in) != 0)
        return -1;
    if (gcry_pk_decrypt(&plain, cipher, prepared) == 0) { /* (value NUMBER), in secure memory */
        bytes = gcry_sexp_nth_data(plain, 1, &len);
        if (bytes != NULL && len == size + 1 && bytes[0] == 0) { /* it is signed */
            bytes++;
            len--;
        }
        if (bytes != NULL && len <= size) {
            write_padded(block, size, (const uint8_t *)bytes, len);
            result = 0;
        }
        gcry_sexp_release(plain);
    }
    gcry_sexp_release(cipher);
    return result;
}

static int oaep_decrypt(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t *in, uint8_t *out,
                        size_t cap, size_t *size)
{
    gcry_sexp_t own = key->prepared == NULL ? key_prepare(crypto->ctx, key) : NULL;
    gcry_sexp_t prepared = key->prepared == NULL ? own : key->prepared;
    uint8_t block[SW_RSA_MAX_SIZE];
    int result = -1;

    if (prepared != NULL && memcmp(in, key->n, key->n_size) >= 0)
        result = 1; /* not below the modulus: the peer's fault */
    else if (prepared != NULL)
        result = private_operation(prepared, in, key->n_size, block);
    if (result == 0)
        result = swi_oaep_decode(crypto->ctx, swi_gcrypt_sha1, block, key->n_size, out, cap, size);
    explicit_bzero(block, sizeof(block));
    key_forget(crypto->ctx, own);
    return result;
}

/* ---- signatures ---- */

static int rsa_verify(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t hash[SW_SHA256_SIZE],
                      const uint8_t *signature)
{
    gcry_mpi_t n = read_number(key->n, key->n_size);
    gcry_mpi_t e = read_number(key->e, key->e_size);
    uint8_t block[SW_RSA_MAX_SIZE];
    int result = check_public(n, e, key->n_size);

    (void)crypto;
    if (result == 0 && !swi_pkcs1_below(signature, key->n, key->n_size)) {
        result = 1;
    } else if (result == 0) {
        /* no secret: libgcrypt 1.10 ends the process when a zero is made one */
        result = public_operation(block, key->n_size, read_number(signature, key->n_size), n, e);
        if (result == 0)
            result = swi_pkcs1_check(block, key->n_size, hash);
    }
    gcry_mpi_release(n);
    gcry_mpi_release(e);
    return result;
}

/* libgcrypt does not look whether the result of a private operation is right, and a wrong one tells
 * the key; so this does. */
static int rsa_sign(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t hash[SW_SHA256_SIZE],
                    uint8_t *signature)
{
    sw_rsa_public public_half = { key->n, key->e, key->n_size, key->e_size };
    gcry_sexp_t own = key->prepared == NULL ? key_prepare(crypto->ctx, key) : NULL;
    gcry_sexp_t prepared = key->prepared == NULL ? own : key->prepared;
    uint8_t block[SW_RSA_MAX_SIZE];
    int result = prepared == NULL ? -1 : swi_pkcs1_encode(block, key->n_size, hash);

    if (result == 0)
        result = private_operation(prepared, block, key->n_size, signature);
    if (result == 0 && rsa_verify(crypto, &public_half, hash, signature) != 0) {
        memset(signature, 0, key->n_size);
        result = -1;
    }
    key_forget(crypto->ctx, own);
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
