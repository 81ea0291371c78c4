/* SPDX-License-Identifier: ISC */
/* Who gets a place when places are few.
 *
 * Strangers, who are not authenticated (yet), are cheap to send, so they are limited by source, have
 * not all places, and make room for newer ones. Members, who are, keep theirs; of one user there are
 * so many only. */
#ifndef SIDEWIRE_SERVER_ADMISSION_H
#define SIDEWIRE_SERVER_ADMISSION_H

#include "tally.h"

#include <sys/socket.h>

typedef struct admission {
    size_t max;                /* places */
    size_t for_strangers;      /* of these, at most */
    size_t per_source;         /* strangers from one IPv4 address, or IPv6 /64; 0: any number */
    size_t per_user;           /* members that are one user; 0: any number */
    size_t strangers, members; /* now */
    tally sources;             /* strangers by where they come from */
    tally users;               /* members by name */
} admission;

typedef enum admission_verdict {
    ADMIT,
    ADMIT_FOR_OLDEST, /* if the oldest stranger goes */
    REFUSE_SOURCE,    /* too many strangers from there */
    REFUSE_EARLY,     /* by chance, since many are here, and some of them from there */
    REFUSE_FULL
} admission_verdict;

/* A quarter of the places is for members alone. */
void admission_init(admission *a, size_t max, size_t per_source, size_t per_user, uint64_t seed);
void admission_free(admission *a);

/* What about one more stranger from that address? chance: random, 0 to UINT16_MAX. */
admission_verdict admission_ask(const admission *a, const struct sockaddr_storage *from, unsigned chance);

/* A stranger comes; what it returns is given back to admission_stranger_leaves. NULL: uncounted. */
tally_entry *admission_stranger_comes(admission *a, const struct sockaddr_storage *from);
void admission_stranger_leaves(admission *a, tally_entry *source);

/* May that user have one more? Then a stranger may become a member: it leaves, and comes as one. */
int admission_may_join(const admission *a, const char *user, size_t len);
tally_entry *admission_member_comes(admission *a, const char *user, size_t len);
void admission_member_leaves(admission *a, tally_entry *user);

#endif
