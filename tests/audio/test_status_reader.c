/* SPDX-License-Identifier: ISC */
/* Status items read, in both forms: the same at every cut. */
#include <stdlib.h>
#include <string.h>

#include "status_log.h"
#include "test_status.h"

/* A numbering that is not ours. */
static const sw_status_item other_items[] = { { 0xfe, "status" }, { 0x02, "x" } };
static const sw_status_table other = { other_items, COUNT(other_items) };

static const struct read_case {
    sw_status_form form;
    const sw_status_table *table;
    const char *in;
    size_t len;
    const char *log;
    size_t log_len;
} read_cases[] = {
    { SW_STATUS_PARSER, &sw_status_items, TEXT(""), TEXT("") },
    { SW_STATUS_PARSER, &sw_status_items, TEXT("000b 02:playing\n"), TEXT("playing = 2 status 7\n") },
    { SW_STATUS_PARSER, &sw_status_items, TEXT("0004 02:\n"), TEXT(" = 2 status 0\n") },
    { SW_STATUS_PARSER, &sw_status_items, TEXT("0004 02:\n0005 02:x\n0004 24:\n"),
      TEXT(" = 2 status 0\nx = 2 status 1\n = 36 max_chunk_size 0\n") },
    { SW_STATUS_PARSER, &sw_status_items, TEXT("0005 1d:\n\n0006 1d:\n\n\n"),
      TEXT("\n = 29 title 1\n\n\n = 29 title 2\n") },
    { SW_STATUS_PARSER, &sw_status_items, TEXT("000C 0A:a\0:\xff\n 00\n0004 0a:\n"),
      TEXT("a\0:\xff\n 00 = 10 basename 8\n = 10 basename 0\n") },
    { SW_STATUS_PARSER, &other, TEXT("000b fe:playing\n0005 02:y\n"),
      TEXT("playing = 254 status 7\ny = 2 x 1\n") },
    { SW_STATUS_PARSER, NULL, TEXT("0005 02:y\n0004 ff:\n0005 00:z\n"),
      TEXT("y = 2 ? 1\n = 255 ? 0\nz = 0 ? 1\n") },
    { SW_STATUS_HUMAN, &sw_status_items, TEXT(""), TEXT("") },
    { SW_STATUS_HUMAN, &sw_status_items, TEXT("status: playing\n"), TEXT("playing = 2 status 7\n") },
    { SW_STATUS_HUMAN, &sw_status_items, TEXT("status:\n"), TEXT(" = 2 status 0\n") },
    { SW_STATUS_HUMAN, &sw_status_items, TEXT("status: \nstatus:  \n"), TEXT(" = 2 status 0\n  = 2 status 1\n") },
    { SW_STATUS_HUMAN, &sw_status_items, TEXT("path: /a: b:\0\r\xff\nattributes_bitmap: 0\nhash:\n"),
      TEXT("/a: b:\0\r\xff = 8 path 9\n0 = 12 attributes_bitmap 1\n = 14 hash 0\n") },
    { SW_STATUS_HUMAN, &other, TEXT("x: y\nstatus: :\n"), TEXT("y = 2 x 1\n: = 254 status 1\n") },
    { SW_STATUS_HUMAN, NULL, TEXT("anything: y\n~:\na_name_of_exactly_31_characters: 1\n"),
      TEXT("y = -1 anything 1\n = -1 ~ 0\n1 = -1 a_name_of_exactly_31_characters 1\n") },
};

static void check_read(const struct read_case *c, status_log *log)
{
    status_log_check(c->in, log, c->log, c->log_len);
    ck_assert_uint_eq(log->taken, c->len);
    ck_assert_int_eq(sw_status_reader_end(&log->reader), SW_OK);
    check_error(c->in, sw_status_reader_error(&log->reader), SW_OK, 0, 0);
}

START_TEST(test_cuts)
{
    const struct read_case *c = &read_cases[_i];

    for (size_t a = 0; a <= c->len; a++) {
        for (size_t b = a; b <= c->len; b++) {
            status_log log;
            status_log_start(&log, c->form, c->table);
            status_log_feed_cut(&log, c->in, c->len, a, b);
            check_read(c, &log);
        }
    }
}
END_TEST

START_TEST(test_bytewise)
{
    const struct read_case *c = &read_cases[_i];
    status_log log;

    status_log_start(&log, c->form, c->table);
    for (size_t i = 0; i < c->len; i++)
        status_log_feed(&log, c->in + i, 1);
    check_read(c, &log);
}
END_TEST

/* The end is good between items only; within one it says how much of it came. */
START_TEST(test_ends)
{
    const struct read_case *c = &read_cases[_i];
    status_log whole;

    status_log_start(&whole, c->form, c->table);
    for (size_t n = 0; n <= c->len; n++) {
        status_log cut = whole;
        uint64_t seen = whole.reader.seen;
        int result = sw_status_reader_end(&cut.reader);
        ck_assert_int_eq(result, seen == 0 ? SW_OK : SW_E_STATUS_TRUNCATED);
        ck_assert_int_eq(sw_status_reader_end(&cut.reader), result);
        check_error(c->in, sw_status_reader_error(&cut.reader), result, seen, 0);
        if (n < c->len)
            status_log_feed(&whole, c->in + n, 1);
    }
}
END_TEST

static const struct truncated_case {
    sw_status_form form;
    const char *in;
    uint64_t seen;
} truncated_cases[] = {
    { SW_STATUS_PARSER, "0", 1 },
    { SW_STATUS_PARSER, "0004 02:\n0004", 4 },
    { SW_STATUS_PARSER, "0004 02:", 8 },
    { SW_STATUS_PARSER, "0006 02:a", 9 },
    { SW_STATUS_PARSER, "0006 02:ab", 10 },
    { SW_STATUS_HUMAN, "s", 1 },
    { SW_STATUS_HUMAN, "status:\nstatus", 6 },
    { SW_STATUS_HUMAN, "status:", 7 },
    { SW_STATUS_HUMAN, "status: ", 8 },
    { SW_STATUS_HUMAN, "status: playing", 15 },
};

START_TEST(test_truncated)
{
    const struct truncated_case *c = &truncated_cases[_i];
    status_log log;
    size_t used = 99;
    sw_status_slice slice;

    status_log_start(&log, c->form, &sw_status_items);
    status_log_feed(&log, c->in, strlen(c->in));
    ck_assert_int_eq(sw_status_reader_end(&log.reader), SW_E_STATUS_TRUNCATED);
    check_error(c->in, sw_status_reader_error(&log.reader), SW_E_STATUS_TRUNCATED, c->seen, 0);
    ck_assert_int_eq(sw_status_reader_next(&log.reader, (const uint8_t *)"\n", 1, &used, &slice),
                     SW_E_STATUS_TRUNCATED);
    ck_assert_uint_eq(used, 0);
}
END_TEST

/* ---- slices ---- */

/* What is whole in the input is one slice of the input itself. */
START_TEST(test_one_slice)
{
    static const char *const texts[] = { "status: playing\nhash:", "000b 02:playing\n0004 0e:" };
    static const size_t used_each[] = { 16, 16 };
    static const size_t starts[] = { 8, 8 };
    const uint8_t *in = (const uint8_t *)texts[_i];
    sw_status_reader reader;
    sw_status_slice slice;
    size_t used;

    ck_assert_int_eq(sw_status_reader_init(&reader, (sw_status_form)_i, &sw_status_items), SW_OK);
    ck_assert_int_eq(sw_status_reader_next(&reader, in, strlen(texts[_i]), &used, &slice), 1);
    ck_assert_uint_eq(used, used_each[_i]);
    ck_assert_ptr_eq(slice.data, in + starts[_i]);
    ck_assert_uint_eq(slice.len, 7);
    ck_assert_uint_eq(slice.size, 7);
    ck_assert_uint_eq(slice.offset, 0);
    ck_assert_int_eq(slice.last, 1);
    ck_assert_str_eq(slice.name, "status");
    ck_assert_ptr_eq(slice.name, sw_status_items.items[2].name);
}
END_TEST

/* A value in two pieces: the parser-friendly form knows its size at once. */
START_TEST(test_two_slices)
{
    static const char *const texts[] = { "status: playing\n", "000b 02:playing\n" };
    const uint8_t *in = (const uint8_t *)texts[_i];
    sw_status_reader reader;
    sw_status_slice slice;
    size_t used;

    ck_assert_int_eq(sw_status_reader_init(&reader, (sw_status_form)_i, &sw_status_items), SW_OK);
    ck_assert_int_eq(sw_status_reader_next(&reader, in, 8, &used, &slice), 0);
    ck_assert_uint_eq(used, 8);
    ck_assert_int_eq(sw_status_reader_next(&reader, in + 8, 4, &used, &slice), 1);
    ck_assert_uint_eq(used, 4);
    ck_assert_uint_eq(slice.size, _i == SW_STATUS_HUMAN ? 4 : 7);
    ck_assert_int_eq(slice.last, 0);
    ck_assert_int_eq(slice.number, 2);
    ck_assert_int_eq(sw_status_reader_next(&reader, in + 12, 4, &used, &slice), 1);
    ck_assert_uint_eq(used, 4);
    ck_assert_ptr_eq(slice.data, in + 12);
    ck_assert_uint_eq(slice.offset, 4);
    ck_assert_uint_eq(slice.len, 3);
    ck_assert_uint_eq(slice.size, 7);
    ck_assert_int_eq(slice.last, 1);
}
END_TEST

/* Of a long value nothing is kept: a piece in, a slice out. */
START_TEST(test_long_value)
{
    sw_status_form form = (sw_status_form)_i;
    const char *head = form == SW_STATUS_HUMAN ? "title: " : "ffff 1d:";
    uint64_t size = form == SW_STATUS_HUMAN ? 1000000 : SW_STATUS_VALUE_MAX;
    uint8_t piece[1000];
    uint64_t done = 0;
    sw_status_reader reader;
    sw_status_slice slice;
    size_t used;

    memset(piece, 'v', sizeof(piece));
    ck_assert_int_eq(sw_status_reader_init(&reader, form, &sw_status_items), SW_OK);
    ck_assert_int_eq(sw_status_reader_next(&reader, (const uint8_t *)head, strlen(head), &used, &slice), 0);
    while (done < size) {
        size_t n = size - done < sizeof(piece) ? (size_t)(size - done) : sizeof(piece);
        ck_assert_int_eq(sw_status_reader_next(&reader, piece, n, &used, &slice), 1);
        ck_assert_uint_eq(used, n);
        ck_assert_uint_eq(slice.offset, done);
        ck_assert_uint_eq(slice.len, n);
        ck_assert_int_eq(slice.last, 0);
        done += n;
    }
    ck_assert_int_eq(sw_status_reader_next(&reader, (const uint8_t *)"\n", 1, &used, &slice), 1);
    ck_assert_int_eq(slice.last, 1);
    ck_assert_uint_eq(slice.len, 0);
    ck_assert_uint_eq(slice.size, size);
    ck_assert_int_eq(sw_status_reader_end(&reader), SW_OK);
    ck_assert_uint_le(sizeof(reader), 128);
}
END_TEST

void add_status_reader_tests(Suite *suite)
{
    TCase *tests = suite_case(suite, "reader");

    tcase_add_loop_test(tests, test_cuts, 0, COUNT(read_cases));
    tcase_add_loop_test(tests, test_bytewise, 0, COUNT(read_cases));
    tcase_add_loop_test(tests, test_ends, 0, COUNT(read_cases));
    tcase_add_loop_test(tests, test_truncated, 0, COUNT(truncated_cases));
    tcase_add_loop_test(tests, test_one_slice, 0, 2);
    tcase_add_loop_test(tests, test_two_slices, 0, 2);
    tcase_add_loop_test(tests, test_long_value, 0, 2);
}
