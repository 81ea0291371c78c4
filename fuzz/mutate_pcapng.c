/* SPDX-License-Identifier: ISC */
/* Blocks of pcapng have their length in front and behind, a multiple of four. */
#include "mutator.h"

#include <string.h>

enum { BLOCK_MIN = 12, LENGTH_AT = 4, MAGIC_AT = 8 };

static const uint8_t section[] = { 0x0a, 0x0d, 0x0d, 0x0a };

static uint32_t read_length(const uint8_t *p, int is_big)
{
    uint32_t n = 0;

    for (int i = 0; i < 4; i++)
        n = n << 8 | p[is_big ? i : 3 - i];
    return n;
}

static void write_length(uint8_t *p, uint32_t n, int is_big)
{
    for (int i = 0; i < 4; i++)
        p[is_big ? 3 - i : i] = (uint8_t)(n >> 8 * i);
}

static void repair(uint8_t *data, size_t size)
{
    int is_big = 0;

    while (size >= BLOCK_MIN) {
        uint32_t n;
        if (memcmp(data, section, sizeof(section)) == 0)
            is_big = data[MAGIC_AT] == 0x1a;
        n = read_length(data + LENGTH_AT, is_big) & ~3u;
        if (n < BLOCK_MIN || n > size)
            n = (uint32_t)size & ~3u;
        write_length(data + LENGTH_AT, n, is_big);
        write_length(data + n - 4, n, is_big);
        data += n;
        size -= n;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned int seed)
{
    if (mutator_change(data, &size, max_size, seed))
        repair(data, size);
    return size;
}
