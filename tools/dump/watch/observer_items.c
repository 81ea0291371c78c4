#include "observer_items.h"

#include "allocate.h"

#include <string.h>

/* ---- collecting ---- */

void buffer_add(buffer *b, const uint8_t *data, size_t n, size_t max)
{
    if (b->len >= max)
        return;
    if (n > max - b->len)
        n = max - b->len;
    if (n > b->cap - b->len) {
        b->cap = b->cap * 2 > b->len + n ? b->cap * 2 : b->len + n;
        b->data = reallocate(b->data, b->cap);
    }
    if (n > 0)
        memcpy(b->data + b->len, data, n);
    b->len += n;
}

void item_start(side *s, int64_t time)
{
    if (s->collecting)
        return;
    s->collecting = 1;
    s->time = time;
    s->band = BAND_NONE;
    s->size = s->came = s->missing = 0;
    s->kept.len = 0;
    s->parts = 0;
}

void item_add(side *s, const uint8_t *data, size_t n, size_t max)
{
    if (s->missing == 0)
        buffer_add(&s->kept, data, n, max);
    s->came += n;
}

uint64_t item_position(const side *s)
{
    return s->came + s->missing;
}

item item_collected(const side *s, from who, item_kind kind)
{
    item what;

    memset(&what, 0, sizeof(what));
    what.kind = kind;
    what.side = who;
    what.time = s->time;
    what.band = s->band;
    what.size = s->size > item_position(s) ? s->size : item_position(s);
    what.came = s->came;
    what.body = s->kept.data;
    what.body_len = s->kept.len;
    if (s->parts)
        what.offset = item_position(s) - s->kept.len;
    return what;
}

/* ---- showing ---- */

static void show(observer *o, const item *what)
{
    const event_sink *sink = o->setup->sink;

    sink->item(sink->ctx, &o->info, what);
}

void item_show(observer *o, item *what)
{
    o->sides[what->side].collecting = 0;
    show(o, what);
}

int is_in_parts(const observer *o, from who)
{
    const side *s = &o->sides[who];

    return o->setup->whole_bodies &&
           ((s->state == SIDE_PACKETS && s->band != SW_BAND_COMMAND) || s->state == SIDE_TEXT);
}

/* Shows what was kept of a body of which more follows. */
static void show_part(observer *o, from who)
{
    side *s = &o->sides[who];
    item what = item_collected(s, who, ITEM_DATA);

    what.more = 1;
    show(o, &what);
    s->parts = 1;
    s->kept.len = 0;
}

void item_add_body(observer *o, from who, const uint8_t *data, size_t n)
{
    side *s = &o->sides[who];

    if (!o->setup->whole_bodies) {
        item_add(s, data, n, PREVIEW_MAX);
        return;
    }
    while (n > 0) {
        size_t room, some;

        if (s->kept.len == PART_MAX)
            show_part(o, who);
        room = PART_MAX - s->kept.len;
        some = n < room ? n : room;
        buffer_add(&s->kept, data, some, PART_MAX);
        s->came += some;
        data += some;
        n -= some;
    }
}

/* Bytes that there is nothing to show of. */
static item counted(const observer *o, from who, item_kind kind, int64_t time, uint64_t n)
{
    item what;

    memset(&what, 0, sizeof(what));
    what.kind = kind;
    what.side = who;
    what.time = time;
    what.band = BAND_NONE;
    what.size = what.came = n;
    if (kind == ITEM_UNDECODED)
        what.error = o->sides[who].error;
    return what;
}

void show_count(observer *o, from who, item_kind kind, int64_t time, uint64_t n)
{
    item what = counted(o, who, kind, time, n);

    show(o, &what);
}

void show_hole(observer *o, from who, int64_t time, uint64_t n)
{
    side *s = &o->sides[who];
    item what = counted(o, who, ITEM_LOST, time, n);

    if (is_in_parts(o, who) && (s->kept.len > 0 || !s->parts))
        show_part(o, who);
    what.offset = item_position(s);
    show(o, &what);
}

void show_greeting(observer *o)
{
    item what = counted(o, FROM_SERVER, ITEM_GREETING, o->greeting_time, o->greeting_text.len);

    what.body = o->greeting_text.data;
    what.body_len = o->greeting_text.len;
    show(o, &what);
}
