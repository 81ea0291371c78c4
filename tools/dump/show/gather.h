/* SPDX-License-Identifier: ISC */
/* Sessions in one piece: a sink before another one, which gets all of a session when it has ended. By
 * then it is known whether it is wanted. What waits and is large goes to a temporary file. One session
 * at a time need not wait if it is wanted in any case: the others do until it has ended. */
#ifndef SIDEWIRE_DUMP_GATHER_H
#define SIDEWIRE_DUMP_GATHER_H

#include "filter.h"

enum {
    GATHER_CHUNK = 16 << 10,  /* bytes that are kept of each session, */
    GATHER_MEMORY = 16 << 20, /* and of all together, about; the rest goes to the file, */
    GATHER_PIECE = 1 << 10    /* but not in smaller pieces than this */
};

typedef struct gather gather;

/* Both must stay. passes: the oldest session that is open is passed on as it comes; the filter must not need it whole. */
gather *gather_new(const filter *wanted, const event_sink *next, int passes);
event_sink gather_sink(gather *g);

/* How many sessions were wanted. */
uint64_t gather_sessions(const gather *g);

/* Could all that waited be kept? 0, or an error number. */
int gather_failed(const gather *g);

void gather_free(gather *g);

#endif
