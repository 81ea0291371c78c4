/* SPDX-License-Identifier: ISC */
/* Addresses of a name, within a time. */
#ifndef SIDEWIRE_CLIENT_RESOLVE_H
#define SIDEWIRE_CLIENT_RESOLVE_H

#include <netdb.h>
#include <stdint.h>

/* getaddrinfo, or what stands in for it. It may be running when `resolve` has returned. */
typedef int resolver(const char *host, const char *port, const struct addrinfo *hints,
                     struct addrinfo **addresses);

enum { RESOLVE_TIMED_OUT = 1 }; /* no value of getaddrinfo is positive */

/* 0 with addresses to be freed, what the resolver returned, or RESOLVE_TIMED_OUT. An address needs no
 * resolver's time. */
int resolve(resolver *by, const char *host, const char *port, int64_t deadline, struct addrinfo **addresses);

#endif
