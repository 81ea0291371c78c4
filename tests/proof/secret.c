/* SPDX-License-Identifier: ISC */
/* Instead of src/secret.c, whose volatile function pointer is any function to Eva. */
#include "secret.h"

#include <string.h>

void swi_secret_wipe(void *p, size_t n)
{
    if (n > 0)
        memset(p, 0, n);
}

int swi_secret_equal(const uint8_t *a, const uint8_t *b, size_t n)
{
    unsigned differ = 0;

    for (size_t i = 0; i < n; i++)
        differ |= (unsigned)(a[i] ^ b[i]);
    return (int)(1 & ((differ - 1) >> 8));
}
