/* SPDX-License-Identifier: ISC */
/* Connections of a capture: windows, beginnings that were not captured, what comes late, and more than there is room for. */
#include "flow_notes.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

/* ---- windows ---- */

/* The client has room for `window`, scaled as both agreed. What the server sent behind that is none of its bytes. */
static const struct {
    const char *name;
    int client_scale, server_scale; /* -1: no SYN */
    uint16_t window;
    uint32_t room;
} windows[] = {
    { "both scale", 2, 0, 100, 400 },
    { "by its own scale", 3, 1, 100, 800 },
    { "the server does not", 2, TCP_NO_SCALE, 100, 100 },
    { "the client does not", TCP_NO_SCALE, 2, 100, 100 },
    { "neither does", TCP_NO_SCALE, TCP_NO_SCALE, 100, 100 },
    { "the client's SYN was not seen", -1, 0, 1, 1 << TCP_SCALE_MAX },
    { "the server's was not", 2, -1, 1, 1 << TCP_SCALE_MAX },
};

static void send_syn(flows *f, int side, int scale)
{
    static const step syns[] = { { 1, C, SYN, 100, 0, NULL, 0 }, { 1, S, SYN | ACK, 500, 101, NULL, 0 } };
    segment seg = segment_of(&syns[side], side);

    seg.scale = (uint8_t)scale;
    seg.window = 60; /* which is never scaled */
    if (scale >= 0)
        flows_segment(f, &seg);
}

/* The notes on a byte at this distance behind what the client has. To be freed. */
static char *note_far_byte(int i, uint32_t distance)
{
    step before = { 1, S, ACK, 501, 101, "a", 0 }, far = { 1, S, ACK, 0, 101, "z", 0 };
    step answer = { 1, C, ACK, 101, 502, NULL, 0 };
    flow_watcher watcher;
    segment seg;
    notes n;
    flows *f;

    notes_open(&n, &watcher);
    f = flows_new(&watcher);
    send_syn(f, C, windows[i].client_scale);
    send_syn(f, S, windows[i].server_scale);
    seg = segment_of(&before, 5);
    flows_segment(f, &seg);
    far.seq = 502 + distance;
    seg = segment_of(&far, 6);
    flows_segment(f, &seg);
    seg = segment_of(&answer, 7);
    seg.window = windows[i].window;
    flows_segment(f, &seg);
    flows_finish(f);
    flows_free(f);
    fclose(n.out);
    return n.text;
}

START_TEST(in_window)
{
    char *inside = note_far_byte(_i, windows[_i].room), *outside = note_far_byte(_i, windows[_i].room + 1);
    char expected[128];

    snprintf(expected, sizeof(expected), "1 open 1>80\n1 S>C a\n1 S>C lost %u\n1 S>C z\n1 unfinished\n",
             (unsigned)windows[_i].room);
    ck_assert_msg(strcmp(inside, expected) == 0, "%s:\n%s", windows[_i].name, inside);
    ck_assert_msg(strcmp(outside, "1 open 1>80\n1 S>C a\n1 S>C misplaced 1\n1 unfinished\n") == 0, "%s:\n%s",
                  windows[_i].name, outside);
    free(inside);
    free(outside);
}
END_TEST

/* Beginnings that were not captured, or came late: what begins with `B` is one. */
static const flow_case unsure_cases[] = {
    { "a beginning is used at once",
      { { 1, S, ACK, 501, 101, "Bone", 0 }, { 1, C, ACK, 101, 505, "two", 0 } },
      "1 open 1>80\n1 S>C Bone\n1 C>S two\n1 unfinished\n" },
    { "backward, without SYN",
      { { 1, C, FIN | ACK, 104, 509, NULL, 0 },
        { 1, S, FIN | ACK, 508, 104, NULL, 0 },
        { 1, S, ACK, 505, 104, "tri", 0 },
        { 1, C, ACK, 101, 505, "two", 0 },
        { 1, S, ACK, 501, 101, "Bone", 0 } },
      "1 open 1>80\n1 S>C Bone\n1 C>S two\n1 S>C tri\n1 S>C end\n1 C>S end\n1 closed\n" },
    { "backward, with SYN",
      { { 1, S, ACK, 504, 104, "tri", 0 },
        { 1, C, ACK, 101, 504, "two", 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, C, SYN, 100, 0, NULL, 0 } },
      "1 open 1>80\n1 S>C one\n1 C>S two\n1 S>C tri\n1 unfinished\n" },
    { "in disorder, with SYN",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, ACK, 504, 104, "tri", 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 1, C, ACK, 101, 504, "two", 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 } },
      "1 open 1>80\n1 S>C one\n1 C>S two\n1 S>C tri\n1 unfinished\n" },
    { "no beginning at all",
      { { 1, S, ACK, 501, 101, "one", 0 }, { 1, C, ACK, 101, 504, "two", 0 }, { 1, S, ACK, 504, 104, "tri", 0 } },
      "1 open 1>80\n1 S>C one\n1 C>S two\n1 S>C tri\n1 unfinished\n" },
    { "what was sent before is lost",
      { { 1, C, ACK, 101, 501, "two", 0 }, { 1, S, ACK, 504, 104, "tri", 0 } },
      "1 open 80>1\n1 S>C two\n1 C>S lost 3\n1 C>S tri\n1 unfinished\n" },
    { "another connection begins",
      { { 1, S, ACK, 501, 101, "one", 0 },
        { 1, C, SYN, 70000, 0, NULL, 0 },
        { 1, S, SYN | ACK, 90000, 70001, NULL, 0 },
        { 1, S, ACK, 90001, 70001, "new", 0 } },
      "1 open 1>80\n1 S>C one\n1 replaced\n2 open 1>80\n2 S>C new\n2 unfinished\n" },
};

static int begins_with_b(const uint8_t *data, size_t len)
{
    return len > 0 && data[0] == 'B';
}

START_TEST(unsure)
{
    flow_watcher watcher;
    notes n;

    notes_open(&n, &watcher);
    watcher.begins = begins_with_b;
    check_flow_case(&n, &watcher, &unsure_cases[_i]);
}
END_TEST

/* So much is not waited for. */
START_TEST(unsure_for_long)
{
    static const char text[] = "0123456789012345678901234567890123456789";
    flow_watcher watcher;
    uint32_t size = sizeof(text) - 1, seq = 1U << 30;
    unsigned count = 0;
    notes n;
    flows *f;

    notes_open(&n, &watcher);
    watcher.begins = begins_with_b;
    f = flows_new(&watcher);
    while (n.watches == 0 && count++ < 1U << 20) {
        step one = { 1, S, ACK, 0, 101, text, 0 };
        segment seg;

        one.seq = _i == 0 ? seq + count * size : seq - count * size;
        seg = segment_of(&one, (int)count);
        flows_segment(f, &seg);
    }
    ck_assert_uint_gt(count * size, _i == 0 ? STREAM_UNSURE_BYTES / 4 : STREAM_HOLD_SEGMENTS * size);
    ck_assert_uint_le(count * size, _i == 0 ? STREAM_UNSURE_BYTES : (STREAM_HOLD_SEGMENTS + 1) * size);
    flows_finish(f);
    flows_free(f);
    fclose(n.out);
    free(n.text);
}
END_TEST

/* What was closed is over when enough other segments have come, or when nothing comes for a while.
 * What comes then is counted, unless it was used before. */
START_TEST(late)
{
    static const step steps[] = {
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 1, S, RST, 504, 0, NULL, 0 },
    };
    static const step again = { 1, S, ACK, 501, 101, "one", 0 };
    static const step behind = { 1, S, ACK, 504, 101, "four", 0 };
    static const step other = { 2, C, ACK, 501, 101, "x", 0 };
    flow_watcher watcher;
    uint64_t segments, bytes;
    segment seg;
    notes n;
    flows *f;

    notes_open(&n, &watcher);
    f = flows_new(&watcher);
    for (int i = 0; i < COUNT(steps); i++) {
        ck_assert_int_eq(flows_wait_for_quiet(f), 0);
        seg = segment_of(&steps[i], i);
        flows_segment(f, &seg);
    }
    ck_assert_int_eq(flows_wait_for_quiet(f), 1);
    seg = segment_of(&other, 5);
    for (int i = 0; i < FLOWS_GRACE - 1 + _i; i++)
        flows_segment(f, &seg);
    ck_assert_int_eq(flows_wait_for_quiet(f), _i == 0);
    flows_quiet(f);
    ck_assert_int_eq(flows_wait_for_quiet(f), 0);
    ck_assert_int_eq(fflush(n.out), 0);
    ck_assert_ptr_nonnull(strstr(n.text, "1 reset by S>C\n"));
    seg = segment_of(&again, 6);
    flows_segment(f, &seg);
    flows_unused(f, &segments, &bytes);
    ck_assert_uint_eq(segments, 0);
    seg = segment_of(&behind, 7);
    flows_segment(f, &seg);
    flows_unused(f, &segments, &bytes);
    ck_assert_uint_eq(segments, 1);
    ck_assert_uint_eq(bytes, 4);
    flows_finish(f);
    flows_free(f);
    fclose(n.out);
    free(n.text);
}
END_TEST

/* Of more connections than there is room for, those go that nobody watches, then the oldest. */
START_TEST(too_many)
{
    flow_watcher watcher;
    notes n;
    flows *f;

    notes_open(&n, &watcher);
    f = flows_new(&watcher);
    for (unsigned i = 0; i < FLOWS_MAX + 2; i++) {
        step first = { 1, C, ACK, 101, 501, i == 7 ? "boring" : "x", 0 };
        segment seg = segment_of(&first, i);

        memcpy(seg.from.ip, &i, sizeof(i));
        flows_segment(f, &seg);
    }
    ck_assert_int_eq(fflush(n.out), 0);
    ck_assert_ptr_nonnull(strstr(n.text, "8 closed\n"));
    ck_assert_ptr_nonnull(strstr(n.text, "\n1 dropped\n"));
    ck_assert_ptr_null(strstr(n.text, "2 dropped\n"));
    flows_finish(f);
    ck_assert_int_eq(fflush(n.out), 0);
    ck_assert_ptr_nonnull(strstr(n.text, "\n2 unfinished\n"));
    ck_assert_uint_eq(n.watches, FLOWS_MAX + 2);
    flows_free(f);
    fclose(n.out);
    free(n.text);
}
END_TEST

/* However often ports are used again, others stay. */
START_TEST(many_again)
{
    static const step first = { 1, C, ACK, 101, 501, "x", 0 };
    flow_watcher watcher;
    segment seg = segment_of(&first, 0);
    notes n;
    flows *f;

    notes_open(&n, &watcher);
    f = flows_new(&watcher);
    flows_segment(f, &seg);
    for (unsigned i = 0; i < FLOWS_MAX + 10; i++) {
        step syn = { 2, C, SYN, 100 * i, 0, NULL, 0 }, reset = { 2, C, RST, 100 * i + 1, 0, NULL, 0 };

        seg = segment_of(&syn, i);
        flows_segment(f, &seg);
        seg = segment_of(&reset, i);
        flows_segment(f, &seg);
    }
    flows_finish(f);
    flows_free(f);
    fclose(n.out);
    ck_assert_str_eq(n.text, "1 open 80>1\n1 S>C x\n1 unfinished\n");
    free(n.text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump flows limits");
    TCase *tcase = suite_case(suite, "flows");

    tcase_add_loop_test(tcase, in_window, 0, COUNT(windows));
    tcase_add_loop_test(tcase, unsure, 0, COUNT(unsure_cases));
    tcase_add_loop_test(tcase, unsure_for_long, 0, 2);
    tcase_add_loop_test(tcase, late, 0, 2);
    tcase_add_test(tcase, too_many);
    tcase_add_test(tcase, many_again);
    return run_suite(suite);
}
