/* What a command answers: bytes in memory, waiting for room in the session. */
#ifndef SIDEWIRE_SERVER_REPLY_H
#define SIDEWIRE_SERVER_REPLY_H

#include <sidewire/session.h>

struct reply_packet;

/* Zeroed: nothing to say yet. Fields are private to reply.c. A packet without text is sent, too. */
struct reply {
    struct reply_packet *first, *last;
    int finished;                /* the exit comes next */
    int exited;                  /* and is queued */
    int status;
    int out_of_memory;
};

/* What is printed from now on belongs to a new packet on that band. */
void reply_begin(struct reply *reply, sw_band band);
/* Adds to the packet. */
void reply_print(struct reply *reply, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Likewise, bytes as they are. */
void reply_add(struct reply *reply, const void *data, size_t len);

/* A new packet on that band of bytes that stay where they are until reply_is_waiting. */
void reply_lend(struct reply *reply, sw_band band, const void *data, size_t len);

/* The command is over: status 0 for success, 1 for failure. */
void reply_finish(struct reply *reply, int status);
/* The command failed: one ERROR_LOG packet of message and LF, then finish. */
void reply_fail(struct reply *reply, const char *message);

/* There is no memory to answer with: the session fails. */
void reply_give_up(struct reply *reply);

/* Has all that was said so far gone into the session, with more to come? */
int reply_is_waiting(const struct reply *reply);
int reply_is_finished(const struct reply *reply);

/* Hands as much as possible to the session, at last the exit. 1: something was taken; 0: nothing
 * to do, or no room; -1: the session failed, or there was no memory for the reply. */
int reply_send(struct reply *reply, sw_session *session);

void reply_free(struct reply *reply);

#endif
