/* SPDX-License-Identifier: ISC */
/* Segments in, pieces out. */
#include "stream_internal.h"

#include <stdlib.h>
#include <string.h>

/* ---- segments ---- */

static void begin_at(stream *s, uint32_t seq)
{
    s->started = 1;
    s->start = seq;
    s->next = seq + 1;
}

/* Something is known to have been sent there: it may begin even earlier than what was seen. */
static void begin_before(stream *s, uint32_t next)
{
    int32_t back = distance(s->next, next);

    if (!s->started || (s->unsure && !s->syn_seen && back > 0 && back < STREAM_WINDOW_MAX))
        begin_at(s, next - 1);
}

void stream_start(stream *s, uint32_t seq)
{
    if (!s->started)
        begin_at(s, seq);
    s->syn_seen |= s->start == seq;
}

void stream_be_unsure(stream *s)
{
    s->unsure = 1;
}

void stream_be_sure(stream *s)
{
    s->unsure = 0;
}

/* Do segments come from the end to the beginning? */
static void note_direction(stream *s, const segment *seg)
{
    if (!s->unsure || s->first == NULL)
        return;
    if (distance(seg->seq, s->first->seq) < 0)
        s->backward = 1;
    else if (distance(seg->seq, held_end(s->last)) >= 0)
        s->backward = 0;
}

const uint8_t *stream_beginning(const stream *s, size_t *len)
{
    if (!s->unsure || s->backward || s->first == NULL)
        return NULL;
    *len = s->first->len;
    return s->first->data;
}

int stream_waits_too_long(const stream *s)
{
    if (s->backward)
        return s->held_bytes > STREAM_HOLD_BYTES || s->held_segments > STREAM_HOLD_SEGMENTS ||
               s->pool->held > STREAM_UNSURE_BYTES_ALL;
    return s->held_bytes > STREAM_UNSURE_BYTES || s->pool->held > STREAM_UNSURE_BYTES_ALL;
}

int stream_is_answer(const stream *s, const stream *other)
{
    return s->first != NULL && other->first != NULL && distance(s->first->ack, other->next) > 0;
}

/* Cuts off what lies before `next`, after a look at it. */
static void drop_old(stream *s, segment *seg)
{
    uint32_t all = s->next - seg->seq;
    uint32_t old = smaller(all, seg->len);

    if (!stream_same_as_recent(s, seg->seq, seg->data, old))
        s->conflicts++;
    seg->data += old;
    seg->len -= old;
    seg->cut -= smaller(all - old, seg->cut);
    seg->seq = s->next;
}

/* Sent to learn whether the other side is still there: a byte that it has, or any in its place. */
static int is_keep_alive(const stream *s, const segment *seg)
{
    if (seg->len != 1 || seg->cut > 0)
        return 0;
    return seg->seq + 1 == s->next || (s->last != NULL && seg->seq + 1 == held_end(s->last));
}

uint32_t stream_reach(const stream *s)
{
    uint32_t end = s->next + s->len;

    return s->last != NULL && distance(held_end(s->last), end) > 0 ? held_end(s->last) : end;
}

/* Of several FINs the first in the stream counts, and none that has bytes behind it, as far as these
 * are not behind what the receiver has acknowledged. */
static void add_fin(stream *s, uint32_t at, stamp time)
{
    if (s->fin_seen && at == s->fin)
        return;
    if (s->fin_sure || distance(at, stream_reach(s)) < 0 || (s->fin_seen && distance(at, s->fin) > 0)) {
        s->misplaced++;
        return;
    }
    s->misplaced += s->fin_seen;
    s->fin_seen = 1;
    s->fin = at;
    s->fin_time = time;
    s->fin_sure = s->unsure && s->heard && s->acked == at + 1; /* it came in the wrong direction */
}

/* Has a segment bytes behind the FIN, so that it does not belong here? If the FIN was not
 * acknowledged, it is that which does not. */
static int is_behind_fin(stream *s, const segment *seg)
{
    uint32_t size = seg->len + seg->cut;

    if (!s->fin_seen || size == 0 || distance(seg->seq + size, s->fin) <= 0)
        return 0;
    if (s->fin_sure && seg->seq == s->fin && size == 1) /* a keep-alive */
        return 1;
    s->misplaced++;
    s->fin_seen = s->fin_sure;
    return s->fin_sure;
}

void stream_add(stream *s, const segment *seg)
{
    segment rest = *seg;

    rest.seq += seg->flags & TCP_SYN ? 1 : 0;
    if (s->ended || (seg->len + seg->cut == 0 && !(seg->flags & TCP_FIN)))
        return;
    note_direction(s, &rest);
    begin_before(s, rest.seq); /* if its beginning was not captured */
    if (is_behind_fin(s, &rest))
        return;
    if (seg->flags & TCP_FIN)
        add_fin(s, rest.seq + rest.len + rest.cut, seg->time);
    if (!s->unsure && is_keep_alive(s, &rest))
        return;
    if (distance(rest.seq, s->next) < 0)
        drop_old(s, &rest);
    if (rest.len + rest.cut == 0)
        return;
    if (s->unsure || s->first != NULL || rest.seq != s->next) {
        stream_hold(s, rest);
        return;
    }
    s->data = rest.data;
    s->len = rest.len;
    s->time = rest.time;
    s->cut = rest.cut > 0;
    s->cut_end = rest.seq + rest.len + rest.cut;
}

int stream_acknowledge(stream *s, uint32_t ack, uint64_t window, int64_t time)
{
    begin_before(s, ack); /* what it has is over */
    if (!s->heard || distance(ack, s->acked) > 0)
        s->acked = ack;
    s->heard = 1;
    s->heard_time = time;
    if (window > s->window)
        s->window = window < STREAM_WINDOW_MAX ? (uint32_t)window : STREAM_WINDOW_MAX;
    if (!s->fin_seen || s->fin_sure || ack != s->fin + 1)
        return 0;
    s->fin_sure = 1;
    return 1;
}

int stream_is_at(const stream *s, uint32_t seq)
{
    if (!s->started || seq == stream_reach(s) || (s->fin_seen && seq - s->fin <= 1))
        return 1;
    return distance(seq, s->heard ? s->acked : s->next) >= 0 && distance(seq, s->next) <= 0;
}

/* The receiver, who was heard since, has never had room for a byte there. */
static int is_out_of_window(const stream *s, uint32_t seq, int64_t time)
{
    return s->heard && s->heard_time >= time && distance(seq, s->acked) > (int64_t)s->window;
}

/* ---- pieces ---- */

/* Reports n bytes from `next` on as lost. */
static int lose(stream *s, uint32_t n, stamp time, piece *out)
{
    s->next += n;
    s->recent_from = s->next;
    out->kind = PIECE_LOST;
    out->time = time;
    out->data = NULL;
    out->len = n;
    return 1;
}

static int hand_out(stream *s, piece *out)
{
    uint32_t n = smaller(s->len, STREAM_PIECE_MAX);

    memcpy(s->pool->piece, s->data, n);
    stream_remember(s, s->data, n);
    s->data += n;
    s->len -= n;
    s->next += n;
    out->kind = PIECE_DATA;
    out->time = s->time;
    out->data = s->pool->piece;
    out->len = n;
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
           s->pool->held > STREAM_HOLD_BYTES_ALL;
}

static void free_taken(stream *s)
{
    free(s->taken);
    s->taken = NULL;
}

/* The first segment held, of which something new has been reached. */
static void take_first(stream *s)
{
    held_segment *h = s->first;
    uint32_t old = smaller(s->next - h->seq, h->len);

    held_unlink(s, h);
    free_taken(s);
    s->taken = h;
    s->data = h->data + old; /* unix.Malloc: what is freed is in the list no more, also below */
    s->len = h->len - old;
    s->time = h->time;
    if (h->cut > 0) {
        s->cut = 1;
        s->cut_end = held_end(h) + h->cut;
    }
}

/* What was cut off a segment, unless another copy of it follows. */
static int lose_cut(stream *s, piece *out)
{
    uint32_t until = s->cut_end;

    if (s->first != NULL && distance(s->first->seq, until) < 0)
        until = s->first->seq;
    return lose(s, until - s->next, s->time, out);
}

/* Of what waits behind a gap that will not fill, drops what never belonged here. */
static void pass_over_misplaced(stream *s)
{
    /* unix.Malloc: freed ones are unlinked */
    while (s->last != NULL && is_out_of_window(s, s->last->seq, s->last->time.time)) {
        held_segment *h = s->last;

        held_unlink(s, h);
        free(h);
        s->misplaced++;
    }
    if (s->fin_seen && !s->fin_sure && is_out_of_window(s, s->fin, s->fin_time.time)) {
        s->fin_seen = 0;
        s->misplaced++;
    }
}

int stream_is_complete(const stream *s)
{
    return s->len == 0 && !s->unsure && s->fin_seen && distance(s->next, s->fin) >= 0;
}

int stream_next(stream *s, piece *out)
{
    if (s->ended || s->unsure)
        return 0;
    while (s->len == 0 && s->first != NULL && distance(s->first->seq, s->next) <= 0)
        take_first(s);
    if (s->len > 0)
        return hand_out(s, out);
    free_taken(s);
    if (s->cut && distance(s->cut_end, s->next) > 0)
        return lose_cut(s, out);
    s->cut = 0;
    if (stream_is_complete(s))
        return s->fin_sure || s->giving_up ? end(s, out) : 0;
    if (s->giving_up || holds_too_much(s))
        pass_over_misplaced(s);
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

void stream_clear(stream *s)
{
    while (s->first != NULL) {
        held_segment *h = s->first;

        /* unix.Malloc: freed ones are unlinked */
        held_unlink(s, h);
        free(h);
    }
    free_taken(s);
    if (s->recent != NULL)
        s->pool->recent -= STREAM_RECENT_BYTES;
    free(s->recent);
    s->recent = NULL;
    s->len = 0;
    s->ended = 1;
}
