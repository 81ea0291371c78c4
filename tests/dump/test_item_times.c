/* SPDX-License-Identifier: ISC */
/* When each item of a session came, also if it had to wait. */
#include "scene.h"
#include "suite.h"

#include <sidewire/packet.h>

static void check_item(const scene *s, int i, item_kind kind, int64_t time)
{
    ck_assert_int_lt(i, s->seen.items);
    ck_assert_msg(s->seen.item[i].kind == kind, "item %d is of kind %d", i, s->seen.item[i].kind);
    ck_assert_msg(s->seen.item[i].time == time, "item %d is of %d", i, (int)s->seen.item[i].time);
    ck_assert_uint_eq(s->seen.item[i].frame, (uint64_t)time);
}

/* Each item is of the time of its first byte, also if it waited for the client's answer. */
START_TEST(items_in_time)
{
    int is_late = _i;
    size_t first, second;
    scene s;

    scene_open(&s, AES, 0);
    wire_session_packet(&s.w.session, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    first = wire_session_packet(&s.w.session, FROM_SERVER, SW_BAND_OUTPUT, "one", 3);
    second = wire_session_packet(&s.w.session, FROM_SERVER, SW_BAND_OUTPUT, "two", 3);
    scene_feed(&s, FROM_SERVER, s.w.session.opening[FROM_SERVER], 1);
    scene_feed(&s, FROM_CLIENT, s.w.session.opening[FROM_CLIENT], 2);
    scene_feed(&s, FROM_SERVER, s.w.session.proof[FROM_SERVER] - 10, 3);
    scene_feed(&s, FROM_SERVER, s.w.session.proof[FROM_SERVER], 4);
    if (!is_late)
        scene_feed(&s, FROM_CLIENT, s.w.session.proof[FROM_CLIENT], 5);
    scene_feed(&s, FROM_SERVER, first, 10);
    scene_feed(&s, FROM_SERVER, first + 7, 20); /* into its body */
    scene_feed(&s, FROM_SERVER, second + 1, 30);
    scene_feed(&s, FROM_SERVER, s.w.session.sent[FROM_SERVER].len, 40);
    if (is_late)
        scene_feed(&s, FROM_CLIENT, s.w.session.proof[FROM_CLIENT], 50);
    scene_end(&s, FLOW_CLOSED, FROM_CLIENT);
    ck_assert_int_eq(s.seen.items, 7);
    check_item(&s, 0, ITEM_GREETING, 1);
    check_item(&s, 1, ITEM_REQUEST, 2);
    check_item(&s, 2, ITEM_CHALLENGE, 3);
    check_item(&s, 3, ITEM_RESPONSE, is_late ? 50 : 5);
    check_item(&s, 4, ITEM_PROCEED, 10);
    check_item(&s, 5, ITEM_DATA, 20);
    check_item(&s, 6, ITEM_DATA, 30);
    watched_close(&s.w);
}
END_TEST

/* What waits behind a hole, too. */
START_TEST(items_behind_hole)
{
    size_t first, second, third;
    scene s;

    scene_open(&s, AES, 0);
    wire_session_packet(&s.w.session, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    first = wire_session_packet(&s.w.session, FROM_SERVER, SW_BAND_OUTPUT, "one", 3);
    second = wire_session_packet(&s.w.session, FROM_SERVER, SW_BAND_OUTPUT, "two", 3);
    third = wire_session_packet(&s.w.session, FROM_SERVER, SW_BAND_OUTPUT, "three", 5);
    scene_feed(&s, FROM_SERVER, s.w.session.opening[FROM_SERVER], 1);
    scene_feed(&s, FROM_CLIENT, s.w.session.opening[FROM_CLIENT], 2);
    scene_feed(&s, FROM_SERVER, s.w.session.proof[FROM_SERVER], 3);
    scene_feed(&s, FROM_SERVER, first, 10);
    scene_feed(&s, FROM_SERVER, first + SW_HEADER_SIZE + 1, 20);
    s.watcher.lost(s.w.watch, FROM_SERVER, (stamp){ 30, 30 }, 2);
    s.w.at[FROM_SERVER] = second;
    scene_feed(&s, FROM_SERVER, third, 40);
    scene_feed(&s, FROM_SERVER, s.w.session.sent[FROM_SERVER].len, 50);
    scene_feed(&s, FROM_CLIENT, s.w.session.proof[FROM_CLIENT], 60);
    scene_end(&s, FLOW_CLOSED, FROM_CLIENT);
    ck_assert_int_eq(s.seen.items, 9);
    check_item(&s, 4, ITEM_PROCEED, 10);
    check_item(&s, 5, ITEM_LOST, 30);
    check_item(&s, 6, ITEM_DATA, 20);
    check_item(&s, 7, ITEM_DATA, 40);
    check_item(&s, 8, ITEM_DATA, 50);
    watched_close(&s.w);
}
END_TEST

/* Legacy text that follows at once is of one run, behind a pause of more than a second it is another. */
START_TEST(pauses)
{
    static const int64_t second = 1000000000;
    static const struct {
        int64_t pause;
        int items;
    } cases[] = { { 1, 1 }, { second, 1 }, { second + 1, 2 }, { 5 * second, 2 }, { -5 * second, 1 } };
    size_t at;
    scene s;
    int before;

    scene_open(&s, LEGACY, 0);
    wire_session_text(&s.w.session, FROM_SERVER, "Proceed.", 8);
    wire_session_text(&s.w.session, FROM_SERVER, "one", 3);
    at = wire_session_text(&s.w.session, FROM_SERVER, "two", 3);
    scene_handshake(&s);
    scene_feed(&s, FROM_SERVER, at - 3, 5);
    before = s.seen.items;
    scene_feed(&s, FROM_SERVER, at, 10 * second);
    scene_feed(&s, FROM_SERVER, at + 3, 10 * second + cases[_i].pause);
    scene_end(&s, FLOW_CLOSED, FROM_CLIENT);
    ck_assert_int_eq(s.seen.items - before, cases[_i].items);
    ck_assert_uint_eq(s.seen.item[before].came, cases[_i].items == 1 ? 6 : 3);
    ck_assert_int_eq(s.seen.item[before].time, 10 * second);
    watched_close(&s.w);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump item times");
    TCase *tcase = suite_case(suite, "times");

    tcase_add_loop_test(tcase, items_in_time, 0, 2);
    tcase_add_test(tcase, items_behind_hole);
    tcase_add_loop_test(tcase, pauses, 0, 5);
    return run_suite(suite);
}
