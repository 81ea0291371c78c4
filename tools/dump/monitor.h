/* What is said on standard error of sessions and packets that were lost or damaged: a sink before
 * another one, which gets everything. */
#ifndef SIDEWIRE_DUMP_MONITOR_H
#define SIDEWIRE_DUMP_MONITOR_H

#include "capture.h"
#include "events.h"
#include "progress.h"

typedef struct monitor {
    const char *name;           /* of what is read */
    const event_sink *next;
    progress bar;               /* on standard error too; to be set up by the reader */
    int damaged;                /* something was reported */
} monitor;

/* The monitor, its name and the next sink must stay. */
event_sink monitor_sink(monitor *m, const char *name, const event_sink *next);

/* Reading ended: why, or NULL if at the end; and packets that could not be used. */
void monitor_packets(monitor *m, const capture_counts *counts, const char *why);

/* There is nothing to show. counts: NULL if there were no packets. */
void monitor_no_session(monitor *m, const capture_counts *counts);

#endif
