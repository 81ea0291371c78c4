/* SPDX-License-Identifier: ISC */
/* The server's log: one line an event, on standard error. Nothing here ever waits: what cannot be
 * written at once is dropped and counted, and the next line that can be says how many were. log_event may be
 * called in any thread. */
#ifndef SIDEWIRE_SERVER_LOG_H
#define SIDEWIRE_SERVER_LOG_H

#include <stddef.h>

typedef enum log_level {
    LEVEL_DEBUG,
    LEVEL_INFO,
    LEVEL_NOTICE,
    LEVEL_WARNING,
    LEVEL_ERROR,
    LEVEL_CRIT,
    LEVEL_EMERG,
    LOG_LEVELS
} log_level;

enum {
    LOG_STRANGER_BURST = 200, /* lines of each level, at once ... */
    LOG_STRANGER_RATE = 20    /* ... and a second */
};

/* The name's level, or -1. */
int log_level_parse(const char *name);
const char *log_level_name(log_level level);

/* Events below this level are dropped; LEVEL_NOTICE until set. */
void log_set_level(log_level level);
log_level log_get_level(void);

/* Looks at what standard error is; without it, lines go there by write(2). For the start. */
void log_open(void);
void log_close(void);

/* Writes `TIME PROGRAM: LEVEL: text`, or for journald `<N>text`, where N is syslog's number of the
 * level. What could act on a terminal is escaped. */
void log_event(log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same, for what somebody can cause who is not authenticated: of each level so many lines at
 * once and a second as above; how many were left out is said later. */
void log_stranger(log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Text of others between quotes, in out[0..size): cannot be taken for what stands around it. Returns
 * out. */
char *log_quote(char *out, size_t size, const char *text, size_t len);

#endif
