/* SPDX-License-Identifier: ISC */
/* One session of the client, in a thread, while the test is the server: what it sends, says and returns, and that keys
 * are wiped as soon as they are not needed. */
#include "client_internal.h"

#include "deadline.h"
#include "own_errors.h"
#include "peer.h"
#include "report.h"
#include "scratch.h"
#include "suite.h"
#include "user_keys.h"

#include <sidewire/backends.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HANDSHAKE_MS = 30000, SOON_MS = 60 };

static arguments args;
static credentials keys;
static invocation call;
static sw_crypto *crypto;
static trust trusted;
static proof shown;
static client *c;
static int64_t deadline;
static int ends[2]; /* the client's, the server's */
static int output_fd, real_output;
static pthread_t thread;
static int status;

static void setup(void)
{
    static const char *const version[] = { "version", NULL };

    signal(SIGPIPE, SIG_IGN);
    scratch_enter();
    own_errors_begin();
    report_program("client");
    output_fd = open("output", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    real_output = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    fflush(stdout);
    dup2(output_fd, STDOUT_FILENO);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    args = (arguments){ .in = ends[0],
                        .out = ends[0],
                        .user = "alice",
                        .key_path = "keys/alice",
                        .timeout = 30,
                        .legacy_wait = 20,
                        .policy.features = SW_FEATURES_ALL | SW_FEATURES_SEALED };
    call = (invocation){ .argv = version, .argc = 1, .data = -1, .data_name = "data" };
    crypto = sw_backend_new(NULL);
    ck_assert_int_eq(credentials_load(&keys, &args), 0);
    *keys.first = 5; /* nobody's */
    shown = (proof){ .all = &keys, .signer = &keys.keys[0], .decrypter = &keys.keys[0] };
    ck_assert_int_eq(trust_init(&trusted, crypto, NULL, NULL, NULL, "", 0), 0);
    trusted.peer = "there";
    deadline = deadline_in(HANDSHAKE_MS);
}

static void teardown(void)
{
    client_free(c);
    c = NULL;
    trust_free(&trusted);
    credentials_free(&keys);
    sw_backend_free(crypto);
    close(ends[0]);
    fflush(stdout);
    dup2(real_output, STDOUT_FILENO);
    close(real_output);
    close(output_fd);
    own_errors_end();
    scratch_leave();
}

/* ---- the client ---- */

static void *run(void *unused)
{
    (void)unused;
    status = client_run(c, "there", args.in, args.out, deadline);
    shutdown(ends[0], SHUT_RDWR); /* as its end would do */
    return NULL;
}

static void start(void)
{
    c = client_new(&args, &call, crypto, &shown, &trusted);
    ck_assert_ptr_nonnull(c);
    ck_assert_int_eq(pthread_create(&thread, NULL, run, NULL), 0);
}

/* Its status, and that all it said is these lines; text: a part of what it said, NULL: nothing. */
static void expect_end(int expected, const char *text)
{
    pthread_join(thread, NULL);
    ck_assert_msg(status == expected, "status %d instead of %d: %s", status, expected, own_errors());
    if (text == NULL)
        ck_assert_str_eq(own_errors(), "");
    else
        own_errors_expect(text);
}

static void expect_output(const char *text)
{
    fflush(stdout);
    ck_assert_str_eq(scratch_read("output", NULL), text);
}

static int key_is_wiped(void)
{
    static const sw_private_key wiped;

    return memcmp(&keys.keys[0].secret, &wiped, sizeof(wiped)) == 0;
}

/* ---- a whole one ---- */

START_TEST(key_is_wiped_before_the_command_goes_out)
{
    sw_event event;
    peer *p;

    start();
    ck_assert(!key_is_wiped());
    p = peer_server(ends[1], "keys/alice.pub");
    peer_take_command(p, &event);
    ck_assert(key_is_wiped());
    ck_assert_uint_eq(*keys.first, 0);
    peer_queue(p, SW_BAND_OUTPUT, "so be it\n");
    peer_exit(p, 0);
    expect_end(STATUS_OK, NULL);
    expect_output("so be it\n");
    peer_close(p);
}
END_TEST

static sw_x25519_key server_key(void)
{
    sw_x25519_key key = { .secret = { 1, 2, 3 } };

    ck_assert_int_ge(crypto->x25519_public(crypto->ctx, key.public_half, key.secret), 0);
    return key;
}

/* There the server says that it takes the user with its first answer. */
START_TEST(key_is_wiped_with_the_first_answer_of_a_sealed_session)
{
    sw_x25519_key key = server_key();
    sw_event event;
    peer *p;

    trusted.is_known = trusted.has_pin = 1;
    memcpy(trusted.pin, key.public_half, sizeof(trusted.pin));
    shown.signer_at = 3;
    args.verbose = 1;
    start();
    p = peer_server_sealed(ends[1], "keys/alice.pub", &key);
    peer_take_command(p, &event);
    ck_assert_uint_eq(*keys.first, 5);
    peer_exit(p, 1);
    expect_end(STATUS_FAILURE, "client: authenticated as alice\n");
    ck_assert(key_is_wiped());
    ck_assert_uint_eq(*keys.first, 3);
    peer_close(p);
}
END_TEST

START_TEST(secrets_are_wiped_once_they_are_logged)
{
    static const sw_secrets wiped;
    sw_event event;
    peer *p;

    setenv("SIDEWIREKEYLOGFILE", "keylog", 1);
    start();
    unsetenv("SIDEWIREKEYLOGFILE");
    p = peer_server(ends[1], "keys/alice.pub");
    peer_take_command(p, &event);
    ck_assert_int_eq(memcmp(&c->keys, &wiped, sizeof(wiped)), 0);
    ck_assert_uint_gt(strlen(scratch_read("keylog", NULL)), 64);
    peer_exit(p, 0);
    expect_end(STATUS_OK, NULL);
    peer_close(p);
}
END_TEST

START_TEST(key_that_is_refused)
{
    peer *p;
    sw_event event;

    start();
    p = peer_server(ends[1], "keys/bob.pub");
    while (peer_next(p, &event) > 0)
        ;
    expect_end(CLIENT_KEY_REFUSED_PLAIN, NULL);
    ck_assert_str_ne(client_refusal(c), "");
    ck_assert(!key_is_wiped());
    ck_assert_uint_eq(*keys.first, 5);
    peer_close(p);
}
END_TEST

START_TEST(server_that_is_known_to_seal_has_to)
{
    peer *p;
    sw_event event;

    trusted.is_known = 1;
    start();
    p = peer_server(ends[1], "keys/alice.pub");
    while (peer_next(p, &event) > 0 && !(sw_session_wants(peer_session(p)) == 0))
        ;
    expect_end(STATUS_CONNECTION,
               "client: there: this server is known to seal its sessions, and offers none now; see "
               "--plain\n");
    peer_close(p);
}
END_TEST

/* ---- uploads ---- */

static void offer(const char *name, const char *text)
{
    static const char *const add[] = { "addimg", "a", NULL };

    scratch_write_text("data", text);
    call.argv = add;
    call.argc = 2;
    call.data = open("data", O_RDONLY | O_CLOEXEC);
    call.data_name = name;
}

START_TEST(data_goes_when_it_is_asked_for)
{
    uint8_t data[64];
    sw_event event;
    peer *p;

    offer("data", "all of it");
    args.verbose = 1;
    start();
    p = peer_server(ends[1], "keys/alice.pub");
    peer_take_command(p, &event);
    peer_queue(p, SW_BAND_AWAITING_DATA, "");
    peer_flush(p);
    ck_assert_uint_eq(peer_take_upload(p, data, sizeof(data)), 9);
    ck_assert_int_eq(memcmp(data, "all of it", 9), 0);
    peer_exit(p, 0);
    expect_end(STATUS_OK, "client: sending data\n");
    own_errors_expect("client: exit status 0\n");
    ck_assert(c->upload.complete);
    ck_assert_uint_eq(c->upload.given, 9);
    peer_close(p);
    close(call.data);
}
END_TEST

START_TEST(data_that_cannot_be_read)
{
    sw_event event;
    peer *p;

    offer("a folder", "");
    close(call.data);
    call.data = open(".", O_RDONLY | O_CLOEXEC);
    start();
    p = peer_server(ends[1], "keys/alice.pub");
    peer_take_command(p, &event);
    peer_queue(p, SW_BAND_AWAITING_DATA, "");
    peer_flush(p);
    expect_end(STATUS_CONNECTION, "client: a folder: Is a directory\n");
    peer_close(p);
    close(call.data);
}
END_TEST

typedef struct unwanted {
    const char *command, *text;
    int interactive;
} unwanted;

static const unwanted unwanted_requests[] = {
    { "version", "client: there: the server asks for data, which this command does not send\n", 0 },
    { "nosuch", "the server asks for data, but this command is not known to send any; see --upload\n", 0 },
    { "nosuch", "the server asks for data, but this command is not known to send any; < FILE sends one\n", 1 },
};

START_TEST(data_that_nobody_has)
{
    const unwanted *u = &unwanted_requests[_i];
    const char *argv[] = { u->command, NULL };
    sw_event event;
    peer *p;

    call.argv = argv;
    args.interactive = u->interactive;
    start();
    p = peer_server(ends[1], "keys/alice.pub");
    peer_take_command(p, &event);
    peer_queue(p, SW_BAND_AWAITING_DATA, "");
    peer_flush(p);
    expect_end(STATUS_CONNECTION, u->text);
    peer_close(p);
}
END_TEST

/* ---- servers that say nothing, or something else ---- */

typedef struct stranger {
    const char *says, *text;
    int allow_legacy;
} stranger;

static const stranger strangers[] = {
    { "", "client: there: no greeting came in time; see --timeout\n", 0 },
    { "half a", "client: there: no complete greeting came in time, only 'half a'; see --timeout\n", 0 },
    { "half a", "client: there: no complete greeting came in time, only 'half a'; see --timeout\n", 1 },
    { "a line\r\n",
      "client: there: no complete greeting came in time, only its first line, 'a line'; see --allow-legacy if "
      "this is an audio server\n",
      0 },
    { "SSH-2.0-x\r\n", "client: there: this is an SSH server, no audio server: it says 'SSH-2.0-x'\n", 0 },
};

START_TEST(who_does_not_greet)
{
    const stranger *s = &strangers[_i];

    args.policy.allow_legacy = s->allow_legacy;
    deadline = deadline_in(10 * SOON_MS);
    start();
    send_text(ends[1], s->says);
    expect_end(STATUS_CONNECTION, s->text);
    close(ends[1]);
}
END_TEST

START_TEST(who_speaks_no_text)
{
    static const uint8_t bytes[] = { 0, 1, 2, 3, 4, 5, 6, 7 };

    start();
    send_all(ends[1], bytes, sizeof(bytes));
    expect_end(STATUS_CONNECTION, "client: there: this is a service that speaks no text, no audio server\n");
    close(ends[1]);
}
END_TEST

/* A line and then nothing is a legacy greeting, of which more cannot be expected. */
START_TEST(legacy_greeting_ends_by_itself)
{
    char request[64];
    ssize_t n;

    args.policy.allow_legacy = 1;
    start();
    send_text(ends[1], "welcome\r\n");
    n = read(ends[1], request, sizeof(request) - 1);
    ck_assert_int_gt(n, 0);
    request[n] = '\0';
    ck_assert_str_eq(request, "auth rsa alice");
    close(ends[1]);
    expect_end(STATUS_CONNECTION, "client: there: ");
}
END_TEST

/* ... unless more comes meanwhile: the wait is for silence. */
START_TEST(legacy_greeting_is_not_ended_early)
{
    sw_event event;
    peer *p;

    args.policy.allow_legacy = 1;
    args.legacy_wait = 20000;
    start();
    p = peer_server(ends[1], "keys/alice.pub");
    peer_take_command(p, &event);
    ck_assert(!sw_session_is_legacy(peer_session(p)));
    peer_exit(p, 0);
    expect_end(STATUS_OK, NULL);
    peer_close(p);
}
END_TEST

START_TEST(server_that_falls_silent)
{
    sw_event event;
    int64_t began;
    peer *p;

    args.idle_timeout = 1;
    start();
    p = peer_server(ends[1], "keys/alice.pub");
    peer_take_command(p, &event);
    began = deadline_in(0);
    expect_end(STATUS_CONNECTION, "client: there: nothing came for 1 seconds; see --idle-timeout\n");
    ck_assert_int_ge(deadline_in(0), began + 900);
    peer_close(p);
}
END_TEST

/* Each thing that comes gives it as much time again. */
START_TEST(server_that_says_something_now_and_then)
{
    sw_event event;
    peer *p;

    args.idle_timeout = 1;
    start();
    p = peer_server(ends[1], "keys/alice.pub");
    peer_take_command(p, &event);
    for (int i = 0; i < 4; i++) {
        usleep(400000);
        peer_queue(p, SW_BAND_OUTPUT, ".");
        peer_flush(p);
    }
    peer_exit(p, 0);
    expect_end(STATUS_OK, NULL);
    expect_output("....");
    peer_close(p);
}
END_TEST

/* ---- servers that break off ---- */

START_TEST(closed_in_the_greeting)
{
    start();
    send_text(ends[1], "out of order\n");
    close(ends[1]);
    expect_end(STATUS_CONNECTION, ", after the server said 'out of order'\n");
}
END_TEST

START_TEST(closed_before_the_exit)
{
    sw_event event;
    peer *p;

    start();
    p = peer_server(ends[1], "keys/alice.pub");
    peer_take_command(p, &event);
    peer_close(p);
    expect_end(STATUS_CONNECTION, "client: there: ");
}
END_TEST

static Suite *session_suite(void)
{
    Suite *suite = suite_create("client session");
    TCase *tcase = suite_case(suite, "session");

    tcase_add_unchecked_fixture(tcase, make_user_keys, NULL);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, key_is_wiped_before_the_command_goes_out);
    tcase_add_test(tcase, key_is_wiped_with_the_first_answer_of_a_sealed_session);
    tcase_add_test(tcase, secrets_are_wiped_once_they_are_logged);
    tcase_add_test(tcase, key_that_is_refused);
    tcase_add_test(tcase, server_that_is_known_to_seal_has_to);
    tcase_add_test(tcase, data_goes_when_it_is_asked_for);
    tcase_add_test(tcase, data_that_cannot_be_read);
    tcase_add_loop_test(tcase, data_that_nobody_has, 0, COUNT(unwanted_requests));
    tcase_add_loop_test(tcase, who_does_not_greet, 0, COUNT(strangers));
    tcase_add_test(tcase, who_speaks_no_text);
    tcase_add_test(tcase, legacy_greeting_ends_by_itself);
    tcase_add_test(tcase, legacy_greeting_is_not_ended_early);
    tcase_add_test(tcase, server_that_falls_silent);
    tcase_add_test(tcase, server_that_says_something_now_and_then);
    tcase_add_test(tcase, closed_in_the_greeting);
    tcase_add_test(tcase, closed_before_the_exit);
    return suite;
}

int main(void)
{
    int failed;

    if (scratch_open() < 0)
        return EXIT_FAILURE;
    failed = run_suite(session_suite());
    scratch_close();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
