/* The simulated player: tracks that have a name and a length, and play one after the other by the
 * library's rules while the clock goes on. */
#ifndef SIDEWIRE_SERVER_PLAYBACK_H
#define SIDEWIRE_SERVER_PLAYBACK_H

#include <sidewire/audio/player.h>

#include <stddef.h>
#include <time.h>

enum {
    TRACK_NAME_MAX = 255,        /* bytes */
    TRACK_SECONDS_MAX = 86400,
    TRACKS_MAX = 10000
};

struct track {
    char *name;
    long seconds;
    unsigned long played;        /* how often it was begun */
    time_t last_played;          /* 0: never */
};

struct playback {
    sw_player player;            /* its clock is server_clock */
    struct track *tracks;
    size_t count;
    size_t current;              /* the open track's place, or that of the last one */
    struct timespec stream_start; /* when the open track was begun */
    time_t created;
};

/* Zeroes it: no tracks yet. */
void playback_init(struct playback *playback);

/* Adds a track `NAME=SECONDS`, the value of an option; the last = counts. 0, or -1 after a
 * report. */
int playback_add(struct playback *playback, const char *option, const char *text);
/* Adds three tracks. 0, or -1 without memory. */
int playback_add_built_in(struct playback *playback);

/* Brings the player up to now and gives it what it wants. For use after each rule of the player,
 * and again when playback_wait is over. There must be tracks. */
void playback_run(struct playback *playback, int64_t now);
/* Milliseconds until playback_run has something to do, or -1: not by time. */
int64_t playback_wait(const struct playback *playback, int64_t now);

/* The open track, or NULL. */
const struct track *playback_track(const struct playback *playback);

void playback_free(struct playback *playback);

#endif
