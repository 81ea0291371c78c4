/* SPDX-License-Identifier: ISC */
/* Ed25519 of the libgcrypt backend. Secrets do not go through libgcrypt's S-expressions, of which copies stay in ordinary
 * memory: signing is RFC 8032, section 5.1.6, over its points, in constant time where a number is in secure memory. */
#define _DEFAULT_SOURCE /* explicit_bzero */

#include "gcrypt_internal.h"

#include <string.h>

enum { HALF = SW_ED25519_SIGNATURE_SIZE / 2, HASH_SIZE = 64 };

/* ---- bytes, which begin with the lowest ---- */

static void reverse(uint8_t *out, const uint8_t *in, size_t size)
{
    for (size_t i = 0; i < size; i++)
        out[i] = in[size - 1 - i];
}

static gcry_mpi_t read_scalar(const uint8_t *bytes, size_t size)
{
    uint8_t reversed[HASH_SIZE];
    gcry_mpi_t number;

    reverse(reversed, bytes, size);
    number = swi_gcrypt_secret(reversed, size);
    explicit_bzero(reversed, sizeof(reversed));
    return number;
}

static int write_scalar(uint8_t out[HALF], gcry_mpi_t number)
{
    uint8_t reversed[HALF];
    int result = swi_gcrypt_write(reversed, sizeof(reversed), number);

    reverse(out, reversed, sizeof(reversed));
    return result;
}

typedef struct piece {
    const uint8_t *data;
    size_t size;
} piece;

/* SHA-512 of up to three pieces, its state in secure memory. */
static int hash(uint8_t out[HASH_SIZE], const piece pieces[3])
{
    gcry_md_hd_t md;

    if (gcry_md_open(&md, GCRY_MD_SHA512, GCRY_MD_FLAG_SECURE) != 0)
        return -1;
    for (int i = 0; i < 3; i++)
        if (pieces[i].size > 0)
            gcry_md_write(md, pieces[i].data, pieces[i].size);
    memcpy(out, gcry_md_read(md, GCRY_MD_SHA512), HASH_SIZE);
    gcry_md_close(md); /* wipes */
    return 0;
}

/* ---- points ---- */

typedef struct curve {
    gcry_ctx_t context;
    gcry_mpi_point_t base;
    gcry_mpi_t order;
} curve;

static int curve_start(curve *c)
{
    memset(c, 0, sizeof(*c));
    if (gcry_mpi_ec_new(&c->context, NULL, "Ed25519") != 0) {
        c->context = NULL;
        return -1;
    }
    c->base = gcry_mpi_ec_get_point("g", c->context, 1);
    c->order = gcry_mpi_ec_get_mpi("n", c->context, 1);
    return c->base != NULL && c->order != NULL ? 0 : -1;
}

static void curve_free(curve *c)
{
    gcry_mpi_point_release(c->base);
    gcry_mpi_release(c->order);
    gcry_ctx_release(c->context);
}

/* The base point so many times, as bytes. */
static int multiply(const curve *c, gcry_mpi_t times, uint8_t out[HALF])
{
    gcry_mpi_point_t point = gcry_mpi_point_new(0);
    gcry_mpi_t x = gcry_mpi_snew(0), y = gcry_mpi_snew(0);
    int result = -1;

    gcry_mpi_ec_mul(point, times, c->base, c->context);
    if (gcry_mpi_ec_get_affine(x, y, point, c->context) == 0)
        result = write_scalar(out, y);
    if (result == 0)
        out[HALF - 1] |= (uint8_t)(gcry_mpi_test_bit(x, 0) ? 0x80 : 0);
    gcry_mpi_release(x);
    gcry_mpi_release(y);
    gcry_mpi_point_release(point);
    return result;
}

/* ---- keys and signatures ---- */

/* The secret number, and 32 bytes more that are secret. NULL on failure. */
static gcry_mpi_t expand(const uint8_t secret[SW_ED25519_SECRET_SIZE], uint8_t prefix[HALF])
{
    const piece pieces[3] = { { secret, SW_ED25519_SECRET_SIZE } };
    uint8_t digest[HASH_SIZE];
    gcry_mpi_t number = NULL;

    if (hash(digest, pieces) == 0) {
        digest[0] &= 248;
        digest[HALF - 1] = (uint8_t)((digest[HALF - 1] & 127) | 64);
        number = read_scalar(digest, HALF);
        memcpy(prefix, digest + HALF, HALF);
    }
    explicit_bzero(digest, sizeof(digest));
    return number;
}

/* A hash as a number below the order. */
static gcry_mpi_t hash_number(const curve *c, const piece pieces[3])
{
    uint8_t digest[HASH_SIZE];
    gcry_mpi_t number = hash(digest, pieces) == 0 ? read_scalar(digest, sizeof(digest)) : NULL;

    explicit_bzero(digest, sizeof(digest));
    if (number != NULL)
        gcry_mpi_mod(number, number, c->order);
    return number;
}

static int sign(const curve *c, const sw_ed25519_key *key, const piece *message, uint8_t signature[2 * HALF])
{
    uint8_t prefix[HALF];
    gcry_mpi_t secret = expand(key->secret, prefix);
    const piece first[3] = { { prefix, sizeof(prefix) }, *message };
    gcry_mpi_t once = secret != NULL ? hash_number(c, first) : NULL;
    const piece second[3] = { { signature, HALF }, { key->public_half, sizeof(key->public_half) }, *message };
    gcry_mpi_t challenge = NULL;
    int result = -1;

    explicit_bzero(prefix, sizeof(prefix));
    if (once != NULL && multiply(c, once, signature) == 0)
        challenge = hash_number(c, second);
    if (challenge != NULL) {
        gcry_mpi_mulm(challenge, challenge, secret, c->order);
        gcry_mpi_addm(challenge, challenge, once, c->order);
        result = write_scalar(signature + HALF, challenge);
    }
    gcry_mpi_release(secret);
    gcry_mpi_release(once);
    gcry_mpi_release(challenge);
    return result;
}

static int ed25519_sign(void *ctx, const sw_ed25519_key *key, const uint8_t *message, size_t size,
                        uint8_t signature[SW_ED25519_SIGNATURE_SIZE])
{
    const piece text = { message, size };
    int result = -1;
    curve c;

    (void)ctx;
    if (curve_start(&c) == 0)
        result = sign(&c, key, &text, signature);
    curve_free(&c);
    return result;
}

static int ed25519_public(void *ctx, uint8_t out[SW_ED25519_PUBLIC_SIZE],
                          const uint8_t secret[SW_ED25519_SECRET_SIZE])
{
    uint8_t prefix[HALF];
    gcry_mpi_t number = expand(secret, prefix);
    int result = -1;
    curve c;

    (void)ctx;
    explicit_bzero(prefix, sizeof(prefix));
    if (curve_start(&c) == 0 && number != NULL)
        result = multiply(&c, number, out);
    gcry_mpi_release(number);
    curve_free(&c);
    return result;
}

/* Nothing here is secret. */
static int ed25519_verify(void *ctx, const uint8_t key[SW_ED25519_PUBLIC_SIZE], const uint8_t *message,
                          size_t size, const uint8_t signature[SW_ED25519_SIGNATURE_SIZE])
{
    gcry_sexp_t point = NULL, given = NULL, data = NULL;
    int result = -1;

    (void)ctx;
    if (gcry_sexp_build(&point, NULL, "(public-key (ecc (curve Ed25519) (flags eddsa) (q %b)))",
                        SW_ED25519_PUBLIC_SIZE, key) == 0 &&
        gcry_sexp_build(&given, NULL, "(sig-val (eddsa (r %b) (s %b)))", (int)HALF, signature, (int)HALF,
                        signature + HALF) == 0 &&
        gcry_sexp_build(&data, NULL, "(data (flags eddsa) (hash-algo sha512) (value %b))", (int)size, message) ==
            0)
        result = gcry_pk_verify(given, data, point) == 0 ? 0 : 1;
    gcry_sexp_release(given);
    gcry_sexp_release(data);
    gcry_sexp_release(point);
    return result;
}

void swi_gcrypt_fill_ed25519(sw_crypto *crypto)
{
    crypto->ed25519_public = ed25519_public;
    crypto->ed25519_sign = ed25519_sign;
    crypto->ed25519_verify = ed25519_verify;
}
