/* SPDX-License-Identifier: ISC */
/* Text and numbers on their way to a file: what printf would do, but fit for millions of lines. */
#ifndef SIDEWIRE_DUMP_WRITER_H
#define SIDEWIRE_DUMP_WRITER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
    WRITER_SIZE = 65536,
    NUMBER_SIZE = 20, /* digits of the largest uint64_t */
    SECONDS_SIZE = 32 /* of what format_seconds gives */
};

typedef struct writer {
    FILE *out;
    int at_once;    /* out is a terminal, at which somebody waits */
    int ascii_only; /* of what a peer said, see printable.h */
    size_t len;
    char data[WRITER_SIZE]; /* not yet in `out` */
} writer;

/* out must stay; its error indicator tells whether writing failed. */
void writer_init(writer *w, FILE *out);

/* Hands all that was put so far to the file. */
void writer_flush(writer *w);

/* An event is told: does the same if somebody may be waiting for it. */
void writer_event_over(writer *w);

/* Room for n bytes, at most WRITER_SIZE, behind what was put so far. Add to w->len how many of them
 * were filled in. */
static inline char *writer_room(writer *w, size_t n)
{
    if (n > WRITER_SIZE - w->len)
        writer_flush(w);
    return w->data + w->len;
}

static inline void put_char(writer *w, char c)
{
    *writer_room(w, 1) = c;
    w->len++;
}

void put_many_bytes(writer *w, const void *data, size_t len);

static inline void put_bytes(writer *w, const void *data, size_t len)
{
    if (len > WRITER_SIZE - w->len) {
        put_many_bytes(w, data, len);
    } else if (len > 0) {
        memcpy(w->data + w->len, data, len);
        w->len += len;
    }
}

static inline void put_text(writer *w, const char *text)
{
    put_bytes(w, text, strlen(text));
}

static inline void put_blanks(writer *w, size_t n)
{
    enum { AT_ONCE = 32 }; /* of constant size, so that it takes a few instructions */

    while (n > 0) {
        size_t some = n < AT_ONCE ? n : AT_ONCE;

        memset(writer_room(w, AT_ONCE), ' ', AT_ONCE);
        w->len += some;
        n -= some;
    }
}

/* A text behind which blanks fill up to the width. */
void put_padded(writer *w, const char *text, size_t width);

/* A decimal number, with blanks before it up to the width. */
void put_number(writer *w, uint64_t n, size_t width);

/* Nanoseconds as seconds with so many decimals, 1 to 9; returns the length. */
size_t format_seconds(char out[SECONDS_SIZE], int64_t ns, unsigned decimals);
/* With blanks before it up to the width. */
void put_seconds(writer *w, int64_t ns, unsigned decimals, size_t width);

/* How many bytes from here on are printable ASCII, without quotes and backslashes? */
size_t plain_length(const uint8_t *p, size_t len);

/* Bytes on one line, as printable.h says. */
void put_escaped(writer *w, const void *data, size_t len);
/* The same between quotes, which only an unescaped quote ends. */
void put_quoted(writer *w, const void *data, size_t len);

#endif
