/* SPDX-License-Identifier: ISC */
/* What the parts of the libgcrypt backend share. */
#ifndef SIDEWIRE_SRC_CRYPTO_GCRYPT_INTERNAL_H
#define SIDEWIRE_SRC_CRYPTO_GCRYPT_INTERNAL_H

#include <sidewire/gcrypt.h>

#include <gcrypt.h>

/* The table's sha1 as it comes with the backend. */
int swi_gcrypt_sha1(void *ctx, uint8_t out[SW_SHA1_SIZE], const uint8_t *in, size_t size);

/* ---- numbers ---- */

/* Of big-endian bytes; NULL if that is not possible. */
gcry_mpi_t swi_gcrypt_number(const uint8_t *bytes, size_t size);
/* The same in secure memory. Not zero: libgcrypt 1.10 ends the process when a zero is made a secret. */
gcry_mpi_t swi_gcrypt_secret(const uint8_t *bytes, size_t size);
/* Right-aligned, with zeros before it. 0, or -1 if it does not fit. */
int swi_gcrypt_write(uint8_t *out, size_t size, gcry_mpi_t number);
/* 0: the numbers could be a public key with so many bytes. */
int swi_gcrypt_check_public(gcry_mpi_t n, gcry_mpi_t e, size_t n_size);

/* ---- private keys of RSA (gcrypt_private.c) ---- */

typedef struct swi_gcrypt_private swi_gcrypt_private;

/* NULL if its numbers do not belong together. */
swi_gcrypt_private *swi_gcrypt_private_new(const sw_rsa_private *from);
/* out = in ^ d modulo n, all of `size` bytes, the size of n; `in` is below n. 0, or -1. */
int swi_gcrypt_private_apply(swi_gcrypt_private *key, const uint8_t *in, size_t size, uint8_t *out);
void swi_gcrypt_private_free(swi_gcrypt_private *key);

/* Fill in their parts of the table. */
void swi_gcrypt_fill_rsa(sw_crypto *crypto);
void swi_gcrypt_fill_sealed(sw_crypto *crypto);
void swi_gcrypt_fill_ed25519(sw_crypto *crypto);

#endif
