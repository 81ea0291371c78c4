/* SPDX-License-Identifier: ISC */
/* What the contracts in tests/proof/contracts admit without a proof, because the provers have no arithmetic for bits and for
 * pointers as integers: all cases, by trying. With SIDEWIRE_DEEPER in the environment every length; else every 251st. */
#include "../../src/key_reader.c" /* for digit_value, which is its own */
#include "../../src/secret.c"     /* for also_differ and byte_is_zero */

#include "cipher_internal.h"
#include "packet_internal.h"

#include <stdio.h>
#include <stdlib.h>

static int failed(const char *what, unsigned long long a, unsigned long long b)
{
    fprintf(stderr, "believed: %s is not as its contract says, for %llu and %llu\n", what, a, b);
    return 1;
}

/* packet_internal.h */
static int try_lengths(uint64_t step)
{
    uint8_t p[4];

    for (uint64_t length = 0; length <= UINT32_MAX; length += step) {
        swi_write_length(p, (uint32_t)length);
        if (p[0] + 0x100u * p[1] + 0x10000u * p[2] + 0x1000000u * p[3] != length)
            return failed("swi_write_length", length, 0);
        if (swi_read_length(p) != length)
            return failed("swi_read_length", length, 0);
    }
    return 0;
}

/* secret.c */
static int try_bytes(void)
{
    for (unsigned differ = 0; differ <= 255; differ++) {
        for (unsigned a = 0; a <= 255; a++)
            for (unsigned b = 0; b <= 255; b++) {
                unsigned result = also_differ(differ, (uint8_t)a, (uint8_t)b);
                if (result > 255 || (result == 0) != (differ == 0 && a == b))
                    return failed("also_differ", differ, a << 8 | b);
            }
        if (byte_is_zero(differ) != (differ == 0))
            return failed("byte_is_zero", differ, 0);
    }
    return 0;
}

/* key_reader.c: -1 is the end of the text */
static int try_digits(void)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    for (int c = -1; c <= 255; c++) {
        const char *found = c > 0 ? strchr(digits, c) : NULL;
        if (digit_value(c) != (found != NULL ? (uint32_t)(found - digits) + 1 : 0))
            return failed("digit_value", (unsigned)(c + 1), 0);
    }
    return 0;
}

/* cipher_internal.h: all ranges within a few bytes */
static int try_ranges(void)
{
    enum { SIZE = 24 };
    uint8_t bytes[SIZE];

    for (size_t a = 0; a <= SIZE; a++)
        for (size_t a_size = 0; a + a_size <= SIZE; a_size++)
            for (size_t b = 0; b <= SIZE; b++)
                for (size_t b_size = 0; b + b_size <= SIZE; b_size++) {
                    int share = a_size > 0 && b_size > 0 && a < b + b_size && b < a + a_size;
                    if (swi_ranges_overlap(bytes + a, a_size, bytes + b, b_size) != share)
                        return failed("swi_ranges_overlap", a * SIZE + a_size, b * SIZE + b_size);
                }
    return 0;
}

int main(void)
{
    if (try_lengths(getenv("SIDEWIRE_DEEPER") != NULL ? 1 : 251) || try_bytes() || try_digits() || try_ranges())
        return 1;
    printf("lengths, bytes, digits and ranges: as believed\n");
    return 0;
}
