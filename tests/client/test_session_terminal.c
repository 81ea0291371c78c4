/* SPDX-License-Identifier: ISC */
/* What a session shows on a terminal, and asks there. The terminal is that of the whole suite, which leads a session of
 * processes for that. */
#include "client_scene.h"

#include "deadline.h"
#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { SHOWN_MAX = 4096, HOUR = 3600 };

static int keyboard, screen; /* both ends of it */

/* Before the scene: all that is shown from here on is the test's, as it was written. */
static void setup(void)
{
    struct termios how;

    signal(SIGTTOU, SIG_IGN); /* a test may have a group of its own, which comes to the front by this */
    ck_assert_int_eq(tcsetpgrp(screen, getpgrp()), 0);
    ck_assert_int_eq(tcgetattr(screen, &how), 0);
    how.c_oflag &= ~(tcflag_t)OPOST;
    how.c_lflag &= ~(tcflag_t)ECHO;
    ck_assert_int_eq(tcsetattr(screen, TCSAFLUSH, &how), 0);
    setenv("TERM", "xterm", 1);
}

/* What was shown until this text. */
static const char *await_shown(const char *text)
{
    char *shown = scratch_allocate(SHOWN_MAX);
    size_t len = 0;

    shown[0] = '\0';
    while (strstr(shown, text) == NULL) {
        struct pollfd more = { keyboard, POLLIN, 0 };
        ssize_t n;

        ck_assert_msg(poll(&more, 1, 30000) == 1, "not '%s', but: %s", text, shown);
        n = read(keyboard, shown + len, SHOWN_MAX - 1 - len);
        ck_assert_int_gt(n, 0);
        len += (size_t)n;
        shown[len] = '\0';
    }
    return shown;
}

/* ---- the bar of an upload ---- */

#define TEN "=========="
#define BLANKS "          "
#define BEGUN "\r  0% [>" BLANKS BLANKS BLANKS BLANKS BLANKS "        ] 0 of 9 bytes"
#define DONE "\r100% [" TEN TEN TEN TEN TEN "=========] 9 of 9 bytes"
#define CLEARED "\r" BLANKS BLANKS BLANKS BLANKS BLANKS BLANKS BLANKS "         \r"
#define CLOSED "client: there: connection closed without an exit packet\n"

/* It goes before anything else is shown, and does not come into a line that is open. */
static const struct {
    const char *before, *behind; /* what the server says around the upload */
    int exits;
    const char *shown;
} bars[] = {
    { NULL, NULL, 0, BEGUN DONE CLEARED CLOSED },
    { NULL, "half", 0, BEGUN DONE CLEARED "remote: half\n" CLOSED },
    { "half", NULL, 0, "remote: half\n" CLOSED },
    { "a line\n", NULL, 0, "remote: a line\n" BEGUN DONE CLEARED CLOSED },
    { NULL, NULL, 1, BEGUN DONE CLEARED },
};

static void say(peer *p, const char *text)
{
    if (text != NULL)
        peer_queue(p, SW_BAND_INFO_LOG, text);
}

START_TEST(bar_of_an_upload)
{
    int errors = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    peer *p = scene_server();
    uint8_t data[16];

    dup2(screen, STDERR_FILENO);
    scene_offer("all of it");
    scene_start();
    scene_take_command(p);
    say(p, bars[_i].before);
    peer_queue(p, SW_BAND_AWAITING_DATA, "");
    peer_flush(p);
    ck_assert_uint_eq(peer_take_upload(p, data, sizeof(data)), 9);
    say(p, bars[_i].behind);
    peer_flush(p);
    if (bars[_i].exits)
        peer_exit(p, 0);
    peer_close(p);
    scene_expect_end(bars[_i].exits ? STATUS_OK : STATUS_CONNECTION, "");
    send_text(screen, "#");
    dup2(errors, STDERR_FILENO);
    close(errors);
    ck_assert_str_eq(await_shown("#"), scratch_format("%s#", bars[_i].shown));
    scene_close_offer();
}
END_TEST

/* ---- output ---- */

static const struct {
    int raw, end_line;
    const char *says, *shown;
} outputs[] = {
    { 0, 0, "a bell: \a", "a bell: \\x07" },
    { 1, 0, "a bell: \a", "a bell: \a" },
    { 0, 1, "half", "half\n" },
    { 1, 1, "half", "half\n" },
    { 0, 1, "a line\n", "a line\n" },
    { 0, 1, "", "" },
};

START_TEST(output_on_a_terminal)
{
    peer *p = scene_server();

    dup2(screen, STDOUT_FILENO);
    scene.args.raw = outputs[_i].raw;
    scene.call.end_line = outputs[_i].end_line;
    scene_start();
    scene_take_command(p);
    peer_queue(p, SW_BAND_OUTPUT, outputs[_i].says);
    peer_exit(p, 0);
    scene_expect_end(STATUS_OK, "");
    send_text(screen, "#");
    ck_assert_str_eq(await_shown("#"), scratch_format("%s#", outputs[_i].shown));
    peer_close(p);
}
END_TEST

/* ---- whether it is the right server ---- */

enum { CONNECTION = 1 };

static const struct {
    const char *answer;
    int in;      /* of the arguments; below 0: there is a host, which may be asked again */
    int timeout; /* seconds; 0: none */
    int is_late; /* the time of the handshake is over when the answer comes */
    int status;
} questions[] = {
    { "yes\n", CONNECTION, 30, 0, STATUS_OK },
    { "yes\n", CONNECTION, HOUR, 1, STATUS_OK },
    { "yes\n", CONNECTION, 0, 0, STATUS_OK },
    { "yes\n", 0, 30, 0, STATUS_OK },
    { "yes\n", -1, 30, 0, CLIENT_AGAIN },
    { "no\n", CONNECTION, 30, 0, STATUS_CONNECTION },
    { "y\n", CONNECTION, 30, 0, STATUS_CONNECTION },
};

static int question; /* of these */
static int64_t asked_at;
static const char *asked;

static void *answer(void *unused)
{
    (void)unused;
    asked = await_shown("(yes or no)? ");
    asked_at = deadline_in(0);
    if (questions[question].is_late)
        scene.c->deadline = 1;
    send_text(keyboard, questions[question].answer);
    return NULL;
}

START_TEST(unknown_server)
{
    peer *p = scene_sealed_server();
    pthread_t user;

    scene.trusted.is_known = scene.trusted.has_pin = 0;
    scene.trusted.path = strdup("known");
    strcpy(scene.trusted.address, "there:2990");
    scene.args.in = questions[_i].in;
    scene.args.timeout = questions[_i].timeout;
    if (questions[_i].timeout == 0)
        scene.deadline = DEADLINE_NEVER;
    question = _i;
    scene_start();
    ck_assert_int_eq(pthread_create(&user, NULL, answer, NULL), 0);
    scene_go_on(p);
    pthread_join(user, NULL);
    if (questions[_i].is_late) {
        ck_assert_int_ge(scene.c->deadline, asked_at + 1000 * HOUR);
        ck_assert_int_le(scene.c->deadline, deadline_in(1000 * HOUR));
    }
    scene_expect_end(questions[_i].status,
                     questions[_i].status != STATUS_CONNECTION
                         ? ""
                         : scratch_format("client: there: unknown server, its key is %s\n", scene_fingerprint()));
    ck_assert_str_eq(asked,
                     scratch_format("there is not known. Its key is\n    %s\nCompare that with what its log says "
                                    "at the start.\nIs it right, and shall it be remembered (yes or no)? ",
                                    scene_fingerprint()));
    peer_close(p);
}
END_TEST

static int run(void)
{
    Suite *suite = suite_create("client session terminal");
    TCase *tcase = scene_case(suite, "terminal");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_loop_test(tcase, bar_of_an_upload, 0, COUNT(bars));
    tcase_add_loop_test(tcase, output_on_a_terminal, 0, COUNT(outputs));
    tcase_add_loop_test(tcase, unknown_server, 0, COUNT(questions));
    return scene_main(suite);
}

/* Whoever leads a session and has no terminal gets the first one that it opens. */
static int lead(void)
{
    keyboard = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (keyboard < 0 || grantpt(keyboard) < 0 || unlockpt(keyboard) < 0 ||
        (screen = open(ptsname(keyboard), O_RDWR | O_CLOEXEC)) < 0) {
        perror("terminal");
        return EXIT_FAILURE;
    }
    return run();
}

int main(void)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        setsid();
        exit(lead());
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}
