/* SPDX-License-Identifier: ISC */
/* A client's and a server's handshake wired together in memory. */
#ifndef SIDEWIRE_TESTS_HANDSHAKE_PAIR_H
#define SIDEWIRE_TESTS_HANDSHAKE_PAIR_H

#include "support.h"

typedef struct handshake_pair {
    sw_client_config client_config;
    sw_server_config server_config;
    sw_handshake client, server;
    uint8_t client_scratch[SW_SCRATCH_FULL], server_scratch[SW_SCRATCH_FULL];
    const sw_public_key *known;     /* the server's answer about the user */
    size_t step;                    /* bytes at a time; 0: all there are */
    bytes from_client, from_server; /* all that was sent */
} handshake_pair;

enum { FEATURE_SETS = 5 };
extern const unsigned feature_sets[FEATURE_SETS];

/* Everything allowed on both sides, user `bob` known by `public_key`. */
void pair_init(handshake_pair *pair, const sw_crypto *client_crypto, const sw_crypto *server_crypto,
               const sw_private_key *private_key, const sw_public_key *public_key, unsigned features);
/* Starts both and runs them until neither goes on: each is at SW_STEP_DONE or failed. The client's
 * caller says 'quiet' when it waits for a greeting and nothing comes; the side whose peer failed
 * sees the connection closed. */
void pair_run(handshake_pair *pair);
void pair_free(handshake_pair *pair);

#endif
