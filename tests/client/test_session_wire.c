/* SPDX-License-Identifier: ISC */
/* The client on connections of several kinds, and what is recorded of them. */
#include "client_scene.h"

#include "capture_reader.h"
#include "scratch.h"

#include <fcntl.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

/* ---- kinds of connections ---- */

static void use_pipes(void)
{
    int up[2], down[2];

    ck_assert_int_eq(pipe(up), 0);
    ck_assert_int_eq(pipe(down), 0);
    scene.in = scene.args.in = down[0];
    scene.out = scene.args.out = up[1];
    scene.from_client = up[0];
    scene.to_client = down[1];
    close(scene.ends[1]);
}

/* A command that does not go in one write. */
static void give_long_command(void)
{
    static const char *argv[] = { "ls", NULL, NULL };
    char *text = scratch_allocate(30001);

    memset(text, 'x', 30000);
    text[30000] = '\0';
    argv[1] = text;
    scene.call.argv = argv;
    scene.call.argc = 2;
}

static void take_long_command(peer *p)
{
    sw_argument came[4];
    sw_command_info info;
    sw_event event;

    peer_take_command(p, &event);
    ck_assert_int_eq(sw_session_arguments(peer_session(p), &event, came, 4, &info, NULL), SW_OK);
    ck_assert_uint_eq(info.count, 2);
    ck_assert_uint_eq(came[1].len, 30000);
}

/* What is ready may still block when more is written to it at once than a pipe takes. */
START_TEST(two_pipes)
{
    peer *p;

    use_pipes();
    p = scene_server();
    give_long_command();
    scene_start();
    take_long_command(p);
    peer_queue(p, SW_BAND_OUTPUT, "so be it\n");
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "");
    scene_expect_output("so be it\n");
    ck_assert_uint_eq(scene.c->wire.write_max, PIPE_BUF);
    ck_assert_uint_gt(scene.c->wire.sent, 30000);
    ck_assert_int_eq(scene.c->wire.sending_ended, 0);
    peer_close(p);
    close(scene.in);
    close(scene.out);
}
END_TEST

START_TEST(socket_that_does_not_block)
{
    peer *p = scene_server();

    fcntl(scene.ends[0], F_SETFL, O_NONBLOCK);
    give_long_command();
    scene_start();
    take_long_command(p);
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "");
    ck_assert_uint_eq(scene.c->wire.write_max, SSIZE_MAX);
    peer_close(p);
}
END_TEST

START_TEST(nothing_to_read_from)
{
    int folder = open(".", O_RDONLY | O_CLOEXEC);

    scene.in = folder;
    scene_start();
    scene_expect_end(STATUS_CONNECTION, "client: there: Is a directory\n");
    close(folder);
    close(scene.ends[1]);
}
END_TEST

static void take_upload(peer *p)
{
    uint8_t data[64];

    scene_take_command(p);
    peer_queue(p, SW_BAND_AWAITING_DATA, "");
    peer_flush(p);
    ck_assert_uint_eq(peer_take_upload(p, data, sizeof(data)), 9);
}

/* A pipe is closed where a socket would be told that nothing more is sent. */
START_TEST(legacy_upload_to_a_pipe)
{
    peer *p;

    use_pipes();
    p = scene_legacy_server();
    scene_offer("all of it");
    scene_start();
    take_upload(p);
    peer_queue(p, SW_BAND_OUTPUT, "so be it\n");
    peer_flush(p);
    peer_close(p);
    scene_expect_end(STATUS_OK, "");
    scene_expect_output("so be it\n");
    ck_assert_int_eq(scene.c->wire.out, -1);
    ck_assert_int_eq(fcntl(scene.out, F_GETFD), -1);
    close(scene.in);
    scene_close_offer();
}
END_TEST

/* What is neither cannot be ended one way. */
START_TEST(legacy_upload_to_a_terminal)
{
    struct termios how;
    int server, ours;
    sw_event event;
    peer *p;

    ck_assert_int_eq(openpty(&server, &ours, NULL, NULL, NULL), 0);
    ck_assert_int_eq(tcgetattr(ours, &how), 0);
    cfmakeraw(&how);
    ck_assert_int_eq(tcsetattr(ours, TCSANOW, &how), 0);
    scene.in = scene.out = ours;
    scene.from_client = scene.to_client = server;
    p = scene_legacy_server();
    scene_offer("all of it");
    scene_start();
    scene_take_command(p);
    peer_queue(p, SW_BAND_AWAITING_DATA, "");
    peer_flush(p);
    peer_expect(p, SW_EVENT_DATA, &event);
    scene_expect_end(STATUS_CONNECTION,
                     "client: there: the upload cannot be ended: Socket operation on non-socket\n");
    peer_close(p);
    close(ours);
    close(scene.ends[1]);
    scene_close_offer();
}
END_TEST

/* ---- recordings ---- */

static void begin_recording(void)
{
    char why[128];

    scene.args.record = "record";
    scene.args.recorder = recorder_open("record", why, sizeof(why));
    ck_assert_ptr_nonnull(scene.args.recorder);
}

/* What is in it: d is data of a side, or more of it, F and R are the end of a side and of all. */
static void expect_recording(const char *expected)
{
    char told[256] = "";
    size_t count, bytes[2] = { 0, 0 };
    const captured_packet *packets;

    recorder_close(scene.args.recorder);
    packets = capture_read("record", &count);
    ck_assert_uint_gt(count, 3);
    for (size_t i = 0; i < count; i++) {
        const captured_packet *p = &packets[i];
        int is_server = p->from.port != packets[0].from.port;
        char what[3] = { is_server ? '<' : '>', p->flags & TH_RST ? 'R' : p->flags & TH_FIN ? 'F' : 'd', '\0' };
        size_t len = strlen(told);

        bytes[is_server] += p->len;
        if (p->len == 0 && what[1] == 'd')
            continue;
        if (len < 2 || strcmp(told + len - 2, what) != 0)
            strcat(told, what);
    }
    ck_assert_str_eq(told, expected);
    ck_assert_uint_eq(bytes[0], scene.c->wire.sent);
    ck_assert_uint_eq(bytes[1], scene.c->wire.received);
}

#define LOGGED_IN "<d>d<d>d<d>d" /* with the command */

START_TEST(record_of_a_session)
{
    peer *p = scene_server();

    begin_recording();
    scene_start();
    scene_take_command(p);
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "");
    expect_recording(LOGGED_IN "<d>F<F");
    peer_close(p);
}
END_TEST

START_TEST(record_of_a_server_that_closes)
{
    peer *p = scene_legacy_server();

    begin_recording();
    scene_start();
    scene_take_command(p);
    peer_close(p);
    scene_expect_end(STATUS_OK, "");
    expect_recording(LOGGED_IN "<F>F");
}
END_TEST

START_TEST(record_of_a_server_that_breaks)
{
    peer *p = scene_legacy_server();
    struct pollfd command = { scene.ends[1], POLLIN, 0 };
    sw_event event;

    begin_recording();
    scene_start();
    peer_expect(p, SW_EVENT_READY, &event);
    peer_flush(p);
    ck_assert_int_eq(poll(&command, 1, 30000), 1);
    peer_close(p);
    scene_expect_end(STATUS_CONNECTION, "client: there: Connection reset by peer\n");
    expect_recording(LOGGED_IN "<R");
}
END_TEST

START_TEST(record_of_an_upload)
{
    peer *p = scene_legacy_server();

    scene_offer("all of it");
    begin_recording();
    scene_start();
    take_upload(p);
    peer_queue(p, SW_BAND_OUTPUT, "so be it\n");
    peer_flush(p);
    peer_close(p);
    scene_expect_end(STATUS_OK, "");
    expect_recording(LOGGED_IN "<d>d>F<d<F");
    scene_close_offer();
}
END_TEST

START_TEST(record_with_keys)
{
    peer *p = scene_server();
    const char *record;
    size_t len;

    begin_recording();
    setenv("SIDEWIREKEYLOGFILE", "keylog", 1);
    scene_start();
    unsetenv("SIDEWIREKEYLOGFILE");
    scene_take_command(p);
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "");
    recorder_close(scene.args.recorder);
    record = scratch_read("record", &len);
    ck_assert(holds_bytes(record, len, scratch_read("keylog", NULL), strlen(scratch_read("keylog", NULL))));
    peer_close(p);
}
END_TEST

START_TEST(record_without_keys)
{
    static const char label[] = "SIDEWIRE_SESSION_KEYS";
    peer *p = scene_server();
    const char *record;
    size_t len;

    begin_recording();
    scene_start();
    scene_take_command(p);
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "");
    recorder_close(scene.args.recorder);
    record = scratch_read("record", &len);
    ck_assert(!holds_bytes(record, len, label, strlen(label)));
    peer_close(p);
}
END_TEST

static Suite *wire_suite(void)
{
    Suite *suite = suite_create("client session wire");
    TCase *tcase = scene_case(suite, "connections");

    tcase_add_test(tcase, two_pipes);
    tcase_add_test(tcase, socket_that_does_not_block);
    tcase_add_test(tcase, nothing_to_read_from);
    tcase_add_test(tcase, legacy_upload_to_a_pipe);
    tcase_add_test(tcase, legacy_upload_to_a_terminal);
    tcase = scene_case(suite, "recordings");
    tcase_add_test(tcase, record_of_a_session);
    tcase_add_test(tcase, record_of_a_server_that_closes);
    tcase_add_test(tcase, record_of_a_server_that_breaks);
    tcase_add_test(tcase, record_of_an_upload);
    tcase_add_test(tcase, record_with_keys);
    tcase_add_test(tcase, record_without_keys);
    return suite;
}

int main(void)
{
    return scene_main(wire_suite());
}
