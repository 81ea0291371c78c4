/* SPDX-License-Identifier: ISC */
/* OAEP with SHA-1, MGF1-SHA-1 and an empty label (RFC 8017, section 7.1) around an RSA operation
 * without padding, for backends whose library should not do it: see docs/design.md. */
#ifndef SIDEWIRE_SRC_CRYPTO_OAEP_H
#define SIDEWIRE_SRC_CRYPTO_OAEP_H

#include <sidewire/crypto.h>

/* As in sw_crypto; the backend's own, whatever a table has. */
typedef int (*swi_oaep_sha1)(void *ctx, uint8_t out[SW_SHA1_SIZE], const uint8_t *in, size_t size);

/* Fills the block, of block_size bytes (at most SW_RSA_MAX_SIZE), with the encoded text. 0, or -1:
 * the text is too long, or randomness or hash failed. */
int swi_oaep_encode(const sw_crypto *crypto, swi_oaep_sha1 sha1, uint8_t *block, size_t block_size,
                    const uint8_t *in, size_t size);

/* Decodes a block in place, and copies the text to out. Returns as oaep_decrypt of sw_crypto does.
 * Up to the verdict, neither time nor memory accesses depend on the block. The caller wipes it. */
int swi_oaep_decode(void *ctx, swi_oaep_sha1 sha1, uint8_t *block, size_t block_size, uint8_t *out, size_t cap,
                    size_t *size);

#endif
