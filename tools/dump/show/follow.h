/* SPDX-License-Identifier: ISC */
/* What the clients of the sessions would have printed: output to standard output, log text to
 * standard error with `remote: ` before each line. */
#ifndef SIDEWIRE_DUMP_FOLLOW_H
#define SIDEWIRE_DUMP_FOLLOW_H

#include "view.h"

/* Bodies should come whole. What the server sends is printed as it comes; where that of another
 * session follows, a line on standard error says so. On a terminal, output is escaped. Closes
 * standard output at the end. */
view follow_view(void);

#endif
