/* SPDX-License-Identifier: ISC */
/* Which frames belong to sessions that are shown: a sink before another one, which gets everything. */
#ifndef SIDEWIRE_DUMP_CHOSEN_H
#define SIDEWIRE_DUMP_CHOSEN_H

#include "watch/events.h"

typedef struct chosen_session chosen_session;

/* Zero it. */
typedef struct chosen {
    const event_sink *next;
    chosen_session *sessions;
    size_t count, room;
} chosen;

event_sink chosen_sink(chosen *c, const event_sink *next);

/* When all sessions were told: frames may be asked for. */
void chosen_complete(chosen *c);

/* Is the frame with this segment of one of them? is_fragment: its ports are not known. */
int chosen_has(const chosen *c, const segment *seg, int is_fragment, int64_t time);

void chosen_clear(chosen *c);

#endif
