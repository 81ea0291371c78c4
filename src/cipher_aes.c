/* AES-128-CTR over a backend that knows whole blocks only. Key stream is made some blocks ahead, so
 * that headers and small bodies cost an XOR and no call; large bodies go through the backend at once,
 * once what was made ahead is used up. */
#include "cipher_aes.h"
#include "cipher_internal.h"

int swi_aes_init(sw_cipher *cipher, const sw_crypto *crypto, const uint8_t *key)
{
    if (crypto == NULL)
        return SW_E_NULL;
    if (crypto->aes_state_size > SW_AES_STATE_SIZE)
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
    static const uint8_t zeros[SW_AES_AHEAD_SIZE];

    cipher->state.aes.used = 0;
    return apply_blocks(cipher, cipher->state.aes.ahead, zeros, sizeof(zeros));
}

int swi_aes_apply_beyond(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n)
{
    size_t done = SW_AES_AHEAD_SIZE - cipher->state.aes.used;
    size_t blocks = 0;
    int result = swi_cipher_run(cipher, out, in, done);

    if (n - done >= SW_AES_AHEAD_SIZE)
        blocks = (n - done) / SW_AES_BLOCK_SIZE * SW_AES_BLOCK_SIZE;
    if (blocks > 0)
        result = apply_blocks(cipher, out + done, in + done, blocks);
    done += blocks;
    if (done == n || result < 0)
        return result;
    result = make_ahead(cipher);
    return result < 0 ? result : swi_cipher_run(cipher, out + done, in + done, n - done);
}
