#include "stream.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

struct held_segment {
    held_segment *before, *after;
    int64_t time;
    uint32_t seq;
    uint32_t len, cut;
    uint8_t data[];
};

/* Sequence numbers wrap: how far a lies behind b, below 0 if before it. */
static int32_t distance(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

static uint32_t held_end(const held_segment *h)
{
    return h->seq + h->len + h->cut;
}

static void unlink_first(stream *s)
{
    held_segment *h = s->first;

    s->first = h->after;
    if (s->first != NULL)
        s->first->before = NULL;
    else
        s->last = NULL;
    s->held_bytes -= h->len;
    *s->held_all -= h->len;
    s->held_segments--;
}

static void drop_first(stream *s)
{
    held_segment *h = s->first;

    unlink_first(s);
    free(h);
}

/* Most segments go to the end, so that is where the search begins. */
static void insert(stream *s, held_segment *h)
{
    held_segment *before = s->last;

    while (before != NULL && distance(before->seq, h->seq) > 0)
        before = before->before;
    h->before = before;
    h->after = before != NULL ? before->after : s->first;
    if (h->after != NULL)
        h->after->before = h;
    else
        s->last = h;
    if (before != NULL)
        before->after = h;
    else
        s->first = h;
    s->held_bytes += h->len;
    *s->held_all += h->len;
    s->held_segments++;
}

void stream_start(stream *s, uint32_t seq)
{
    if (s->started)
        return;
    s->started = 1;
    s->start = seq;
    s->next = seq + 1;
}

void stream_add(stream *s, const segment *seg)
{
    uint32_t seq = seg->seq + (seg->flags & TCP_SYN ? 1 : 0);
    uint32_t size = seg->len + seg->cut;
    held_segment *h;

    if (s->ended || (size == 0 && !(seg->flags & TCP_FIN)))
        return;
    if (!s->started) { /* its beginning was not captured */
        s->started = 1;
        s->start = s->next = seq;
    }
    if (seg->flags & TCP_FIN && !s->fin_seen && distance(seq + size, s->next) >= 0) {
        s->fin_seen = 1;
        s->fin = seq + size;
        s->fin_time = seg->time;
    }
    if (size == 0 || distance(seq + size, s->next) <= 0) /* nothing new */
        return;
    h = allocate(sizeof(*h) + seg->len);
    h->time = seg->time;
    h->seq = seq;
    h->len = seg->len;
    h->cut = seg->cut;
    if (seg->len > 0)
        memcpy(h->data, seg->data, seg->len);
    insert(s, h);
}

/* Reports n bytes from `next` on as lost. */
static int lose(stream *s, uint32_t n, int64_t time, piece *out)
{
    s->next += n;
    out->kind = PIECE_LOST;
    out->time = time;
    out->data = NULL;
    out->len = n;
    return 1;
}

/* The first segment's new bytes. Those cut off behind them are the next piece. */
static int hand_out(stream *s, piece *out)
{
    held_segment *h = s->first;
    uint32_t old = s->next - h->seq;

    if (old >= h->len)
        return lose(s, h->len + h->cut - old, h->time, out);
    unlink_first(s);
    s->taken = h;
    s->cut = h->cut;
    s->next += h->len - old;
    out->kind = PIECE_DATA;
    out->time = h->time;
    out->data = h->data + old;
    out->len = h->len - old;
    return 1;
}

static int end(stream *s, piece *out)
{
    stream_clear(s);
    out->kind = PIECE_END;
    out->time = s->fin_time;
    out->data = NULL;
    out->len = 0;
    return 1;
}

static int holds_too_much(const stream *s)
{
    return s->held_segments > STREAM_HOLD_SEGMENTS || s->held_bytes > STREAM_HOLD_BYTES ||
           *s->held_all > STREAM_HOLD_BYTES_ALL;
}

int stream_next(stream *s, piece *out)
{
    int64_t time = s->taken != NULL ? s->taken->time : 0;
    uint32_t cut = s->cut;

    free(s->taken);
    s->taken = NULL;
    s->cut = 0;
    if (s->ended)
        return 0;
    if (cut > 0)
        return lose(s, cut, time, out);
    if (s->fin_seen && distance(s->next, s->fin) >= 0)
        return end(s, out);
    while (s->first != NULL && distance(held_end(s->first), s->next) <= 0)
        drop_first(s);
    if (s->first != NULL && distance(s->first->seq, s->next) <= 0)
        return hand_out(s, out);
    if (s->first != NULL && (s->giving_up || holds_too_much(s)))
        return lose(s, s->first->seq - s->next, s->first->time, out);
    if (s->first == NULL && s->fin_seen && s->giving_up)
        return lose(s, s->fin - s->next, s->fin_time, out);
    return 0;
}

void stream_give_up(stream *s)
{
    s->giving_up = 1;
}

int stream_acknowledged(const stream *s, uint32_t ack)
{
    return s->fin_seen && ack == s->fin + 1;
}

void stream_clear(stream *s)
{
    while (s->first != NULL)
        drop_first(s);
    free(s->taken);
    s->taken = NULL;
    s->ended = 1;
}
