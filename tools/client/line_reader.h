/* SPDX-License-Identifier: ISC */
/* Lines of a stream that is no terminal. */
#ifndef SIDEWIRE_CLIENT_LINE_READER_H
#define SIDEWIRE_CLIENT_LINE_READER_H

#include <stddef.h>
#include <stdio.h>

enum { LINE_MAX_SIZE = 1 << 20 }; /* bytes; much more than a command can have */

typedef enum line_result {
    LINE_END, /* no more lines */
    LINE_READ,
    LINE_TOO_LONG,    /* one of more than LINE_MAX_SIZE bytes was skipped */
    LINE_INTERRUPTED, /* the user gave it up */
    LINE_FOREIGN,     /* one with bytes that are no text in the locale was skipped */
    LINE_FAILED       /* reading failed, see errno */
} line_result;

/* Reads one line into a buffer of LINE_MAX_SIZE bytes, without its LF, which the last one need not
 * have, without a CR in front of that, and without a NUL behind it. Never LINE_INTERRUPTED
 * nor LINE_FOREIGN. */
line_result line_read(FILE *stream, char *line, size_t *len);

#endif
