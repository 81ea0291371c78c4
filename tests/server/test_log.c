/* SPDX-License-Identifier: ISC */
/* The log: it never waits, says what it lost, cannot be forged by names, and is no help for whoever
 * wants to fill a disk. */
#include "log.h"

#include <fcntl.h>
#include <poll.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "suite.h"

enum { TEXT_SIZE = 1 << 20 };

/* Makes ends[1] standard error, and starts. */
static void start(const int ends[2])
{
    ck_assert_int_ge(dup2(ends[1], STDERR_FILENO), 0);
    log_open();
}

/* What can be read for now. */
static char *read_all(int fd)
{
    char *text = calloc(1, TEXT_SIZE);
    struct pollfd p = { .fd = fd, .events = POLLIN };
    size_t len = 0;

    while (poll(&p, 1, 0) == 1 && (p.revents & POLLIN)) {
        ssize_t n = read(fd, text + len, TEXT_SIZE - 1 - len);
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    return text;
}

static void expect(const char *text, const char *pattern)
{
    regex_t regex;

    ck_assert_int_eq(regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB), 0);
    ck_assert_msg(regexec(&regex, text, 0, NULL, 0) == 0, "'%s' is not '%s'", text, pattern);
    regfree(&regex);
}

static size_t count_lines(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += *text == '\n';
    return n;
}

START_TEST(line_has_time_and_level)
{
    int ends[2];
    char *text;

    ck_assert_int_eq(pipe(ends), 0);
    start(ends);
    log_event(LEVEL_INFO, "too low");
    log_event(LEVEL_WARNING, "a %d\nb\x1b[1m \xc3\xa4 \xff", 1);
    text = read_all(ends[0]);
    expect(text,
           "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}[+-][0-9]{4} test_log: warning: "
           "a 1\\\\nb\\\\x1b\\[1m \xc3\xa4 \\\\xff\n$");
    free(text);
}
END_TEST

/* A pipe that is full, a socket that is, and a terminal's like: nobody waits, and the number of lines
 * that were lost is told as soon as there is room. */
START_TEST(nobody_reads)
{
    enum { LINES = 20000 };
    int ends[2];
    char *text;
    size_t lines;
    unsigned long lost;
    const char *told;

    if (_i == 0)
        ck_assert_int_eq(pipe(ends), 0);
    else
        ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    start(ends);
    ck_assert_int_eq(fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK, 0);
    for (int i = 0; i < LINES; i++)
        log_event(LEVEL_WARNING, "line %d of many", i);
    text = read_all(ends[0]);
    log_event(LEVEL_WARNING, "the last");
    lines = count_lines(text);
    free(text);
    text = read_all(ends[0]);
    told = strstr(text, " lines of the log were lost\n");
    ck_assert_ptr_nonnull(told);
    while (told > text && told[-1] != ' ')
        told--;
    lost = strtoul(told, NULL, 10);
    ck_assert_ptr_nonnull(strstr(text, "warning: the last\n"));
    ck_assert_uint_gt(lines, 100);
    /* one line may have been cut by the end of the room, and comes with the text behind */
    ck_assert_uint_eq(lines + lost + (count_lines(text) - 2), LINES);
    ck_assert_int_eq(fcntl(STDERR_FILENO, F_GETFL) & O_NONBLOCK, 0);
    free(text);
}
END_TEST

/* The other end is gone: the process goes on. */
START_TEST(broken)
{
    int ends[2];

    if (_i == 0)
        ck_assert_int_eq(pipe(ends), 0);
    else
        ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    signal(SIGPIPE, SIG_IGN);
    start(ends);
    close(ends[0]);
    for (int i = 0; i < 10; i++)
        log_event(LEVEL_ERROR, "into the dark");
}
END_TEST

START_TEST(journal_gets_levels)
{
    int ends[2];
    struct stat info;
    char stream[64];
    char *text;

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    ck_assert_int_eq(fstat(ends[1], &info), 0);
    snprintf(stream, sizeof(stream), "%llu:%llu", (unsigned long long)info.st_dev,
             (unsigned long long)info.st_ino + (_i == 1));
    ck_assert_int_eq(setenv("JOURNAL_STREAM", stream, 1), 0);
    start(ends);
    log_event(LEVEL_WARNING, "w");
    log_event(LEVEL_ERROR, "e");
    log_event(LEVEL_NOTICE, "n");
    text = read_all(ends[0]);
    if (_i == 0)
        ck_assert_str_eq(text, "<4>w\n<3>e\n<5>n\n");
    else /* something else is the journal's */
        expect(text, "test_log: warning: w\n");
    free(text);
}
END_TEST

START_TEST(strangers_are_limited)
{
    int ends[2];
    char *text;
    size_t lines;

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_ge(fcntl(ends[1], F_SETPIPE_SZ, TEXT_SIZE), 0);
    start(ends);
    for (int i = 0; i < 5000; i++)
        log_stranger(LEVEL_NOTICE, "knock");
    log_stranger(LEVEL_WARNING, "another level");
    log_event(LEVEL_NOTICE, "a friend");
    usleep(3 * 1000000 / LOG_STRANGER_RATE);
    log_stranger(LEVEL_NOTICE, "knock again");
    text = read_all(ends[0]);
    lines = count_lines(text);
    ck_assert_uint_ge(lines, LOG_STRANGER_BURST + 4);
    ck_assert_uint_le(lines, LOG_STRANGER_BURST + 4 + 10 * LOG_STRANGER_RATE);
    expect(text, "warning: another level\n");
    expect(text, "notice: a friend\n");
    expect(text, "notice: 4[0-9]{3} events of this kind were not logged: too many\n");
    expect(text, "notice: knock again\n");
    free(text);
}
END_TEST

static const struct {
    const char *text, *quoted;
} quotes[] = {
    { "alice", "'alice'" },
    { "", "''" },
    { "x': authentication failed", "'x\\': authentication failed'" },
    { "a\\", "'a\\\\'" },
    { "0123456789012345678901234567890123456789", "'01234567890123456789012345678901234567890'" },
};

START_TEST(quoted)
{
    char out[64];
    size_t len = strlen(quotes[_i].text);

    if (_i == 4) {
        ck_assert_str_eq(log_quote(out, 16, quotes[_i].text, len), "'01234567890'");
        return;
    }
    ck_assert_str_eq(log_quote(out, sizeof(out), quotes[_i].text, len), quotes[_i].quoted);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("log");
    TCase *lines = suite_case(suite, "lines");

    tcase_add_test(lines, line_has_time_and_level);
    tcase_add_loop_test(lines, nobody_reads, 0, 2);
    tcase_add_loop_test(lines, broken, 0, 2);
    tcase_add_loop_test(lines, journal_gets_levels, 0, 2);
    tcase_add_test(lines, strangers_are_limited);
    tcase_add_loop_test(lines, quoted, 0, COUNT(quotes));
    return run_suite_apart(suite);
}
