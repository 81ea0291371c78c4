/* SPDX-License-Identifier: ISC */
/* Numbers, times, escapes, encodings and hex, byte by byte. */
#include "show/encoding.h"
#include "show/hexdump.h"
#include "suite.h"
#include "show/writer.h"

#include <stdlib.h>
#include <string.h>

#define TEXT(literal) (const uint8_t *)(literal), sizeof(literal) - 1

/* ---- what is written ---- */

static writer w;
static FILE *file;
static char *text;
static size_t text_len;

static void open_writer(void)
{
    file = open_memstream(&text, &text_len);
    ck_assert_ptr_nonnull(file);
    writer_init(&w, file);
}

static void close_writer(void)
{
    fclose(file);
    free(text);
}

/* All that was put. */
static const char *put_so_far(void)
{
    writer_flush(&w);
    ck_assert_int_eq(fflush(file), 0);
    return text;
}

/* ---- numbers ---- */

static const struct {
    uint64_t n;
    size_t width;
    const char *text;
} numbers[] = {
    { 0, 0, "0" },
    { 7, 3, "  7" },
    { 1234, 3, "1234" },
    { 10, 2, "10" },
    { UINT64_MAX, 0, "18446744073709551615" },
};

START_TEST(number)
{
    put_number(&w, numbers[_i].n, numbers[_i].width);
    ck_assert_str_eq(put_so_far(), numbers[_i].text);
}
END_TEST

/* Numbers of any length, and those beside powers of ten. */
START_TEST(all_lengths)
{
    char expected[32];

    for (uint64_t n = 1; n < UINT64_MAX / 10; n *= 10) {
        for (uint64_t k = n - 1; k <= n + 1; k++) {
            writer_init(&w, file);
            put_number(&w, k, 0);
            snprintf(expected, sizeof(expected), "%llu", (unsigned long long)k);
            ck_assert_uint_eq(w.len, strlen(expected));
            ck_assert_mem_eq(w.data, expected, w.len);
        }
    }
    w.len = 0;
}
END_TEST

static const struct {
    int64_t ns;
    unsigned decimals;
    size_t width;
    const char *text;
} times[] = {
    { 0, 6, 0, "0.000000" },
    { 1, 9, 0, "0.000000001" },
    { 1999, 6, 10, "  0.000001" },
    { 1700000000123456789, 9, 0, "1700000000.123456789" },
    { -1, 9, 0, "-0.000000001" },
    { -1500000000, 1, 6, "  -1.5" },
    { INT64_MAX, 9, 0, "9223372036.854775807" },
    { INT64_MIN, 9, 0, "-9223372036.854775808" },
};

START_TEST(seconds)
{
    put_seconds(&w, times[_i].ns, times[_i].decimals, times[_i].width);
    ck_assert_str_eq(put_so_far(), times[_i].text);
}
END_TEST

static const struct {
    uint64_t n;
    const char *text;
} json_numbers[] = {
    { 0, "0" },
    { (UINT64_C(1) << 53) - 1, "9007199254740991" },
    { UINT64_C(1) << 53, "\"9007199254740992\"" },
    { UINT64_MAX, "\"18446744073709551615\"" },
};

START_TEST(json_number)
{
    put_json_number(&w, json_numbers[_i].n);
    ck_assert_str_eq(put_so_far(), json_numbers[_i].text);
}
END_TEST

/* ---- text ---- */

START_TEST(escapes)
{
    put_escaped(&w, TEXT("a\n\r\t\\\"\0\x1b\x7f\x80\xff~ "));
    ck_assert_str_eq(put_so_far(), "a\\n\\r\\t\\\\\"\\x00\\x1b\\x7f\\x80\\xff~ ");
}
END_TEST

/* Each byte at each place of texts of each length. */
START_TEST(plain)
{
    enum { LONGEST = 25 };

    for (size_t len = 0; len <= LONGEST; len++) {
        for (size_t at = 0; at < len; at++) {
            uint8_t *bytes = malloc(len); /* so that a sanitizer sees what is read beyond */

            ck_assert_ptr_nonnull(bytes);
            memset(bytes, '~', len);
            for (unsigned byte = 0; byte < 256; byte++) {
                int is_plain = byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';

                bytes[at] = (uint8_t)byte;
                ck_assert_uint_eq(plain_length(bytes, len), is_plain ? len : at);
            }
            free(bytes);
        }
    }
    ck_assert_uint_eq(plain_length(NULL, 0), 0);
}
END_TEST

START_TEST(quotes)
{
    put_quoted(&w, TEXT("\\\"a\"\n"));
    put_quoted(&w, NULL, 0);
    ck_assert_str_eq(put_so_far(), "\"\\\\\\\"a\\\"\\n\"\"\"");
}
END_TEST

START_TEST(padding)
{
    put_padded(&w, "ab", 4);
    put_padded(&w, "abcd", 2);
    put_blanks(&w, 2);
    put_char(&w, '.');
    ck_assert_str_eq(put_so_far(), "ab  abcd  .");
}
END_TEST

/* Whatever the pieces are, nothing is lost where the buffer is full. */
START_TEST(buffer_sizes)
{
    static const size_t sizes[] = { 1, 5, WRITER_SIZE - 1, WRITER_SIZE, WRITER_SIZE + 1, 3 * WRITER_SIZE };
    uint8_t *bytes = malloc(3 * WRITER_SIZE);
    size_t all = 0;

    memset(bytes, 'x', 3 * WRITER_SIZE);
    for (int i = 0; i < COUNT(sizes); i++) {
        for (int k = 0; k < COUNT(sizes); k++) {
            put_bytes(&w, bytes, sizes[i]);
            put_escaped(&w, bytes, sizes[k]);
            all += sizes[i] + sizes[k];
        }
    }
    free(bytes);
    put_so_far();
    ck_assert_uint_eq(strspn(text, "x"), all);
    ck_assert_uint_eq(strlen(text), all);
}
END_TEST

/* ---- encodings ---- */

static const struct {
    const char *plain, *encoded;
} base64s[] = {
    { "", "" },
    { "f", "Zg==" },
    { "fo", "Zm8=" },
    { "foo", "Zm9v" },
    { "foob", "Zm9vYg==" },
    { "fooba", "Zm9vYmE=" },
    { "foobar", "Zm9vYmFy" },
    { "\xfb\xff\xbf", "+/+/" },
};

START_TEST(base64)
{
    put_base64(&w, (const uint8_t *)base64s[_i].plain, strlen(base64s[_i].plain));
    ck_assert_str_eq(put_so_far(), base64s[_i].encoded);
}
END_TEST

/* clang-format off */
static const struct {
    const char *bytes;
    int is_utf8;
} sequences[] = {
    { "", 1 }, { "plain text that is longer than eight", 1 }, { "\x7f", 1 }, { "\x80", 0 },
    { "\xbf", 0 }, { "\xc0\x80", 0 }, { "\xc1\xbf", 0 }, { "\xc2\x80", 1 }, { "\xdf\xbf", 1 },
    { "\xc2", 0 }, { "\xc2\x7f", 0 }, { "\xc2\xc0", 0 }, { "\xe0\x9f\xbf", 0 },
    { "\xe0\xa0\x80", 1 }, { "\xed\x9f\xbf", 1 }, { "\xed\xa0\x80", 0 }, { "\xed\xbf\xbf", 0 },
    { "\xee\x80\x80", 1 }, { "\xef\xbf\xbf", 1 }, { "\xe1\x80", 0 }, { "\xe1\x80\xc0", 0 },
    { "\xf0\x8f\xbf\xbf", 0 }, { "\xf0\x90\x80\x80", 1 }, { "\xf4\x8f\xbf\xbf", 1 },
    { "\xf4\x90\x80\x80", 0 }, { "\xf5\x80\x80\x80", 0 }, { "\xf1\x80\x80", 0 },
    { "\xf1\x80\x80\xc0", 0 }, { "\xff", 0 }, { "seven b\xc3\xbf more", 1 },
    { "seven b\xff more", 0 },
};
/* clang-format on */

/* Also behind text of any length, so that no way of looking at several at once is left out. */
START_TEST(utf8)
{
    static const char before[] = "0123456789abcdef";
    size_t len = strlen(sequences[_i].bytes);

    for (size_t n = 0; n < sizeof(before); n++) {
        char whole[64];
        uint8_t *copy;

        memcpy(whole, before, n);
        memcpy(whole + n, sequences[_i].bytes, len);
        copy = exact_copy(whole, n + len);
        ck_assert_int_eq(is_utf8(copy, n + len), sequences[_i].is_utf8);
        free(copy);
    }
}
END_TEST

START_TEST(json_string)
{
    put_json_string(&w, TEXT("a\"\\/\b\f\n\r\t\0\x1f\x7f\xc2\x9b\xe2\x80\xa8\xf0\x9f\x98\x80</"));
    ck_assert_str_eq(put_so_far(),
                     "\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\\u007f\\u009b\\u2028"
                     "\\ud83d\\ude00</\"");
}
END_TEST

/* ---- hex ---- */

static const struct {
    size_t len;
    uint64_t offset;
    const char *text;
} dumps[] = {
    { 0, 0, "" },
    { 1, 0, ".00000000  41                                                |A|\n" },
    { 9, 0, ".00000000  41 42 43 44 45 46 47 48  49                       |ABCDEFGHI|\n" },
    { 17, 0,
      ".00000000  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50  |ABCDEFGHIJKLMNOP|\n"
      ".00000010  51                                                |Q|\n" },
    { 4, 14,
      ".00000000                                             41 42  |              AB|\n"
      ".00000010  43 44                                             |CD|\n" },
    { 1, UINT64_C(0x123456789a0), ".123456789a0  41                                                |A|\n" },
};

START_TEST(hexdump)
{
    put_hexdump(&w, ".", (const uint8_t *)"ABCDEFGHIJKLMNOPQ", dumps[_i].len, dumps[_i].offset);
    ck_assert_str_eq(put_so_far(), dumps[_i].text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("output writer");
    TCase *tcase = suite_case(suite, "writer");

    tcase_add_checked_fixture(tcase, open_writer, close_writer);
    tcase_add_loop_test(tcase, number, 0, COUNT(numbers));
    tcase_add_test(tcase, all_lengths);
    tcase_add_loop_test(tcase, seconds, 0, COUNT(times));
    tcase_add_loop_test(tcase, json_number, 0, COUNT(json_numbers));
    tcase_add_test(tcase, escapes);
    tcase_add_test(tcase, plain);
    tcase_add_test(tcase, quotes);
    tcase_add_test(tcase, padding);
    tcase_add_test(tcase, buffer_sizes);
    tcase_add_loop_test(tcase, base64, 0, COUNT(base64s));
    tcase_add_loop_test(tcase, utf8, 0, COUNT(sequences));
    tcase_add_test(tcase, json_string);
    tcase_add_loop_test(tcase, hexdump, 0, COUNT(dumps));
    return run_suite(suite);
}
