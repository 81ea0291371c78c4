/* SPDX-License-Identifier: ISC */
/* When `stat` prints a round, and what is in it. The clock is handed in. */
#include "commands/commands.h"
#include "reply_reader.h"
#include "server.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

/* Stands in for the server's own, which has a database to look at as well. */
static uint64_t database_events;

uint64_t server_events(const server *s)
{
    return s->playback->player.events + database_events;
}

enum { START = 1000, INTERVAL = 50000, ARGUMENTS_MAX = 4 };

static playback p;
static server s;
static connection *c;

static void setup(void)
{
    playback_init(&p);
    ck_assert_int_eq(playback_add(&p, "--track", "/music/one.ogg=100"), 0);
    ck_assert_int_eq(playback_add(&p, "--track", "two=3700"), 0);
    playback_run(&p, START);
    s.playback = &p;
    c = calloc(1, sizeof(*c));
    ck_assert_ptr_nonnull(c);
    c->server = &s;
}

static void teardown(void)
{
    reply_free(&c->reply);
    if (c->task.release != NULL)
        c->task.release(c->task.state);
    free(c);
    playback_free(&p);
}

/* Runs `stat` with these words behind it. */
static void begin(const char *const *words)
{
    sw_argument argv[ARGUMENTS_MAX] = { { "stat", 4 } };
    size_t argc = 1;

    for (; words[argc - 1] != NULL; argc++)
        argv[argc] = (sw_argument){ words[argc - 1], strlen(words[argc - 1]) };
    command_stat(c, argv, argc);
}

/* Lets the command go on. Was there a round? */
static int round_at(int64_t now)
{
    int spoke;

    ck_assert_int_eq(reply_is_waiting(&c->reply), 1);
    c->task.resume(c, now);
    spoke = !reply_is_waiting(&c->reply);
    reply_free(&c->reply);
    return spoke;
}

/* ---- when ---- */

START_TEST(round_at_once_and_after_a_while)
{
    static const char *const words[] = { NULL };

    begin(words);
    ck_assert_int_eq(round_at(START), 1);
    ck_assert_int_eq(round_at(START), 0);
    ck_assert_int_eq(c->task.wake, START + INTERVAL);
    ck_assert_int_eq(round_at(START + INTERVAL - 1), 0);
    ck_assert_int_eq(round_at(START + INTERVAL), 1);
    ck_assert_int_eq(round_at(START + 2 * INTERVAL - 1), 0);
    ck_assert_int_eq(round_at(START + 2 * INTERVAL), 1);
}
END_TEST

static int play(sw_player *player, uint64_t now)
{
    return sw_player_play(player, now);
}

static int upload(sw_player *player, uint64_t now)
{
    (void)player;
    (void)now;
    database_events++;
    return SW_OK;
}

static int nothing(sw_player *player, uint64_t now)
{
    (void)player;
    (void)now;
    return SW_OK;
}

static const struct {
    int (*happens)(sw_player *player, uint64_t now);
    int rounds;
} happenings[] = {
    { play, 1 },    { sw_player_next, 1 },  { upload, 1 },
    { nothing, 0 }, { sw_player_pause, 0 }, /* no effect while stopped */
};

START_TEST(round_on_event)
{
    static const char *const words[] = { "-n=0", NULL };

    begin(words);
    ck_assert_int_eq(round_at(START), 1);
    ck_assert_int_eq(happenings[_i].happens(&p.player, START + 10), SW_OK);
    playback_run(&p, START + 10);
    ck_assert_int_eq(round_at(START + 20), happenings[_i].rounds);
    ck_assert_int_eq(round_at(START + 21), 0);
    if (happenings[_i].rounds) /* the interval begins anew */
        ck_assert_int_eq(c->task.wake, START + 20 + INTERVAL);
}
END_TEST

START_TEST(round_when_a_track_ends)
{
    static const char *const words[] = { NULL };

    sw_player_play(&p.player, START);
    playback_run(&p, START);
    begin(words);
    ck_assert_int_eq(round_at(START + 99999 - INTERVAL), 1);
    playback_run(&p, START + 99999);
    c->task.wake = INT64_MAX; /* this is about events only */
    ck_assert_int_eq(round_at(START + 99999), 0);
    playback_run(&p, START + 100000);
    ck_assert_int_eq(round_at(START + 100000), 1);
}
END_TEST

START_TEST(rounds_are_counted)
{
    static const char *const words[] = { "-n=3", "-p", NULL };

    begin(words);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(reply_is_finished(&c->reply), 0);
        ck_assert_int_eq(round_at(START + i * INTERVAL), 1);
        if (i < 2)
            ck_assert_int_eq(round_at(START + i * INTERVAL + 1), 0);
    }
    ck_assert_int_eq(reply_is_finished(&c->reply), 1);
}
END_TEST

/* ---- what ---- */

static const struct {
    const char *item, *stopped, *first, *second; /* NULL: a time or a date, any */
} items[] = {
    { "file_size", "0", "1562", "57812" },
    { "mtime", "", NULL, NULL },
    { "status", "stopped", "playing", "paused" },
    { "status_flags", "  N ", "P   ", "    " },
    { "offset", "0", "31", "3" },
    { "afs_mode", "", "", "" },
    { "stream_start", "0.000000", NULL, NULL },
    { "current_time", NULL, NULL, NULL },
    { "path", "", "/music/one.ogg", "two" },
    { "directory", "", "/music", "" },
    { "basename", "", "one.ogg", "two" },
    { "bitrate", "", "128 kbit/s", "128 kbit/s" },
    { "format", "", "simulated", "simulated" },
    { "duration", "", "1:40", "1:01:40" },
    { "seconds_total", "", "100", "3700" },
    { "num_played", "", "1", "1" },
    { "last_played", "", NULL, NULL },
};

enum { STOPPED, FIRST, SECOND, MOMENTS };

static const char *expected_value(const char *name, int m)
{
    for (int i = 0; i < COUNT(items); i++) {
        const char *const values[] = { items[i].stopped, items[i].first, items[i].second };
        if (strcmp(items[i].item, name) == 0)
            return values[m];
    }
    return "";
}

/* Reads a round with the library's reader: each item in its place, with its value. */
static void check_round(const char *text, sw_status_form form, int m)
{
    const uint8_t *in = (const uint8_t *)text;
    size_t left = strlen(text);
    size_t count = 0;
    size_t used;
    sw_status_reader r;
    sw_status_slice slice;

    ck_assert_int_eq(sw_status_reader_init(&r, form, &sw_status_items), SW_OK);
    while (sw_status_reader_next(&r, in, left, &used, &slice) > 0) {
        const char *expected;
        ck_assert_uint_lt(count, sw_status_items.count);
        ck_assert_str_eq(slice.name, sw_status_items.items[count++].name);
        ck_assert_int_eq(slice.last, 1);
        expected = expected_value(slice.name, m);
        if (expected != NULL)
            ck_assert_msg(strlen(expected) == slice.len && memcmp(expected, slice.data, slice.len) == 0,
                          "%s: '%.*s', not '%s'", slice.name, (int)slice.len, (const char *)slice.data, expected);
        else
            ck_assert_uint_gt(slice.len, 0);
        in += used;
        left -= used;
    }
    ck_assert_int_eq(sw_status_reader_end(&r), SW_OK);
    ck_assert_uint_eq(count, sw_status_items.count);
}

/* Goes to one of the moments that `items` describes. */
static int64_t go_to(int m)
{
    int64_t now = START;

    if (m == STOPPED)
        return now;
    sw_player_play(&p.player, (uint64_t)now);
    playback_run(&p, now);
    now += 30500;
    playback_run(&p, now);
    if (m == FIRST)
        return now;
    sw_player_next(&p.player, (uint64_t)now);
    playback_run(&p, now);
    now += 3499;
    sw_player_pause(&p.player, (uint64_t)now);
    playback_run(&p, now);
    return now;
}

START_TEST(all_items)
{
    static const char *const human[] = { "-n=1", NULL };
    static const char *const parser[] = { "-p", "-n=1", NULL };
    sw_status_form form = _i / MOMENTS == 0 ? SW_STATUS_HUMAN : SW_STATUS_PARSER;
    int m = _i % MOMENTS;
    int64_t now = go_to(m);
    reply_text text;

    begin(form == SW_STATUS_HUMAN ? human : parser);
    c->task.resume(c, now);
    text = reply_read(&c->reply, c);
    ck_assert_int_eq(text.status, 0);
    check_round(text.output, form, m);
    reply_text_free(&text);
}
END_TEST

/* ---- arguments ---- */

START_TEST(wrong_arguments)
{
    static const char *const words[] = { "-n=", NULL };
    reply_text text;

    begin(words);
    ck_assert_int_eq(c->task.resume == NULL, 1);
    text = reply_read(&c->reply, c);
    ck_assert_int_eq(text.status, 1);
    ck_assert_str_eq(text.errors, "syntax error in command\n");
    reply_text_free(&text);
}
END_TEST

/* The whole value of an item, in the form for people. */
static void expect_line(const char *text, const char *line)
{
    const char *at = strstr(text, line);

    ck_assert_msg(at != NULL && (at == text || at[-1] == '\n') && at[strlen(line)] == '\n', "no line '%s' in:\n%s",
                  line, text);
}

/* Times are those of the track and of the player, dates those of the place where the server is. */
START_TEST(times)
{
    static const char *const words[] = { "-n=1", NULL };
    reply_text text;

    setenv("TZ", "UTC0", 1);
    p.created = 86400;
    (void)go_to(FIRST);
    p.tracks[0].last_played = 366 * 86400;
    p.stream_start = (struct timespec){ 1700000000, 123456789 };
    begin(words);
    c->task.resume(c, START);
    text = reply_read(&c->reply, c);
    expect_line(text.output, "mtime: Jan 02 1970");
    expect_line(text.output, "last_played: Jan 02 1971");
    expect_line(text.output, "stream_start: 1700000000.123456");
    reply_text_free(&text);
}
END_TEST

/* Paths and lengths at their limits. */
static const struct {
    const char *track, *directory, *basename, *duration;
} tracks[] = {
    { "/x=59", "directory: /", "basename: x", "duration: 0:59" },
    { "//x=60", "directory: /", "basename: x", "duration: 1:00" },
    { "a/x=3599", "directory: a", "basename: x", "duration: 59:59" },
    { "/a/=3600", "directory: /a", "basename:", "duration: 1:00:00" },
    { "x=86400", "directory:", "basename: x", "duration: 24:00:00" },
};

START_TEST(items_of_a_track)
{
    static const char *const words[] = { "-n=1", NULL };
    reply_text text;

    playback_free(&p);
    playback_init(&p);
    ck_assert_int_eq(playback_add(&p, "--track", tracks[_i].track), 0);
    (void)go_to(FIRST);
    begin(words);
    c->task.resume(c, START);
    text = reply_read(&c->reply, c);
    expect_line(text.output, tracks[_i].directory);
    expect_line(text.output, tracks[_i].basename);
    expect_line(text.output, tracks[_i].duration);
    reply_text_free(&text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("stat");
    TCase *rounds = suite_case(suite, "rounds");

    tcase_add_checked_fixture(rounds, setup, teardown);
    tcase_add_test(rounds, round_at_once_and_after_a_while);
    tcase_add_loop_test(rounds, round_on_event, 0, COUNT(happenings));
    tcase_add_test(rounds, round_when_a_track_ends);
    tcase_add_test(rounds, rounds_are_counted);
    tcase_add_loop_test(rounds, all_items, 0, 2 * MOMENTS);
    tcase_add_test(rounds, times);
    tcase_add_loop_test(rounds, items_of_a_track, 0, COUNT(tracks));
    tcase_add_test(rounds, wrong_arguments);
    return run_suite(suite);
}
