/* SPDX-License-Identifier: ISC */
/* What the parts of the OpenSSL backend share. Errors are results of ours: around what may fail, a
 * mark keeps them out of OpenSSL's queue. */
#ifndef SIDEWIRE_SRC_CRYPTO_OPENSSL_INTERNAL_H
#define SIDEWIRE_SRC_CRYPTO_OPENSSL_INTERNAL_H

#include <sidewire/openssl.h>

#include <openssl/evp.h>

/* What is looked up by name is looked up once. */
typedef struct backend {
    sw_crypto crypto;
    EVP_MD *sha1, *sha256;
    EVP_CIPHER *aes_ctr, *aes_gcm, *chacha_poly;
} backend;

/* The table's sha1 as it comes with the backend. */
int swi_openssl_sha1(void *ctx, uint8_t out[SW_SHA1_SIZE], const uint8_t *in, size_t size);

/* Fill in their parts of the table. */
void swi_openssl_fill_rsa(sw_crypto *crypto);
void swi_openssl_fill_sealed(sw_crypto *crypto);

#endif
