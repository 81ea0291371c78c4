/* SPDX-License-Identifier: ISC */
/* The simulated player: tracks that have a name and a length, and play one after the other by the
 * library's rules while the clock goes on. */
#ifndef SIDEWIRE_SERVER_PLAYBACK_H
#define SIDEWIRE_SERVER_PLAYBACK_H

#include <sidewire/audio/player.h>

#include <stddef.h>
#include <time.h>

enum {
    TRACK_NAME_MAX = 255, /* bytes */
    TRACK_SECONDS_MAX = 86400,
    TRACKS_MAX = 10000
};

typedef struct track {
    char *name;
    long seconds;
    unsigned long played; /* how often it was begun */
    time_t last_played;   /* 0: never */
} track;

typedef struct playback {
    sw_player player; /* its clock is server_clock */
    track *tracks;
    size_t count;
    size_t current;               /* the open track's place, or that of the last one */
    struct timespec stream_start; /* when the open track was begun */
    time_t created;
} playback;

/* Zeroes it: no tracks yet. */
void playback_init(playback *p);

/* Adds a track `NAME=SECONDS`, the value of an option; the last = counts. 0, or -1 after a
 * report. */
int playback_add(playback *p, const char *option, const char *text);
/* Adds three tracks. 0, or -1 without memory. */
int playback_add_built_in(playback *p);

/* Brings the player up to now and gives it what it wants. For use after each rule of the player,
 * and again when playback_wait is over. There must be tracks. */
void playback_run(playback *p, int64_t now);
/* Milliseconds until playback_run has something to do, or -1: not by time. */
int64_t playback_wait(const playback *p, int64_t now);

/* The open track, or NULL. */
const track *playback_track(const playback *p);

void playback_free(playback *p);

#endif
