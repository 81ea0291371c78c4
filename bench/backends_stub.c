#include <sidewire/backends.h>
#include <sidewire/mbedtls.h>

#include <string.h>

const char *sw_backend_name(size_t index)
{
    return index == 0 ? "mbedtls" : NULL;
}

sw_crypto *sw_backend_new(const char *name)
{
    return name == NULL || strcmp(name, "mbedtls") == 0 ? sw_mbedtls_new() : NULL;
}

void sw_backend_free(sw_crypto *crypto)
{
    sw_mbedtls_free(crypto);
}
