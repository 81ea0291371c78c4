/* SPDX-License-Identifier: ISC */
/* Durations, packets and bytes: a table for each session when it is over, and one for all. */
#ifndef SIDEWIRE_DUMP_STATS_H
#define SIDEWIRE_DUMP_STATS_H

#include "view.h"

#include <stdio.h>

/* Prints to `out`, which must stay. */
view stats_view(FILE *out);

#endif
