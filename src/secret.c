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

/* Other than 0, and at most 255, if `differ` is, or if these bytes differ. */
static unsigned also_differ(unsigned differ, uint8_t a, uint8_t b)
{
    return differ | (unsigned)(a ^ b);
}

/* 1 for 0, 0 for 1..255, without a branch. */
static int byte_is_zero(unsigned byte)
{
    return (int)(1 & ((byte - 1) >> 8));
}

int swi_secret_equal(const uint8_t *a, const uint8_t *b, size_t n)
{
    unsigned differ = 0;

    for (size_t i = 0; i < n; i++)
        differ = also_differ(differ, a[i], b[i]);
    return byte_is_zero(differ);
}
