/* SPDX-License-Identifier: ISC */
/* One connection, watched: what its session does, as items for whoever shows it. Keeps the bytes that the core's
 * observer cannot take yet, tries keys, and puts messages together. Needs no I/O of its own. */
#ifndef SIDEWIRE_DUMP_WATCH_SESSION_H
#define SIDEWIRE_DUMP_WATCH_SESSION_H

#include "events.h"
#include "keylog.h"
#include "keyring.h"

typedef struct watch watch;

enum { WATCH_USERS = 1024 };

/* What all watches share; must stay. Zero what is not named. */
typedef struct watch_setup {
    const sw_crypto *crypto;
    const keyring *keys;
    const event_sink *sink;
    int whole_bodies;           /* else only the first bytes of a body are kept */
    uint64_t sessions;          /* how many were found */
    uint64_t candidates;        /* and connections that may be some, but no keys show it */
    keylog_reader *log;         /* or NULL */
    uint64_t holes, crossed;    /* lost pieces that were decoded across, and their bytes */
    size_t fitted[WATCH_USERS]; /* by hash of the user: the key that fitted last, which is tried first */
    watch *waiting;             /* those that may yet find their keys in the log */
} watch_setup;

/* Who is client and server in *about is a guess: what is said decides. */
watch *watch_new(watch_setup *setup, const connection *about);

/* Bytes of one end, in order; they are decrypted in place. 0: this is no session. */
int watch_data(watch *w, from end, stamp time, uint8_t *data, size_t len);

/* n bytes of one end are missing. */
void watch_lost(watch *w, from end, stamp time, uint64_t n);

/* What waits of this end is all that there is of its message, for those who know. */
void watch_message_over(watch *w, from end);

/* n segments of one end repeat bytes differently. */
void watch_conflict(watch *w, from end, uint64_t n);

/* n segments of one end were passed over, as they are not where the stream is. */
void watch_misplaced(watch *w, from end, uint64_t n);

/* One end sends nothing any more. */
void watch_end(watch *w, from end);

/* It is over: tells how, if it was a session, and frees the watch with all its keys. */
void watch_close(watch *w, flow_end how, from breaker, stamp time);

/* Looks whether the key log has grown, and goes on with those whose keys it has now. 1: there are others that
 * still wait. */
int sessions_retry(watch_setup *setup);

/* All connections of a capture: their watches share the setup, which must stay. */
flow_watcher sessions_watcher(watch_setup *setup);

#endif
