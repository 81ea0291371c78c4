/* Sockets and their addresses. */
#ifndef SIDEWIRE_SERVER_LISTENER_H
#define SIDEWIRE_SERVER_LISTENER_H

#include <stddef.h>

/* A listening socket at a numeric address; port 0 picks a free one. Says where it listens on
 * standard output. 0, or an exit status after a report. */
int listener_open(const char *address, long port, int *listener);

/* Accepts a connection: its socket, and its address in peer[0..size); or -1 with errno. */
int listener_accept(int listener, char *peer, size_t size);

/* The address of whoever is at the other end of fd; `descriptors` if it has none. */
void peer_name(int fd, char *peer, size_t size);

#endif
