/* SPDX-License-Identifier: ISC */
/* Work that may wait for a disk or for other programs, on the database above all, by a thread of its own:
 * one job after the other, in the order they came. */
#ifndef SIDEWIRE_SERVER_STORE_QUEUE_H
#define SIDEWIRE_SERVER_STORE_QUEUE_H

#include "blob_store.h"

#include <uv.h>

typedef struct connection connection;
typedef struct store_job store_job;

/* A part of the state of whoever wants it done. */
struct store_job {
    store_job *next;
    connection *connection;                          /* that waits for it; NULL: none */
    void (*work)(store_job *job, blob_store *store); /* in the thread; nothing else is touched */
    void (*done)(store_job *job); /* afterwards, in the loop, before any other job begins; the connection may
                                  * be over by then, and what it is answered goes nowhere */
};

/* Fields are private to store_queue.c. */
typedef struct store_queue {
    uv_loop_t *loop;
    blob_store *store;
    uv_work_t work;
    store_job *first, *last;
    int is_running, is_stopped;
} store_queue;

void store_queue_init(store_queue *queue, uv_loop_t *loop, blob_store *store);

/* The connection is busy from now on, which it is told by connection_job_done when this is over. */
void store_queue_add(store_queue *queue, store_job *job);

/* Jobs that have not begun are forgotten, the one that has is broken off; for the end. Its change, if
 * it was one, is done whole or not at all. The loop has to go on until all connections are gone. */
void store_queue_stop(store_queue *queue);

#endif
