/* SPDX-License-Identifier: ISC */
/* What is no status item: the same error, at the same byte, at every cut; and it stays. */
#include <stdlib.h>
#include <string.h>

#include "status_log.h"
#include "test_status.h"

static const sw_status_item short_items[] = { { 0x80, "abc" }, { 0x81, "abcd" } };
static const sw_status_table short_names = { short_items, COUNT(short_items) };
static const sw_status_table none = { NULL, 0 };

static const struct bad_case {
    sw_status_form form;
    const sw_status_table *table;
    const char *in;
    size_t len, good; /* bytes; the one behind the good ones is wrong */
    int code;
    uint64_t value, limit;
    const char *log; /* of what came before */
} bad_cases[] = {
/* clang-format off */
#define OURS SW_STATUS_PARSER, &sw_status_items
    { OURS, TEXT("\n0004 02:\n"), 0, SW_E_STATUS_LENGTH, '\n', 1, "" },
    { OURS, TEXT("x004 02:\n"), 0, SW_E_STATUS_LENGTH, 'x', 1, "" },
    { OURS, TEXT("0g04 02:\n"), 1, SW_E_STATUS_LENGTH, 'g', 2, "" },
    { OURS, TEXT("00@4 02:\n"), 2, SW_E_STATUS_LENGTH, '@', 3, "" },
    { OURS, TEXT("000G 02:\n"), 3, SW_E_STATUS_LENGTH, 'G', 4, "" },
    { OURS, TEXT("000` 02:\n"), 3, SW_E_STATUS_LENGTH, '`', 4, "" },
    { OURS, TEXT("000/ 02:\n"), 3, SW_E_STATUS_LENGTH, '/', 4, "" },
    { OURS, TEXT("000: 02:\n"), 3, SW_E_STATUS_LENGTH, ':', 4, "" },
    { OURS, TEXT("004 02:\n"), 3, SW_E_STATUS_LENGTH, ' ', 4, "" },
    { OURS, TEXT("\0" "004 02:\n"), 0, SW_E_STATUS_LENGTH, 0, 1, "" },
    { OURS, TEXT("\xb0" "004 02:\n"), 0, SW_E_STATUS_LENGTH, 0xb0, 1, "" },
    { OURS, TEXT("\x10" "004 02:\n"), 0, SW_E_STATUS_LENGTH, 0x10, 1, "" },
    { OURS, TEXT("status: x\n"), 0, SW_E_STATUS_LENGTH, 's', 1, "" },
    { OURS, TEXT("0003 02:\n"), 3, SW_E_STATUS_SHORT, 3, 4, "" },
    { OURS, TEXT("0000 02:\n"), 3, SW_E_STATUS_SHORT, 0, 4, "" },
    { OURS, TEXT("0004 02:\n0001 02:\n"), 12, SW_E_STATUS_SHORT, 1, 4, " = 2 status 0\n" },
    { OURS, TEXT("0004\t02:\n"), 4, SW_E_STATUS_BLANK, '\t', ' ', "" },
    { OURS, TEXT("00044 02:\n"), 4, SW_E_STATUS_BLANK, '4', ' ', "" },
    { OURS, TEXT("0004  2:\n"), 5, SW_E_STATUS_NUMBER, ' ', 1, "" },
    { OURS, TEXT("0004 2:\n"), 6, SW_E_STATUS_NUMBER, ':', 2, "" },
    { OURS, TEXT("0004 0x:\n"), 6, SW_E_STATUS_NUMBER, 'x', 2, "" },
    { OURS, TEXT("0004 25:\n"), 6, SW_E_STATUS_UNKNOWN, 0x25, 37, "" },
    { OURS, TEXT("0004 ff:\n"), 6, SW_E_STATUS_UNKNOWN, 0xff, 37, "" },
    { OURS, TEXT("0004 02\n"), 7, SW_E_STATUS_COLON, '\n', ':', "" },
    { OURS, TEXT("0004 022:\n"), 7, SW_E_STATUS_COLON, '2', ':', "" },
    { OURS, TEXT("0004 02:x\n"), 8, SW_E_STATUS_END, 'x', '\n', "" },
    { OURS, TEXT("0006 02:abc\n"), 10, SW_E_STATUS_END, 'c', '\n', "ab" },
    { OURS, TEXT("0005 02:ab\n"), 9, SW_E_STATUS_END, 'b', '\n', "a" },
    { OURS, TEXT("0006 02:a\n0004 02:\n"), 10, SW_E_STATUS_END, '0', '\n', "a\n" },
    { OURS, TEXT("0004 02:\r\n"), 8, SW_E_STATUS_END, '\r', '\n', "" },
#undef OURS
    { SW_STATUS_PARSER, &short_names, TEXT("0004 80:\n0004 02:\n"), 15, SW_E_STATUS_UNKNOWN, 2, 2,
      " = 128 abc 0\n" },
    { SW_STATUS_PARSER, &none, TEXT("0004 00:\n"), 6, SW_E_STATUS_UNKNOWN, 0, 0, "" },
    { SW_STATUS_PARSER, NULL, TEXT("0004 zz:\n"), 5, SW_E_STATUS_NUMBER, 'z', 1, "" },
#define OURS SW_STATUS_HUMAN, &sw_status_items
    { OURS, TEXT(":\n"), 0, SW_E_STATUS_NAME, 0, 0, "" },
    { OURS, TEXT(": x\n"), 0, SW_E_STATUS_NAME, 0, 0, "" },
    { OURS, TEXT("statu: x\n"), 5, SW_E_STATUS_NAME, 5, 0, "" },
    { OURS, TEXT("statusx: x\n"), 7, SW_E_STATUS_NAME, 7, 0, "" },
    { OURS, TEXT("Status: x\n"), 6, SW_E_STATUS_NAME, 6, 0, "" },
    { OURS, TEXT("attributes_bitmapz: x\n"), 17, SW_E_STATUS_NAME_SIZE, 18, 17, "" },
    { OURS, TEXT("\n"), 0, SW_E_STATUS_COLON, '\n', ':', "" },
    { OURS, TEXT("status:\n\n"), 8, SW_E_STATUS_COLON, '\n', ':', " = 2 status 0\n" },
    { OURS, TEXT("status\n"), 6, SW_E_STATUS_COLON, '\n', ':', "" },
    { OURS, TEXT("status : x\n"), 6, SW_E_STATUS_COLON, ' ', ':', "" },
    { OURS, TEXT(" status: x\n"), 0, SW_E_STATUS_COLON, ' ', ':', "" },
    { OURS, TEXT("status\0: x\n"), 6, SW_E_STATUS_COLON, 0, ':', "" },
    { OURS, TEXT("status\x7f: x\n"), 6, SW_E_STATUS_COLON, 0x7f, ':', "" },
    { OURS, TEXT("status\xff: x\n"), 6, SW_E_STATUS_COLON, 0xff, ':', "" },
    { OURS, TEXT("attributes_bitmap\n"), 17, SW_E_STATUS_COLON, '\n', ':', "" },
    { OURS, TEXT("status:x\n"), 7, SW_E_STATUS_BLANK, 'x', ' ', "" },
    { OURS, TEXT("status:\r\n"), 7, SW_E_STATUS_BLANK, '\r', ' ', "" },
    { OURS, TEXT("status: a\nhash:b\n"), 15, SW_E_STATUS_BLANK, 'b', ' ', "a = 2 status 1\n" },
    { OURS, TEXT("0004 02:\n"), 4, SW_E_STATUS_COLON, ' ', ':', "" },
#undef OURS
    { SW_STATUS_HUMAN, &short_names, TEXT("abcde: x\n"), 4, SW_E_STATUS_NAME_SIZE, 5, 4, "" },
    { SW_STATUS_HUMAN, &none, TEXT("a:\n"), 0, SW_E_STATUS_NAME_SIZE, 1, 0, "" },
    { SW_STATUS_HUMAN, &none, TEXT(":\n"), 0, SW_E_STATUS_NAME, 0, 0, "" },
    { SW_STATUS_HUMAN, NULL, TEXT(": x\n"), 0, SW_E_STATUS_NAME, 0, 0, "" },
    { SW_STATUS_HUMAN, NULL, TEXT("a_name_that_has_33_characters_now: x\n"), 31,
      SW_E_STATUS_NAME_SIZE, 32, 31, "" },
};
/* clang-format on */

/* After an error every call says the same and takes nothing. */
static void check_stays(const char *what, sw_status_reader *reader, sw_error error)
{
    static const uint8_t good[] = "0004 02:\nstatus:\n";
    size_t used = 99;
    sw_status_slice slice;

    ck_assert_msg(sw_status_reader_next(reader, good, sizeof(good), &used, &slice) == error.code, "%s", what);
    ck_assert_uint_eq(used, 0);
    ck_assert_int_eq(sw_status_reader_next(reader, NULL, 0, &used, &slice), error.code);
    ck_assert_int_eq(sw_status_reader_next(reader, NULL, 1, NULL, NULL), error.code);
    ck_assert_int_eq(sw_status_reader_end(reader), error.code);
    check_error(what, sw_status_reader_error(reader), error.code, error.value, error.limit);
}

static void check_bad(const struct bad_case *c, status_log *log)
{
    const sw_error error = { c->code, c->value, c->limit };

    ck_assert_msg(log->result == c->code, "%s: %d", c->in, log->result);
    ck_assert_msg(log->taken == c->good, "%s: %zu bytes taken", c->in, log->taken);
    check_error(c->in, sw_status_reader_error(&log->reader), c->code, c->value, c->limit);
    status_log_check(c->in, log, c->log, strlen(c->log));
    check_stays(c->in, &log->reader, error);
}

START_TEST(test_bad)
{
    const struct bad_case *c = &bad_cases[_i];
    status_log log;

    for (size_t a = 0; a <= c->len; a++) {
        for (size_t b = a; b <= c->len; b++) {
            status_log_start(&log, c->form, c->table);
            status_log_feed_cut(&log, c->in, c->len, a, b);
            check_bad(c, &log);
        }
    }
    status_log_start(&log, c->form, c->table);
    for (size_t i = 0; i < c->len && log.result >= 0; i++)
        status_log_feed(&log, c->in + i, 1);
    check_bad(c, &log);
}
END_TEST

/* Without the wrong byte all is well so far. */
START_TEST(test_good_so_far)
{
    const struct bad_case *c = &bad_cases[_i];
    status_log log;

    status_log_start(&log, c->form, c->table);
    status_log_feed(&log, c->in, c->good);
    ck_assert_int_ge(log.result, 0);
    check_error(c->in, sw_status_reader_error(&log.reader), SW_OK, 0, 0);
}
END_TEST

/* ---- the caller's ---- */

START_TEST(test_null)
{
    static const sw_error null = { SW_E_NULL, 0, 0 };
    const char *head = _i == SW_STATUS_HUMAN ? "stat" : "0004";
    size_t used = 99;
    sw_status_slice slice;
    status_log log;

    ck_assert_int_eq(sw_status_reader_init(NULL, (sw_status_form)_i, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_status_reader_next(NULL, NULL, 0, &used, &slice), SW_E_NULL);
    ck_assert_uint_eq(used, 0);
    ck_assert_int_eq(sw_status_reader_next(NULL, NULL, 0, NULL, &slice), SW_E_NULL);
    ck_assert_int_eq(sw_status_reader_end(NULL), SW_E_NULL);
    check_error("no reader", sw_status_reader_error(NULL), SW_E_NULL, 0, 0);
    for (int act = 0; act < 3; act++) {
        int result;
        status_log_start(&log, (sw_status_form)_i, &sw_status_items);
        status_log_feed(&log, head, strlen(head));
        used = 99;
        result = sw_status_reader_next(&log.reader, act == 0 ? NULL : (const uint8_t *)head, 1,
                                       act == 1 ? NULL : &used, act == 2 ? NULL : &slice);
        ck_assert_int_eq(result, SW_E_NULL);
        ck_assert_uint_eq(used, act == 1 ? 99 : 0);
        check_stays("NULL", &log.reader, null);
    }
}
END_TEST

/* Nothing to read is nothing wrong, wherever the reader is. */
START_TEST(test_nothing)
{
    static const char *const texts[] = { "status: playing\nhash:\n", "000b 02:playing\n0004 0e:\n" };
    size_t len = strlen(texts[_i]);
    status_log log;

    status_log_start(&log, (sw_status_form)_i, &sw_status_items);
    for (size_t i = 0; i < len; i++) {
        size_t used = 99;
        sw_status_slice slice;
        ck_assert_int_eq(sw_status_reader_next(&log.reader, NULL, 0, &used, &slice), 0);
        ck_assert_uint_eq(used, 0);
        status_log_feed(&log, texts[_i] + i, 1);
    }
    status_log_check("nothing between", &log, TEXT("playing = 2 status 7\n = 14 hash 0\n"));
}
END_TEST

START_TEST(test_no_such_form)
{
    static const sw_error config = { SW_E_CONFIG, 0, 0 };
    sw_status_reader reader;

    ck_assert_int_eq(sw_status_reader_init(&reader, (sw_status_form)2, &sw_status_items), SW_E_CONFIG);
    check_stays("no such form", &reader, config);
}
END_TEST

void add_status_error_tests(Suite *suite)
{
    TCase *tests = suite_case(suite, "errors");

    tcase_add_loop_test(tests, test_bad, 0, COUNT(bad_cases));
    tcase_add_loop_test(tests, test_good_so_far, 0, COUNT(bad_cases));
    tcase_add_loop_test(tests, test_null, 0, 2);
    tcase_add_loop_test(tests, test_nothing, 0, 2);
    tcase_add_test(tests, test_no_such_form);
}
