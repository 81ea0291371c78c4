/* SPDX-License-Identifier: ISC */
/* What the example servers have in common: one user, and one command, `echo`, which prints its
 * arguments. */
#ifndef SIDEWIRE_EXAMPLES_ANSWERS_H
#define SIDEWIRE_EXAMPLES_ANSWERS_H

#include "common.h"

enum {
    RX_SIZE = 4096,
    TX_SIZE = RX_SIZE + 64 /* any answer to a command that fits rx fits an empty tx */
};

extern sw_server_config server_config;

/* From the arguments PORT USER PUBLIC_KEYFILE, with which it goes on. Returns the socket that listens. */
int start_server(int argc, char **argv);

/* After each read: takes the events that are due and answers them. Returns SW_EVENT_NEED_MORE or an error. */
int answer_events(sw_session *session);

#endif
