/* SPDX-License-Identifier: ISC */
/* Sockets and their addresses. */
#ifndef SIDEWIRE_SERVER_LISTENER_H
#define SIDEWIRE_SERVER_LISTENER_H

#include <stddef.h>
#include <sys/socket.h>

/* A listening socket at a numeric address; port 0 picks a free one. 0, or an exit status after a report. */
int listener_open(const char *address, long port, int *listener);

/* Says on standard output where it listens. */
void listener_announce(int fd);

/* Sockets that a service manager opened for us [sd_listen_fds(3)]: writes them to fds[0..max). Returns
 * how many, 0 if there are none, or -1 after a report. */
int listeners_inherited(int *fds, size_t max);

/* Is it a socket that listens? */
int listener_is_one(int fd);

/* Accepts a connection: its socket, and where it is from; or -1 with errno. */
int listener_accept(int listener, struct sockaddr_storage *from);

/* Not more than some KiB of what is sent waits in the system for a peer that does not read. */
void listener_keep_buffers_small(int fd);

/* An address as text: ADDR:PORT, or [ADDR]:PORT for IPv6; `descriptors` if it is none of these. */
void address_name(const struct sockaddr_storage *address, char *text, size_t size);

/* The address of whoever is at the other end of fd. */
void peer_name(int fd, char *peer, size_t size);

#endif
