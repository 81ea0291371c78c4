/* SPDX-License-Identifier: ISC */
#include "status_round.h"

#include <stdio.h>
#include <string.h>

enum {
    VALUE_MAX = TRACK_NAME_MAX + 1,
    ITEM_MAX = VALUE_MAX + 64, /* with name or numbers */
    KBIT_PER_SECOND = 128,     /* of all tracks; only their names and lengths are known */
    BYTES_PER_SECOND = KBIT_PER_SECOND * 1000 / 8
};

/* A moment of the player, with the buffer for one value. */
typedef struct moment {
    const playback *playback;
    const track *track; /* NULL: none is open */
    uint64_t now;
    char *text; /* VALUE_MAX bytes */
} moment;

/* ---- items of the player ---- */

static void print_date(const moment *m, time_t when)
{
    struct tm local;

    if (localtime_r(&when, &local) == NULL || strftime(m->text, VALUE_MAX, "%b %d %Y", &local) == 0)
        m->text[0] = '\0';
}

static void print_time(const moment *m, const struct timespec *when)
{
    sw_status_time time = { (uint64_t)when->tv_sec, (uint32_t)(when->tv_nsec / 1000) };

    m->text[sw_status_time_format(&time, 1, m->text, VALUE_MAX - 1)] = '\0';
}

static void file_size(const moment *m)
{
    long long seconds = m->track != NULL ? m->track->seconds : 0;

    snprintf(m->text, VALUE_MAX, "%lld", seconds * BYTES_PER_SECOND / 1024);
}

static void mtime(const moment *m)
{
    if (m->track != NULL)
        print_date(m, m->playback->created);
}

static void status(const moment *m)
{
    snprintf(m->text, VALUE_MAX, "%s", sw_status_state_text(sw_player_state(m->playback->player.flags)));
}

static void status_flags(const moment *m)
{
    sw_status_flags_format(m->playback->player.flags, m->text);
}

static void offset(const moment *m)
{
    uint64_t milliseconds = sw_player_position(&m->playback->player, m->now);

    snprintf(m->text, VALUE_MAX, "%llu", (unsigned long long)(milliseconds + 500) / 1000);
}

static void stream_start(const moment *m)
{
    static const struct timespec never;

    print_time(m, m->track != NULL ? &m->playback->stream_start : &never);
}

static void current_time(const moment *m)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    print_time(m, &now);
}

/* ---- items of the open track ---- */

/* The part of the path behind its last slash; all if there is none. */
static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

static void path(const moment *m)
{
    snprintf(m->text, VALUE_MAX, "%s", m->track->name);
}

static void directory(const moment *m)
{
    const char *name = m->track->name;
    size_t len = (size_t)(last_part(name) - name);

    /* without the slash, unless it is all there is */
    snprintf(m->text, VALUE_MAX, "%.*s", (int)(len > 1 ? len - 1 : len), name);
}

static void basename_of(const moment *m)
{
    snprintf(m->text, VALUE_MAX, "%s", last_part(m->track->name));
}

static void bitrate(const moment *m)
{
    snprintf(m->text, VALUE_MAX, "%d kbit/s", KBIT_PER_SECOND);
}

static void format(const moment *m)
{
    snprintf(m->text, VALUE_MAX, "simulated");
}

static void duration(const moment *m)
{
    long s = m->track->seconds;

    if (s >= 3600)
        snprintf(m->text, VALUE_MAX, "%ld:%02ld:%02ld", s / 3600, s / 60 % 60, s % 60);
    else
        snprintf(m->text, VALUE_MAX, "%ld:%02ld", s / 60, s % 60);
}

static void seconds_total(const moment *m)
{
    snprintf(m->text, VALUE_MAX, "%ld", m->track->seconds);
}

static void num_played(const moment *m)
{
    snprintf(m->text, VALUE_MAX, "%lu", m->track->played);
}

static void last_played(const moment *m)
{
    print_date(m, m->track->last_played);
}

/* ---- all ---- */

/* What is not here is not known of a simulated track, and stays empty. */
static const struct {
    const char *item;
    void (*print)(const moment *m);
} values[] = {
    { "file_size", file_size },
    { "mtime", mtime },
    { "status", status },
    { "status_flags", status_flags },
    { "offset", offset },
    { "stream_start", stream_start },
    { "current_time", current_time },
    { "path", path },
    { "directory", directory },
    { "basename", basename_of },
    { "bitrate", bitrate },
    { "format", format },
    { "duration", duration },
    { "seconds_total", seconds_total },
    { "num_played", num_played },
    { "last_played", last_played },
};

static void print_value(const moment *m, const char *item)
{
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        if (strcmp(values[i].item, item) == 0)
            values[i].print(m);
}

void status_round_print(const playback *p, sw_status_form form, int64_t now, reply *r)
{
    char text[VALUE_MAX];
    moment m = { p, playback_track(p), (uint64_t)now, text };

    for (size_t i = 0; i < sw_status_items.count; i++) {
        const sw_status_item *item = &sw_status_items.items[i];
        uint8_t line[ITEM_MAX];
        size_t len = 0;
        text[0] = '\0';
        if (i < SW_STATUS_PLAYER_ITEMS || m.track != NULL)
            print_value(&m, item->name);
        sw_status_write(form, item, text, strlen(text), line, sizeof(line), &len, NULL);
        reply_add(r, line, len);
    }
}
