/* SPDX-License-Identifier: ISC */
#include "queue.h"

#include "allocate.h"

#include <stdlib.h>
#include <string.h>

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

static queue_piece *add_piece(queue *q, stamp time)
{
    queue_piece *entry;

    if (q->count == q->cap) {
        q->cap = q->cap > 0 ? 2 * q->cap : 4;
        q->pieces = reallocate(q->pieces, q->cap * sizeof(*q->pieces));
    }
    entry = &q->pieces[q->count++];
    /* core.NullDereference: count is cap at the first time, when both are 0 */
    *entry = (queue_piece){ time, 0, 0 };
    return entry;
}

void queue_add(queue *q, stamp time, const uint8_t *data, size_t len)
{
    queue_piece *last = q->count > 0 ? &q->pieces[q->count - 1] : NULL;

    if (last == NULL || last->missing > 0 || last->time.frame != time.frame)
        last = add_piece(q, time);
    last->len += len;
    buffer_add(&q->bytes, data, len, SIZE_MAX);
}

void queue_add_missing(queue *q, stamp time, uint64_t n)
{
    add_piece(q, time)->missing = n;
}

sw_observer_input queue_offer(const queue *q)
{
    sw_observer_input in = { .data = q->bytes.data };

    for (size_t i = 0; i < q->count && in.missing == 0; i++) {
        in.len += q->pieces[i].len;
        in.missing = q->pieces[i].missing;
    }
    return in;
}

stamp queue_time(const queue *q, uint64_t place)
{
    uint64_t offset = place > q->at ? place - q->at : 0;
    size_t i = 0;

    while (i + 1 < q->count && offset >= q->pieces[i].len && q->pieces[i].missing == 0)
        offset -= q->pieces[i++].len;
    return q->pieces[i].time;
}

void queue_taken(queue *q, const sw_observer_input *rest)
{
    size_t taken = q->bytes.len > 0 ? (size_t)(rest->data - q->bytes.data) : 0;
    size_t left = taken;
    size_t gone = 0;
    uint64_t crossed = 0;

    while (gone < q->count && left >= q->pieces[gone].len) {
        queue_piece *entry = &q->pieces[gone];

        left -= entry->len;
        entry->len = 0;
        if (entry->missing > 0 && (rest->missing > 0 || rest->len > 0))
            break;
        gone++;
        crossed = entry->missing;
        if (crossed > 0)
            break;
    }
    if (gone < q->count)
        q->pieces[gone].len -= left;
    q->count -= gone;
    if (gone > 0)
        memmove(q->pieces, q->pieces + gone, q->count * sizeof(*q->pieces));
    q->at += taken + crossed;
    q->bytes.len -= taken;
    if (taken > 0)
        memmove(q->bytes.data, q->bytes.data + taken, q->bytes.len);
}

void queue_free(queue *q)
{
    free(q->bytes.data);
    free(q->pieces);
}
