/* SPDX-License-Identifier: ISC */
/* The text of the bar, for any size of terminal and upload. */
#include "progress.h"

#include "suite.h"

#include <fcntl.h>
#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static const struct {
    size_t columns;
    uint64_t done, total;
    const char *text;
} cases[] = {
    { 40, 0, 5000, "  0% [>            ]    0 of 5000 bytes" },
    { 40, 1, 5000, "  0% [>            ]    1 of 5000 bytes" },
    { 40, 2500, 5000, " 50% [======>      ] 2500 of 5000 bytes" },
    { 40, 4999, 5000, " 99% [============>] 4999 of 5000 bytes" },
    { 40, 5000, 5000, "100% [=============] 5000 of 5000 bytes" },
    { 40, 6000, 5000, "100% [=============] 5000 of 5000 bytes" }, /* the file grew */
    { 40, 1, 1, "100% [===================] 1 of 1 bytes" },
    { 40, 9999, 9999, "100% [=============] 9999 of 9999 bytes" },
    { 40, 5000, 10000, " 50% [==========>          ] 4 of 9 KiB" },
    { 40, 3 << 20, 5 << 20, " 60% [=========>     ] 3072 of 5120 KiB" },
    { 40, 1ull << 30, 100ull << 30, "  1% [>                ]   1 of 100 GiB" },
    { 40, UINT64_MAX / 2, UINT64_MAX, " 49%  8589934591 of 17179869183 GiB" }, /* no room for a bar */
    { 39, 2500, 5000, " 50% [======>     ] 2500 of 5000 bytes" },
    { 37, 2500, 5000, " 50% [=====>    ] 2500 of 5000 bytes" },
    { 36, 2500, 5000, " 50% 2500 of 5000 bytes" },
    { 24, 2500, 5000, " 50% 2500 of 5000 bytes" },
    { 23, 2500, 5000, " 50%" },
    { 5, 2500, 5000, " 50%" },
    { 4, 2500, 5000, "" },
    { 0, 2500, 5000, "" },
    { 40, 0, 0, "" },
};

START_TEST(text_of_bar)
{
    char text[256] = "";
    size_t len = progress_text(text, sizeof(text), cases[_i].columns, cases[_i].done, cases[_i].total);

    ck_assert_uint_lt(len, sizeof(text));
    text[len] = '\0';
    ck_assert_str_eq(text, cases[_i].text);
}
END_TEST

/* Never wider than the terminal or the buffer, and never a byte beyond it. */
START_TEST(any_size)
{
    static const uint64_t totals[] = { 1, 999, 10000, 5 << 20, UINT64_MAX };

    for (size_t columns = 0; columns < 100; columns++) {
        for (size_t cap = 0; cap < 100; cap += 7) {
            for (int i = 0; i < COUNT(totals); i++) {
                char *text = malloc(cap);
                size_t len = progress_text(text, cap, columns, totals[i] / 3, totals[i]);

                ck_assert_uint_le(len, cap);
                ck_assert_msg(len == 0 || len < columns, "%zu bytes, %zu columns", len, columns);
                free(text);
            }
        }
    }
}
END_TEST

/* ---- on a terminal ---- */

static int file, terminal, screen; /* what is written to the terminal can be read from the screen */

static void setup(void)
{
    const struct winsize size = { .ws_row = 24, .ws_col = 40 };
    char path[] = "/tmp/sidewire-test-XXXXXX";

    setenv("TERM", "xterm", 1); /* where packages are built there is none */
    file = mkstemp(path);
    ck_assert_int_ge(file, 0);
    unlink(path);
    ck_assert_int_eq(ftruncate(file, 5000), 0);
    ck_assert_int_eq(openpty(&screen, &terminal, NULL, NULL, &size), 0);
    ck_assert_int_eq(fcntl(screen, F_SETFL, O_NONBLOCK), 0);
}

static void teardown(void)
{
    close(file);
    close(terminal);
    close(screen);
}

static void expect_screen(const char *expected)
{
    char text[256];
    ssize_t n = read(screen, text, sizeof(text) - 1);

    text[n > 0 ? n : 0] = '\0';
    ck_assert_str_eq(text, expected);
}

START_TEST(drawn_and_cleared)
{
    progress p;

    progress_init(&p, terminal, file);
    progress_clear(&p);
    expect_screen("");
    progress_draw(&p, 2500);
    expect_screen("\r 50% [======>      ] 2500 of 5000 bytes");
    progress_draw(&p, 2501); /* too early */
    expect_screen("");
    progress_clear(&p);
    expect_screen("\r                                       \r");
    progress_clear(&p);
    expect_screen("");
    progress_draw(&p, 5000); /* full: at once */
    expect_screen("\r100% [=============] 5000 of 5000 bytes");
}
END_TEST

/* Ten times a second at most, however often it is asked for. */
START_TEST(not_too_often)
{
    const struct timespec rest = { 0, 1000000 };
    struct timespec start, now;
    char text[4096];
    progress p;
    ssize_t n;
    long count = 0;
    long ms = 0;

    progress_init(&p, terminal, file);
    clock_gettime(CLOCK_MONOTONIC, &start);
    for (unsigned i = 0; ms < 350; i++) {
        progress_draw(&p, i % 5000);
        nanosleep(&rest, NULL);
        clock_gettime(CLOCK_MONOTONIC, &now);
        ms = (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000;
    }
    n = read(screen, text, sizeof(text));
    for (ssize_t i = 0; i < n; i++)
        count += text[i] == '\r';
    ck_assert_int_ge(count, 2);
    ck_assert_int_le(count, 1 + ms / 100);
}
END_TEST

/* What is left of the file counts. */
START_TEST(size_left)
{
    progress p;

    ck_assert_int_eq(lseek(file, 4000, SEEK_SET), 4000);
    progress_init(&p, terminal, file);
    progress_draw(&p, 500);
    expect_screen("\r 50% [======>      ]  500 of 1000 bytes");
}
END_TEST

START_TEST(size_of_terminal)
{
    const struct winsize wide = { .ws_row = 24, .ws_col = 46 };
    const struct winsize unknown = { 0 };
    progress p;

    progress_init(&p, terminal, file);
    progress_draw(&p, 5000);
    expect_screen("\r100% [=============] 5000 of 5000 bytes");
    ck_assert_int_eq(ioctl(screen, TIOCSWINSZ, &wide), 0);
    progress_draw(&p, 5000);
    expect_screen("\r100% [===================] 5000 of 5000 bytes");
    ck_assert_int_eq(ioctl(screen, TIOCSWINSZ, &unknown), 0); /* 80 columns */
    progress_draw(&p, 5000);
    expect_screen(
        "\r100% [===================="
        "=================================] 5000 of 5000 bytes");
}
END_TEST

/* No bar: to a pipe, of a pipe, and of a file at its end. */
START_TEST(not_drawn)
{
    int ends[2];
    progress p;
    char c;

    ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
    progress_init(&p, ends[1], file);
    progress_draw(&p, 500);
    progress_clear(&p);
    ck_assert_int_eq(read(ends[0], &c, 1), -1);
    progress_init(&p, terminal, ends[0]);
    progress_draw(&p, 500);
    progress_init(&p, terminal, -1);
    progress_draw(&p, 500);
    ck_assert_int_eq(lseek(file, 5000, SEEK_SET), 5000);
    progress_init(&p, terminal, file);
    progress_draw(&p, 500);
    progress_clear(&p);
    expect_screen("");
    close(ends[0]);
    close(ends[1]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("progress");
    TCase *terminal_case = suite_case(suite, "terminal");

    tcase_add_loop_test(suite_case(suite, "text"), text_of_bar, 0, COUNT(cases));
    tcase_add_test(suite_case(suite, "any size"), any_size);
    tcase_add_checked_fixture(terminal_case, setup, teardown);
    tcase_add_test(terminal_case, drawn_and_cleared);
    tcase_add_test(terminal_case, not_too_often);
    tcase_add_test(terminal_case, size_left);
    tcase_add_test(terminal_case, size_of_terminal);
    tcase_add_test(terminal_case, not_drawn);
    return run_suite(suite);
}
