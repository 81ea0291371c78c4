/* SPDX-License-Identifier: ISC */
/* Values of status items that have a form of their own: state, flags, times. */
#include <sidewire/audio/status.h>

#include <stdlib.h>
#include <string.h>

#include "test_status.h"

/* ---- status ---- */

static const struct {
    const char *text;
    sw_status_state state;
} states[] = {
    { "stopped", SW_STATUS_STOPPED },
    { "paused", SW_STATUS_PAUSED },
    { "playing", SW_STATUS_PLAYING },
};

START_TEST(test_states)
{
    size_t len = strlen(states[_i].text);
    char *text = (char *)exact_copy(states[_i].text, len);
    sw_status_state state = (sw_status_state)99;
    sw_error error = { 1, 2, 3 };

    ck_assert_str_eq(sw_status_state_text(states[_i].state), states[_i].text);
    ck_assert_int_eq(sw_status_state_parse(text, len, &state, &error), SW_OK);
    check_error(states[_i].text, error, SW_OK, 0, 0);
    ck_assert_int_eq(state, states[_i].state);
    free(text);
}
END_TEST

/* Texts that are no value, and the first byte of each that does not fit. */
static const struct refused {
    const char *text;
    uint64_t at;
} no_states[] = {
    { "", 0 },        { "p", 1 },        { "play", 4 },   { "playin", 6 }, { "playing ", 7 }, { " playing", 0 },
    { "Playing", 0 }, { "paused\n", 6 }, { "stoppe", 6 }, { "3", 0 },      { "pluying", 2 },
};

START_TEST(test_states_refused)
{
    size_t len = strlen(no_states[_i].text);
    char *text = (char *)exact_copy(no_states[_i].text, len);
    sw_status_state state = SW_STATUS_PAUSED;
    sw_error error;

    ck_assert_int_eq(sw_status_state_parse(text, len, &state, &error), SW_E_STATUS_VALUE);
    check_error("state", error, SW_E_STATUS_VALUE, no_states[_i].at, len);
    ck_assert_int_eq(state, SW_STATUS_PAUSED);
    free(text);
}
END_TEST

START_TEST(test_states_null)
{
    sw_status_state state = SW_STATUS_PAUSED;
    sw_error error;

    ck_assert_int_eq(sw_status_state_parse("paused", 6, NULL, &error), SW_E_NULL);
    check_error("no state", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_status_state_parse(NULL, 1, &state, &error), SW_E_NULL);
    check_error("no text", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_status_state_parse(NULL, 0, &state, NULL), SW_E_STATUS_VALUE);
    ck_assert_ptr_null(sw_status_state_text((sw_status_state)3));
    ck_assert_ptr_null(sw_status_state_text((sw_status_state)-1));
}
END_TEST

/* ---- status_flags ---- */

static const char *const flags_texts[] = {
    "    ", "P   ", " O  ", "PO  ", "  N ", "P N ", " ON ", "PON ",
    "   R", "P  R", " O R", "PO R", "  NR", "P NR", " ONR", "PONR",
};

START_TEST(test_flags)
{
    char *text = (char *)exact_copy(flags_texts[_i], SW_STATUS_FLAGS_TEXT_SIZE);
    char out[SW_STATUS_FLAGS_TEXT_SIZE + 1];
    unsigned flags = 99;
    sw_error error = { 1, 2, 3 };

    ck_assert_int_eq(sw_status_flags_parse(text, SW_STATUS_FLAGS_TEXT_SIZE, &flags, &error), SW_OK);
    check_error(flags_texts[_i], error, SW_OK, 0, 0);
    ck_assert_uint_eq(flags, (unsigned)_i);
    memset(out, 'x', sizeof(out));
    sw_status_flags_format(flags, out);
    ck_assert_str_eq(out, flags_texts[_i]);
    free(text);
}
END_TEST

static const struct refused no_flags[] = {
    { "", 0 },     { "P", 1 },    { "PON", 3 },  { "PONR ", 4 }, { "OPNR", 0 },
    { "p   ", 0 }, { "P--R", 1 }, { "P  P", 3 }, { "\n   ", 0 }, { "NNNN", 0 },
};

START_TEST(test_flags_refused)
{
    size_t len = strlen(no_flags[_i].text);
    char *text = (char *)exact_copy(no_flags[_i].text, len);
    unsigned flags = 99;
    sw_error error;

    ck_assert_int_eq(sw_status_flags_parse(text, len, &flags, &error), SW_E_STATUS_VALUE);
    check_error("flags", error, SW_E_STATUS_VALUE, no_flags[_i].at, len);
    ck_assert_uint_eq(flags, 99);
    free(text);
}
END_TEST

START_TEST(test_flags_null)
{
    unsigned flags = 99;
    char out[SW_STATUS_FLAGS_TEXT_SIZE + 1];
    sw_error error;

    ck_assert_int_eq(sw_status_flags_parse("PONR", 4, NULL, &error), SW_E_NULL);
    check_error("no flags", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_status_flags_parse(NULL, 1, &flags, &error), SW_E_NULL);
    check_error("no text", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_status_flags_parse(NULL, 0, &flags, NULL), SW_E_STATUS_VALUE);
    sw_status_flags_format(15, NULL);
    sw_status_flags_format(0xf0 | SW_STATUS_FLAG_NEXT, out); /* other bits mean nothing */
    ck_assert_str_eq(out, "  N ");
    ck_assert_uint_eq(SW_STATUS_FLAG_PLAYING | SW_STATUS_FLAG_NOMORE, 3);
    ck_assert_uint_eq(SW_STATUS_FLAG_REPOS, 8);
}
END_TEST

/* ---- stream_start, current_time ---- */

static const struct time_case {
    sw_status_time time;
    const char *deployed, *padded;
} time_cases[] = {
    { { 0, 0 }, "0.0", "0.000000" },
    { { 5, 42 }, "5.42", "5.000042" },
    { { 5, 420000 }, "5.420000", "5.420000" },
    { { 1384000000, 7 }, "1384000000.7", "1384000000.000007" },
    { { 10, 999999 }, "10.999999", "10.999999" },
    { { 4294967296, 100000 }, "4294967296.100000", "4294967296.100000" },
    { { UINT64_MAX, 1 }, "18446744073709551615.1", "18446744073709551615.000001" },
};

static void check_time_text(const sw_status_time *time, int padded, const char *expected)
{
    size_t len = strlen(expected);
    sw_status_time read = { 1, 1 };

    for (size_t cap = 0; cap <= len + 1; cap++) {
        char *out = malloc(cap);
        size_t written;
        ck_assert(cap == 0 || out != NULL);
        if (cap > 0)
            memset(out, 'x', cap);
        written = sw_status_time_format(time, padded, out, cap);
        ck_assert_uint_eq(written, cap < len ? 0 : len);
        ck_assert(written == 0 || memcmp(out, expected, len) == 0);
        for (size_t i = written; i < cap; i++)
            ck_assert_int_eq(out[i], 'x');
        if (cap == len) {
            ck_assert_int_eq(sw_status_time_parse(out, len, &read, NULL), SW_OK);
            ck_assert_uint_eq(read.seconds, time->seconds);
            ck_assert_uint_eq(read.microseconds, time->microseconds);
        }
        free(out);
    }
    ck_assert_uint_le(len, SW_STATUS_TIME_MAX);
}

START_TEST(test_times)
{
    const struct time_case *c = &time_cases[_i];

    check_time_text(&c->time, 0, c->deployed);
    check_time_text(&c->time, 1, c->padded);
}
END_TEST

/* Texts that no writer of ours makes, but that are times. */
START_TEST(test_times_read)
{
    static const struct {
        const char *text;
        sw_status_time time;
    } cases[] = {
        { "007.5", { 7, 5 } },
        { "0.00", { 0, 0 } },
        { "1.00042", { 1, 42 } },
        { "00000000000000000000000000000001.1", { 1, 1 } },
    };

    for (int i = 0; i < COUNT(cases); i++) {
        size_t len = strlen(cases[i].text);
        char *text = (char *)exact_copy(cases[i].text, len);
        sw_status_time time = { 99, 99 };
        sw_error error = { 1, 2, 3 };
        ck_assert_int_eq(sw_status_time_parse(text, len, &time, &error), SW_OK);
        check_error(cases[i].text, error, SW_OK, 0, 0);
        ck_assert_uint_eq(time.seconds, cases[i].time.seconds);
        ck_assert_uint_eq(time.microseconds, cases[i].time.microseconds);
        free(text);
    }
}
END_TEST

/* clang-format off */
static const struct refused no_times[] = {
    { "", 0 }, { ".", 0 }, { "5", 1 }, { "5.", 2 }, { ".5", 0 }, { "5,5", 1 }, { "5..5", 2 }, { "5.5.", 3 },
    { "5.5 ", 3 }, { " 5.5", 0 }, { "+5.5", 0 }, { "-5.5", 0 }, { "5.-5", 2 }, { "5.+5", 2 }, { "5. 5", 2 },
    { "5.5\n", 3 }, { "5.1000000", 8 }, { "5.0000001", 8 }, { "5.a", 2 }, { "a.5", 0 }, { "0x5.5", 1 },
    { "18446744073709551616.0", 19 }, { "99999999999999999999.0", 19 }, { "5:5", 1 },
};
/* clang-format on */

START_TEST(test_times_refused)
{
    size_t len = strlen(no_times[_i].text);
    char *text = (char *)exact_copy(no_times[_i].text, len);
    sw_status_time time = { 99, 99 };
    sw_error error;

    ck_assert_msg(sw_status_time_parse(text, len, &time, &error) == SW_E_STATUS_VALUE, "'%s'", no_times[_i].text);
    check_error(no_times[_i].text, error, SW_E_STATUS_VALUE, no_times[_i].at, len);
    ck_assert_uint_eq(time.seconds, 99);
    ck_assert_uint_eq(time.microseconds, 99);
    free(text);
}
END_TEST

START_TEST(test_times_null)
{
    const sw_status_time bad = { 1, 1000000 };
    sw_status_time time = { 1, 2 };
    char out[SW_STATUS_TIME_MAX];
    sw_error error;

    ck_assert_int_eq(sw_status_time_parse("1.2", 3, NULL, &error), SW_E_NULL);
    check_error("no time", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_status_time_parse(NULL, 1, &time, &error), SW_E_NULL);
    check_error("no text", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_status_time_parse(NULL, 0, &time, NULL), SW_E_STATUS_VALUE);
    ck_assert_int_eq(sw_status_time_parse("1.2\0", 4, &time, NULL), SW_E_STATUS_VALUE);
    ck_assert_uint_eq(sw_status_time_format(NULL, 0, out, sizeof(out)), 0);
    ck_assert_uint_eq(sw_status_time_format(&time, 0, NULL, 0), 0);
    ck_assert_uint_eq(sw_status_time_format(&bad, 0, out, sizeof(out)), 0);
    ck_assert_uint_eq(sw_status_time_format(&bad, 1, out, sizeof(out)), 0);
}
END_TEST

void add_status_value_tests(Suite *suite)
{
    TCase *tests = suite_case(suite, "values");

    tcase_add_loop_test(tests, test_states, 0, COUNT(states));
    tcase_add_loop_test(tests, test_states_refused, 0, COUNT(no_states));
    tcase_add_test(tests, test_states_null);
    tcase_add_loop_test(tests, test_flags, 0, COUNT(flags_texts));
    tcase_add_loop_test(tests, test_flags_refused, 0, COUNT(no_flags));
    tcase_add_test(tests, test_flags_null);
    tcase_add_loop_test(tests, test_times, 0, COUNT(time_cases));
    tcase_add_test(tests, test_times_read);
    tcase_add_loop_test(tests, test_times_refused, 0, COUNT(no_times));
    tcase_add_test(tests, test_times_null);
}
