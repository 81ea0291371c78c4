/* SPDX-License-Identifier: ISC */
/* A bar on a terminal that tells how much of a file is sent or read. */
#ifndef SIDEWIRE_TOOLS_PROGRESS_H
#define SIDEWIRE_TOOLS_PROGRESS_H

#include <stddef.h>
#include <stdint.h>

typedef struct progress {
    int terminal;   /* descriptor; -1: nothing is drawn */
    uint64_t total; /* bytes */
    int64_t next;   /* deadline of the next drawing */
    size_t drawn;   /* columns that are not blank */
} progress;

/* For what is left of a file. Draws nothing if `terminal` is none, or if the file is
 * not a regular one or is at its end. */
void progress_init(progress *p, int terminal, int file);

/* Draws the bar, in the current line, unless it was drawn a moment ago and is not full. */
void progress_draw(progress *p, uint64_t done);

/* Makes the line blank again, for other output; the bar may be drawn again. */
void progress_clear(progress *p);

/* The bar as text, without NUL, of at most cap bytes and less than `columns` characters; as much of
 * it as has room. done may be above total. Returns the number of bytes. */
size_t progress_text(char *text, size_t cap, size_t columns, uint64_t done, uint64_t total);

#endif
