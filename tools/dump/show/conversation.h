/* SPDX-License-Identifier: ISC */
/* What both sides said, line by line, each with the number of its session: `   1 > help`, `   1 < text`. */
#ifndef SIDEWIRE_DUMP_CONVERSATION_H
#define SIDEWIRE_DUMP_CONVERSATION_H

#include "view.h"

#include <stdio.h>

enum { CONVERSATION_LINE_MAX = 1024 }; /* bytes; what is longer is broken, with a backslash at the end */

/* Prints to `out`, which must stay. Bodies should come whole. Lines of sessions that overlap are mixed, but
 * never within a line. */
view conversation_view(FILE *out);

#endif
