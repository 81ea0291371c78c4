/* SPDX-License-Identifier: ISC */
/* An observer that is fed a session, with a log of what it says. */
#ifndef SIDEWIRE_TESTS_WATCHED_H
#define SIDEWIRE_TESTS_WATCHED_H

#include "event_log.h"
#include "watch/session.h"
#include "wire_session.h"

/* Features of the sessions. */
enum {
    AES = SW_FEATURE_SIDEBAND | SW_FEATURE_AES_CTR128,
    AES_SHA256 = AES | SW_FEATURE_SHA256,
    RC4 = SW_FEATURE_SIDEBAND,
    LEGACY = 0
};

typedef struct watched {
    sw_crypto *crypto;
    keyring keys;
    event_sink sink;
    event_log log;
    watch_setup setup;
    watch *watch;
    wire_session session;
    size_t at[2]; /* what of each side was fed or lost */
    stamp time;
} watched;

/* The session's keys are in a key log. */
void watched_open(watched *w, unsigned features, int whole_bodies);
/* Ends the observer, and fails the test, naming `what`, unless it said this. Frees all. */
void watched_check(const char *what, watched *w, const char *expected);
/* The first half of that: what it said, valid until watched_close. */
const char *watched_end(watched *w);
void watched_close(watched *w);

/* Feeds a side, in pieces of at most `step` bytes (0: in one), up to a place in what it sent. */
void watched_feed(watched *w, from side, size_t until, size_t step);
void watched_lose(watched *w, from side, size_t n);

/* Feeds greeting, request, challenge and response. */
void watched_handshake(watched *w);
/* Feeds all that is left, the server first. */
void watched_rest(watched *w);

/* Writes the key log anew, or adds to it. */
void watched_write_log(const char *text, const char *mode);

#endif
