/* SPDX-License-Identifier: ISC */
/* Numbers in texts: with as many digits as are wanted, and no more than there is room for. */
#include "../../src/text.h"

#include "suite.h"

#include <string.h>

static const struct number_case {
    uint64_t number;
    unsigned least;
    const char *text;
} number_cases[] = {
    { 0, 0, "" },
    { 0, 1, "0" },
    { 0, 3, "000" },
    { 7, 0, "7" },
    { 7, 1, "7" },
    { 7, 2, "07" },
    { 10, 1, "10" },
    { 10, 2, "10" },
    { 10, 6, "000010" },
    { 999999, 6, "999999" },
    { 1000000, 6, "1000000" },
    { UINT64_MAX, 1, "18446744073709551615" },
    { UINT64_MAX, SWI_DIGITS_MAX, "18446744073709551615" },
    { 1, SWI_DIGITS_MAX, "00000000000000000001" },
};

/* Counted whole, and written as far as there is room. */
START_TEST(test_number)
{
    const struct number_case *c = &number_cases[_i];
    size_t len = strlen(c->text);

    for (size_t cap = 0; cap <= len + 1; cap++) {
        char out[SWI_DIGITS_MAX + 2], expected[sizeof(out)];
        swi_text text = { out, cap, 0 };
        memset(out, '#', sizeof(out));
        memset(expected, '#', sizeof(expected));
        memcpy(expected, c->text, cap < len ? cap : len);
        swi_text_number(&text, c->number, c->least);
        ck_assert_uint_eq(text.len, len);
        ck_assert_mem_eq(out, expected, sizeof(out));
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text");
    TCase *tcase = suite_case(suite, "numbers");

    tcase_add_loop_test(tcase, test_number, 0, COUNT(number_cases));
    return run_suite(suite);
}
