/* SPDX-License-Identifier: ISC */
/* Stream ciphers. A backend's AES-128-CTR knows whole blocks only, so key stream is made some blocks
 * ahead: headers and small bodies cost an XOR and no call; large bodies go through the backend at once,
 * when what was made ahead is used up. */
#include "cipher_internal.h"
#include "secret.h"

/* ---- XOR with key stream ---- */

/* n is 16, 8 or 4: loads and stores of that size. */
static inline void xor_piece(uint8_t *out, const uint8_t *in, const uint8_t *stream, size_t n)
{
    uint64_t a[2] = { 0, 0 }, b[2] = { 0, 0 };

    memcpy(a, in, n);
    memcpy(b, stream, n);
    a[0] ^= b[0];
    a[1] ^= b[1];
    memcpy(out, a, n);
}

/* out equals in, or they do not overlap. */
static inline void xor_bytes(uint8_t *out, const uint8_t *in, const uint8_t *stream, size_t n)
{
    size_t i = 0;

    for (; n - i >= 32; i += 32) {
        xor_piece(out + i, in + i, stream + i, 16);
        xor_piece(out + i + 16, in + i + 16, stream + i + 16, 16);
    }
    if (n & 16) {
        xor_piece(out + i, in + i, stream + i, 16);
        i += 16;
    }
    if (n & 8) {
        xor_piece(out + i, in + i, stream + i, 8);
        i += 8;
    }
    if (n & 4) {
        xor_piece(out + i, in + i, stream + i, 4);
        i += 4;
    }
    for (; i < n; i++)
        out[i] = in[i] ^ stream[i];
}

/* ---- AES-128-CTR ---- */

static int has_aes(const sw_crypto *crypto)
{
    return crypto->aes_state_size <= SW_AES_STATE_SIZE && crypto->aes_init != NULL && crypto->aes_apply != NULL &&
           crypto->aes_wipe != NULL;
}

static int aes_init(sw_cipher *cipher, const sw_crypto *crypto, const uint8_t *key)
{
    if (crypto == NULL)
        return SW_E_NULL;
    if (!has_aes(crypto))
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

    return crypto->aes_apply(crypto->ctx, cipher->state.aes.backend, out, in, n) < 0 ? SW_E_AES : SW_OK;
}

static int make_ahead(sw_cipher *cipher)
{
    static const uint8_t zeros[SW_AES_AHEAD_SIZE];

    cipher->state.aes.used = 0;
    return apply_blocks(cipher, cipher->state.aes.ahead, zeros, sizeof(zeros));
}

/* There is that much key stream ahead. */
static inline void spend_ahead(sw_aes_state *aes, uint8_t *out, const uint8_t *in, size_t n)
{
    xor_bytes(out, in, aes->ahead + aes->used, n);
    aes->used += n;
}

enum {
    NEXT_HEADER = 5, /* bytes that are wanted behind a body, before the next one is known */
    BORROWED = NEXT_HEADER + SW_AES_CALL_UNIT - 1
};

/* In place, with one call of the backend: it runs on over bytes behind the text, which are zeroed
 * meanwhile and so become the key stream that is kept ahead. */
static int apply_and_borrow(sw_cipher *cipher, uint8_t *data, size_t n)
{
    sw_aes_state *aes = &cipher->state.aes;
    /* to the end of a unit behind which the next header can be read */
    size_t extra = NEXT_HEADER + (0 - (n + NEXT_HEADER)) % SW_AES_CALL_UNIT;
    uint8_t *borrowed = data + n;
    uint8_t kept[BORROWED];
    int result;

    memcpy(kept, borrowed, BORROWED);
    memset(borrowed, 0, BORROWED);
    result = apply_blocks(cipher, data, data, n + extra);
    aes->used = SW_AES_AHEAD_SIZE - extra; /* what is in front of that is no key stream */
    memcpy(aes->ahead + SW_AES_AHEAD_SIZE - BORROWED, borrowed + extra - BORROWED, BORROWED);
    memcpy(borrowed, kept, BORROWED);
    return result;
}

static int apply_beyond(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n, size_t room)
{
    size_t done = SW_AES_AHEAD_SIZE - cipher->state.aes.used;
    size_t blocks;
    int result = SW_OK;

    spend_ahead(&cipher->state.aes, out, in, done);
    if (n - done >= SW_AES_AHEAD_SIZE && room >= BORROWED && in == out)
        return apply_and_borrow(cipher, out + done, n - done);
    blocks = (n - done) / SW_AES_AHEAD_SIZE * SW_AES_AHEAD_SIZE;
    if (blocks > 0)
        result = apply_blocks(cipher, out + done, in + done, blocks);
    done += blocks;
    if (done == n || result < 0)
        return result;
    result = make_ahead(cipher);
    if (result == SW_OK)
        spend_ahead(&cipher->state.aes, out + done, in + done, n - done);
    return result;
}

/* n bytes, for which there is not enough key stream ahead. Where the key stream is after a failure is
 * not known: nothing is encrypted with it any more. */
OUT_OF_LINE static int aes_apply_beyond(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n, size_t room)
{
    int result = apply_beyond(cipher, out, in, n, room);

    if (result < 0) {
        sw_cipher_wipe(cipher);
        cipher->kind = SW_CIPHER_FAILED;
    }
    return result;
}

static inline int aes_apply(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n, size_t room)
{
    sw_aes_state *aes = &cipher->state.aes;

    if (n > SW_AES_AHEAD_SIZE - aes->used)
        return aes_apply_beyond(cipher, out, in, n, room);
    spend_ahead(aes, out, in, n);
    return SW_OK;
}

/* ---- any cipher ---- */

int sw_cipher_init(sw_cipher *cipher, sw_cipher_kind kind, const sw_crypto *crypto, const uint8_t *key)
{
    int result = SW_OK;

    if (cipher == NULL)
        return SW_E_NULL;
    swi_secret_wipe(cipher, sizeof(*cipher));
    if (key == NULL)
        return SW_E_NULL;
    if (kind == SW_CIPHER_RC4)
        swi_rc4_init(&cipher->state.rc4, key);
    else if (kind == SW_CIPHER_AES_CTR128)
        result = aes_init(cipher, crypto, key);
    else
        result = SW_E_CIPHER;
    if (result == SW_OK)
        cipher->kind = kind;
    else
        swi_secret_wipe(cipher, sizeof(*cipher));
    return result;
}

int swi_cipher_check(const uint8_t *out, const uint8_t *in, size_t n)
{
    if (n == 0 || (out == in && out != NULL))
        return SW_OK;
    if (out == NULL || in == NULL)
        return SW_E_NULL;
    return swi_ranges_overlap(out, n, in, n) ? SW_E_OVERLAP : SW_OK;
}

int swi_cipher_run(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n, size_t room)
{
    switch (cipher->kind) {
    case SW_CIPHER_RC4: swi_rc4_apply(&cipher->state.rc4, out, in, n); return SW_OK;
    case SW_CIPHER_AES_CTR128: return aes_apply(cipher, out, in, n, room);
    case SW_CIPHER_FAILED: return SW_E_AES;
    case SW_CIPHER_NONE: break;
    }
    return SW_E_CIPHER;
}

int sw_cipher_apply(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n)
{
    int result = cipher == NULL ? SW_E_NULL : swi_cipher_check(out, in, n);

    return result < 0 ? result : swi_cipher_run(cipher, out, in, n, 0);
}

void sw_cipher_wipe(sw_cipher *cipher)
{
    if (cipher == NULL)
        return;
    if (cipher->kind == SW_CIPHER_AES_CTR128)
        cipher->crypto->aes_wipe(cipher->crypto->ctx, cipher->state.aes.backend);
    swi_secret_wipe(cipher, sizeof(*cipher));
}
