/* SPDX-License-Identifier: ISC */
/* One session under test, and a peer made of the bare parts that may send anything at any time. */
#ifndef SIDEWIRE_TESTS_SESSION_PEER_H
#define SIDEWIRE_TESTS_SESSION_PEER_H

#include <sidewire.h>

enum { PEER_RX_SIZE = 4096 }; /* of the session's receive buffer */

extern sw_session session;

void peer_setup(void);
void peer_teardown(void);

/* Start the session as a client (the peer is a server) or as a server, everything allowed on both
 * sides, and run the handshake up to the peer's ciphers. */
void peer_start_client(unsigned features);
void peer_start_server(unsigned features);

/* Takes what the session wants to send. */
void peer_drain(void);

/* The peer sends a packet, or the first `send` bytes of one, whose body is of `size` bytes. */
void peer_send_packet(uint8_t band, uint32_t size);
void peer_send_part(uint8_t band, uint32_t size, size_t send);
/* Bare text under its cipher, as in legacy mode. */
void peer_send_text(const char *text);

/* The session's next event, in which nothing is of use that it does not say. */
int next_event(sw_event *event);
/* It is of that type. */
void expect_event(int type);

#endif
