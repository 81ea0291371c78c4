/* SPDX-License-Identifier: ISC */
/* Captures made by hand: the packets of sessions, which may be repeated, dropped and put in another
 * order before they are written to a file. */
#ifndef SIDEWIRE_TESTS_TAPE_H
#define SIDEWIRE_TESTS_TAPE_H

#include "tcp_packet.h"
#include "wire_session.h"

typedef struct tape_packet {
    uint8_t data[TCP_PACKET_MAX];
    size_t len;
    size_t payload; /* bytes of it, at its end */
    from side;
} tape_packet;

/* Zero it. */
typedef struct tape {
    tape_packet *packets;
    size_t count, cap;
    tcp_connection connection; /* the one under way */
} tape;

/* Opens a connection to a port of the server. */
void tape_connect(tape *t, uint16_t server_port);
/* One side sends bytes, at most `step` of them in a segment. */
void tape_say(tape *t, from side, const void *data, size_t len, size_t step);
/* The server closes, then the client. */
void tape_close(tape *t);

/* A whole connection with all that a session says: both sides' openings and proofs, then the server
 * until it has said `proceed` bytes more, then all of the client, then the rest. */
void tape_session(tape *t, uint16_t server_port, const wire_session *w, size_t proceed, size_t step);

/* The number of the n-th packet (from 0 on) in which this side says something, from packet `first`
 * on. */
size_t tape_find(const tape *t, size_t first, from side, size_t n);

/* Says packet `at` once more, behind packet `after`. */
void tape_repeat(tape *t, size_t at, size_t after);
void tape_drop(tape *t, size_t at);
/* Puts packet `at` behind packet `after`, which comes later. */
void tape_delay(tape *t, size_t at, size_t after);

/* One packet in each millisecond. */
void tape_write(const tape *t, const char *name);
void tape_free(tape *t);

#endif
