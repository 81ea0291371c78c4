/* SPDX-License-Identifier: ISC */
/* The life of a connection, looked at between two turns of the server: what it waits for and until when, what it leaves
 * behind, and what the log says. Clocks are not waited for: a deadline is compared, and then set to the past. */
#include "serving.h"

#include "connection_internal.h"
#include "deadline.h"
#include "own_errors.h"
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "user_keys.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SLACK_MS = 2000, /* between two looks at the clock, on a slow machine */
    PIECE = 1000     /* bytes of an upload */
};

static const char *const version[] = { "version", NULL };
static const char *const add[] = { "addimg", "a", NULL };
static const char *const cat[] = { "catimg", "a", NULL };
static const char *const watch[] = { "stat", NULL };

static visitor *alice(void)
{
    return visitor_come("alice", "alice");
}

static void turns(int count)
{
    while (count-- > 0)
        serving_turn();
}

/* Is it so long from now? */
static void expect_in(int64_t deadline, int64_t ms)
{
    int64_t left = deadline - server_clock();

    ck_assert_msg(left <= ms && left > ms - SLACK_MS, "%ld ms instead of %ld", (long)left, (long)ms);
}

/* Its time is over now. */
static void expire(connection *c)
{
    c->deadline = server_clock() - 1;
    connection_continue(c);
}

/* ---- a whole one ---- */

START_TEST(what_a_session_had_is_gone_once_the_exit_is_out)
{
    static const sw_session wiped;
    visitor *v;

    serving_start(NULL);
    v = alice();
    ck_assert_int_eq(visitor_run(v, version), 0);
    ck_assert_uint_gt(v->output_len, 0);
    ck_assert_int_eq(v->there->phase, PHASE_LINGER);
    ck_assert(v->there->released && v->there->succeeded);
    ck_assert_ptr_null(v->there->rx);
    ck_assert_ptr_null(v->there->tx);
    ck_assert_int_eq(memcmp(&v->there->session, &wiped, sizeof(wiped)), 0);
    ck_assert_uint_eq(serving.members.oldest == v->there, 1);
    ck_assert_uint_eq(serving.active, 1);
    visitor_go(v);
    serving_until_empty();
    own_errors_expect(": closed");
    ck_assert_uint_eq(serving.active, 0);
    ck_assert_ptr_null(serving.members.oldest);
    ck_assert_ptr_null(serving.members.newest);
    ck_assert_uint_eq(serving.admission.members, 0);
    ck_assert_uint_eq(serving.admission.strangers, 0);
    ck_assert_int_eq(serving.session_failed, 0);
    ck_assert_int_eq(serving.stop, 0); /* others may come */
}
END_TEST

START_TEST(secrets_are_wiped_once_they_are_logged)
{
    static const sw_secrets wiped;
    visitor *v;

    setenv("SIDEWIREKEYLOGFILE", "keylog", 1);
    serving_start(NULL);
    unsetenv("SIDEWIREKEYLOGFILE");
    v = alice();
    visitor_log_in(v);
    ck_assert_ptr_nonnull(v->there->keys);
    ck_assert_int_eq(memcmp(v->there->keys, &wiped, sizeof(wiped)), 0);
    ck_assert_uint_gt(strlen(scratch_read("keylog", NULL)), 64);
    visitor_command(v, version);
    visitor_await(v, SW_EVENT_EXIT);
    ck_assert_ptr_null(v->there->keys);
}
END_TEST

/* All but the connection of a list have one that is older. */
static void expect_list(const connection_list *list, visitor *const *order, size_t count)
{
    const connection *c = list->oldest;
    const connection *before = NULL;

    for (size_t i = 0; i < count; i++) {
        ck_assert_ptr_eq(c, order[i]->there);
        ck_assert_ptr_eq(c->older, before);
        before = c;
        c = c->newer;
    }
    ck_assert_ptr_null(c);
    ck_assert_ptr_eq(list->newest, before);
}

START_TEST(lists_keep_their_order_whoever_leaves)
{
    visitor *v[4];

    serving_start(NULL);
    for (int i = 0; i < 4; i++)
        v[i] = visitor_come_bare();
    expect_list(&serving.strangers, v, 4);
    visitor_go(v[1]);
    while (serving.open > 3)
        serving_turn();
    v[1] = v[2];
    v[2] = v[3];
    expect_list(&serving.strangers, v, 3);
    visitor_go(v[2]);
    while (serving.open > 2)
        serving_turn();
    expect_list(&serving.strangers, v, 2);
    visitor_go(v[0]);
    while (serving.open > 1)
        serving_turn();
    expect_list(&serving.strangers, v + 1, 1);
    ck_assert_uint_eq(serving.active, 1);
    ck_assert_uint_eq(serving.total, 4);
    ck_assert_uint_eq(serving.admission.strangers, 1);
}
END_TEST

/* ---- strangers ---- */

START_TEST(time_for_the_handshake_is_from_its_start)
{
    static const char *const words[] = { "--handshake-timeout", "30", NULL };
    visitor *bare, *v;
    int64_t deadline;

    serving_start(words);
    bare = visitor_come_bare();
    deadline = bare->there->deadline;
    expect_in(deadline, 30000);
    poll(NULL, 0, 5);
    turns(20);
    ck_assert_int_eq(bare->there->deadline, deadline);
    ck_assert_int_eq(bare->there->timer_at, deadline);
    expire(bare->there);
    own_errors_expect("no command within 30 s");
    serving_until_empty();

    v = alice();
    deadline = v->there->deadline;
    poll(NULL, 0, 5);
    visitor_log_in(v);
    turns(20);
    ck_assert_int_eq(v->there->phase, PHASE_HANDSHAKE);
    ck_assert_int_eq(v->there->deadline, deadline);
    ck_assert_int_eq(serving.session_failed, 1);
}
END_TEST

/* Through the timer, and not by anything else that happens. */
START_TEST(time_is_over_by_itself)
{
    static const char *const words[] = { "--handshake-timeout", "1", NULL };

    serving_start(words);
    visitor_come_bare();
    serving_until_log("no command within 1 s");
    serving_until_empty();
}
END_TEST

typedef struct refused_login {
    const char *request, *log;
} refused_login;

static const refused_login refused_logins[] = {
    { "auth rsa mallory sideband,aes_ctr128,sha256", "user 'mallory': authentication failed: unknown user" },
    { "auth rsa alice sideband,aes_ctr128,sha256", "user 'alice': authentication failed: wrong key" },
};

START_TEST(log_knows_why_nobody_was_let_in)
{
    static const uint8_t response[SW_HEADER_SIZE + SW_SHA256_SIZE] = { SW_SHA256_SIZE, 0, 0, 0,
                                                                       SW_BAND_CHALLENGE_RESPONSE };
    const refused_login *r = &refused_logins[_i];
    visitor *v;

    serving_start(NULL);
    v = visitor_come_bare();
    send_text(v->fd, r->request);
    while (v->there->user == NULL || connection_has_output(v->there))
        serving_turn();
    send_all(v->fd, response, sizeof(response));
    serving_until_log("authentication failed");
    own_errors_expect(r->log);
    ck_assert_uint_eq(serving.authenticated, 0);
    ck_assert_uint_eq(serving.admission.members, 0);
    visitor_go(v);
    serving_until_empty();
    ck_assert_int_eq(serving.session_failed, 1);
}
END_TEST

START_TEST(peers_that_break_off_are_forgotten)
{
    visitor *v;

    serving_start(NULL);
    v = visitor_come_bare();
    visitor_go(v);
    serving_until_empty();
    v = visitor_come_bare();
    serving_turn();
    close_hard(v->fd);
    v->fd = -1;
    serving_until_empty();
    own_errors_expect("read: Connection reset by peer");
    v = visitor_come_bare();
    send_text(v->fd, "GET / HTTP/1.1\r\n\r\n");
    serving_until_log("auth request does not begin with");
    visitor_go(v);
    serving_until_empty();
}
END_TEST

/* ---- places ---- */

START_TEST(one_too_many_of_a_user_is_told)
{
    static const char *const words[] = { "--max-per-user", "1", NULL };
    visitor *first, *second;

    serving_start(words);
    first = alice();
    visitor_log_in(first);
    ck_assert_int_eq(first->there->standing, MEMBER);
    second = alice();
    visitor_log_in(second);
    ck_assert_int_eq(second->there->standing, STRANGER);
    visitor_command(second, version);
    visitor_await(second, SW_EVENT_EXIT);
    ck_assert_int_eq(second->status, 1);
    ck_assert_ptr_nonnull(strstr(second->errors, "too many connections of this user"));
    own_errors_expect("refused: 1 connections of this user are there");
    ck_assert_uint_eq(serving.commands, 0);
    visitor_go(second);
    visitor_go(first);
    serving_until_empty();
    ck_assert_int_eq(visitor_run(alice(), version), 0);
}
END_TEST

START_TEST(oldest_stranger_goes_for_a_newer_one)
{
    static const char *const words[] = { "--max-connections", "4", "--max-per-source", "100000", NULL };
    visitor *v[4];

    serving_start(words);
    for (int i = 0; i < 3; i++)
        v[i] = visitor_come_bare();
    ck_assert_int_eq(own_errors_count("closed for a newer one"), 0);
    v[3] = visitor_come_bare();
    own_errors_expect("closed for a newer one");
    expect_list(&serving.strangers, v + 1, 3);
}
END_TEST

static int count_refused(void)
{
    return own_errors_count("refused: too many unauthenticated connections from there");
}

START_TEST(who_is_refused_is_told_and_closed_later)
{
    static const char *const words[] = { "--max-per-source", "1", NULL };
    visitor *v[REFUSALS_MAX + 1];
    char text[128];

    serving_start(words);
    visitor_come_bare();
    for (int i = 0; i <= REFUSALS_MAX; i++) {
        v[i] = visitor_come_bare();
        while (count_refused() <= i)
            serving_turn();
        ck_assert_uint_eq(serving.refusals.count, i < REFUSALS_MAX ? (size_t)i + 1 : REFUSALS_MAX);
    }
    for (int i = 0; i <= REFUSALS_MAX; i++) {
        const char *greeting = "server is full: too many connections, try again later\n";
        ssize_t len = read(v[i]->fd, text, sizeof(text));

        ck_assert_int_eq(len, (ssize_t)strlen(greeting));
        ck_assert_int_eq(memcmp(text, greeting, (size_t)len), 0);
        send_text(v[i]->fd, "?");
    }
    ck_assert_uint_eq(serving.total, 1);
    ck_assert_uint_le(uv_timer_get_due_in(&serving.refusals.timer), REFUSAL_MS);
    ck_assert(uv_is_active((uv_handle_t *)&serving.refusals.timer));
    while (serving.refusals.count > 0) {
        poll(NULL, 0, 10);
        serving_turn();
    }
}
END_TEST

/* No place for another descriptor: whoever waits is taken later. */
START_TEST(accepting_pauses_while_descriptors_are_few)
{
    struct rlimit before, few;
    int client;

    serving_start(NULL);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    client = dial(serving_port());
    few = (struct rlimit){ (rlim_t)client + 1, before.rlim_max }; /* the lowest that is free is above it */
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    while (!uv_is_active((uv_handle_t *)&serving.accept_pause))
        serving_turn();
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    own_errors_expect("accept: Too many open files");
    ck_assert(uv_is_active((uv_handle_t *)&serving.accept_pause));
    ck_assert(!uv_is_active((uv_handle_t *)&serving.listeners[0]));
    while (serving.active == 0) {
        poll(NULL, 0, 10);
        serving_turn();
    }
    ck_assert(!uv_is_active((uv_handle_t *)&serving.accept_pause));
    close(client);
}
END_TEST

START_TEST(descriptors_that_cannot_be_waited_for)
{
    struct sockaddr_storage nowhere = { .ss_family = AF_UNSPEC };
    int file;

    serving_start(NULL);
    scratch_write_text("file", "no socket");
    file = open("file", O_RDWR | O_CLOEXEC);
    ck_assert_ptr_null(
        connection_new(&serving, file, file, "a file", admission_stranger_comes(&serving.admission, &nowhere), 0));
    own_errors_expect("a file: cannot be waited for: operation not permitted");
    serving_until_empty();
    ck_assert_int_lt(fcntl(file, F_GETFD), 0);
    ck_assert_uint_eq(serving.admission.strangers, 0);
}
END_TEST

/* ---- uploads ---- */

/* One that has been asked for. */
static visitor *uploading(const char *const *words)
{
    visitor *v;

    serving_start(words);
    v = alice();
    visitor_log_in(v);
    visitor_command(v, add);
    visitor_await(v, SW_EVENT_AWAITING_DATA);
    return v;
}

static const uint8_t piece[PIECE] = "data";

static void upload_piece(visitor *v)
{
    uint64_t before = v->there->uploaded;

    visitor_upload(v, piece, sizeof(piece));
    while (v->there->uploaded < before + sizeof(piece))
        serving_turn();
}

START_TEST(progress_renews_the_time_for_an_upload)
{
    static const char *const words[] = {
        "--upload-timeout", "100", "--upload-time", "1000", "--upload-rate", "0", NULL
    };
    visitor *v = uploading(words);
    int64_t deadline;

    for (int i = 0; i < 3; i++) {
        deadline = v->there->deadline;
        expect_in(deadline, 100000);
        poll(NULL, 0, 10);
        turns(5);
        ck_assert_int_eq(v->there->deadline, deadline);
        upload_piece(v);
        ck_assert_int_ge(v->there->deadline, deadline + 10);
        ck_assert_int_eq(v->there->timer_at, v->there->deadline);
    }
    expect_in(v->there->deadline, 100000);
    expire(v->there);
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
    visitor *v = uploading(words);
    int64_t began = v->there->upload_began;

    expect_in(began, 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(v->there->deadline, began + 50000);
        poll(NULL, 0, 5);
        upload_piece(v);
    }
    ck_assert_int_eq(v->there->upload_began, began);
    v->there->upload_began = server_clock() - 50000;
    expire(v->there);
    own_errors_expect("upload not done within 50 s");
}
END_TEST

START_TEST(an_upload_has_a_least_rate)
{
    static const char *const words[] = {
        "--upload-timeout", "1000", "--upload-time", "2000", "--upload-rate", "500", NULL
    };
    visitor *v = uploading(words);
    connection *c = v->there;

    ck_assert_int_eq(c->deadline, c->upload_began + UPLOAD_RATE_FROM_MS);
    for (int i = 0; i < 3; i++) {
        upload_piece(v);
        ck_assert_int_eq(c->deadline, c->upload_began + UPLOAD_RATE_FROM_MS + (int64_t)c->uploaded * 2);
    }
    ck_assert_int_eq(connection_rate_deadline(c), c->deadline);
    c->upload_began = server_clock() - UPLOAD_RATE_FROM_MS - (int64_t)c->uploaded * 2;
    expire(c);
    own_errors_expect("upload slower than 500 bytes a second");
}
END_TEST

/* What comes while it is with the database, or behind a refusal, is nobody's. */
START_TEST(upload_ends_or_is_refused)
{
    static const char *const words[] = { "--upload-limit", "2500", NULL };
    visitor *v = uploading(words);

    upload_piece(v);
    upload_piece(v);
    visitor_upload(v, "", 0);
    visitor_await(v, SW_EVENT_EXIT);
    ck_assert_int_eq(v->status, 0);
    ck_assert_uint_eq(serving.database_events, 1);
    visitor_go(v);
    serving_until_empty();

    v = alice();
    visitor_log_in(v);
    visitor_command(v, add);
    visitor_await(v, SW_EVENT_AWAITING_DATA);
    upload_piece(v);
    upload_piece(v);
    visitor_upload(v, piece, sizeof(piece));
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
    visitor *v = alice();

    visitor_log_in(v);
    visitor_command(v, add);
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
    v = alice();
    setsockopt(v->fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
    setsockopt(v->there->out, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
    visitor_log_in(v);
    visitor_command(v, cat);
    v->is_deaf = 1;
    settle(v->there);
    deadline = v->there->deadline;
    expect_in(deadline, 200000);
    poll(NULL, 0, 10);
    turns(5);
    ck_assert_int_eq(v->there->deadline, deadline);
    hear(v, LARGE / 2);
    settle(v->there);
    ck_assert_int_ge(v->there->deadline, deadline + 10);
    expire(v->there);
    own_errors_expect("took no output for 200 s");
    serving_until_empty();
    ck_assert_uint_eq(serving.memory.used, 0);
}
END_TEST

/* ---- behind the exit ---- */

START_TEST(so_much_is_passed_over_behind_the_exit)
{
    static uint8_t rest[32768];
    visitor *v;

    serving_start(NULL);
    v = alice();
    ck_assert_int_eq(visitor_run(v, version), 0);
    expect_in(v->there->deadline, LINGER_MS);
    v->error = SW_E_CLOSED; /* what comes is no session's */
    for (size_t sent = 0; sent < LINGER_BYTES; sent += sizeof(rest)) {
        send_all(v->fd, rest, sizeof(rest));
        while (v->there->discarded < sent + sizeof(rest))
            serving_turn();
    }
    ck_assert_uint_eq(v->there->discarded, LINGER_BYTES);
    ck_assert_int_eq(v->there->phase, PHASE_LINGER);
    send_all(v->fd, rest, 1);
    serving_until_empty();
    ck_assert_int_eq(own_errors_count("did not close"), 0);

    v = alice();
    ck_assert_int_eq(visitor_run(v, version), 0);
    serving_until_log("did not close within 2000 ms");
    serving_until_empty();
}
END_TEST

/* ---- descriptors of others ---- */

START_TEST(shared_descriptors_are_left_as_they_were)
{
    struct sockaddr_storage nowhere = { .ss_family = AF_UNSPEC };
    visitor *v;
    int ends[2], out, kept;

    serving_start(NULL);
    v = alice();
    visitor_go(v);
    serving_until_empty();
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    out = fcntl(ends[1], F_DUPFD_CLOEXEC, 3);
    kept = fcntl(ends[1], F_DUPFD_CLOEXEC, 3);
    v->fd = ends[0];
    fcntl(v->fd, F_SETFL, O_NONBLOCK);
    v->error = 0;
    ck_assert_int_eq(sw_session_client(&v->session, &v->config, v->rx, sizeof(v->rx), v->tx, sizeof(v->tx)),
                     SW_OK);
    v->there =
        connection_new(&serving, ends[1], out, "two", admission_stranger_comes(&serving.admission, &nowhere), 1);
    ck_assert_ptr_nonnull(v->there);
    ck_assert(fcntl(kept, F_GETFL) & O_NONBLOCK);
    ck_assert_int_eq(visitor_run(v, version), 0);
    visitor_go(v);
    serving_until_empty();
    ck_assert_int_eq(fcntl(kept, F_GETFL) & O_NONBLOCK, 0);
    ck_assert_int_lt(fcntl(ends[1], F_GETFD), 0);
    ck_assert_int_lt(fcntl(out, F_GETFD), 0);
    close(kept);
}
END_TEST

/* ---- watchers, and the end ---- */

static visitor *watching(void)
{
    visitor *v = alice();

    visitor_log_in(v);
    visitor_command(v, watch);
    while (v->output_len == 0 || connection_has_output(v->there))
        serving_turn();
    turns(5);
    return v;
}

START_TEST(watchers_are_told_what_happens)
{
    static const char *const play[] = { "play", NULL };
    visitor *v, *other;
    size_t before;

    serving_start(NULL);
    v = watching();
    ck_assert_int_eq(v->there->deadline, DEADLINE_NEVER);
    other = watching();
    before = v->output_len;
    ck_assert_int_eq(visitor_run(alice(), play), 0);
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
    visitor *upload = uploading(words);
    visitor *v = watching();
    visitor *member = alice();

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

    uploading(words);
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
    v = alice();
    ck_assert_int_eq(visitor_run(v, term), 0);
    ck_assert_int_eq(serving.stop, 0);
    visitor_go(v);
    serving_until_empty();
    ck_assert_int_eq(serving.stop, 1);
}
END_TEST

static Suite *connection_suite(void)
{
    Suite *suite = suite_create("connection");
    TCase *tcase = suite_case(suite, "connection");

    tcase_add_unchecked_fixture(tcase, make_user_keys, NULL);
    tcase_add_checked_fixture(tcase, serving_enter, serving_leave);
    tcase_add_test(tcase, what_a_session_had_is_gone_once_the_exit_is_out);
    tcase_add_test(tcase, secrets_are_wiped_once_they_are_logged);
    tcase_add_test(tcase, lists_keep_their_order_whoever_leaves);
    tcase_add_test(tcase, time_for_the_handshake_is_from_its_start);
    tcase_add_test(tcase, time_is_over_by_itself);
    tcase_add_loop_test(tcase, log_knows_why_nobody_was_let_in, 0, COUNT(refused_logins));
    tcase_add_test(tcase, peers_that_break_off_are_forgotten);
    tcase_add_test(tcase, one_too_many_of_a_user_is_told);
    tcase_add_test(tcase, oldest_stranger_goes_for_a_newer_one);
    tcase_add_test(tcase, who_is_refused_is_told_and_closed_later);
    tcase_add_test(tcase, accepting_pauses_while_descriptors_are_few);
    tcase_add_test(tcase, descriptors_that_cannot_be_waited_for);
    tcase_add_test(tcase, progress_renews_the_time_for_an_upload);
    tcase_add_test(tcase, an_upload_has_so_much_time_in_all);
    tcase_add_test(tcase, an_upload_has_a_least_rate);
    tcase_add_test(tcase, upload_ends_or_is_refused);
    tcase_add_test(tcase, progress_renews_the_time_for_output);
    tcase_add_test(tcase, so_much_is_passed_over_behind_the_exit);
    tcase_add_test(tcase, shared_descriptors_are_left_as_they_were);
    tcase_add_test(tcase, watchers_are_told_what_happens);
    tcase_add_test(tcase, end_lets_end_what_is_under_way);
    tcase_add_test(tcase, second_end_is_at_once);
    tcase_add_test(tcase, term_ends_it_when_it_is_answered);
    return suite;
}

int main(void)
{
    int failed;

    if (scratch_open() < 0)
        return EXIT_FAILURE;
    failed = run_suite(connection_suite());
    scratch_close();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
