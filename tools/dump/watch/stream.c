#include "stream.h"

#include "allocate.h"

#include <stdlib.h>
#include <string.h>

struct held_segment {
    held_segment *before, *after;
    stamp time;
    uint32_t seq;
    uint32_t len, cut;
    uint8_t data[];
};

/* Sequence numbers wrap: how far a lies behind b, below 0 if before it. */
static int32_t distance(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* ---- bytes handed out lately ---- */

static void remember(stream *s, const uint8_t *data, uint32_t len)
{
    uint32_t at, first;

    if (s->recent == NULL) {
        if (s->pool->recent >= STREAM_RECENT_BYTES_ALL)
            return;
        s->recent = allocate(STREAM_RECENT_BYTES);
        s->recent_from = s->next;
        s->pool->recent += STREAM_RECENT_BYTES;
    }
    at = s->next % STREAM_RECENT_BYTES;
    first = smaller(len, STREAM_RECENT_BYTES - at);
    memcpy(s->recent + at, data, first);
    memcpy(s->recent, data + first, len - first);
    if (s->next + len - s->recent_from > STREAM_RECENT_BYTES)
        s->recent_from = s->next + len - STREAM_RECENT_BYTES;
}

/* Are these bytes, all of which lie before `next`, what was handed out, as far as is known? */
static int same_as_recent(const stream *s, uint32_t seq, const uint8_t *data, uint32_t len)
{
    uint32_t at, first;

    if (s->recent == NULL)
        return 1;
    if (distance(seq, s->recent_from) < 0) {
        uint32_t forgotten = smaller(s->recent_from - seq, len);

        seq += forgotten;
        data += forgotten;
        len -= forgotten;
    }
    at = seq % STREAM_RECENT_BYTES;
    first = smaller(len, STREAM_RECENT_BYTES - at);
    return memcmp(s->recent + at, data, first) == 0 && memcmp(s->recent, data + first, len - first) == 0;
}

/* ---- bytes held ---- */

static uint32_t data_end(const held_segment *h)
{
    /* analyzer-null-dereference, core.NullDereference: of what is held, which is in the list */
    return h->seq + h->len;
}

static size_t cost(const held_segment *h)
{
    return sizeof(*h) + h->len;
}

/* It is not freed. */
static void unlink_held(stream *s, held_segment *h)
{
    if (h->before != NULL)
        h->before->after = h->after;
    else
        s->first = h->after;
    if (h->after != NULL)
        h->after->before = h->before;
    else
        s->last = h->before;
    s->held_bytes -= cost(h);
    s->pool->held -= cost(h);
    s->held_segments--;
}

/* after: NULL for the end. */
static void insert_before(stream *s, held_segment *after, held_segment *h)
{
    h->after = after;
    h->before = after != NULL ? after->before : s->last;
    if (h->before != NULL)
        h->before->after = h;
    else
        s->first = h;
    if (after != NULL)
        after->before = h;
    else
        s->last = h;
    s->held_bytes += cost(h);
    s->pool->held += cost(h);
    s->held_segments++;
}

/* Copies len bytes of a segment, with `cut` behind them. */
static void hold_piece(stream *s, held_segment *after, const segment *seg, uint32_t len, uint32_t cut)
{
    held_segment *h = allocate(sizeof(*h) + len);

    h->time = seg->time;
    h->seq = seg->seq;
    h->len = len;
    h->cut = cut;
    if (len > 0)
        memcpy(h->data, seg->data, len);
    insert_before(s, after, h);
}

/* The bytes that are already held are compared, the others put between them. */
static void hold(stream *s, segment seg)
{
    held_segment *after = NULL; /* the first one that ends behind the segment's beginning */
    int differs = 0;

    /* most segments go to the end, so that is where the search begins */
    for (held_segment *h = s->last; h != NULL && distance(data_end(h), seg.seq) > 0; h = h->before)
        after = h;
    for (;;) {
        int32_t gap = after != NULL ? distance(after->seq, seg.seq) : INT32_MAX;
        uint32_t n = gap > 0 ? smaller((uint32_t)gap, seg.len) : 0;

        if (n > 0 || (gap > 0 && seg.cut > 0))
            hold_piece(s, after, &seg, n, n == seg.len ? seg.cut : 0);
        if (n == seg.len)
            break;
        seg.seq += n;
        seg.data += n;
        seg.len -= n;
        n = smaller(data_end(after) - seg.seq, seg.len);
        differs |= memcmp(after->data + (seg.seq - after->seq), seg.data, n) != 0;
        seg.seq += n;
        seg.data += n;
        seg.len -= n;
        if (seg.len == 0) { /* so far what was cut off is known */
            n = smaller(data_end(after) - seg.seq, seg.cut);
            seg.seq += n;
            seg.cut -= n;
        }
        after = after->after;
    }
    s->conflicts += differs != 0;
}

/* ---- segments ---- */

void stream_start(stream *s, uint32_t seq)
{
    if (s->started)
        return;
    s->started = 1;
    s->start = seq;
    s->next = seq + 1;
}

/* Cuts off what lies before `next`, after a look at it. */
static void drop_old(stream *s, segment *seg)
{
    uint32_t all = s->next - seg->seq;
    uint32_t old = smaller(all, seg->len);

    if (!same_as_recent(s, seg->seq, seg->data, old))
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
    return seg->seq + 1 == s->next || (s->last != NULL && seg->seq + 1 == data_end(s->last));
}

uint32_t stream_reach(const stream *s)
{
    uint32_t end = s->next + s->len;

    return s->last != NULL && distance(data_end(s->last), end) > 0 ? data_end(s->last) : end;
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
    if (!s->started) /* its beginning was not captured */
        stream_start(s, rest.seq - 1);
    if (is_behind_fin(s, &rest))
        return;
    if (seg->flags & TCP_FIN)
        add_fin(s, rest.seq + rest.len + rest.cut, seg->time);
    if (is_keep_alive(s, &rest))
        return;
    if (distance(rest.seq, s->next) < 0)
        drop_old(s, &rest);
    if (rest.len + rest.cut == 0)
        return;
    if (s->first != NULL || rest.seq != s->next) {
        hold(s, rest);
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
    stream_start(s, ack - 1); /* what it has is over */
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
    remember(s, s->data, n);
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

    unlink_held(s, h);
    free_taken(s);
    s->taken = h;
    s->data = h->data + old; /* unix.Malloc: what is freed is in the list no more, also below */
    s->len = h->len - old;
    s->time = h->time;
    if (h->cut > 0) {
        s->cut = 1;
        s->cut_end = data_end(h) + h->cut;
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

        unlink_held(s, h);
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
    return s->len == 0 && s->fin_seen && distance(s->next, s->fin) >= 0;
}

int stream_next(stream *s, piece *out)
{
    if (s->ended)
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
        unlink_held(s, h);
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
