/* SPDX-License-Identifier: ISC */
/* One session of the client: what goes out, that keys are wiped as soon as they are not needed, and what becomes of a
 * standard output that fails. */
#include "client_scene.h"

#include "own_errors.h"
#include "scratch.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- keys ---- */

START_TEST(key_is_wiped_before_the_command_goes_out)
{
    peer *p = scene_server();

    scene_start();
    ck_assert(!scene_key_is_wiped());
    scene_take_command(p);
    ck_assert(scene_key_is_wiped());
    ck_assert_uint_eq(*scene.keys.first, 7);
    peer_queue(p, SW_BAND_OUTPUT, "so be it\n");
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "");
    scene_expect_output("so be it\n");
    peer_close(p);
}
END_TEST

/* There the server says that it takes the user with its first answer. */
START_TEST(key_is_wiped_with_the_first_answer_of_a_sealed_session)
{
    peer *p = scene_sealed_server();

    scene.shown.signer_at = 3;
    scene_start();
    scene_take_command(p);
    ck_assert_uint_eq(*scene.keys.first, 5);
    peer_exit(p, 1);
    scene_expect_end(STATUS_FAILURE, "");
    ck_assert(scene_key_is_wiped());
    ck_assert_uint_eq(*scene.keys.first, 3);
    peer_close(p);
}
END_TEST

START_TEST(secrets_are_wiped_once_they_are_logged)
{
    static const sw_secrets wiped;
    static sw_secrets of_server;
    char line[KEYLOG_LINE_MAX];
    peer *p = scene_server();
    size_t len;

    sw_session_log_keys(peer_session(p), &of_server);
    setenv("SIDEWIREKEYLOGFILE", "keylog", 1);
    scene_start();
    unsetenv("SIDEWIREKEYLOGFILE");
    scene_take_command(p);
    ck_assert_mem_eq(&scene.c->keys, &wiped, sizeof(wiped));
    len = keylog_line(&of_server, line);
    ck_assert_uint_eq(strlen(scratch_read("keylog", NULL)), len);
    ck_assert_mem_eq(scratch_read("keylog", NULL), line, len);
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "");
    peer_close(p);
}
END_TEST

START_TEST(secrets_that_cannot_be_logged)
{
    peer *p = scene_server();

    setenv("SIDEWIREKEYLOGFILE", "nowhere/keylog", 1);
    scene_start();
    unsetenv("SIDEWIREKEYLOGFILE");
    scene_take_command(p);
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "client: SIDEWIREKEYLOGFILE: nowhere/keylog: No such file or directory\n");
    peer_close(p);
}
END_TEST

/* ---- commands ---- */

START_TEST(arguments_arrive_as_they_are)
{
    static const char *const argv[] = { "ls", "-l", "", "two words", "\xff\n", NULL };
    peer *p = scene_server();
    sw_argument came[8];
    sw_command_info info;
    sw_event event;

    scene.call.argv = argv;
    scene.call.argc = 5;
    scene_start();
    peer_take_command(p, &event);
    ck_assert_int_eq(sw_session_arguments(peer_session(p), &event, came, 8, &info, NULL), SW_OK);
    ck_assert_uint_eq(info.count, 5);
    for (int i = 0; i < 5; i++) {
        ck_assert_uint_eq(came[i].len, strlen(argv[i]));
        ck_assert_mem_eq(came[i].data, argv[i], came[i].len);
    }
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "");
    peer_close(p);
}
END_TEST

START_TEST(command_that_is_too_long)
{
    char *text = scratch_allocate(BUFFER_SIZE + 1);
    const char *argv[] = { "ls", text, NULL };
    peer *p = scene_server();
    sw_event event;

    memset(text, 'x', BUFFER_SIZE);
    text[BUFFER_SIZE] = '\0';
    scene.call.argv = argv;
    scene.call.argc = 2;
    scene_start();
    peer_expect(p, SW_EVENT_READY, &event);
    peer_expect(p, SW_E_NO_COMMAND, &event);
    scene_expect_end(STATUS_USAGE, "client: command: command too long: 131076 bytes, limit 32768\n");
    peer_close(p);
}
END_TEST

/* Sanitizers end a program that asks for as much, unless it says this. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}

START_TEST(more_arguments_than_there_is_memory_for)
{
    peer *p = scene_server();
    sw_event event;

    scene.call.argc = SIZE_MAX / 2;
    scene_start();
    peer_expect(p, SW_EVENT_READY, &event);
    peer_expect(p, SW_E_NO_COMMAND, &event);
    scene_expect_end(STATUS_USAGE, "client: command: Cannot allocate memory\n");
    peer_close(p);
}
END_TEST

/* Before there is a session. What was begun for it is given back, or leak checkers complain. */
START_TEST(names_that_no_user_has)
{
    static const char *const names[] = { "", "two words", "a\n" };

    for (int i = 0; i < COUNT(names); i++) {
        scene.args.user = names[i];
        ck_assert_ptr_null(client_new(&scene.args, &scene.call, scene.crypto, &scene.shown, &scene.trusted));
        ck_assert_str_eq(own_errors(), "client: --user: user name empty, too long, or with a blank, LF or CR\n");
        own_errors_clear();
    }
    close(scene.ends[1]);
}
END_TEST

START_TEST(policy_that_allows_nothing)
{
    scene.args.policy.features = 0;
    ck_assert_ptr_null(client_new(&scene.args, &scene.call, scene.crypto, &scene.shown, &scene.trusted));
    ck_assert_str_eq(own_errors(), "client: session: contradiction in the configuration\n");
    close(scene.ends[1]);
}
END_TEST

/* ---- recordings ---- */

/* That costs the recording, and not the session; it is said once. */
START_TEST(recording_that_fails)
{
    peer *p = scene_server();
    char why[128];
    int reader;

    ck_assert_int_eq(mkfifo("record", 0600), 0);
    reader = open("record", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    scene.args.record = "the record";
    scene.args.recorder = recorder_open("record", why, sizeof(why));
    ck_assert_ptr_nonnull(scene.args.recorder);
    scene_start();
    scene_take_command(p);
    peer_queue(p, SW_BAND_ERROR_LOG, "half a line");
    peer_flush(p);
    scene_await_errors("remote: half a line");
    close(reader);
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK,
                     "remote: half a line\n"
                     "client: the record: Broken pipe; nothing more is recorded\n");
    recorder_close(scene.args.recorder);
    peer_close(p);
}
END_TEST

/* ---- standard output ---- */

static const struct {
    const char *file; /* NULL: a pipe that nobody reads */
    int quiet_pipe, status;
    const char *errors;
} outputs[] = {
    { "/dev/full", 0, STATUS_CONNECTION, "client: standard output: No space left on device\n" },
    { "/dev/full", 1, STATUS_CONNECTION, "client: standard output: No space left on device\n" },
    { NULL, 0, STATUS_CONNECTION, "client: standard output: Broken pipe\n" },
    { NULL, 1, STATUS_READER_GONE, "" },
};

static void give_output(const char *file)
{
    int ends[2];

    if (file != NULL) {
        ends[1] = open(file, O_WRONLY | O_CLOEXEC);
    } else {
        ck_assert_int_eq(pipe(ends), 0);
        close(ends[0]);
    }
    dup2(ends[1], STDOUT_FILENO);
    close(ends[1]);
}

START_TEST(output_that_fails)
{
    peer *p = scene_server();

    give_output(outputs[_i].file);
    scene.args.quiet_pipe = outputs[_i].quiet_pipe;
    scene_start();
    scene_take_command(p);
    peer_queue(p, SW_BAND_OUTPUT, "so be it\n");
    peer_flush(p);
    scene_expect_end(outputs[_i].status, outputs[_i].errors);
    peer_close(p);
}
END_TEST

/* Some file systems tell what went wrong when a file is closed. */
START_TEST(output_that_cannot_be_closed)
{
    peer *p = scene_server();

    scene_start();
    scene_take_command(p);
    close(STDOUT_FILENO);
    peer_exit(p, 0);
    scene_expect_end(STATUS_CONNECTION, "client: standard output: Bad file descriptor\n");
    peer_close(p);
}
END_TEST

/* More pieces than wait for one write. */
START_TEST(output_in_many_pieces)
{
    char expected[2 * OUTPUT_SLICES + 1];
    peer *p = scene_server();

    scene_start();
    scene_take_command(p);
    for (int i = 0; i < 2 * OUTPUT_SLICES; i++) {
        expected[i] = (char)('a' + i % 26);
        peer_queue(p, SW_BAND_OUTPUT, (char[]){ expected[i], '\0' });
    }
    expected[2 * OUTPUT_SLICES] = '\0';
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "");
    scene_expect_output(expected);
    peer_close(p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client session");
    TCase *tcase = scene_case(suite, "session");

    tcase_add_test(tcase, key_is_wiped_before_the_command_goes_out);
    tcase_add_test(tcase, key_is_wiped_with_the_first_answer_of_a_sealed_session);
    tcase_add_test(tcase, secrets_are_wiped_once_they_are_logged);
    tcase_add_test(tcase, secrets_that_cannot_be_logged);
    tcase_add_test(tcase, arguments_arrive_as_they_are);
    tcase_add_test(tcase, command_that_is_too_long);
    tcase_add_test(tcase, more_arguments_than_there_is_memory_for);
    tcase_add_test(tcase, names_that_no_user_has);
    tcase_add_test(tcase, policy_that_allows_nothing);
    tcase_add_test(tcase, recording_that_fails);
    tcase_add_loop_test(tcase, output_that_fails, 0, COUNT(outputs));
    tcase_add_test(tcase, output_that_cannot_be_closed);
    tcase_add_test(tcase, output_in_many_pieces);
    return scene_main(suite);
}
