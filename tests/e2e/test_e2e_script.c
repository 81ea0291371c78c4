/* SPDX-License-Identifier: ISC */
/* The client away from terminals: lines of commands from a file, and output to a pipe. */
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define HELP "hup - *user list again.\n"
#define NOT_KNOWN "remote: invalid command\n"
#define CLIENT "sidewire-client: "

static const struct {
    const char *input;
    size_t len; /* 0: up to the NUL */
    const char *options;
    int status;
    const char *out, *err; /* patterns */
} scripts[] = {
    { "\n", 0, "", 0, "", "" },
    { "  \n# si\n", 0, "-i", 0, "", "" },
    { "help hup", 0, "", 0, HELP, "" },
    { "nosuch\nhelp hup\n", 0, "", 0, HELP, NOT_KNOWN },
    { "help hup\nnosuch\n\n", 0, "-i", 1, HELP, NOT_KNOWN },
    { "\xef\xbb\xbfhelp hup\r\nnosuch\r\nquit\r\nhelp hup\r\n", 0, "", 1, HELP, NOT_KNOWN },
    { "\xef\xbb\xbf# si\r\n\r\n", 0, "", 0, "", "" },
    { "nosuch\nexit\nhelp hup\n", 0, "", 1, "", NOT_KNOWN },
    { " 'quit' \nhelp hup\n", 0, "", 0, "", "" },
    { "quit now\nhelp hup\n", 0, "", 0, HELP, NOT_KNOWN },
    { "help 'hu'\"p\"\n", 0, "", 0, HELP, "" },
    { "help ''\n", 0, "", 1, "", NOT_KNOWN },
    { "help hup\nsi 'a\n", 0, "", 2, HELP, CLIENT "line 2, column 4: quote not closed\n" },
    { "si\0\n", 4, "", 2, "", CLIENT "line 1, column 3: NUL byte\n" },
    { "si\0", 3, "", 2, "", CLIENT "line 1, column 3: NUL byte\n" },
    { "addimg x\nhelp hup\n", 0, "", 0, HELP, CLIENT "addimg: takes data: *\n" },
    { "addimg x < missing\n", 0, "", 2, "", CLIENT "missing: No such file or directory\n" },
    { "help hup\n", 0, "-k missing", 2, "", CLIENT "missing: No such file or directory\n" },
    { "help hup\n", 0, "-u eve -k keys/eve", 3, "", CLIENT "*cannot be decrypted*\n" },
    { "help hup\n", 0, "--features= --allow-legacy", 0, HELP, "" },
    { "help ''\n", 0, "--features= --allow-legacy", 2, "",
      CLIENT "command: argument cannot be carried in legacy mode: argument 1\n" },
    { "nosuch\nsi", 0, "-v --history ''", 0, "version: *", "*exit status 1\n*exit status 0\n" },
};

START_TEST(script)
{
    server s = server_start_local("--allow-legacy");
    process_setup setup = { .input = "script" };
    size_t len = scripts[_i].len > 0 ? scripts[_i].len : strlen(scripts[_i].input);
    command_line line = client_line(s.port, scripts[_i].options);

    scratch_write("script", scripts[_i].input, len);
    process_expect(process_start(&line, &setup), scripts[_i].input, scripts[_i].status, scripts[_i].out,
                   scripts[_i].err);
    server_stop(&s);
}
END_TEST

/* Lines that are too long for the client, and for the server's limit. */
START_TEST(script_with_long_lines)
{
    enum { SIZE = 3 << 20, LONG = 2 << 20, COMMAND = 40000 };
    server s = server_start_local("");
    process_setup setup = { .input = "script" };
    command_line line = client_line(s.port, "");
    char *text = scratch_allocate(SIZE);
    process *p;

    memset(text, 'x', LONG + COMMAND + 1);
    text[LONG] = '\n';
    memcpy(text + LONG + COMMAND, "\nhelp hup\n", 11);
    scratch_write_text("script", text);
    p = process_start(&line, &setup);
    process_expect(p, "long lines", 0, HELP,
                   CLIENT "line 1: longer than 1048576 bytes\n" CLIENT
                          "command: command too long: 40000 bytes, limit 32768\n");
    server_stop(&s);
}
END_TEST

/* No key, no connection: told once, not for each line. */
START_TEST(descriptors_take_one_command)
{
    command_line line = client_line("1", "--fd 9,9");
    process_setup setup = { .input = "/dev/null", .keep = { 9 } };
    int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

    ck_assert_int_eq(dup3(fd, 9, O_CLOEXEC), 9);
    process_expect(process_start(&line, &setup), "--fd", 2, "",
                   CLIENT "--fd: one connection takes one command, and none was given\n");
    close(9);
    close(fd);
}
END_TEST

/* A round of status is there while the connection goes on. */
START_TEST(status_at_once)
{
    server s = server_start_local("");
    command_line line = client_line(s.port, "stat");
    process_setup setup = { 0 };
    char text[4096] = "";
    size_t len = 0;
    process *p;
    int ends[2];

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    setup.output = ends[1];
    p = process_start(&line, &setup);
    close(ends[1]);
    while (strstr(text, "\nmax_chunk_size:") == NULL) {
        ssize_t n = read(ends[0], text + len, sizeof(text) - 1 - len);

        ck_assert_int_gt(n, 0);
        len += (size_t)n;
        text[len] = '\0';
    }
    ck_assert_int_eq(process_has_ended(p), 0);
    process_signal(p, SIGTERM);
    process_expect(p, "stat", 128 + SIGTERM, NULL, "");
    close(ends[0]);
    server_stop(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e script");

    tcase_add_loop_test(e2e_case(suite, "lines"), script, 0, COUNT(scripts));
    tcase_add_test(e2e_case(suite, "long lines"), script_with_long_lines);
    tcase_add_test(e2e_case(suite, "descriptors"), descriptors_take_one_command);
    tcase_add_test(e2e_case(suite, "pipe"), status_at_once);
    return e2e_main(suite);
}
