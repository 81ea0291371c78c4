/* SPDX-License-Identifier: ISC */
#include "playback.h"

#include "options.h"
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void playback_init(playback *p)
{
    memset(p, 0, sizeof(*p));
    sw_player_init(&p->player);
    p->created = time(NULL);
}

void playback_free(playback *p)
{
    for (size_t i = 0; i < p->count; i++)
        free(p->tracks[i].name);
    free(p->tracks);
    p->tracks = NULL;
    p->count = 0;
}

/* ---- tracks ---- */

/* Names go into status items, which are lines. */
static int is_name(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
            return 0;
    return len > 0 && len <= TRACK_NAME_MAX;
}

static int add(playback *p, const char *name, size_t len, long seconds)
{
    track *tracks = realloc(p->tracks, (p->count + 1) * sizeof(*tracks));
    track *t;

    if (tracks == NULL)
        return -1;
    p->tracks = tracks;
    t = &tracks[p->count];
    *t = (track){ .name = strndup(name, len), .seconds = seconds };
    if (t->name == NULL) /* analyzer-malloc-leak: p->tracks has it */
        return -1;
    p->count++;
    return 0;
}

int playback_add(playback *p, const char *option, const char *text)
{
    const char *equals = strrchr(text, '=');
    long seconds;

    if (equals == NULL) {
        report("%s: '%s' is not of the form NAME=SECONDS", option, text);
        return -1;
    }
    if (!is_name(text, (size_t)(equals - text))) {
        report("%s: '%s': a name has 1 to %d bytes, and no control characters", option, text, TRACK_NAME_MAX);
        return -1;
    }
    if (option_number(option, equals + 1, 1, TRACK_SECONDS_MAX, &seconds) < 0)
        return -1;
    if (p->count == TRACKS_MAX) {
        report("%s: more than %d tracks", option, TRACKS_MAX);
        return -1;
    }
    if (add(p, text, (size_t)(equals - text), seconds) == 0)
        return 0;
    report_system(option, errno);
    return -1;
}

int playback_add_built_in(playback *p)
{
    static const struct {
        const char *name;
        long seconds;
    } tracks[] = {
        { "/music/First Light.ogg", 214 },
        { "/music/Second Thoughts.ogg", 187 },
        { "/music/Third Rail.ogg", 305 },
    };

    for (size_t i = 0; i < sizeof(tracks) / sizeof(tracks[0]); i++)
        if (add(p, tracks[i].name, strlen(tracks[i].name), tracks[i].seconds) < 0)
            return -1;
    return 0;
}

const track *playback_track(const playback *p)
{
    return p->player.has_file ? &p->tracks[p->current] : NULL;
}

/* ---- time ---- */

static void open_next(playback *p, int64_t now)
{
    size_t next = p->player.played == 0 ? 0 : (p->current + 1) % p->count;
    track *t = &p->tracks[next];

    p->current = next;
    sw_player_opened(&p->player, (uint64_t)t->seconds * 1000, (uint64_t)now);
    clock_gettime(CLOCK_REALTIME, &p->stream_start);
    t->played++;
    t->last_played = p->stream_start.tv_sec;
}

void playback_run(playback *p, int64_t now)
{
    int wants;

    while ((wants = sw_player_run(&p->player, (uint64_t)now)) > 0) {
        if (wants == SW_PLAYER_WANTS_FILE)
            open_next(p, now);
        else
            sw_player_moved(&p->player, (uint64_t)now);
    }
}

int64_t playback_wait(const playback *p, int64_t now)
{
    uint64_t wait = sw_player_wait(&p->player, (uint64_t)now);

    return wait == SW_PLAYER_NEVER ? -1 : (int64_t)wait;
}
