/* Writing a capture file in pcapng: packets that begin with an IP header, times in nanoseconds. */
#ifndef SIDEWIRE_TOOLS_PCAPNG_H
#define SIDEWIRE_TOOLS_PCAPNG_H

#include <stddef.h>
#include <time.h>

enum { PCAPNG_PACKET_MAX = 1500 };   /* bytes */

/* Makes a file that only its owner may read, or empties one that is there, and writes its header.
 * Nothing here waits: a pipe that is full, or that nobody reads, is an error. Returns a descriptor
 * to be closed, which processes may share, or -1 with errno: EWOULDBLOCK if the file is open here
 * or in another program. */
int pcapng_create(const char *path);

/* Adds a packet, in one write, so that what is in the file can be read at any time. 0, or -1 with
 * errno; the file then ends with the packet before. */
int pcapng_add(int fd, const struct timespec *time, const void *packet, size_t len);

#endif
