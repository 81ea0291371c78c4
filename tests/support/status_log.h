/* SPDX-License-Identifier: ISC */
/* Feeds a reader of status items, checks every promise of it, and writes down what came out. */
#ifndef SIDEWIRE_TESTS_STATUS_LOG_H
#define SIDEWIRE_TESTS_STATUS_LOG_H

#include <sidewire/audio/status.h>

#include "suite.h"

enum { STATUS_LOG_SIZE = 4096 };

typedef struct status_log {
    sw_status_reader reader;
    char text[STATUS_LOG_SIZE]; /* `VALUE = NUMBER NAME SIZE` LF for each item; NAME `?`: NULL */
    size_t len;
    uint64_t offset; /* bytes of the value under way */
    size_t taken;    /* bytes of the input */
    int result;      /* of the last call */
} status_log;

void status_log_start(status_log *log, sw_status_form form, const sw_status_table *table);

/* Feeds a piece until all is taken or an error comes, from a buffer of exact size. Not after an
 * error. */
void status_log_feed(status_log *log, const void *piece, size_t len);

/* Feeds [0, a), [a, b), [b, len), as far as no error comes. */
void status_log_feed_cut(status_log *log, const char *text, size_t len, size_t a, size_t b);

/* Fails the running test, naming `what`, unless this was written down. */
void status_log_check(const char *what, const status_log *log, const char *expected, size_t len);

#endif
