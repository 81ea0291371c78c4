/* SPDX-License-Identifier: ISC */
/* Rules of playing [protocol, sections 9.1 and 10]. */
#include <sidewire/audio/player.h>

#include <string.h>

/* ---- time ---- */

/* Does time pass in a file? */
static int is_running(const sw_player *player)
{
    return player->has_file && (player->flags & SW_STATUS_FLAG_PLAYING) != 0 &&
           (player->flags & SW_STATUS_FLAG_REPOS) == 0;
}

uint64_t sw_player_position(const sw_player *player, uint64_t now)
{
    uint64_t elapsed;

    if (player == NULL)
        return 0;
    if (!is_running(player) || now <= player->since)
        return player->position;
    elapsed = now - player->since;
    if (elapsed >= player->length - player->position)
        return player->length;
    return player->position + elapsed;
}

uint64_t sw_player_wait(const sw_player *player, uint64_t now)
{
    if (player == NULL || !is_running(player))
        return SW_PLAYER_NEVER;
    return player->length - sw_player_position(player, now);
}

static void close_file(sw_player *player)
{
    player->has_file = 0;
    player->length = 0;
    player->position = 0;
    player->played++;
    player->flags &= ~(unsigned)SW_STATUS_FLAG_REPOS;
    if (player->flags & SW_STATUS_FLAG_NOMORE)
        player->flags = SW_STATUS_FLAG_NEXT;
}

/* Lets the time pass since the last call, and closes a file that is over or left. */
static void settle(sw_player *player, uint64_t now)
{
    player->position = sw_player_position(player, now);
    player->since = now;
    if (is_running(player) && player->position == player->length)
        player->flags |= SW_STATUS_FLAG_NEXT;
    if (player->has_file && player->flags & SW_STATUS_FLAG_NEXT)
        close_file(player);
}

/* Around every change; `before` is for counting events. 0: no player. */
static int begin(sw_player *player, uint64_t now, sw_player *before)
{
    if (player == NULL)
        return 0;
    *before = *player;
    settle(player, now);
    return 1;
}

/* result: SW_OK, an error, or 1 for a change that counts even if no flag shows it. */
static int end(sw_player *player, uint64_t now, const sw_player *before, int result)
{
    settle(player, now);
    if (result > 0 || player->flags != before->flags || player->has_file != before->has_file)
        player->events++;
    return result < 0 ? result : SW_OK;
}

static void change_flags(sw_player *player, unsigned off, unsigned on)
{
    player->flags = (player->flags & ~off) | on;
}

/* ---- files ---- */

void sw_player_init(sw_player *player)
{
    if (player == NULL)
        return;
    memset(player, 0, sizeof(*player));
    player->flags = SW_STATUS_FLAG_NEXT;
}

static int wants(const sw_player *player)
{
    if ((player->flags & SW_STATUS_FLAG_PLAYING) == 0)
        return SW_PLAYER_WANTS_NOTHING;
    if (!player->has_file)
        return SW_PLAYER_WANTS_FILE;
    return player->flags & SW_STATUS_FLAG_REPOS ? SW_PLAYER_WANTS_MOVE : SW_PLAYER_WANTS_NOTHING;
}

int sw_player_run(sw_player *player, uint64_t now)
{
    sw_player before;

    if (!begin(player, now, &before))
        return SW_E_NULL;
    end(player, now, &before, SW_OK);
    return wants(player);
}

int sw_player_opened(sw_player *player, uint64_t length, uint64_t now)
{
    sw_player before;
    int result = SW_OK;

    if (!begin(player, now, &before))
        return SW_E_NULL;
    if (wants(player) != SW_PLAYER_WANTS_FILE) {
        result = SW_E_STATE;
    } else if (length == 0) {
        result = SW_E_VALUE; /* over before it began: a server could loop for ever */
    } else {
        player->has_file = 1;
        player->length = length;
        change_flags(player, SW_STATUS_FLAG_NEXT | SW_STATUS_FLAG_REPOS, 0);
    }
    return end(player, now, &before, result);
}

int sw_player_moved(sw_player *player, uint64_t now)
{
    sw_player before;
    int result = SW_E_STATE;

    if (!begin(player, now, &before))
        return SW_E_NULL;
    if (player->has_file && player->flags & SW_STATUS_FLAG_REPOS) {
        change_flags(player, SW_STATUS_FLAG_REPOS, 0);
        result = SW_OK;
    }
    return end(player, now, &before, result);
}

/* ---- commands ---- */

/* States in which a command acts. */
enum {
    STOPPED = 1 << SW_STATUS_STOPPED,
    PAUSED = 1 << SW_STATUS_PAUSED,
    PLAYING = 1 << SW_STATUS_PLAYING,
    ALWAYS = STOPPED | PAUSED | PLAYING
};

static int command(sw_player *player, uint64_t now, int states, unsigned off, unsigned on, int result)
{
    sw_player before;

    if (!begin(player, now, &before))
        return SW_E_NULL;
    if (states & 1 << sw_player_state(player->flags))
        change_flags(player, off, on);
    return end(player, now, &before, result);
}

int sw_player_play(sw_player *player, uint64_t now)
{
    return command(player, now, ALWAYS, SW_STATUS_FLAG_NOMORE, SW_STATUS_FLAG_PLAYING, SW_OK);
}

int sw_player_stop(sw_player *player, uint64_t now)
{
    return command(player, now, ALWAYS, SW_STATUS_FLAG_PLAYING | SW_STATUS_FLAG_REPOS, SW_STATUS_FLAG_NEXT, SW_OK);
}

int sw_player_pause(sw_player *player, uint64_t now)
{
    return command(player, now, PLAYING, SW_STATUS_FLAG_PLAYING | SW_STATUS_FLAG_NEXT, 0, SW_OK);
}

int sw_player_next(sw_player *player, uint64_t now)
{
    return command(player, now, ALWAYS, 0, SW_STATUS_FLAG_NEXT, 1);
}

int sw_player_nomore(sw_player *player, uint64_t now)
{
    return command(player, now, PLAYING | PAUSED, 0, SW_STATUS_FLAG_NOMORE, SW_OK);
}

/* Another place in the open file. */
static int move_to(sw_player *player, uint64_t position)
{
    player->position = position;
    change_flags(player, 0, SW_STATUS_FLAG_REPOS);
    return 1;
}

static int forward(sw_player *player, uint64_t ms)
{
    if (ms > player->length - player->position) {
        change_flags(player, 0, SW_STATUS_FLAG_NEXT); /* the file is left, which counts */
        return SW_OK;
    }
    return move_to(player, player->position + ms);
}

int sw_player_ff(sw_player *player, uint32_t seconds, int backward, uint64_t now)
{
    uint64_t ms = (uint64_t)seconds * 1000;
    sw_player before;
    int result;

    if (!begin(player, now, &before))
        return SW_E_NULL;
    if (!player->has_file)
        result = SW_E_NO_AUDIO_FILE;
    else if (backward)
        result = move_to(player, ms < player->position ? player->position - ms : 0);
    else
        result = forward(player, ms);
    return end(player, now, &before, result);
}

int sw_player_jmp(sw_player *player, uint32_t percent, uint64_t now)
{
    sw_player before;
    int result = SW_E_NO_AUDIO_FILE;

    if (percent > SW_JMP_MAX)
        percent = SW_JMP_MAX;
    if (!begin(player, now, &before))
        return SW_E_NULL;
    if (player->has_file) /* in two parts, as length * percent may not fit */
        result = move_to(player, player->length / 100 * percent + player->length % 100 * percent / 100);
    return end(player, now, &before, result);
}

/* ---- status items ---- */

sw_status_state sw_player_state(unsigned flags)
{
    if (flags & SW_STATUS_FLAG_PLAYING)
        return SW_STATUS_PLAYING;
    return flags & SW_STATUS_FLAG_NEXT ? SW_STATUS_STOPPED : SW_STATUS_PAUSED;
}
