#include "cipher_aes.h"
#include "cipher_internal.h"
#include "secret.h"

int sw_cipher_init(sw_cipher *cipher, sw_cipher_kind kind, const sw_crypto *crypto,
                   const uint8_t *key)
{
    int result = SW_OK;

    if (cipher == NULL)
        return SW_E_NULL;
    swi_secret_wipe(cipher, sizeof(*cipher));
    if (kind != SW_CIPHER_NONE && key == NULL)
        return SW_E_NULL;
    if (kind == SW_CIPHER_RC4)
        swi_rc4_init(&cipher->state.rc4, key);
    else if (kind == SW_CIPHER_AES_CTR128)
        result = swi_aes_init(cipher, crypto, key);
    else if (kind != SW_CIPHER_NONE)
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

int swi_cipher_run(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n)
{
    switch (cipher->kind) {
    case SW_CIPHER_NONE:
        return swi_cipher_pass(NULL, out, in, n);
    case SW_CIPHER_RC4:
        swi_rc4_apply(&cipher->state.rc4, out, in, n);
        return SW_OK;
    case SW_CIPHER_AES_CTR128:
        return swi_aes_apply(cipher, out, in, n);
    }
    return SW_E_CIPHER;
}

int sw_cipher_apply(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n)
{
    int result = cipher == NULL ? SW_E_NULL : swi_cipher_check(out, in, n);

    return result < 0 ? result : swi_cipher_run(cipher, out, in, n);
}

void sw_cipher_wipe(sw_cipher *cipher)
{
    if (cipher == NULL)
        return;
    if (cipher->kind == SW_CIPHER_AES_CTR128)
        cipher->crypto->aes_wipe(cipher->crypto->ctx, cipher->state.aes.backend);
    swi_secret_wipe(cipher, sizeof(*cipher));
}
