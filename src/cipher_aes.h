/* AES-128-CTR over a backend. What most calls need is here, to be part of sw_cipher_run, whose frame
 * stays small by the rest being elsewhere. */
#ifndef SIDEWIRE_SRC_CIPHER_AES_H
#define SIDEWIRE_SRC_CIPHER_AES_H

#include <sidewire/cipher.h>
#include <sidewire/error.h>

#include <string.h>

/* The cipher is zero before. */
int sw_aes_init(sw_cipher *cipher, const sw_crypto *crypto, const uint8_t *key);

/* n bytes, for which there is not enough key stream ahead. */
int sw_aes_apply_beyond(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n);

/* n is 8 or 4. */
static inline void sw_xor_word(uint8_t *out, const uint8_t *in, const uint8_t *stream, size_t n)
{
    uint64_t a = 0, b = 0;

    memcpy(&a, in, n);
    memcpy(&b, stream, n);
    a ^= b;
    memcpy(out, &a, n);
}

/* out equals in, or they do not overlap. */
static inline void sw_xor_bytes(uint8_t *out, const uint8_t *in, const uint8_t *stream, size_t n)
{
    size_t i = 0;

    for (; n - i >= 16; i += 16) { /* in pairs, for compilers to join them */
        uint64_t a[2], b[2];
        memcpy(a, in + i, 16);
        memcpy(b, stream + i, 16);
        a[0] ^= b[0];
        a[1] ^= b[1];
        memcpy(out + i, a, 16);
    }
    if (n - i >= 8) {
        sw_xor_word(out + i, in + i, stream + i, 8);
        i += 8;
    }
    if (n - i >= 4) {
        sw_xor_word(out + i, in + i, stream + i, 4);
        i += 4;
    }
    for (; i < n; i++)
        out[i] = in[i] ^ stream[i];
}

static inline int sw_aes_apply(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n)
{
    sw_aes_state *aes = &cipher->state.aes;

    if (n > SW_AES_AHEAD_SIZE - aes->used)
        return sw_aes_apply_beyond(cipher, out, in, n);
    sw_xor_bytes(out, in, aes->ahead + aes->used, n);
    aes->used += n;
    return SW_OK;
}

#endif
