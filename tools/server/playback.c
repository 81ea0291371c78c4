#include "playback.h"

#include "options.h"
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void playback_init(struct playback *playback)
{
    memset(playback, 0, sizeof(*playback));
    sw_player_init(&playback->player);
    playback->created = time(NULL);
}

void playback_free(struct playback *playback)
{
    for (size_t i = 0; i < playback->count; i++)
        free(playback->tracks[i].name);
    free(playback->tracks);
    playback->tracks = NULL;
    playback->count = 0;
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

static int add(struct playback *playback, const char *name, size_t len, long seconds)
{
    struct track *tracks = reallocarray(playback->tracks, playback->count + 1, sizeof(*tracks));
    struct track *track;

    if (tracks == NULL)
        return -1;
    playback->tracks = tracks;
    track = &tracks[playback->count];
    *track = (struct track){ .name = strndup(name, len), .seconds = seconds };
    if (track->name == NULL)
        return -1;
    playback->count++;
    return 0;
}

int playback_add(struct playback *playback, const char *option, const char *text)
{
    const char *equals = strrchr(text, '=');
    long seconds;

    if (equals == NULL) {
        report("%s: '%s' is not of the form NAME=SECONDS", option, text);
        return -1;
    }
    if (!is_name(text, (size_t)(equals - text))) {
        report("%s: '%s': a name has 1 to %d bytes, and no control characters", option, text,
               TRACK_NAME_MAX);
        return -1;
    }
    if (option_number(option, equals + 1, 1, TRACK_SECONDS_MAX, &seconds) < 0)
        return -1;
    if (playback->count == TRACKS_MAX) {
        report("%s: more than %d tracks", option, TRACKS_MAX);
        return -1;
    }
    if (add(playback, text, (size_t)(equals - text), seconds) == 0)
        return 0;
    report_system(option, errno);
    return -1;
}

int playback_add_built_in(struct playback *playback)
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
        if (add(playback, tracks[i].name, strlen(tracks[i].name), tracks[i].seconds) < 0)
            return -1;
    return 0;
}

const struct track *playback_track(const struct playback *playback)
{
    return playback->player.has_file ? &playback->tracks[playback->current] : NULL;
}

/* ---- time ---- */

static void open_next(struct playback *playback, int64_t now)
{
    size_t next = playback->player.played == 0 ? 0 : (playback->current + 1) % playback->count;
    struct track *track = &playback->tracks[next];

    playback->current = next;
    sw_player_opened(&playback->player, (uint64_t)track->seconds * 1000, (uint64_t)now);
    clock_gettime(CLOCK_REALTIME, &playback->stream_start);
    track->played++;
    track->last_played = playback->stream_start.tv_sec;
}

void playback_run(struct playback *playback, int64_t now)
{
    int wants;

    while ((wants = sw_player_run(&playback->player, (uint64_t)now)) > 0) {
        if (wants == SW_PLAYER_WANTS_FILE)
            open_next(playback, now);
        else
            sw_player_moved(&playback->player, (uint64_t)now);
    }
}

int64_t playback_wait(const struct playback *playback, int64_t now)
{
    uint64_t wait = sw_player_wait(&playback->player, (uint64_t)now);

    return wait == SW_PLAYER_NEVER ? -1 : (int64_t)wait;
}
