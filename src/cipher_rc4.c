/* SPDX-License-Identifier: ISC */
/* RC4. Each byte waits for the one before, so speed is a matter of what does not have to: s[i + 1] is
 * read before the swap is written, which it nearly always misses, and four steps follow each other
 * without a branch. Indices are whole words, cut to eight bits where they are made. */
#include "cipher_internal.h"

typedef struct rc4_step {
    uint8_t *s;
    unsigned i, j;
    unsigned a; /* s[i] */
} rc4_step;

void swi_rc4_init(sw_rc4_state *rc4, const uint8_t *key)
{
    uint8_t *s = rc4->s;
    uint8_t j = 0;

    for (unsigned i = 0; i < 256; i++)
        rc4->s[i] = (uint8_t)i; /* the array itself, whose size sanitizers know */
    for (unsigned i = 0; i < 256; i++) {
        uint8_t t = s[i];
        j = (uint8_t)(j + t + key[i % SW_CIPHER_KEY_SIZE]);
        s[i] = s[j];
        s[j] = t;
    }
    rc4->i = 0;
    rc4->j = 0;
}

/* The next byte of the key stream. */
static inline unsigned next_byte(rc4_step *step)
{
    uint8_t *s = step->s;
    unsigned next = (step->i + 1) & 0xff;
    unsigned a = step->a;
    unsigned b, ahead;

    step->j = (step->j + a) & 0xff;
    b = s[step->j];
    ahead = s[next];
    s[step->i] = (uint8_t)b;
    s[step->j] = (uint8_t)a;
    step->a = step->j == next ? a : ahead;
    step->i = next;
    return s[(a + b) & 0xff];
}

void swi_rc4_apply(sw_rc4_state *rc4, uint8_t *out, const uint8_t *in, size_t n)
{
    unsigned first = (rc4->i + 1u) & 0xff;
    rc4_step step = { rc4->s, first, rc4->j, rc4->s[first] };

    for (; n >= 4; n -= 4, in += 4, out += 4) {
        unsigned k0 = next_byte(&step);
        unsigned k1 = next_byte(&step);
        unsigned k2 = next_byte(&step);
        unsigned k3 = next_byte(&step);
        out[0] = (uint8_t)(in[0] ^ k0);
        out[1] = (uint8_t)(in[1] ^ k1);
        out[2] = (uint8_t)(in[2] ^ k2);
        out[3] = (uint8_t)(in[3] ^ k3);
    }
    for (; n > 0; n--)
        *out++ = (uint8_t)(*in++ ^ next_byte(&step));
    rc4->i = (uint8_t)(step.i - 1);
    rc4->j = (uint8_t)step.j;
}
