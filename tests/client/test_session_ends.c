/* SPDX-License-Identifier: ISC */
/* What the client says, word by word, of servers that say something else, or that break off. */
#include "client_scene.h"

#include "scratch.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* As long as what is kept of a first line. */
#define TEN "0123456789"
#define LONG TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
_Static_assert(sizeof(LONG) == WIRE_FIRST_MAX + 1, "all of it is shown");

/* ---- servers that are something else ---- */

static const struct {
    const char *says, *errors;
    size_t len; /* 0: all of it */
} strangers[] = {
    { "SSH-2.0-x\r\n", "client: there: this is an SSH server, no audio server: it says 'SSH-2.0-x'\n", 0 },
    { "SSH-" LONG "\n",
      "client: there: this is an SSH server, no audio server: it says 'SSH-" TEN TEN TEN TEN TEN TEN TEN TEN TEN
          TEN TEN "012345'\n",
      0 },
    { "\0\1\2\3\4\5\6\7", "client: there: this is a service that speaks no text, no audio server\n", 8 },
    { "\2\1", "client: there: this is a service that speaks no text, no audio server: it says '\\x02\\x01'\n", 0 },
    { "\1" LONG,
      "client: there: this is a service that speaks no text, no audio server: it says '\\x01" TEN TEN TEN TEN TEN
          TEN TEN TEN TEN TEN TEN "012345678'\n",
      0 },
    { "x\nFeatures: none of ours\n",
      "client: there: peer speaks legacy mode only, which is not allowed; see --allow-legacy\n", 0 },
    { "x\nFeatures: sideband\n",
      "client: there: peer offers no cipher but RC4, which is not allowed; see --allow-rc4\n", 0 },
    { "x\nFeatures: sideband,aes_ctr128\n",
      "client: there: peer offers no hash but SHA-1, which is not allowed; see --allow-sha1\n", 0 },
};

START_TEST(who_is_something_else)
{
    size_t len = strangers[_i].len > 0 ? strangers[_i].len : strlen(strangers[_i].says);

    send_all(scene.ends[1], strangers[_i].says, len);
    scene_start();
    scene_expect_end(STATUS_CONNECTION, strangers[_i].errors);
    close(scene.ends[1]);
}
END_TEST

START_TEST(who_greets_for_ever)
{
    for (int i = 0; i < 40; i++)
        send_text(scene.ends[1], LONG);
    scene_start();
    scene_expect_end(STATUS_CONNECTION, "client: there: greeting too long: 4097 bytes, limit 4096\n");
    close(scene.ends[1]);
}
END_TEST

START_TEST(server_that_is_known_to_seal_has_to)
{
    scene.trusted.is_known = 1;
    send_text(scene.ends[1], "x\nFeatures: sideband,aes_ctr128,sha256\n");
    scene_start();
    scene_expect_end(STATUS_CONNECTION,
                     "client: there: this server is known to seal its sessions, and offers none "
                     "now; see --plain\n");
    close(scene.ends[1]);
}
END_TEST

/* The same where it is the policy that says so. */
START_TEST(server_that_has_to_seal)
{
    scene.args.policy.require_sealed = 1;
    send_text(scene.ends[1], "x\nFeatures: sideband,aes_ctr128,sha256\n");
    scene_start();
    scene_expect_end(STATUS_CONNECTION,
                     "client: there: server offers no sealed session, and only such a one is "
                     "allowed\n");
    close(scene.ends[1]);
}
END_TEST

/* Unless it is asked not to. */
START_TEST(server_that_is_known_to_seal_need_not)
{
    peer *p = scene_server();

    scene.trusted.is_known = scene.args.plain = 1;
    scene_start();
    scene_take_command(p);
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "");
    peer_close(p);
}
END_TEST

/* ---- legacy greetings ---- */

/* A line and then nothing is one, of which more cannot be expected. */
START_TEST(legacy_greeting_ends_by_itself)
{
    char request[64];
    ssize_t n;

    scene.args.policy.allow_legacy = 1;
    send_text(scene.ends[1], "welcome\r\n");
    scene_start();
    n = read(scene.ends[1], request, sizeof(request));
    ck_assert_int_eq(n, 14);
    ck_assert_mem_eq(request, "auth rsa alice", 14);
    close(scene.ends[1]);
    scene_expect_end(STATUS_CONNECTION, "client: there: connection closed during the handshake\n");
}
END_TEST

/* ... unless more comes meanwhile: the wait is for silence. */
START_TEST(legacy_greeting_is_not_ended_early)
{
    peer *p = scene_server();

    scene.args.policy.allow_legacy = 1;
    scene.args.legacy_wait = 20000;
    scene_start();
    scene_take_command(p);
    ck_assert(!sw_session_is_legacy(peer_session(p)));
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "");
    peer_close(p);
}
END_TEST

/* ---- servers that break off ---- */

static const struct {
    const char *says, *errors;
} breaking[] = {
    { "", "client: there: connection closed during the handshake\n" },
    { "x", "client: there: connection closed during the handshake, after the server said 'x'\n" },
    { "out of order\nand more",
      "client: there: connection closed during the handshake, after the server said 'out of order'\n" },
    { LONG "more", "client: there: connection closed during the handshake, after the server said '" LONG "'\n" },
};

START_TEST(closed_in_the_greeting)
{
    send_text(scene.ends[1], breaking[_i].says);
    shutdown(scene.ends[1], SHUT_WR);
    scene_start();
    scene_expect_end(STATUS_CONNECTION, breaking[_i].errors);
    close(scene.ends[1]);
}
END_TEST

/* What cannot be sent in a handshake is its end. */
START_TEST(takes_no_request)
{
    shutdown(scene.ends[1], SHUT_RD);
    send_text(scene.ends[1], "x\nFeatures: sideband,aes_ctr128,sha256\n");
    scene_start();
    scene_expect_end(STATUS_CONNECTION, "client: there: Broken pipe\n");
    close(scene.ends[1]);
}
END_TEST

START_TEST(closed_before_the_exit)
{
    peer *p = scene_server();

    scene_start();
    scene_take_command(p);
    peer_queue(p, SW_BAND_OUTPUT, "half");
    peer_flush(p);
    peer_close(p);
    scene_expect_end(STATUS_CONNECTION, "client: there: connection closed without an exit packet\n");
    scene_expect_output("half");
}
END_TEST

START_TEST(sealed_and_closed_before_the_exit)
{
    peer *p = scene_sealed_server();

    scene_start();
    scene_take_command(p);
    peer_queue(p, SW_BAND_OUTPUT, "half");
    peer_flush(p);
    peer_close(p);
    scene_expect_end(STATUS_CONNECTION, "client: there: connection closed without an exit packet\n");
    scene_expect_output("half");
}
END_TEST

/* ---- and legacy ones, where that is the end ---- */

START_TEST(legacy_command)
{
    static const char *const commands[] = { "version", "nosuch" };
    const char *argv[] = { commands[_i], NULL };
    peer *p = scene_legacy_server();

    scene.call.argv = argv;
    scene_start();
    scene_take_command(p);
    ck_assert(sw_session_is_legacy(peer_session(p)));
    peer_queue(p, SW_BAND_OUTPUT, "so be it\n");
    peer_flush(p);
    peer_close(p);
    scene_expect_end(STATUS_OK, "");
    scene_expect_output("so be it\n");
}
END_TEST

START_TEST(legacy_argument_that_cannot_be_said)
{
    static const char *const argv[] = { "ls", "two\nlines", NULL };
    peer *p = scene_legacy_server();
    sw_event event;

    scene.call.argv = argv;
    scene.call.argc = 2;
    scene_start();
    peer_expect(p, SW_EVENT_READY, &event);
    peer_flush(p);
    scene_expect_end(STATUS_USAGE, "client: command: argument cannot be carried in legacy mode: argument 1\n");
    peer_close(p);
}
END_TEST

START_TEST(legacy_server_that_takes_no_command)
{
    peer *p = scene_legacy_server();
    sw_event event;

    scene_start();
    peer_expect(p, SW_EVENT_READY, &event);
    shutdown(scene.ends[1], SHUT_RD);
    peer_flush(p);
    peer_close(p);
    scene_expect_end(STATUS_CONNECTION, "client: there: connection closed before the command was sent\n");
}
END_TEST

/* Closing with something unread breaks a connection rather than ends it. */
START_TEST(legacy_server_that_breaks)
{
    peer *p = scene_legacy_server();
    struct pollfd command = { scene.ends[1], POLLIN, 0 };
    sw_event event;

    scene_start();
    peer_expect(p, SW_EVENT_READY, &event);
    peer_flush(p);
    ck_assert_int_eq(poll(&command, 1, 30000), 1);
    peer_close(p);
    scene_expect_end(STATUS_CONNECTION, "client: there: Connection reset by peer\n");
}
END_TEST

static Suite *ends_suite(void)
{
    Suite *suite = suite_create("client session ends");
    TCase *tcase = scene_case(suite, "ends");

    tcase_add_loop_test(tcase, who_is_something_else, 0, COUNT(strangers));
    tcase_add_test(tcase, who_greets_for_ever);
    tcase_add_test(tcase, server_that_is_known_to_seal_has_to);
    tcase_add_test(tcase, server_that_has_to_seal);
    tcase_add_test(tcase, server_that_is_known_to_seal_need_not);
    tcase_add_test(tcase, legacy_greeting_ends_by_itself);
    tcase_add_test(tcase, legacy_greeting_is_not_ended_early);
    tcase_add_loop_test(tcase, closed_in_the_greeting, 0, COUNT(breaking));
    tcase_add_test(tcase, takes_no_request);
    tcase_add_test(tcase, closed_before_the_exit);
    tcase_add_test(tcase, sealed_and_closed_before_the_exit);
    tcase_add_loop_test(tcase, legacy_command, 0, 2);
    tcase_add_test(tcase, legacy_argument_that_cannot_be_said);
    tcase_add_test(tcase, legacy_server_that_takes_no_command);
    tcase_add_test(tcase, legacy_server_that_breaks);
    return suite;
}

int main(void)
{
    return scene_main(ends_suite());
}
