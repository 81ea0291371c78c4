/* SPDX-License-Identifier: ISC */
/* HMAC-SHA-256 (RFC 2104) and HKDF (RFC 5869) over a backend's SHA-256. */
#ifndef SIDEWIRE_SRC_HMAC_H
#define SIDEWIRE_SRC_HMAC_H

#include <sidewire/crypto.h>

/* 0, or -1: the backend failed, and out is not to be used. The key has at most 64 bytes; `more` is
 * one more byte of the message, as HKDF wants it; -1: none. out may be key or message. */
int swi_hmac(const sw_crypto *crypto, const uint8_t *key, size_t key_size, const uint8_t *message, size_t size,
             int more, uint8_t out[SW_SHA256_SIZE]);

/* The two first blocks of HKDF with an empty info: salt and first may be the same. 0 or -1. */
int swi_hkdf(const sw_crypto *crypto, const uint8_t salt[SW_SHA256_SIZE], const uint8_t *input, size_t size,
             uint8_t first[SW_SHA256_SIZE], uint8_t second[SW_SHA256_SIZE]);

#endif
