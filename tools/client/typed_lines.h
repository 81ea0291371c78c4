/* SPDX-License-Identifier: ISC */
/* The lines typed at the prompt: libedit's history, kept in a file of libedit's form. */
#ifndef SIDEWIRE_CLIENT_TYPED_LINES_H
#define SIDEWIRE_CLIENT_TYPED_LINES_H

#include <histedit.h>

enum { TYPED_LINES_MAX = 1000 }; /* older ones are forgotten */

typedef struct typed_lines {
    History *history; /* NULL: no memory */
    const char *path; /* lent; NULL: they are forgotten at the end */
} typed_lines;

/* Reads the file, if there is one. What is no file of this kind is left alone, after a message. */
void typed_lines_open(typed_lines *lines, const char *path);

/* Adds a line, and writes the file. After a failure, which gets a message, it is given up. */
void typed_lines_add(typed_lines *lines, const char *line);

void typed_lines_close(typed_lines *lines);

#endif
