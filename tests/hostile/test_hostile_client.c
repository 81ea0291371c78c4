/* SPDX-License-Identifier: ISC */
/* The client and servers that mean harm, or are none, and surroundings that make it hard. */
#include "capture.h"
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "terminal.h"
#include "tools.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static process *start(const char *port, const char *words, const char *input)
{
    process_setup setup = { .input = input };
    command_line line = client_line(port, words);

    return process_start(&line, &setup);
}

/* ---- standard input belongs to the user ---- */

static const struct {
    const char *words;
    int is_sent;
    const char *err;
} asked[] = {
    { "nosuch", 0,
      "sidewire-client: 127.0.0.1:*: the server asks for data, but this command is not "
      "known to send any; see --upload\n" },
    { "si", 0,
      "sidewire-client: 127.0.0.1:*: the server asks for data, which this command does not "
      "send\n" },
    { "--upload nosuch", 1, "" },
    { "addimg x", 1, "" },
};

START_TEST(server_asks_for_data)
{
    const char *port;
    int listener = listen_anywhere(&port);
    uint8_t data[64];
    process *client;
    sw_event event;
    peer *p;

    scratch_write_text("rest", "rest of a script\n");
    client = start(port, asked[_i].words, "rest");
    p = peer_serve(listener, &event);
    peer_queue(p, SW_BAND_AWAITING_DATA, "");
    peer_flush(p);
    if (asked[_i].is_sent) {
        ck_assert_uint_eq(peer_take_upload(p, data, sizeof(data)), 17);
        peer_exit(p, 0);
    } else {
        ck_assert_int_ne(peer_next(p, &event), SW_EVENT_DATA); /* not a byte of it */
    }
    process_expect(client, asked[_i].words, asked[_i].is_sent ? 0 : 3, "", asked[_i].err);
    peer_close(p);
}
END_TEST

/* ---- services of another kind ---- */

static const struct {
    const char *says, *err;
} services[] = {
    { "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n",
      "this is an SSH server, no audio server: it says 'SSH-2.0-OpenSSH_9.2p1 Debian-2'\n" },
    { "HTTP/1.0 408 Request Timeout\r\nConnection: close\r\n\r\n",
      "this is a web server, no audio server: it says 'HTTP/1.0 408 Request Timeout'\n" },
    { "OK MPD 0.23.5\n", "this is an MPD server, no audio server: it says 'OK MPD 0.23.5'\n" },
    { "220 \033]0;x\a",
      "this is a mail or FTP server, no audio server: it says '220 "
      "\\\\x1b\\]0;x\\\\x07'\n" },
};

START_TEST(service_of_another_kind)
{
    const char *port;
    int listener = listen_anywhere(&port);
    process *client = start(port, "si", NULL);
    long begin = clock_ms();
    int fd = accept_one(listener);

    send_text(fd, services[_i].says);
    process_expect(client, services[_i].says, 3, "",
                   scratch_format("sidewire-client: 127.0.0.1:%s: %s", port, services[_i].err));
    ck_assert_int_lt(clock_ms() - begin, 25000); /* --timeout is 30 seconds */
    close(fd);
    close(listener);
}
END_TEST

/* ---- a server that falls silent ---- */

START_TEST(idle_server)
{
    const char *port;
    int listener = listen_anywhere(&port);
    process *client = start(port, "--idle-timeout 1 stat", NULL);
    sw_event event;
    peer *p = peer_serve(listener, &event);

    process_expect(client, "idle", 3, "",
                   "sidewire-client: 127.0.0.1:*: nothing came for 1 seconds; "
                   "see --idle-timeout\n");
    peer_close(p);
}
END_TEST

/* ---- keys ---- */

START_TEST(key_that_others_can_read)
{
    server s = server_start_local("");

    ck_assert_int_eq(system("cp keys/alice loose && chmod 640 loose"), 0);
    process_expect(tool_start(TOOL_CLIENT, scratch_format("-H 127.0.0.1:%s -u alice -k loose si", s.port)),
                   "loose", 2, "",
                   "sidewire-client: loose: a private key that others can read "
                   "(mode 0640): chmod 600 it, or make another one\n");
    ck_assert_int_eq(chmod("loose", 0600), 0);
    process_expect(tool_start(TOOL_CLIENT, scratch_format("-H 127.0.0.1:%s -u alice -k loose si", s.port)),
                   "mended", 0, NULL, "");
    server_stop(&s);
}
END_TEST

START_TEST(key_from_a_pipe)
{
    static const char *const ways[] = {
        "\"$1\" -H [127.0.0.1]:$2 -u alice -k <(cat keys/alice) si",
        "cat keys/alice | \"$1\" -H 127.0.0.1:$2 -p 1 -u alice -k /dev/stdin si",
        ("mkfifo -m 600 fifo; (sleep 0.2; cat keys/alice >fifo) & \"$1\" -H 127.0.0.1 -p $2 -u alice "
         "-k fifo si"),
    };
    server s = server_start_local("");
    command_line line = { { NULL }, 0 };
    process *p;

    command_add(&line, "bash");
    command_add(&line, "-c");
    command_add(&line, ways[_i]);
    command_add(&line, "bash");
    command_add(&line, tool_path(TOOL_CLIENT));
    command_add(&line, s.port);
    p = process_start(&line, NULL);
    process_expect(p, ways[_i], 0, NULL, "");
    server_stop(&s);
}
END_TEST

/* ---- standard streams ---- */

START_TEST(closed_standard_streams)
{
    static const char *const closed[] = { "<&-", ">&-", "2>&-", "<&- >&- 2>&-" };
    server s = server_start_local("--record capture");
    int status[2];

    for (int i = 0; i < 2; i++) {
        command_line line = { { NULL }, 0 };
        const char *tool =
            i == 0 ? scratch_format("%s -H 127.0.0.1:%s -u alice -k keys/alice si", tool_path(TOOL_CLIENT), s.port)
                   : scratch_format("%s --html page capture", tool_path(TOOL_DUMP));

        command_add(&line, "bash");
        command_add(&line, "-c");
        command_add(&line, scratch_format("%s %s", tool, closed[_i]));
        status[i] = process_wait(process_start(&line, NULL));
    }
    /* what is printed must not end up in what is opened later */
    ck_assert_int_eq(status[0], strchr(closed[_i], '>') != NULL && closed[_i][0] != '2' ? 3 : 0);
    ck_assert_int_eq(status[1], 0);
    ck_assert_int_eq(strncmp(scratch_read("page", NULL), "<!", 2), 0);
    server_stop(&s);
}
END_TEST

/* A pipe that is full for a while, and whose other owner made it non-blocking. */
START_TEST(non_blocking_output)
{
    static char out[1 << 24];
    const char *words[] = { "catimg big", "--hex -k keys/alice capture" };
    server s = server_start_local("--record capture");
    char *image = scratch_allocate(1 << 20);
    int ends[2];

    memset(image, 'x', 1 << 20);
    scratch_write("image", image, 1 << 20);
    process_expect(start(s.port, "addimg big", "image"), "addimg", 0, "", "");
    for (int i = 0; i < 2; i++) {
        command_line line = { { NULL }, 0 };
        process_setup setup = { 0 };
        process *p;

        ck_assert_int_eq(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
        setup.output = ends[1];
        if (i == 0) {
            line = client_line(s.port, words[i]);
        } else {
            command_add(&line, tool_path(TOOL_DUMP));
            command_add_words(&line, words[i]);
        }
        p = process_start(&line, &setup);
        close(ends[1]);
        sleep_ms(300); /* meanwhile it is full */
        ck_assert_int_eq(fcntl(ends[0], F_SETFL, 0), 0);
        ck_assert_uint_ge(receive_to_end(ends[0], out, sizeof(out)), 1 << 20);
        ck_assert_int_eq(process_wait(p), 0);
        ck_assert_str_eq(process_err(p), "");
        close(ends[0]);
    }
    server_stop(&s);
}
END_TEST

/* ---- files and signals ---- */

START_TEST(record_into_a_pipe)
{
    server s = server_start_local("");
    command_line line = { { NULL }, 0 };
    char *image = scratch_allocate(1 << 20);
    process *p;

    memset(image, 'x', 1 << 20);
    scratch_write("image", image, 1 << 20);
    command_add(&line, "bash");
    command_add(&line, "-c");
    command_add(&line, scratch_format("mkfifo fifo; (sleep 0.3; exec 3<fifo; sleep 0.3; cat <&3 >copy) & "
                                      "%s -H 127.0.0.1:%s -u alice -k keys/alice --record fifo "
                                      "addimg x <image; wait",
                                      tool_path(TOOL_CLIENT), s.port));
    p = process_start(&line, NULL);
    process_expect(p, "record", 0, "", "");
    process_expect(tool_start(TOOL_DUMP, "-k keys/alice copy"), "dump", 0, "*exit status 0*", "");
    server_stop(&s);
}
END_TEST

START_TEST(live_capture_and_hangup)
{
    process *p = tool_start(TOOL_DUMP, "--html page -i lo");

    if (!capture_wanted()) {
        process_wait(p);
        return;
    }
    process_await_err(p, "capturing");
    process_signal(p, SIGHUP);
    process_wait(p);
    ck_assert_ptr_nonnull(strstr(scratch_read("page", NULL), "</html>"));
}
END_TEST

START_TEST(no_bar_on_a_dumb_terminal)
{
    static const char *const types[] = { "dumb", "xterm" };
    server s = server_start_local("");
    int file;
    char *image = scratch_allocate(4 << 20);

    memset(image, 'x', 4 << 20);
    scratch_write("image", image, 4 << 20);
    file = open("image", O_RDONLY | O_CLOEXEC);
    {
        terminal_setup setup = { .type = types[_i], .input = file };
        command_line line = client_line(s.port, "addimg x");
        terminal *t = terminal_start(&line, &setup);

        ck_assert_int_eq(terminal_wait(t), 0);
        if (_i == 0)
            ck_assert_uint_eq(terminal_redrawn(t), 0);
        else
            ck_assert_uint_gt(terminal_redrawn(t), 0);
    }
    close(file);
    server_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("hostile to the client");
    TCase *tcase = e2e_case(suite, "servers");

    tcase_add_loop_test(tcase, server_asks_for_data, 0, COUNT(asked));
    tcase_add_loop_test(tcase, service_of_another_kind, 0, COUNT(services));
    tcase_add_test(tcase, idle_server);
    tcase = e2e_case(suite, "keys");
    tcase_add_test(tcase, key_that_others_can_read);
    tcase_add_loop_test(tcase, key_from_a_pipe, 0, 3);
    tcase = e2e_case(suite, "surroundings");
    tcase_add_loop_test(tcase, closed_standard_streams, 0, 4);
    tcase_add_test(tcase, non_blocking_output);
    tcase_add_test(tcase, record_into_a_pipe);
    tcase_add_test(tcase, live_capture_and_hangup);
    tcase_add_loop_test(tcase, no_bar_on_a_dumb_terminal, 0, 2);
    return e2e_main(suite);
}
