/* SPDX-License-Identifier: ISC */
/* Sessions in one piece, those that are wanted only; also when they are too large for memory. */
#include "show/gather.h"
#include "event_log.h"
#include "hand_made.h"
#include "suite.h"
#include "support.h"

#include <stdlib.h>
#include <string.h>

enum { PART = 100000 };

/* A command, and a body in parts that begin with another byte each. */
static void tell_session(const event_sink *sink, uint64_t number, const char *command, int parts, int exit_status)
{
    actor a = actor_begin(sink, number, "alice", SW_FEATURE_SIDEBAND);
    uint8_t *data = calloc(1, PART);

    tell_command(&a, 1, command, strlen(command) + 1);
    for (int i = 0; i < parts; i++) {
        item part = message(ITEM_DATA, SW_BAND_OUTPUT, FROM_SERVER, 2 + i, data, PART);

        memset(data, 'a' + i % 26, PART);
        part.size = part.came = (uint64_t)parts * PART;
        part.offset = (uint64_t)i * PART;
        part.more = i < parts - 1;
        tell(&a, part);
    }
    tell_end(&a, ending(1000, exit_status));
    free(data);
}

/* What two sinks were told is the same, if the first is told one session after the other. */
START_TEST(same)
{
    event_log direct, waited;
    event_sink one = event_log_open(&direct), two = event_log_open(&waited);
    filter any = { 0 };
    gather *g = gather_new(&any, &two, 0);
    event_sink sink = gather_sink(g);

    for (uint64_t number = 1; number <= 3; number++) {
        tell_session(&one, number, "cmd", _i, 0);
        tell_session(&sink, number, "cmd", _i, 0);
    }
    ck_assert_str_eq(event_log_text(&waited), event_log_text(&direct));
    ck_assert_uint_eq(gather_sessions(g), 3);
    ck_assert_int_eq(gather_failed(g), 0);
    gather_free(g);
    event_log_close(&direct);
    event_log_close(&waited);
}
END_TEST

enum { SESSIONS = 2100, TURNS = 3, SMALL = 9000 };

static void tell_turn(actor *a, int turn)
{
    uint8_t data[SMALL];

    memset(data, 'a' + turn, sizeof(data));
    tell(a, message(ITEM_DATA, SW_BAND_OUTPUT, FROM_SERVER, turn, data, SMALL - (size_t)turn));
}

/* So many at the same time that not all of them can wait in memory. */
START_TEST(many)
{
    static actor actors[SESSIONS];
    event_log direct, waited;
    event_sink one = event_log_open(&direct), two = event_log_open(&waited);
    filter any = { 0 };
    gather *g = gather_new(&any, &two, _i);
    event_sink sink = gather_sink(g);

    ck_assert_int_gt(SESSIONS * SMALL, GATHER_MEMORY);
    for (int i = 0; i < SESSIONS; i++) {
        actors[i] = actor_begin(&one, (uint64_t)i + 1, "alice", SW_FEATURE_SIDEBAND);
        for (int turn = 0; turn < TURNS; turn++)
            tell_turn(&actors[i], turn);
        tell_end(&actors[i], ending(TURNS, 0));
    }
    for (int i = 0; i < SESSIONS; i++)
        actors[i] = actor_begin(&sink, (uint64_t)i + 1, "alice", SW_FEATURE_SIDEBAND);
    for (int turn = 0; turn < TURNS; turn++)
        for (int i = 0; i < SESSIONS; i++)
            tell_turn(&actors[i], turn);
    for (int i = 0; i < SESSIONS; i++)
        tell_end(&actors[i], ending(TURNS, 0));
    ck_assert(strcmp(event_log_text(&waited), event_log_text(&direct)) == 0);
    ck_assert_int_eq(gather_failed(g), 0);
    gather_free(g);
    event_log_close(&direct);
    event_log_close(&waited);
}
END_TEST

/* The oldest session that is open is told as it comes, and the others behind it, in the order in which they end. */
START_TEST(passes)
{
    event_log direct, waited;
    event_sink one = event_log_open(&direct), two = event_log_open(&waited);
    filter any = { 0 };
    gather *g = gather_new(&any, &two, 1);
    event_sink sink = gather_sink(g);
    actor a[4];

    for (uint64_t number = 1; number <= 4; number++) {
        a[number - 1] = actor_begin(&one, number == 4 ? 4 : number == 2 ? 3 : number == 3 ? 2 : 1, "alice", 0);
        for (int turn = 0; turn < 2; turn++)
            tell_turn(&a[number - 1], turn);
        tell_end(&a[number - 1], ending(2, 0));
    }
    for (uint64_t number = 1; number <= 4; number++)
        a[number - 1] = actor_begin(&sink, number, "alice", 0);
    tell_turn(&a[0], 0);
    ck_assert_ptr_nonnull(strstr(event_log_text(&waited), "aaa")); /* it did not wait */
    for (int i = 1; i < 4; i++)
        tell_turn(&a[i], 0);
    tell_turn(&a[2], 1);
    tell_turn(&a[1], 1);
    tell_end(&a[2], ending(2, 0));
    tell_end(&a[1], ending(2, 0));
    ck_assert_ptr_null(strstr(event_log_text(&waited), "end")); /* they do */
    tell_turn(&a[0], 1);
    tell_end(&a[0], ending(2, 0));
    tell_turn(&a[3], 1); /* it is the oldest one now */
    tell_end(&a[3], ending(2, 0));
    ck_assert_str_eq(event_log_text(&waited), event_log_text(&direct));
    ck_assert_uint_eq(gather_sessions(g), 4);
    gather_free(g);
    event_log_close(&direct);
    event_log_close(&waited);
}
END_TEST

static const struct {
    const char *command, *text, *status;
    uint64_t sessions;
} cases[] = {
    { NULL, NULL, NULL, 3 },  { "one", NULL, NULL, 1 },  { "[ot]*", NULL, NULL, 2 },
    { NULL, "ab", NULL, 3 }, /* over the border of two parts */
    { NULL, "abb", NULL, 3 }, { NULL, "ac", NULL, 0 },   { NULL, "two", NULL, 1 },
    { NULL, NULL, "0", 2 },   { NULL, NULL, "none", 1 }, { "one", "a", "none", 0 },
};

START_TEST(wanted)
{
    event_log log;
    event_sink end = event_log_open(&log);
    filter of_case = { .text = cases[_i].text };
    gather *g = gather_new(&of_case, &end, 0);
    event_sink sink = gather_sink(g);

    if (cases[_i].command != NULL)
        filter_command(&of_case, cases[_i].command);
    if (cases[_i].status != NULL)
        ck_assert_int_eq(filter_status(&of_case, cases[_i].status), 0);
    tell_session(&sink, 1, "one", 2, 0);
    tell_session(&sink, 2, "two", 2, 0);
    tell_session(&sink, 3, "si", 2, -1);
    ck_assert_uint_eq(gather_sessions(g), cases[_i].sessions);
    gather_free(g);
    filter_clear(&of_case);
    event_log_close(&log);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("output gather");
    TCase *tcase = suite_case(suite, "gather");

    tcase_add_loop_test(tcase, same, 0, 5);
    tcase_add_loop_test(tcase, many, 0, 2);
    tcase_add_test(tcase, passes);
    tcase_add_loop_test(tcase, wanted, 0, COUNT(cases));
    return run_suite(suite);
}
