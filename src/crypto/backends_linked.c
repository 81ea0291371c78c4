/* SPDX-License-Identifier: ISC */
/* Backends that are linked with the program. */
#include "backends_internal.h"

#if SIDEWIRE_HAVE_MBEDTLS
#include <sidewire/mbedtls.h>
#endif
#if SIDEWIRE_HAVE_OPENSSL
#include <sidewire/openssl.h>
#endif
#if SIDEWIRE_HAVE_GCRYPT
#include <sidewire/gcrypt.h>
#endif

#include <string.h>

static const struct entry {
    const char *name;
    swi_backend backend;
} entries[] = {
#if SIDEWIRE_HAVE_OPENSSL
    { "openssl", { sw_openssl_new, sw_openssl_free } },
#endif
#if SIDEWIRE_HAVE_GCRYPT
    { "gcrypt", { sw_gcrypt_new, sw_gcrypt_free } },
#endif
#if SIDEWIRE_HAVE_MBEDTLS
    { "mbedtls", { sw_mbedtls_new, sw_mbedtls_free } },
#endif
};

bool swi_backend_open(const char *name, swi_backend *backend)
{
    for (size_t i = 0; i < sizeof(entries) / sizeof(entries[0]); i++)
        if (strcmp(entries[i].name, name) == 0) {
            *backend = entries[i].backend;
            return true;
        }
    return false;
}
