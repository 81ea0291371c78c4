/* Text of a peer for terminals: what passes, and what becomes an escape. */
#include "printable.h"

#include "suite.h"

#include <string.h>

static const struct {
    const char *bytes, *shown;
} cases[] = {
    { "", "" },
    { "plain\ttext \\ \" ~\n", "plain\ttext \\ \" ~\n" },
    { "\033[1m\r\b\x7f\x01", "\\x1b[1m\\x0d\\x08\\x7f\\x01" },
    { "\xc3\xb6 \xe2\x82\xac \xf0\x9f\x8e\xb5", "\xc3\xb6 \xe2\x82\xac \xf0\x9f\x8e\xb5" },
    { "\xff\xfe\x80", "\\xff\\xfe\\x80" },
    { "\xc3", "\\xc3" },
    { "\xe2\x82x", "\\xe2\\x82x" },
    { "\xc0\xaf\xe0\x9f\xbf\xf0\x8f\xbf\xbf", /* overlong */
      "\\xc0\\xaf\\xe0\\x9f\\xbf\\xf0\\x8f\\xbf\\xbf" },
    { "\xed\xa0\x80\xf4\x90\x80\x80", "\\xed\\xa0\\x80\\xf4\\x90\\x80\\x80" },
    { "\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "\\xc2\\x80\\xc2\\x9b\\xc2\\x9f\xc2\xa0" }, /* C1 */
    { "\xc2\xad\xc2\xae", "\\xc2\\xad\xc2\xae" },
    { "\xd8\x9b\xd8\x9c\xd8\x9d", "\xd8\x9b\\xd8\\x9c\xd8\x9d" },
    { "\xe1\xa0\x8e", "\\xe1\\xa0\\x8e" },
    { "a\xe2\x80\xae" "3pm.exe", "a\\xe2\\x80\\xae" "3pm.exe" },
    { "\xe2\x80\x8a\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8d\xe2\x80\x8e\xe2\x80\x8f\xe2\x80\x90",
      "\xe2\x80\x8a\\xe2\\x80\\x8b\xe2\x80\x8c\xe2\x80\x8d\\xe2\\x80\\x8e\\xe2\\x80\\x8f"
      "\xe2\x80\x90" },
    { "\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa\xe2\x80\xaf",
      "\xe2\x80\xa7\\xe2\\x80\\xa8\\xe2\\x80\\xa9\\xe2\\x80\\xaa\xe2\x80\xaf" },
    { "\xe2\x81\x9f\xe2\x81\xa0\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaf\xe2\x81\xb0",
      "\xe2\x81\x9f\\xe2\\x81\\xa0\\xe2\\x81\\xa6\\xe2\\x81\\xa9\\xe2\\x81\\xaf\xe2\x81\xb0" },
    { "\xef\xbb\xbf\xef\xbf\xb9\xef\xbf\xbb\xef\xbf\xbc",
      "\\xef\\xbb\\xbf\\xef\\xbf\\xb9\\xef\\xbf\\xbb\xef\xbf\xbc" },
    { "\xf0\x9d\x85\xb3\xf3\xa0\x81\x81\xf3\xa0\x84\x80", /* of music, a tag, a variation selector */
      "\\xf0\\x9d\\x85\\xb3\\xf3\\xa0\\x81\\x81\xf3\xa0\x84\x80" },
};

/* Shows bytes, NUL-terminated, in `text`. */
static void show(int ascii_only, const char *bytes, char text[256])
{
    printable state = { .ascii_only = ascii_only };
    size_t len = 0;

    for (; *bytes != '\0'; bytes++) {
        size_t n = printable_byte(&state, (uint8_t)*bytes, text + len);

        ck_assert_uint_le(n, PRINTABLE_MAX);
        len += n;
        ck_assert_uint_le(len, 256 - 2 * PRINTABLE_MAX);
    }
    len += printable_end(&state, text + len);
    text[len] = '\0';
}

START_TEST(shown_in_utf8)
{
    char text[256];

    show(0, cases[_i].bytes, text);
    ck_assert_str_eq(text, cases[_i].shown);
}
END_TEST

START_TEST(shown_elsewhere)
{
    char text[256];

    show(1, cases[_i].bytes, text);
    for (const char *p = text; *p != '\0'; p++)
        ck_assert(*p == '\n' || *p == '\t' || (*p >= 0x20 && *p < 0x7f));
}
END_TEST

START_TEST(a_byte_that_is_zero)
{
    printable state = { 0 };
    char text[PRINTABLE_MAX];

    ck_assert_uint_eq(printable_byte(&state, 0, text), 4);
    ck_assert_mem_eq(text, "\\x00", 4);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("printable");
    TCase *tcase = suite_case(suite, "bytes");

    tcase_add_loop_test(tcase, shown_in_utf8, 0, COUNT(cases));
    tcase_add_loop_test(tcase, shown_elsewhere, 0, COUNT(cases));
    tcase_add_test(tcase, a_byte_that_is_zero);
    return run_suite(suite);
}
