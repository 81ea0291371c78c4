/* SPDX-License-Identifier: ISC */
/* What the bytes of a connection mean: all lines of the log about whole sessions, and how far a session is moved on at
 * once. */
#include "serving_scenes.h"

#include "connection_internal.h"
#include "deadline.h"
#include "own_errors.h"
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "user_keys.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>

/* ---- the log of whole sessions ---- */

typedef enum session_kind { PLAIN, LEGACY, SEALED } session_kind;

#define FEATURES "sideband,aes_ctr128,sha256"

static const struct {
    session_kind kind;
    const char *name, *key;
    const char *said; /* behind `connected` */
} sessions[] = {
    { PLAIN, "alice", "alice",
      "info: peer: user 'alice': authenticated (" FEATURES ")\n"
      "info: peer: user 'alice': command 'version'\n"
      "info: peer: user 'alice': closed\n" },
    { LEGACY, "alice", "alice",
      "info: peer: user 'alice': authenticated (legacy)\n"
      "info: peer: user 'alice': command 'version'\n"
      "info: peer: user 'alice': closed\n" },
    { SEALED, "alice", "alice",
      "info: peer: user 'alice': authenticated (sideband,noise_nx_25519_aesgcm_sha256)\n"
      "info: peer: user 'alice': command 'version'\n"
      "info: peer: user 'alice': closed\n" },
    { SEALED, "eve", "alice",
      "warning: peer: user 'eve': authentication failed: unknown user\n"
      "info: peer: user 'eve': closed\n" },
    { SEALED, "bob", "alice",
      "warning: peer: user 'bob': authentication failed: wrong key\n"
      "info: peer: user 'bob': closed\n" },
    { PLAIN, "bob", "bob",
      "info: peer: user 'bob': authenticated (" FEATURES ")\n"
      "info: peer: user 'bob': command 'version'\n"
      "info: peer: user 'bob': closed\n" },
};

static visitor *visitor_of(session_kind kind, const char *name, const char *key)
{
    visitor *v = kind == SEALED ? visitor_come_sealed(name, key) : visitor_come(name, key);

    if (kind == PLAIN)
        v->config.policy.features = SW_FEATURES_ALL & ~(unsigned)SW_FEATURES_SEALED;
    if (kind == LEGACY)
        v->config.policy = (sw_policy){ .features = 0, .allow_legacy = 1 };
    return v;
}

START_TEST(what_the_log_says)
{
    static const char *const words[] = { "--host-key", "host", "--allow-legacy", NULL };
    int is_in = strstr(sessions[_i].said, "authenticated") != NULL;
    int64_t end = server_clock() + 3000;
    visitor *v;

    serving_start(words);
    v = visitor_of(sessions[_i].kind, sessions[_i].name, sessions[_i].key);
    for (int is_asked = 0; v->error == 0 && !(v->seen & 1u << SW_EVENT_CLOSED); serving_turn()) {
        ck_assert_msg(server_clock() < end, "seen %x, log: %s", v->seen, serving_said());
        if (!is_asked && (v->seen & 1u << SW_EVENT_READY)) {
            visitor_command(v, words_version);
            is_asked = 1;
        }
    }
    visitor_go(v);
    serving_until_empty();
    ck_assert_str_eq(serving_said(), scratch_format("info: peer: connected\n%s", sessions[_i].said));
    ck_assert_int_eq((int)serving.authenticated, is_in);
    ck_assert_int_eq(serving.session_failed, !is_in);
}
END_TEST

/* Of a user with two keys a plain session has the first, and a sealed one that which it offers. */
static const struct {
    session_kind kind;
    const char *key;
    int is_right;
} keys[] = {
    { PLAIN, "alice", 1 }, { PLAIN, "bob", 0 }, { SEALED, "alice", 1 }, { SEALED, "bob", 1 }, { SEALED, "eve", 0 }
};

START_TEST(which_key_is_meant)
{
    static const char *const words[] = { "--host-key", "host", NULL };
    int64_t end = server_clock() + 30000;
    visitor *v;

    scratch_write_text("users", "user alice keys/alice.pub AFS_READ\nuser alice keys/bob.pub AFS_READ\n");
    serving_start(words);
    v = visitor_of(keys[_i].kind, "alice", keys[_i].key);
    while (v->error == 0 && serving.authenticated == 0 && server_clock() < end)
        serving_turn();
    ck_assert_int_eq((int)serving.authenticated, keys[_i].is_right);
}
END_TEST

/* ---- why it fails ---- */

static const struct {
    const char *sent, *said;
} strangers[] = {
    { "GET / HTTP/1.1\r\n\r\n", "notice: peer: auth request does not begin with 'auth rsa '\n" },
    { "auth rsa alice", "notice: peer: peer speaks legacy mode only, which is not allowed\n" },
    { "", "notice: peer: connection closed during the handshake\n" },
};

START_TEST(strangers_that_break_the_rules)
{
    visitor *v;

    serving_start(NULL);
    v = visitor_come_bare();
    serving_turns(3);
    send_text(v->fd, strangers[_i].sent);
    serving_turns(3);
    shutdown(v->fd, SHUT_WR);
    serving_until_empty();
    ck_assert_str_eq(serving_said(),
                     scratch_format("info: peer: connected\n%sinfo: peer: closed\n", strangers[_i].said));
}
END_TEST

/* What is our fault is an error. */
START_TEST(own_faults)
{
    size_t before, taken;
    visitor *v;

    serving_start(NULL);
    v = visitor_in_command();
    before = strlen(serving_said());
    ck_assert_int_eq(sw_session_send(&v->there->session, SW_BAND_BLOB_DATA, "", 0, &taken), SW_E_STATE);
    connection_continue(v->there);
    ck_assert_str_eq(serving_said() + before,
                     scratch_format("error: peer: user 'alice': %s\n", sw_error_text(SW_E_STATE)));
    ck_assert_int_eq(v->there->phase, PHASE_LINGER);
    visitor_go(v);
    serving_until_empty();
}
END_TEST

/* ---- how far it is moved on at once ---- */

static int resumed, says; /* times, and in how many of them */

static void go_on(connection *c, int64_t now)
{
    ck_assert_int_le(now, server_clock());
    if (resumed++ >= says)
        return;
    reply_begin(&c->reply, SW_BAND_OUTPUT);
    reply_add(&c->reply, "1", 1);
}

static const struct {
    int says, watches, is_busy, reads_ahead, is_socket;
    int resumed;
} resumptions[] = {
    { 5, 0, 0, 0, 0, 6 }, { 0, 0, 0, 0, 0, 1 }, { 5, 1, 0, 0, 0, 1 },     { 0, 1, 0, 0, 0, 1 },
    { 5, 0, 1, 0, 0, 0 }, { 5, 0, 0, 1, 0, 6 }, { 1000, 1, 0, 0, 1, 17 }, { 7, 1, 0, 0, 1, 8 },
};

/* As often as there is more to say, but watchers are told once until that is written, which it is so many times in a turn. */
START_TEST(commands_are_resumed_while_they_have_more_to_say)
{
    connection *c;
    visitor *v;

    serving_start(NULL);
    v = visitor_in_command();
    c = v->there;
    c->out_is_socket = (unsigned char)resumptions[_i].is_socket;
    resumed = 0;
    says = resumptions[_i].says;
    c->task =
        (task){ .resume = go_on, .watches = resumptions[_i].watches, .reads_ahead = resumptions[_i].reads_ahead };
    c->busy = (unsigned char)resumptions[_i].is_busy;
    connection_process(c);
    ck_assert_int_eq(resumed, resumptions[_i].resumed);
    ck_assert_int_eq(connection_has_output(c), resumed > 0 && says > (resumptions[_i].is_socket ? 16 : 0));
    c->task = (task){ .state = NULL };
    c->out_is_socket = 1;
    c->busy = 0;
    reply_finish(&c->reply, 0);
    connection_continue(c);
    visitor_await(v, SW_EVENT_EXIT);
    ck_assert_uint_eq(v->output_len > 0, 1);
}
END_TEST

START_TEST(a_session_that_failed_is_not_gone_on_with)
{
    connection *c;
    size_t taken;
    visitor *v;

    serving_start(NULL);
    v = visitor_in_command();
    c = v->there;
    resumed = 0;
    says = 5;
    c->task = (task){ .resume = go_on };
    sw_session_send(&c->session, SW_BAND_BLOB_DATA, "", 0, &taken);
    connection_continue(c);
    ck_assert_int_eq(resumed, 0);
    ck_assert_int_eq(c->phase, PHASE_LINGER);
}
END_TEST

static const char *const words_list[] = { "lsimg", NULL };
static const char *const words_stat[] = { "stat", NULL };

static const struct {
    const char *const *words;
    connection_phase phase;
    int is_busy;
} ahead[] = {
    { words_list, PHASE_RUNNING, 1 },
    { words_stat, PHASE_OVER, 0 },
};

/* A command is answered, and then its client's end is seen behind it. */
START_TEST(what_comes_behind_a_command_is_taken_at_once)
{
    connection *c;
    visitor *v;
    size_t len;
    const uint8_t *bytes;

    serving_start(NULL);
    v = visitor_alice();
    visitor_log_in(v);
    serving_turns(3);
    c = v->there;
    ck_assert_int_eq(c->deadline != DEADLINE_NEVER, 1);
    visitor_command(v, ahead[_i].words);
    bytes = sw_session_tx_bytes(&v->session, &len);
    send_all(v->fd, bytes, len);
    sw_session_tx_drain(&v->session, len);
    shutdown(v->fd, SHUT_WR);
    c->out_is_socket = 0;
    while (!c->at_end)
        connection_read(c);
    connection_process(c);
    ck_assert_int_eq(c->peer_left, 1);
    ck_assert_int_eq(c->phase, ahead[_i].phase);
    ck_assert_int_eq(c->busy, ahead[_i].is_busy);
    ck_assert_int_eq(own_errors_count("user 'alice': left\n"), c->phase == PHASE_OVER);
    c->phase = PHASE_RUNNING;
    connection_end(c);
    serving_until_empty();
}
END_TEST

/* What follows a command that is answered at once does not matter, whatever it is. */
START_TEST(garbage_behind_a_command)
{
    static const uint8_t garbage[64] = { 0xff, 0xff, 0xff };
    const uint8_t *bytes;
    uint8_t sent[1024];
    visitor *v;
    size_t len;

    serving_start(NULL);
    v = visitor_alice();
    visitor_log_in(v);
    serving_turns(3);
    visitor_command(v, words_version);
    bytes = sw_session_tx_bytes(&v->session, &len);
    ck_assert_uint_lt(len + sizeof(garbage), sizeof(sent));
    memcpy(sent, bytes, len);
    memcpy(sent + len, garbage, sizeof(garbage));
    sw_session_tx_drain(&v->session, len);
    send_all(v->fd, sent, len + sizeof(garbage));
    visitor_await(v, SW_EVENT_EXIT);
    ck_assert_int_eq(v->status, 0);
    ck_assert_uint_gt(v->output_len, 0);
}
END_TEST

static int buffer_size(const connection *c)
{
    int size;
    socklen_t len = sizeof(size);

    ck_assert_int_eq(getsockopt(c->out, SOL_SOCKET, SO_SNDBUF, &size, &len), 0);
    return size;
}

/* Watchers are not to be told what was long ago. */
START_TEST(little_waits_in_the_system_for_watchers)
{
    int usual;
    visitor *v;

    serving_start(NULL);
    v = visitor_alice();
    visitor_log_in(v);
    usual = buffer_size(v->there);
    visitor_command(v, words_addimg);
    visitor_await(v, SW_EVENT_AWAITING_DATA);
    ck_assert_int_ge(buffer_size(v->there), usual);
    ck_assert_int_lt(buffer_size(visitor_watching()->there), usual);
}
END_TEST

/* ---- time ---- */

static const struct {
    connection_phase phase;
    int has_output, is_set; /* a deadline before */
    int seconds;            /* of the one behind; 0: as before */
} limits[] = {
    { PHASE_RUNNING, 1, 0, 77 },
    { PHASE_RUNNING, 1, 1, 0 },
    { PHASE_RUNNING, 0, 0, 0 },
    { PHASE_HANDSHAKE, 1, 0, 0 },
};

START_TEST(time_for_output)
{
    static const char *const words[] = { "--write-timeout", "77", NULL };
    connection *c;
    int64_t before;

    serving_start(words);
    c = visitor_in_command()->there;
    c->out_is_socket = 0;
    if (limits[_i].has_output) {
        reply_begin(&c->reply, SW_BAND_OUTPUT);
        connection_lend_tx(c);
        reply_send(&c->reply, &c->session);
    }
    c->phase = limits[_i].phase;
    before = limits[_i].is_set ? server_clock() + 1000000 : DEADLINE_NEVER;
    c->deadline = before;
    connection_process(c);
    if (limits[_i].seconds == 0)
        ck_assert_int_eq(c->deadline, before);
    else
        serving_expect_in(c->deadline, limits[_i].seconds * 1000);
    ck_assert_int_eq(c->upload_began, 0);
    c->out_is_socket = 1;
}
END_TEST

static const struct {
    int rate, began, uploaded; /* bytes a second, ms, bytes */
    int64_t deadline;
} rates[] = {
    { 0, 1000, 5000, DEADLINE_NEVER },
    { 1, 1000, 5, 1000 + UPLOAD_RATE_FROM_MS + 5000 },
    { 1000, 7, 1, 7 + UPLOAD_RATE_FROM_MS + 1 },
    { 3, 0, 10, UPLOAD_RATE_FROM_MS + 3333 },
};

START_TEST(time_at_the_least_rate)
{
    const char *words[] = { "--upload-rate", scratch_format("%d", rates[_i].rate), NULL };
    connection *c;

    serving_start(words);
    c = visitor_come_bare()->there;
    c->upload_began = rates[_i].began;
    c->uploaded = (uint64_t)rates[_i].uploaded;
    ck_assert_int_eq(connection_rate_deadline(c), rates[_i].deadline);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("connection session");
    TCase *tcase = suite_case(suite, "connection session");

    tcase_add_unchecked_fixture(tcase, make_user_keys, NULL);
    tcase_add_checked_fixture(tcase, serving_enter, serving_leave);
    tcase_add_loop_test(tcase, what_the_log_says, 0, COUNT(sessions));
    tcase_add_loop_test(tcase, which_key_is_meant, 0, COUNT(keys));
    tcase_add_loop_test(tcase, strangers_that_break_the_rules, 0, COUNT(strangers));
    tcase_add_test(tcase, own_faults);
    tcase_add_loop_test(tcase, commands_are_resumed_while_they_have_more_to_say, 0, COUNT(resumptions));
    tcase_add_test(tcase, a_session_that_failed_is_not_gone_on_with);
    tcase_add_loop_test(tcase, what_comes_behind_a_command_is_taken_at_once, 0, COUNT(ahead));
    tcase_add_test(tcase, garbage_behind_a_command);
    tcase_add_test(tcase, little_waits_in_the_system_for_watchers);
    tcase_add_loop_test(tcase, time_for_output, 0, COUNT(limits));
    tcase_add_loop_test(tcase, time_at_the_least_rate, 0, COUNT(rates));
    return serving_main(suite);
}
