/* SPDX-License-Identifier: ISC */
#include "scene.h"

#include <check.h>
#include <string.h>

/* ---- a sink that keeps numbers ---- */

static void on_begin(void *ctx, const session_info *info)
{
    (void)ctx;
    (void)info;
}

static void on_item(void *ctx, const session_info *info, const item *what)
{
    seen *s = ctx;

    (void)info;
    ck_assert_int_lt(s->items, ITEMS_MAX);
    s->item[s->items].kind = what->kind;
    s->item[s->items].side = what->side;
    s->item[s->items].time = what->time;
    s->item[s->items].frame = what->frame;
    s->item[s->items++].came = what->came;
}

static void on_end(void *ctx, const session_info *info, const outcome *how)
{
    seen *s = ctx;

    s->info = *info;
    s->end = *how;
    s->ends++;
}

/* ---- the session ---- */

void scene_open(scene *s, unsigned features, int swapped)
{
    memset(s, 0, sizeof(*s));
    watched_open(&s->w, features, 0);
    s->sink = (event_sink){ &s->seen, on_begin, on_item, on_end };
    s->w.setup.sink = &s->sink;
    s->watcher = sessions_watcher(&s->w.setup);
    s->swapped = swapped;
}

from scene_end_of(const scene *s, from side)
{
    return s->swapped ? (from)!side : side;
}

void scene_feed(scene *s, from side, size_t until, int64_t time)
{
    bytes data = bytes_copy(s->w.session.sent[side].data + s->w.at[side], until - s->w.at[side]);

    s->watcher.data(s->w.watch, scene_end_of(s, side), (stamp){ time, (uint64_t)time }, data.data, data.len);
    s->w.at[side] = until;
    bytes_free(&data);
}

void scene_handshake(scene *s)
{
    const wire_session *session = &s->w.session;

    scene_feed(s, FROM_SERVER, session->opening[FROM_SERVER], 1);
    scene_feed(s, FROM_CLIENT, session->opening[FROM_CLIENT], 2);
    scene_feed(s, FROM_SERVER, session->proof[FROM_SERVER], 3);
    scene_feed(s, FROM_CLIENT, session->proof[FROM_CLIENT], 4);
}

void scene_rest(scene *s)
{
    scene_feed(s, FROM_SERVER, s->w.session.sent[FROM_SERVER].len, 5);
    scene_feed(s, FROM_CLIENT, s->w.session.sent[FROM_CLIENT].len, 6);
}

const outcome *scene_end(scene *s, flow_end how, from breaker)
{
    s->watcher.close(s->w.watch, how, scene_end_of(s, breaker), (stamp){ 99, 98 });
    s->w.watch = NULL;
    ck_assert_int_eq(s->seen.ends, 1);
    ck_assert_int_eq(s->seen.end.time, 99);
    ck_assert_int_eq(s->seen.end.how, how);
    return &s->seen.end;
}
