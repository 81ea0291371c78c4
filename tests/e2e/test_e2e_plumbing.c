/* SPDX-License-Identifier: ISC */
/* The programs over connections that others made: socat, tcpserver, tcpclient, descriptors. */
#include "peer.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- servers started for each connection ---- */

static process *start_words(const char *words, const char *last)
{
    command_line line = { { NULL }, 0 };

    command_add_words(&line, words);
    if (last != NULL)
        command_add(&line, last);
    return process_start(&line, NULL);
}

static server start_tcpserver(const char *unused)
{
    server s = { NULL, "127.0.0.1", NULL };

    (void)unused;
    s.process = start_words(
        "tcpserver -1 -H -R -l0 127.0.0.1 0 ./sidewire-server --inetd -u users "
        "--log-level info",
        NULL);
    s.port = port_of_line(process_await_out(s.process, "\n"), "");
    return s;
}

static server start_socat(const char *option)
{
    static const char listens[] = "listening on AF=2 127.0.0.1:";
    server s = { NULL, "127.0.0.1", NULL };

    s.process = start_words("socat -d -d TCP-LISTEN:0,bind=127.0.0.1,fork",
                            scratch_format("EXEC:./sidewire-server --inetd -u users --log-level "
                                           "info%s",
                                           option));
    s.port = port_of_line(process_await_err(s.process, listens), listens);
    return s;
}

static const struct {
    server (*start)(const char *option);
    const char *option;
} starters[] = {
    { start_tcpserver, NULL },
    { start_socat, "" },
    { start_socat, ",pipes" },
    { start_socat, ",nofork" },
};

START_TEST(inetd)
{
    static const char *const logs[] = {
        "authenticated (sideband,aes_ctr128,sha256)\n",
        "command 'help'\n",
        "command 'nosuch': invalid command\n",
        "connection closed during the handshake\n",
    };
    server s;

    ck_assert_int_eq(symlink(tool_path(TOOL_SERVER), "sidewire-server"), 0);
    s = starters[_i].start(starters[_i].option);
    client_expect(&s, "", "help ff", 0, "ff - *", "");
    client_expect(&s, "", "help", 0, "help\tserver\t*\ntouch\tafs\t*\n", "");
    client_expect(&s, "", "nosuch", 1, "", "remote: invalid command\n");
    client_expect(&s, "-u eve -k keys/eve", "si", 3, "", "*cannot be decrypted*\n");
    client_expect(&s, "", "term", 0, "", "");
    client_expect(&s, "", "version", 0, NULL, ""); /* term ended that session's server only */
    for (int i = 0; i < COUNT(logs); i++)
        process_await_err(s.process, logs[i]);
}
END_TEST

/* ---- both over descriptors ---- */

/* A connection: for each of its two ends what to read from and what to write to, which may be the
 * same. */
typedef struct channel {
    int in[2], out[2];
} channel;

static channel socket_channel(int flags)
{
    channel c;
    int fds[2];

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(fcntl(fds[i], F_SETFL, flags), 0);
        c.in[i] = c.out[i] = fds[i];
    }
    return c;
}

static channel pipe_channel(int flags)
{
    channel c;
    int there[2], back[2];

    ck_assert_int_eq(pipe2(there, O_CLOEXEC | flags), 0);
    ck_assert_int_eq(pipe2(back, O_CLOEXEC | flags), 0);
    c.in[0] = there[0];
    c.out[1] = there[1];
    c.in[1] = back[0];
    c.out[0] = back[1];
    return c;
}

/* Hands one end to a program and closes it here. */
static process *start_over(channel *c, int end, const char *tool, const char *words, const char *input)
{
    process_setup setup = { .input = input, .keep = { c->in[end], c->out[end] } };
    command_line line = { { NULL }, 0 };
    process *p;

    command_add(&line, tool_path(tool));
    command_add(&line, "--fd");
    command_add(&line, scratch_format("%d,%d", c->in[end], c->out[end]));
    command_add_words(&line, words);
    p = process_start(&line, &setup);
    close(c->in[end]);
    if (c->out[end] != c->in[end])
        close(c->out[end]);
    return p;
}

static const struct {
    channel (*make)(int flags);
    int flags;
} channels[] = {
    { socket_channel, 0 },
    { socket_channel, O_NONBLOCK },
    { pipe_channel, 0 },
    { pipe_channel, O_NONBLOCK },
};

static const struct {
    const char *options, *command;
    int status;
    const char *out, *err;
    int server_status; /* was the session complete? */
} runs[] = {
    { "", "help", 0, "help\tserver\t*\ntouch\tafs\t*\n", "", 0 },
    { "", "nosuch", 1, "", "remote: invalid command\n", 0 },
    { "--features= --allow-legacy", "help", 0, "help\tserver\t*\ntouch\tafs\t*\n", "", 0 },
    { "-u eve -k keys/eve", "si", 3, "",
      "sidewire-client: connection: challenge cannot be "
      "decrypted with this key\n",
      3 },
};

START_TEST(descriptors)
{
    for (int i = 0; i < COUNT(runs); i++) {
        channel c = channels[_i].make(channels[_i].flags);
        const char *words = scratch_format("-u alice -k keys/alice %s %s", runs[i].options, runs[i].command);
        process *serves = start_over(&c, 0, TOOL_SERVER, "-u users --allow-legacy", NULL);
        process *asks = start_over(&c, 1, TOOL_CLIENT, words, NULL);

        process_expect(asks, words, runs[i].status, runs[i].out, runs[i].err);
        process_expect(serves, words, runs[i].server_status, "", NULL);
    }
}
END_TEST

/* Nobody at the other end any more. */
START_TEST(other_end_closed)
{
    static const char *const tools[] = { TOOL_SERVER, TOOL_CLIENT };
    static const char *const words[] = { "-u users", "-u alice -k keys/alice si" };
    static const char *const errors[] = { "*: descriptors: *\n", "sidewire-client: connection: *\n" };

    for (int end = 0; end < 2; end++) {
        channel c = channels[_i].make(channels[_i].flags);

        close(c.in[1 - end]);
        close(c.out[1 - end]);
        process_expect(start_over(&c, end, tools[end], words[end], NULL), tools[end], 3, "", errors[end]);
    }
}
END_TEST

/* A pipe that takes nothing. */
START_TEST(greeting_not_taken)
{
    static const char filler[4096];
    channel c = pipe_channel(0);
    process *asks, *serves;

    ck_assert_int_gt(fcntl(c.out[0], F_SETPIPE_SZ, (int)sizeof(filler)), 0);
    ck_assert_int_eq(write(c.out[0], filler, sizeof(filler)), (int)sizeof(filler));
    serves = start_over(&c, 0, TOOL_SERVER, "-u users --handshake-timeout 1", NULL);
    process_expect(serves, "full pipe", 3, "", "*: notice: descriptors: no command within 1 s\n");
    asks = start_over(&c, 1, TOOL_CLIENT, "-u alice -k keys/alice --timeout 1 si", NULL);
    process_expect(asks, "zeros", 3, "", "sidewire-client: connection: *\n");
}
END_TEST

/* The server's socket is filled up when it has to send the command's output. */
START_TEST(output_not_taken_in_time)
{
    static const char filler[4096];
    channel c = socket_channel(0);
    int servers_end = fcntl(c.in[0], F_DUPFD_CLOEXEC, 0);
    process *serves = start_over(&c, 0, TOOL_SERVER, "-u users --write-timeout 1", NULL);
    peer *client = peer_client(c.in[1], "alice", "keys/alice");

    peer_log_in(client);
    while (send(servers_end, filler, sizeof(filler), MSG_DONTWAIT) > 0)
        ;
    peer_command(client, "help");
    peer_flush(client);
    process_expect(serves, "full socket", 3, "", "*: notice: descriptors: user 'alice': took no output for 1 s\n");
    close(servers_end);
    peer_close(client);
}
END_TEST

/* By a server that takes no more: the client must not wait for that, blocking or not. */
START_TEST(upload_refused)
{
    channel c = channels[_i].make(channels[_i].flags);
    process *asks = start_over(&c, 1, TOOL_CLIENT, "-u alice -k keys/alice addimg cover", "/dev/zero");
    peer *serves = peer_server(c.in[0], "keys/alice.pub");
    sw_session *session = peer_session(serves);
    sw_event event;
    size_t taken;

    peer_write_to(serves, c.out[0]);
    ck_assert_int_eq(fcntl(c.in[0], F_SETFL, 0) | fcntl(c.out[0], F_SETFL, 0), 0);
    peer_expect(serves, SW_EVENT_READY, &event);
    peer_expect(serves, SW_EVENT_COMMAND, &event);
    ck_assert_int_eq(sw_session_send(session, SW_BAND_AWAITING_DATA, NULL, 0, &taken), 1);
    peer_expect(serves, SW_EVENT_DATA, &event);
    sleep_ms(100); /* until nothing more fits into the channel */
    ck_assert_int_eq(sw_session_send(session, SW_BAND_ERROR_LOG, "no\n", 3, &taken), 1);
    ck_assert_int_eq(sw_session_exit(session, 1), 1);
    peer_flush(serves);
    process_expect(asks, "upload", 1, "", "remote: no\n");
    peer_close(serves);
}
END_TEST

/* ---- clients started with a connection ---- */

#define CALL "tcpclient -RHl0 127.0.0.1 %s %s "

static const struct {
    const char *tool, *words;
    int status;
    const char *out, *err;
} calls[] = {
    { TOOL_EXAMPLE, "alice keys/alice help ff", 0, "ff - *", "" },
    { TOOL_EXAMPLE, "alice keys/alice help", 0, "help\tserver\t*\ntouch\tafs\t*\n", "" },
    { TOOL_EXAMPLE, "alice keys/alice nosuch", 1, "", "invalid command\n" },
    { TOOL_EXAMPLE, "bob keys/bob term", 1, "", "permission denied\n" },
    { TOOL_EXAMPLE, "eve keys/eve si", 2, "", "session: challenge cannot be decrypted *\n" },
    { TOOL_EXAMPLE, "alice missing si", 2, "", "missing: No such file or directory\n" },
    { TOOL_EXAMPLE, "alice keys/alice.pub si", 2, "", "keys/alice.pub: this is a public key, *\n" },
    { TOOL_EXAMPLE, "alice keys/alice", 2, "", "usage: blocking_client *\n" },
    { TOOL_CLIENT, "--fd 6,7 -u alice -k keys/alice help ff", 0, "ff - *", "" },
    { TOOL_CLIENT, "--fd 6,7 -u alice -k keys/alice nosuch", 1, "", "remote: invalid command\n" },
};

START_TEST(tcpclient)
{
    server s = server_start_local("");
    const char *words = scratch_format(CALL "%s", s.port, tool_path(calls[_i].tool), calls[_i].words);

    process_expect(start_words(words, NULL), calls[_i].words, calls[_i].status, calls[_i].out, calls[_i].err);
    server_stop(&s);
}
END_TEST

/* ---- standard output ---- */

static process *start_to(const server *s, int output, const char *command)
{
    process_setup setup = { .output = output };
    command_line line = { { NULL }, 0 };

    command_add(&line, tool_path(TOOL_CLIENT));
    command_add_words(&line, scratch_format("-H 127.0.0.1 -p %s -u alice -k keys/alice %s", s->port, command));
    return process_start(&line, &setup);
}

START_TEST(output_fails)
{
    server s = server_start_local("");
    int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
    int ends[2];

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    process_expect(start_to(&s, full, "help"), "/dev/full", 3, NULL,
                   "sidewire-client: standard output: No space left on device\n");
    /* without output there is nothing to complain about */
    process_expect(start_to(&s, full, "nosuch"), "/dev/full", 1, NULL, "remote: invalid command\n");
    client_expect(&s, "", "si", 0, si_pattern(&s, 1, 3, 3, 3), "");
    close(ends[1]);
    close(full);
    server_stop(&s);
}
END_TEST

/* As `sidewire-client help | head -1` has it: the client ends as other programs do, by SIGPIPE and without a word, but what it
 * records is whole. If that signal was ignored when it was started, it says why it ends. */
START_TEST(reader_is_gone)
{
    static const char ignoring[] = "trap '' PIPE; exec \"$0\" \"$@\"";
    server s = server_start_local("");
    const char *words = scratch_format("-H 127.0.0.1 -p %s -u alice -k keys/alice", s.port);
    process_setup setup = { .output = 0 };
    command_line line = { { NULL }, 0 };
    int ends[2];

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    close(ends[0]);
    setup.output = ends[1];
    process_expect(start_to(&s, ends[1], "--record record help"), "gone", 128 + SIGPIPE, NULL, "");
    process_expect(tool_start(TOOL_DUMP, "-k keys/alice --stats record"), "record", 0, NULL, "");

    scratch_write_text("script", "help\nhelp\n");
    setup.input = "script";
    command_add(&line, tool_path(TOOL_CLIENT));
    command_add_words(&line, scratch_format("%s -i", words));
    process_expect(process_start(&line, &setup), "script", 128 + SIGPIPE, NULL, "");

    line.argc = 0;
    command_add_words(&line, "sh -c");
    command_add(&line, ignoring);
    command_add(&line, tool_path(TOOL_CLIENT));
    command_add_words(&line, scratch_format("%s help", words));
    setup.input = NULL;
    process_expect(process_start(&line, &setup), "ignored", 3, NULL,
                   "sidewire-client: standard output: Broken pipe\n");
    client_expect(&s, "", "si", 0, si_pattern(&s, 1, 4, 4, 4), "");
    close(ends[1]);
    server_stop(&s);
}
END_TEST

/* To a pipe that nobody reads from for a while, and that others made non-blocking. */
START_TEST(output_is_slow)
{
    server s = server_start_local("");
    static const char filler[4096];
    char came[2 * sizeof(filler)];
    size_t len = 0;
    ssize_t n;
    process *p;
    int ends[2];

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    ck_assert_int_gt(fcntl(ends[1], F_SETPIPE_SZ, (int)sizeof(filler)), 0);
    ck_assert_int_eq(write(ends[1], filler, sizeof(filler)), (int)sizeof(filler));
    p = start_to(&s, ends[1], "help ff");
    close(ends[1]);
    process_await_err(s.process, "command 'help'\n");
    sleep_ms(100);
    ck_assert_int_eq(fcntl(ends[0], F_SETFL, 0), 0);
    while ((n = read(ends[0], came + len, sizeof(came) - len)) > 0)
        len += (size_t)n;
    process_expect(p, "slow pipe", 0, NULL, "");
    ck_assert_uint_lt(len, sizeof(came));
    came[len] = '\0';
    expect_match("slow pipe", came + sizeof(filler), "ff - *Needs an open file.\n");
    close(ends[0]);
    server_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e plumbing");

    tcase_add_loop_test(e2e_case(suite, "inetd"), inetd, 0, COUNT(starters));
    tcase_add_loop_test(e2e_case(suite, "descriptors"), descriptors, 0, COUNT(channels));
    tcase_add_loop_test(e2e_case(suite, "closed"), other_end_closed, 0, COUNT(channels));
    tcase_add_test(e2e_case(suite, "full pipe"), greeting_not_taken);
    tcase_add_test(e2e_case(suite, "full socket"), output_not_taken_in_time);
    tcase_add_loop_test(e2e_case(suite, "upload"), upload_refused, 0, COUNT(channels));
    tcase_add_loop_test(e2e_case(suite, "tcpclient"), tcpclient, 0, COUNT(calls));
    tcase_add_test(e2e_case(suite, "output fails"), output_fails);
    tcase_add_test(e2e_case(suite, "reader is gone"), reader_is_gone);
    tcase_add_test(e2e_case(suite, "output is slow"), output_is_slow);
    return e2e_main(suite);
}
