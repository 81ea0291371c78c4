/* SPDX-License-Identifier: ISC */
/* The life of a connection, looked at between two turns of the server: strangers, what a session leaves behind, and what the
 * log says. */
#include "serving_scenes.h"

#include "connection_internal.h"
#include "own_errors.h"
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "user_keys.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- a whole one ---- */

START_TEST(what_a_session_had_is_gone_once_the_exit_is_out)
{
    static const sw_session wiped;
    visitor *v;

    serving_start(NULL);
    v = visitor_alice();
    ck_assert_int_eq(visitor_run(v, words_version), 0);
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
    v = visitor_alice();
    visitor_log_in(v);
    ck_assert_ptr_nonnull(v->there->keys);
    ck_assert_int_eq(memcmp(v->there->keys, &wiped, sizeof(wiped)), 0);
    ck_assert_uint_gt(strlen(scratch_read("keylog", NULL)), 64);
    visitor_command(v, words_version);
    visitor_await(v, SW_EVENT_EXIT);
    ck_assert_ptr_null(v->there->keys);
}
END_TEST

START_TEST(lists_keep_their_order_whoever_leaves)
{
    visitor *v[4];

    serving_start(NULL);
    for (int i = 0; i < 4; i++)
        v[i] = visitor_come_bare();
    serving_expect_list(&serving.strangers, v, 4);
    visitor_go(v[1]);
    while (serving.open > 3)
        serving_turn();
    v[1] = v[2];
    v[2] = v[3];
    serving_expect_list(&serving.strangers, v, 3);
    visitor_go(v[2]);
    while (serving.open > 2)
        serving_turn();
    serving_expect_list(&serving.strangers, v, 2);
    visitor_go(v[0]);
    while (serving.open > 1)
        serving_turn();
    serving_expect_list(&serving.strangers, v + 1, 1);
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
    serving_expect_in(deadline, 30000);
    poll(NULL, 0, 5);
    serving_turns(20);
    ck_assert_int_eq(bare->there->deadline, deadline);
    ck_assert_int_eq(bare->there->timer_at, deadline);
    serving_expire(bare->there);
    own_errors_expect("no command within 30 s");
    serving_until_empty();

    v = visitor_alice();
    deadline = v->there->deadline;
    poll(NULL, 0, 5);
    visitor_log_in(v);
    serving_turns(20);
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

/* ---- behind the exit ---- */

START_TEST(so_much_is_passed_over_behind_the_exit)
{
    static uint8_t rest[32768];
    visitor *v;

    serving_start(NULL);
    v = visitor_alice();
    ck_assert_int_eq(visitor_run(v, words_version), 0);
    serving_expect_in(v->there->deadline, LINGER_MS);
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

    v = visitor_alice();
    ck_assert_int_eq(visitor_run(v, words_version), 0);
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
    v = visitor_alice();
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
    ck_assert_int_eq(visitor_run(v, words_version), 0);
    visitor_go(v);
    serving_until_empty();
    ck_assert_int_eq(fcntl(kept, F_GETFL) & O_NONBLOCK, 0);
    ck_assert_int_lt(fcntl(ends[1], F_GETFD), 0);
    ck_assert_int_lt(fcntl(out, F_GETFD), 0);
    close(kept);
}
END_TEST

int main(void)
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
    tcase_add_test(tcase, so_much_is_passed_over_behind_the_exit);
    tcase_add_test(tcase, shared_descriptors_are_left_as_they_were);
    return serving_main(suite);
}
