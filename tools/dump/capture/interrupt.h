/* SPDX-License-Identifier: ISC */
/* SIGINT and SIGTERM end the reading, and let what was read be shown to its end. */
#ifndef SIDEWIRE_DUMP_INTERRUPT_H
#define SIDEWIRE_DUMP_INTERRUPT_H

/* From here on; once a process. The second signal of a kind ends the program as usual. 0, or -1
 * with errno. */
int interrupt_open(void);

/* Did one come? */
int interrupt_came(void);

typedef enum awaited { AWAITED_SIGNAL, AWAITED_READABLE, AWAITED_TIMEOUT } awaited;

/* Waits for a descriptor to be readable, for a signal, or for some milliseconds; -1: without end. */
awaited interrupt_await(int fd, int timeout);

#endif
