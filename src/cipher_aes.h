/* AES-128-CTR over a backend. What most calls need is here, to be part of swi_cipher_run, whose frame
 * stays small by the rest being elsewhere. */
#ifndef SIDEWIRE_SRC_CIPHER_AES_H
#define SIDEWIRE_SRC_CIPHER_AES_H

#include <sidewire/cipher.h>
#include <sidewire/error.h>

#include <string.h>

/* The cipher is zero before. */
int swi_aes_init(sw_cipher *cipher, const sw_crypto *crypto, const uint8_t *key);

/* n bytes, for which there is not enough key stream ahead. */
int swi_aes_apply_beyond(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n);

/* n is 16, 8 or 4: loads and stores of that size. */
static inline void swi_xor_piece(uint8_t *out, const uint8_t *in, const uint8_t *stream, size_t n)
{
    uint64_t a[2] = { 0, 0 }, b[2] = { 0, 0 };

    memcpy(a, in, n);
    memcpy(b, stream, n);
    a[0] ^= b[0];
    a[1] ^= b[1];
    memcpy(out, a, n);
}

/* out equals in, or they do not overlap. */
static inline void swi_xor_bytes(uint8_t *out, const uint8_t *in, const uint8_t *stream, size_t n)
{
    size_t i = 0;

    for (; n - i >= 32; i += 32) {
        swi_xor_piece(out + i, in + i, stream + i, 16);
        swi_xor_piece(out + i + 16, in + i + 16, stream + i + 16, 16);
    }
    if (n & 16) {
        swi_xor_piece(out + i, in + i, stream + i, 16);
        i += 16;
    }
    if (n & 8) {
        swi_xor_piece(out + i, in + i, stream + i, 8);
        i += 8;
    }
    if (n & 4) {
        swi_xor_piece(out + i, in + i, stream + i, 4);
        i += 4;
    }
    for (; i < n; i++)
        out[i] = in[i] ^ stream[i];
}

static inline int swi_aes_apply(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n)
{
    sw_aes_state *aes = &cipher->state.aes;

    if (n > SW_AES_AHEAD_SIZE - aes->used)
        return swi_aes_apply_beyond(cipher, out, in, n);
    swi_xor_bytes(out, in, aes->ahead + aes->used, n);
    aes->used += n;
    return SW_OK;
}

#endif
