/* SPDX-License-Identifier: ISC */
/* Bytes that a stream keeps: those handed out lately, to be compared with further copies, and those that wait
 * behind a gap. */
#include "stream_internal.h"

#include "allocate.h"

#include <string.h>

/* ---- bytes handed out lately ---- */

void stream_remember(stream *s, const uint8_t *data, uint32_t len)
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

int stream_same_as_recent(const stream *s, uint32_t seq, const uint8_t *data, uint32_t len)
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

uint32_t held_end(const held_segment *h)
{
    /* analyzer-null-dereference, core.NullDereference: of what is held, which is in the list */
    return h->seq + h->len;
}

static size_t cost(const held_segment *h)
{
    return sizeof(*h) + h->len;
}

void held_unlink(stream *s, held_segment *h)
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
    h->ack = seg->ack;
    h->len = len;
    h->cut = cut;
    if (len > 0)
        memcpy(h->data, seg->data, len);
    insert_before(s, after, h);
}

void stream_hold(stream *s, segment seg)
{
    held_segment *after = NULL; /* the first one that ends behind the segment's beginning */
    int differs = 0;

    /* most segments go to the end, so that is where the search begins */
    for (held_segment *h = s->last; h != NULL && distance(held_end(h), seg.seq) > 0; h = h->before)
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
        n = smaller(held_end(after) - seg.seq, seg.len);
        differs |= memcmp(after->data + (seg.seq - after->seq), seg.data, n) != 0;
        seg.seq += n;
        seg.data += n;
        seg.len -= n;
        if (seg.len == 0) { /* so far what was cut off is known */
            n = smaller(held_end(after) - seg.seq, seg.cut);
            seg.seq += n;
            seg.cut -= n;
        }
        after = after->after;
    }
    s->conflicts += differs != 0;
}
