/* SPDX-License-Identifier: ISC */
/* What a connection is at, exactly: what it waits for and until when, and when it was successful. The
 * linker puts a function of this file in the place of the loop's (--wrap), to see what is asked of it. */
#include "serving_scenes.h"

#include "connection_internal.h"
#include "deadline.h"
#include "own_errors.h"
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "user_keys.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- what is asked of the loop ---- */

static const connection *polled; /* whose polls are noted */
static char polls[256];

int __real_uv_poll_start(uv_poll_t *poll, int events, uv_poll_cb callback);
int __wrap_uv_poll_start(uv_poll_t *poll, int events, uv_poll_cb callback);
int __real_uv_poll_stop(uv_poll_t *poll);
int __wrap_uv_poll_stop(uv_poll_t *poll);

static void note(const uv_poll_t *poll, int events)
{
    size_t len = strlen(polls);

    if (polled != NULL && (poll == &polled->poll_in || poll == &polled->poll_out))
        snprintf(polls + len, sizeof(polls) - len, "%s:%s%s ", poll == &polled->poll_in ? "in" : "out",
                 events & UV_READABLE ? "r" : "", events & UV_WRITABLE ? "w" : "");
}

int __wrap_uv_poll_start(uv_poll_t *poll, int events, uv_poll_cb callback)
{
    note(poll, events);
    return __real_uv_poll_start(poll, events, callback);
}

int __wrap_uv_poll_stop(uv_poll_t *poll)
{
    note(poll, 0);
    return __real_uv_poll_stop(poll);
}

static void begin_notes(const connection *c)
{
    polled = c;
    polls[0] = '\0';
}

static void end_notes(void)
{
    polled = NULL;
}

/* ---- events ---- */

enum { LARGE = 1 << 19 }; /* bytes, more than waits in the system */

static void say_much(connection *c)
{
    static const char text[1 << 16];

    reply_begin(&c->reply, SW_BAND_OUTPUT);
    while (reply_size(&c->reply) < LARGE)
        reply_add(&c->reply, text, sizeof(text));
    connection_continue(c);
}

/* In a command that has more to say than anybody takes. */
static visitor *deaf(void)
{
    visitor *v = visitor_in_command();

    v->is_deaf = 1;
    begin_notes(v->there);
    say_much(v->there);
    serving_turns(20);
    return v;
}

START_TEST(waits_for_no_more_than_it_has_to)
{
    visitor *v;

    serving_start(NULL);
    v = visitor_come_bare();
    ck_assert_int_eq(v->there->events_in, UV_WRITABLE); /* the greeting comes first */
    ck_assert_uint_eq(v->there->tx_cap, CONNECTION_TX_SMALL);
    begin_notes(v->there);
    serving_turns(5);
    send_text(v->fd, "auth");
    serving_turns(20);
    ck_assert_str_eq(polls, "in:r ");
    ck_assert_int_eq(v->there->events_in, UV_READABLE);
    visitor_go(v);
    serving_until_empty();

    v = deaf();
    ck_assert_str_eq(polls, "in:rw ");
    ck_assert_int_eq(v->there->events_in, UV_READABLE | UV_WRITABLE);
    shutdown(v->fd, SHUT_WR);
    while (!v->there->at_end)
        serving_turn();
    ck_assert_str_eq(polls, "in:rw in:w ");
    ck_assert_int_eq(v->there->events_in, UV_WRITABLE);
    ck_assert_int_eq(v->there->peer_left, 1);
    ck_assert_int_eq(v->there->phase, PHASE_RUNNING);
    reply_finish(&v->there->reply, 0);
    for (uint8_t dropped[4096]; serving.active > 0; serving_turn())
        while (read(v->fd, dropped, sizeof(dropped)) > 0)
            ;
    ck_assert_str_eq(polls, "in:rw in:w ");
    serving_until_empty();
}
END_TEST

START_TEST(waits_for_nothing_while_nothing_can_be_done)
{
    visitor *v;

    serving_start(NULL);
    v = visitor_in_command();
    begin_notes(v->there);
    shutdown(v->fd, SHUT_WR);
    while (!v->there->at_end)
        serving_turn();
    ck_assert_str_eq(polls, "in: ");
    ck_assert_int_eq(v->there->events_in, 0);
    reply_fail(&v->there->reply, "enough");
    connection_continue(v->there);
    visitor_await(v, SW_EVENT_EXIT);
    ck_assert_str_eq(v->errors, "enough\n");
    serving_until_empty();
    ck_assert_int_eq(serving.session_failed, 0);
}
END_TEST

/* ---- time ---- */

enum { SOON = 5000, LATE = 90000 }; /* ms */

static const struct {
    connection_phase phase;
    int wake, deadline, is_busy, is_waiting; /* the first two: ms from now; 0: never */
    int timer;                               /* likewise */
} times[] = {
    { PHASE_RUNNING, SOON, 0, 0, 1, SOON },    { PHASE_RUNNING, SOON, LATE, 0, 1, SOON },
    { PHASE_RUNNING, LATE, SOON, 0, 1, SOON }, { PHASE_RUNNING, 0, SOON, 0, 1, SOON },
    { PHASE_RUNNING, 0, 0, 0, 1, 0 },          { PHASE_RUNNING, SOON, 0, 1, 1, 0 },
    { PHASE_RUNNING, SOON, LATE, 1, 1, LATE }, { PHASE_RUNNING, SOON, LATE, 0, 0, LATE },
    { PHASE_RUNNING, SOON, LATE, 1, 0, LATE }, { PHASE_HANDSHAKE, SOON, LATE, 0, 1, LATE },
    { PHASE_LINGER, SOON, LATE, 0, 1, LATE },
};

START_TEST(timer_is_set_to_what_comes_first)
{
    int64_t now = server_clock();
    connection *c;
    int64_t expected;
    uint64_t due;

    serving_start(NULL);
    if (times[_i].is_waiting)
        c = visitor_in_command()->there;
    else
        c = deaf()->there;
    c->phase = times[_i].phase;
    c->task.wake = times[_i].wake == 0 ? 0 : now + times[_i].wake;
    c->deadline = times[_i].deadline == 0 ? DEADLINE_NEVER : now + times[_i].deadline;
    c->busy = (unsigned char)times[_i].is_busy;
    expected = times[_i].timer == 0 ? DEADLINE_NEVER : now + times[_i].timer;
    connection_continue(c);
    c->busy = 0; /* or the server does not end */
    c->task.wake = 0;
    due = uv_timer_get_due_in(&c->timer);
    ck_assert_int_eq(c->timer_at, expected);
    ck_assert_int_eq(uv_is_active((uv_handle_t *)&c->timer), expected != DEADLINE_NEVER);
    if (expected != DEADLINE_NEVER)
        ck_assert_uint_le(due, (uint64_t)times[_i].timer);
    ck_assert_uint_eq(uv_timer_get_repeat(&c->timer), 0);
    end_notes();
}
END_TEST

/* A timer may go off a bit too early, and is set again then. */
START_TEST(timer_is_set_again_when_it_went_off)
{
    connection *c;
    int64_t deadline;

    serving_start(NULL);
    c = visitor_come_bare()->there;
    deadline = c->deadline;
    uv_timer_stop(&c->timer);
    c->timer.timer_cb(&c->timer);
    ck_assert_int_eq(c->timer_at, deadline);
    ck_assert_int_eq(c->deadline, deadline);
    ck_assert_int_ne(uv_is_active((uv_handle_t *)&c->timer), 0);
}
END_TEST

/* Whatever comes to an end by time says so, of each phase in its way. */
static const struct {
    connection_phase phase;
    const char *said;
} late[] = {
    { PHASE_HANDSHAKE, "notice: peer: user 'alice': no command within 77 s\n" },
    { PHASE_RUNNING, "notice: peer: user 'alice': took no output for 88 s\n" },
    { PHASE_LINGER, "debug: peer: user 'alice': did not close within 2000 ms\n" },
};

START_TEST(who_is_late_is_closed)
{
    static const char *const words[] = { "--handshake-timeout", "77", "--write-timeout", "88", NULL };
    const char *before;
    connection *c;

    serving_start(words);
    c = visitor_in_command()->there;
    before = serving_said();
    c->phase = late[_i].phase;
    c->deadline = server_clock() + LATE;
    connection_continue(c);
    ck_assert_str_eq(serving_said(), before); /* not yet */
    serving_expire(c);
    ck_assert_str_eq(serving_said(),
                     scratch_format("%s%sinfo: peer: user 'alice': closed\n", before, late[_i].said));
    ck_assert_int_eq(c->phase, PHASE_OVER);
    connection_continue(c); /* without effect by now */
    connection_end(c);
    ck_assert_int_eq(own_errors_count(": closed\n"), 1);
    serving_until_empty();
    ck_assert_int_eq(serving.session_failed, 1);
}
END_TEST

/* ---- what comes at once ---- */

/* Who breaks off is not late, too. */
START_TEST(one_end_is_enough)
{
    visitor *v;

    serving_start(NULL);
    v = visitor_come_bare();
    serving_turns(3);
    v->there->deadline = server_clock() - 1;
    close_hard(v->fd);
    v->fd = -1;
    serving_until_empty();
    ck_assert_str_eq(serving_said(),
                     "info: peer: connected\n"
                     "notice: peer: read: Connection reset by peer\n"
                     "info: peer: closed\n");
}
END_TEST

/* What came before a reset is taken, and the reset behind it is seen. */
START_TEST(bytes_before_a_reset)
{
    visitor *v;

    serving_start(NULL);
    v = visitor_come_bare();
    serving_turns(3);
    send_text(v->fd, "auth");
    close_hard(v->fd);
    v->fd = -1;
    serving_until_empty();
    ck_assert_str_eq(serving_said(),
                     "info: peer: connected\n"
                     "notice: peer: auth request does not begin with 'auth rsa '\n"
                     "debug: peer: read: Connection reset by peer\n"
                     "info: peer: closed\n");
}
END_TEST

/* Before the greeting is out nothing is read: the end of a request is the end of what was there to be read behind it. */
START_TEST(request_before_the_greeting)
{
    visitor *v;

    serving_start(NULL);
    v = visitor_come_bare();
    send_text(v->fd, "auth rsa mallory sideband,aes_ctr128,sha256");
    for (int i = 0; i < 50 && v->there->user == NULL; i++)
        serving_turn();
    ck_assert_ptr_nonnull(v->there->user);
    ck_assert_str_eq(v->there->user, "mallory");
}
END_TEST

/* ---- success ---- */

static const struct {
    int exits, is_sent, fails, forgets; /* the last: as if it had not been this reply's exit */
    int succeeded;
} ends[] = {
    { 1, 1, 0, 0, 1 }, { 1, 0, 0, 0, 0 }, { 1, 1, 1, 0, 0 }, { 1, 0, 1, 0, 0 },
    { 1, 1, 0, 1, 0 }, { 0, 0, 0, 0, 0 }, { 0, 0, 1, 0, 0 },
};

START_TEST(successful_if_the_exit_got_out)
{
    connection *c;
    visitor *v;
    size_t len;

    serving_start(NULL);
    v = visitor_in_command();
    c = v->there;
    if (ends[_i].exits) {
        reply_finish(&c->reply, 1); /* a command that fails is a session that does not */
        connection_lend_tx(c);
        ck_assert_int_eq(reply_send(&c->reply, &c->session), 1);
    }
    if (ends[_i].is_sent) {
        ck_assert_ptr_nonnull(sw_session_tx_bytes(&c->session, &len));
        sw_session_tx_drain(&c->session, len);
    }
    if (ends[_i].fails)
        ck_assert_int_lt(sw_session_send(&c->session, SW_BAND_BLOB_DATA, "", 0, &len), 0);
    if (ends[_i].forgets)
        c->reply.exited = 0;
    connection_linger(c);
    ck_assert_int_eq(c->succeeded, ends[_i].succeeded);
    ck_assert_int_eq(c->released, 1);
    ck_assert_int_eq(c->phase, PHASE_LINGER);
    serving_expect_in(c->deadline, LINGER_MS);
    ck_assert_ptr_null(c->rx);
    ck_assert_ptr_null(c->tx);
    ck_assert_int_eq(read(v->fd, &(char){ 0 }, 1), 0);
    visitor_go(v);
    serving_until_empty();
    ck_assert_int_eq(serving.session_failed, !ends[_i].succeeded);
}
END_TEST

/* Who has closed already is not waited for. */
START_TEST(nobody_lingers_for_who_is_gone)
{
    visitor *v;

    serving_start(NULL);
    v = visitor_come_bare();
    shutdown(v->fd, SHUT_WR);
    v->there->at_end = 1;
    connection_linger(v->there);
    ck_assert_int_eq(v->there->phase, PHASE_OVER);
    v->there->phase = PHASE_LINGER; /* as before, for the turns */
    serving_until_empty();
}
END_TEST

/* ---- jobs ---- */

/* While a job is with the database its connection stays, whatever happens to it. */
START_TEST(ended_while_a_job_is_under_way)
{
    connection *c;

    serving_start(NULL);
    c = visitor_in_command()->there;
    c->busy = 1;
    connection_end(c);
    serving_turns(20);
    ck_assert_uint_eq(serving.open, 1);
    ck_assert_uint_eq(serving.active, 0);
    ck_assert_uint_eq(serving.admission.members, 1);
    ck_assert_int_eq(c->open_handles, 0);
    reply_fail(&c->reply, "what nobody hears");
    connection_job_done(c);
    ck_assert_uint_eq(serving.open, 0);
    ck_assert_uint_eq(serving.admission.members, 0);
}
END_TEST

START_TEST(job_that_is_done_before_its_handles_are_closed)
{
    connection *c;

    serving_start(NULL);
    c = visitor_in_command()->there;
    c->busy = 1;
    connection_end(c);
    connection_job_done(c);
    ck_assert_int_eq(c->busy, 0);
    ck_assert_uint_eq(serving.open, 1);
    serving_until_empty();
}
END_TEST

START_TEST(what_a_job_answers_goes_out_at_once)
{
    visitor *v;

    serving_start(NULL);
    v = visitor_in_command();
    v->there->busy = 1;
    reply_fail(&v->there->reply, "done");
    connection_job_done(v->there);
    ck_assert_int_eq(v->there->busy, 0);
    ck_assert_int_eq(v->there->phase, PHASE_LINGER);
    visitor_await(v, SW_EVENT_EXIT);
    ck_assert_str_eq(v->errors, "done\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("connection states");
    TCase *tcase = suite_case(suite, "connection states");

    tcase_add_unchecked_fixture(tcase, make_user_keys, NULL);
    tcase_add_checked_fixture(tcase, serving_enter, serving_leave);
    tcase_add_checked_fixture(tcase, NULL, end_notes);
    tcase_add_test(tcase, waits_for_no_more_than_it_has_to);
    tcase_add_test(tcase, waits_for_nothing_while_nothing_can_be_done);
    tcase_add_loop_test(tcase, timer_is_set_to_what_comes_first, 0, COUNT(times));
    tcase_add_test(tcase, timer_is_set_again_when_it_went_off);
    tcase_add_test(tcase, one_end_is_enough);
    tcase_add_test(tcase, bytes_before_a_reset);
    tcase_add_test(tcase, request_before_the_greeting);
    tcase_add_loop_test(tcase, who_is_late_is_closed, 0, COUNT(late));
    tcase_add_loop_test(tcase, successful_if_the_exit_got_out, 0, COUNT(ends));
    tcase_add_test(tcase, nobody_lingers_for_who_is_gone);
    tcase_add_test(tcase, ended_while_a_job_is_under_way);
    tcase_add_test(tcase, job_that_is_done_before_its_handles_are_closed);
    tcase_add_test(tcase, what_a_job_answers_goes_out_at_once);
    return serving_main(suite);
}
