/* SPDX-License-Identifier: ISC */
/* Ciphers as other libraries offer them, without anything of ours in between. */
#ifndef SIDEWIRE_BENCH_RAW_H
#define SIDEWIRE_BENCH_RAW_H

#include <stddef.h>
#include <stdint.h>

enum { RAW_RC4_KEY_SIZE = 32 };

/* start returns a state, to be freed by stop; failures end the program. apply: out may equal in. */
typedef struct raw_cipher {
    const char *name;
    void *(*start)(const uint8_t *key);
    void (*apply)(void *state, uint8_t *out, const uint8_t *in, size_t n);
    void (*stop)(void *state);
} raw_cipher;

/* AES-128-CTR under key[0..16) from the counter key[16..32) on; the names are those of backends. */
extern const raw_cipher raw_aes_mbedtls, raw_aes_openssl, raw_aes_gcrypt;

/* RC4 under key[0..RAW_RC4_KEY_SIZE). */
extern const raw_cipher raw_rc4_mbedtls, raw_rc4_openssl, raw_rc4_nettle;

enum { RAW_AEAD_KEY_SIZE = 32, RAW_AEAD_NONCE_SIZE = 12, RAW_AEAD_TAG_SIZE = 16 };

/* AES-256-GCM. The tag stands behind the text. A state seals or opens, not both; open works in place, seal does not. */
typedef struct raw_aead {
    const char *name;
    void *(*start)(const uint8_t key[RAW_AEAD_KEY_SIZE], int seals);
    void (*seal)(void *state, const uint8_t nonce[RAW_AEAD_NONCE_SIZE], uint8_t *out, const uint8_t *in, size_t n);
    void (*open)(void *state, const uint8_t nonce[RAW_AEAD_NONCE_SIZE], uint8_t *text, size_t n);
    void (*stop)(void *state);
} raw_aead;

extern const raw_aead raw_gcm_openssl, raw_gcm_gcrypt;

/* What was built, NULL behind the last one. */
extern const raw_cipher *const raw_aes[], *const raw_rc4[];
extern const raw_aead *const raw_gcm[];

/* NULL: none of that name. */
const raw_cipher *raw_aes_find(const char *name);
const raw_aead *raw_gcm_find(const char *name);

#endif
