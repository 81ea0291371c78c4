#include "secret.h"

void sw_secret_wipe(void *p, size_t n)
{
    volatile uint8_t *byte = (volatile uint8_t *)p;

    while (n > 0)
        byte[--n] = 0;
}

int sw_secret_equal(const uint8_t *a, const uint8_t *b, size_t n)
{
    unsigned differ = 0;

    for (size_t i = 0; i < n; i++)
        differ |= (unsigned)(a[i] ^ b[i]);
    return (int)(1 & ((differ - 1) >> 8));
}
