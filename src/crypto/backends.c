/* SPDX-License-Identifier: ISC */
/* Names of the backends that were built; the build says by SIDEWIRE_HAVE_* which. */
#include <sidewire/backends.h>

#include "backends_internal.h"

#include <string.h>

static const char *const names[] = {
#if SIDEWIRE_HAVE_OPENSSL
    "openssl",
#endif
#if SIDEWIRE_HAVE_GCRYPT
    "gcrypt",
#endif
#if SIDEWIRE_HAVE_MBEDTLS
    "mbedtls",
#endif
};
enum { NAME_COUNT = sizeof(names) / sizeof(names[0]) };

const char *sw_backend_name(size_t index)
{
    return index < NAME_COUNT ? names[index] : NULL;
}

sw_crypto *sw_backend_new(const char *name)
{
    sw_crypto *crypto = NULL;
    swi_backend backend;

    for (size_t i = 0; i < NAME_COUNT && crypto == NULL; i++)
        if ((name == NULL || strcmp(name, names[i]) == 0) && swi_backend_open(names[i], &backend))
            crypto = backend.start();
    return crypto;
}

void sw_backend_free(sw_crypto *crypto)
{
    swi_backend backend;

    if (crypto != NULL && swi_backend_open(crypto->name, &backend))
        backend.end(crypto);
}
