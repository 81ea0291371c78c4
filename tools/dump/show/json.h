/* SPDX-License-Identifier: ISC */
/* Sessions as JSON Lines, see docs/json.md. */
#ifndef SIDEWIRE_DUMP_JSON_H
#define SIDEWIRE_DUMP_JSON_H

#include "view.h"

#include <stdio.h>

/* Goes up when a field changes its meaning or goes away; new ones may come without. */
enum { JSON_SCHEMA = 1 };

/* Prints to `out`, which must stay. Bodies should come whole. */
view json_view(FILE *out, int without_bodies);

#endif
