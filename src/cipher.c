#include <sidewire/error.h>

#include <string.h>

#include "cipher_internal.h"
#include "secret.h"

/* Both start from zeros. */

static void rc4_init(sw_cipher *cipher, const uint8_t *key)
{
    uint8_t *s = cipher->state.rc4.s;
    uint8_t j = 0;

    for (unsigned i = 0; i < 256; i++)
        s[i] = (uint8_t)i;
    for (unsigned i = 0; i < 256; i++) {
        uint8_t t = s[i];
        j = (uint8_t)(j + t + key[i % SW_CIPHER_KEY_SIZE]);
        s[i] = s[j];
        s[j] = t;
    }
}

static int aes_init(sw_cipher *cipher, const sw_crypto *crypto, const uint8_t *key)
{
    if (crypto == NULL)
        return SW_E_NULL;
    if (crypto->struct_size < sizeof(*crypto) || crypto->aes_state_size > SW_AES_STATE_SIZE)
        return SW_E_CIPHER;
    cipher->crypto = crypto;
    if (crypto->aes_init(crypto->ctx, cipher->state.aes, key, key + SW_AES_KEY_SIZE) < 0)
        return SW_E_AES;
    return SW_OK;
}

int sw_cipher_init(sw_cipher *cipher, sw_cipher_kind kind, const sw_crypto *crypto,
                   const uint8_t *key)
{
    int result = SW_OK;

    if (cipher == NULL)
        return SW_E_NULL;
    sw_secret_wipe(cipher, sizeof(*cipher));
    if (kind != SW_CIPHER_NONE && key == NULL)
        return SW_E_NULL;
    if (kind == SW_CIPHER_RC4)
        rc4_init(cipher, key);
    else if (kind == SW_CIPHER_AES_CTR128)
        result = aes_init(cipher, crypto, key);
    else if (kind != SW_CIPHER_NONE)
        result = SW_E_CIPHER;
    if (result == SW_OK)
        cipher->kind = kind;
    else
        sw_secret_wipe(cipher, sizeof(*cipher));
    return result;
}

static void rc4_apply(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n)
{
    uint8_t *s = cipher->state.rc4.s;
    uint8_t i = cipher->state.rc4.i;
    uint8_t j = cipher->state.rc4.j;

    for (size_t k = 0; k < n; k++) {
        uint8_t a = s[++i];
        uint8_t b = s[j = (uint8_t)(j + a)];
        s[i] = b;
        s[j] = a;
        out[k] = (uint8_t)(in[k] ^ s[(uint8_t)(a + b)]);
    }
    cipher->state.rc4.i = i;
    cipher->state.rc4.j = j;
}

int sw_ranges_overlap(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size)
{
    /* as integers: comparing pointers into different objects is undefined */
    uintptr_t p = (uintptr_t)a;
    uintptr_t q = (uintptr_t)b;

    return a_size > 0 && b_size > 0 && (p < q ? q - p < a_size : p - q < b_size);
}

int sw_cipher_pass(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n)
{
    if (n == 0)
        return SW_OK;
    if (out == NULL || in == NULL)
        return SW_E_NULL;
    if (out != in && sw_ranges_overlap(out, n, in, n))
        return SW_E_OVERLAP;
    switch (cipher == NULL ? SW_CIPHER_NONE : cipher->kind) {
    case SW_CIPHER_NONE:
        memmove(out, in, n);
        return SW_OK;
    case SW_CIPHER_RC4:
        rc4_apply(cipher, out, in, n);
        return SW_OK;
    case SW_CIPHER_AES_CTR128:
        if (cipher->crypto->aes_apply(cipher->crypto->ctx, cipher->state.aes, out, in, n) < 0)
            return SW_E_AES;
        return SW_OK;
    }
    return SW_E_CIPHER;
}

int sw_cipher_apply(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n)
{
    return cipher == NULL ? SW_E_NULL : sw_cipher_pass(cipher, out, in, n);
}

void sw_cipher_wipe(sw_cipher *cipher)
{
    if (cipher == NULL)
        return;
    if (cipher->kind == SW_CIPHER_AES_CTR128)
        cipher->crypto->aes_wipe(cipher->crypto->ctx, cipher->state.aes);
    sw_secret_wipe(cipher, sizeof(*cipher));
}
