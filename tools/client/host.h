/* SPDX-License-Identifier: ISC */
/* What a user may write for a server: HOST, HOST:PORT, an IPv6 address as it is, or in brackets with
 * a port behind it or not. */
#ifndef SIDEWIRE_CLIENT_HOST_H
#define SIDEWIRE_CLIENT_HOST_H

#include <stddef.h>

enum { HOST_SIZE = 1025 }; /* as NI_MAXHOST */

/* Copies the name or address to host, without brackets. *port is the part of the text behind the
 * colon; NULL: there is none. 0, or -1 with the reason in *why. */
int host_split(const char *text, char host[HOST_SIZE], const char **port, const char **why);

#endif
