/* SPDX-License-Identifier: ISC */
/* Reading and writing, one call at a time: what is asked of the system once, and what the connection is at behind it. */
#include "serving_scenes.h"

#include "connection_internal.h"
#include "deadline.h"
#include "own_errors.h"
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "user_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void await_bytes(const connection *c)
{
    struct pollfd p = { .fd = c->in, .events = POLLIN };

    ck_assert_int_eq(poll(&p, 1, 30000), 1);
}

/* What the log has said of it since. */
static const char *said_since(const char *before)
{
    const char *all = serving_said();

    ck_assert_int_eq(strncmp(all, before, strlen(before)), 0);
    return all + strlen(before);
}

/* ---- reading ---- */

/* The end is none of the errors that were there before. */
START_TEST(end_of_a_peer)
{
    const char *before;
    visitor *v;

    serving_start(NULL);
    v = visitor_in_command();
    before = serving_said();
    shutdown(v->fd, SHUT_WR);
    await_bytes(v->there);
    errno = EIO;
    connection_read(v->there);
    ck_assert_int_eq(v->there->at_end, 1);
    ck_assert_int_eq(v->there->phase, PHASE_RUNNING);
    ck_assert_int_eq(v->there->peer_left, 0); /* that is told with the events */
    connection_read(v->there);                /* there is no room for what cannot come */
    ck_assert_int_eq(v->there->phase, PHASE_RUNNING);
    connection_process(v->there);
    ck_assert_int_eq(v->there->peer_left, 1);
    v->there->phase = PHASE_LINGER;
    errno = EIO;
    connection_read(v->there);
    ck_assert_int_eq(v->there->phase, PHASE_OVER);
    ck_assert_str_eq(said_since(before), "");
    v->there->phase = PHASE_RUNNING;
    connection_end(v->there);
    serving_until_empty();
}
END_TEST

/* Nothing is there, which is no error. */
START_TEST(nothing_to_read)
{
    const char *before;
    connection *c;

    serving_start(NULL);
    c = visitor_in_command()->there;
    before = serving_said();
    connection_read(c);
    ck_assert_int_eq(c->phase, PHASE_RUNNING);
    ck_assert_int_eq(c->at_end, 0);
    c->phase = PHASE_LINGER;
    connection_read(c);
    ck_assert_int_eq(c->phase, PHASE_LINGER);
    ck_assert_int_eq(c->at_end, 0);
    ck_assert_uint_eq(c->discarded, 0);
    ck_assert_str_eq(said_since(before), "");
}
END_TEST

static const struct {
    connection_phase phase;
    const char *said;
} broken[] = {
    { PHASE_HANDSHAKE, "notice: peer: user 'alice': read: Bad file descriptor\n" },
    { PHASE_RUNNING, "notice: peer: user 'alice': read: Bad file descriptor\n" },
    { PHASE_LINGER, "debug: peer: user 'alice': read: Bad file descriptor\n" },
};

START_TEST(reading_fails)
{
    const char *before;
    connection *c;
    int in;

    serving_start(NULL);
    c = visitor_in_command()->there;
    before = serving_said();
    in = c->in;
    c->in = -1;
    c->phase = broken[_i].phase;
    connection_read(c);
    c->in = in;
    ck_assert_int_eq(c->phase, PHASE_OVER);
    ck_assert_int_eq(c->at_end, 0);
    ck_assert_str_eq(said_since(before), broken[_i].said);
    c->phase = PHASE_RUNNING;
    connection_end(c);
    serving_until_empty();
}
END_TEST

START_TEST(no_buffer_to_read_to)
{
    static memory_budget none;
    const char *before;
    connection *c;

    serving_start(NULL);
    c = visitor_in_command()->there;
    before = serving_said();
    ck_assert_ptr_null(c->rx);
    serving.rx_buffers.budget = &none;
    connection_read(c);
    serving.rx_buffers.budget = NULL;
    ck_assert_int_eq(c->phase, PHASE_OVER);
    ck_assert_ptr_null(c->rx);
    ck_assert_str_eq(said_since(before), "notice: peer: user 'alice': read: Cannot allocate memory\n");
    c->phase = PHASE_RUNNING;
    connection_end(c);
    serving_until_empty();
}
END_TEST

/* ---- buffers ---- */

/* A buffer is there while something is in it. */
START_TEST(buffers_are_lent_as_long_as_they_are_needed)
{
    static const char much[CONNECTION_TX_SMALL];
    visitor *v;
    connection *c;
    size_t len, kept;
    const uint8_t *lent;

    serving_start(NULL);
    v = visitor_in_command();
    c = v->there;
    ck_assert_ptr_null(c->rx);
    ck_assert_ptr_null(c->tx);
    ck_assert_uint_eq(c->tx_cap, 0);
    ck_assert_uint_eq(serving.rx_buffers.kept, 1);
    ck_assert_uint_eq(serving.tx_pools[TX_SMALL].kept, 1);
    connection_take_buffers(c);
    ck_assert_uint_eq(serving.rx_buffers.kept, 1);
    ck_assert_uint_eq(serving.tx_pools[TX_SMALL].kept, 1);

    send_all(v->fd, "a", 1); /* less than any packet has */
    await_bytes(c);
    connection_read(c);
    ck_assert_ptr_nonnull(c->rx);
    ck_assert_uint_eq(serving.rx_buffers.kept, 0);
    connection_take_buffers(c);
    ck_assert_ptr_nonnull(c->rx);
    ck_assert_uint_eq(serving.rx_buffers.kept, 0);

    reply_begin(&c->reply, SW_BAND_OUTPUT);
    reply_add(&c->reply, "text", 4);
    connection_lend_tx(c);
    ck_assert_uint_eq(c->tx_cap, CONNECTION_TX_SMALL);
    ck_assert_ptr_eq(c->tx_pool, &serving.tx_pools[TX_SMALL]);
    ck_assert_uint_eq(serving.tx_pools[TX_SMALL].kept, 0);
    ck_assert_int_eq(reply_send(&c->reply, &c->session), 1);
    connection_take_buffers(c);
    ck_assert_ptr_nonnull(c->tx);
    reply_lend(&c->reply, SW_BAND_OUTPUT, much, sizeof(much)); /* which would have a larger one */
    lent = c->tx;
    connection_lend_tx(c);
    ck_assert_ptr_eq(c->tx, lent);
    ck_assert_uint_eq(c->tx_cap, CONNECTION_TX_SMALL);
    ck_assert_uint_eq(serving.memory.used, 0);
    reply_free(&c->reply);
    sw_session_tx_bytes(&c->session, &len);
    sw_session_tx_drain(&c->session, len);
    connection_take_buffers(c);
    ck_assert_ptr_null(c->tx);
    ck_assert_uint_eq(serving.tx_pools[TX_SMALL].kept, 1);

    connection_drop_buffers(c);
    ck_assert_ptr_null(c->rx);
    ck_assert_uint_eq(serving.rx_buffers.kept, 1);
    kept = serving.tx_pools[TX_SMALL].kept;
    connection_drop_buffers(c);
    ck_assert_uint_eq(serving.rx_buffers.kept, 1);
    ck_assert_uint_eq(serving.tx_pools[TX_SMALL].kept, kept);
    connection_end(c);
    serving_until_empty();
}
END_TEST

START_TEST(no_buffer_for_a_reply)
{
    static memory_budget none;
    const char *before;
    connection *c;
    visitor *v;

    serving_start(NULL);
    v = visitor_in_command();
    c = v->there;
    before = serving_said();
    for (int i = 0; i < TX_SIZES; i++)
        serving.tx_pools[i].budget = &none;
    reply_begin(&c->reply, SW_BAND_OUTPUT);
    reply_add(&c->reply, scratch_allocate(CONNECTION_TX_LARGE), CONNECTION_TX_LARGE);
    connection_continue(c);
    ck_assert_str_eq(said_since(before), "error: peer: user 'alice': no memory for the reply\n");
    ck_assert_int_eq(c->phase, PHASE_LINGER);
    ck_assert_int_eq(c->succeeded, 0);
    ck_assert_uint_eq(none.used, 0);
    visitor_go(v);
    serving_until_empty();
    serving.tx_pools[TX_SMALL].budget = NULL;
}
END_TEST

/* ---- writing ---- */

enum { MUCH = 3 * PIPE_BUF };

/* A running connection that writes to a pipe, from which the test reads, and has so many bytes to write. */
static connection *to_pipe(int ends[2], int *own)
{
    static const char text[MUCH];
    connection *c = visitor_in_command()->there;

    ck_assert_int_eq(pipe(ends), 0);
    *own = c->out;
    c->out = ends[1];
    c->out_is_socket = 0;
    reply_begin(&c->reply, SW_BAND_OUTPUT);
    reply_add(&c->reply, text, sizeof(text));
    connection_lend_tx(c);
    ck_assert_int_eq(reply_send(&c->reply, &c->session), 1);
    return c;
}

static size_t pending(connection *c)
{
    size_t len;

    sw_session_tx_bytes(&c->session, &len);
    return len;
}

static void leave_pipe(connection *c, const int ends[2], int own)
{
    c->out = own;
    c->out_is_socket = 1;
    close(ends[0]);
    close(ends[1]);
    if (c->phase == PHASE_OVER)
        c->phase = PHASE_RUNNING;
    connection_end(c);
    serving_until_empty();
}

/* Each write that takes something renews the time for the next one, once a command runs. */
START_TEST(writing_to_a_pipe)
{
    static char taken[MUCH];
    int ends[2], own;
    connection *c;
    size_t all;

    serving_start(NULL);
    c = to_pipe(ends, &own);
    all = pending(c);
    ck_assert_uint_gt(all, MUCH);
    ck_assert_uint_lt(all, MUCH + PIPE_BUF);
    c->deadline = 7;
    ck_assert_int_eq(connection_write(c), 0);
    ck_assert_uint_eq(pending(c), all - PIPE_BUF);
    ck_assert_int_eq(c->deadline, DEADLINE_NEVER);
    ck_assert_int_eq(read(ends[0], taken, sizeof(taken)), PIPE_BUF);
    c->phase = PHASE_HANDSHAKE;
    c->deadline = 7;
    ck_assert_int_eq(connection_write(c), 0);
    ck_assert_int_eq(connection_write(c), 0);
    sw_session_tx_drain(&c->session, pending(c) - 1);
    ck_assert_int_eq(connection_write(c), 1);
    ck_assert_int_eq(c->deadline, 7);
    ck_assert_uint_eq(pending(c), 0);
    ck_assert_int_eq(read(ends[0], taken, sizeof(taken)), 2 * PIPE_BUF + 1);
    ck_assert_int_eq(connection_write(c), 0); /* nothing is there */
    ck_assert_int_eq(c->phase, PHASE_HANDSHAKE);
    leave_pipe(c, ends, own);
}
END_TEST

START_TEST(nobody_reads_for_now)
{
    static const char much[PIPE_BUF];
    int ends[2], own;
    const char *before;
    connection *c;
    size_t all;

    serving_start(NULL);
    c = to_pipe(ends, &own);
    before = serving_said();
    all = pending(c);
    fcntl(ends[1], F_SETFL, O_WRONLY | O_NONBLOCK);
    while (write(ends[1], much, sizeof(much)) > 0)
        ;
    c->deadline = 7;
    ck_assert_int_eq(connection_write(c), 0);
    ck_assert_int_eq(c->phase, PHASE_RUNNING);
    ck_assert_int_eq(c->deadline, 7);
    ck_assert_uint_eq(pending(c), all);
    ck_assert_str_eq(said_since(before), "");
    leave_pipe(c, ends, own);
}
END_TEST

START_TEST(nobody_reads_any_more)
{
    int ends[2], own;
    const char *before;
    connection *c;

    serving_start(NULL);
    c = to_pipe(ends, &own);
    before = serving_said();
    close(ends[0]);
    ends[0] = -1;
    ck_assert_int_eq(connection_write(c), 0);
    ck_assert_int_eq(c->phase, PHASE_OVER);
    ck_assert_str_eq(said_since(before), "notice: peer: user 'alice': write: Broken pipe\n");
    leave_pipe(c, ends, own);
}
END_TEST

/* ---- uploads ---- */

static void take_nothing(connection *c, const uint8_t *data, size_t len)
{
    (void)c, (void)data, (void)len;
}

static const struct {
    int is_wanted, is_busy, has_output, is_said; /* by the command that gets it */
    int is_uploading;
} turns[] = {
    { 1, 0, 0, 0, 1 }, { 0, 0, 0, 0, 0 }, { 1, 1, 0, 0, 0 }, { 1, 0, 1, 0, 0 }, { 1, 0, 0, 1, 0 },
};

/* Only then is it the peer's turn, and what it sends counts. */
START_TEST(whose_turn_it_is)
{
    connection *c;
    visitor *v;

    serving_start(NULL);
    v = visitor_in_command();
    c = v->there;
    if (turns[_i].has_output) {
        reply_begin(&c->reply, SW_BAND_OUTPUT);
        connection_lend_tx(c);
        ck_assert_int_eq(reply_send(&c->reply, &c->session), 1);
    }
    if (turns[_i].is_said)
        reply_begin(&c->reply, SW_BAND_OUTPUT);
    c->busy = (unsigned char)turns[_i].is_busy;
    c->task.receive = turns[_i].is_wanted ? take_nothing : NULL;
    ck_assert_int_eq(connection_is_uploading(c), turns[_i].is_uploading);
    c->uploaded = 100;
    c->deadline = 7;
    send_all(v->fd, "abc", 3);
    await_bytes(c);
    connection_read(c);
    ck_assert_uint_eq(c->uploaded, turns[_i].is_uploading ? 103 : 100);
    ck_assert_int_eq(c->deadline, turns[_i].is_uploading ? DEADLINE_NEVER : 7);
    c->busy = 0;
    connection_end(c);
    serving_until_empty();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("connection io");
    TCase *tcase = suite_case(suite, "connection io");

    tcase_add_unchecked_fixture(tcase, make_user_keys, NULL);
    tcase_add_checked_fixture(tcase, serving_enter, serving_leave);
    tcase_add_test(tcase, end_of_a_peer);
    tcase_add_test(tcase, nothing_to_read);
    tcase_add_loop_test(tcase, reading_fails, 0, COUNT(broken));
    tcase_add_test(tcase, no_buffer_to_read_to);
    tcase_add_test(tcase, buffers_are_lent_as_long_as_they_are_needed);
    tcase_add_test(tcase, no_buffer_for_a_reply);
    tcase_add_test(tcase, writing_to_a_pipe);
    tcase_add_test(tcase, nobody_reads_for_now);
    tcase_add_test(tcase, nobody_reads_any_more);
    tcase_add_loop_test(tcase, whose_turn_it_is, 0, COUNT(turns));
    return serving_main(suite);
}
