/* SPDX-License-Identifier: ISC */
/* Rules of playing: time, tracks that follow each other, and other places in them. */
#include <sidewire/audio/player.h>

#include <string.h>

#include "suite.h"

static void check_flags(const char *what, const sw_player *player, const char *expected)
{
    char text[SW_STATUS_FLAGS_TEXT_SIZE + 1];

    sw_status_flags_format(player->flags, text);
    ck_assert_msg(strcmp(text, expected) == 0, "after %s: '%s' instead of '%s'", what, text, expected);
}

/* Playing, at the start of a file. */
static sw_player playing(uint64_t length, uint64_t now)
{
    sw_player player;

    sw_player_init(&player);
    ck_assert_int_eq(sw_player_play(&player, now), SW_OK);
    ck_assert_int_eq(sw_player_run(&player, now), SW_PLAYER_WANTS_FILE);
    ck_assert_int_eq(sw_player_opened(&player, length, now), SW_OK);
    return player;
}

/* ---- time ---- */

/* Time passes while playing only; a look at it changes nothing. */
START_TEST(test_pause)
{
    sw_player player = playing(10000, 1000);

    ck_assert_uint_eq(sw_player_position(&player, 1000), 0);
    ck_assert_uint_eq(sw_player_position(&player, 4000), 3000);
    ck_assert_uint_eq(sw_player_wait(&player, 4000), 7000);
    ck_assert_uint_eq(player.since, 1000);
    sw_player_pause(&player, 4000);
    ck_assert_uint_eq(sw_player_position(&player, 90000), 3000);
    ck_assert_uint_eq(sw_player_wait(&player, 90000), SW_PLAYER_NEVER);
    ck_assert_int_eq(sw_player_run(&player, 90000), SW_PLAYER_WANTS_NOTHING);
    sw_player_play(&player, 100000);
    ck_assert_uint_eq(sw_player_position(&player, 100001), 3001);
    ck_assert_uint_eq(sw_player_wait(&player, 100001), 6999);
    for (uint64_t now = 100001; now < 106000; now += 7)
        ck_assert_int_eq(sw_player_run(&player, now), SW_PLAYER_WANTS_NOTHING);
    ck_assert_uint_eq(sw_player_position(&player, 106000), 9000);
    ck_assert_uint_eq(sw_player_position(&player, 108000), 10000);
    ck_assert_uint_eq(sw_player_wait(&player, 108000), 0);
}
END_TEST

/* Tracks follow each other; one that ended in the past is over before a command acts. */
START_TEST(test_end_of_track)
{
    sw_player player = playing(10000, 0);
    uint64_t events = player.events;

    ck_assert_int_eq(sw_player_run(&player, 9999), SW_PLAYER_WANTS_NOTHING);
    ck_assert_uint_eq(sw_player_wait(&player, 9999), 1);
    ck_assert_uint_eq(sw_player_position(&player, 10000), 10000);
    ck_assert_uint_eq(sw_player_wait(&player, 10000), 0);
    ck_assert_uint_eq(sw_player_wait(&player, 99999), 0);
    ck_assert_uint_eq(player.events, events);
    ck_assert_int_eq(sw_player_run(&player, 10000), SW_PLAYER_WANTS_FILE);
    check_flags("end", &player, "P N ");
    ck_assert_uint_eq(player.events, events + 1);
    ck_assert_uint_eq(player.played, 1);
    ck_assert_uint_eq(sw_player_wait(&player, 10000), SW_PLAYER_NEVER);
    ck_assert_int_eq(sw_player_run(&player, 10500), SW_PLAYER_WANTS_FILE);
    ck_assert_uint_eq(player.events, events + 1);
    ck_assert_int_eq(sw_player_opened(&player, 3000, 10500), SW_OK);
    check_flags("opened", &player, "P   ");
    ck_assert_uint_eq(sw_player_position(&player, 11000), 500);
    ck_assert_int_eq(sw_player_ff(&player, 1, 1, 99999), SW_E_NO_AUDIO_FILE);
    ck_assert_uint_eq(player.played, 2);
    ck_assert_uint_eq(player.events, events + 3);
    ck_assert_int_eq(sw_player_pause(&player, 99999), SW_OK);
    check_flags("pause", &player, "    ");
    ck_assert_int_eq(sw_player_run(&player, 99999), SW_PLAYER_WANTS_NOTHING);
    sw_player_play(&player, 100000);
    ck_assert_int_eq(sw_player_run(&player, 100000), SW_PLAYER_WANTS_FILE);
}
END_TEST

START_TEST(test_end_with_nomore)
{
    sw_player player = playing(10000, 0);

    sw_player_nomore(&player, 1);
    check_flags("nomore", &player, "PO  ");
    ck_assert_int_eq(sw_player_run(&player, 10000), SW_PLAYER_WANTS_NOTHING);
    check_flags("end", &player, "  N ");
    ck_assert_int_eq(player.has_file, 0);
    ck_assert_uint_eq(player.played, 1);
    /* the file was not open yet: it is the last */
    sw_player_play(&player, 11000);
    sw_player_nomore(&player, 11000);
    ck_assert_int_eq(sw_player_opened(&player, 10000, 11000), SW_OK);
    check_flags("opened", &player, "PO  ");
    ck_assert_int_eq(sw_player_run(&player, 21000), SW_PLAYER_WANTS_NOTHING);
    check_flags("end", &player, "  N ");
    /* play takes it back */
    player = playing(10000, 0);
    sw_player_nomore(&player, 1);
    sw_player_play(&player, 2);
    ck_assert_int_eq(sw_player_run(&player, 10000), SW_PLAYER_WANTS_FILE);
}
END_TEST

/* A file that was asked for comes too late. */
START_TEST(test_opened_too_late)
{
    sw_player player;

    sw_player_init(&player);
    sw_player_play(&player, 0);
    sw_player_stop(&player, 1);
    ck_assert_int_eq(sw_player_opened(&player, 1000, 2), SW_E_STATE);
    ck_assert_int_eq(player.has_file, 0);
    player = playing(1000, 0);
    ck_assert_int_eq(sw_player_opened(&player, 2000, 0), SW_E_STATE);
    ck_assert_uint_eq(player.length, 1000);
}
END_TEST

/* A clock that steps back lets no time pass; it goes on from there. */
START_TEST(test_clock_steps_back)
{
    sw_player player = playing(10000, 5000);

    ck_assert_int_eq(sw_player_run(&player, 7000), SW_PLAYER_WANTS_NOTHING);
    ck_assert_uint_eq(sw_player_position(&player, 6000), 2000);
    ck_assert_uint_eq(sw_player_wait(&player, 6000), 8000);
    ck_assert_int_eq(sw_player_run(&player, 100), SW_PLAYER_WANTS_NOTHING);
    ck_assert_uint_eq(sw_player_position(&player, 100), 2000);
    ck_assert_uint_eq(sw_player_position(&player, 1100), 3000);
}
END_TEST

/* Nothing overflows at the ends of the numbers. */
START_TEST(test_largest_numbers)
{
    sw_player player = playing(UINT64_MAX, 0);

    ck_assert_int_eq(sw_player_run(&player, UINT64_MAX - 1), SW_PLAYER_WANTS_NOTHING);
    ck_assert_uint_eq(player.position, UINT64_MAX - 1);
    ck_assert_int_eq(sw_player_ff(&player, UINT32_MAX, 0, UINT64_MAX - 1), SW_OK);
    check_flags("ff", &player, "P N ");
    ck_assert_int_eq(player.has_file, 0);

    player = playing(UINT64_MAX, UINT64_MAX - 10);
    ck_assert_uint_eq(sw_player_position(&player, UINT64_MAX), 10);
    ck_assert_int_eq(sw_player_ff(&player, UINT32_MAX, 0, UINT64_MAX), SW_OK);
    ck_assert_uint_eq(player.position, UINT64_C(4294967295010));
    ck_assert_int_eq(sw_player_ff(&player, UINT32_MAX, 1, UINT64_MAX), SW_OK);
    ck_assert_uint_eq(player.position, 10);
    ck_assert_int_eq(sw_player_jmp(&player, 100, UINT64_MAX), SW_OK);
    ck_assert_uint_eq(player.position, UINT64_MAX);
    ck_assert_int_eq(sw_player_jmp(&player, 50, UINT64_MAX), SW_OK);
    ck_assert_uint_eq(player.position, UINT64_MAX / 2);
    /* the clock begins again at 0 */
    ck_assert_int_eq(sw_player_moved(&player, 0), SW_OK);
    ck_assert_uint_eq(sw_player_position(&player, UINT64_MAX), UINT64_MAX);
    ck_assert_int_eq(sw_player_run(&player, UINT64_MAX), SW_PLAYER_WANTS_FILE);
}
END_TEST

/* ---- ff and jmp ---- */

/* From 40 of 100 seconds. */
static const struct {
    uint32_t seconds;
    int backward;
    int closed;
    uint64_t position;
} ff_cases[] = {
    { 0, 0, 0, 40000 },      { 0, 1, 0, 40000 },      { 1, 0, 0, 41000 },   { 1, 1, 0, 39000 },
    { 59, 0, 0, 99000 },     { 39, 1, 0, 1000 },      { 60, 0, 0, 100000 }, { 40, 1, 0, 0 },
    { 61, 0, 1, 0 },         { 41, 1, 0, 0 },         { 100, 0, 1, 0 },     { 100, 1, 0, 0 },
    { UINT32_MAX, 0, 1, 0 }, { UINT32_MAX, 1, 0, 0 },
};

START_TEST(test_ff)
{
    for (unsigned flags = 0; flags <= SW_STATUS_FLAG_PLAYING; flags++) {
        sw_player player = playing(100000, 0);
        uint64_t events;
        if (flags == 0)
            sw_player_pause(&player, 40000);
        events = player.events;
        ck_assert_int_eq(sw_player_ff(&player, ff_cases[_i].seconds, ff_cases[_i].backward, 40000), SW_OK);
        ck_assert_uint_eq(player.position, ff_cases[_i].position);
        ck_assert_int_eq(player.has_file, !ff_cases[_i].closed);
        ck_assert_uint_eq(player.flags,
                          flags | (ff_cases[_i].closed ? SW_STATUS_FLAG_NEXT : SW_STATUS_FLAG_REPOS));
        ck_assert_uint_eq(player.events, events + 1);
    }
}
END_TEST

/* clang-format off */
static const struct {
    uint32_t percent;
    uint64_t length, position;
} jmp_cases[] = {
    { 0, 100000, 0 },        { 1, 100000, 1000 },     { 99, 100000, 99000 },
    { 100, 100000, 100000 }, { 101, 100000, 100000 }, { UINT32_MAX, 100000, 100000 },
    { 0, 1, 0 },             { 99, 1, 0 },            { 100, 1, 1 },
    { 50, 199, 99 },         { 99, 199, 197 },        { 33, 12345, 4073 },
};
/* clang-format on */

START_TEST(test_jmp)
{
    sw_player player = playing(jmp_cases[_i].length, 0);
    uint64_t events = player.events;

    ck_assert_int_eq(sw_player_jmp(&player, jmp_cases[_i].percent, 0), SW_OK);
    ck_assert_uint_eq(player.position, jmp_cases[_i].position);
    ck_assert_int_eq(player.has_file, 1);
    ck_assert_uint_eq(player.events, events + 1);
    check_flags("jmp", &player, "P  R");
}
END_TEST

/* Until the stream has moved no time passes, and steps add up. */
START_TEST(test_move)
{
    sw_player player = playing(100000, 0);

    ck_assert_int_eq(sw_player_ff(&player, 10, 0, 5000), SW_OK);
    ck_assert_int_eq(sw_player_run(&player, 6000), SW_PLAYER_WANTS_MOVE);
    ck_assert_uint_eq(sw_player_position(&player, 7000), 15000);
    ck_assert_uint_eq(sw_player_wait(&player, 7000), SW_PLAYER_NEVER);
    ck_assert_int_eq(sw_player_ff(&player, 10, 0, 7000), SW_OK);
    ck_assert_uint_eq(sw_player_position(&player, 8000), 25000);
    ck_assert_int_eq(sw_player_moved(&player, 8000), SW_OK);
    ck_assert_int_eq(sw_player_run(&player, 8000), SW_PLAYER_WANTS_NOTHING);
    ck_assert_uint_eq(sw_player_position(&player, 8100), 25100);
    ck_assert_int_eq(sw_player_moved(&player, 8100), SW_E_STATE);
    ck_assert_uint_eq(sw_player_position(&player, 8100), 25100);
}
END_TEST

/* Paused, a move waits until it plays again; stop forgets it. */
START_TEST(test_move_when_paused)
{
    sw_player player = playing(100000, 0);

    sw_player_pause(&player, 5000);
    ck_assert_int_eq(sw_player_jmp(&player, 50, 6000), SW_OK);
    check_flags("jmp", &player, "   R");
    ck_assert_int_eq(sw_player_run(&player, 6000), SW_PLAYER_WANTS_NOTHING);
    sw_player_play(&player, 7000);
    ck_assert_int_eq(sw_player_run(&player, 8000), SW_PLAYER_WANTS_MOVE);
    ck_assert_uint_eq(sw_player_position(&player, 8000), 50000);
    sw_player_stop(&player, 8000);
    check_flags("stop", &player, "  N ");
    ck_assert_int_eq(player.has_file, 0);
    /* done at once, it stays paused */
    player = playing(100000, 0);
    sw_player_pause(&player, 5000);
    ck_assert_int_eq(sw_player_jmp(&player, 50, 6000), SW_OK);
    ck_assert_int_eq(sw_player_moved(&player, 6000), SW_OK);
    check_flags("moved", &player, "    ");
    ck_assert_uint_eq(sw_player_position(&player, 9000), 50000);
}
END_TEST

/* The end by jmp: over as soon as the stream has moved there, if it plays. */
START_TEST(test_move_to_the_end)
{
    sw_player player = playing(100000, 0);

    ck_assert_int_eq(sw_player_jmp(&player, 100, 10), SW_OK);
    ck_assert_int_eq(sw_player_run(&player, 10), SW_PLAYER_WANTS_MOVE);
    ck_assert_int_eq(sw_player_moved(&player, 20), SW_OK);
    check_flags("moved", &player, "P N ");
    ck_assert_int_eq(sw_player_run(&player, 20), SW_PLAYER_WANTS_FILE);
    player = playing(100000, 0);
    sw_player_pause(&player, 5);
    ck_assert_int_eq(sw_player_jmp(&player, 100, 10), SW_OK);
    ck_assert_int_eq(sw_player_moved(&player, 20), SW_OK);
    ck_assert_int_eq(player.has_file, 1);
    ck_assert_uint_eq(sw_player_position(&player, 30), 100000);
    sw_player_play(&player, 40);
    ck_assert_int_eq(sw_player_run(&player, 40), SW_PLAYER_WANTS_FILE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("player_time");
    TCase *time = suite_case(suite, "time");
    TCase *moves = suite_case(suite, "ff and jmp");

    tcase_add_test(time, test_pause);
    tcase_add_test(time, test_end_of_track);
    tcase_add_test(time, test_end_with_nomore);
    tcase_add_test(time, test_opened_too_late);
    tcase_add_test(time, test_clock_steps_back);
    tcase_add_test(time, test_largest_numbers);
    tcase_add_loop_test(moves, test_ff, 0, COUNT(ff_cases));
    tcase_add_loop_test(moves, test_jmp, 0, COUNT(jmp_cases));
    tcase_add_test(moves, test_move);
    tcase_add_test(moves, test_move_when_paused);
    tcase_add_test(moves, test_move_to_the_end);
    return run_suite(suite);
}
