/* SPDX-License-Identifier: ISC */
/* Until when a connection waits for an upload, and for its output to be taken, looked at between two turns of the server. */
#include "serving_scenes.h"

#include "connection_internal.h"
#include "deadline.h"
#include "own_errors.h"
#include "suite.h"
#include "user_keys.h"

#include <poll.h>
#include <unistd.h>

static const char *const cat[] = { "catimg", "a", NULL };

/* ---- uploads ---- */

START_TEST(progress_renews_the_time_for_an_upload)
{
    static const char *const words[] = {
        "--upload-timeout", "100", "--upload-time", "1000", "--upload-rate", "0", NULL
    };
    visitor *v = visitor_uploading(words);
    int64_t deadline;

    for (int i = 0; i < 3; i++) {
        deadline = v->there->deadline;
        serving_expect_in(deadline, 100000);
        poll(NULL, 0, 10);
        serving_turns(5);
        ck_assert_int_eq(v->there->deadline, deadline);
        visitor_upload_piece(v);
        ck_assert_int_ge(v->there->deadline, deadline + 10);
        ck_assert_int_eq(v->there->timer_at, v->there->deadline);
    }
    serving_expect_in(v->there->deadline, 100000);
    serving_expire(v->there);
    own_errors_expect("sent nothing of its upload for 100 s");
    serving_until_empty();
    ck_assert_uint_eq(serving.memory.used, 0);
}
END_TEST

START_TEST(an_upload_has_so_much_time_in_all)
{
    static const char *const words[] = {
        "--upload-timeout", "100", "--upload-time", "50", "--upload-rate", "0", NULL
    };
    visitor *v = visitor_uploading(words);
    int64_t began = v->there->upload_began;

    serving_expect_in(began, 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(v->there->deadline, began + 50000);
        poll(NULL, 0, 5);
        visitor_upload_piece(v);
    }
    ck_assert_int_eq(v->there->upload_began, began);
    v->there->upload_began = server_clock() - 50000;
    serving_expire(v->there);
    own_errors_expect("upload not done within 50 s");
}
END_TEST

START_TEST(an_upload_has_a_least_rate)
{
    static const char *const words[] = {
        "--upload-timeout", "1000", "--upload-time", "2000", "--upload-rate", "500", NULL
    };
    visitor *v = visitor_uploading(words);
    connection *c = v->there;

    ck_assert_int_eq(c->deadline, c->upload_began + UPLOAD_RATE_FROM_MS);
    for (int i = 0; i < 3; i++) {
        visitor_upload_piece(v);
        ck_assert_int_eq(c->deadline, c->upload_began + UPLOAD_RATE_FROM_MS + (int64_t)c->uploaded * 2);
    }
    ck_assert_int_eq(connection_rate_deadline(c), c->deadline);
    c->upload_began = server_clock() - UPLOAD_RATE_FROM_MS - (int64_t)c->uploaded * 2;
    serving_expire(c);
    own_errors_expect("upload slower than 500 bytes a second");
}
END_TEST

/* What comes while it is with the database, or behind a refusal, is nobody's. */
START_TEST(upload_ends_or_is_refused)
{
    static const char *const words[] = { "--upload-limit", "2500", NULL };
    visitor *v = visitor_uploading(words);

    visitor_upload_piece(v);
    visitor_upload_piece(v);
    visitor_upload(v, "", 0);
    visitor_await(v, SW_EVENT_EXIT);
    ck_assert_int_eq(v->status, 0);
    ck_assert_uint_eq(serving.database_events, 1);
    visitor_go(v);
    serving_until_empty();

    v = visitor_alice();
    visitor_log_in(v);
    visitor_command(v, words_addimg);
    visitor_await(v, SW_EVENT_AWAITING_DATA);
    visitor_upload_piece(v);
    visitor_upload_piece(v);
    visitor_upload(v, upload_piece, UPLOAD_PIECE);
    visitor_await(v, SW_EVENT_EXIT);
    ck_assert_int_eq(v->status, 1);
    visitor_go(v);
    serving_until_empty();
    ck_assert_uint_eq(serving.memory.used, 0);
}
END_TEST

/* ---- output ---- */

enum { LARGE = 2 << 20 }; /* bytes, more than waits in the system */

static void store_large_image(void)
{
    static const uint8_t part[32768];
    visitor *v = visitor_alice();

    visitor_log_in(v);
    visitor_command(v, words_addimg);
    visitor_await(v, SW_EVENT_AWAITING_DATA);
    for (size_t sent = 0; sent < LARGE; sent += sizeof(part)) {
        visitor_upload(v, part, sizeof(part));
        while (sw_session_wants(&v->session) & SW_WANT_WRITE)
            serving_turn();
    }
    visitor_upload(v, "", 0);
    visitor_await(v, SW_EVENT_EXIT);
    visitor_go(v);
    serving_until_empty();
}

static void hear(visitor *v, size_t len)
{
    static uint8_t dropped[65536];

    while (len > 0) {
        ssize_t n = read(v->fd, dropped, len < sizeof(dropped) ? len : sizeof(dropped));
        if (n > 0)
            len -= (size_t)n;
        else
            serving_turn();
    }
}

/* Turns until the peer has taken nothing more for a while. */
static void settle(const connection *c)
{
    enum { QUIET_TURNS = 100 };
    int64_t last = DEADLINE_NEVER;

    for (int quiet = 0; quiet < QUIET_TURNS || !connection_has_output(c); quiet++) {
        if (c->deadline != last || c->deadline == DEADLINE_NEVER)
            quiet = 0;
        last = c->deadline;
        poll(NULL, 0, 1);
        serving_turn();
    }
}

START_TEST(progress_renews_the_time_for_output)
{
    static const char *const words[] = { "--write-timeout", "200", NULL };
    enum { SMALL = 16384 };
    int size = SMALL;
    visitor *v;
    int64_t deadline;

    serving_start(words);
    store_large_image();
    v = visitor_alice();
    setsockopt(v->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    setsockopt(v->there->out, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    visitor_log_in(v);
    visitor_command(v, cat);
    v->is_deaf = 1;
    settle(v->there);
    deadline = v->there->deadline;
    serving_expect_in(deadline, 200000);
    poll(NULL, 0, 10);
    serving_turns(5);
    ck_assert_int_eq(v->there->deadline, deadline);
    hear(v, LARGE / 2);
    settle(v->there);
    ck_assert_int_ge(v->there->deadline, deadline + 10);
    serving_expire(v->there);
    own_errors_expect("took no output for 200 s");
    serving_until_empty();
    ck_assert_uint_eq(serving.memory.used, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("connection uploads");
    TCase *tcase = suite_case(suite, "connection uploads");

    tcase_add_unchecked_fixture(tcase, make_user_keys, NULL);
    tcase_add_checked_fixture(tcase, serving_enter, serving_leave);
    tcase_add_test(tcase, progress_renews_the_time_for_an_upload);
    tcase_add_test(tcase, an_upload_has_so_much_time_in_all);
    tcase_add_test(tcase, an_upload_has_a_least_rate);
    tcase_add_test(tcase, upload_ends_or_is_refused);
    tcase_add_test(tcase, progress_renews_the_time_for_output);
    return serving_main(suite);
}
