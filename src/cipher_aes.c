/* AES-128-CTR over a backend that knows whole blocks only. Key stream is made some blocks ahead, so
 * that headers and small bodies cost an XOR and no call; large bodies go through the backend at once,
 * once what was made ahead is used up. */
#include "cipher_internal.h"

#include <string.h>

/* out equals in, or they do not overlap. */
static void xor_bytes(uint8_t *out, const uint8_t *in, const uint8_t *stream, size_t n)
{
    uint64_t a[4], b[4];

    for (; n >= sizeof(a); n -= sizeof(a)) {
        memcpy(a, in, sizeof(a));
        memcpy(b, stream, sizeof(b));
        for (unsigned i = 0; i < 4; i++)
            a[i] ^= b[i];
        memcpy(out, a, sizeof(a));
        in += sizeof(a);
        out += sizeof(a);
        stream += sizeof(a);
    }
    for (; n >= sizeof(a[0]); n -= sizeof(a[0])) {
        memcpy(a, in, sizeof(a[0]));
        memcpy(b, stream, sizeof(b[0]));
        a[0] ^= b[0];
        memcpy(out, a, sizeof(a[0]));
        in += sizeof(a[0]);
        out += sizeof(a[0]);
        stream += sizeof(a[0]);
    }
    for (; n > 0; n--)
        *out++ = (uint8_t)(*in++ ^ *stream++);
}

int sw_aes_init(sw_cipher *cipher, const sw_crypto *crypto, const uint8_t *key)
{
    if (crypto == NULL)
        return SW_E_NULL;
    if (crypto->struct_size < sizeof(*crypto) || crypto->aes_state_size > SW_AES_STATE_SIZE)
        return SW_E_CIPHER;
    cipher->crypto = crypto;
    cipher->state.aes.used = SW_AES_AHEAD_SIZE;
    if (crypto->aes_init(crypto->ctx, cipher->state.aes.backend, key, key + SW_AES_KEY_SIZE) < 0)
        return SW_E_AES;
    return SW_OK;
}

static int apply_blocks(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n)
{
    const sw_crypto *crypto = cipher->crypto;

    return crypto->aes_apply(crypto->ctx, cipher->state.aes.backend, out, in, n) < 0 ? SW_E_AES
                                                                                    : SW_OK;
}

static int make_ahead(sw_cipher *cipher)
{
    uint8_t *ahead = cipher->state.aes.ahead;

    memset(ahead, 0, SW_AES_AHEAD_SIZE);
    cipher->state.aes.used = 0;
    return apply_blocks(cipher, ahead, ahead, SW_AES_AHEAD_SIZE);
}

/* As much as key stream is there for. Returns how much that was. */
static inline size_t apply_ahead(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n)
{
    sw_aes_state *aes = &cipher->state.aes;
    size_t left = SW_AES_AHEAD_SIZE - aes->used;

    if (n > left)
        n = left;
    xor_bytes(out, in, aes->ahead + aes->used, n);
    aes->used += n;
    return n;
}

int sw_aes_apply(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n)
{
    size_t done = apply_ahead(cipher, out, in, n);
    size_t blocks;
    int result = SW_OK;

    if (done == n)
        return SW_OK;
    blocks = n - done >= SW_AES_AHEAD_SIZE ? (n - done) / SW_AES_BLOCK_SIZE * SW_AES_BLOCK_SIZE : 0;
    if (blocks > 0)
        result = apply_blocks(cipher, out + done, in + done, blocks);
    done += blocks;
    if (result == SW_OK && done < n)
        result = make_ahead(cipher);
    if (result == SW_OK)
        apply_ahead(cipher, out + done, in + done, n - done);
    return result;
}
