/* SPDX-License-Identifier: ISC */
/* What is said on standard error of sessions and packets that were lost or damaged: a sink before
 * another one, which gets everything. */
#ifndef SIDEWIRE_DUMP_LOSSES_H
#define SIDEWIRE_DUMP_LOSSES_H

#include "capture/capture.h"
#include "watch/events.h"
#include "progress.h"

typedef struct losses {
    const char *name; /* of what is read */
    const event_sink *next;
    progress bar; /* on standard error too; to be set up by the reader */
    int damaged;  /* something was reported */
} losses;

/* *m, the name and the next sink must stay. */
event_sink losses_sink(losses *m, const char *name, const event_sink *next);

/* Reading ended: why, or NULL if at the end; and packets that could not be used. */
void losses_packets(losses *m, const capture_counts *counts, const frames *seen, const char *why);

/* And what came when its session was over. */
void losses_unused(losses *m, const flows *f);

/* Connections that may be sessions, but no keys show it. */
void losses_candidates(losses *m, uint64_t n);

/* There is nothing to show. Both are NULL if there were no packets. */
void losses_no_session(losses *m, const capture_counts *counts, const frames *seen);

#endif
