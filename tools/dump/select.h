/* Which sessions and packets are wanted: a sink before another one, which gets those only. */
#ifndef SIDEWIRE_DUMP_SELECT_H
#define SIDEWIRE_DUMP_SELECT_H

#include "events.h"

typedef struct selection {
    uint64_t *sessions;         /* numbers; none: any */
    size_t session_count;
    const char **users;         /* likewise */
    size_t user_count;
    uint32_t bands, kinds;      /* a bit for each band, and for each kind of what is in no packet;
                                 * both 0: any */
} selection;

void select_session(selection *wanted, uint64_t number);
/* name must stay. */
void select_user(selection *wanted, const char *name);
/* A band, or what is shown in place of one, in any case. 0, or -1: there is none of this name. */
int select_band(selection *wanted, const char *name);

void selection_clear(selection *wanted);

int selection_is_all(const selection *wanted);

typedef struct selector {
    const selection *wanted;
    const event_sink *next;
    uint64_t sessions;          /* how many it let pass */
} selector;

/* Both must stay, and the selector too. */
event_sink selector_sink(selector *s, const selection *wanted, const event_sink *next);

#endif
