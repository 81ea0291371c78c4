/* SPDX-License-Identifier: ISC */
/* The rules of playing [protocol, sections 9.1 and 10] as a state machine without a player: what play, pause, stop,
 * next, nomore, ff and jmp mean, and what `stat` shows of it.
 *
 * The machine keeps the four flags, the length of the open file, and the place in it; opening, moving and streaming
 * files is its user's business. It has no clock: `now` is handed in, milliseconds from anywhere. Each call first
 * brings the player up to `now`, so a track that has ended meanwhile is over before a command acts; a clock that steps
 * back lets no time pass. A server calls this after each command, and again when sw_player_wait is over:
 *
 *     switch (sw_player_run(&player, now)) {
 *     case SW_PLAYER_WANTS_FILE: open the next file, sw_player_opened; if there is none, sw_player_stop
 *     case SW_PLAYER_WANTS_MOVE: go to sw_player_position in it, sw_player_moved
 *     }
 *
 * and sends a round of status items to those who wait in `stat` whenever player.events has grown. Errors change
 * nothing and do not stay; NULL is SW_E_NULL. tools/server/playback.c is a user of it. */
#ifndef SIDEWIRE_AUDIO_PLAYER_H
#define SIDEWIRE_AUDIO_PLAYER_H

#include <sidewire/audio/status.h>

SW_BEGIN_DECLS

enum { SW_JMP_MAX = 100 }; /* percent; more counts as this */

#define SW_PLAYER_NEVER UINT64_MAX

/* To be read only. */
typedef struct sw_player {
    unsigned flags;    /* SW_STATUS_FLAG_* */
    int has_file;      /* 1: a file is open */
    uint64_t length;   /* of the open file, ms; 0 without one */
    uint64_t position; /* in it at `since`, ms */
    uint64_t since;    /* `now` of the last call */
    uint64_t events;   /* grows with each call that changed flags or file, and each next,
                                  * ff and jmp; a new round of `stat` is due when it has */
    uint64_t played;   /* files that were open and are not any more */
} sw_player;

/* What sw_player_run returns. */
enum { SW_PLAYER_WANTS_NOTHING = 0, SW_PLAYER_WANTS_FILE = 1, SW_PLAYER_WANTS_MOVE = 2 };

/* Stopped, no file. */
SW_API void sw_player_init(sw_player *player);

/* ---- time and files ---- */

/* Brings the player up to now and says what it wants: SW_PLAYER_WANTS_*. As in every
 * call, a file that is over, or left because of NEXT, is closed: has_file is 0. If NOMORE was set
 * the player is then stopped, otherwise it wants the next file as soon as it plays. */
SW_API int sw_player_run(sw_player *player, uint64_t now);
/* The file that was wanted is open, has length milliseconds, and starts now. SW_OK; SW_E_STATE if none is wanted any
 * more: close it again; SW_E_VALUE for length 0. */
SW_API int sw_player_opened(sw_player *player, uint64_t length, uint64_t now);
/* The stream goes on from sw_player_position: REPOS is off. SW_OK; SW_E_STATE without REPOS. Until then no
 * time passes in the file. When paused, this may wait until the player plays again and wants it. */
SW_API int sw_player_moved(sw_player *player, uint64_t now);
/* Milliseconds until a track ends, when sw_player_run has something to do; SW_PLAYER_NEVER if
 * nothing does so by itself. */
SW_API uint64_t sw_player_wait(const sw_player *player, uint64_t now);
/* Place in the file, ms; the one to be moved to under REPOS; 0 without a file. */
SW_API uint64_t sw_player_position(const sw_player *player, uint64_t now);

/* ---- commands: SW_OK, SW_E_NULL ---- */

SW_API int sw_player_play(sw_player *player, uint64_t now);
SW_API int sw_player_stop(sw_player *player, uint64_t now);
SW_API int sw_player_pause(sw_player *player, uint64_t now);
SW_API int sw_player_next(sw_player *player, uint64_t now);
SW_API int sw_player_nomore(sw_player *player, uint64_t now);
/* Beyond the end: as next. Before the start: the start. SW_E_NO_AUDIO_FILE without a file. */
SW_API int sw_player_ff(sw_player *player, uint32_t seconds, int backward, uint64_t now);
/* SW_E_NO_AUDIO_FILE without a file. */
SW_API int sw_player_jmp(sw_player *player, uint32_t percent, uint64_t now);

/* ---- status items, with their texts in status.h ---- */

/* The state that flags mean. */
SW_API sw_status_state sw_player_state(unsigned flags);

SW_END_DECLS
#endif
