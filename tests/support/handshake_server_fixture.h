/* SPDX-License-Identifier: ISC */
/* A server's handshake for the suites that test it: a checked fixture, and a peer's moves. */
#ifndef SIDEWIRE_TESTS_HANDSHAKE_SERVER_FIXTURE_H
#define SIDEWIRE_TESTS_HANDSHAKE_SERVER_FIXTURE_H

#include "fake_crypto.h"
#include "support.h"

/* What server_setup makes: everything allowed, and a pair of keys for user `bob`. */
extern sw_private_key private_key;
extern sw_public_key public_key;
extern fake_crypto fake;
extern sw_server_config config;
extern sw_handshake server;
extern uint8_t *scratch;

void server_setup(void);
void server_teardown(void);

/* Starts `server` over cap bytes of scratch, and takes its greeting. */
void fixture_server_start(size_t cap);
/* Gives it all of data, `step` bytes at a time (0: at once), as long as it takes any. Returns the step
 * or error it is at, and how much it took in *taken, which may be NULL. */
int server_feed(const void *data, size_t len, size_t step, size_t *taken);
/* A server's challenge for this request, when the answer about the user is `known`. */
bytes server_challenge(const char *request, const sw_public_key *known);

#endif
