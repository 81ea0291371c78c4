/* SPDX-License-Identifier: ISC */
/* What the parts of the mbedTLS backend share. */
#ifndef SIDEWIRE_SRC_CRYPTO_MBEDTLS_INTERNAL_H
#define SIDEWIRE_SRC_CRYPTO_MBEDTLS_INTERNAL_H

#include <sidewire/mbedtls.h>

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>

typedef struct backend {
    sw_crypto crypto;
    mbedtls_entropy_context entropy;
    mbedtls_ctr_drbg_context drbg;
} backend;

/* The table's random as it comes with the backend. */
int swi_mbedtls_random(void *ctx, uint8_t *out, size_t size);

/* Fill in their parts of the table. */
void swi_mbedtls_fill_rsa(sw_crypto *crypto);
void swi_mbedtls_fill_sealed(sw_crypto *crypto);

#endif
