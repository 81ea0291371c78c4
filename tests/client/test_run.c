/* SPDX-License-Identifier: ISC */
/* One command of the client, from its arguments to its exit status: how it gets a connection, and with which keys. */
#include "run.h"

#include "client_scene.h"

#include "scratch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FEATURES "client: features: sideband,aes_ctr128,sha256\nclient: cipher: AES-128-CTR\n"
#define PLAIN                                                                                                     \
    "client: not sealed, so others can change what is said and read it later: the server offers no better\n"
#define IN "client: authenticated as alice\nclient: exit status 0\n"

static int run(void)
{
    return run_invocation(&scene.args, &scene.call, &scene.keys);
}

static const char *about_crypto(void)
{
    return scratch_format("client: crypto: %s\n", scene.crypto->name);
}

static void expect_no_keys_left(void)
{
    for (int i = 0; i < CREDENTIALS_MAX; i++)
        ck_assert_int_eq(scene.keys.keys[i].secret.type, SW_KEY_NONE);
}

static int open_descriptors(void)
{
    int count = 0;

    for (int fd = 0; fd < 100; fd++)
        count += fcntl(fd, F_GETFD) >= 0;
    return count;
}

/* ---- connections ---- */

static void start(void)
{
    *scene.keys.first = 0;
    scene.args.known_servers = "";
    scene_start_as(run);
}

/* Standard input, too, can be one. */
START_TEST(connection_that_exists)
{
    int real = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    peer *p = scene_server();

    if (_i) {
        dup2(scene.ends[0], STDIN_FILENO);
        scene.args.in = scene.args.out = STDIN_FILENO;
    }
    strcpy(scene.args.host, "not a name");
    scene.args.port = "2990";
    scene.args.timeout = 0;
    scene.args.verbose = 1;
    start();
    scene_take_command(p);
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK,
                     scratch_format("%sclient: user alice, key keys/alice\n" FEATURES PLAIN IN, about_crypto()));
    expect_no_keys_left();
    peer_close(p);
    dup2(real, STDIN_FILENO);
    close(real);
}
END_TEST

START_TEST(connection_that_closes)
{
    close(scene.ends[1]);
    start();
    scene_expect_end(STATUS_CONNECTION, "client: connection: connection closed during the handshake\n");
}
END_TEST

/* A listener that the arguments name. */
static int listen_for_client(void)
{
    int listener = listen_anywhere(&scene.args.port);

    strcpy(scene.args.host, "127.0.0.1");
    scene.args.in = scene.args.out = -1;
    close(scene.ends[1]);
    return listener;
}

START_TEST(server_by_its_name)
{
    int real = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    int listener = listen_for_client();
    int opened = open_descriptors();
    const char *port = scene.args.port;
    peer *p;

    if (_i == 1) {
        scene.args.host_port = port;
        scene.args.port = "1";
    }
    if (_i == 2)
        close(STDIN_FILENO); /* then that is the connection */
    scene.args.verbose = 1;
    start();
    p = scene_take_command(peer_server(accept_one(listener), "keys/alice.pub"));
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, scratch_format("%sclient: user alice, key keys/alice\nclient: connected to "
                                               "127.0.0.1:%s\n" FEATURES PLAIN IN,
                                               about_crypto(), port));
    peer_close(p);
    ck_assert_int_eq(fcntl(STDIN_FILENO, F_GETFD) < 0, _i == 2);
    dup2(real, STDIN_FILENO);
    ck_assert_int_eq(open_descriptors(), opened - 1); /* standard output is closed at the end */
    close(listener);
    close(real);
}
END_TEST

START_TEST(nobody_listens)
{
    close(listen_for_client());
    start();
    scene_expect_end(STATUS_CONNECTION,
                     scratch_format("client: 127.0.0.1:%s: Connection refused\n", scene.args.port));
    expect_no_keys_left();
}
END_TEST

START_TEST(server_that_says_nothing)
{
    int listener = listen_for_client();

    scene.args.timeout = 1;
    start();
    scene_expect_end(
        STATUS_CONNECTION,
        scratch_format("client: 127.0.0.1:%s: no greeting came in time; see --timeout\n", scene.args.port));
    close(listener);
}
END_TEST

START_TEST(server_that_is_new)
{
    int listener = listen_for_client();
    sw_x25519_key key = scene_server_key();
    peer *p;

    *scene.keys.first = 0;
    scene.args.known_servers = "known";
    scene.args.accept_new = 1;
    scene_start_as(run);
    p = scene_take_command(peer_server_sealed(accept_one(listener), "keys/alice.pub", &key));
    peer_exit(p, 1);
    scene_expect_end(STATUS_FAILURE, scratch_format("client: 127.0.0.1:%s: new server, %s, written to known\n",
                                                    scene.args.port, scene_fingerprint()));
    peer_close(p);
    close(listener);
}
END_TEST

/* ---- keys ---- */

static void add_bob(void)
{
    credential *bob = &scene.keys.keys[1];

    bob->secret = scene_private_key("keys/bob");
    bob->half.type = SW_KEY_RSA;
    bob->name = strdup("keys/bob");
    scene.keys.count = 2;
    scene.keys.is_chosen = 0;
}

START_TEST(second_key_is_right)
{
    int listener = listen_for_client();
    peer *first, *second;

    add_bob();
    scene.args.verbose = 1;
    start();
    first = peer_server(accept_one(listener), "keys/bob.pub");
    scene_go_on(first);
    second = scene_take_command(peer_server(accept_one(listener), "keys/bob.pub"));
    peer_exit(second, 0);
    scene_expect_end(STATUS_OK, scratch_format("%sclient: user alice, key keys/alice\n"
                                               "client: connected to 127.0.0.1:%s\n"
                                               "client: keys/alice: challenge cannot be decrypted with this key\n"
                                               "client: user alice, key keys/bob\n"
                                               "client: connected to 127.0.0.1:%s\n" FEATURES PLAIN IN,
                                               about_crypto(), scene.args.port, scene.args.port));
    ck_assert_uint_eq(*scene.keys.first, 1);
    expect_no_keys_left();
    peer_close(first);
    peer_close(second);
    close(listener);
}
END_TEST

START_TEST(no_key_is_right)
{
    int listener = listen_for_client();
    peer *p[2];

    add_bob();
    start();
    for (int i = 0; i < 2; i++) {
        p[i] = peer_server(accept_one(listener), "keys/eve.pub");
        scene_go_on(p[i]);
    }
    scene_expect_end(STATUS_CONNECTION,
                     scratch_format("client: 127.0.0.1:%s: challenge cannot be decrypted with this "
                                    "key; keys tried: keys/alice, keys/bob\n",
                                    scene.args.port));
    expect_no_keys_left();
    peer_close(p[0]);
    peer_close(p[1]);
    close(listener);
}
END_TEST

START_TEST(no_key_is_right_for_a_server_that_seals)
{
    int listener = listen_for_client();
    sw_x25519_key key = scene_server_key();
    peer *p[2];

    add_bob();
    scene.args.known_servers = "known";
    scene.args.accept_new = 1;
    scene_start_as(run);
    for (int i = 0; i < 2; i++) {
        p[i] = peer_server_sealed(accept_one(listener), "keys/eve.pub", &key);
        scene_go_on(p[i]);
    }
    scene_expect_end(
        STATUS_CONNECTION,
        scratch_format("client: 127.0.0.1:%s: new server, %s, written to known\n"
                       "client: 127.0.0.1:%s: user refused: the server does not accept this name with this key; "
                       "keys tried: keys/alice, keys/bob\n",
                       scene.args.port, scene_fingerprint(), scene.args.port));
    expect_no_keys_left();
    peer_close(p[0]);
    peer_close(p[1]);
    close(listener);
}
END_TEST

START_TEST(key_for_either_kind_of_session)
{
    peer *p = peer_server(scene.ends[1], "keys/bob.pub");

    add_bob();
    sw_private_key_wipe(&scene.keys.keys[0].secret); /* an agent has it */
    scene.args.verbose = 1;
    start();
    scene_take_command(p);
    peer_exit(p, 0);
    scene_expect_end(
        STATUS_OK,
        scratch_format("%sclient: user alice, key keys/alice, or in a plain session keys/bob\n" FEATURES PLAIN IN,
                       about_crypto()));
    ck_assert_uint_eq(*scene.keys.first, 1);
    peer_close(p);
}
END_TEST

START_TEST(no_key_for_a_plain_session)
{
    peer *p = scene_server();

    sw_private_key_wipe(&scene.keys.keys[0].secret);
    scene.args.verbose = 1;
    start();
    scene_go_on(p);
    scene_expect_end(
        STATUS_CONNECTION,
        scratch_format("%sclient: user alice, key keys/alice\n"
                       "client: connection: the session is plain (the server offers no other), and "
                       "keys/alice is in an agent, which can sign, but not decrypt: it needs a sealed "
                       "session\n",
                       about_crypto()));
    peer_close(p);
}
END_TEST

/* ---- what is wrong before that ---- */

START_TEST(user_that_cannot_be)
{
    scene.args.user = "two words";
    start();
    scene_expect_end(STATUS_USAGE, "client: --user: user name empty, too long, or with a blank, LF or CR\n");
    expect_no_keys_left();
    close(scene.ends[1]);
}
END_TEST

START_TEST(backend_that_is_not_there)
{
    scene.args.crypto = "nosuch";
    start();
    scene_expect_end(
        STATUS_CONNECTION,
        "client: crypto: nosuch: the library is not installed, or there is no memory or no randomness\n");
    expect_no_keys_left();
    close(scene.ends[1]);
}
END_TEST

START_TEST(pin_that_is_not_there)
{
    scene.args.server_key = "nosuch";
    start();
    scene_expect_end(STATUS_USAGE, "client: nosuch: No such file or directory\n");
    expect_no_keys_left();
    close(scene.ends[1]);
}
END_TEST

START_TEST(known_servers_that_are_none)
{
    close(listen_for_client());
    scratch_write_text("known", "nobody\n");
    scene.args.known_servers = "known";
    scene_start_as(run);
    scene_expect_end(STATUS_USAGE,
                     "client: known: line 1 is no 'HOST:PORT x25519 BASE64', so the file is not used\n");
    expect_no_keys_left();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client run");
    TCase *tcase = scene_case(suite, "run");

    tcase_add_loop_test(tcase, connection_that_exists, 0, 2);
    tcase_add_test(tcase, connection_that_closes);
    tcase_add_loop_test(tcase, server_by_its_name, 0, 3);
    tcase_add_test(tcase, nobody_listens);
    tcase_add_test(tcase, server_that_says_nothing);
    tcase_add_test(tcase, server_that_is_new);
    tcase_add_test(tcase, second_key_is_right);
    tcase_add_test(tcase, no_key_is_right);
    tcase_add_test(tcase, no_key_is_right_for_a_server_that_seals);
    tcase_add_test(tcase, key_for_either_kind_of_session);
    tcase_add_test(tcase, no_key_for_a_plain_session);
    tcase_add_test(tcase, user_that_cannot_be);
    tcase_add_test(tcase, backend_that_is_not_there);
    tcase_add_test(tcase, pin_that_is_not_there);
    tcase_add_test(tcase, known_servers_that_are_none);
    return scene_main(suite);
}
