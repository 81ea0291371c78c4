/* SPDX-License-Identifier: ISC */
/* The descriptors of a connection, and moving a session's bytes through them. Meant to be called
 * when poll() says that they are ready; they may be blocking or not. */
#ifndef SIDEWIRE_CLIENT_WIRE_H
#define SIDEWIRE_CLIENT_WIRE_H

#include "recorder.h"

#include <sidewire/session.h>

enum { WIRE_FIRST_MAX = 120 }; /* bytes */

typedef struct wire {
    int in, out;                   /* may be the same */
    size_t write_max;              /* bytes that a ready `out` takes without blocking */
    int cannot_write;              /* the peer takes nothing any more */
    int sending_ended;             /* by wire_end_sending */
    int broken;                    /* errno if the connection broke rather than closed, or 0 */
    size_t received, sent;         /* bytes, stopping at SIZE_MAX */
    int line_ended;                /* the last byte received was an LF */
    uint8_t first[WIRE_FIRST_MAX]; /* the first of these bytes */
    size_t first_len;
    recording *recording; /* of all of them; NULL: none */
} wire;

void wire_init(wire *w, int in, int out);

/* Reads once. An end, orderly or not, is passed on to the session, which knows what it means.
 * 0, or the errno of another failure. */
int wire_read(wire *w, sw_session *session);

/* Writes once. 0, or an errno, after which nothing is written any more. */
int wire_write(wire *w, sw_session *session);

/* Tells the peer that nothing more is sent: shuts down that side of a socket, closes another
 * descriptor, which must not be `in`. 0, or an errno. */
int wire_end_sending(wire *w);

#endif
