/* A passive decoder of one connection: finds out whether it is a session, and tells what happens in
 * it [protocol, sections 2 to 9]. Needs no I/O. */
#ifndef SIDEWIRE_DUMP_OBSERVER_H
#define SIDEWIRE_DUMP_OBSERVER_H

#include "events.h"
#include "keyring.h"

/* What all observers share; must stay. */
typedef struct observer_setup {
    const sw_crypto *crypto;
    const keyring *keys;
    const event_sink *sink;
    int whole_bodies;           /* else only the first bytes of a body are kept */
    uint64_t sessions;          /* how many were found */
} observer_setup;

typedef struct observer observer;

observer *observer_new(observer_setup *setup, const connection *about);

/* Bytes of one side, in order; they are decrypted in place. 0: this is no session. */
int observer_data(observer *o, from side, int64_t time, uint8_t *data, size_t len);

/* n bytes of one side are missing. */
void observer_lost(observer *o, from side, int64_t time, uint64_t n);

/* One side sends nothing any more. */
void observer_end(observer *o, from side);

/* It is over: tells how, if it was a session, and frees the observer with all its keys. */
void observer_close(observer *o, flow_end how, from breaker, int64_t time);

#endif
