/* SPDX-License-Identifier: ISC */
/* Writing a capture file in pcapng: packets that begin with an IP header, times in nanoseconds. */
#ifndef SIDEWIRE_TOOLS_PCAPNG_H
#define SIDEWIRE_TOOLS_PCAPNG_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

enum { PCAPNG_PACKET_MAX = 1500, PCAPNG_SECRETS_MAX = 256 }; /* bytes */

/* Makes a file that only its owner may read, or empties one that is there, and writes its header.
 * Nothing waits: a pipe that is full, or that nobody reads, is an error. Returns a descriptor
 * to be closed, which processes may share, or -1 with errno: EWOULDBLOCK if the file is open here
 * or in another program. */
int pcapng_create(const char *path);
/* The same, but waits for whoever reads a pipe, here and in pcapng_add. */
int pcapng_create_waiting(const char *path);

/* The same for a file that several programs add to at the same time, each by a descriptor of its own:
 * what is in it stays. Waits for a moment, as long as another one begins the file. EWOULDBLOCK: it was
 * opened by pcapng_create. EEXIST: there is something else in it, or it is no regular file. */
int pcapng_join(const char *path);

/* Adds a packet, in one write, so that what is in the file can be read at any time. 0, or -1 with
 * errno; the file then ends with the packet before. */
int pcapng_add(int fd, const struct timespec *time, const void *packet, size_t len);

/* Adds a block of decryption secrets, likewise. type: what they are. */
int pcapng_add_secrets(int fd, uint32_t type, const void *secrets, size_t len);

#endif
