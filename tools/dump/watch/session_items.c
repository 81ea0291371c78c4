/* SPDX-License-Identifier: ISC */
/* Items: puts messages together, or hands them on in parts. */
#include "session_internal.h"

#include "allocate.h"

#include <stdlib.h>
#include <string.h>

/* ---- collecting ---- */

void item_start(side *s, item_kind kind, stamp time)
{
    s->collecting = 1;
    s->kind = kind;
    s->time = time;
    s->band = BAND_NONE;
    s->size = s->came = s->missing = 0;
    s->kept.len = 0;
    s->parts = 0;
}

/* How many bytes of it are behind us. */
static uint64_t item_position(const side *s)
{
    return s->came + s->missing;
}

void item_collected(const side *s, int who, item *what)
{
    memset(what, 0, sizeof(*what));
    what->kind = s->kind;
    what->side = (from)who;
    what->time = s->time.time;
    what->frame = s->time.frame;
    what->band = s->band;
    what->size = s->size > item_position(s) ? s->size : item_position(s);
    what->came = s->came;
    what->body = s->kept.data;
    what->body_len = s->kept.len;
    if (s->parts)
        what->offset = item_position(s) - s->kept.len;
}

/* ---- showing ---- */

void show_item(watch *w, const item *what)
{
    const event_sink *sink = w->setup->sink;

    sink->item(sink->ctx, &w->info, what);
}

item item_counted(int who, item_kind kind, stamp time, uint64_t n)
{
    item what;

    memset(&what, 0, sizeof(what));
    what.kind = kind;
    what.side = (from)who;
    what.time = time.time;
    what.frame = time.frame;
    what.band = BAND_NONE;
    what.size = what.came = n;
    return what;
}

void show_passed(watch *w, int who, int resumed)
{
    side *s = &w->sides[who];
    item what;

    if (s->encrypted > 0) {
        what = item_counted(who, ITEM_ENCRYPTED, s->encrypted_time, s->encrypted);
        show_item(w, &what);
    }
    if (s->passed > 0) {
        what = item_counted(who, ITEM_UNDECODED, s->passed_time, s->passed);
        what.error = s->error;
        what.resumed = resumed;
        show_item(w, &what);
    }
    s->encrypted = s->passed = 0;
}

void show_greeting(watch *w)
{
    item what = item_counted(FROM_SERVER, ITEM_GREETING, w->greeting_time, w->greeting.len);

    what.body = w->greeting.data;
    what.body_len = w->greeting.len;
    if (what.body_len > 0)
        show_item(w, &what);
}

void session_begin(watch *w)
{
    const event_sink *sink = w->setup->sink;

    if (w->begun)
        return;
    w->begun = 1;
    if (sw_observer_client(&w->observer) == FROM_SERVER) {
        endpoint server = w->info.about.client;

        w->info.about.client = w->info.about.server;
        w->info.about.server = server;
    }
    w->info.number = ++w->setup->sessions;
    sink->begin(sink->ctx, &w->info);
    show_greeting(w);
}

/* ---- bodies ---- */

static int is_in_parts(const watch *w, const side *s)
{
    return w->setup->whole_bodies && s->kind == ITEM_DATA;
}

/* Shows what was kept of a body of which more follows. */
static void show_part(watch *w, int who)
{
    side *s = &w->sides[who];
    item what;

    item_collected(s, who, &what);
    what.more = 1;
    show_item(w, &what);
    s->parts = 1;
    s->kept.len = 0;
}

/* How much of it is kept if it is not shown in parts. */
static size_t kept_max(const side *s)
{
    if (s->kind == ITEM_DATA)
        return PREVIEW_MAX;
    return s->kind == ITEM_COMMAND ? SW_COMMAND_MAX : SW_CHALLENGE_MAX;
}

void item_add(watch *w, int who, const uint8_t *data, size_t n)
{
    side *s = &w->sides[who];

    if (!is_in_parts(w, s)) {
        if (s->missing == 0)
            buffer_add(&s->kept, data, n, kept_max(s));
        s->came += n;
        return;
    }
    while (n > 0) {
        size_t room, some;

        if (s->kept.len == PART_MAX)
            show_part(w, who);
        room = PART_MAX - s->kept.len;
        some = n < room ? n : room;
        buffer_add(&s->kept, data, some, PART_MAX);
        s->came += some;
        data += some;
        n -= some;
    }
}

/* ---- commands ---- */

static void decode_command(const side *s, item *what, sw_argument *argv)
{
    sw_error *error = &what->error;

    if (what->size > SW_COMMAND_MAX)
        *error = (sw_error){ SW_E_COMMAND_SIZE, what->size, SW_COMMAND_MAX };
    else if (s->missing > 0)
        *error = (sw_error){ SW_E_TRUNCATED, s->came, what->size };
    else if (s->band == BAND_NONE)
        sw_command_decode_legacy(s->kept.data, s->kept.len, argv, s->kept.len, &what->arguments, error);
    else
        sw_command_decode(s->kept.data, s->kept.len, argv, s->kept.len, &what->arguments, error);
    what->argv = argv;
}

void item_over(watch *w, int who)
{
    side *s = &w->sides[who];
    item what;
    sw_argument *argv = NULL;

    item_collected(s, who, &what);
    s->collecting = 0;
    if (s->kind == ITEM_COMMAND) {
        argv = allocate((s->kept.len + 1) * sizeof(*argv));
        decode_command(s, &what, argv);
    }
    show_item(w, &what);
    free(argv);
}

/* ---- what is not complete ---- */

void show_hole(watch *w, int who, stamp time, uint64_t n)
{
    side *s = &w->sides[who];
    item what = item_counted(who, ITEM_LOST, time, n);

    if (is_in_parts(w, s) && (s->kept.len > 0 || !s->parts))
        show_part(w, who);
    what.offset = item_position(s);
    s->missing += n;
    show_item(w, &what);
}

void text_end_run(watch *w, int who)
{
    side *s = &w->sides[who];

    if (s->collecting && s->kind == ITEM_DATA && s->band == BAND_NONE)
        item_over(w, who);
}

sw_error show_unfinished(watch *w, int who)
{
    side *s = &w->sides[who];
    unsigned header = s->band != BAND_NONE ? SW_HEADER_SIZE : 0;
    item what;

    text_end_run(w, who);
    if (!s->collecting)
        return (sw_error){ SW_OK, 0, 0 };
    item_collected(s, who, &what);
    what.error = (sw_error){ SW_E_TRUNCATED, header + s->came, header + what.size };
    if (s->kind == ITEM_COMMAND && s->band == BAND_NONE)
        what.error.code = SW_E_NO_COMMAND;
    s->collecting = 0;
    show_item(w, &what);
    return what.error;
}
