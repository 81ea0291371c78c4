/* SPDX-License-Identifier: ISC */
/* Uploads at a terminal: the bar, and what comes in between. The server is played by the test. */
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "terminal.h"
#include "tools.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SIDEBAND ""
#define LEGACY "--features= --allow-legacy"

#define NOT_ALL "sidewire-client: *: connection closed before all data was sent\n"

/* Starts an upload on a terminal, except where setup says otherwise, up to the point where the
 * server has asked for the data. */
static terminal *start(const char *mode, const terminal_setup *setup, peer **p)
{
    const char *port;
    int listener = listen_anywhere(&port);
    command_line line = client_line(port, scratch_format("%s addimg cover", mode));
    terminal *t = terminal_start(&line, setup);
    sw_event event;

    *p = peer_serve(listener, &event);
    close(listener);
    peer_queue(*p, SW_BAND_AWAITING_DATA, "");
    peer_flush(*p);
    return t;
}

/* A file of zeros, called by its size. */
static int open_sparse(off_t size)
{
    int fd = open(scratch_format("%ld", (long)size), O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, size), 0);
    return fd;
}

START_TEST(bar)
{
    enum { SIZE = 12 << 20 };
    static const char *const modes[] = { SIDEBAND, LEGACY };
    uint8_t *came = scratch_allocate(SIZE);

    for (int i = 0; i < COUNT(modes); i++) {
        terminal_setup setup = { .type = "xterm", .input = open_sparse(SIZE) };
        long start_time = clock_ms();
        peer *p;
        terminal *t = start(modes[i], &setup, &p);

        terminal_await(t, " of 12 MiB");
        expect_match("bar", terminal_text(t), "[ 0-9][ 0-9][0-9]% \\[*\\] * of 12 MiB");
        ck_assert_uint_eq(peer_take_upload(p, came, SIZE), SIZE);
        terminal_await_end(t,
                           "100% [==========================================================="
                           "] 12 of 12 MiB");
        ck_assert_uint_le(terminal_redrawn(t), (size_t)(clock_ms() - start_time) / 100 + 2);
        peer_queue(p, SW_BAND_OUTPUT, "stored\n");
        peer_exit(p, 0);
        peer_close(p);
        ck_assert_int_eq(terminal_wait(t), 0);
        ck_assert_str_eq(terminal_text(t), "stored\n");
        close(setup.input);
    }
}
END_TEST

/* Reads on for a while, in which a bar would be redrawn. */
static void read_some(peer *p)
{
    for (long end = clock_ms() + 250; clock_ms() < end;) {
        sw_event event;

        peer_expect(p, SW_EVENT_DATA, &event);
        sleep_ms(1);
    }
}

/* Messages get lines of their own, and an unfinished one is not drawn over. */
START_TEST(bar_and_messages)
{
    terminal_setup setup = { .type = "xterm", .input = open_sparse(1 << 30) };
    peer *p;
    terminal *t = start(SIDEBAND, &setup, &p);

    terminal_await(t, " of 1024 MiB");
    peer_queue(p, SW_BAND_WARNING_LOG, "careful\n");
    peer_flush(p);
    terminal_await(t, "remote: careful\n");
    read_some(p);
    terminal_await(t, " of 1024 MiB");
    expect_match("below", terminal_text(t), "remote: careful\n  0% \\[*\\] * of 1024 MiB");
    peer_queue(p, SW_BAND_NOTICE_LOG, "half");
    peer_flush(p);
    terminal_await_end(t, "remote: careful\nremote: half");
    read_some(p);
    terminal_await_end(t, "remote: careful\nremote: half");
    peer_queue(p, SW_BAND_NOTICE_LOG, " a line\n");
    peer_flush(p);
    terminal_await(t, "half a line\n");
    read_some(p);
    terminal_await(t, " of 1024 MiB");
    peer_queue(p, SW_BAND_ERROR_LOG, "file too large\n");
    peer_exit(p, 1);
    shutdown_sending(peer_socket(p));
    ck_assert_int_eq(terminal_wait(t), 1);
    ck_assert_str_eq(terminal_text(t), "remote: careful\nremote: half a line\nremote: file too large\n");
    peer_close(p);
    close(setup.input);
}
END_TEST

/* The same with messages of the client itself. */
START_TEST(bar_and_failure)
{
    terminal_setup setup = { .type = "xterm", .input = open_sparse(1 << 30) };
    peer *p;
    terminal *t = start(LEGACY, &setup, &p);

    terminal_await(t, " of 1024 MiB");
    shutdown_sending(peer_socket(p));
    ck_assert_int_eq(terminal_wait(t), 1);
    expect_match("message", terminal_text(t), NOT_ALL);
    peer_close(p);
    close(setup.input);
}
END_TEST

/* Not of what has no size, and not to what is no terminal. */
START_TEST(no_bar)
{
    static const char *const texts[] = { "data\nstored\n", "stored\n", "stored\n", "stored\n" };
    int ends[2];

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    send_text(ends[1], "data\n");
    close(ends[1]);
    for (int i = 0; i < COUNT(texts); i++) {
        const terminal_setup setups[] = {
            { .type = "dumb" },
            { .type = "xterm", .input = ends[0] },
            { .type = "xterm", .input = open_sparse(0) },
            { .type = "xterm",
              .input = open_sparse(5),
              .errors = open("errors", O_RDWR | O_CREAT | O_CLOEXEC, 0600) },
        };
        uint8_t came[5];
        peer *p;
        terminal *t = start(SIDEBAND, &setups[i], &p);

        if (i == 0)
            terminal_type(t, "data\n" KEY_END_OF_FILE);
        ck_assert_uint_eq(peer_take_upload(p, came, sizeof(came)), i == 2 ? 0 : sizeof(came));
        peer_queue(p, SW_BAND_OUTPUT, "stored\n");
        peer_exit(p, 0);
        ck_assert_int_eq(terminal_wait(t), 0);
        ck_assert_str_eq(terminal_text(t), texts[i]);
        ck_assert_uint_eq(terminal_redrawn(t), 0);
        ck_assert_str_eq(scratch_read("errors", NULL), "");
        peer_close(p);
    }
}
END_TEST

/* Nothing was typed yet when the server refuses. */
START_TEST(refused_at_keyboard)
{
    static const char *const modes[] = { SIDEBAND, LEGACY };
    static const char *const texts[] = { "remote: no\n", "no\n" NOT_ALL };

    for (int i = 0; i < COUNT(modes); i++) {
        peer *p;
        terminal *t = start(modes[i], NULL, &p);

        sleep_ms(50);
        peer_queue(p, SW_BAND_ERROR_LOG, "no\n");
        peer_exit(p, 1);
        shutdown_sending(peer_socket(p));
        ck_assert_int_eq(terminal_wait(t), 1);
        expect_match(modes[i], terminal_text(t), texts[i]);
        peer_close(p);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e upload terminal");

    tcase_add_test(e2e_case(suite, "bar"), bar);
    tcase_add_test(e2e_case(suite, "messages"), bar_and_messages);
    tcase_add_test(e2e_case(suite, "failure"), bar_and_failure);
    tcase_add_test(e2e_case(suite, "no bar"), no_bar);
    tcase_add_test(e2e_case(suite, "keyboard"), refused_at_keyboard);
    return e2e_main(suite);
}
