/* Which sessions and packets are wanted: a sink before another one, which gets those only. */
#ifndef SIDEWIRE_DUMP_FILTER_H
#define SIDEWIRE_DUMP_FILTER_H

#include "watch/events.h"

typedef struct filter {
    uint64_t *sessions;         /* numbers; none: any */
    size_t session_count;
    const char **users;         /* likewise */
    size_t user_count;
    uint32_t bands, kinds;      /* a bit for each band, and for each kind of what is in no packet;
                                 * both 0: any */
} filter;

void filter_session(filter *wanted, uint64_t number);
/* name must stay. */
void filter_user(filter *wanted, const char *name);
/* A band, or what is shown in place of one, in any case. 0, or -1: there is none of this name. */
int filter_band(filter *wanted, const char *name);

void filter_clear(filter *wanted);

int filter_is_all(const filter *wanted);

typedef struct filtered {
    const filter *wanted;
    const event_sink *next;
    uint64_t sessions;          /* how many it let pass */
} filtered;

/* Both must stay, and the filtered too. */
event_sink filter_sink(filtered *s, const filter *wanted, const event_sink *next);

#endif
