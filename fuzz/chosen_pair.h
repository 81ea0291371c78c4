/* SPDX-License-Identifier: ISC */
/* A client's and a server's session wired together in memory, with an application on each side, as session_choices say.
 * Not over tests/wired/: here each byte may be cut, held back or changed between the two, buffers are exchanged, calls
 * come too early, and what a session wants is compared with what happens, at each step. */
#ifndef SIDEWIRE_FUZZ_CHOSEN_PAIR_H
#define SIDEWIRE_FUZZ_CHOSEN_PAIR_H

#include <sidewire/session.h>

#include "fake_crypto.h"
#include "choices.h"
#include "trace.h"

#define PAIR_USER "bob"

typedef struct pair_side {
    int is_client;
    fake_crypto fake;
    sw_session session;
    int result; /* of the last sw_session_next; or of the start, if it failed */
    uint8_t *rx, *tx;
    size_t rx_size, tx_size;
    cutter cut;     /* of what it receives */
    trace sent;     /* all of it: the peer takes it from here */
    size_t arrived; /* of what the peer sent */
    int closed;     /* it sends nothing any more */
    int saw_end;    /* it was told that the peer does not either */
    int saw_closed; /* SW_EVENT_CLOSED */
    trace seen;     /* what its application was told */
} pair_side;

/* What the server's application is at. */
typedef enum pair_stage { STAGE_COMMAND, STAGE_ASK, STAGE_UPLOAD, STAGE_REPLY, STAGE_OVER } pair_stage;

typedef struct chosen_pair {
    session_choices choices;
    const uint8_t *text; /* what arguments and data are made of */
    size_t text_len;
    sw_private_key private_key;
    sw_ed25519_key ed25519;
    sw_public_key public_key; /* the user's, of either */
    sw_x25519_key server_key;
    sw_client_config client_config;
    sw_server_config server_config;
    char *argv[SESSION_ARGS_MAX];
    size_t argc;
    uint8_t *content; /* all data is an end of this */
    pair_side client, server;
    size_t steps; /* a bound on them is checked */
    int lends;    /* buffers are exchanged */

    int ready, command_sent, upload_sent; /* the client's application */
    size_t upload_at;
    pair_stage stage; /* the server's */
    size_t reply, reply_at;
} chosen_pair;

/* Starts both sides. Input: session_choices, then text. cut: deliver as the choices cut it. */
void chosen_pair_init(chosen_pair *pair, const uint8_t *data, size_t size, int cut);
/* 1 if both could be started. */
int chosen_pair_started(const chosen_pair *pair);
/* Runs until nothing moves: then both peers are quiet, then they close. */
void chosen_pair_run(chosen_pair *pair);
void chosen_pair_free(chosen_pair *pair);

/* What the choices mean. Does the application sign, if the session is sealed? */
int chosen_pair_signs(const chosen_pair *pair);
size_t chosen_pair_upload_len(const chosen_pair *pair);
size_t chosen_pair_reply_len(const chosen_pair *pair, size_t reply);
/* The band of a reply; 0: there is none. */
uint8_t chosen_pair_reply_band(const chosen_pair *pair, size_t reply);
/* The data of an upload or a reply of that size. */
const uint8_t *chosen_pair_content(const chosen_pair *pair, size_t len);

#endif
