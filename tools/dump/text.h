/* Sessions as lines of text. */
#ifndef SIDEWIRE_DUMP_TEXT_H
#define SIDEWIRE_DUMP_TEXT_H

#include "events.h"

#include <stdio.h>

/* A sink that prints to `out`, which must stay. */
event_sink text_sink(FILE *out);

/* How a session ended, in words, on one line without LF; NUL-terminated, cut if too long. */
void text_outcome(const session_info *info, const outcome *how, char *out, size_t size);

#endif
