/* SPDX-License-Identifier: ISC */
#include "line_reader.h"

#include "text_lines.h"

#include <errno.h>
#include <poll.h>

/* Waits also for a descriptor that somebody else made non-blocking. */
static int next_byte(FILE *stream)
{
    int c;

    while ((c = getc_unlocked(stream)) == EOF && ferror(stream) && errno == EAGAIN) {
        struct pollfd ready = { fileno(stream), POLLIN, 0 };
        poll(&ready, 1, -1);
        clearerr(stream);
    }
    return c;
}

line_result line_read(FILE *stream, char *line, size_t *len)
{
    size_t n = 0;
    int too_long = 0;
    int c;

    while ((c = next_byte(stream)) != EOF && c != '\n') {
        if (n < LINE_MAX_SIZE)
            line[n++] = (char)c;
        else
            too_long = 1;
    }
    *len = too_long ? n : text_line_length(line, n);
    if (c == EOF && ferror(stream))
        return LINE_FAILED;
    if (too_long)
        return LINE_TOO_LONG;
    return c == EOF && n == 0 ? LINE_END : LINE_READ;
}
