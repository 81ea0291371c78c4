/* SPDX-License-Identifier: ISC */
/* Private operations of RSA by libgcrypt's numbers. Not by its S-expressions: when it looks numbers up in those, it
 * copies parts of the key to ordinary memory, and frees them as they are. Here all that is secret is in secure memory,
 * which is wiped when it is freed; and a prepared key keeps its blinding, which otherwise costs as much as a fifth of the
 * operation. */
#include "gcrypt_internal.h"

#include <gcrypt.h>

#include <stdlib.h>
#include <string.h>

enum {
    BLINDING_USES = 32, /* then it is made anew */
    EXPONENT_BLINDING_BITS = 64
};

/* One of the two primes, and what is raised modulo it. */
typedef struct half {
    gcry_mpi_t prime, less; /* less: by one */
    gcry_mpi_t exponent;    /* d modulo that */
} half;

struct swi_gcrypt_private {
    gcry_mpi_t n, e;
    half p, q;
    gcry_mpi_t u;              /* the inverse of p modulo q */
    gcry_mpi_t blind, unblind; /* r ^ e and the inverse of r, modulo n */
    unsigned uses;             /* of the blinding; 0: there is none yet */
};

gcry_mpi_t swi_gcrypt_number(const uint8_t *bytes, size_t size)
{
    gcry_mpi_t number = NULL;

    if (size > 0 && size <= SW_RSA_MAX_SIZE && gcry_mpi_scan(&number, GCRYMPI_FMT_USG, bytes, size, NULL) == 0)
        return number;
    return NULL;
}

/* The copy that is scanned is wiped when it moves to secure memory. */
gcry_mpi_t swi_gcrypt_secret(const uint8_t *bytes, size_t size)
{
    gcry_mpi_t number = swi_gcrypt_number(bytes, size);

    if (number != NULL)
        gcry_mpi_set_flag(number, GCRYMPI_FLAG_SECURE);
    return number;
}

int swi_gcrypt_check_public(gcry_mpi_t n, gcry_mpi_t e, size_t n_size)
{
    if (n == NULL || e == NULL || !gcry_mpi_test_bit(n, 0) || gcry_mpi_get_nbits(n) < 128 ||
        (gcry_mpi_get_nbits(n) + 7) / 8 != n_size)
        return -1;
    return gcry_mpi_test_bit(e, 0) && gcry_mpi_get_nbits(e) > 1 && gcry_mpi_cmp(e, n) < 0 ? 0 : -1;
}

int swi_gcrypt_write(uint8_t *out, size_t size, gcry_mpi_t number)
{
    size_t len = (gcry_mpi_get_nbits(number) + 7) / 8;

    memset(out, 0, size);
    return len <= size && gcry_mpi_print(GCRYMPI_FMT_USG, out + size - len, len, NULL, number) == 0 ? 0 : -1;
}

/* ---- a key ---- */

/* Is d the inverse of e modulo the prime less one? Keeps what d is there. */
static int complete_half(half *h, gcry_mpi_t d, gcry_mpi_t e)
{
    gcry_mpi_t product = gcry_mpi_snew(0);
    int ok;

    h->less = gcry_mpi_snew(0);
    h->exponent = gcry_mpi_snew(0);
    if (gcry_mpi_cmp_ui(h->prime, 2) <= 0) {
        gcry_mpi_release(product);
        return 0;
    }
    gcry_mpi_sub_ui(h->less, h->prime, 1);
    gcry_mpi_mod(h->exponent, d, h->less);
    gcry_mpi_mulm(product, h->exponent, e, h->less);
    ok = gcry_mpi_cmp_ui(product, 1) == 0;
    gcry_mpi_release(product);
    return ok;
}

/* Computes what is missing of the numbers, and checks that all of them belong together. */
static int complete(swi_gcrypt_private *key, gcry_mpi_t d)
{
    gcry_mpi_t product = gcry_mpi_snew(0);
    int ok;

    gcry_mpi_mul(product, key->p.prime, key->q.prime);
    ok = gcry_mpi_cmp(product, key->n) == 0 && complete_half(&key->p, d, key->e) &&
         complete_half(&key->q, d, key->e) && gcry_mpi_invm(key->u, key->p.prime, key->q.prime) != 0;
    gcry_mpi_release(product);
    return ok;
}

void swi_gcrypt_private_free(swi_gcrypt_private *key)
{
    if (key == NULL)
        return;
    gcry_mpi_t all[] = { key->n,      key->e,          key->p.prime, key->p.less, key->p.exponent, key->q.prime,
                         key->q.less, key->q.exponent, key->u,       key->blind,  key->unblind };
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        gcry_mpi_release(all[i]);
    free(key);
}

swi_gcrypt_private *swi_gcrypt_private_new(const sw_rsa_private *from)
{
    swi_gcrypt_private *key = calloc(1, sizeof(*key));
    gcry_mpi_t d = swi_gcrypt_secret(from->d, from->d_size);
    int ok = 0;

    if (key != NULL) {
        key->n = swi_gcrypt_number(from->n, from->n_size);
        key->e = swi_gcrypt_number(from->e, from->e_size);
        key->p.prime = swi_gcrypt_secret(from->p, from->p_size);
        key->q.prime = swi_gcrypt_secret(from->q, from->q_size);
        key->u = gcry_mpi_snew(0);
        key->blind = gcry_mpi_snew(0);
        key->unblind = gcry_mpi_snew(0);
        ok = swi_gcrypt_check_public(key->n, key->e, from->n_size) == 0 && d != NULL && key->p.prime != NULL &&
             key->q.prime != NULL && complete(key, d);
    }
    gcry_mpi_release(d);
    if (ok)
        return key;
    swi_gcrypt_private_free(key);
    return NULL;
}

/* ---- the operation ---- */

/* The base is never the same twice, so that time and other traces of an operation do not depend on what is known. */
static void renew_blinding(swi_gcrypt_private *key)
{
    if (key->uses > 0 && key->uses < BLINDING_USES) {
        gcry_mpi_mulm(key->blind, key->blind, key->blind, key->n);
        gcry_mpi_mulm(key->unblind, key->unblind, key->unblind, key->n);
    } else {
        gcry_mpi_t r = gcry_mpi_snew(0);
        do {
            gcry_mpi_randomize(r, gcry_mpi_get_nbits(key->n), GCRY_STRONG_RANDOM);
            gcry_mpi_mod(r, r, key->n);
        } while (gcry_mpi_cmp_ui(r, 0) == 0 || gcry_mpi_invm(key->unblind, r, key->n) == 0);
        gcry_mpi_powm(key->blind, r, key->e, key->n);
        gcry_mpi_release(r);
        key->uses = 0;
    }
    key->uses++;
}

/* power = base ^ d modulo a prime, with an exponent that is never the same twice. */
static void raise(gcry_mpi_t power, gcry_mpi_t base, const half *h)
{
    gcry_mpi_t exponent = gcry_mpi_snew(0), reduced = gcry_mpi_snew(0);

    gcry_mpi_randomize(exponent, EXPONENT_BLINDING_BITS, GCRY_STRONG_RANDOM);
    gcry_mpi_mul(exponent, exponent, h->less);
    gcry_mpi_add(exponent, exponent, h->exponent);
    gcry_mpi_mod(reduced, base, h->prime);
    gcry_mpi_powm(power, reduced, exponent, h->prime);
    gcry_mpi_release(exponent);
    gcry_mpi_release(reduced);
}

/* x = x ^ d modulo n, by the remainders modulo p and q. */
static void raise_both(const swi_gcrypt_private *key, gcry_mpi_t x)
{
    gcry_mpi_t a = gcry_mpi_snew(0), b = gcry_mpi_snew(0);

    raise(a, x, &key->p);
    raise(b, x, &key->q);
    gcry_mpi_subm(b, b, a, key->q.prime);
    gcry_mpi_mulm(b, b, key->u, key->q.prime);
    gcry_mpi_mul(b, b, key->p.prime);
    gcry_mpi_add(x, a, b);
    gcry_mpi_release(a);
    gcry_mpi_release(b);
}

int swi_gcrypt_private_apply(swi_gcrypt_private *key, const uint8_t *in, size_t size, uint8_t *out)
{
    gcry_mpi_t given = swi_gcrypt_number(in, size);
    gcry_mpi_t x = gcry_mpi_snew(0), again = gcry_mpi_snew(0);
    int result = -1;

    if (given != NULL) {
        renew_blinding(key);
        gcry_mpi_mulm(x, given, key->blind, key->n);
        raise_both(key, x);
        gcry_mpi_mulm(x, x, key->unblind, key->n);
        gcry_mpi_powm(again, x, key->e, key->n); /* a wrong result tells the key */
        if (gcry_mpi_cmp(again, given) == 0)
            result = swi_gcrypt_write(out, size, x);
    }
    gcry_mpi_release(given);
    gcry_mpi_release(x);
    gcry_mpi_release(again);
    return result;
}
