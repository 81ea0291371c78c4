/* SPDX-License-Identifier: ISC */
/* The lines typed at the prompt, and their file: what is in it to the byte, and what is left alone. */
#include "typed_lines.h"

#include "own_errors.h"
#include "report.h"
#include "scratch.h"
#include "suite.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define BEGIN "_HiStOrY_V2_\n"

static typed_lines lines;

static void setup(void)
{
    scratch_enter();
    own_errors_begin();
    report_program("client");
    memset(&lines, 0, sizeof(lines)); /* a test may not open it */
}

static void teardown(void)
{
    typed_lines_close(&lines);
    own_errors_end();
    scratch_leave();
}

/* All of them, the newest first, with a | behind each. */
static void expect_lines(const char *expected)
{
    const char *all = "";
    HistEvent event;

    for (int r = history(lines.history, &event, H_FIRST); r >= 0; r = history(lines.history, &event, H_NEXT))
        all = scratch_format("%s%s|", all, event.str);
    ck_assert_str_eq(all, expected);
}

static void expect_file(const char *expected)
{
    struct stat info;

    ck_assert_str_eq(scratch_read("history", NULL), expected);
    ck_assert_int_eq(stat("history", &info), 0);
    ck_assert_int_eq(access("history.new", F_OK), -1);
}

/* ---- what is kept ---- */

START_TEST(without_a_file)
{
    typed_lines_open(&lines, NULL);
    typed_lines_add(&lines, "ls");
    typed_lines_add(&lines, "si");
    typed_lines_add(&lines, "si");
    typed_lines_add(&lines, "ls");
    expect_lines("ls|si|ls|");
    ck_assert_str_eq(own_errors(), "");
}
END_TEST

START_TEST(new_file)
{
    struct stat info;

    typed_lines_open(&lines, "history");
    ck_assert_int_eq(access("history", F_OK), -1);
    typed_lines_add(&lines, "ls -l");
    expect_file(BEGIN "ls\\040-l\n");
    typed_lines_add(&lines, "si");
    typed_lines_add(&lines, "si");
    expect_file(BEGIN "ls\\040-l\nsi\n");
    ck_assert_int_eq(stat("history", &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0600);
    ck_assert_str_eq(own_errors(), "");
}
END_TEST

START_TEST(old_file)
{
    scratch_write_text("history", BEGIN "ls\\040-l\nsi\n");
    typed_lines_open(&lines, "history");
    expect_lines("si|ls -l|");
    typed_lines_add(&lines, "help");
    expect_file(BEGIN "ls\\040-l\nsi\nhelp\n");
    ck_assert_str_eq(own_errors(), "");
}
END_TEST

START_TEST(empty_file)
{
    scratch_write_text("history", "");
    typed_lines_open(&lines, "history");
    expect_lines("");
    typed_lines_add(&lines, "help");
    expect_file(BEGIN "help\n");
    ck_assert_str_eq(own_errors(), "");
}
END_TEST

START_TEST(so_many_and_no_more)
{
    HistEvent event;
    int count = 0;

    typed_lines_open(&lines, NULL);
    for (int i = 0; i <= TYPED_LINES_MAX; i++)
        typed_lines_add(&lines, scratch_format("line %d", i));
    for (int r = history(lines.history, &event, H_FIRST); r >= 0; r = history(lines.history, &event, H_NEXT))
        count++;
    ck_assert_int_eq(count, TYPED_LINES_MAX);
    ck_assert_int_ge(history(lines.history, &event, H_LAST), 0);
    ck_assert_str_eq(event.str, "line 1");
}
END_TEST

/* ---- what is left alone ---- */

static void expect_given_up(const char *path, const char *why)
{
    typed_lines_open(&lines, path);
    ck_assert_str_eq(own_errors(), scratch_format("%s%s%s%s", *why != '\0' ? "client: history file " : "",
                                                  *why != '\0' ? path : "", why, *why != '\0' ? "\n" : ""));
    ck_assert_ptr_null(lines.path);
    typed_lines_add(&lines, "ls"); /* for this time only */
}

START_TEST(folder)
{
    ck_assert_int_eq(mkdir("history", 0700), 0);
    expect_given_up("history", ": not a regular file");
    expect_lines("ls|");
}
END_TEST

START_TEST(path_through_a_file)
{
    scratch_write_text("file", "");
    expect_given_up("file/history", ": Not a directory");
    expect_lines("ls|");
}
END_TEST

START_TEST(device)
{
    expect_given_up("/dev/null", "");
    expect_lines("ls|");
}
END_TEST

START_TEST(another_kind_of_file)
{
    scratch_write_text("history", "dear diary\n");
    expect_given_up("history", ": no history of libedit, so it is left as it is");
    expect_file("dear diary\n");
    expect_lines("ls|");
}
END_TEST

START_TEST(file_that_may_not_be_read)
{
    scratch_write_text("history", BEGIN "si\n");
    ck_assert_int_eq(chmod("history", 0), 0);
    if (access("history", R_OK) == 0) /* as root may */
        return;
    expect_given_up("history", ": Permission denied");
    expect_lines("ls|");
}
END_TEST

/* The locale is C here. */
START_TEST(lines_of_another_locale)
{
    static const char text[] = BEGIN "si\nna\\303\\257ve\nhelp\n\\303\\251t\\303\\251\n";

    scratch_write_text("history", text);
    expect_given_up("history", ": has lines that are no text in this locale, so it is left as it is");
    expect_file(text);
    expect_lines("ls|help|si|");
}
END_TEST

/* ---- what cannot be written ---- */

START_TEST(folder_that_is_missing)
{
    typed_lines_open(&lines, "nowhere/history");
    typed_lines_add(&lines, "ls");
    ck_assert_str_eq(own_errors(), "client: history file nowhere/history: No such file or directory\n");
    typed_lines_add(&lines, "si");
    ck_assert_str_eq(own_errors(), "client: history file nowhere/history: No such file or directory\n");
    expect_lines("si|ls|");
}
END_TEST

START_TEST(name_that_is_taken)
{
    typed_lines_open(&lines, "history");
    ck_assert_int_eq(mkdir("history", 0700), 0);
    typed_lines_add(&lines, "ls");
    ck_assert_str_eq(own_errors(), "client: history file history: Is a directory\n");
    ck_assert_int_eq(access("history.new", F_OK), -1);
}
END_TEST

START_TEST(link_to_somewhere_else)
{
    scratch_write_text("diary", "dear diary\n");
    ck_assert_int_eq(symlink("diary", "history.new"), 0);
    typed_lines_open(&lines, "history");
    typed_lines_add(&lines, "ls");
    ck_assert_str_eq(own_errors(), "client: history file history: Too many levels of symbolic links\n");
    ck_assert_str_eq(scratch_read("diary", NULL), "dear diary\n");
}
END_TEST

/* No old line is lost by that. */
START_TEST(full_disk)
{
    const struct rlimit small = { 200, RLIM_INFINITY }, none = { RLIM_INFINITY, RLIM_INFINITY };
    char line[301];

    memset(line, 'x', 300);
    line[300] = '\0';
    scratch_write_text("history", BEGIN "si\n");
    typed_lines_open(&lines, "history");
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    typed_lines_add(&lines, line);
    setrlimit(RLIMIT_FSIZE, &none);
    ck_assert_str_eq(own_errors(), "client: history file history: File too large\n");
    expect_file(BEGIN "si\n");
}
END_TEST

static Suite *typed_lines_suite(void)
{
    Suite *suite = suite_create("typed lines");
    TCase *tcase = suite_case(suite, "typed lines");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, without_a_file);
    tcase_add_test(tcase, new_file);
    tcase_add_test(tcase, old_file);
    tcase_add_test(tcase, empty_file);
    tcase_add_test(tcase, so_many_and_no_more);
    tcase_add_test(tcase, folder);
    tcase_add_test(tcase, path_through_a_file);
    tcase_add_test(tcase, device);
    tcase_add_test(tcase, another_kind_of_file);
    tcase_add_test(tcase, file_that_may_not_be_read);
    tcase_add_test(tcase, lines_of_another_locale);
    tcase_add_test(tcase, folder_that_is_missing);
    tcase_add_test(tcase, name_that_is_taken);
    tcase_add_test(tcase, link_to_somewhere_else);
    tcase_add_test(tcase, full_disk);
    return suite;
}

int main(void)
{
    int failed;

    setenv("LC_ALL", "C", 1);
    if (scratch_open() < 0)
        return EXIT_FAILURE;
    failed = run_suite(typed_lines_suite());
    scratch_close();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
