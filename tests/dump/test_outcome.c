/* SPDX-License-Identifier: ISC */
/* What is told of a session besides its items: how it ended, by whom, what was wrong with it, and when what came. */
#include "suite.h"
#include "watched.h"

#include <sidewire/packet.h>

#include <string.h>

/* ---- a sink that keeps numbers ---- */

enum { ITEMS_MAX = 32 };

typedef struct seen {
    outcome end;
    int ends, items;
    struct {
        item_kind kind;
        from side;
        int64_t time;
        uint64_t frame, came;
    } item[ITEMS_MAX];
} seen;

static void on_begin(void *ctx, const session_info *info)
{
    (void)ctx;
    (void)info;
}

static void on_item(void *ctx, const session_info *info, const item *what)
{
    seen *s = ctx;

    (void)info;
    ck_assert_int_lt(s->items, ITEMS_MAX);
    s->item[s->items].kind = what->kind;
    s->item[s->items].side = what->side;
    s->item[s->items].time = what->time;
    s->item[s->items].frame = what->frame;
    s->item[s->items++].came = what->came;
}

static void on_end(void *ctx, const session_info *info, const outcome *how)
{
    seen *s = ctx;

    (void)info;
    s->end = *how;
    s->ends++;
}

/* ---- a session, as a capture hands it on ---- */

typedef struct scene {
    watched w;
    event_sink sink;
    seen seen;
    flow_watcher watcher;
    int swapped; /* who was taken for the client is the server */
} scene;

static void scene_open(scene *s, unsigned features, int swapped)
{
    memset(s, 0, sizeof(*s));
    watched_open(&s->w, features, 0);
    s->sink = (event_sink){ &s->seen, on_begin, on_item, on_end };
    s->w.setup.sink = &s->sink;
    s->watcher = sessions_watcher(&s->w.setup);
    s->swapped = swapped;
}

static from end_of(const scene *s, from side)
{
    return s->swapped ? (from)!side : side;
}

/* Feeds a side up to there, at a time that is also the frame's number. */
static void feed(scene *s, from side, size_t until, int64_t time)
{
    bytes data = bytes_copy(s->w.session.sent[side].data + s->w.at[side], until - s->w.at[side]);

    s->watcher.data(s->w.watch, end_of(s, side), (stamp){ time, (uint64_t)time }, data.data, data.len);
    s->w.at[side] = until;
    bytes_free(&data);
}

static void feed_handshake(scene *s)
{
    const wire_session *session = &s->w.session;

    feed(s, FROM_SERVER, session->opening[FROM_SERVER], 1);
    feed(s, FROM_CLIENT, session->opening[FROM_CLIENT], 2);
    feed(s, FROM_SERVER, session->proof[FROM_SERVER], 3);
    feed(s, FROM_CLIENT, session->proof[FROM_CLIENT], 4);
}

static void feed_rest(scene *s)
{
    feed(s, FROM_SERVER, s->w.session.sent[FROM_SERVER].len, 5);
    feed(s, FROM_CLIENT, s->w.session.sent[FROM_CLIENT].len, 6);
}

static const outcome *scene_end(scene *s, flow_end how, from breaker)
{
    s->watcher.close(s->w.watch, how, end_of(s, breaker), (stamp){ 99, 98 });
    s->w.watch = NULL;
    ck_assert_int_eq(s->seen.ends, 1);
    ck_assert_int_eq(s->seen.end.time, 99);
    ck_assert_int_eq(s->seen.end.how, how);
    return &s->seen.end;
}

static void add_packets(scene *s, uint8_t last)
{
    wire_session *session = &s->w.session;

    wire_session_packet(session, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    wire_session_packet(session, FROM_CLIENT, SW_BAND_COMMAND, "si", 3);
    wire_session_packet(session, FROM_SERVER, SW_BAND_OUTPUT, "fine", 4);
    wire_session_packet(session, FROM_SERVER, last, NULL, 0);
}

/* ---- who ended it ---- */

enum { NOBODY = 2 };

static const struct {
    int first, second; /* who sent a FIN */
    from breaker, closer;
} closers[] = {
    { FROM_CLIENT, NOBODY, FROM_SERVER, FROM_CLIENT },      { FROM_SERVER, NOBODY, FROM_CLIENT, FROM_SERVER },
    { FROM_CLIENT, FROM_SERVER, FROM_CLIENT, FROM_CLIENT }, { FROM_SERVER, FROM_CLIENT, FROM_CLIENT, FROM_SERVER },
    { NOBODY, NOBODY, FROM_CLIENT, FROM_CLIENT },           { NOBODY, NOBODY, FROM_SERVER, FROM_SERVER },
};

START_TEST(closed_by)
{
    for (int swapped = 0; swapped < 2; swapped++) {
        const outcome *end;
        scene s;

        scene_open(&s, AES, swapped);
        add_packets(&s, SW_BAND_EXIT_SUCCESS);
        feed_handshake(&s);
        feed_rest(&s);
        if (closers[_i].first != NOBODY)
            s.watcher.end(s.w.watch, end_of(&s, (from)closers[_i].first), (stamp){ 7, 7 });
        if (closers[_i].second != NOBODY)
            s.watcher.end(s.w.watch, end_of(&s, (from)closers[_i].second), (stamp){ 8, 8 });
        end = scene_end(&s, FLOW_RESET, closers[_i].breaker);
        ck_assert_int_eq(end->closer, closers[_i].closer);
        ck_assert_int_eq(end->breaker, closers[_i].breaker);
        watched_close(&s.w);
    }
}
END_TEST

/* ---- what is counted ---- */

START_TEST(segments_counted)
{
    const outcome *end;
    scene s;

    scene_open(&s, AES, _i);
    add_packets(&s, SW_BAND_EXIT_FAILURE);
    feed_handshake(&s);
    s.watcher.misplaced(s.w.watch, end_of(&s, FROM_CLIENT), 3);
    s.watcher.misplaced(s.w.watch, end_of(&s, FROM_CLIENT), 4);
    s.watcher.conflict(s.w.watch, end_of(&s, FROM_SERVER), 20);
    s.watcher.conflict(s.w.watch, end_of(&s, FROM_SERVER), 1);
    feed_rest(&s);
    end = scene_end(&s, FLOW_CLOSED, FROM_CLIENT);
    ck_assert_uint_eq(end->misplaced[FROM_CLIENT], 7);
    ck_assert_uint_eq(end->misplaced[FROM_SERVER], 0);
    ck_assert_uint_eq(end->conflicts[FROM_CLIENT], 0);
    ck_assert_uint_eq(end->conflicts[FROM_SERVER], 21);
    ck_assert_int_eq(end->damaged, 1);
    ck_assert_int_eq(end->exit_status, 1);
    watched_close(&s.w);
}
END_TEST

/* Each of what may be wrong is, alone, damage. */
START_TEST(damaged)
{
    const outcome *end;
    scene s;

    scene_open(&s, AES, 0);
    add_packets(&s, SW_BAND_EXIT_SUCCESS);
    feed_handshake(&s);
    feed_rest(&s);
    if (_i == 1)
        s.watcher.misplaced(s.w.watch, FROM_SERVER, 1);
    if (_i == 2)
        s.watcher.conflict(s.w.watch, FROM_CLIENT, 1);
    if (_i == 3)
        s.watcher.lost(s.w.watch, FROM_CLIENT, (stamp){ 9, 9 }, 1);
    end = scene_end(&s, _i == 4 ? FLOW_DROPPED : FLOW_UNFINISHED, FROM_CLIENT);
    ck_assert_int_eq(end->damaged, _i > 0);
    ck_assert_int_eq(end->exit_status, 0);
    ck_assert_int_eq(end->stage, STAGE_ENCRYPTED);
    ck_assert_int_eq(end->refused, 0);
    for (int side = 0; side < 2; side++) {
        ck_assert_int_eq(end->unseen[side], 0);
        ck_assert_int_eq(end->error[side].code, SW_OK);
        ck_assert_uint_eq(end->error[side].value, 0);
        ck_assert_uint_eq(end->lost[side], side == FROM_CLIENT && _i == 3);
    }
    watched_close(&s.w);
}
END_TEST

/* How far it came, and no exit status before there is one. */
START_TEST(stages)
{
    static const stage expected[] = { STAGE_REQUESTED, STAGE_CHALLENGED, STAGE_ANSWERED, STAGE_ENCRYPTED };
    const wire_session *session;
    const outcome *end;
    scene s;

    scene_open(&s, AES, 0);
    session = &s.w.session;
    wire_session_packet(&s.w.session, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    feed(&s, FROM_SERVER, session->opening[FROM_SERVER], 1);
    feed(&s, FROM_CLIENT, session->opening[FROM_CLIENT], 2);
    if (_i > 0)
        feed(&s, FROM_SERVER, session->proof[FROM_SERVER], 3);
    if (_i > 1)
        feed(&s, FROM_CLIENT, session->proof[FROM_CLIENT], 4);
    if (_i > 2)
        feed_rest(&s);
    end = scene_end(&s, FLOW_CLOSED, FROM_CLIENT);
    ck_assert_int_eq(end->stage, expected[_i]);
    ck_assert_int_eq(end->exit_status, -1);
    ck_assert_int_eq(end->damaged, 0);
    watched_close(&s.w);
}
END_TEST

/* A packet that is not whole where the session ends: of either side it is told, and is that side's error. */
START_TEST(unfinished)
{
    from side = (from)_i;
    const outcome *end;
    size_t at;
    scene s;

    scene_open(&s, AES, 0);
    wire_session_packet(&s.w.session, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    at =
        wire_session_packet(&s.w.session, side, side == FROM_CLIENT ? SW_BAND_COMMAND : SW_BAND_OUTPUT, "stat", 5);
    feed_handshake(&s);
    if (side == FROM_CLIENT)
        feed(&s, FROM_SERVER, s.w.session.sent[FROM_SERVER].len, 5);
    feed(&s, side, at + SW_HEADER_SIZE + 2, 6);
    end = scene_end(&s, FLOW_CLOSED, FROM_CLIENT);
    check_error("its own", end->error[side], SW_E_TRUNCATED, SW_HEADER_SIZE + 2, SW_HEADER_SIZE + 5);
    check_error("the other's", end->error[!side], SW_OK, 0, 0);
    ck_assert_int_eq(end->damaged, 1);
    ck_assert_uint_eq(s.seen.item[s.seen.items - 1].came, 2);
    ck_assert_int_eq(s.seen.item[s.seen.items - 1].side, side);
    watched_close(&s.w);
}
END_TEST

/* ---- when ---- */

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
    feed(&s, FROM_SERVER, s.w.session.opening[FROM_SERVER], 1);
    feed(&s, FROM_CLIENT, s.w.session.opening[FROM_CLIENT], 2);
    feed(&s, FROM_SERVER, s.w.session.proof[FROM_SERVER] - 10, 3);
    feed(&s, FROM_SERVER, s.w.session.proof[FROM_SERVER], 4);
    if (!is_late)
        feed(&s, FROM_CLIENT, s.w.session.proof[FROM_CLIENT], 5);
    feed(&s, FROM_SERVER, first, 10);
    feed(&s, FROM_SERVER, first + 7, 20); /* into its body */
    feed(&s, FROM_SERVER, second + 1, 30);
    feed(&s, FROM_SERVER, s.w.session.sent[FROM_SERVER].len, 40);
    if (is_late)
        feed(&s, FROM_CLIENT, s.w.session.proof[FROM_CLIENT], 50);
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
    feed(&s, FROM_SERVER, s.w.session.opening[FROM_SERVER], 1);
    feed(&s, FROM_CLIENT, s.w.session.opening[FROM_CLIENT], 2);
    feed(&s, FROM_SERVER, s.w.session.proof[FROM_SERVER], 3);
    feed(&s, FROM_SERVER, first, 10);
    feed(&s, FROM_SERVER, first + SW_HEADER_SIZE + 1, 20);
    s.watcher.lost(s.w.watch, FROM_SERVER, (stamp){ 30, 30 }, 2);
    s.w.at[FROM_SERVER] = second;
    feed(&s, FROM_SERVER, third, 40);
    feed(&s, FROM_SERVER, s.w.session.sent[FROM_SERVER].len, 50);
    feed(&s, FROM_CLIENT, s.w.session.proof[FROM_CLIENT], 60);
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
    feed_handshake(&s);
    feed(&s, FROM_SERVER, at - 3, 5);
    before = s.seen.items;
    feed(&s, FROM_SERVER, at, 10 * second);
    feed(&s, FROM_SERVER, at + 3, 10 * second + cases[_i].pause);
    scene_end(&s, FLOW_CLOSED, FROM_CLIENT);
    ck_assert_int_eq(s.seen.items - before, cases[_i].items);
    ck_assert_uint_eq(s.seen.item[before].came, cases[_i].items == 1 ? 6 : 3);
    ck_assert_int_eq(s.seen.item[before].time, 10 * second);
    watched_close(&s.w);
}
END_TEST

/* ---- holes that are affordable ---- */

/* When bytes of a whole capture's credit are spent, each hole is still worth one packet, and no more. */
START_TEST(credit)
{
    enum { SPENT = 1 << 30, EACH = 1 << 16, BODY = 300000 };
    static const struct {
        size_t first, second;
        int is_whole;
    } cases[] = {
        { EACH, EACH, 1 }, { EACH + 1, 1, 0 }, { EACH, EACH + 1, 0 }, { 1, 2 * EACH - 1, 1 }, { 1, 2 * EACH, 0 }
    };
    static const char body[BODY];
    const outcome *end;
    size_t at;
    scene s;

    scene_open(&s, AES, 0);
    s.w.setup.crossed = SPENT;
    wire_session_packet(&s.w.session, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    at = wire_session_packet(&s.w.session, FROM_SERVER, SW_BAND_OUTPUT, body, sizeof(body)) + SW_HEADER_SIZE;
    wire_session_packet(&s.w.session, FROM_SERVER, SW_BAND_EXIT_SUCCESS, NULL, 0);
    feed_handshake(&s);
    feed(&s, FROM_SERVER, at + 10, 5);
    s.watcher.lost(s.w.watch, FROM_SERVER, (stamp){ 6, 6 }, cases[_i].first);
    s.w.at[FROM_SERVER] += cases[_i].first;
    feed(&s, FROM_SERVER, s.w.at[FROM_SERVER] + 10, 7);
    s.watcher.lost(s.w.watch, FROM_SERVER, (stamp){ 8, 8 }, cases[_i].second);
    s.w.at[FROM_SERVER] += cases[_i].second;
    feed(&s, FROM_SERVER, s.w.session.sent[FROM_SERVER].len, 9);
    end = scene_end(&s, FLOW_CLOSED, FROM_CLIENT);
    ck_assert_int_eq(end->exit_status, cases[_i].is_whole ? 0 : -1);
    watched_close(&s.w);
}
END_TEST

/* ---- who waits for keys ---- */

/* A session does so from its answer on, until the keys are there. */
START_TEST(waits_for_keys)
{
    const wire_session *session;
    scene s;

    scene_open(&s, AES, 0);
    session = &s.w.session;
    watched_write_log("# nothing\n", "w");
    ck_assert_int_eq(sessions_retry(&s.w.setup), 0);
    feed(&s, FROM_SERVER, session->opening[FROM_SERVER], 1);
    feed(&s, FROM_CLIENT, session->opening[FROM_CLIENT], 2);
    ck_assert_int_eq(sessions_retry(&s.w.setup), 0);
    feed(&s, FROM_SERVER, session->proof[FROM_SERVER], 3);
    ck_assert_int_eq(sessions_retry(&s.w.setup), 0);
    feed(&s, FROM_CLIENT, session->proof[FROM_CLIENT], 4);
    ck_assert_int_eq(sessions_retry(&s.w.setup), 1);
    scene_end(&s, FLOW_CLOSED, FROM_CLIENT);
    ck_assert_int_eq(sessions_retry(&s.w.setup), 0);
    watched_close(&s.w);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump outcome");
    TCase *tcase = suite_case(suite, "outcome");

    tcase_add_loop_test(tcase, closed_by, 0, COUNT(closers));
    tcase_add_loop_test(tcase, segments_counted, 0, 2);
    tcase_add_loop_test(tcase, damaged, 0, 5);
    tcase_add_loop_test(tcase, stages, 0, 4);
    tcase_add_loop_test(tcase, unfinished, 0, 2);
    tcase_add_loop_test(tcase, items_in_time, 0, 2);
    tcase_add_test(tcase, items_behind_hole);
    tcase_add_loop_test(tcase, pauses, 0, 5);
    tcase_add_loop_test(tcase, credit, 0, 5);
    tcase_add_test(tcase, waits_for_keys);
    return run_suite(suite);
}
