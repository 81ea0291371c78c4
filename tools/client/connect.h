/* SPDX-License-Identifier: ISC */
/* Connecting over TCP. */
#ifndef SIDEWIRE_CLIENT_CONNECT_H
#define SIDEWIRE_CLIENT_CONNECT_H

#include <stdint.h>

/* How messages name a server: HOST:PORT, or [HOST]:PORT for an address with colons. */
enum { PEER_NAME_SIZE = 300 };
void peer_name(const char *host, const char *port, char name[PEER_NAME_SIZE]);

/* Finds the addresses of the host, which may take until the deadline, and connects to one of them: see
 * race.h. Returns a non-blocking socket, or -1 after a message. verbose: tells which address, and
 * which failed. */
int connect_to(const char *host, const char *port, int64_t deadline, int verbose);

#endif
