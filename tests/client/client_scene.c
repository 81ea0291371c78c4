/* SPDX-License-Identifier: ISC */
#include "client_scene.h"

#include "deadline.h"
#include "own_errors.h"
#include "scratch.h"
#include "user_keys.h"

#include <sidewire/backends.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HANDSHAKE_MS = 30000 };

client_scene scene;

static int output_fd, real_output;
static pthread_t thread;

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
    memset(&scene, 0, sizeof(scene));
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, scene.ends), 0);
    scene.in = scene.out = scene.ends[0];
    scene.from_client = scene.to_client = scene.ends[1];
    scene.args = (arguments){ .in = scene.ends[0],
                              .out = scene.ends[0],
                              .user = "alice",
                              .key_path = "keys/alice",
                              .timeout = 30,
                              .legacy_wait = 20,
                              .policy.features = SW_FEATURES_ALL | SW_FEATURES_SEALED };
    scene.call = (invocation){ .argv = version, .argc = 1, .data = -1, .data_name = "data" };
    scene.crypto = sw_backend_new(NULL);
    ck_assert_int_eq(credentials_load(&scene.keys, &scene.args), 0);
    *scene.keys.first = 5; /* nobody's */
    scene.shown = (proof){
        .all = &scene.keys, .signer = &scene.keys.keys[0], .decrypter = &scene.keys.keys[0], .decrypter_at = 7
    };
    ck_assert_int_eq(trust_init(&scene.trusted, scene.crypto, NULL, NULL, NULL, "", 0), 0);
    scene.trusted.peer = "there";
    scene.deadline = deadline_in(HANDSHAKE_MS);
}

static void teardown(void)
{
    client_free(scene.c);
    trust_free(&scene.trusted);
    credentials_free(&scene.keys);
    sw_backend_free(scene.crypto);
    close(scene.ends[0]);
    fflush(stdout);
    dup2(real_output, STDOUT_FILENO);
    close(real_output);
    close(output_fd);
    own_errors_end();
    scratch_leave();
}

/* ---- the client ---- */

static int (*to_run)(void);

static int run_session(void)
{
    return client_run(scene.c, "there", scene.in, scene.out, scene.deadline);
}

static void *run(void *unused)
{
    (void)unused;
    scene.status = to_run();
    shutdown(scene.ends[0], SHUT_RDWR); /* as its end would do */
    return NULL;
}

void scene_start_as(int (*how)(void))
{
    to_run = how;
    ck_assert_int_eq(pthread_create(&thread, NULL, run, NULL), 0);
}

void scene_start(void)
{
    scene.c = client_new(&scene.args, &scene.call, scene.crypto, &scene.shown, &scene.trusted);
    ck_assert_ptr_nonnull(scene.c);
    scene_start_as(run_session);
}

static void do_nothing(int number)
{
    (void)number;
}

void scene_interrupt(void)
{
    const struct sigaction action = { .sa_handler = do_nothing };

    sigaction(SIGUSR1, &action, NULL);
    ck_assert_int_eq(pthread_kill(thread, SIGUSR1), 0);
}

void scene_expect_end(int status, const char *errors)
{
    pthread_join(thread, NULL);
    ck_assert_str_eq(own_errors(), errors);
    ck_assert_int_eq(scene.status, status);
}

void scene_await_errors(const char *errors)
{
    int64_t until = deadline_in(HANDSHAKE_MS);

    while (strcmp(own_errors(), errors) != 0 && deadline_left(until) > 0)
        usleep(1000);
    ck_assert_str_eq(own_errors(), errors);
}

void scene_expect_output(const char *text)
{
    fflush(stdout);
    ck_assert_str_eq(scratch_read("output", NULL), text);
}

/* ---- servers ---- */

peer *scene_server(void)
{
    peer *p = peer_server(scene.from_client, "keys/alice.pub");

    peer_write_to(p, scene.to_client);
    return p;
}

peer *scene_legacy_server(void)
{
    peer *p = scene_server();
    const uint8_t *greeting, *lf;
    size_t len;

    greeting = sw_session_tx_bytes(peer_session(p), &len);
    lf = memchr(greeting, '\n', len);
    send_all(scene.to_client, greeting, (size_t)(lf - greeting) + 1);
    ck_assert_int_eq(sw_session_tx_drain(peer_session(p), len), SW_OK);
    scene.args.policy.allow_legacy = 1;
    return p;
}

sw_x25519_key scene_server_key(void)
{
    sw_x25519_key key = { .secret = { 1, 2, 3 } };

    ck_assert_int_ge(scene.crypto->x25519_public(scene.crypto->ctx, key.public_half, key.secret), 0);
    return key;
}

peer *scene_sealed_server(void)
{
    return scene_sealed_server_of("keys/alice.pub");
}

peer *scene_sealed_server_of(const char *public_key)
{
    static sw_x25519_key key; /* lent to the session */

    key = scene_server_key();
    scene.trusted.is_known = scene.trusted.has_pin = 1;
    memcpy(scene.trusted.pin, key.public_half, sizeof(scene.trusted.pin));
    return peer_server_sealed(scene.ends[1], public_key, &key);
}

const char *scene_fingerprint(void)
{
    sw_x25519_key key = scene_server_key();
    char text[SW_FINGERPRINT_SIZE + 1];

    ck_assert_int_ge(sw_fingerprint(scene.crypto, key.public_half, SW_X25519_SIZE, text), 0);
    return scratch_format("%s", text);
}

peer *scene_take_command(peer *p)
{
    sw_event event;

    peer_take_command(p, &event);
    return p;
}

void scene_go_on(peer *p)
{
    sw_event event;
    int type;

    while ((type = peer_next(p, &event)) > 0 && type != SW_EVENT_CLOSED)
        if (type == SW_EVENT_COMMAND)
            peer_exit(p, 0);
}

/* ---- uploads ---- */

void scene_offer(const char *text)
{
    static const char *const add[] = { "addimg", "a", NULL };

    scratch_write_text("data", text);
    scene.call.argv = add;
    scene.call.argc = 2;
    scene.call.data = open("data", O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(scene.call.data, 0);
}

void scene_close_offer(void)
{
    close(scene.call.data);
}

/* ---- keys ---- */

sw_private_key scene_private_key(const char *path)
{
    sw_private_key key;
    size_t len;
    const char *text = scratch_read(path, &len);

    ck_assert_int_eq(sw_private_key_parse(&key, text, len, NULL), SW_OK);
    return key;
}

int scene_key_is_wiped(void)
{
    static const sw_private_key wiped;

    return memcmp(&scene.keys.keys[0].secret, &wiped, sizeof(wiped)) == 0;
}

/* ---- suites ---- */

TCase *scene_case(Suite *suite, const char *name)
{
    TCase *tcase = suite_case(suite, name);

    tcase_add_unchecked_fixture(tcase, make_user_keys, NULL);
    tcase_add_checked_fixture(tcase, setup, teardown);
    return tcase;
}

int scene_main(Suite *suite)
{
    int failed;

    if (scratch_open() < 0)
        return EXIT_FAILURE;
    failed = run_suite(suite);
    scratch_close();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
