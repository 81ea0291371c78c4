/* Do two ranges of memory share bytes? */
#ifndef SIDEWIRE_SRC_OVERLAP_H
#define SIDEWIRE_SRC_OVERLAP_H

#include <stddef.h>
#include <stdint.h>

static inline int ranges_overlap(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size)
{
    /* as integers: comparing pointers into different objects is undefined */
    uintptr_t p = (uintptr_t)a;
    uintptr_t q = (uintptr_t)b;

    return a_size > 0 && b_size > 0 && (p < q ? q - p < a_size : p - q < b_size);
}

#endif
