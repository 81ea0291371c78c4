/* SPDX-License-Identifier: ISC */
/* What a command answers: bytes in memory, waiting for room in the session. */
#ifndef SIDEWIRE_SERVER_REPLY_H
#define SIDEWIRE_SERVER_REPLY_H

#include <sidewire/session.h>

typedef struct reply_packet reply_packet;

/* Zeroed: nothing to say yet. Fields are private to reply.c. A packet without text is sent, too. */
typedef struct reply {
    reply_packet *first, *last;
    int finished; /* the exit comes next */
    int exited;   /* and is queued */
    int status;
    int out_of_memory;
} reply;

/* What is printed from now on belongs to a new packet on that band. */
void reply_begin(reply *r, sw_band band);
/* Adds to the packet. */
void reply_print(reply *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Likewise, bytes as they are. */
void reply_add(reply *r, const void *data, size_t len);

/* A new packet on that band of bytes that stay where they are until they are in the session. */
void reply_lend(reply *r, sw_band band, const void *data, size_t len);

/* The command is over: status 0 for success, 1 for failure. */
void reply_finish(reply *r, int status);
/* The command failed: one ERROR_LOG packet of message and LF, then finish. */
void reply_fail(reply *r, const char *message);

/* There is no memory to answer with: the session fails. */
void reply_give_up(reply *r);

/* Bytes that are not in the session yet. */
size_t reply_size(const reply *r);
/* Is there nothing that reply_send could do? */
int reply_is_idle(const reply *r);

/* Has all that was said so far gone into the session, with more to come? */
int reply_is_waiting(const reply *r);
/* Likewise, but for one packet that has not gone yet. */
int reply_is_almost_waiting(const reply *r);
int reply_is_finished(const reply *r);

/* Hands as much as possible to the session, at last the exit. 1: something was taken; 0: nothing
 * to do, or no room; -1: the session failed, or there was no memory for the reply. */
int reply_send(reply *r, sw_session *session);

void reply_free(reply *r);

#endif
