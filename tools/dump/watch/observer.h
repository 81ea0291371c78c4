/* A passive decoder of one connection: finds out whether it is a session, and tells what happens in
 * it [protocol, sections 2 to 9]. Needs no I/O. */
#ifndef SIDEWIRE_DUMP_OBSERVER_H
#define SIDEWIRE_DUMP_OBSERVER_H

#include "events.h"
#include "keylog.h"
#include "keyring.h"

/* What all observers share; must stay. */
typedef struct observer_setup {
    const sw_crypto *crypto;
    const keyring *keys;
    const event_sink *sink;
    int whole_bodies;           /* else only the first bytes of a body are kept */
    uint64_t sessions;          /* how many were found */
    keylog_reader *log;         /* or NULL */
    uint64_t holes, crossed;    /* lost pieces that were decoded across, and their bytes */
} observer_setup;

typedef struct observer observer;

observer *observer_new(observer_setup *setup, const connection *about);

/* Bytes of one side, in order; they are decrypted in place. 0: this is no session. */
int observer_data(observer *o, from side, int64_t time, uint8_t *data, size_t len);

/* What the client sent so far is the whole request, and no more of the greeting follows: for those
 * who know. Otherwise the server's answer shows it. */
void observer_request_over(observer *o);

/* Is this side's challenge or response what comes next, or not yet complete? */
int observer_is_proving(const observer *o, from side);

/* n bytes of one side are missing. */
void observer_lost(observer *o, from side, int64_t time, uint64_t n);

/* n segments of one side repeat bytes differently. */
void observer_conflict(observer *o, from side, uint64_t n);

/* n segments of one side were passed over, as they are not where the stream is. */
void observer_misplaced(observer *o, from side, uint64_t n);

/* One side sends nothing any more. */
void observer_end(observer *o, from side);

/* It is over: tells how, if it was a session, and frees the observer with all its keys. */
void observer_close(observer *o, flow_end how, from breaker, int64_t time);

#endif
