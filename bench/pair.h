/* A client's and a server's session joined in memory. */
#ifndef SIDEWIRE_BENCH_PAIR_H
#define SIDEWIRE_BENCH_PAIR_H

#include <sidewire/session.h>

enum { PAIR_BUFFER_SIZE = 4096 };

/* Moves all that `from` has to send, and there is room for. Returns the bytes moved. Failures end
 * the program, here and below. */
size_t pair_move(sw_session *from, sw_session *to);

/* Runs a session to its next event that is none of the handshake's, and returns that, or
 * SW_EVENT_NEED_MORE: any user has this key. */
int pair_next(sw_session *session, const sw_public_key *key, sw_event *event);

/* From the greeting until both sides are READY. server_time: the server's part, see
 * timing_begin_part. */
void pair_handshake(sw_session *client, sw_session *server, const sw_public_key *key,
                    double *server_time);

/* Ends the program unless result is what is wanted. */
void pair_want(int result, int wanted, const sw_session *session, const char *what);

#endif
