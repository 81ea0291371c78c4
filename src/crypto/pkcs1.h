/* SPDX-License-Identifier: ISC */
/* RSA PKCS #1 v1.5 signatures with SHA-256 (RFC 8017, section 8.2) around an RSA operation without
 * padding, which all libraries have. */
#ifndef SIDEWIRE_SRC_CRYPTO_PKCS1_H
#define SIDEWIRE_SRC_CRYPTO_PKCS1_H

#include <sidewire/crypto.h>

/* Fills the block, of block_size bytes, with the encoded hash: what the private operation turns into
 * the signature, and the public one back. 0, or -1: the block is smaller than any key of ours. */
int swi_pkcs1_encode(uint8_t *block, size_t block_size, const uint8_t hash[SW_SHA256_SIZE]);

/* Whether the numbers a and b of `size` bytes are a < b. For public numbers. */
int swi_pkcs1_below(const uint8_t *a, const uint8_t *b, size_t size);

/* Compares a block with what it would have to be. 0: it is, 1: it is not. */
int swi_pkcs1_check(const uint8_t *block, size_t block_size, const uint8_t hash[SW_SHA256_SIZE]);

#endif
