/* SPDX-License-Identifier: ISC */
/* One connection from two files with the bytes that each side sent, as tcpflow writes them. When
 * they were sent, and in which order, is not known; they are taken in the order of a session. */
#ifndef SIDEWIRE_DUMP_RAW_STREAMS_H
#define SIDEWIRE_DUMP_RAW_STREAMS_H

#include "watch/session.h"

/* paths by `from`; `-` is standard input, NULL: the side was not recorded. Reads both to their end,
 * or to a signal (interrupt.h). 0, or -1 with the reason, which names the file, in why. */
int raw_streams_watch(const char *const paths[2], watch_setup *setup, char *why, size_t why_size);

#endif
