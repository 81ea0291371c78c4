/* SPDX-License-Identifier: ISC */
/* Sessions in one piece: a sink before another one, which gets all of a session when it has ended. By
 * then it is known whether it is wanted. What waits and is large goes to a temporary file. */
#ifndef SIDEWIRE_DUMP_GATHER_H
#define SIDEWIRE_DUMP_GATHER_H

#include "filter.h"

enum {
    GATHER_CHUNK = 16 << 10,  /* bytes that are kept of each session, */
    GATHER_MEMORY = 16 << 20, /* and of all together, about; the rest goes to the file, */
    GATHER_PIECE = 1 << 10    /* but not in smaller pieces than this */
};

typedef struct gather gather;

/* Both must stay. */
gather *gather_new(const filter *wanted, const event_sink *next);
event_sink gather_sink(gather *g);

/* How many sessions were wanted. */
uint64_t gather_sessions(const gather *g);

/* Could all that waited be kept? 0, or an error number. */
int gather_failed(const gather *g);

void gather_free(gather *g);

#endif
