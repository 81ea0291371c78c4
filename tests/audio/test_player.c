/* SPDX-License-Identifier: ISC */
/* Rules of playing: what every command does to every set of flags, with and without a file. */
#include <sidewire/audio/player.h>

#include <string.h>

#include "suite.h"

enum { FLAG_SETS = 16 };

static const struct {
    const char *text;
    sw_status_state state;
} flag_sets[FLAG_SETS] = {
    { "    ", SW_STATUS_PAUSED },  { "P   ", SW_STATUS_PLAYING }, { " O  ", SW_STATUS_PAUSED },
    { "PO  ", SW_STATUS_PLAYING }, { "  N ", SW_STATUS_STOPPED }, { "P N ", SW_STATUS_PLAYING },
    { " ON ", SW_STATUS_STOPPED }, { "PON ", SW_STATUS_PLAYING }, { "   R", SW_STATUS_PAUSED },
    { "P  R", SW_STATUS_PLAYING }, { " O R", SW_STATUS_PAUSED },  { "PO R", SW_STATUS_PLAYING },
    { "  NR", SW_STATUS_STOPPED }, { "P NR", SW_STATUS_PLAYING }, { " ONR", SW_STATUS_STOPPED },
    { "PONR", SW_STATUS_PLAYING },
};

START_TEST(test_states)
{
    char text[SW_STATUS_FLAGS_TEXT_SIZE + 1];

    sw_status_flags_format((unsigned)_i, text);
    ck_assert_str_eq(text, flag_sets[_i].text);
    ck_assert_int_eq(sw_player_state((unsigned)_i), flag_sets[_i].state);
}
END_TEST

/* ---- every command in every set of flags ---- */

enum { PLAY, STOP, PAUSE, NEXT, NOMORE, FF, BACK, JMP, COMMANDS };
static const char *const command_names[COMMANDS] = {
    "play", "stop", "pause", "next", "nomore", "ff", "back", "jmp"
};

static int run_command(sw_player *player, int command, uint64_t now)
{
    switch (command) {
    case PLAY: return sw_player_play(player, now);
    case STOP: return sw_player_stop(player, now);
    case PAUSE: return sw_player_pause(player, now);
    case NEXT: return sw_player_next(player, now);
    case NOMORE: return sw_player_nomore(player, now);
    case FF: return sw_player_ff(player, 30, 0, now);
    case BACK: return sw_player_ff(player, 30, 1, now);
    default: return sw_player_jmp(player, 25, now);
    }
}

enum { EVENTS = 1000, PLAYED = 50, LENGTH = 100000, POSITION = 40000, NOW = 7000 };

/* Flags to begin with, with or without an open file of 100 seconds at 40. */
static sw_player player_with(unsigned flags, int has_file)
{
    sw_player player = { flags, has_file, has_file ? LENGTH : 0, has_file ? POSITION : 0, NOW, EVENTS, PLAYED };

    return player;
}

static void check_flags(const char *what, unsigned before, const sw_player *player, const char *expected)
{
    char text[SW_STATUS_FLAGS_TEXT_SIZE + 1];

    sw_status_flags_format(player->flags, text);
    ck_assert_msg(strcmp(text, expected) == 0 && player->flags < FLAG_SETS, "%s in '%s' gave '%s' instead of '%s'",
                  what, flag_sets[before].text, text, expected);
}

/* Without a file: section 9.1 to the letter. ff and jmp fail and change nothing. */
static const char *const without_file[FLAG_SETS][NOMORE + 1] = {
    /* play   stop    pause   next    nomore */
    { "P   ", "  N ", "    ", "  N ", " O  " }, /* "    " */
    { "P   ", "  N ", "    ", "P N ", "PO  " }, /* "P   " */
    { "P   ", " ON ", " O  ", " ON ", " O  " }, /* " O  " */
    { "P   ", " ON ", " O  ", "PON ", "PO  " }, /* "PO  " */
    { "P N ", "  N ", "  N ", "  N ", "  N " }, /* "  N " */
    { "P N ", "  N ", "    ", "P N ", "PON " }, /* "P N " */
    { "P N ", " ON ", " ON ", " ON ", " ON " }, /* " ON " */
    { "P N ", " ON ", " O  ", "PON ", "PON " }, /* "PON " */
    { "P  R", "  N ", "   R", "  NR", " O R" }, /* "   R" */
    { "P  R", "  N ", "   R", "P NR", "PO R" }, /* "P  R" */
    { "P  R", " ON ", " O R", " ONR", " O R" }, /* " O R" */
    { "P  R", " ON ", " O R", "PONR", "PO R" }, /* "PO R" */
    { "P NR", "  N ", "  NR", "  NR", "  NR" }, /* "  NR" */
    { "P NR", "  N ", "   R", "P NR", "PONR" }, /* "P NR" */
    { "P NR", " ON ", " ONR", " ONR", " ONR" }, /* " ONR" */
    { "P NR", " ON ", " O R", "PONR", "PONR" }, /* "PONR" */
};

START_TEST(test_commands_without_file)
{
    unsigned flags = (unsigned)_i;

    for (int command = 0; command < COMMANDS; command++) {
        int fails = command >= FF;
        const char *expected = fails ? flag_sets[flags].text : without_file[flags][command];
        sw_player player = player_with(flags, 0);
        uint64_t counted;
        ck_assert_int_eq(run_command(&player, command, NOW + 5), fails ? SW_E_NO_AUDIO_FILE : SW_OK);
        check_flags(command_names[command], flags, &player, expected);
        ck_assert_int_eq(player.has_file, 0);
        ck_assert_uint_eq(player.position, 0);
        ck_assert_uint_eq(player.played, PLAYED);
        ck_assert_uint_eq(player.since, NOW + 5);
        /* events: a change of flags, and every next */
        counted = command == NEXT || strcmp(flag_sets[flags].text, expected) != 0;
        ck_assert_uint_eq(player.events, EVENTS + counted);
    }
}
END_TEST

/* With a file. A `.` behind the flags: it is closed; sets with NEXT close it before the command
 * acts, so these are as above, with NOMORE done and REPOS gone. */
static const char *const with_file[FLAG_SETS][COMMANDS] = {
    /* play    stop     pause    next     nomore   ff       back     jmp */
    { "P   ", "  N .", "    ", "  N .", " O  ", "   R", "   R", "   R" },       /* "    " */
    { "P   ", "  N .", "    ", "P N .", "PO  ", "P  R", "P  R", "P  R" },       /* "P   " */
    { "P   ", "  N .", " O  ", "  N .", " O  ", " O R", " O R", " O R" },       /* " O  " */
    { "P   ", "  N .", " O  ", "  N .", "PO  ", "PO R", "PO R", "PO R" },       /* "PO  " */
    { "P N .", "  N .", "  N .", "  N .", "  N .", "  N .", "  N .", "  N ." }, /* "  N " */
    { "P N .", "  N .", "    .", "P N .", "PON .", "P N .", "P N .", "P N ." }, /* "P N " */
    { "P N .", "  N .", "  N .", "  N .", "  N .", "  N .", "  N .", "  N ." }, /* " ON " */
    { "P N .", "  N .", "  N .", "  N .", "  N .", "  N .", "  N .", "  N ." }, /* "PON " */
    { "P  R", "  N .", "   R", "  N .", " O R", "   R", "   R", "   R" },       /* "   R" */
    { "P  R", "  N .", "   R", "P N .", "PO R", "P  R", "P  R", "P  R" },       /* "P  R" */
    { "P  R", "  N .", " O R", "  N .", " O R", " O R", " O R", " O R" },       /* " O R" */
    { "P  R", "  N .", " O R", "  N .", "PO R", "PO R", "PO R", "PO R" },       /* "PO R" */
    { "P N .", "  N .", "  N .", "  N .", "  N .", "  N .", "  N .", "  N ." }, /* "  NR" */
    { "P N .", "  N .", "    .", "P N .", "PON .", "P N .", "P N .", "P N ." }, /* "P NR" */
    { "P N .", "  N .", "  N .", "  N .", "  N .", "  N .", "  N .", "  N ." }, /* " ONR" */
    { "P N .", "  N .", "  N .", "  N .", "  N .", "  N .", "  N .", "  N ." }, /* "PONR" */
};

/* Where the file is after a command, if still open. */
static uint64_t expected_position(int command)
{
    switch (command) {
    case FF: return POSITION + 30000;
    case BACK: return POSITION - 30000;
    case JMP: return LENGTH / 4;
    default: return POSITION;
    }
}

START_TEST(test_commands_with_file)
{
    unsigned flags = (unsigned)_i;

    for (int command = 0; command < COMMANDS; command++) {
        const char *expected = with_file[flags][command];
        int closed = expected[SW_STATUS_FLAGS_TEXT_SIZE] == '.';
        int closed_before = (flags & SW_STATUS_FLAG_NEXT) != 0;
        int fails = command >= FF && closed_before;
        char text[SW_STATUS_FLAGS_TEXT_SIZE + 1] = "";
        sw_player player = player_with(flags, 1);
        uint64_t counted;
        memcpy(text, expected, SW_STATUS_FLAGS_TEXT_SIZE);
        ck_assert_int_eq(run_command(&player, command, NOW), fails ? SW_E_NO_AUDIO_FILE : SW_OK);
        check_flags(command_names[command], flags, &player, text);
        ck_assert_int_eq(player.has_file, !closed);
        ck_assert_uint_eq(player.length, closed ? 0 : LENGTH);
        ck_assert_uint_eq(player.played, PLAYED + (uint64_t)closed);
        ck_assert_uint_eq(player.position, closed ? 0 : expected_position(command));
        counted = command == NEXT || command >= FF || closed || strcmp(flag_sets[flags].text, text) != 0;
        ck_assert_uint_eq(player.events, EVENTS + counted);
    }
}
END_TEST

/* What run, opened and moved say and do in every set of flags. */
START_TEST(test_wants)
{
    unsigned flags = (unsigned)_i;
    int playing = (flags & SW_STATUS_FLAG_PLAYING) != 0;
    int next = (flags & SW_STATUS_FLAG_NEXT) != 0;
    int repos = (flags & SW_STATUS_FLAG_REPOS) != 0;
    int last = next && (flags & SW_STATUS_FLAG_NOMORE) != 0;
    sw_player player = player_with(flags, 0);

    ck_assert_int_eq(sw_player_run(&player, NOW), playing ? SW_PLAYER_WANTS_FILE : 0);
    ck_assert_uint_eq(player.flags, flags);
    ck_assert_uint_eq(player.events, EVENTS);
    ck_assert_int_eq(sw_player_moved(&player, NOW), SW_E_STATE);
    ck_assert_int_eq(sw_player_opened(&player, 0, NOW), playing ? SW_E_VALUE : SW_E_STATE);
    ck_assert_uint_eq(player.events, EVENTS);
    ck_assert_int_eq(sw_player_opened(&player, LENGTH, NOW), playing ? SW_OK : SW_E_STATE);
    ck_assert_int_eq(player.has_file, playing);
    ck_assert_uint_eq(player.events, EVENTS + (uint64_t)playing);
    ck_assert_uint_eq(player.length, playing ? LENGTH : 0);
    if (playing)
        flags &= SW_STATUS_FLAG_PLAYING | SW_STATUS_FLAG_NOMORE;
    ck_assert_uint_eq(player.flags, flags);

    flags = (unsigned)_i;
    player = player_with(flags, 1);
    ck_assert_int_eq(sw_player_run(&player, NOW), !playing || last ? SW_PLAYER_WANTS_NOTHING
                                                  : next           ? SW_PLAYER_WANTS_FILE
                                                  : repos          ? SW_PLAYER_WANTS_MOVE
                                                                   : SW_PLAYER_WANTS_NOTHING);
    ck_assert_int_eq(player.has_file, !next);
    ck_assert_uint_eq(player.events, EVENTS + (uint64_t)next);

    player = player_with(flags, 1);
    ck_assert_int_eq(sw_player_moved(&player, NOW), repos && !next ? SW_OK : SW_E_STATE);
    ck_assert_int_eq(player.has_file, !next);
    ck_assert_uint_eq(player.position, next ? 0 : POSITION);
    ck_assert_uint_eq(player.events, EVENTS + (uint64_t)(next || repos));
    if (!next)
        ck_assert_uint_eq(player.flags, flags & ~(unsigned)SW_STATUS_FLAG_REPOS);
}
END_TEST

/* ---- beginning, wrong use ---- */

START_TEST(test_init)
{
    sw_player player;

    memset(&player, 0x5a, sizeof(player));
    sw_player_init(&player);
    ck_assert_uint_eq(player.flags, SW_STATUS_FLAG_NEXT);
    ck_assert_int_eq(player.has_file, 0);
    ck_assert_uint_eq(player.events, 0);
    ck_assert_uint_eq(player.played, 0);
    ck_assert_int_eq(sw_player_run(&player, UINT64_MAX), SW_PLAYER_WANTS_NOTHING);
    ck_assert_uint_eq(sw_player_position(&player, 5), 0);
    ck_assert_uint_eq(sw_player_wait(&player, 5), SW_PLAYER_NEVER);
}
END_TEST

START_TEST(test_null)
{
    for (int command = 0; command < COMMANDS; command++)
        ck_assert_int_eq(run_command(NULL, command, 0), SW_E_NULL);
    ck_assert_int_eq(sw_player_run(NULL, 0), SW_E_NULL);
    ck_assert_int_eq(sw_player_opened(NULL, 1, 0), SW_E_NULL);
    ck_assert_int_eq(sw_player_opened(NULL, 0, 0), SW_E_NULL);
    ck_assert_int_eq(sw_player_moved(NULL, 0), SW_E_NULL);
    ck_assert_uint_eq(sw_player_position(NULL, 0), 0);
    ck_assert_uint_eq(sw_player_wait(NULL, 0), SW_PLAYER_NEVER);
    sw_player_init(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("player");
    TCase *flags = suite_case(suite, "flags");
    TCase *edges = suite_case(suite, "edges");

    tcase_add_loop_test(flags, test_states, 0, FLAG_SETS);
    tcase_add_loop_test(flags, test_commands_without_file, 0, FLAG_SETS);
    tcase_add_loop_test(flags, test_commands_with_file, 0, FLAG_SETS);
    tcase_add_loop_test(flags, test_wants, 0, FLAG_SETS);
    tcase_add_test(edges, test_init);
    tcase_add_test(edges, test_null);
    return run_suite(suite);
}
