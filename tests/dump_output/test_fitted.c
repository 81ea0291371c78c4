/* SPDX-License-Identifier: ISC */
/* Lines that fit a terminal: cut or broken, by the columns that characters have. */
#include "show/fitted.h"
#include "suite.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

static writer w;
static FILE *file;
static char *text;
static size_t text_len;

static void open_writer(void)
{
    ck_assert_ptr_nonnull(setlocale(LC_ALL, "C.UTF-8"));
    file = open_memstream(&text, &text_len);
    ck_assert_ptr_nonnull(file);
    writer_init(&w, file);
    put_text(&w, "before\n");
}

static void close_writer(void)
{
    fclose(file);
    free(text);
}

static void expect_put(const char *expected)
{
    writer_flush(&w);
    ck_assert_int_eq(fflush(file), 0);
    ck_assert_str_eq(text, expected);
}

static const struct {
    const char *line;
    size_t width;
    const char *cut, *wrapped;
} lines[] = {
    { "short", 10, "short", "short" },
    { "exactly 10", 10, "exactly 10", "exactly 10" },
    { "this is too wide", 10, "this is...", "this is \n  too wide" },
    { "withoutanyblanks", 10, "without...", "withoutany\n  blanks" },
    { "any length at all", 0, "any length at all", "any length at all" },
    { "tw\303\266 \303\244\303\266\303\274 \303\237", 10, "tw\303\266 \303\244\303\266\303\274 \303\237",
      "tw\303\266 \303\244\303\266\303\274 \303\237" },
    { "\346\227\245\346\234\254\350\252\236\343\201\247\343\201\231", 10,
      "\346\227\245\346\234\254\350\252\236\343\201\247\343\201\231",
      "\346\227\245\346\234\254\350\252\236\343\201\247\343\201\231" },
    { "\346\227\245\346\234\254\350\252\236\343\201\247\343\201\231\343\200\202", 10,
      "\346\227\245\346\234\254\350\252\236...",
      "\346\227\245\346\234\254\350\252\236\343\201\247\343\201\231\n  \343\200\202" },
    { "\033[31mred and\033[0m wide", 10, "\033[31mred and\033[0m\033[0m...", "\033[31mred and\033[0m \n  wide" },
};

START_TEST(cut)
{
    size_t start = fitted_begin(&w);
    char expected[200];

    put_text(&w, lines[_i].line);
    fitted_cut(&w, start, lines[_i].width);
    snprintf(expected, sizeof(expected), "before\n%s", lines[_i].cut);
    expect_put(expected);
}
END_TEST

START_TEST(wrapped)
{
    size_t start = fitted_begin(&w);
    char expected[200];

    put_text(&w, lines[_i].line);
    fitted_wrap(&w, start, lines[_i].width, 2);
    snprintf(expected, sizeof(expected), "before\n%s", lines[_i].wrapped);
    expect_put(expected);
}
END_TEST

/* A line that begins near the end of the writer's memory is whole there. */
START_TEST(room_is_made)
{
    size_t start;

    while (w.len < WRITER_SIZE - 100)
        put_text(&w, "filling, ");
    start = fitted_begin(&w);
    ck_assert_uint_eq(start, w.len);
    ck_assert_uint_ge(WRITER_SIZE - w.len, FITTED_LINE_MAX);
}
END_TEST

START_TEST(no_terminal)
{
    ck_assert_uint_eq(fitted_width(file), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("output fitted");
    TCase *tcase = suite_case(suite, "lines");

    tcase_add_checked_fixture(tcase, open_writer, close_writer);
    tcase_add_loop_test(tcase, cut, 0, COUNT(lines));
    tcase_add_loop_test(tcase, wrapped, 0, COUNT(lines));
    tcase_add_test(tcase, room_is_made);
    tcase_add_test(tcase, no_terminal);
    return run_suite(suite);
}
