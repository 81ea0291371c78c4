/* SPDX-License-Identifier: ISC */
/* What the parts of client.h share: the session and what it is at. */
#ifndef SIDEWIRE_CLIENT_CLIENT_INTERNAL_H
#define SIDEWIRE_CLIENT_CLIENT_INTERNAL_H

#include "client.h"

#include "keylog_writer.h"
#include "output.h"
#include "upload.h"
#include "wire.h"

enum {
    BUFFER_SIZE = 131072, /* holds any command, and any packet of an upload */
    RUNNING = -1          /* in place of an exit status */
};

struct client {
    const arguments *args;
    const invocation *invocation;
    const sw_command *command; /* the one asked for; NULL: not a known one */
    proof proof;
    trust *trust;
    sw_client_config config;
    sw_session session;
    keylog keylog;
    sw_secrets keys; /* of the session, if keylog wants them */
    output output;
    wire wire;
    upload upload;
    const char *peer;  /* how messages name the server */
    int is_ready;      /* the command may be sent; sealed: who we are was said with it */
    int authenticated; /* the server has answered that */
    int command_sent;
    int is_accepted;                   /* something came that only an accepted user gets */
    int is_sealed;                     /* a sealed session was begun */
    char refusal[CLIENT_REFUSAL_SIZE]; /* why another key is needed */
    int64_t deadline;                  /* of the handshake */
    int64_t idle_at;                   /* when a server that says and takes nothing has had its time */
    int64_t legacy_at;                 /* when a greeting that stopped behind a line is a legacy one */
    uint8_t rx[BUFFER_SIZE], tx[BUFFER_SIZE];
};

/* ---- client_ends.c: why a session is over; all return its status, after a message ---- */

/* For messages of our own: they get a line of the terminal for themselves. */
void client_begin_message(client *c);
int client_failed(client *c, const char *why, const char *hint);
int client_session_failed(client *c);
/* Another key may be taken: no message. */
int client_key_refused(client *c, const char *why);
/* Legacy mode, where closing is all that a server says at the end. */
int client_closed(client *c);
int client_timed_out(client *c);
/* RUNNING, unless this is a service of another kind, which would be waited for in vain. */
int client_check_stranger(client *c);

/* ---- client_events.c: what a session says ---- */

/* What they show of the receive buffer is written before anything else is done: before messages of
 * ours, and before more is read to it. RUNNING, or the status. */
int client_handle_events(client *c);

/* The status when standard output failed. */
int client_output_failed(const client *c);

#endif
