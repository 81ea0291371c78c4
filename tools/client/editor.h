/* SPDX-License-Identifier: ISC */
/* Lines typed at a prompt, with editing, history and completion. The only place that knows
 * libedit. */
#ifndef SIDEWIRE_CLIENT_EDITOR_H
#define SIDEWIRE_CLIENT_EDITOR_H

#include "line_reader.h"

typedef struct editor editor;

/* out: the terminal's stream. history_path: lent; NULL: the history is forgotten at the end. NULL
 * after a message. */
editor *editor_new(FILE *out, const char *history_path);

/* Reads one line, which is valid until the next call, without its LF, and adds it to the history.
 * LINE_INTERRUPTED if a signal came meanwhile. */
line_result editor_read(editor *e, const char **line, size_t *len);

void editor_free(editor *e);

#endif
