/* SPDX-License-Identifier: ISC */
/* A client's and a server's session wired together in memory, with a small application on each
 * side: the client sends a command and uploads on demand, the server replies and exits. */
#ifndef SIDEWIRE_TESTS_SESSION_PAIR_H
#define SIDEWIRE_TESTS_SESSION_PAIR_H

#include "fake_crypto.h"
#include "handshake_pair.h"
#include "wired.h"

typedef struct session_pair {
    /* set before the run */
    const char *const *argv;
    size_t argc;
    bytes reply;         /* sent as OUTPUT; the caller's */
    const bytes *upload; /* NULL: the server does not ask for one */
    int status;          /* the server's exit status */
    int unknown;         /* the server does not know the user */
    size_t step;         /* bytes moved at a time; 0: as many as go */

    /* afterwards */
    int client_result, server_result; /* 0 or the error */
    int received_status;              /* -1: none came */
    bytes received, uploaded, command;

    /* inside */
    sw_session client, server;
    sw_client_config client_config;
    sw_server_config server_config;
    fake_crypto client_crypto, server_crypto;
    wired_keys keys;
    uint8_t *buffers[4];
    wired_body replied, sent; /* how far they are */
    int command_seen, uploading, client_over, server_over, idle;
} session_pair;

void session_pair_start(session_pair *pair, unsigned features, size_t client_rx, size_t client_tx,
                        size_t server_rx, size_t server_tx);
/* One round of both sides. 0: nothing will happen any more. Fails the test if they wait for each
 * other. */
int session_pair_step(session_pair *pair);
/* Runs both sides until they are over. */
void session_pair_run(session_pair *pair);
void session_pair_free(session_pair *pair);

#endif
