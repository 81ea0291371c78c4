/* SPDX-License-Identifier: ISC */
/* What the suites of ciphers share: a backend that records its calls, and key stream in pieces. */
#ifndef SIDEWIRE_TESTS_CIPHER_SUPPORT_H
#define SIDEWIRE_TESTS_CIPHER_SUPPORT_H

#include <sidewire/cipher.h>
#include <sidewire/error.h>

/* Its AES is a key stream of recorded_byte, made in whole blocks only. */
typedef struct recorder {
    sw_crypto crypto;
    int init_result;
    unsigned inits, applies, wipes;
    unsigned fail_at; /* the call of aes_apply to fail; 0: none */
    size_t position;  /* bytes of key stream made */
    const void *state;
    uint8_t key[SW_AES_KEY_SIZE], counter[SW_AES_BLOCK_SIZE];
} recorder;

/* Starts a recorder, whose table is r->crypto. */
void record(recorder *r);
/* The byte at a position of its key stream. */
uint8_t recorded_byte(size_t position);

/* Puts n bytes of key stream into out, in place or from another buffer, both of exact size. */
void draw(sw_cipher *cipher, uint8_t *out, size_t n, int in_place);

/* Fails the test unless nothing is left in the cipher. */
void check_wiped(const sw_cipher *cipher);

#endif
