/* Names of the backends that were built; the build says by SIDEWIRE_HAVE_* which. */
#include <sidewire/backends.h>

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
    sw_crypto *(*start)(void);
    void (*end)(sw_crypto *crypto);
} entries[] = {
#if SIDEWIRE_HAVE_OPENSSL
    { "openssl", sw_openssl_new, sw_openssl_free },
#endif
#if SIDEWIRE_HAVE_GCRYPT
    { "gcrypt", sw_gcrypt_new, sw_gcrypt_free },
#endif
#if SIDEWIRE_HAVE_MBEDTLS
    { "mbedtls", sw_mbedtls_new, sw_mbedtls_free },
#endif
};
enum { ENTRY_COUNT = sizeof(entries) / sizeof(entries[0]) };

static const struct entry *find(const char *name)
{
    for (size_t i = 0; i < ENTRY_COUNT; i++)
        if (strcmp(entries[i].name, name) == 0)
            return &entries[i];
    return NULL;
}

const char *sw_backend_name(size_t index)
{
    return index < ENTRY_COUNT ? entries[index].name : NULL;
}

sw_crypto *sw_backend_new(const char *name)
{
    const struct entry *entry = find(name != NULL ? name : entries[0].name);

    return entry != NULL ? entry->start() : NULL;
}

void sw_backend_free(sw_crypto *crypto)
{
    const struct entry *entry = crypto != NULL ? find(crypto->name) : NULL;

    if (entry != NULL)
        entry->end(crypto);
}
