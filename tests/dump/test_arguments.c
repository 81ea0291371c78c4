/* SPDX-License-Identifier: ISC */
/* The decoder's command line: what values become, and what is said of those that are none. */
#include "arguments.h"

#include "own_errors.h"
#include "report.h"
#include "scratch.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 8 };

static arguments args;

static void setup(void)
{
    scratch_enter();
    own_errors_begin();
    report_program("dump");
}

static void teardown(void)
{
    arguments_clear(&args);
    own_errors_end();
    scratch_leave();
}

/* Words with NULL behind them, and a capture. Returns whether they were taken. */
static int parse(const char *const *words)
{
    const char *argv[WORDS_MAX + 2] = { "dump" };
    int argc = 1;
    int status = -1;
    int taken;

    while (*words != NULL)
        argv[argc++] = *words++;
    argv[argc++] = "capture";
    taken = arguments_parse(&args, argc, (char **)(uintptr_t)argv, &status);
    ck_assert(taken || status == STATUS_USAGE);
    return taken;
}

/* ---- refused ---- */

typedef struct refused {
    const char *words[WORDS_MAX];
    const char *error;
} refused;

static const refused refused_lines[] = {
    { { "--session", "0" }, "dump: --session: '0' is not a number from 1 to 9223372036854775807" },
    { { "--band", "up" }, "dump: --band: 'up' is no band, and nothing else that is shown\n" },
    { { "--time", "now" }, "dump: --time: 'now' is not relative, absolute, utc, delta or epoch\n" },
    { { "--color=often" }, "dump: --color: 'often' is not auto, always or never\n" },
    { { "--table", "users" }, "dump: --table: 'users' is not sessions or packets\n" },
    { { "--status", "2" }, "dump: --status: '2' is not 0, 1 or none\n" },
    { { "--host", "localhost" }, "dump: --host: 'localhost' is no IPv4 or IPv6 address\n" },
    { { "--after", "noon" },
      "dump: --after: 'noon' is not of the form 2026-12-31, '2026-12-31 23:59:59' or @SECONDS\n" },
    { { "--before", "2026-12-31 24" },
      "dump: --before: '2026-12-31 24' is not of the form 2026-12-31, '2026-12-31 23:59:59' or @SECONDS\n" },
    { { "--text", "" }, "dump: --text: '' has not 1 to 255 bytes\n" },
    { { "--json", "--follow" }, "dump: --json and --follow cannot both go to standard output\n" },
    { { "--conversation", "--table", "packets" },
      "dump: --conversation and --table cannot both go to standard output\n" },
    { { "--c2s", "a" }, "dump: 'capture': --c2s and --s2c have no packets to filter; see --help\n" },
    { { "--files", "2" }, "dump: --file-size, --file-seconds, --files: --write is missing; see --help\n" },
    { { "--write", "out", "--files", "2" },
      "dump: --files: neither --file-size nor --file-seconds says when the next one begins\n" },
    { { "--write", "-", "--file-size", "1" }, "dump: --write: standard output is not several files\n" },
    { { "--write", "out", "--user", "alice" },
      "dump: --write: sessions can be selected from files only, since these are read twice\n" },
    { { "--write", "-", "--json" }, "dump: --write and --json cannot both go to standard output\n" },
};

START_TEST(said_what_is_wrong)
{
    ck_assert_int_eq(parse(refused_lines[_i].words), 0);
    own_errors_expect(refused_lines[_i].error);
}
END_TEST

/* ---- taken ---- */

START_TEST(selection)
{
    static const char *const words[] = { "--status=1", "--host=10.0.0.1", "--host=::1",
                                         "--after=@5", "--text=x",        NULL };
    static const uint8_t here[16] = { [15] = 1 };

    ck_assert_int_eq(parse(words), 1);
    ck_assert_uint_eq(args.wanted.statuses, 1u << 1);
    ck_assert_uint_eq(args.wanted.host_count, 2);
    ck_assert_uint_eq(args.wanted.hosts[0].family, 4);
    ck_assert_uint_eq(args.wanted.hosts[0].ip[0], 10);
    ck_assert_uint_eq(args.wanted.hosts[1].family, 6);
    ck_assert_int_eq(memcmp(args.wanted.hosts[1].ip, here, sizeof(here)), 0);
    ck_assert_int_eq(args.wanted.after, INT64_C(5000000000));
    ck_assert_int_eq(args.wanted.before, 0);
    ck_assert_str_eq(args.wanted.text, "x");
    ck_assert_uint_eq(args.capture_count, 1);
}
END_TEST

typedef struct moment {
    const char *text;
    int64_t seconds;
} moment;

static const moment moments[] = {
    { "2026-12-31", 1798675200 },          { "2026-12-31 23:59", 1798761540 }, { "2026-12-31T23:59", 1798761540 },
    { "2026-12-31 23:59:58", 1798761598 }, { "@1798761598", 1798761598 },
};

START_TEST(points_in_time)
{
    const char *words[] = { "--before", moments[_i].text, NULL };

    ck_assert_int_eq(parse(words), 1);
    ck_assert_int_eq(args.wanted.before, moments[_i].seconds * 1000000000);
}
END_TEST

typedef struct colour {
    const char *word;
    int wanted;
} colour;

static const colour colours[] = { { "--color", 1 }, { "--color=always", 1 }, { "--color=never", 0 } };

START_TEST(colour_is_as_asked_for)
{
    const char *words[] = { colours[_i].word, NULL };

    ck_assert_int_eq(parse(words), 1);
    ck_assert_int_eq(args.shown.colour, colours[_i].wanted);
}
END_TEST

typedef struct shown_view {
    const char *words[WORDS_MAX];
    view_kind kind;
} shown_view;

static const shown_view shown_views[] = {
    { { "--json" }, VIEW_JSON },
    { { "--follow" }, VIEW_FOLLOW },
    { { "--conversation" }, VIEW_CONVERSATION },
    { { "--sessions" }, VIEW_SESSIONS },
    { { "--table", "sessions" }, VIEW_TABLE_SESSIONS },
    { { "--table", "packets" }, VIEW_TABLE_PACKETS },
    { { "--write", "out" }, VIEW_NONE },
    { { "--write", "out", "--json", "--no-sandbox" }, VIEW_JSON },
};

START_TEST(what_is_shown)
{
    ck_assert_int_eq(parse(shown_views[_i].words), 1);
    ck_assert_int_eq((int)args.shown.kind, (int)shown_views[_i].kind);
    ck_assert_int_eq(args.without_sandbox, shown_views[_i].words[3] != NULL);
}
END_TEST

static Suite *arguments_suite(void)
{
    Suite *suite = suite_create("dump arguments");
    TCase *tcase = suite_case(suite, "arguments");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, said_what_is_wrong, 0, COUNT(refused_lines));
    tcase_add_test(tcase, selection);
    tcase_add_loop_test(tcase, points_in_time, 0, COUNT(moments));
    tcase_add_loop_test(tcase, colour_is_as_asked_for, 0, COUNT(colours));
    tcase_add_loop_test(tcase, what_is_shown, 0, COUNT(shown_views));
    return suite;
}

int main(void)
{
    int failed;

    if (scratch_open() < 0)
        return EXIT_FAILURE;
    failed = run_suite(arguments_suite());
    scratch_close();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
