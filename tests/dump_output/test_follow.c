/* SPDX-License-Identifier: ISC */
/* --follow: output and log text apart, sessions told apart, bytes as they are. */
#include "hand_made.h"
#include "scratch.h"
#include "suite.h"
#include "terminal.h"
#include "tools.h"
#include "whole_output.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static process *follow_to(const char *sessions, const char *file)
{
    process_setup setup = { .output = open(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) };
    command_line line = print_command(scratch_format("follow %s", sessions));
    process *p = process_start(&line, &setup);

    close(setup.output);
    return p;
}

START_TEST(bytes_as_they_are)
{
    process *p = follow_to("hostile", "out");
    const char *out;
    size_t len;

    process_expect(p, "hostile", 0, NULL,
                   "remote: <script>document*\\\\x1b[[]31mred*\\\\xff\\\\xfe*\n"
                   "remote: \ttab\n");
    out = scratch_read("out", &len);
    ck_assert_uint_eq(len, hostile_size);
    ck_assert_mem_eq(out, hostile_text, len);
}
END_TEST

START_TEST(sessions_in_turn)
{
    process *p = follow_to("all", "out");
    const char *out;

    process_expect(p, "all", 0, NULL,
                   "remote: two files\n"
                   "print_sessions: session 2, 192.0.2.1:40002 > 192.0.2.2:2990, user eve\n"
                   "print_sessions: session 2: 12345 bytes encrypted, no key given\n"
                   "print_sessions: session 3, 192.0.2.1:40003 > 192.0.2.2:2990, user <script>\\\\x1b[[]1m*\n"
                   "remote: *\nremote: \ttab\n"
                   "print_sessions: session 4, *, user bob\n"
                   "print_sessions: session 4: 6 bytes lost, not in the capture, from byte 4 of a body on\n"
                   "remote: cut\n"
                   "print_sessions: session 6, *, user alice\n"
                   "print_sessions: session 7, 192.0.2.1:40007 > 192.0.2.2:2990\n"
                   "print_sessions: session 7: 4112 bytes record, number 0, sealed: only a key log opens it\n"
                   "print_sessions: session 8, *, user eve\n"
                   "print_sessions: session 8: 4112 bytes record, record does not verify: *\n");
    out = scratch_read("out", NULL);
    expect_match("output", out, "/music/one.ogg\n/music/tw\303\266.ogg\n<script>*");
}
END_TEST

/* Logs and messages stand where they belong, also where all goes to one file. */
START_TEST(one_file_for_all)
{
    command_line line = { { NULL }, 0 };
    char *both;
    size_t len;

    command_add_words(&line, "sh -c");
    command_add(&line,
                scratch_format("exec '%s' follow all >both 2>&1", tool_path("tests/dump_output/print_sessions")));
    process_expect(process_start(&line, NULL), "all", 0, NULL, "");
    both = scratch_read("both", &len);
    for (size_t i = 0; i < len; i++)
        both[i] = both[i] != '\0' ? both[i] : '0';
    expect_match("both", both,
                 "remote: two files\n/music/one.ogg\n/music/tw\303\266.ogg\n"
                 "print_sessions: session 2, *\nprint_sessions: session 2: 12345 bytes *\n"
                 "print_sessions: session 3, *\n<script>*remote: <script>*remote: \ttab\n"
                 "print_sessions: session 4, *\n"
                 "headprint_sessions: session 4: 6 bytes lost, *\nand a tailremote: cut\n\n"
                 "print_sessions: session 6, *\nuptime: 3 days\n*");
}
END_TEST

/* Control characters are shown instead of sent, and lines are completed where another session
 * follows. */
START_TEST(terminal_is_safe)
{
    command_line line = print_command("follow all");
    terminal *t = terminal_start(&line, NULL);

    ck_assert_int_eq(terminal_wait(t), 0);
    expect_match("terminal", terminal_text(t),
                 "*/music/one.ogg\n/music/tw\\\\xc3\\\\xb6.ogg\n*\\\\x1b[[]31mred\\\\x1b[[]0m "
                 "\\\\x1b]0;title\\\\x07*"
                 "session 4, *\nhead\n"
                 "print_sessions: session 4: 6 bytes lost, *\nand a tail*uptime: 3 days\n*");
}
END_TEST

START_TEST(full_disk)
{
    process *p = follow_to("hostile", "/dev/full");

    process_expect(p, "/dev/full", 1, NULL, "print_sessions: standard output: No space left on device\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("output follow");
    TCase *tcase = e2e_case(suite, "follow");

    tcase_add_test(tcase, bytes_as_they_are);
    tcase_add_test(tcase, sessions_in_turn);
    tcase_add_test(tcase, one_file_for_all);
    tcase_add_test(tcase, terminal_is_safe);
    tcase_add_test(tcase, full_disk);
    return e2e_main(suite);
}
