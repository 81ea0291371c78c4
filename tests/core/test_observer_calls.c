/* SPDX-License-Identifier: ISC */
/* The observer's calls: what they refuse, what they begin with, and what is left of an end that is not followed. */
#include "event_lines.h"
#include "suite.h"

#include <check.h>
#include <stdio.h>
#include <string.h>

static sw_observer observer;
static event_lines lines;

/* Begins with what was in that memory before. */
static void begin(void)
{
    lines = (event_lines){ .len = 0 };
    memset(&observer, 0xff, sizeof(observer));
    sw_observer_init(&observer, NULL);
}

/* Offers these bytes and a hole behind them; what is left of both is told, too. */
static void hear(unsigned end, const char *text, size_t len, uint64_t missing)
{
    uint8_t copy[256];
    sw_observer_input in = { copy, len, missing, 0, 0 };
    sw_observer_event event;

    memcpy(copy, text, len);
    while (sw_observer_next(&observer, end, &in, &event) > 0)
        event_lines_note(&lines, &event);
    lines.len += (size_t)snprintf(lines.text + lines.len, sizeof(lines.text) - lines.len, "left %zu, %u\n", in.len,
                                  (unsigned)in.missing);
}

static void request(unsigned end)
{
    uint8_t text[256];
    size_t len;

    ck_assert_int_eq(sw_request_format("joe", SW_FEATURE_SIDEBAND, text, sizeof(text), &len, NULL), SW_OK);
    hear(end, (const char *)text, len, 0);
    ck_assert_int_eq(sw_observer_client(&observer), (int)end);
}

START_TEST(nothing_heard)
{
    sw_observer_input in = { NULL, 0, 0, 0, 0 };
    sw_observer_event event;

    begin();
    ck_assert_int_eq(sw_observer_is_session(&observer), 0);
    ck_assert_int_eq(sw_observer_client(&observer), -1);
    ck_assert_uint_eq(sw_observer_features(&observer), 0);
    for (unsigned end = 0; end < 2; end++) {
        ck_assert_int_eq(sw_observer_waits(&observer, end), SW_WAIT_MORE);
        ck_assert_int_eq(sw_observer_next(&observer, end, &in, &event), 0);
    }
}
END_TEST

START_TEST(refused)
{
    uint8_t byte = 'a';
    sw_observer_input in = { &byte, 1, 0, 0, 0 }, none = { NULL, 1, 0, 0, 0 };
    sw_observer_event event;
    sw_secrets keys;

    memset(&keys, 0, sizeof(keys));
    begin();
    ck_assert_int_eq(sw_observer_next(NULL, 0, &in, &event), SW_E_NULL);
    ck_assert_int_eq(sw_observer_next(&observer, 0, NULL, &event), SW_E_NULL);
    ck_assert_int_eq(sw_observer_next(&observer, 0, &in, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_observer_next(&observer, 0, &none, &event), SW_E_NULL);
    ck_assert_int_eq(sw_observer_next(&observer, 2, &in, &event), SW_E_STATE);
    ck_assert_int_eq(sw_observer_open(NULL, &keys, 0), SW_E_NULL);
    ck_assert_int_eq(sw_observer_open(&observer, NULL, 0), SW_E_NULL);
    ck_assert_int_eq(sw_observer_open(&observer, &keys, 0), SW_E_STATE);
    ck_assert_int_eq(sw_observer_waits(NULL, 0), SW_WAIT_MORE);
    ck_assert_int_eq(sw_observer_waits(&observer, 2), SW_WAIT_MORE);
    ck_assert_int_eq(sw_observer_is_session(NULL), -1);
    ck_assert_int_eq(sw_observer_client(NULL), -1);
    ck_assert_uint_eq(sw_observer_features(NULL), 0);
    sw_observer_init(NULL, NULL);
    sw_observer_abandon(NULL, 0);
    sw_observer_abandon(&observer, 2);
    sw_observer_wipe(NULL);
    ck_assert_uint_eq(in.len, 1);
}
END_TEST

START_TEST(abandoned)
{
    begin();
    request((unsigned)!_i);
    lines.len = 0;
    sw_observer_abandon(&observer, (unsigned)_i);
    hear((unsigned)_i, "hello", 5, 7);
    event_lines_expect(&lines, "abandoned",
                       "server UNDECODED at 0 len 5 data \"hello\"\n"
                       "server LOST at 5 missing 7\n"
                       "left 0, 0\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("observer_calls");
    TCase *tcase = suite_case(suite, "calls");

    tcase_add_test(tcase, nothing_heard);
    tcase_add_test(tcase, refused);
    tcase_add_loop_test(tcase, abandoned, 0, 2);
    return run_suite(suite);
}
