/* SPDX-License-Identifier: ISC */
/* Sessions that the target of captures takes its segments from: both sides' own code has spoken
 * them, with keys of fake_crypto. */
#ifndef SIDEWIRE_FUZZ_RECORDED_SESSION_H
#define SIDEWIRE_FUZZ_RECORDED_SESSION_H

#include <sidewire/keys.h>
#include <sidewire/messages.h>

#include "trace.h"

enum { RECORDED_SESSIONS = 6 }; /* the last two are sealed */

enum { RECORDED_CLIENT = 0, RECORDED_SERVER = 1 };

typedef struct recorded_session {
    int ready;
    unsigned features;
    trace sent[2];
    size_t opening[2];  /* where request and greeting end */
    size_t proof[2];    /* where response and challenge end, or the messages of a sealed handshake */
    sw_private_key key; /* the user's; plain sessions */
    sw_secrets keys;    /* the session's; a sealed one's ephemeral key is zeros */
} recorded_session;

/* Recorded when it is first asked for, and kept. */
const recorded_session *recorded_session_get(unsigned which);

#endif
