/* SPDX-License-Identifier: ISC */
/* What statistics count. The tables themselves are in golden/stats.txt. */
#include "hand_made.h"
#include "scratch.h"
#include "show/stats.h"
#include "suite.h"
#include "tools.h"
#include "whole_output.h"

#include <string.h>

static void tell_nothing(const event_sink *sink)
{
    (void)sink;
}

START_TEST(no_session)
{
    expect_match("nothing", print_told(stats_view, tell_nothing, NULL), "total: 0 sessions\n*");
}
END_TEST

/* Sessions that end in another order than they began; the second one has no handshake. */
static void tell_overlap(const event_sink *sink)
{
    actor first = actor_begin(sink, 1, "alice", SW_FEATURE_SIDEBAND);
    actor second = actor_begin(sink, 2, NULL, 0);
    actor third = actor_begin(sink, 3, "bob", SW_FEATURE_SIDEBAND);

    tell_handshake(&third, "auth rsa bob sideband", 1);
    tell(&first, message(ITEM_PROCEED, SW_BAND_PROCEED, FROM_SERVER, 16, NULL, 0));
    tell_count(&second, ITEM_LOST, FROM_CLIENT, 5, 1000);
    tell_end(&third, ending(500, 0));
    tell_end(&first, ending(60000, 0));
    tell_end(&second, ending(100, -1));
}

START_TEST(overlap)
{
    expect_match("overlap", print_told(stats_view, tell_overlap, NULL),
                 "session 3: * > *, user bob\n    duration 0.500000 s, handshake 0.006000 s, exit *"
                 "session 1: * > *, user alice\n    duration 60.000000 s, handshake 0.016000 s, *"
                 "session 2: 192.0.2.1:40002 > 192.0.2.2:2990\n    duration 0.100000 s, closed*\n"
                 "    lost *- *1000 *- *-\n\n"
                 "total: 3 sessions, duration 60.000000 s\n"
                 "    2 handshakes: shortest 0.006000 s, mean 0.011000 s, longest 0.016000 s\n*");
}
END_TEST

/* A session that never ended is not lost memory; a sanitizer would tell. */
static void tell_open(const event_sink *sink)
{
    actor_begin(sink, 1, "alice", SW_FEATURE_SIDEBAND);
}

START_TEST(unended)
{
    expect_match("unended", print_told(stats_view, tell_open, NULL), "total: 1 session*");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("output stats");
    TCase *tcase = e2e_case(suite, "stats");

    tcase_add_test(tcase, no_session);
    tcase_add_test(tcase, overlap);
    tcase_add_test(tcase, unended);
    return e2e_main(suite);
}
