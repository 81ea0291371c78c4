/* SPDX-License-Identifier: ISC */
/* A client's and a server's session, wired in memory, whose handshake is run and its time taken. */
#ifndef SIDEWIRE_BENCH_PAIR_H
#define SIDEWIRE_BENCH_PAIR_H

#include "wired.h"

enum { PAIR_BUFFER_SIZE = 4096 };

/* Runs a session to its next event that is none of the handshake's, and returns that, or
 * SW_EVENT_NEED_MORE: any user has this key. Failures end the program, here and below. */
int pair_next(sw_session *session, const sw_public_key *key, sw_event *event);

/* From the greeting until both sides are READY. server_time: the server's part, see
 * timing_begin_part. */
void pair_handshake(sw_session *client, sw_session *server, const sw_public_key *key, double *server_time);

#endif
