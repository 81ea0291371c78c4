/* SPDX-License-Identifier: ISC */
/* The simulated player: its tracks, and time. The linker puts functions of this file in the place of those that allocate
 * tracks (--wrap). */
#include "playback.h"

#include "suite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static playback p;

/* ---- allocation ---- */

enum { LEFT_ALONE = -1 };

static int countdown = LEFT_ALONE; /* allocations before the one that fails */

void *__real_realloc(void *block, size_t size);
char *__real_strndup(const char *text, size_t len);
void *__wrap_realloc(void *block, size_t size);
char *__wrap_strndup(const char *text, size_t len);

static int fails_now(void)
{
    if (countdown == LEFT_ALONE || countdown-- > 0)
        return 0;
    errno = ENOMEM;
    return 1;
}

void *__wrap_realloc(void *block, size_t size)
{
    return fails_now() ? NULL : __real_realloc(block, size);
}

char *__wrap_strndup(const char *text, size_t len)
{
    return fails_now() ? NULL : __real_strndup(text, len);
}

static void setup(void)
{
    memset(&p, 0x5a, sizeof(p));
    playback_init(&p);
}

static void teardown(void)
{
    playback_free(&p);
}

static void add(const char *text)
{
    ck_assert_int_eq(playback_add(&p, "--track", text), 0);
}

/* ---- tracks ---- */

#define NAME_50 "12345678901234567890123456789012345678901234567890"
#define NAME_255 NAME_50 NAME_50 NAME_50 NAME_50 NAME_50 "12345"

static const struct {
    const char *text;
    const char *name; /* NULL: refused */
    long seconds;
} values[] = {
    { "a=1", "a", 1 },
    { "/music/x y.ogg=86400", "/music/x y.ogg", 86400 },
    { "a=b=7", "a=b", 7 },
    { "==3", "=", 3 },
    { " =1", " ", 1 },
    { "a\x1f=1", NULL, 0 },
    { "a\t=1", NULL, 0 },
    { "\xc3\xa4=5", "\xc3\xa4", 5 },
    { NAME_255 "=1", NAME_255, 1 },
    { NAME_255 "6=1", NULL, 0 },
    { "a", NULL, 0 },
    { "", NULL, 0 },
    { "=1", NULL, 0 },
    { "a=", NULL, 0 },
    { "a=0", NULL, 0 },
    { "a=86401", NULL, 0 },
    { "a=-1", NULL, 0 },
    { "a=+1", NULL, 0 },
    { "a=1 ", NULL, 0 },
    { "a= 1", NULL, 0 },
    { "a=99999999999999999999", NULL, 0 },
    { "a\nb=1", NULL, 0 },
    { "a\x1b=1", NULL, 0 },
    { "a\x7f=1", NULL, 0 },
};

START_TEST(track_of_option)
{
    int result = playback_add(&p, "--track", values[_i].text);

    ck_assert_int_eq(result, values[_i].name != NULL ? 0 : -1);
    ck_assert_uint_eq(p.count, values[_i].name != NULL);
    if (values[_i].name != NULL) {
        ck_assert_str_eq(p.tracks[0].name, values[_i].name);
        ck_assert_int_eq(p.tracks[0].seconds, values[_i].seconds);
    }
}
END_TEST

START_TEST(too_many_tracks)
{
    for (int i = 0; i < TRACKS_MAX; i++)
        add("a=1");
    ck_assert_int_eq(playback_add(&p, "--track", "a=1"), -1);
    ck_assert_uint_eq(p.count, TRACKS_MAX);
}
END_TEST

START_TEST(built_in_tracks)
{
    static const struct {
        const char *name;
        long seconds;
    } expected[] = {
        { "/music/First Light.ogg", 214 },
        { "/music/Second Thoughts.ogg", 187 },
        { "/music/Third Rail.ogg", 305 },
    };

    ck_assert_int_eq(playback_add_built_in(&p), 0);
    ck_assert_uint_eq(p.count, COUNT(expected));
    for (int i = 0; i < COUNT(expected); i++) {
        ck_assert_str_eq(p.tracks[i].name, expected[i].name);
        ck_assert_int_eq(p.tracks[i].seconds, expected[i].seconds);
        ck_assert_uint_eq(p.tracks[i].played, 0);
    }
}
END_TEST

/* What was added before stays, and can be freed. */
START_TEST(no_memory_for_tracks)
{
    int at = _i;
    size_t kept;

    add("one=10");
    countdown = at;
    ck_assert_int_eq(playback_add(&p, "--track", "two=20"), at < 2 ? -1 : 0);
    kept = p.count;
    ck_assert_uint_eq(kept, at < 2 ? 1 : 2);
    countdown = at;
    ck_assert_int_eq(playback_add_built_in(&p), at < 6 ? -1 : 0);
    countdown = LEFT_ALONE;
    ck_assert_int_eq((int)(p.count - kept), at / 2);
    ck_assert_str_eq(p.tracks[0].name, "one");
}
END_TEST

START_TEST(nothing_is_left_behind)
{
    add("one=10");
    playback_free(&p);
    ck_assert_uint_eq(p.count, 0);
    ck_assert_ptr_null(p.tracks);
}
END_TEST

/* ---- time ---- */

/* When a track was opened is told by the clock on the wall. */
START_TEST(times_of_day)
{
    time_t before = time(NULL);

    ck_assert_int_ge(before, p.created);
    ck_assert_int_le(before - p.created, 60);
    add("one=10");
    sw_player_play(&p.player, 0);
    playback_run(&p, 0);
    ck_assert_int_ge(p.stream_start.tv_sec, before);
    ck_assert_int_le(p.stream_start.tv_sec, time(NULL));
    ck_assert_int_eq(p.tracks[0].last_played, p.stream_start.tv_sec);
}
END_TEST

static void expect_open(const char *name, int64_t now, uint64_t position)
{
    const track *t = playback_track(&p);

    ck_assert_ptr_nonnull(t);
    ck_assert_str_eq(t->name, name);
    ck_assert_uint_eq(sw_player_position(&p.player, (uint64_t)now), position);
}

START_TEST(tracks_follow_each_other)
{
    add("one=10");
    add("two=20");
    playback_run(&p, 0);
    ck_assert_ptr_null(playback_track(&p));
    ck_assert_int_eq(playback_wait(&p, 0), -1);

    sw_player_play(&p.player, 5000);
    playback_run(&p, 5000);
    expect_open("one", 6000, 1000);
    ck_assert_int_eq(playback_wait(&p, 6000), 9000);
    playback_run(&p, 14999);
    expect_open("one", 14999, 9999);
    playback_run(&p, 15000);
    expect_open("two", 15000, 0);
    ck_assert_int_eq(playback_wait(&p, 15000), 20000);
    playback_run(&p, 35000);
    expect_open("one", 35000, 0);
    ck_assert_uint_eq(p.player.played, 2);
    ck_assert_uint_eq(p.tracks[0].played, 2);
    ck_assert_uint_eq(p.tracks[1].played, 1);
}
END_TEST

START_TEST(one_track_again_and_again)
{
    add("one=1");
    sw_player_play(&p.player, 0);
    for (int64_t now = 0; now <= 10000; now += 1000) {
        playback_run(&p, now);
        expect_open("one", now, 0);
    }
    ck_assert_uint_eq(p.player.played, 10);
}
END_TEST

/* A machine that slept: the track is over, and the next one begins now. */
START_TEST(time_leaps)
{
    add("one=10");
    add("two=20");
    sw_player_play(&p.player, 0);
    playback_run(&p, 0);
    playback_run(&p, INT64_C(1) << 40);
    expect_open("two", INT64_C(1) << 40, 0);
}
END_TEST

START_TEST(moves_happen_at_once)
{
    add("one=100");
    sw_player_play(&p.player, 0);
    playback_run(&p, 0);
    ck_assert_int_eq(sw_player_jmp(&p.player, 50, 1000), SW_OK);
    playback_run(&p, 1000);
    expect_open("one", 2000, 51000);
    ck_assert_int_eq(sw_player_ff(&p.player, 51, 1, 2000), SW_OK);
    playback_run(&p, 2000);
    expect_open("one", 2000, 0);
    ck_assert_uint_eq(p.player.flags, SW_STATUS_FLAG_PLAYING);
}
END_TEST

START_TEST(next_while_stopped_skips_nothing)
{
    add("one=10");
    add("two=20");
    sw_player_next(&p.player, 0);
    playback_run(&p, 0);
    ck_assert_ptr_null(playback_track(&p));
    sw_player_play(&p.player, 0);
    playback_run(&p, 0);
    expect_open("one", 0, 0);
    sw_player_next(&p.player, 10);
    playback_run(&p, 10);
    expect_open("two", 10, 0);
}
END_TEST

START_TEST(nomore_ends_with_the_track)
{
    add("one=10");
    sw_player_play(&p.player, 0);
    playback_run(&p, 0);
    sw_player_nomore(&p.player, 1);
    playback_run(&p, 10000);
    ck_assert_ptr_null(playback_track(&p));
    ck_assert_int_eq(sw_player_state(p.player.flags), SW_STATUS_STOPPED);
    ck_assert_int_eq(playback_wait(&p, 10000), -1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("playback");
    TCase *tracks = suite_case(suite, "tracks");
    TCase *time = suite_case(suite, "time");

    tcase_add_checked_fixture(tracks, setup, teardown);
    tcase_add_loop_test(tracks, track_of_option, 0, COUNT(values));
    tcase_add_test(tracks, too_many_tracks);
    tcase_add_test(tracks, built_in_tracks);
    tcase_add_loop_test(tracks, no_memory_for_tracks, 0, 7);
    tcase_add_test(tracks, nothing_is_left_behind);
    tcase_add_checked_fixture(time, setup, teardown);
    tcase_add_test(time, times_of_day);
    tcase_add_test(time, tracks_follow_each_other);
    tcase_add_test(time, one_track_again_and_again);
    tcase_add_test(time, time_leaps);
    tcase_add_test(time, moves_happen_at_once);
    tcase_add_test(time, next_while_stopped_skips_nothing);
    tcase_add_test(time, nomore_ends_with_the_track);
    return run_suite(suite);
}
