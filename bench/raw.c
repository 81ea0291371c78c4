/* SPDX-License-Identifier: ISC */
#include "raw.h"

#include <string.h>

const raw_cipher *const raw_aes[] = {
#if HAVE_MBEDTLS
    &raw_aes_mbedtls,
#endif
#if HAVE_OPENSSL
    &raw_aes_openssl,
#endif
#if HAVE_GCRYPT
    &raw_aes_gcrypt,
#endif
    NULL
};

const raw_cipher *const raw_rc4[] = {
#if HAVE_NETTLE
    &raw_rc4_nettle,
#endif
#if HAVE_MBEDTLS_RC4
    &raw_rc4_mbedtls,
#endif
#if HAVE_OPENSSL
    &raw_rc4_openssl,
#endif
    NULL
};

const raw_aead *const raw_gcm[] = {
#if HAVE_OPENSSL
    &raw_gcm_openssl,
#endif
#if HAVE_GCRYPT
    &raw_gcm_gcrypt,
#endif
    NULL
};

const raw_cipher *raw_aes_find(const char *name)
{
    for (size_t i = 0; raw_aes[i] != NULL; i++)
        if (strcmp(raw_aes[i]->name, name) == 0)
            return raw_aes[i];
    return NULL;
}

const raw_aead *raw_gcm_find(const char *name)
{
    for (size_t i = 0; raw_gcm[i] != NULL; i++)
        if (strcmp(raw_gcm[i]->name, name) == 0)
            return raw_gcm[i];
    return NULL;
}
