/* SPDX-License-Identifier: ISC */
/* What the suites of hostile peers share. They run in a short form, for machines that do much else at the
 * time, or, if SIDEWIRE_HOSTILE is `long`, with more of everything and the limits that are promised. */
#ifndef SIDEWIRE_TESTS_HOSTILE_H
#define SIDEWIRE_TESTS_HOSTILE_H

#include "peer.h"
#include "tools.h"

int hostile_is_long(void);
/* n, or ten times as many. */
int hostile_times(int n);

/* Has the server memory of a sanitizer's, so that figures of it say nothing? */
int hostile_is_sanitized(void);

/* For tests that hold many sockets. */
void hostile_raise_descriptors(void);

/* Connects to a port of 127.0.0.1 from an address of this machine, such as 127.0.0.2. */
int dial_from(const char *address, const char *port);
/* ... and takes hardly anything unread. */
int dial_small(const char *address, const char *port);

/* Logs in as alice over a new connection, and sends a command (words). */
peer *hostile_command(int fd, const char *words, int has_input);

/* Ends a server by SIGTERM, whatever its log says. */
void hostile_stop(const server *s);

/* Milliseconds of a clock that nobody sets. */
double hostile_ms(void);

/* Runs `version` as alice from there: milliseconds from connecting to its end, or -1 if it is refused. */
double hostile_probe(const char *address, const char *port);

/* Text of a file of /proc, as far as a MiB. */
char *hostile_read_proc(const char *path);

/* Kilobytes that a process has resident. */
long hostile_resident(const process *p);
/* What of a kind (fd, task) it has. */
int hostile_count(const process *p, const char *what);
/* Waits until it has no more of it. */
void hostile_await_count(const process *p, const char *what, int count);

/* In order from then on; the part of `count` values that is at or below the result is `part`. */
double hostile_quantile(double *values, int count, double part);

/* A figure that a person may want to see. */
void hostile_figure(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
