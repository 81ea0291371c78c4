/* SPDX-License-Identifier: ISC */
/* Times in the ways that people read them. */
#ifndef SIDEWIRE_DUMP_TIMEPIECE_H
#define SIDEWIRE_DUMP_TIMEPIECE_H

#include "watch/events.h"

#include <stddef.h>

typedef enum time_format {
    TIMES_RELATIVE, /* seconds since the session's first packet */
    TIMES_ABSOLUTE, /* date and time of this machine's zone */
    TIMES_UTC,
    TIMES_DELTA, /* seconds since what was shown before */
    TIMES_EPOCH  /* seconds since 1970 */
} time_format;

enum { TIME_TEXT_SIZE = 64 };

/* Zero it and set the format. */
typedef struct timepiece {
    time_format format;
    int64_t before; /* what was shown before, for TIMES_DELTA */
    int begun;
    int64_t second;            /* which `date` is of */
    char date[TIME_TEXT_SIZE]; /* up to the seconds; empty: of none */
} timepiece;

/* By name, or by tshark's letter for it. 0, or -1: there is none of this name. */
int time_format_from(const char *name, time_format *format);
const char *time_format_name(time_format format);

/* Columns that are filled up with blanks. */
size_t timepiece_width(const timepiece *c);

/* Writes the time of a packet and returns the length. */
size_t timepiece_tell(timepiece *c, const session_info *info, int64_t time, char out[TIME_TEXT_SIZE]);

#endif
