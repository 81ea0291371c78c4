/* What packets need of ciphers. */
#ifndef SIDEWIRE_SRC_CIPHER_INTERNAL_H
#define SIDEWIRE_SRC_CIPHER_INTERNAL_H

#include <sidewire/cipher.h>

/* As sw_cipher_apply; without a cipher bytes pass unchanged. */
int sw_cipher_pass(sw_cipher *cipher /* or NULL */, uint8_t *out, const uint8_t *in, size_t n);

/* Do two ranges of memory share bytes? */
int sw_ranges_overlap(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size);

#endif
