/* Connecting over TCP. */
#ifndef SIDEWIRE_CLIENT_CONNECT_H
#define SIDEWIRE_CLIENT_CONNECT_H

#include <stdint.h>

/* How messages name a server: HOST:PORT, or [HOST]:PORT for an address with colons. */
enum { PEER_NAME_SIZE = 300 };
void peer_name(const char *host, const char *port, char name[PEER_NAME_SIZE]);

/* Tries all addresses of the host in turn, each with its share of the time left. Returns a
 * non-blocking socket, or -1 after a message. verbose: tells the address, and which failed. */
int connect_to(const char *host, const char *port, int64_t deadline, int verbose);

#endif
