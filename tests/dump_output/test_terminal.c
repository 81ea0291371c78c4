/* SPDX-License-Identifier: ISC */
/* Colour: on a terminal that has it, unless NO_COLOR is set. */
#include "scratch.h"
#include "suite.h"
#include "tools.h"
#include "whole_output.h"

#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *type, *no_color;
    int coloured;
} terminals[] = {
    { "xterm", NULL, 1 }, { "xterm", "", 1 },  { "linux", NULL, 1 }, { "xterm", "1", 0 },
    { "xterm", "0", 0 },  { "dumb", NULL, 0 }, { NULL, NULL, 0 },
};

static void set(const char *name, const char *value)
{
    if (value != NULL)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

START_TEST(on_terminal)
{
    process_setup setup = { .input = NULL };
    command_line line = print_command("text 12");
    char text[4096] = "";
    int terminal, side;
    ssize_t n;

    ck_assert_int_eq(openpty(&terminal, &side, NULL, NULL, NULL), 0);
    set("TERM", terminals[_i].type);
    set("NO_COLOR", terminals[_i].no_color);
    setup.output = side;
    process_expect(process_start(&line, &setup), "text", 0, NULL, "");
    n = read(terminal, text, sizeof(text) - 1);
    ck_assert_int_gt(n, 0);
    ck_assert_msg((memchr(text, '\033', (size_t)n) != NULL) == terminals[_i].coloured, "%s", text);
    close(terminal);
    close(side);
}
END_TEST

/* A file gets none, and no output has control characters of the capture, whatever it is. */
START_TEST(elsewhere)
{
    static const char *const views[] = { "text", "hex", "stats", "json", "html" };

    set("TERM", "xterm");
    for (int i = 0; i < COUNT(views); i++)
        for (const char *p = print_all(views[i]); *p != '\0'; p++)
            ck_assert_msg(*p == '\n' || (*p >= ' ' && *p <= '~'), "%s: %#x at: %.40s", views[i],
                          (unsigned)(uint8_t)*p, p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("output terminal");
    TCase *tcase = e2e_case(suite, "terminal");

    tcase_add_loop_test(tcase, on_terminal, 0, COUNT(terminals));
    tcase_add_test(tcase, elsewhere);
    return e2e_main(suite);
}
