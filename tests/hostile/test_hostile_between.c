/* SPDX-License-Identifier: ISC */
/* Somebody in between, who changes what is said: what SECURITY.md says of plain sessions is so, and sealed ones
 * have none of it. */
#include "hostile.h"
#include "scratch.h"
#include "suite.h"

#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MESSAGE_MAX = 65536, COMMAND = 3 }; /* what a client says third is its command */

/* ---- the one in between ---- */

/* 70 6c 61 79 XOR 74 65 72 6d, where the name of the command lies behind the header of its packet. */
static void make_term_of_play(uint8_t *message, size_t len)
{
    static const uint8_t change[] = { 0x04, 0x09, 0x13, 0x14 };

    if (len >= SW_HEADER_SIZE + sizeof(change))
        for (size_t i = 0; i < sizeof(change); i++)
            message[SW_HEADER_SIZE + i] ^= change[i];
}

static void change_last(uint8_t *message, size_t len)
{
    message[len - 1] ^= 1;
}

/* Passes on one message. 0 at its end. */
static size_t pass_on(int from, int to, void (*change)(uint8_t *message, size_t len))
{
    static uint8_t message[MESSAGE_MAX];
    ssize_t n = read(from, message, sizeof(message));

    if (n > 0 && change != NULL)
        change(message, (size_t)n);
    return n > 0 && write(to, message, (size_t)n) == n ? (size_t)n : 0;
}

/* In a process of its own: one connection, and the client's message of that number is changed. */
static pid_t stand_between(int listener, const char *port, int number,
                           void (*change)(uint8_t *message, size_t len))
{
    pid_t child = fork();
    struct pollfd ends[2] = { { .events = POLLIN }, { .events = POLLIN } };
    int said = 0;

    if (child != 0)
        return child;
    ends[0].fd = accept_one(listener);
    ends[1].fd = dial(port);
    while (poll(ends, 2, PROCESS_SECONDS * 1000) > 0) {
        if (ends[0].revents != 0 && pass_on(ends[0].fd, ends[1].fd, ++said == number ? change : NULL) == 0)
            break;
        if (ends[1].revents != 0 && pass_on(ends[1].fd, ends[0].fd, NULL) == 0)
            break;
    }
    _exit(0);
}

/* ---- what it can do ---- */

/* The server ends, and the client sees success: neither notices. */
START_TEST(play_becomes_term)
{
    server s = server_start_local("");
    const char *port;
    int listener = listen_anywhere(&port);
    pid_t between = stand_between(listener, s.port, COMMAND, make_term_of_play);
    command_line line = client_line(port, "play");

    process_expect(process_start(&line, NULL), "play", 0, "", "");
    process_expect(s.process, "term", 0, NULL, "*: user 'alice': ends the server\n*");
    ck_assert_int_eq(waitpid(between, NULL, 0), between);
    close(listener);
}
END_TEST

/* Whoever you connect to can act as you elsewhere: the server that is asked to play is another one than the one
 * the client meant, and takes what is passed on for the client. */
START_TEST(asked_elsewhere)
{
    server elsewhere = server_start_local("");
    const char *port;
    int listener = listen_anywhere(&port);
    pid_t between = stand_between(listener, elsewhere.port, 0, NULL);
    command_line line = client_line(port, "play");

    process_expect(process_start(&line, NULL), "play", 0, "", "");
    process_await_err(elsewhere.process, "user 'alice': command 'play'\n");
    ck_assert_int_eq(waitpid(between, NULL, 0), between);
    close(listener);
    hostile_stop(&elsewhere);
}
END_TEST

/* ---- and what it cannot ---- */

#define SEALED "--known-servers known --accept-new"

/* Any message of a sealed session that is changed ends it, and no command is run. */
START_TEST(sealed_is_not_changed)
{
    server s = server_start_local("--host-key host");
    const char *port;
    int listener = listen_anywhere(&port);
    pid_t between = stand_between(listener, s.port, _i, change_last);
    command_line line = client_line(port, SEALED " play");
    process *client = process_start(&line, NULL);

    ck_assert_int_ne(process_wait(client), 0);
    ck_assert_int_eq(waitpid(between, NULL, 0), between);
    ck_assert_ptr_null(strstr(process_err(s.process), "command"));
    close(listener);
    hostile_stop(&s);
}
END_TEST

/* A session with another server than the one that is meant is none. */
START_TEST(sealed_is_not_elsewhere)
{
    server elsewhere = server_start_local("--host-key other");
    server meant = server_start_local("--host-key host");
    const char *port;
    int listener = listen_anywhere(&port);
    pid_t between = stand_between(listener, meant.port, 0, NULL);
    command_line line = client_line(port, SEALED " version");

    process_expect(process_start(&line, NULL), "at first", 0, NULL, NULL);
    ck_assert_int_eq(waitpid(between, NULL, 0), between);
    between = stand_between(listener, elsewhere.port, 0, NULL);
    line = client_line(port, SEALED " play");
    process_expect(process_start(&line, NULL), "elsewhere", 3, "", "*THE SERVER HAS ANOTHER KEY*");
    ck_assert_int_eq(waitpid(between, NULL, 0), between);
    ck_assert_ptr_null(strstr(process_err(elsewhere.process), "user 'alice'"));
    close(listener);
    hostile_stop(&elsewhere);
    hostile_stop(&meant);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile between");

    tcase_add_test(e2e_case(suite, "changed"), play_becomes_term);
    tcase_add_test(e2e_case(suite, "elsewhere"), asked_elsewhere);
    tcase_add_loop_test(e2e_case(suite, "sealed, changed"), sealed_is_not_changed, 1, 3);
    tcase_add_test(e2e_case(suite, "sealed, elsewhere"), sealed_is_not_elsewhere);
    return e2e_main(suite);
}
