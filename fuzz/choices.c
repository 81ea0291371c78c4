/* SPDX-License-Identifier: ISC */
#include "choices.h"

#include <string.h>

const uint8_t *choices_read(void *choices, size_t size, const uint8_t *data, size_t *len)
{
    size_t n = *len < size ? *len : size;

    memset(choices, 0, size);
    if (n > 0)
        memcpy(choices, data, n);
    *len -= n;
    return n > 0 ? data + n : data;
}

unsigned choices_number(const uint8_t bytes[2])
{
    return bytes[0] | (unsigned)bytes[1] << 8;
}

void choices_set_number(uint8_t bytes[2], unsigned number)
{
    bytes[0] = (uint8_t)number;
    bytes[1] = (uint8_t)(number >> 8);
}

size_t cutter_next(cutter *c, size_t left)
{
    size_t n = c->sizes != NULL ? c->sizes[c->turn++ % CHOICES_CUTS] : 0;

    return n == 0 || n > left ? left : n;
}

unsigned choices_key_bits(uint8_t key)
{
    return key & KEY_LONG ? 4096 : 2048;
}
