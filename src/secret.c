/* SPDX-License-Identifier: ISC */
#include "secret.h"

#include <string.h>

void swi_secret_wipe(void *p, size_t n)
{
    /* not known to be memset where it is called, so not left out either */
    void *(*volatile set)(void *, int, size_t) = memset;

    if (n > 0)
        set(p, 0, n);
}

int swi_secret_equal(const uint8_t *a, const uint8_t *b, size_t n)
{
    unsigned differ = 0;

    for (size_t i = 0; i < n; i++)
        differ |= (unsigned)(a[i] ^ b[i]);
    return (int)(1 & ((differ - 1) >> 8));
}
