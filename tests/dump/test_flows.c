/* SPDX-License-Identifier: ISC */
/* Connections of a capture: which segment belongs to which, who is the client, how they end. */
#include "flow_notes.h"
#include "suite.h"

static const flow_case cases[] = {
    { "a session",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, C, ACK, 101, 501, NULL, 0 },
        { 1, S, ACK, 501, 101, "hello", 0 },
        { 1, C, ACK, 101, 506, "you", 0 },
        { 1, C, ACK | FIN, 104, 506, NULL, 0 },
        { 1, S, ACK | FIN, 506, 105, "bye", 0 },
        { 1, C, ACK, 105, 510, NULL, 0 } },
      "1 open 1>80\n1 S>C hello\n1 C>S you\n1 C>S end\n1 S>C bye\n1 S>C end\n1 closed\n" },
    { "interleaved",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 2, C, SYN, 100, 0, NULL, 0 },
        { 2, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 2, S, ACK, 501, 101, "two", 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 2, C, ACK, 101, 504, "2", 0 },
        { 1, C, ACK, 101, 504, "1", 0 },
        { 1, C, ACK | RST, 102, 504, NULL, 0 } },
      "1 open 2>80\n1 S>C two\n2 open 1>80\n2 S>C one\n1 C>S 2\n2 C>S 1\n2 reset by C>S\n"
      "1 unfinished\n" },
    { "only one half",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, C, ACK, 101, 501, "abc", 0 },
        { 1, C, ACK | FIN, 104, 501, NULL, 0 } },
      "1 open 1>80\n1 C>S abc\n1 C>S end\n1 unfinished\n" },
    { "only the other half",
      { { 1, S, SYN | ACK, 500, 101, NULL, 0 }, { 1, S, ACK, 501, 101, "abc", 0 } },
      "1 open 1>80\n1 S>C abc\n1 unfinished\n" },
    { "no SYN: who speaks first is the server",
      { { 1, C, ACK, 101, 501, NULL, 0 }, { 1, S, ACK, 501, 101, "hello", 0 }, { 1, C, ACK, 101, 506, "you", 0 } },
      "1 open 1>80\n1 S>C hello\n1 C>S you\n1 unfinished\n" },
    { "no SYN: what the other side has shows where a stream begins",
      { { 1, S, ACK, 501, 101, "hello", 0 },
        { 1, C, ACK, 104, 506, "def", 0 },
        { 1, C, ACK, 101, 506, "abc", 0 } },
      "1 open 1>80\n1 S>C hello\n1 C>S abc\n1 C>S def\n1 unfinished\n" },
    { "the first segment is missing",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK, 503, 101, "cd", 0 },
        { 1, S, ACK | FIN, 505, 101, NULL, 0 },
        { 1, C, ACK, 101, 506, NULL, 0 } },
      "1 open 1>80\n1 S>C lost 2\n1 S>C cd\n1 S>C end\n1 unfinished\n" },
    { "the last segment is missing",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, C, ACK, 101, 501, "ab", 0 },
        { 1, C, ACK | FIN, 105, 501, NULL, 0 },
        { 1, S, ACK, 501, 106, NULL, 0 } },
      "1 open 1>80\n1 C>S ab\n1 C>S lost 2\n1 C>S end\n1 unfinished\n" },
    { "cut off",
      { { 1, C, ACK, 101, 501, "ab", 3 }, { 1, C, ACK, 106, 501, "fg", 0 } },
      "1 open 80>1\n1 S>C ab\n1 S>C lost 3\n1 S>C fg\n1 unfinished\n" },
    { "a gap at the end of the capture",
      { { 1, C, SYN, 100, 0, NULL, 0 }, { 1, C, ACK, 101, 501, "ab", 0 }, { 1, C, ACK, 105, 501, "ef", 0 } },
      "1 open 1>80\n1 C>S ab\n1 C>S lost 2\n1 C>S ef\n1 unfinished\n" },
    { "a gap before a reset",
      { { 1, C, SYN, 100, 0, NULL, 0 }, { 1, C, ACK, 102, 501, "b", 0 }, { 1, S, RST, 501, 0, NULL, 0 } },
      "1 open 1>80\n1 C>S lost 1\n1 C>S b\n1 reset by S>C\n" },
    { "a port used again",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 1, C, ACK | FIN, 101, 504, NULL, 0 },
        { 1, S, ACK | FIN, 504, 102, NULL, 0 },
        { 1, C, ACK, 102, 505, NULL, 0 },
        { 1, C, SYN, 9000, 0, NULL, 0 },
        { 1, S, SYN | ACK, 7000, 9001, NULL, 0 },
        { 1, S, ACK, 7001, 9001, "two", 0 },
        { 1, S, ACK, 501, 101, "one", 0 } },
      "1 open 1>80\n1 S>C one\n1 C>S end\n1 S>C end\n1 closed\n"
      "2 open 1>80\n2 S>C two\n2 unfinished\n" },
    { "a port used again, without an end before",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, C, SYN, 9000, 0, NULL, 0 },
        { 1, S, SYN | ACK, 7000, 9001, NULL, 0 },
        { 1, S, ACK, 7001, 9001, "two", 0 } },
      "1 open 1>80\n1 S>C one\n1 replaced\n2 open 1>80\n2 S>C two\n2 unfinished\n" },
    { "what comes behind the end is not a new connection",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 1, C, RST, 101, 0, NULL, 0 },
        { 1, S, ACK, 504, 101, "two", 0 },
        { 1, C, RST, 101, 0, NULL, 0 } },
      "1 open 1>80\n1 S>C one\n1 S>C two\n1 reset by C>S\n" },
    { "a RST elsewhere",
      { { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 1, S, RST, 700, 0, NULL, 0 },
        { 1, S, RST, 700, 0, NULL, 0 },
        { 1, S, RST, 400, 0, NULL, 0 },
        { 1, C, RST, 5000, 0, NULL, 0 },
        { 1, S, ACK, 504, 101, "two", 0 } },
      "1 open 1>80\n1 S>C one\n1 S>C misplaced 1\n1 S>C two\n1 S>C misplaced 1\n"
      "1 C>S misplaced 1\n1 unfinished\n" },
    { "a RST that was captured before what it follows",
      { { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 1, S, RST, 507, 0, NULL, 0 },
        { 1, S, ACK, 504, 101, "two", 0 } },
      "1 open 1>80\n1 S>C one\n1 S>C two\n1 reset by S>C\n" },
    { "a RST at the right place, with bytes behind it",
      { { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 1, S, RST, 504, 0, NULL, 0 },
        { 1, S, ACK, 504, 101, "two", 0 } },
      "1 open 1>80\n1 S>C one\n1 S>C misplaced 1\n1 S>C two\n1 unfinished\n" },
    { "a SYN elsewhere, which is not answered",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, C, ACK, 101, 501, "one", 0 },
        { 1, C, SYN, 120, 0, NULL, 0 },
        { 1, S, ACK, 501, 104, NULL, 0 },
        { 1, S, SYN | ACK, 9000, 104, NULL, 0 },
        { 1, C, ACK, 104, 501, "two", 0 } },
      "1 open 1>80\n1 C>S one\n1 S>C misplaced 1\n1 C>S two\n1 C>S misplaced 1\n1 unfinished\n" },
    { "a port used again, of one half",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, C, ACK, 101, 501, "one", 0 },
        { 1, C, SYN, 9000, 0, NULL, 0 },
        { 1, C, ACK, 9001, 701, "two", 0 } },
      "1 open 1>80\n1 C>S one\n1 replaced\n2 open 1>80\n2 C>S two\n2 unfinished\n" },
    { "a port used again after a reset",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, C, ACK, 101, 501, "one", 0 },
        { 1, S, RST, 501, 0, NULL, 0 },
        { 1, C, SYN, 9000, 0, NULL, 0 },
        { 1, C, ACK, 9001, 701, "two", 0 } },
      "1 open 1>80\n1 C>S one\n1 reset by S>C\n2 open 1>80\n2 C>S two\n2 unfinished\n" },
    { "bytes captured behind both ends",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK | FIN, 504, 101, NULL, 0 },
        { 1, C, ACK | FIN, 101, 505, NULL, 0 },
        { 1, S, ACK, 505, 102, NULL, 0 },
        { 1, S, ACK, 501, 101, "one", 0 } },
      "1 open 1>80\n1 C>S end\n1 S>C one\n1 S>C end\n1 closed\n" },
    { "refused",
      { { 1, C, SYN, 100, 0, NULL, 0 }, { 1, S, RST | ACK, 0, 101, NULL, 0 }, { 2, S, RST, 5, 0, NULL, 0 } },
      "" },
    { "another copy that differs",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, ACK, 501, 101, "hello", 0 },
        { 1, S, ACK, 501, 101, "hello", 0 },
        { 1, S, ACK, 501, 101, "hallo", 0 },
        { 1, C, ACK, 103, 506, "cd", 0 },
        { 1, C, ACK, 103, 506, "CD", 0 },
        { 1, C, ACK, 101, 506, "ab", 0 } },
      "1 open 1>80\n1 S>C hello\n1 S>C conflict 1\n1 C>S conflict 1\n1 C>S ab\n1 C>S cd\n"
      "1 unfinished\n" },
    { "nobody is interested",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, ACK, 501, 101, "boring", 0 },
        { 1, S, ACK, 507, 101, "more", 0 },
        { 1, C, ACK, 101, 511, "more", 0 } },
      "1 open 1>80\n1 S>C boring\n1 closed\n" },
    { "a FIN with bytes behind it is told once",
      { { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK | FIN, 501, 101, "ab", 0 },
        { 1, S, ACK, 503, 101, "cd", 0 },
        { 1, S, ACK, 505, 101, "ef", 0 } },
      "1 open 1>80\n1 S>C ab\n1 S>C cd\n1 S>C misplaced 1\n1 S>C ef\n1 unfinished\n" },
    { "gaps of both, one of which has ended",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, C, ACK | FIN, 103, 501, "cd", 0 },
        { 1, S, 0, 503, 0, "yz", 0 } },
      "1 open 1>80\n1 C>S lost 2\n1 C>S cd\n1 C>S end\n1 S>C lost 2\n1 S>C yz\n1 unfinished\n" },
    { "gaps of both, of which the server ended first",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK | FIN, 503, 101, "yz", 0 },
        { 1, C, FIN, 103, 0, "cd", 0 } },
      "1 open 1>80\n1 S>C lost 2\n1 S>C yz\n1 S>C end\n1 C>S lost 2\n1 C>S cd\n1 C>S end\n1 closed\n" },
    { "SYNs elsewhere, one of them twice",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, C, ACK, 101, 501, "one", 0 },
        { 1, C, SYN, 9000, 0, NULL, 0 },
        { 1, C, SYN, 9000, 0, NULL, 0 },
        { 1, C, SYN, 9500, 0, NULL, 0 },
        { 1, C, ACK, 104, 501, "two", 0 } },
      "1 open 1>80\n1 C>S one\n1 C>S misplaced 1\n1 C>S two\n1 C>S misplaced 1\n1 unfinished\n" },
    { "a SYN elsewhere that goes on, but the other end says nothing of it",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, C, ACK, 101, 501, "one", 0 },
        { 1, C, SYN, 200, 0, NULL, 0 },
        { 1, C, ACK, 201, 501, "two", 0 } },
      "1 open 1>80\n1 C>S one\n1 C>S lost 97\n1 C>S two\n1 C>S misplaced 1\n1 unfinished\n" },
    { "a RST of a connection that nobody knows, and then one of these ends",
      { { 3, S, RST, 500, 0, NULL, 0 }, { 3, C, SYN, 100, 0, NULL, 0 }, { 3, C, ACK, 101, 501, "x", 0 } },
      "1 open 3>80\n1 C>S x\n1 unfinished\n" },
    { "data in the SYN",
      { { 1, C, SYN, 100, 0, "abc", 0 }, { 1, C, ACK, 104, 501, "def", 0 } },
      "1 open 1>80\n1 C>S abc\n1 C>S def\n1 unfinished\n" },
};

START_TEST(connections)
{
    flow_watcher watcher;
    notes n;

    notes_open(&n, &watcher);
    check_flow_case(&n, &watcher, &cases[_i]);
}
END_TEST

/* ---- times ---- */

static const flow_case timed_cases[] = {
    { "a session",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK, 501, 101, "hello", 0 },
        { 1, C, ACK, 103, 506, "later", 0 },
        { 1, C, ACK, 101, 506, "so", 0 },
        { 1, C, ACK | FIN, 108, 506, NULL, 0 },
        { 1, S, ACK | FIN, 506, 109, NULL, 0 },
        { 1, C, ACK, 109, 507, NULL, 0 } },
      "1 open 1>80 @10\n1 S>C hello @12\n1 C>S so @14\n1 C>S later @13\n1 C>S end @15\n1 S>C end @16\n"
      "1 closed @17\n" },
    { "a gap, and a reset",
      { { 1, S, ACK, 501, 101, "hello", 0 }, { 1, S, ACK, 508, 101, "on", 0 }, { 1, S, RST, 510, 0, NULL, 0 } },
      "1 open 1>80 @10\n1 S>C hello @10\n1 S>C lost 2 @11\n1 S>C on @11\n1 reset by S>C @12\n" },
};

START_TEST(times)
{
    flow_watcher watcher;
    notes n;

    notes_open(&n, &watcher);
    n.with_times = 1;
    check_flow_case(&n, &watcher, &timed_cases[_i]);
}
END_TEST

/* Of a connection that the watcher does not want nothing is handed on, and others go on. */
START_TEST(not_watched)
{
    static const flow_case c = {
        "not watched",
        { { 7, C, SYN, 100, 0, NULL, 0 },
          { 7, S, ACK, 501, 101, "one", 0 },
          { 8, S, ACK, 501, 101, "two", 0 },
          { 7, C, ACK, 101, 504, "three", 0 },
          { 7, C, RST, 106, 0, NULL, 0 } },
        "1 open 8>80\n1 S>C two\n1 unfinished\n",
    };
    flow_watcher watcher;
    notes n;

    notes_open(&n, &watcher);
    n.refused = 7;
    check_flow_case(&n, &watcher, &c);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump flows");
    TCase *tcase = suite_case(suite, "flows");

    tcase_add_loop_test(tcase, connections, 0, COUNT(cases));
    tcase_add_loop_test(tcase, times, 0, COUNT(timed_cases));
    tcase_add_test(tcase, not_watched);
    return run_suite(suite);
}
