/* SPDX-License-Identifier: ISC */
/* Flat tables: sessions as lines for people, and as CSV [RFC 4180] sessions or packets, for programs that
 * come after this one. */
#ifndef SIDEWIRE_DUMP_TABLE_H
#define SIDEWIRE_DUMP_TABLE_H

#include "view.h"

#include <stdio.h>

/* Print to `out`, which must stay, as must capture, its name. */
view table_of_sessions(FILE *out, const char *capture);
view table_of_packets(FILE *out, const char *capture);

/* Start, client, user, command, status, duration and bytes. */
view session_lines(FILE *out);

#endif
