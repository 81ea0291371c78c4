/* RC4. Each byte waits for the one before, so speed is a matter of what does not have to: s[i + 1] is
 * read before the swap is written, which it nearly always misses, and eight bytes of key stream meet
 * the text at once. */
#include "cipher_internal.h"

typedef struct rc4_step {
    uint8_t *s;
    uint8_t i, j;
    uint8_t a;          /* s[i] */
} rc4_step;

void sw_rc4_init(sw_rc4_state *rc4, const uint8_t *key)
{
    uint8_t *s = rc4->s;
    uint8_t j = 0;

    for (unsigned i = 0; i < 256; i++)
        s[i] = (uint8_t)i;
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
static inline uint64_t next_byte(rc4_step *step)
{
    uint8_t *s = step->s;
    uint8_t next = (uint8_t)(step->i + 1);
    uint8_t a = step->a;
    uint8_t b, ahead;

    step->j = (uint8_t)(step->j + a);
    b = s[step->j];
    ahead = s[next];
    s[step->i] = b;
    s[step->j] = a;
    step->a = step->j == next ? a : ahead;
    step->i = next;
    return s[(uint8_t)(a + b)];
}

/* Eight of them, the first one lowest. */
static inline uint64_t next_word(rc4_step *step)
{
    uint64_t word = next_byte(step);

    word |= next_byte(step) << 8;
    word |= next_byte(step) << 16;
    word |= next_byte(step) << 24;
    word |= next_byte(step) << 32;
    word |= next_byte(step) << 40;
    word |= next_byte(step) << 48;
    return word | next_byte(step) << 56;
}

/* Compilers make one load or store of each of these where the machine's order of bytes allows. */
static inline uint64_t load(const uint8_t *p)
{
    return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
           (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 |
           (uint64_t)p[7] << 56;
}

static inline void store(uint8_t *p, uint64_t word)
{
    p[0] = (uint8_t)word;
    p[1] = (uint8_t)(word >> 8);
    p[2] = (uint8_t)(word >> 16);
    p[3] = (uint8_t)(word >> 24);
    p[4] = (uint8_t)(word >> 32);
    p[5] = (uint8_t)(word >> 40);
    p[6] = (uint8_t)(word >> 48);
    p[7] = (uint8_t)(word >> 56);
}

void sw_rc4_apply(sw_rc4_state *rc4, uint8_t *out, const uint8_t *in, size_t n)
{
    uint8_t first = (uint8_t)(rc4->i + 1);
    rc4_step step = { rc4->s, first, rc4->j, rc4->s[first] };

    for (; n >= 8; n -= 8, in += 8, out += 8)
        store(out, load(in) ^ next_word(&step));
    for (; n > 0; n--)
        *out++ = (uint8_t)(*in++ ^ next_byte(&step));
    rc4->i = (uint8_t)(step.i - 1);
    rc4->j = step.j;
}
