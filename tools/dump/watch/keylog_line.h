/* SPDX-License-Identifier: ISC */
/* A line of a key log as text [docs/keylog.md]. */
#ifndef SIDEWIRE_DUMP_WATCH_KEYLOG_LINE_H
#define SIDEWIRE_DUMP_WATCH_KEYLOG_LINE_H

#include <sidewire/messages.h>

/* What a line says, without its LF. 1: *keys are those of a session; 0: it has none. The end of a line counts: where one was cut
 * off, as on a full disk, the next one is behind it, and *damaged is set. *keys are to be wiped in any case. */
int keylog_line_parse(const char *line, size_t len, sw_secrets *keys, int *damaged);

/* Is there a line of a session in that? */
int keylog_line_is_in(const char *text, size_t len);

#endif
