/* SPDX-License-Identifier: ISC */
/* What the core's observer cannot take yet of one end of a connection: bytes, the frames they came in, and holes. */
#ifndef SIDEWIRE_DUMP_WATCH_QUEUE_H
#define SIDEWIRE_DUMP_WATCH_QUEUE_H

#include "frame.h"

#include <sidewire/observer.h>

typedef struct buffer {
    uint8_t *data;
    size_t len, cap;
} buffer;

/* Bytes of one segment in a queue, and what is missing behind them. */
typedef struct queue_piece {
    stamp time;
    size_t len;
    uint64_t missing;
} queue_piece;

/* What an end sent that was not taken yet. */
typedef struct queue {
    uint64_t at; /* place of its first byte in the stream */
    buffer bytes;
    queue_piece *pieces;
    size_t count, cap;
} queue;

/* Appends n bytes, but no more than make `max`. */
void buffer_add(buffer *b, const uint8_t *data, size_t n, size_t max);

void queue_add(queue *q, stamp time, const uint8_t *data, size_t len);
void queue_add_missing(queue *q, stamp time, uint64_t n);
/* What can be offered of it: bytes up to a hole, and that. */
sw_observer_input queue_offer(const queue *q);
/* The observer left *rest of what was offered. */
void queue_taken(queue *q, const sw_observer_input *rest);
/* When the byte at that place of the stream came; the queue is not empty. */
stamp queue_time(const queue *q, uint64_t place);
void queue_free(queue *q);

#endif
