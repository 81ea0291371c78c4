/* SPDX-License-Identifier: ISC */
/* One session of the client, in a thread, while the test is the server. */
#ifndef SIDEWIRE_TESTS_CLIENT_SCENE_H
#define SIDEWIRE_TESTS_CLIENT_SCENE_H

#include "client_internal.h"

#include "peer.h"
#include "report.h"
#include "suite.h"

/* What the client is given, which may be changed until scene_start: alice with her key, the command `version`, a server
 * that nobody knows, and time enough. */
typedef struct client_scene {
    arguments args;
    credentials keys;
    invocation call;
    sw_crypto *crypto;
    trust trusted;
    proof shown;
    int64_t deadline;
    int ends[2];                /* of the connection: the client's, the server's */
    int in, out;                /* what the client is given of it */
    int from_client, to_client; /* what scene_server and scene_legacy_server are given */
    client *c;
    int status; /* of its end */
} client_scene;

extern client_scene scene;

void scene_start(void);
/* The same for more of the client, which returns its status. */
void scene_start_as(int (*run)(void));
/* Sends a signal to it that ends nothing but what it waits for. */
void scene_interrupt(void);

/* Waits for its end: this status, and these are all the lines on standard error. */
void scene_expect_end(int status, const char *errors);
/* Waits until they are all of it so far. */
void scene_await_errors(const char *errors);
/* All of standard output. */
void scene_expect_output(const char *text);

/* Servers; and the key of those who seal. */
peer *scene_server(void);
/* One that says no features, so it has to be allowed. */
peer *scene_legacy_server(void);
/* One that seals, and that is the right one; one that knows another key of alice. */
peer *scene_sealed_server(void);
peer *scene_sealed_server_of(const char *public_key);
sw_x25519_key scene_server_key(void);
const char *scene_fingerprint(void);

/* As the first of these, up to the command. */
peer *scene_take_command(peer *p);
/* Any of them, to its end: a command succeeds. */
void scene_go_on(peer *p);

/* The command `addimg`, and a file of this text for it. */
void scene_offer(const char *text);
void scene_close_offer(void);

/* A key of a user from its file. */
sw_private_key scene_private_key(const char *path);
/* Is there nothing left of the key? */
int scene_key_is_wiped(void);

/* A case whose tests have a scene each, and the main of such a suite. */
TCase *scene_case(Suite *suite, const char *name);
int scene_main(Suite *suite);

#endif
