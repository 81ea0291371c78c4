/* SPDX-License-Identifier: ISC */
/* The TCP connections of a capture: finds a segment's connection, puts its bytes in order and hands
 * them to a watcher. SYN, FIN and RST are believed where the stream is [RFC 5961, sections 3 and 4],
 * and as long as nothing contradicts them. Memory is bounded: connections are limited in number, the
 * one idle for longest has to go. */
#ifndef SIDEWIRE_DUMP_FLOWS_H
#define SIDEWIRE_DUMP_FLOWS_H

#include "stream.h"

enum {
    FLOWS_MAX = 65536,
    FLOWS_GRACE = 64 /* segments of others, before a connection that was closed is over */
};

typedef enum from { FROM_CLIENT = 0, FROM_SERVER = 1 } from;

typedef struct connection {
    endpoint client, server; /* without a captured SYN, who speaks first is the server */
    int64_t start;           /* when its first segment was captured */
} connection;

/* Why a connection is watched no more. */
typedef enum flow_end {
    FLOW_CLOSED,     /* both sides closed */
    FLOW_RESET,      /* one side broke it off */
    FLOW_REPLACED,   /* another one between the same ends has begun */
    FLOW_UNFINISHED, /* still open where the capture ends */
    FLOW_DROPPED     /* no room to watch it any longer */
} flow_end;

/* Whoever wants the bytes. begins, unless NULL: could these be the first bytes of one end? Before SYN and ACK were captured, nothing
 * is handed out until that is so, or the connection is over, or too much waits. `watch` is what open returned. */
typedef struct flow_watcher {
    void *ctx;
    int (*begins)(const uint8_t *data, size_t len);
    /* Before the first byte. NULL: not interested. */
    void *(*open)(void *ctx, const connection *about);
    /* Bytes in order; they may be overwritten. 0: not interested any more, close follows. */
    int (*data)(void *watch, from side, stamp time, uint8_t *data, size_t len);
    /* n bytes are not in the capture. */
    void (*lost)(void *watch, from side, stamp time, uint64_t n);
    /* n segments repeat bytes differently. */
    void (*conflict)(void *watch, from side, uint64_t n);
    /* n segments are not where the stream is, as forged ones are, and were passed over. */
    void (*misplaced)(void *watch, from side, uint64_t n);
    /* One side sends nothing any more. */
    void (*end)(void *watch, from side, stamp time);
    /* Always the last call. breaker: who broke it off, for FLOW_RESET. */
    void (*close)(void *watch, flow_end how, from breaker, stamp time);
} flow_watcher;

typedef struct flows flows;

/* The watcher is copied. */
flows *flows_new(const flow_watcher *watcher);

void flows_segment(flows *f, const segment *seg);

/* Nothing comes for a while: what was closed is over. */
void flows_quiet(flows *f);
/* Is there something for flows_quiet to do? */
int flows_wait_for_quiet(const flows *f);

/* Segments with bytes of sessions that came when these were over, and their bytes. */
void flows_unused(const flows *f, uint64_t *segments, uint64_t *bytes);

/* The capture is over: ends all connections, oldest first. */
void flows_finish(flows *f);

/* After flows_finish. */
void flows_free(flows *f);

#endif
