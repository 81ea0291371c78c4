/* SPDX-License-Identifier: ISC */
/* Connecting to one of several addresses, in the manner of RFC 8305 ("happy eyeballs"). */
#ifndef SIDEWIRE_CLIENT_RACE_H
#define SIDEWIRE_CLIENT_RACE_H

#include <netdb.h>
#include <stdint.h>

enum {
    RACE_MAX = 32,        /* further addresses are not tried */
    RACE_HEAD_START = 250 /* milliseconds, until the next address is tried as well */
};

/* Is told of each address that failed, with its errno, and of the one that did not, with 0. */
typedef void race_told(const struct addrinfo *address, int error);

/* Tries the addresses, IPv6 and IPv4 in turns, one after the other as they fail or take too long, and
 * takes the connection that is made first. `told` may be NULL. A socket, or -1 with the errno of the
 * address that failed last, ETIMEDOUT at the deadline. */
int race(const struct addrinfo *addresses, int64_t deadline, race_told *told);

#endif
