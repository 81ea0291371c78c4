/* SPDX-License-Identifier: ISC */
/* Where flows.c finds connections: by their ends, and by when they were last used. */
#ifndef SIDEWIRE_DUMP_FLOW_TABLE_H
#define SIDEWIRE_DUMP_FLOW_TABLE_H

#include "flows.h"

enum { FLOW_BUCKETS = 1 << 16 };

typedef enum flow_state {
    FLOW_LIVE,
    FLOW_CLOSING, /* it was closed or reset; what was captured late is still used */
    FLOW_OVER,    /* or nobody watches: remembered so that what still comes is not taken
                                 * for a new connection */
    FLOW_STATES
} flow_state;

/* What a RST said. It may come early, or be forged. */
typedef enum reset_claim {
    RESET_NONE,
    RESET_WAITING, /* it is not where the stream is yet */
    RESET_RIGHT
} reset_claim;

typedef struct flow flow;

struct flow {
    flow *chain;         /* next one of the bucket */
    flow *newer, *older; /* of the same state, by last use */
    uint64_t hash;
    uint64_t used; /* how many segments had come at its last use */
    endpoint ends[2];
    stream streams[2];                    /* streams[i]: what ends[i] sends */
    uint8_t scales[2];                    /* of the window, as the SYN says; TCP_NO_SCALE */
    uint8_t syns[2], seen[2];             /* the SYN of this end was captured; any segment was */
    uint8_t resets[2];                    /* reset_claim */
    uint32_t reset_at[2], reset_reach[2]; /* their places, and how far the stream was by then */
    segment *syn;                         /* a SYN elsewhere that nothing confirms yet, or NULL; without data */
    int syn_side;                         /* who sent it */
    int64_t start;                        /* time of the first segment */
    stamp last;                           /* and of the latest */
    int server;                           /* index into ends, -1: not known yet */
    int breaker;                          /* who reset it first */
    void *watch;
    uint8_t state;       /* flow_state */
    uint8_t unsure;      /* where the streams begin; both or none */
    uint8_t opened;      /* the watcher was asked */
    uint8_t was_watched; /* to its end */
};

typedef struct flow_list {
    flow *newest, *oldest;
} flow_list;

/* Zero it, and set the seed. */
typedef struct flow_table {
    uint64_t seed;  /* unknown to whoever made the capture */
    uint64_t clock; /* how many segments came */
    size_t count;
    flow_list lists[FLOW_STATES];
    flow *buckets[FLOW_BUCKETS];
} flow_table;

uint64_t flow_hash(const flow_table *t, const segment *seg);

/* The segment's connection, or NULL. *side: which of its ends sent it. */
flow *flow_find(const flow_table *t, const segment *seg, uint64_t hash, int *side);

/* A live one with the segment's sender as ends[0]. */
flow *flow_add(flow_table *t, const segment *seg, uint64_t hash);

/* It is the newest of its state, which may be another one than before. */
void flow_use(flow_table *t, flow *w, flow_state state);

/* Frees it. */
void flow_forget(flow_table *t, flow *w);

#endif
