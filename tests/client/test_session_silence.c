/* SPDX-License-Identifier: ISC */
/* What the client says, word by word, of servers that say nothing, and how long it waits for them. */
#include "client_scene.h"

#include "deadline.h"
#include "scratch.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOON_MS = 60 };

/* As long as what is kept of a first line. */
#define TEN "0123456789"
#define LONG TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
_Static_assert(sizeof(LONG) == WIRE_FIRST_MAX + 1, "all of it is shown");

/* ---- servers that do not greet ---- */

static const struct {
    const char *says, *errors;
    int allow_legacy;
} silent[] = {
    { "", "client: there: no greeting came in time; see --timeout\n", 0 },
    { "", "client: there: no greeting came in time; see --timeout\n", 1 },
    { "h", "client: there: no complete greeting came in time, only 'h'; see --timeout\n", 0 },
    { "half a", "client: there: no complete greeting came in time, only 'half a'; see --timeout\n", 0 },
    { "half a", "client: there: no complete greeting came in time, only 'half a'; see --timeout\n", 1 },
    { LONG "more", "client: there: no complete greeting came in time, only '" LONG "'; see --timeout\n", 0 },
    { "a line\r\nand half a", "client: there: no complete greeting came in time, only 'a line'; see --timeout\n",
      0 },
    { "a line\r\n",
      "client: there: no complete greeting came in time, only its first line, 'a line'; see --allow-legacy if "
      "this is an audio server\n",
      0 },
    { "a line\n", "client: there: no complete greeting came in time, only 'a line'; see --timeout\n", 1 },
    { LONG "more\n",
      "client: there: no complete greeting came in time, only its first line, '" LONG
      "'; see --allow-legacy if this is an audio server\n",
      0 },
};

START_TEST(who_does_not_greet)
{
    scene.args.policy.allow_legacy = silent[_i].allow_legacy;
    scene.args.legacy_wait = silent[_i].allow_legacy ? 20000 : 1;
    scene.deadline = deadline_in(SOON_MS);
    send_text(scene.ends[1], silent[_i].says);
    scene_start();
    scene_expect_end(STATUS_CONNECTION, silent[_i].errors);
    ck_assert_uint_eq(scene.c->wire.received, strlen(silent[_i].says));
    ck_assert_uint_eq(scene.c->wire.sent, 0);
    close(scene.ends[1]);
}
END_TEST

START_TEST(who_greets_and_falls_silent)
{
    static const char greeting[] = "hello\nFeatures: sideband,aes_ctr128,sha256\n";
    static const char expected[] = "auth rsa alice sideband,aes_ctr128,sha256";
    char request[sizeof(expected)];

    scene.args.policy.allow_legacy = _i;
    scene.args.legacy_wait = 1;
    scene.deadline = deadline_in(10 * SOON_MS);
    send_text(scene.ends[1], greeting);
    scene_start();
    receive_exactly(scene.ends[1], request, strlen(expected));
    ck_assert_mem_eq(request, expected, strlen(expected));
    scene_expect_end(STATUS_CONNECTION, "client: there: handshake not completed in time; see --timeout\n");
    ck_assert_uint_eq(scene.c->wire.received, strlen(greeting));
    ck_assert_uint_eq(scene.c->wire.sent, strlen(expected));
    close(scene.ends[1]);
}
END_TEST

/* Waiting is not over because something else came in between. */
START_TEST(interrupted)
{
    scene.deadline = deadline_in(5 * SOON_MS);
    scene_start();
    for (int i = 0; i < 3; i++) {
        usleep(20000);
        scene_interrupt();
    }
    if (_i)
        close(scene.ends[1]);
    scene_expect_end(STATUS_CONNECTION, _i ? "client: there: connection closed during the handshake\n"
                                           : "client: there: no greeting came in time; see --timeout\n");
    if (!_i)
        close(scene.ends[1]);
}
END_TEST

/* A server that seals says with its first answer that the handshake is over, any other one with the end of that. */
START_TEST(time_of_the_handshake_is_over)
{
    peer *p = _i ? scene_sealed_server() : scene_server();

    scene.args.idle_timeout = 3600;
    scene_start();
    scene_take_command(p);
    peer_queue(p, SW_BAND_ERROR_LOG, "one");
    peer_flush(p);
    scene_await_errors("remote: one");
    scene.c->deadline = 1;
    peer_queue(p, SW_BAND_ERROR_LOG, "two");
    peer_flush(p);
    scene_await_errors("remote: onetwo");
    ck_assert_int_le(scene.c->idle_at, deadline_in(3600000));
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "remote: onetwo\n");
    peer_close(p);
}
END_TEST

START_TEST(plain_handshake_ends_by_itself)
{
    peer *p = scene_server();

    scene_start();
    scene_take_command(p);
    scene.c->deadline = 1;
    peer_queue(p, SW_BAND_ERROR_LOG, "one");
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "remote: one\n");
    peer_close(p);
}
END_TEST

START_TEST(sealed_server_that_does_not_answer)
{
    peer *p = scene_sealed_server();
    sw_event event;

    scene.deadline = deadline_in(10 * SOON_MS);
    scene_start();
    peer_take_command(p, &event);
    scene_expect_end(STATUS_CONNECTION, "client: there: handshake not completed in time; see --timeout\n");
    peer_close(p);
}
END_TEST

/* ---- silence ---- */

START_TEST(server_that_falls_silent)
{
    peer *p = scene_server();
    int64_t began;

    scene.args.idle_timeout = 1;
    scene_start();
    scene_take_command(p);
    began = deadline_in(0);
    scene_expect_end(STATUS_CONNECTION, "client: there: nothing came for 1 seconds; see --idle-timeout\n");
    ck_assert_int_ge(deadline_in(0), began + 900);
    peer_close(p);
}
END_TEST

/* Nor does it say why. */
START_TEST(server_that_takes_no_command)
{
    peer *p = scene_server();
    sw_event event;

    scene.args.idle_timeout = 1;
    scene_start();
    peer_expect(p, SW_EVENT_READY, &event);
    shutdown(scene.ends[1], SHUT_RD);
    peer_flush(p);
    scene_expect_end(STATUS_CONNECTION, "client: there: nothing came for 1 seconds; see --idle-timeout\n");
    peer_close(p);
}
END_TEST

/* Each thing that comes gives it as much time again. */
START_TEST(server_that_says_something_now_and_then)
{
    peer *p = scene_server();

    scene.args.idle_timeout = 1;
    scene_start();
    scene_take_command(p);
    for (int i = 0; i < 3; i++) {
        usleep(400000);
        peer_queue(p, SW_BAND_OUTPUT, ".");
        peer_flush(p);
    }
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "");
    scene_expect_output("...");
    peer_close(p);
}
END_TEST

/* ... and so does each thing that it takes. */
START_TEST(server_that_takes_something_now_and_then)
{
    const int small = 4096;
    char *data = scratch_allocate(200001);
    peer *p = scene_server();
    char taken[16384];

    memset(data, 'x', 200000);
    data[200000] = '\0';
    scene_offer(data);
    setsockopt(scene.ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
    scene.args.idle_timeout = 1;
    scene_start();
    scene_take_command(p);
    peer_queue(p, SW_BAND_AWAITING_DATA, "");
    peer_flush(p);
    for (int i = 0; i < 3; i++) {
        usleep(400000);
        ck_assert_int_gt(read(scene.ends[1], taken, sizeof(taken)), 0);
    }
    ck_assert_uint_lt(scene.c->upload.given, 40000); /* so it was one packet */
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "");
    peer_close(p);
    scene_close_offer();
}
END_TEST

/* Then it is not the server that is waited for; afterwards it is. */
START_TEST(user_whose_data_takes_time)
{
    peer *p = scene_server();
    uint8_t data[8];
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    scene_offer("");
    scene_close_offer();
    scene.call.data = ends[0];
    scene.args.idle_timeout = 1;
    scene_start();
    scene_take_command(p);
    peer_queue(p, SW_BAND_AWAITING_DATA, "");
    peer_flush(p);
    usleep(1200000);
    close(ends[1]);
    ck_assert_uint_eq(peer_take_upload(p, data, sizeof(data)), 0);
    scene_expect_end(STATUS_CONNECTION, "client: there: nothing came for 1 seconds; see --idle-timeout\n");
    peer_close(p);
    scene_close_offer();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client session silence");
    TCase *tcase = scene_case(suite, "silence");

    tcase_add_loop_test(tcase, who_does_not_greet, 0, COUNT(silent));
    tcase_add_loop_test(tcase, who_greets_and_falls_silent, 0, 2);
    tcase_add_loop_test(tcase, interrupted, 0, 2);
    tcase_add_loop_test(tcase, time_of_the_handshake_is_over, 0, 2);
    tcase_add_test(tcase, plain_handshake_ends_by_itself);
    tcase_add_test(tcase, sealed_server_that_does_not_answer);
    tcase_add_test(tcase, server_that_falls_silent);
    tcase_add_test(tcase, server_that_takes_no_command);
    tcase_add_test(tcase, server_that_says_something_now_and_then);
    tcase_add_test(tcase, server_that_takes_something_now_and_then);
    tcase_add_test(tcase, user_whose_data_takes_time);
    return scene_main(suite);
}
