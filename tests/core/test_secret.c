/* SPDX-License-Identifier: ISC */
/* Wiping, and comparing in constant time. */
#include "../../src/secret.h"

#include "suite.h"

#include <string.h>

enum { SIZE = 40 };

/* All of it, and nothing beside it. */
START_TEST(wiped)
{
    uint8_t bytes[SIZE], expected[SIZE];

    for (size_t n = 0; n + 2 <= SIZE; n++) {
        memset(bytes, 0xa5, SIZE);
        memset(expected, 0xa5, SIZE);
        memset(expected + 1, 0, n);
        swi_secret_wipe(bytes + 1, n);
        ck_assert_mem_eq(bytes, expected, SIZE);
    }
    swi_secret_wipe(NULL, 0);
}
END_TEST

/* Whichever bit of whichever byte differs. */
START_TEST(equal)
{
    uint8_t a[SIZE], b[SIZE];

    memset(a, _i, SIZE);
    memset(b, _i, SIZE);
    for (size_t n = 0; n <= SIZE; n++) {
        ck_assert_int_eq(swi_secret_equal(a, b, n), 1);
        for (size_t at = 0; at < n; at++)
            for (unsigned bit = 1; bit < 256; bit <<= 1) {
                b[at] ^= (uint8_t)bit;
                ck_assert_int_eq(swi_secret_equal(a, b, n), 0);
                b[at] ^= (uint8_t)bit;
            }
        if (n < SIZE) { /* what is behind does not matter */
            b[n] ^= 1;
            ck_assert_int_eq(swi_secret_equal(a, b, n), 1);
            b[n] ^= 1;
        }
    }
    memset(a, 0, SIZE);
    memset(b, 0xff, SIZE);
    ck_assert_int_eq(swi_secret_equal(a, b, SIZE), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("secret");
    TCase *tcase = suite_case(suite, "secret");

    tcase_add_test(tcase, wiped);
    tcase_add_loop_test(tcase, equal, 0, 2);
    return run_suite(suite);
}
