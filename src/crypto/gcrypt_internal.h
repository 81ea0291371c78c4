/* SPDX-License-Identifier: ISC */
/* What the parts of the libgcrypt backend share. */
#ifndef SIDEWIRE_SRC_CRYPTO_GCRYPT_INTERNAL_H
#define SIDEWIRE_SRC_CRYPTO_GCRYPT_INTERNAL_H

#include <sidewire/gcrypt.h>

/* The table's sha1 as it comes with the backend. */
int swi_gcrypt_sha1(void *ctx, uint8_t out[SW_SHA1_SIZE], const uint8_t *in, size_t size);

/* Fill in their parts of the table. */
void swi_gcrypt_fill_rsa(sw_crypto *crypto);
void swi_gcrypt_fill_sealed(sw_crypto *crypto);

#endif
