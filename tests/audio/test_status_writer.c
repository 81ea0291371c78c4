/* SPDX-License-Identifier: ISC */
/* Status items written: bytes, limits, every error, and reading them again. */
#include <stdlib.h>
#include <string.h>

#include "status_log.h"
#include "test_status.h"

static const sw_status_item status = { 0x02, "status" };
static const sw_status_item last = { 0xff, "z" };
static const sw_status_item first = { 0x00, "first" };
static const sw_status_item mixed = { 0xa9, "mixed" };

static const struct write_case {
    sw_status_form form;
    const sw_status_item *item;
    const char *value;
    size_t value_len;
    const char *text;
    size_t len;
} write_cases[] = {
    /* the two of section 10 */
    { SW_STATUS_PARSER, &status, TEXT("playing"), TEXT("000b 02:playing\n") },
    { SW_STATUS_PARSER, &status, TEXT(""), TEXT("0004 02:\n") },
    { SW_STATUS_PARSER, &last, TEXT("x"), TEXT("0005 ff:x\n") },
    { SW_STATUS_PARSER, &first, TEXT("\n"), TEXT("0005 00:\n\n") },
    { SW_STATUS_PARSER, &mixed, TEXT("a\0\n\xff:"), TEXT("0009 a9:a\0\n\xff:\n") },
    { SW_STATUS_PARSER, &mixed, TEXT("0004 02:\n"), TEXT("000d a9:0004 02:\n\n") },
    { SW_STATUS_PARSER, &mixed, TEXT("twenty-two characters."), TEXT("001a a9:twenty-two characters.\n") },
    { SW_STATUS_HUMAN, &status, TEXT("playing"), TEXT("status: playing\n") },
    { SW_STATUS_HUMAN, &status, TEXT(""), TEXT("status:\n") },
    { SW_STATUS_HUMAN, &last, TEXT("x"), TEXT("z: x\n") },
    { SW_STATUS_HUMAN, &last, TEXT(" "), TEXT("z:  \n") },
    { SW_STATUS_HUMAN, &mixed, TEXT("a: b\0\r\xff"), TEXT("mixed: a: b\0\r\xff\n") },
};

START_TEST(test_write)
{
    const struct write_case *c = &write_cases[_i];
    uint8_t *value = exact_copy(c->value, c->value_len);

    for (size_t cap = 0; cap <= c->len + 1; cap++) {
        uint8_t *out = malloc(cap);
        size_t len = 99;
        sw_error error = { 1, 1, 1 };
        int expected = cap < c->len ? SW_E_SPACE : SW_OK;
        if (cap > 0)
            memset(out, 0x5a, cap);
        ck_assert_int_eq(sw_status_write(c->form, c->item, value, c->value_len, out, cap, &len, &error), expected);
        ck_assert_uint_eq(len, expected == SW_OK ? c->len : 0);
        check_error(c->text, error, expected, expected == SW_OK ? 0 : cap, expected == SW_OK ? 0 : c->len);
        ck_assert(len == 0 || memcmp(out, c->text, len) == 0);
        for (size_t i = len; i < cap; i++)
            ck_assert_uint_eq(out[i], 0x5a);
        free(out);
    }
    free(value);
}
END_TEST

/* Without memory for the result, the error still says how much it takes. */
START_TEST(test_size_first)
{
    const struct write_case *c = &write_cases[_i];
    size_t len = 99;
    sw_error error;

    ck_assert_int_eq(sw_status_write(c->form, c->item, c->value, c->value_len, NULL, 0, &len, &error), SW_E_SPACE);
    ck_assert_uint_eq(len, 0);
    check_error(c->text, error, SW_E_SPACE, 0, c->len);
}
END_TEST

/* The value stands anywhere in the buffer that is written to. */
START_TEST(test_value_in_buffer)
{
    const struct write_case *c = &write_cases[_i];

    for (size_t at = 0; at + c->value_len <= c->len; at++) {
        uint8_t *out = malloc(c->len);
        size_t len;
        memset(out, 0x5a, c->len);
        memcpy(out + at, c->value, c->value_len);
        ck_assert_int_eq(sw_status_write(c->form, c->item, out + at, c->value_len, out, c->len, &len, NULL),
                         SW_OK);
        ck_assert_mem_eq(out, c->text, c->len);
        free(out);
    }
}
END_TEST

/* ---- errors ---- */

static const sw_status_item nameless = { 1, NULL };
static const sw_status_item blank = { 1, "a b" };

static const struct refused_case {
    const char *what;
    sw_status_form form;
    const sw_status_item *item;
    const char *value;
    size_t value_len, cap;
    int code;
    uint64_t error_value, error_limit;
} refused_cases[] = {
    { "no item", SW_STATUS_HUMAN, NULL, "x", 1, 99, SW_E_NULL, 0, 0 },
    { "no item", SW_STATUS_PARSER, NULL, "x", 1, 99, SW_E_NULL, 0, 0 },
    { "no name", SW_STATUS_PARSER, &nameless, "x", 1, 99, SW_E_NULL, 0, 0 },
    { "bad name", SW_STATUS_HUMAN, &blank, "x", 1, 99, SW_E_CONFIG, 0, 0 },
    { "bad name", SW_STATUS_PARSER, &blank, "x", 1, 99, SW_E_CONFIG, 0, 0 },
    { "no value", SW_STATUS_HUMAN, &status, NULL, 1, 99, SW_E_NULL, 0, 0 },
    { "no value", SW_STATUS_PARSER, &status, NULL, 1, 99, SW_E_NULL, 0, 0 },
    { "no such form", (sw_status_form)2, &status, "x", 1, 99, SW_E_CONFIG, 0, 0 },
    { "LF alone", SW_STATUS_HUMAN, &status, "\n", 1, 99, SW_E_STATUS_LINE, 0, 1 },
    { "LF last", SW_STATUS_HUMAN, &status, "abc\n", 4, 99, SW_E_STATUS_LINE, 3, 4 },
    { "LF twice", SW_STATUS_HUMAN, &status, "a\nb\n", 4, 99, SW_E_STATUS_LINE, 1, 4 },
    { "LF behind NUL, no room", SW_STATUS_HUMAN, &status, "a\0\nb", 4, 0, SW_E_STATUS_LINE, 2, 4 },
};

START_TEST(test_refused)
{
    const struct refused_case *c = &refused_cases[_i];
    uint8_t *value = c->value == NULL ? NULL : exact_copy(c->value, c->value_len);
    uint8_t *out = malloc(c->cap);
    size_t len = 99;
    sw_error error = { 1, 1, 1 };

    if (c->cap > 0)
        memset(out, 0x5a, c->cap);
    ck_assert_msg(sw_status_write(c->form, c->item, value, c->value_len, out, c->cap, &len, &error) == c->code,
                  "%s: %d", c->what, error.code);
    check_error(c->what, error, c->code, c->error_value, c->error_limit);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(sw_status_write(c->form, c->item, value, c->value_len, out, c->cap, &len, NULL), c->code);
    for (size_t i = 0; i < c->cap; i++)
        ck_assert_uint_eq(out[i], 0x5a);
    free(value);
    free(out);
}
END_TEST

START_TEST(test_null)
{
    uint8_t out[20];
    size_t len = 99;
    sw_error error = { 1, 1, 1 };

    ck_assert_int_eq(sw_status_write(SW_STATUS_HUMAN, &status, "x", 1, out, sizeof(out), NULL, &error), SW_E_NULL);
    check_error("no length", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_status_write(SW_STATUS_HUMAN, &status, "x", 1, NULL, 1, &len, &error), SW_E_NULL);
    ck_assert_uint_eq(len, 0);
    for (int form = SW_STATUS_HUMAN; form <= SW_STATUS_PARSER; form++) {
        ck_assert_int_eq(sw_status_write((sw_status_form)form, &status, NULL, 0, out, sizeof(out), &len, NULL),
                         SW_OK);
        ck_assert_uint_eq(len, form == SW_STATUS_HUMAN ? 8 : 9);
    }
}
END_TEST

/* ---- limits, and the way back ---- */

START_TEST(test_limit)
{
    static char value[SW_STATUS_VALUE_MAX + 1];
    static uint8_t out[SW_STATUS_VALUE_MAX + 64];
    sw_status_form form = (sw_status_form)_i;
    size_t len;
    sw_error error;

    memset(value, 'v', sizeof(value));
    ck_assert_int_eq(sw_status_write(form, &status, value, sizeof(value), out, sizeof(out), &len, &error),
                     SW_E_STATUS_SIZE);
    check_error("limit", error, SW_E_STATUS_SIZE, SW_STATUS_VALUE_MAX + 1, SW_STATUS_VALUE_MAX);
    ck_assert_int_eq(sw_status_write(form, &status, value, SIZE_MAX, out, sizeof(out), &len, &error),
                     SW_E_STATUS_SIZE);
    ck_assert_int_eq(sw_status_write(form, &status, value, SW_STATUS_VALUE_MAX, out, sizeof(out), &len, &error),
                     SW_OK);
    ck_assert_uint_eq(len, SW_STATUS_VALUE_MAX + 9);
    ck_assert_mem_eq(out, form == SW_STATUS_HUMAN ? "status: v" : "ffff 02:v", 9);
    ck_assert_uint_eq(out[len - 1], '\n');
}
END_TEST

/* Values of every byte there is, and of every length to 255, come back. */
START_TEST(test_round_trip)
{
    sw_status_form form = (sw_status_form)_i;
    uint8_t value[256];
    size_t n = 0;

    for (unsigned byte = 0; byte < 256; byte++)
        if (form == SW_STATUS_PARSER || byte != '\n')
            value[n++] = (uint8_t)byte;
    for (size_t len = 0; len <= n; len++) {
        const sw_status_item *item = &sw_status_items.items[len % sw_status_items.count];
        const uint8_t *from = value + n - len;
        uint8_t out[300];
        size_t written, used;
        sw_status_reader reader;
        sw_status_slice slice;
        ck_assert_int_eq(sw_status_write(form, item, from, len, out, sizeof(out), &written, NULL), SW_OK);
        ck_assert_int_eq(sw_status_reader_init(&reader, form, &sw_status_items), SW_OK);
        ck_assert_int_eq(sw_status_reader_next(&reader, out, written, &used, &slice), 1);
        ck_assert_uint_eq(used, written);
        ck_assert_int_eq(slice.last, 1);
        ck_assert_uint_eq(slice.size, len);
        ck_assert_uint_eq(slice.len, len);
        ck_assert_int_eq(slice.number, item->number);
        ck_assert_ptr_eq(slice.name, item->name);
        ck_assert(len == 0 || memcmp(slice.data, from, len) == 0);
        ck_assert_int_eq(sw_status_reader_end(&reader), SW_OK);
    }
}
END_TEST

void add_status_writer_tests(Suite *suite)
{
    TCase *tests = suite_case(suite, "writer");

    tcase_add_loop_test(tests, test_write, 0, COUNT(write_cases));
    tcase_add_loop_test(tests, test_size_first, 0, COUNT(write_cases));
    tcase_add_loop_test(tests, test_value_in_buffer, 0, COUNT(write_cases));
    tcase_add_loop_test(tests, test_refused, 0, COUNT(refused_cases));
    tcase_add_test(tests, test_null);
    tcase_add_loop_test(tests, test_limit, 0, 2);
    tcase_add_loop_test(tests, test_round_trip, 0, 2);
}
