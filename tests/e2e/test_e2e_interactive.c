/* SPDX-License-Identifier: ISC */
/* The client's prompt, on a pseudo-terminal. */
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

#define PROMPT "sidewire>" /* its blank is at the end of a line */

static terminal *start(const char *port, const char *words, const terminal_setup *setup)
{
    command_line line = client_line(port, words);
    terminal *t = terminal_start(&line, setup);

    terminal_await_end(t, PROMPT);
    return t;
}

/* Types keys and waits for what the screen's end is then. */
static void type(terminal *t, const char *keys, const char *end)
{
    terminal_type(t, keys);
    terminal_await_end(t, end);
}

static void leave(terminal *t, int status)
{
    type(t, KEY_END_OF_FILE, "\n");
    ck_assert_int_eq(terminal_wait(t), status);
}

/* ---- the prompt ---- */

static const char *const types[] = { "dumb", "xterm" };

START_TEST(commands)
{
    const terminal_setup setup = { .type = types[_i] };
    server s = server_start_local("");
    terminal *t = start(s.port, "", &setup);

    type(t, "nosuch\n", PROMPT " nosuch\nremote: invalid command\n" PROMPT);
    type(t, "help hup\n", "configuration and user list again.\n" PROMPT);
    type(t, "\n", PROMPT "\n" PROMPT);
    type(t, "# si\n", PROMPT " # si\n" PROMPT);
    type(t, "si 'a\n", "sidewire-client: column 4: quote not closed\n" PROMPT);
    type(t, "addimg x\n",
         "sidewire-client: addimg: takes data: write '< FILE' at the end of the "
         "line\n" PROMPT);
    type(t, "si < x\n", "sidewire-client: si: takes no data, so there is no use for '< x'\n" PROMPT);
    type(t, "addimg x < nosuch\n", "sidewire-client: nosuch: No such file or directory\n" PROMPT);
    type(t, "addimg x < .\n", "sidewire-client: .: Is a directory\n" PROMPT);
    leave(t, 2);
    ck_assert_int_eq(terminal_is_cooked(t), 1);
    server_stop(&s);
}
END_TEST

START_TEST(editing)
{
    const terminal_setup setup = { .type = types[_i] };
    server s = server_start_local("");
    terminal *t = start(s.port, "", &setup);

    type(t, "nosch", PROMPT " nosch");
    terminal_type(t, KEY_LEFT KEY_LEFT);
    type(t, "u\n", PROMPT " nosuch\nremote: invalid command\n" PROMPT);
    type(t, "another\n", PROMPT " another\nremote: invalid command\n" PROMPT);
    type(t, KEY_UP, "invalid command\n" PROMPT " another");
    type(t, KEY_UP, "invalid command\n" PROMPT " nosuch");
    type(t, KEY_DOWN, "invalid command\n" PROMPT " another");
    type(t, KEY_UP "\n", PROMPT " nosuch\nremote: invalid command\n" PROMPT);
    leave(t, 1);
    server_stop(&s);
}
END_TEST

static const struct {
    const char *keys, *line;
} completions[] = {
    { "ver\t", "version " },
    { "ver\t\t", "version " },
    { "l\timg x", "lsimg x" },
    { "nosuch\t", "nosuch" },
    { "VER\t", "VER" },
    { "addi\tx", "addimg x" },
    { "cat\t", "\ncatimg   catlyr   catmood  catpl\nsidewire> cat" },
    { "ls\ti\t", "\nls      lsatt   lsimg   lslyr   lsmood  lspl\nsidewire> lsimg " },
    { "sen\tu\tad\tx", "sender udp add x" },
    { "sender http \t", "\nallow  deny   help   off    on\nsidewire> sender http " },
    { "help f\t", "help ff " },
    { "help 'f\t", "help 'f" },
    { "'help' f\t", "'help' ff " },
    { "'a b\t", "'a b" },
};

/* What the line of the prompt is after some keys; a list of candidates comes in front of it. */
START_TEST(completion)
{
    const terminal_setup setup = { .type = "xterm" };
    terminal *t = start("1", "", &setup);
    const char *line = strrchr(completions[_i].line, '\n') == NULL
                           ? scratch_format("sidewire> %s", completions[_i].line)
                           : completions[_i].line;
    size_t len = strlen(line);

    while (len > 0 && line[len - 1] == ' ')
        len--;
    type(t, completions[_i].keys, scratch_format("%.*s", (int)len, line));
    type(t, KEY_INTERRUPT, "\n" PROMPT);
    leave(t, 0);
}
END_TEST

/* What the locale does not know is not left out of a line, which would be another one then. */
START_TEST(characters_of_other_locales)
{
    static const char *const locales[] = { "C", "C.UTF-8" };
    server s = server_start_local("");
    terminal *t;

    setenv("LC_ALL", locales[_i], 1);
    t = start(s.port, "", NULL);
    terminal_type(t, _i == 0 ? "help na\xc3\xafve\n" : "help na\xefve\n");
    terminal_await(t, "nothing is sent: that line has bytes that are no text");
    terminal_await_end(t, "\n" PROMPT);
    type(t, "help hup\n", "configuration and user list again.\n" PROMPT);
    type(t, KEY_UP, PROMPT " help hup"); /* the other one is not remembered */
    type(t, KEY_INTERRUPT, "\n" PROMPT);
    if (_i == 1) {
        terminal_type(t, "na\xc3\xafve\n");
        process_await_err(s.process, "na\xc3\xafve");
        terminal_await_end(t, "remote: invalid command\n" PROMPT);
        leave(t, 1);
    } else {
        leave(t, 0);
    }
    ck_assert_ptr_null(strstr(process_err(s.process), "nave"));
    server_stop(&s);
}
END_TEST

/* In the middle of a line that the smaller screen could not hold. */
START_TEST(resized)
{
    const terminal_setup setup = { .type = "xterm" };
    terminal *t = start("1", "", &setup);
    char *text = scratch_allocate(1501);

    memset(text, 'x', 1500);
    type(t, text, "xxx");
    terminal_resize(t, 3);
    type(t, "a", "xxxa");
    terminal_resize(t, TERMINAL_COLUMNS);
    type(t, KEY_INTERRUPT, "xxxa\n" PROMPT);
    type(t, "help f\t", PROMPT " help ff");
    type(t, KEY_INTERRUPT, PROMPT " help ff\n" PROMPT);
    leave(t, 0);
}
END_TEST

/* ---- ^C and signals ---- */

START_TEST(interrupt)
{
    const terminal_setup setup = { .type = types[_i] };
    server s = server_start_local("");
    terminal *t = start(s.port, "", &setup);

    type(t, "help he", PROMPT " help he");
    type(t, KEY_INTERRUPT, PROMPT " help he\n" PROMPT);
    type(t, "nosuch\n", PROMPT " nosuch\nremote: invalid command\n" PROMPT);
    terminal_type(t, "stat\n");
    terminal_await(t, "max_chunk_size:\n");
    type(t, KEY_INTERRUPT, "^C\n" PROMPT);
    process_await_err(s.process, "command 'stat'");
    type(t, "nosuch\n", PROMPT " nosuch\nremote: invalid command\n" PROMPT);
    terminal_type(t, "stat\n");
    terminal_await(t,
                   "max_chunk_size:\n"
                   "^C\n" PROMPT " nosuch\n");
    terminal_await_end(t, "max_chunk_size:\n");
    type(t, KEY_INTERRUPT, "^C\n" PROMPT);
    leave(t, 130);
    server_stop(&s);
}
END_TEST

/* Also while a connection is being made, or a file waited for. */
START_TEST(interrupt_while_waiting)
{
    const char *port;
    int listener = listen_anywhere(&port); /* which never answers */
    terminal *t = start(port, "", NULL);

    ck_assert_int_eq(mkfifo("fifo", 0600), 0);
    terminal_type(t, "si\n");
    close(accept_one(listener));
    terminal_await_end(t, "connection closed during the handshake\n" PROMPT);
    terminal_type(t, "si\n");
    accept_one(listener);
    type(t, KEY_INTERRUPT, PROMPT " si\n^C\n" PROMPT);
    terminal_type(t, "addimg x < fifo\n");
    terminal_await_cooked(t); /* ^C is a signal from here on */
    sleep_ms(100);
    type(t, KEY_INTERRUPT, PROMPT " addimg x < fifo\n^C\n" PROMPT);
    leave(t, 130);
    close(listener);
}
END_TEST

/* A run of one command just ends, as ever. */
START_TEST(interrupt_of_one_command)
{
    server s = server_start_local("");
    command_line line = client_line(s.port, "stat");
    terminal *t = terminal_start(&line, NULL);

    terminal_await(t, "max_chunk_size:\n");
    terminal_type(t, KEY_INTERRUPT);
    ck_assert_int_eq(terminal_wait(t), 128 + SIGINT);
    server_stop(&s);
}
END_TEST

/* Ended from outside, it leaves the terminal usable, and no command behind. */
START_TEST(terminated)
{
    server s = server_start_local("");
    terminal *t = start(s.port, "", NULL);

    ck_assert_int_eq(terminal_is_cooked(t), 0);
    ck_assert_int_eq(kill(terminal_process(t), SIGTERM), 0);
    ck_assert_int_eq(terminal_wait(t), 128 + SIGTERM);
    ck_assert_int_eq(terminal_is_cooked(t), 1);

    t = start(s.port, "", NULL);
    terminal_type(t, "stat\n");
    terminal_await(t, "max_chunk_size:\n");
    ck_assert_int_eq(kill(terminal_process(t), SIGKILL), 0);
    ck_assert_int_eq(terminal_wait(t), 128 + SIGKILL);
    process_await_err(s.process, "user 'alice': closed");
    server_stop(&s);
}
END_TEST

/* ---- history ---- */

static void expect_history(const char *words, const char *first, const char *second)
{
    terminal *t = start("1", words, NULL);

    type(t, KEY_UP, scratch_format(PROMPT "%s%s", *first != '\0' ? " " : "", first));
    type(t, KEY_UP, scratch_format(PROMPT "%s%s", *second != '\0' ? " " : "", second));
    type(t, KEY_INTERRUPT, "\n" PROMPT);
    leave(t, 0);
}

static void make_history(const char *words)
{
    terminal *t = start("1", words, NULL);

    type(t, "one 'a b'\n", "Connection refused\n" PROMPT);
    type(t, "two\n", PROMPT " two\nsidewire-client: 127.0.0.1:1: Connection refused\n" PROMPT);
    type(t, "two\n", PROMPT " two\nsidewire-client: 127.0.0.1:1: Connection refused\n" PROMPT);
    type(t, " \n", PROMPT "\n" PROMPT);
    leave(t, 3);
}

START_TEST(history)
{
    struct stat info;

    make_history(""); /* there is no folder for it */
    expect_history("", "", "");
    ck_assert_int_eq(mkdir(".paraslash", 0700), 0);
    make_history("");
    ck_assert_str_eq(scratch_read(".paraslash/client.history", NULL), "_HiStOrY_V2_\none\\040'a\\040b'\ntwo\n");
    ck_assert_int_eq(stat(".paraslash/client.history", &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0600);
    expect_history("", "two", "one 'a b'");
    expect_history("--history ''", "", "");
    make_history("--history other");
    expect_history("--history other", "two", "one 'a b'");
    scratch_write_text(".paraslash/client.history", "_HiStOrY_V2_\none 'a b'\nesc\033[2J\n\xff\nlast\n");
    expect_history("", "last", "esc^[[2J");
}
END_TEST

/* What is no history is not overwritten; /dev/null is a usual word for none. */
START_TEST(history_is_something_else)
{
    static const char *const others[] = { "text", "folder", "nosuch/file" };
    struct stat before, after;

    scratch_write_text("text", "precious\n");
    ck_assert_int_eq(mkdir("folder", 0700), 0);
    for (int i = 0; i < COUNT(others); i++) {
        terminal *t = start("1", scratch_format("--history %s", others[i]), NULL);

        type(t, "si\n", "Connection refused\n" PROMPT);
        terminal_await(t, scratch_format("sidewire-client: history file %s: ", others[i]));
        leave(t, 3);
    }
    ck_assert_str_eq(scratch_read("text", NULL), "precious\n");
    ck_assert_int_eq(stat("/dev/null", &before), 0);
    make_history("--history /dev/null");
    ck_assert_int_eq(stat("/dev/null", &after), 0);
    ck_assert_uint_eq(after.st_mode, before.st_mode);
}
END_TEST

START_TEST(history_is_bounded)
{
    char *text = scratch_allocate(8 * 1003);
    terminal *t;

    strcpy(text, "_HiStOrY_V2_\n");
    for (int i = 0; i < 1000; i++)
        memcpy(text + strlen(text), scratch_format("n%05d\n", i), 7);
    scratch_write_text("lines", text);
    t = start("1", "--history lines", NULL);
    type(t, "last\n", "Connection refused\n" PROMPT);
    leave(t, 3);
    ck_assert_str_eq(scratch_read("lines", NULL), scratch_format("_HiStOrY_V2_\n%slast\n", text + 13 + 7));
}
END_TEST

/* ---- what a server does ---- */

START_TEST(output)
{
    const char *port;
    int listener = listen_anywhere(&port);
    terminal *t = start(port, "", NULL);
    sw_event event;
    peer *p;

    terminal_type(t, "catimg x\n");
    p = peer_serve(listener, &event);
    peer_queue(p, SW_BAND_OUTPUT, "no \033[2J end");
    peer_exit(p, 0);
    peer_close(p);
    terminal_await_end(t, PROMPT " catimg x\nno \\x1b[2J end\n" PROMPT);
    terminal_type(t, "catimg x\n");
    p = peer_serve(listener, &event);
    peer_queue(p, SW_BAND_ERROR_LOG, "neither\r");
    peer_exit(p, 1);
    peer_close(p);
    terminal_await_end(t, PROMPT " catimg x\nremote: neither\\x0d\n" PROMPT);
    leave(t, 1);
    close(listener);
}
END_TEST

START_TEST(upload)
{
    static const char *const lines[] = { "addimg 'my cover' < cover", "addimg 'my cover' <~/cover",
                                         "addimg my\\ cover<'cover'  " };
    const char *port;
    int listener = listen_anywhere(&port);
    terminal *t = start(port, "-v", NULL);
    uint8_t came[100];

    scratch_write_text("cover", "picture");
    for (int i = 0; i < COUNT(lines); i++) {
        sw_event event;
        peer *p;

        terminal_type(t, scratch_format("%s\n", lines[i]));
        p = peer_serve(listener, &event);
        peer_queue(p, SW_BAND_AWAITING_DATA, "");
        ck_assert_uint_eq(peer_take_upload(p, came, sizeof(came)), 7);
        ck_assert_mem_eq(came, "picture", 7);
        peer_exit(p, 0);
        peer_close(p);
        terminal_await_end(t, "exit status 0\n" PROMPT);
    }
    leave(t, 0);
    close(listener);
}
END_TEST

/* A server that asks for data where none was promised gets none. */
START_TEST(unexpected_request)
{
    static const char *const lines[] = { "si", "nosuch" };
    const char *port;
    int listener = listen_anywhere(&port);
    terminal *t = start(port, "", NULL);

    for (int i = 0; i < COUNT(lines); i++) {
        sw_event event;
        peer *p;

        terminal_type(t, scratch_format("%s\n", lines[i]));
        p = peer_serve(listener, &event);
        peer_queue(p, SW_BAND_AWAITING_DATA, "");
        ck_assert_int_eq(peer_next(p, &event), SW_E_UPLOAD);
        peer_close(p);
        terminal_await(t, scratch_format(PROMPT " %s\nsidewire-client: 127.0.0.1:", lines[i]));
        terminal_await_end(t, i == 0 ? "es not send\n" PROMPT : "FILE sends one\n" PROMPT);
    }
    leave(t, 3);
    close(listener);
}
END_TEST

/* With standard output in a file, the prompt is on standard error. */
START_TEST(output_to_file)
{
    server s = server_start_local("");
    terminal_setup setup = { .output = open("out", O_RDWR | O_CREAT | O_CLOEXEC, 0600) };
    terminal *t = start(s.port, "", &setup);

    type(t, "help hup\n", PROMPT " help hup\n" PROMPT);
    type(t, "nosuch\n", PROMPT " nosuch\nremote: invalid command\n" PROMPT);
    leave(t, 1);
    expect_match("out", scratch_read("out", NULL), "hup - *user list again.\n");
    close(setup.output);
    server_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e interactive");
    TCase *signals = e2e_case(suite, "signals");
    TCase *lines = e2e_case(suite, "history");
    TCase *servers = e2e_case(suite, "servers");

    tcase_add_loop_test(e2e_case(suite, "commands"), commands, 0, COUNT(types));
    tcase_add_loop_test(e2e_case(suite, "editing"), editing, 0, COUNT(types));
    tcase_add_loop_test(e2e_case(suite, "completion"), completion, 0, COUNT(completions));
    tcase_add_test(e2e_case(suite, "resized"), resized);
    tcase_add_loop_test(e2e_case(suite, "locales"), characters_of_other_locales, 0, 2);
    tcase_add_loop_test(signals, interrupt, 0, COUNT(types));
    tcase_add_test(signals, interrupt_while_waiting);
    tcase_add_test(signals, interrupt_of_one_command);
    tcase_add_test(signals, terminated);
    tcase_add_test(lines, history);
    tcase_add_test(lines, history_is_something_else);
    tcase_add_test(lines, history_is_bounded);
    tcase_add_test(servers, output);
    tcase_add_test(servers, upload);
    tcase_add_test(servers, unexpected_request);
    tcase_add_test(servers, output_to_file);
    return e2e_main(suite);
}
