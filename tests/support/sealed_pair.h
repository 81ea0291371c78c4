/* SPDX-License-Identifier: ISC */
/* A client and a server wired together in memory for a sealed session, with a small application on each
 * side, and somebody in between who may change what passes. */
#ifndef SIDEWIRE_TESTS_SEALED_PAIR_H
#define SIDEWIRE_TESTS_SEALED_PAIR_H

#include <sidewire/session.h>

#include "fake_crypto.h"
#include "support.h"
#include "wired.h"

struct sealed_pair;

typedef struct sealed_pair {
    /* set before the run; sealed_pair_start has set all to a session that goes well */
    sw_client_config client_config;
    sw_server_config server_config;
    const sw_public_key *known; /* the user's key as the server has it; NULL: unknown */
    sw_argument argument;       /* of the command, catimg */
    int reject_server;          /* the client does not accept the server's key */
    bytes reply, upload;        /* an upload is asked for if it is not empty */
    int greeting_ends;          /* the client's timer says so when nothing more comes */
    size_t step;                /* bytes moved at a time; 0: as many as go */
    size_t rx_size, tx_size;    /* of all buffers */
    /* In between: sees all that a side sends, in pieces as they are sent, and may change them. */
    void (*relay)(struct sealed_pair *pair, int from_server, bytes *piece);
    void *relay_context;
    /* The client signs with another key, or a signature is changed on its way to the session. */
    void (*change_signature)(uint8_t *blob, size_t len);

    /* afterwards */
    int client_result, server_result; /* 0, or the error */
    int client_status;                /* of EXIT; -1: none came */
    int refusal;                      /* of REFUSED; 0: none came */
    int events[16];                   /* how many of each, both sides */
    bytes to_client, to_server;       /* all that passed, as it was sent */
    bytes received, uploaded, command;
    char user[256];

    /* inside */
    sw_session client, server;
    fake_crypto client_fake, server_fake;
    wired_keys keys;
    uint8_t *buffers[4];
    wired_body replied, sent; /* how far they are */
    int command_queued, command_seen, asked, uploading, upload_came;
    int client_over, server_over;
} sealed_pair;

/* A user whose key is of Ed25519, or of RSA, and a server that takes both suites. */
void sealed_pair_start(sealed_pair *pair, sw_key_type type);
/* Runs both sides until they are over, and their ends with them. */
void sealed_pair_run(sealed_pair *pair);
void sealed_pair_free(sealed_pair *pair);

/* All went well on both sides, and all came. */
void sealed_pair_expect_done(const sealed_pair *pair);
/* No cipher and no hash of either side is left that was not wiped. */
void sealed_pair_expect_wiped(const sealed_pair *pair);

#endif
