/* SPDX-License-Identifier: ISC */
/* Tables of options: command lines, files and the environment give values, with the right ones on
 * top; messages say program, what and why; --help has it all. */
#include "option_table.h"
#include "report.h"
#include "suite.h"
#include "text_lines.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct values {
    const char *host, *colour;
    long port;
    int loud, quick;
    int taken; /* how often a colour was */
} values;

static int take_colour(void *target, const char *source, const char *text)
{
    values *v = target;

    v->taken++;
    v->colour = text != NULL ? text : "any";
    if (strcmp(v->colour, "ugly") != 0)
        return 0;
    report("%s: '%s' is no colour", source, text);
    return -1;
}

static const option_row first[] = { { 'H', "host", OPTION_TEXT, "HOST", .place = offsetof(values, host),
                                      .standard = "nowhere", .variable = "SIDEWIRE_TEST_HOST",
                                      .help = "Where to go." },
                                    { 'p', "port", OPTION_NUMBER, "PORT", .place = offsetof(values, port),
                                      .min = 1, .max = 99, .standard = "42", .help = "Which door." },
                                    { .name = NULL } };

static const option_row second[] = {
    { 0, "colour", OPTION_MAYBE, "WHICH", .take = take_colour, .otherwise = "none at all",
      .help = "A long sentence about colours, which does not fit into one line of what the option "
              "--help prints." },
    { 'l', "loud", OPTION_FLAG, .place = offsetof(values, loud), .help = "Shout." },
    { 'q', "quick", OPTION_FLAG, .place = offsetof(values, quick), .once = 1, .help = "Run." },
    { .name = NULL }
};

static const manual_section sections[] = { { "DESCRIPTION", "It does\n\n    nothing.\n", NULL },
                                           { "PLACES", NULL, first },
                                           { "MANNERS", "How to behave:\n", second },
                                           { "SEE ALSO", "Nothing.\n", NULL },
                                           { NULL, NULL, NULL } };

static const manual tool = { "tool", "show how options work", sections, 0, 7, OPERANDS_NONE };
static const manual strict_tool = { "tool", "show how options work", sections, 1, 7, OPERANDS_NONE };

/* ---- what goes to a standard stream ---- */

static int kept, target;
static FILE *written;

static void begin_keeping(int fd)
{
    fflush(NULL);
    target = fd;
    kept = dup(fd);
    written = tmpfile();
    dup2(fileno(written), fd);
}

static const char *end_keeping(void)
{
    static char text[8192];
    size_t len;

    fflush(NULL);
    dup2(kept, target);
    close(kept);
    rewind(written);
    len = fread(text, 1, sizeof(text) - 1, written);
    text[len] = '\0';
    fclose(written);
    return text;
}

/* ---- command lines ---- */

static const char *const line_arguments[][8] = {
    { NULL },
    { "-H", "here", "-p", "7", "-lq" },
    { "-lqHhere", "--port=7" },
    { "--host", "here", "--port", "7", "--quick", "--loud" },
    { "file", "--quick", "other" },
    { "--colour", "file" },
    { "--colour=red", "--colour=blue" },
    { "--", "--quick" },
    { "--po=3", "--lo" },
};

static const struct {
    const char *host, *colour;
    long port;
    int loud, quick, operands;
} line_values[] = {
    { "nowhere", NULL, 42, 0, 0, 0 },   { "here", NULL, 7, 1, 1, 0 },     { "here", NULL, 7, 1, 1, 0 },
    { "here", NULL, 7, 1, 1, 0 },       { "nowhere", NULL, 42, 0, 1, 2 }, { "nowhere", "any", 42, 0, 0, 1 },
    { "nowhere", "blue", 42, 0, 0, 0 }, { "nowhere", NULL, 42, 0, 0, 1 }, { "nowhere", NULL, 3, 1, 0, 0 },
};

/* argv of a program with these arguments. */
static int make_argv(char *argv[10], const char *const arguments[8])
{
    static char name[] = "tool";
    static char copies[8][64];
    int argc = 0;

    argv[argc++] = name;
    for (int i = 0; i < 8 && arguments[i] != NULL; i++) {
        snprintf(copies[i], sizeof(copies[i]), "%s", arguments[i]);
        argv[argc++] = copies[i];
    }
    argv[argc] = NULL;
    return argc;
}

START_TEST(values_given)
{
    values v = { 0 };
    command_line line;
    char *argv[10];
    int argc = make_argv(argv, line_arguments[_i]);
    int status;

    ck_assert_int_eq(options_parse(&line, &tool, &v, argc, argv, &status), 1);
    ck_assert_str_eq(v.host, line_values[_i].host);
    ck_assert_pstr_eq(v.colour, line_values[_i].colour);
    ck_assert_int_eq(v.port, line_values[_i].port);
    ck_assert_int_eq(v.loud, line_values[_i].loud);
    ck_assert_int_eq(v.quick, line_values[_i].quick);
    ck_assert_uint_eq(line.operand_count, (size_t)line_values[_i].operands);
    command_line_free(&line);
}
END_TEST

START_TEST(options_end_with_the_first_operand)
{
    static const char *const arguments[8] = { "--quick", "command", "--loud", "--nosuch" };
    values v = { 0 };
    command_line line;
    char *argv[10];
    int argc = make_argv(argv, arguments);
    int status;

    ck_assert_int_eq(options_parse(&line, &strict_tool, &v, argc, argv, &status), 1);
    ck_assert_int_eq(v.quick, 1);
    ck_assert_int_eq(v.loud, 0);
    ck_assert_uint_eq(line.operand_count, 3);
    ck_assert_str_eq(line.operands[2], "--nosuch");
    command_line_free(&line);
}
END_TEST

static const struct {
    const char *arguments[8];
    const char *message;
} wrong_lines[] = {
    { { "--port" }, "tool: --port: value missing; see --help\n" },
    { { "-p" }, "tool: --port: value missing; see --help\n" },
    { { "-lp" }, "tool: --port: value missing; see --help\n" },
    { { "--port=" }, "tool: --port: '' is not a number from 1 to 99\n" },
    { { "-p", "100" }, "tool: --port: '100' is not a number from 1 to 99\n" },
    { { "--quick=1" }, "tool: --quick: takes no value, '1' was given; see --help\n" },
    { { "--help=1" }, "tool: --help: takes no value, '1' was given; see --help\n" },
    { { "--nosuch=1" }, "tool: --nosuch=1: unknown option; see --help\n" },
    { { "-lx" }, "tool: -x: unknown option; see --help\n" },
    { { "-:" }, "tool: -:: unknown option; see --help\n" },
    { { "--h" }, "tool: --h: begins several options; see --help\n" },
    { { "--colour=ugly" }, "tool: --colour: 'ugly' is no colour\n" },
    { { "\033[2J", "--\033" }, "tool: --\\x1b: unknown option; see --help\n" },
};

START_TEST(refused)
{
    values v = { 0 };
    command_line line;
    char *argv[10];
    int argc = make_argv(argv, wrong_lines[_i].arguments);
    int status = -1;
    int result;

    report_program("/some/where/tool");
    begin_keeping(STDERR_FILENO);
    result = options_parse(&line, &tool, &v, argc, argv, &status);
    ck_assert_str_eq(end_keeping(), wrong_lines[_i].message);
    ck_assert_int_eq(result, 0);
    ck_assert_int_eq(status, 2);
}
END_TEST

/* ---- files and the environment ---- */

/* Reads them from a file with this text. The result; what is said is in *message. */
static int set_from(values *v, const char *text, size_t len, char **allocated, const char **message)
{
    char path[] = "/tmp/sidewire-test-XXXXXX";
    int fd = mkstemp(path);
    int result;

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
    close(fd);
    report_program("tool");
    begin_keeping(STDERR_FILENO);
    result = options_set_from_file(&tool, v, path, allocated);
    *message = end_keeping();
    unlink(path);
    return result;
}

#define FILE_TEXT(text) text, sizeof(text) - 1

static const struct {
    const char *text;
    size_t len;
    const char *host;
    long port;
    int loud;
} files[] = {
    { FILE_TEXT(""), NULL, 0, 0 },
    { FILE_TEXT("host here\nport 7\nloud\n"), "here", 7, 1 },
    { FILE_TEXT("host here"), "here", 0, 0 },
    { FILE_TEXT("\xef\xbb\xbfhost here\r\nport 7\r\nloud\r\n"), "here", 7, 1 },
    { FILE_TEXT("  host \t two words \t\n\n# port 7\n\t# x\n"), "two words", 0, 0 },
    { FILE_TEXT("host a\nhost b\n"), "b", 0, 0 },
    { FILE_TEXT("port 7\r"), NULL, 7, 0 },
};

START_TEST(file_of_defaults)
{
    values v = { 0 };
    const char *message;
    char *text;

    ck_assert_int_eq(set_from(&v, files[_i].text, files[_i].len, &text, &message), 0);
    ck_assert_str_eq(message, "");
    ck_assert_pstr_eq(v.host, files[_i].host);
    ck_assert_int_eq(v.port, files[_i].port);
    ck_assert_int_eq(v.loud, files[_i].loud);
    free(text);
}
END_TEST

static const struct {
    const char *text;
    size_t len;
    const char *message; /* a pattern */
} wrong_files[] = {
    { FILE_TEXT("\nnosuch 1\n"), "tool: /tmp/*: line 2: nosuch: unknown option\n" },
    { FILE_TEXT("--port 1\n"), "tool: /tmp/*: line 1: --port: unknown option\n" },
    { FILE_TEXT("host\n"), "tool: /tmp/*: line 1: host: value missing\n" },
    { FILE_TEXT("port 1 2\n"), "tool: /tmp/*: line 1: port: '1 2' is not a number from 1 to 99\n" },
    { FILE_TEXT("loud yes\n"), "tool: /tmp/*: line 1: loud: takes no value\n" },
    { FILE_TEXT("quick\n"), "tool: /tmp/*: line 1: quick: only for the command line\n" },
    { FILE_TEXT("help\n"), "tool: /tmp/*: line 1: help: unknown option\n" },
    { FILE_TEXT("loud\n\0\n"), "tool: /tmp/*: a NUL byte, so this is no text\n" },
};

START_TEST(file_refused)
{
    values v = { 0 };
    const char *message;
    char *text;

    ck_assert_int_eq(set_from(&v, wrong_files[_i].text, wrong_files[_i].len, &text, &message), -1);
    if (fnmatch(wrong_files[_i].message, message, 0) != 0)
        ck_abort_msg("'%s' is not '%s'", message, wrong_files[_i].message);
    free(text);
}
END_TEST

START_TEST(file_that_cannot_be_read)
{
    static const char *const paths[] = { "/nonexistent/file", "/tmp" };
    values v = { 0 };
    char *text;

    for (int i = 0; i < COUNT(paths); i++) {
        begin_keeping(STDERR_FILENO);
        ck_assert_int_eq(options_set_from_file(&tool, &v, paths[i], &text), -1);
        ck_assert_ptr_nonnull(strstr(end_keeping(), paths[i]));
        free(text);
    }
}
END_TEST

START_TEST(environment)
{
    values v = { 0 };

    setenv("SIDEWIRE_TEST_HOST", "", 1);
    ck_assert_int_eq(options_set_from_environment(&tool, &v), 0);
    ck_assert_ptr_null(v.host);
    setenv("SIDEWIRE_TEST_HOST", "there", 1);
    ck_assert_int_eq(options_set_from_environment(&tool, &v), 0);
    ck_assert_str_eq(v.host, "there");
    unsetenv("SIDEWIRE_TEST_HOST");
}
END_TEST

/* ---- help ---- */

START_TEST(help)
{
    int status;

    begin_keeping(STDOUT_FILENO);
    status = manual_print(&tool);
    ck_assert_str_eq(end_keeping(),
                     "NAME\n"
                     "    tool - show how options work\n"
                     "\n"
                     "DESCRIPTION\n"
                     "    It does\n"
                     "\n"
                     "        nothing.\n"
                     "\n"
                     "PLACES\n"
                     "    -H, --host HOST\n"
                     "        Where to go. Default: $SIDEWIRE_TEST_HOST, or else nowhere.\n"
                     "    -p, --port PORT\n"
                     "        Which door. From 1 to 99. Default: 42.\n"
                     "\n"
                     "MANNERS\n"
                     "    How to behave:\n"
                     "    --colour[=WHICH]\n"
                     "        A long sentence about colours, which does not fit into one line of what\n"
                     "        the option --help prints. Default: none at all.\n"
                     "    -l, --loud\n"
                     "        Shout.\n"
                     "    -q, --quick\n"
                     "        Run.\n"
                     "    -h, --help\n"
                     "        Print this text, and exit.\n"
                     "    -V, --version\n"
                     "        Print the version, and exit.\n"
                     "\n"
                     "SEE ALSO\n"
                     "    Nothing.\n");
    ck_assert_int_eq(status, 0);
}
END_TEST

/* ---- lines ---- */

START_TEST(lines_of_any_editor)
{
    ck_assert_uint_eq(text_mark_length("\xef\xbb\xbfx", 4), 3);
    ck_assert_uint_eq(text_mark_length("\xef\xbb\xbf", 3), 3);
    ck_assert_uint_eq(text_mark_length("\xef\xbb\xbf", 2), 0);
    ck_assert_uint_eq(text_mark_length(NULL, 0), 0);
    ck_assert_uint_eq(text_line_length("x\r", 2), 1);
    ck_assert_uint_eq(text_line_length("x\r\r", 3), 2);
    ck_assert_uint_eq(text_line_length("\rx", 2), 2);
    ck_assert_uint_eq(text_line_length("", 0), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("option table");
    TCase *tcase = suite_case(suite, "command line");

    tcase_add_loop_test(tcase, values_given, 0, COUNT(line_values));
    tcase_add_test(tcase, options_end_with_the_first_operand);
    tcase_add_loop_test(tcase, refused, 0, COUNT(wrong_lines));
    tcase = suite_case(suite, "defaults");
    tcase_add_loop_test(tcase, file_of_defaults, 0, COUNT(files));
    tcase_add_loop_test(tcase, file_refused, 0, COUNT(wrong_files));
    tcase_add_test(tcase, file_that_cannot_be_read);
    tcase_add_test(tcase, environment);
    tcase = suite_case(suite, "help");
    tcase_add_test(tcase, help);
    tcase_add_test(tcase, lines_of_any_editor);
    return run_suite(suite);
}
