/* SPDX-License-Identifier: ISC */
/* What is told of a session besides its items: how it ended, by whom, and what was wrong with it. */
#include "scene.h"
#include "suite.h"

#include <sidewire/packet.h>

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
        scene_handshake(&s);
        scene_rest(&s);
        if (closers[_i].first != NOBODY)
            s.watcher.end(s.w.watch, scene_end_of(&s, (from)closers[_i].first), (stamp){ 7, 7 });
        if (closers[_i].second != NOBODY)
            s.watcher.end(s.w.watch, scene_end_of(&s, (from)closers[_i].second), (stamp){ 8, 8 });
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
    scene_handshake(&s);
    s.watcher.misplaced(s.w.watch, scene_end_of(&s, FROM_CLIENT), 3);
    s.watcher.misplaced(s.w.watch, scene_end_of(&s, FROM_CLIENT), 4);
    s.watcher.conflict(s.w.watch, scene_end_of(&s, FROM_SERVER), 20);
    s.watcher.conflict(s.w.watch, scene_end_of(&s, FROM_SERVER), 1);
    scene_rest(&s);
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
    scene_handshake(&s);
    scene_rest(&s);
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
    ck_assert_int_eq(s.seen.info.request_seen, 1);
    ck_assert_uint_eq(s.seen.info.features, AES);
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
    scene_feed(&s, FROM_SERVER, session->opening[FROM_SERVER], 1);
    scene_feed(&s, FROM_CLIENT, session->opening[FROM_CLIENT], 2);
    if (_i > 0)
        scene_feed(&s, FROM_SERVER, session->proof[FROM_SERVER], 3);
    if (_i > 1)
        scene_feed(&s, FROM_CLIENT, session->proof[FROM_CLIENT], 4);
    if (_i > 2)
        scene_rest(&s);
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
    scene_handshake(&s);
    if (side == FROM_CLIENT)
        scene_feed(&s, FROM_SERVER, s.w.session.sent[FROM_SERVER].len, 5);
    scene_feed(&s, side, at + SW_HEADER_SIZE + 2, 6);
    end = scene_end(&s, FLOW_CLOSED, FROM_CLIENT);
    check_error("its own", end->error[side], SW_E_TRUNCATED, SW_HEADER_SIZE + 2, SW_HEADER_SIZE + 5);
    check_error("the other's", end->error[!side], SW_OK, 0, 0);
    ck_assert_int_eq(end->damaged, 1);
    ck_assert_uint_eq(s.seen.item[s.seen.items - 1].came, 2);
    ck_assert_int_eq(s.seen.item[s.seen.items - 1].side, side);
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
    scene_handshake(&s);
    scene_feed(&s, FROM_SERVER, at + 10, 5);
    s.watcher.lost(s.w.watch, FROM_SERVER, (stamp){ 6, 6 }, cases[_i].first);
    s.w.at[FROM_SERVER] += cases[_i].first;
    scene_feed(&s, FROM_SERVER, s.w.at[FROM_SERVER] + 10, 7);
    s.watcher.lost(s.w.watch, FROM_SERVER, (stamp){ 8, 8 }, cases[_i].second);
    s.w.at[FROM_SERVER] += cases[_i].second;
    scene_feed(&s, FROM_SERVER, s.w.session.sent[FROM_SERVER].len, 9);
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
    scene_feed(&s, FROM_SERVER, session->opening[FROM_SERVER], 1);
    scene_feed(&s, FROM_CLIENT, session->opening[FROM_CLIENT], 2);
    ck_assert_int_eq(sessions_retry(&s.w.setup), 0);
    scene_feed(&s, FROM_SERVER, session->proof[FROM_SERVER], 3);
    ck_assert_int_eq(sessions_retry(&s.w.setup), 0);
    scene_feed(&s, FROM_CLIENT, session->proof[FROM_CLIENT], 4);
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
    tcase_add_loop_test(tcase, credit, 0, 5);
    tcase_add_test(tcase, waits_for_keys);
    return run_suite(suite);
}
