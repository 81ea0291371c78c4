/* SPDX-License-Identifier: ISC */
/* What a command goes on with after its function returned, until it finishes its reply. */
#ifndef SIDEWIRE_SERVER_TASK_H
#define SIDEWIRE_SERVER_TASK_H

#include <stddef.h>
#include <stdint.h>

typedef struct connection connection;

/* Zeroed: nothing. Functions may be NULL, and answer through c->reply. */
typedef struct task {
    void *state; /* its own, given to `release` in the end */
    void (*release)(void *state);
    /* A slice of the upload that the reply has asked for; of length 0 at its end. Not called once
     * the reply is finished. */
    void (*receive)(connection *connection, const uint8_t *data, size_t len);
    /* The peer takes more. Called whenever the reply has nothing left to send, and at `wake`. */
    void (*resume)(connection *connection, int64_t now);
    int reads_ahead; /* resumed when one packet is left, too, so that the next one is ready behind it */
    int64_t wake;    /* ms; only with `resume`. 0: not by time */
    /* Goes on for ever, about what happens: resumed at each of the server's events, too, but only when
     * all before is with the peer, and not worth going on once that sends nothing any more. */
    int watches;
} task;

#endif
