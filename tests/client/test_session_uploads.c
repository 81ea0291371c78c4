/* SPDX-License-Identifier: ISC */
/* What a client uploads, and what it does not: in sessions with packets, in legacy mode, and beside what a terminal
 * shows of it. */
#include "client_scene.h"

#include "scratch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void ask_for_data(peer *p)
{
    peer_queue(p, SW_BAND_AWAITING_DATA, "");
    peer_flush(p);
}

static void expect_upload(peer *p, const char *text)
{
    uint8_t data[64];
    size_t len = peer_take_upload(p, data, sizeof(data));

    ck_assert_uint_eq(len, strlen(text));
    ck_assert_mem_eq(data, text, len);
}

START_TEST(data_goes_when_it_is_asked_for)
{
    peer *p = scene_sealed_server();

    scene_offer("all of it");
    scene.call.data_name = "a file";
    scene_start();
    scene_take_command(p);
    ask_for_data(p);
    expect_upload(p, "all of it");
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "");
    ck_assert(scene.c->upload.complete);
    ck_assert_uint_eq(scene.c->upload.given, 9);
    peer_close(p);
    scene_close_offer();
}
END_TEST

/* Behind what the server said before, on a line of its own. */
START_TEST(that_is_told_if_asked_for)
{
    peer *p = scene_server();

    scene_offer("all of it");
    scene.call.data_name = "a file";
    scene.args.verbose = scene.args.plain = 1;
    scene_start();
    scene_take_command(p);
    peer_queue(p, SW_BAND_INFO_LOG, "half a line");
    ask_for_data(p);
    expect_upload(p, "all of it");
    peer_exit(p, 0);
    scene_expect_end(
        STATUS_OK,
        "client: features: sideband,aes_ctr128,sha256\n"
        "client: cipher: AES-128-CTR\n"
        "client: not sealed, so others can change what is said and read it later: --plain asks for it\n"
        "client: authenticated as alice\n"
        "remote: half a line\n"
        "client: sending a file\n"
        "client: exit status 0\n");
    peer_close(p);
    scene_close_offer();
}
END_TEST

/* Of a command that is known, and of one that is not. */
START_TEST(data_from_standard_input)
{
    static const char *const commands[] = { "addimg", "nosuch" };
    const char *argv[] = { commands[_i], NULL };
    int real = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
    peer *p = scene_server();

    scene_offer("all of it");
    dup2(scene.call.data, STDIN_FILENO);
    scene_close_offer();
    scene.call.data = STDIN_FILENO;
    scene.call.argv = argv;
    scene.call.argc = 1;
    scene_start();
    scene_take_command(p);
    ask_for_data(p);
    expect_upload(p, "all of it");
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "");
    peer_close(p);
    dup2(real, STDIN_FILENO);
    close(real);
}
END_TEST

START_TEST(data_that_cannot_be_read)
{
    peer *p = scene_server();

    scene_offer("");
    scene_close_offer();
    scene.call.data = open(".", O_RDONLY | O_CLOEXEC);
    scene.call.data_name = "a folder";
    scene_start();
    scene_take_command(p);
    peer_queue(p, SW_BAND_ERROR_LOG, "half a line");
    ask_for_data(p);
    scene_expect_end(STATUS_CONNECTION, "remote: half a line\nclient: a folder: Is a directory\n");
    peer_close(p);
    scene_close_offer();
}
END_TEST

static const struct {
    const char *command, *errors;
    int interactive;
} unwanted[] = {
    { "version", "client: there: the server asks for data, which this command does not send\n", 0 },
    { "addimg", "client: there: the server asks for data, which this command does not send\n", 0 },
    { "nosuch",
      "client: there: the server asks for data, but this command is not known to send any; see --upload\n", 0 },
    { "nosuch",
      "client: there: the server asks for data, but this command is not known to send any; < FILE sends one\n",
      1 },
};

START_TEST(data_that_nobody_has)
{
    const char *argv[] = { unwanted[_i].command, NULL };
    peer *p = scene_server();

    scene.call.argv = argv;
    scene.args.interactive = unwanted[_i].interactive;
    scene_start();
    scene_take_command(p);
    ask_for_data(p);
    scene_expect_end(STATUS_CONNECTION, unwanted[_i].errors);
    peer_close(p);
}
END_TEST

START_TEST(server_that_wants_no_more)
{
    peer *p = scene_server();
    sw_event event;
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    scene_offer("");
    scene_close_offer();
    scene.call.data = ends[0];
    scene_start();
    scene_take_command(p);
    ask_for_data(p);
    ck_assert_int_eq(write(ends[1], "some", 4), 4);
    peer_expect(p, SW_EVENT_DATA, &event);
    ck_assert_uint_eq(event.chunk.len, 4);
    peer_exit(p, 1);
    scene_expect_end(STATUS_FAILURE, "");
    ck_assert(!scene.c->upload.complete);
    peer_close(p);
    close(ends[1]);
    scene_close_offer();
}
END_TEST

/* ---- legacy mode, where closing ends what either side says ---- */

START_TEST(legacy_upload)
{
    peer *p = scene_legacy_server();

    scene_offer("all of it");
    scene_start();
    scene_take_command(p);
    ask_for_data(p);
    expect_upload(p, "all of it");
    peer_queue(p, SW_BAND_OUTPUT, "so be it\n");
    peer_flush(p);
    shutdown(scene.ends[1], SHUT_WR);
    scene_expect_end(STATUS_OK, "");
    scene_expect_output("so be it\n");
    ck_assert_int_eq(scene.c->wire.sending_ended, 1);
    peer_close(p);
    scene_close_offer();
}
END_TEST

START_TEST(legacy_server_that_does_not_ask)
{
    peer *p = scene_legacy_server();

    scene_offer("all of it");
    scene_start();
    scene_take_command(p);
    peer_queue(p, SW_BAND_OUTPUT, "No.\n");
    peer_flush(p);
    peer_close(p);
    scene_expect_end(STATUS_FAILURE, "client: there: connection closed without a request for the data\n");
    scene_expect_output("No.\n");
    scene_close_offer();
}
END_TEST

START_TEST(legacy_server_that_closes_in_between)
{
    peer *p = scene_legacy_server();
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    scene_offer("");
    scene_close_offer();
    scene.call.data = ends[0];
    scene_start();
    scene_take_command(p);
    ask_for_data(p);
    peer_close(p);
    scene_expect_end(STATUS_FAILURE, "client: there: connection closed before all data was sent\n");
    close(ends[1]);
    scene_close_offer();
}
END_TEST

static Suite *uploads_suite(void)
{
    Suite *suite = suite_create("client session uploads");
    TCase *tcase = scene_case(suite, "uploads");

    tcase_add_test(tcase, data_goes_when_it_is_asked_for);
    tcase_add_test(tcase, that_is_told_if_asked_for);
    tcase_add_loop_test(tcase, data_from_standard_input, 0, 2);
    tcase_add_test(tcase, data_that_cannot_be_read);
    tcase_add_loop_test(tcase, data_that_nobody_has, 0, COUNT(unwanted));
    tcase_add_test(tcase, server_that_wants_no_more);
    tcase_add_test(tcase, legacy_upload);
    tcase_add_test(tcase, legacy_server_that_does_not_ask);
    tcase_add_test(tcase, legacy_server_that_closes_in_between);
    return suite;
}

int main(void)
{
    return scene_main(uploads_suite());
}
