/* SPDX-License-Identifier: ISC */
/* Standard streams as they may be found: closed, or made non-blocking by somebody else who has them
 * too. */
#ifndef SIDEWIRE_TOOLS_STANDARD_STREAMS_H
#define SIDEWIRE_TOOLS_STANDARD_STREAMS_H

#include <stddef.h>

/* For the start of main: what is opened later must not take the number of a standard stream that is
 * closed. The stand-ins fail as closed ones do. 0, or -1 with errno. */
int standard_streams_open(void);

/* Writes all, and waits while a non-blocking descriptor takes nothing. 0, or -1 with errno. */
int write_waiting(int fd, const void *data, size_t len);

#endif
