/* SPDX-License-Identifier: ISC */
/* Two sealed sessions of one process, moved on by hand, of a user with an Ed25519 key. */
#ifndef SIDEWIRE_TESTS_SEALED_FIXTURE_H
#define SIDEWIRE_TESTS_SEALED_FIXTURE_H

#include "sealed_pair.h"
#include "suite.h"

enum { SEALED_RX = 2048, SEALED_TX = 4096 };

extern fake_crypto fakes[2];
extern wired_keys keys;
extern sw_client_config client_config;
extern sw_server_config server_config;
extern sw_session client, server;
extern uint8_t buffers[4][SEALED_TX]; /* rx and tx of the client, of the server */
extern char long_name[300];

void sealed_setup(void);
void sealed_teardown(void);

/* rx: size of the server's. */
void sealed_open(size_t rx);

void sealed_move(void);

/* The next event of a side, with what the other has to say for it. */
int sealed_next(sw_session *s, sw_event *event);

/* As the client, what the event asks for. */
int sealed_sign(const sw_event *event);

/* Until the client is to sign. */
void sealed_shake_hands(size_t rx, sw_event *event);

/* Until both are ready. */
void sealed_authenticate(size_t rx);

#endif
