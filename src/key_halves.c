/* SPDX-License-Identifier: ISC */
/* The public halves of private keys, which only sealed sessions show. */
#include <sidewire/keys.h>

#include <string.h>

#include "error_internal.h"
#include "key_formats.h"

int sw_public_key_of_private_file(sw_public_key *key, const char *text, size_t len, sw_error *error)
{
    key_fields fields;
    int result;

    if (key == NULL)
        return swi_error_set(error, SW_E_NULL, 0, 0);
    fields = swi_key_public_fields(key);
    result = swi_key_parse(&fields, 1, key, sizeof(*key), text, len, error);
    if (result == SW_OK && key->type == SW_KEY_NONE)
        return swi_error_set(error, SW_E_KEY_UNSUPPORTED, 0, 0);
    return result;
}

int sw_private_key_public(const sw_private_key *key, const sw_crypto *crypto, sw_public_key *out)
{
    if (key == NULL || out == NULL)
        return SW_E_NULL;
    memset(out, 0, sizeof(*out));
    out->bits = key->bits;
    out->n_size = key->n_size;
    out->e_size = key->e_size;
    memcpy(out->n, key->n, sizeof(out->n));
    memcpy(out->e, key->e, sizeof(out->e));
    memcpy(out->ed25519, key->ed25519.public_half, sizeof(out->ed25519));
    out->type = key->type;
    if (key->type != SW_KEY_ED25519 || key->has_public_half)
        return SW_OK;
    out->type = SW_KEY_NONE;
    if (crypto == NULL)
        return SW_E_NULL;
    if (crypto->ed25519_public == NULL)
        return SW_E_KEY_BACKEND;
    if (crypto->ed25519_public(crypto->ctx, out->ed25519, key->ed25519.secret) < 0)
        return SW_E_SIGN;
    out->type = SW_KEY_ED25519;
    return SW_OK;
}
