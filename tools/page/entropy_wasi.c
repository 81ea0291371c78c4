/* SPDX-License-Identifier: ISC */
/* Randomness for mbedTLS where there is no device for it: what the host of the module gives. */
#include <mbedtls/entropy.h>
#include <mbedtls/entropy_poll.h>

#include <unistd.h>

int mbedtls_hardware_poll(void *data, unsigned char *output, size_t len, size_t *olen)
{
    enum { AT_ONCE = 256 }; /* getentropy gives no more */

    (void)data;
    *olen = len < AT_ONCE ? len : AT_ONCE;
    return getentropy(output, *olen) < 0 ? MBEDTLS_ERR_ENTROPY_SOURCE_FAILED : 0;
}
