/* SPDX-License-Identifier: ISC */
/* What packets need of ciphers, and RC4. */
#ifndef SIDEWIRE_SRC_CIPHER_INTERNAL_H
#define SIDEWIRE_SRC_CIPHER_INTERNAL_H

#include <sidewire/cipher.h>
#include <sidewire/error.h>

#include <string.h>

/* Keeps what is rarely needed out of the frame of what is called for each packet. */
#if defined(__GNUC__) || defined(__clang__)
#define OUT_OF_LINE __attribute__((noinline))
#else
#define OUT_OF_LINE
#endif

/* As sw_cipher_apply, with pointers that are not checked: neither is NULL if n > 0, and out equals
 * in or does not overlap it. Behind out[0..n) are `room` bytes that may be changed meanwhile, and are
 * afterwards as they were: with some of them a large body takes one call of the backend. */
int swi_cipher_run(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n, size_t room);

/* The same; without a cipher bytes pass unchanged, and for that no call is made where they are. */
static inline int swi_cipher_pass(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n, size_t room)
{
    if (cipher != NULL)
        return swi_cipher_run(cipher, out, in, n, room);
    if (n > 0 && out != in)
        memcpy(out, in, n);
    return SW_OK;
}

/* SW_OK, SW_E_NULL or SW_E_OVERLAP: what these do not look at. */
int swi_cipher_check(const uint8_t *out, const uint8_t *in, size_t n);

/* Do two ranges of memory share bytes? As integers: comparing pointers into different objects is
 * undefined. */
static inline int swi_ranges_overlap(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size)
{
    uintptr_t p = (uintptr_t)a;
    uintptr_t q = (uintptr_t)b;

    return a_size > 0 && b_size > 0 && (p < q ? q - p < a_size : p - q < b_size);
}

void swi_rc4_init(sw_rc4_state *rc4, const uint8_t *key);
void swi_rc4_apply(sw_rc4_state *rc4, uint8_t *out, const uint8_t *in, size_t n);

#endif
