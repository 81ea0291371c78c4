/* The file of command lines: what is kept, for whom, and how much. */
#include "history_file.h"

#include "suite.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/sidewire-test-XXXXXX";
static char path[sizeof(folder) + sizeof("/history")];

static void setup(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/history", folder);
    ck_assert_ptr_nonnull(setlocale(LC_CTYPE, "C.UTF-8"));
}

static void teardown(void)
{
    unlink(path);
    rmdir(folder);
}

static void write_file(const char *text, size_t len)
{
    FILE *file = fopen(path, "we");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

static off_t size_of_file(void)
{
    struct stat info;

    ck_assert_int_eq(stat(path, &info), 0);
    return info.st_size;
}

/* Opens the file and compares what is in it. */
static void expect_lines(const char *expected)
{
    history_file file;
    char *text;

    history_file_open(&file, path);
    ck_assert_int_ge(file.fd, 0);
    text = history_file_read(&file);
    ck_assert_pstr_eq(text, expected);
    free(text);
    history_file_close(&file);
}

START_TEST(new_file)
{
    struct stat info;
    history_file file;

    history_file_open(&file, path);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0600);
    history_file_add(&file, "si");
    history_file_add(&file, "help ff");
    history_file_close(&file);
    expect_lines("si\nhelp ff\n");
}
END_TEST

START_TEST(made_private)
{
    struct stat info;

    write_file("si\n", 3);
    ck_assert_int_eq(chmod(path, 0644), 0);
    expect_lines("si\n");
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0600);
}
END_TEST

static const struct {
    const char *text;
    size_t len;
    const char *lines;
} files[] = {
    { "", 0, "" },
    { "si", 2, "si\n" },         /* the LF was lost */
    { "\n\nsi\n\n", 6, "si\n" },
    { "a\0b\nsi\n", 7, "si\n" },
    { "\xff\nsi\n\xc3\xa4\n", 8, "si\n\xc3\xa4\n" },
    { "\033[2J\n", 5, "\033[2J\n" }, /* the editor shows it as ^[[2J */
};

START_TEST(file_of_any_bytes)
{
    write_file(files[_i].text, files[_i].len);
    expect_lines(files[_i].lines);
    ck_assert_int_eq(size_of_file(), (off_t)files[_i].len);
}
END_TEST

START_TEST(long_line)
{
    static char text[2 * HISTORY_LINE_SIZE];
    history_file file;

    for (size_t len = HISTORY_LINE_SIZE - 1; len <= HISTORY_LINE_SIZE; len++) {
        char *expected;

        memset(text, 'x', len);
        memcpy(text + len, "\nsi\n", 5);
        expected = len < HISTORY_LINE_SIZE ? text : text + len + 1;
        write_file(text, len + 4);
        expect_lines(expected);

        write_file("", 0);
        text[len] = '\0';
        history_file_open(&file, path);
        history_file_add(&file, text);
        history_file_add(&file, "si");
        history_file_close(&file);
        text[len] = '\n';
        expect_lines(expected);
    }
}
END_TEST

/* The last thousand lines stay, in the file too. */
START_TEST(many_lines)
{
    enum { LINES = 2500, DROPPED = LINES - HISTORY_LINES, LINE = 6 };
    static char text[LINES * LINE + 1];

    for (int n = 0; n < LINES; n++)
        snprintf(text + n * LINE, LINE + 1, "n%04d\n", n);
    for (int n = HISTORY_LINES; n <= HISTORY_LINES + 1; n++) {
        write_file(text, (size_t)n * LINE);
        text[n * LINE] = '\0';
        expect_lines(text + (n - HISTORY_LINES) * LINE);
        text[n * LINE] = 'n';
        ck_assert_int_eq(size_of_file(), HISTORY_LINES * LINE);
    }
    write_file(text, LINES * LINE);
    expect_lines(text + DROPPED * LINE);
    ck_assert_int_eq(size_of_file(), HISTORY_LINES * LINE);
    expect_lines(text + DROPPED * LINE);
}
END_TEST

/* Larger than what is read of it. */
START_TEST(huge_file)
{
    enum { SIZE = 5 << 20 };
    char *text = malloc(SIZE);

    memset(text, 'x', SIZE);
    memcpy(text + SIZE - 4, "\nsi\n", 4);
    write_file(text, SIZE);
    expect_lines("si\n");
    ck_assert_int_eq(size_of_file(), 3);
    free(text);
}
END_TEST

START_TEST(no_file)
{
    const char *const paths[] = { NULL, "/nonexistent/history", folder, "/dev/null" };

    for (int i = 0; i < COUNT(paths); i++) {
        history_file file;

        history_file_open(&file, paths[i]);
        ck_assert_int_eq(file.fd, -1);
        ck_assert_ptr_null(history_file_read(&file));
        history_file_add(&file, "si");
        history_file_close(&file);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client history file");
    TCase *tcase = suite_case(suite, "files");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, new_file);
    tcase_add_test(tcase, made_private);
    tcase_add_loop_test(tcase, file_of_any_bytes, 0, COUNT(files));
    tcase_add_test(tcase, long_line);
    tcase_add_test(tcase, many_lines);
    tcase_add_test(tcase, huge_file);
    tcase_add_test(tcase, no_file);
    return run_suite(suite);
}
