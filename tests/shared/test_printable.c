/* SPDX-License-Identifier: ISC */
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
    { "a\xe2\x80\xae"
      "3pm.exe",
      "a\\xe2\\x80\\xae"
      "3pm.exe" },
    { "\xe2\x80\x8a\xe2\x80\x8b\xe2\x80\x8c\xe2\x80\x8d\xe2\x80\x8e\xe2\x80\x8f\xe2\x80\x90",
      "\xe2\x80\x8a\\xe2\\x80\\x8b\\xe2\\x80\\x8c\\xe2\\x80\\x8d\\xe2\\x80\\x8e\\xe2\\x80\\x8f"
      "\xe2\x80\x90" },
    { "\xe2\x80\xa7\xe2\x80\xa8\xe2\x80\xa9\xe2\x80\xaa\xe2\x80\xaf",
      "\xe2\x80\xa7\\xe2\\x80\\xa8\\xe2\\x80\\xa9\\xe2\\x80\\xaa\xe2\x80\xaf" },
    { "\xe2\x81\x9f\xe2\x81\xa0\xe2\x81\xa6\xe2\x81\xa9\xe2\x81\xaf\xe2\x81\xb0",
      "\xe2\x81\x9f\\xe2\\x81\\xa0\\xe2\\x81\\xa6\\xe2\\x81\\xa9\\xe2\\x81\\xaf\xe2\x81\xb0" },
    { "\xef\xbb\xbf\xef\xbf\xb9\xef\xbf\xbb\xef\xbf\xbc",
      "\\xef\\xbb\\xbf\\xef\\xbf\\xb9\\xef\\xbf\\xbb\xef\xbf\xbc" },
    { "\xdb\xa9\xe2\x80\x8c\xdb\xa9", "\xdb\xa9\xe2\x80\x8c\xdb\xa9" }, /* a word of Persian */
    { "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7" },
    { "root\xe2\x80\x8d", "root\\xe2\\x80\\x8d" }, /* somebody else's name */
    { "\xdb\xa9\xe2\x80\x8c\xe2\x80\x8c", "\xdb\xa9\xe2\x80\x8c\\xe2\\x80\\x8c" },
    { "\xdb\xa9\n\xe2\x80\x8c", "\xdb\xa9\n\\xe2\\x80\\x8c" },
    { "\xcd\xb8\xee\x80\x80\xef\xbf\xbf", /* unassigned, private use, no character */
      "\\xcd\\xb8\\xee\\x80\\x80\\xef\\xbf\\xbf" },
    { "\xd8\x80\xf0\x91\x82\xbd", "\\xd8\\x80\\xf0\\x91\\x82\\xbd" }, /* formats that are seen */
    { "\xf0\x9d\x85\xb3\xf3\xa0\x81\x81\xf3\xa0\x84\x80",             /* of music, a tag, a variation selector */
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

START_TEST(on_one_line)
{
    static const char bytes[] = "a\n\t\r\\ \xc3\xb6\0\xc3";
    printable state = { .one_line = 1 };
    char text[64];
    size_t len = 0;

    for (size_t i = 0; i < sizeof(bytes) - 1; i++)
        len += printable_byte(&state, (uint8_t)bytes[i], text + len);
    len += printable_end(&state, text + len);
    text[len] = '\0';
    ck_assert_str_eq(text, "a\\n\\t\\r\\\\ \xc3\xb6\\x00\\xc3");
}
END_TEST

/* First and last of some ranges, and what is beside them. */
START_TEST(hidden_characters)
{
    static const uint32_t hidden[] = { 0,       0x1f,    0x7f,     0x9f,     0xad,      0x600,   0x605,
                                       0x61c,   0x6dd,   0x180e,   0x200b,   0x200f,    0x2028,  0x202e,
                                       0x2060,  0x206f,  0xd800,   0xdfff,   0xe000,    0xf8ff,  0xfdd0,
                                       0xfeff,  0xfff9,  0xfffb,   0xffff,   0x1bca0,   0x1d173, 0xe0001,
                                       0xe0fff, 0xf0000, 0x10ffff, 0x110000, 0xffffffff };
    static const uint32_t seen[] = { 0x20,   0x7e,   0xa0,   0xac,    0xae,    0xf6,   0x61b,
                                     0x200a, 0x2010, 0x2027, 0x202f,  0x205f,  0x2070, 0x3000,
                                     0xfe0f, 0xfffc, 0xfffd, 0x1f3b5, 0xe0100, 0xe01ef };

    for (int i = 0; i < COUNT(hidden); i++)
        if (!printable_is_hidden(hidden[i]))
            ck_abort_msg("U+%04X is seen", (unsigned)hidden[i]);
    for (int i = 0; i < COUNT(seen); i++)
        if (printable_is_hidden(seen[i]))
            ck_abort_msg("U+%04X is hidden", (unsigned)seen[i]);
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
    tcase_add_test(tcase, on_one_line);
    tcase_add_test(tcase, hidden_characters);
    tcase_add_test(tcase, a_byte_that_is_zero);
    return run_suite(suite);
}
