/* SPDX-License-Identifier: ISC */
/* Watchers, and what is under way when the server is to end, looked at between two turns of it. */
#include "serving_scenes.h"

#include "deadline.h"
#include "suite.h"
#include "user_keys.h"

#include <string.h>

/* ---- watchers, and the end ---- */

START_TEST(watchers_are_told_what_happens)
{
    static const char *const play[] = { "play", NULL };
    visitor *v, *other;
    size_t before;

    serving_start(NULL);
    v = visitor_watching();
    ck_assert_int_eq(v->there->deadline, DEADLINE_NEVER);
    other = visitor_watching();
    before = v->output_len;
    ck_assert_int_eq(visitor_run(visitor_alice(), play), 0);
    while (v->output_len == before || other->output_len == before)
        serving_turn();
    visitor_go(v);
    serving_until_log(": left");
    ck_assert_uint_eq(serving.active, 2);
}
END_TEST

START_TEST(end_lets_end_what_is_under_way)
{
    static const char *const words[] = { "--grace", "100", NULL };
    visitor *upload = visitor_uploading(words);
    visitor *v = visitor_watching();
    visitor *member = visitor_alice();

    visitor_log_in(member);
    visitor_come_bare();
    ck_assert_uint_eq(serving.active, 4);
    server_end(&serving);
    ck_assert_int_eq(serving.is_ending, 1);
    ck_assert_int_eq(serving.stop, 0);
    visitor_await(v, SW_EVENT_EXIT);
    ck_assert_int_eq(v->status, 0);
    ck_assert_uint_eq(serving.active, 2);
    ck_assert_ptr_null(serving.strangers.oldest);
    ck_assert(uv_is_active((uv_handle_t *)&serving.grace_timer));
    ck_assert_uint_gt(uv_timer_get_due_in(&serving.grace_timer), 90000);
    visitor_upload(upload, "", 0);
    visitor_await(upload, SW_EVENT_EXIT);
    ck_assert_int_eq(upload->status, 0);
    visitor_go(v);
    visitor_go(upload);
    serving_until_empty();
    ck_assert_int_eq(serving.stop, 1);
}
END_TEST

START_TEST(second_end_is_at_once)
{
    static const char *const words[] = { "--grace", "100", NULL };

    visitor_uploading(words);
    server_end(&serving);
    ck_assert_int_eq(serving.stop, 0);
    server_end(&serving);
    ck_assert_int_eq(serving.stop, 1);
    ck_assert_uint_eq(serving.active, 0);
    serving_until_empty();
}
END_TEST

START_TEST(term_ends_it_when_it_is_answered)
{
    static const char *const term[] = { "term", NULL };
    visitor *v;

    serving_start(NULL);
    v = visitor_come("bob", "bob");
    ck_assert_int_eq(visitor_run(v, term), 1);
    ck_assert_ptr_nonnull(strstr(v->errors, "permission"));
    visitor_go(v);
    serving_until_empty();
    ck_assert_int_eq(serving.stop, 0);
    v = visitor_alice();
    ck_assert_int_eq(visitor_run(v, term), 0);
    ck_assert_int_eq(serving.stop, 0);
    visitor_go(v);
    serving_until_empty();
    ck_assert_int_eq(serving.stop, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("connection end");
    TCase *tcase = suite_case(suite, "connection end");

    tcase_add_unchecked_fixture(tcase, make_user_keys, NULL);
    tcase_add_checked_fixture(tcase, serving_enter, serving_leave);
    tcase_add_test(tcase, watchers_are_told_what_happens);
    tcase_add_test(tcase, end_lets_end_what_is_under_way);
    tcase_add_test(tcase, second_end_is_at_once);
    tcase_add_test(tcase, term_ends_it_when_it_is_answered);
    return serving_main(suite);
}
