/* SPDX-License-Identifier: ISC */
#include "admission.h"

#include <netinet/in.h>
#include <string.h>

enum {
    KEY_MAX = 16, /* bytes of a source */
    CHANCES = UINT16_MAX + 1,
    USUAL_PER_SOURCE = 16 /* for who sets no limit: one who has so many is a crowd */
};

void admission_init(admission *a, size_t max, size_t per_source, size_t per_user, uint64_t seed)
{
    memset(a, 0, sizeof(*a));
    a->max = max;
    a->for_strangers = max - max / 4;
    a->per_source = per_source;
    a->per_user = per_user;
    tally_init(&a->sources, seed);
    tally_init(&a->users, ~seed);
}

void admission_free(admission *a)
{
    tally_free(&a->sources);
    tally_free(&a->users);
}

/* Whoever has an IPv6 address has all of its /64. Returns the length; 0: an address of no network. */
static size_t source_of(const struct sockaddr_storage *from, unsigned char key[KEY_MAX])
{
    struct sockaddr_in in;
    struct sockaddr_in6 in6;

    if (from->ss_family == AF_INET) {
        memcpy(&in, from, sizeof(in));
        memcpy(key, &in.sin_addr, 4);
        return 4;
    }
    if (from->ss_family != AF_INET6)
        return 0;
    memcpy(&in6, from, sizeof(in6));
    if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr)) {
        memcpy(key, in6.sin6_addr.s6_addr + 12, 4);
        return 4;
    }
    memcpy(key, &in6.sin6_addr, 8);
    return 8;
}

/* From half full on. All places taken, and as many from there as one source may have: for sure.
 * Who has nobody here yet is never refused by chance. */
static unsigned chance_of_refusal(const admission *a, size_t from_there)
{
    size_t usual = a->per_source > 0 ? a->per_source : USUAL_PER_SOURCE;
    size_t half = a->for_strangers / 2;
    size_t above = a->strangers > half ? a->strangers - half : 0;

    if (above == 0)
        return 0;
    if (above > a->for_strangers - half)
        above = a->for_strangers - half;
    if (from_there > usual)
        from_there = usual;
    return (unsigned)((uint64_t)CHANCES * above * from_there / (a->for_strangers - half) / usual);
}

admission_verdict admission_ask(const admission *a, const struct sockaddr_storage *from, unsigned chance)
{
    unsigned char key[KEY_MAX];
    size_t from_there = tally_count(&a->sources, key, source_of(from, key));

    if (a->per_source > 0 && from_there >= a->per_source)
        return REFUSE_SOURCE;
    if (a->members >= a->max)
        return REFUSE_FULL;
    if (chance < chance_of_refusal(a, from_there))
        return REFUSE_EARLY;
    if (a->strangers >= a->for_strangers || a->strangers + a->members >= a->max)
        return ADMIT_FOR_OLDEST;
    return ADMIT;
}

tally_entry *admission_stranger_comes(admission *a, const struct sockaddr_storage *from)
{
    unsigned char key[KEY_MAX];
    size_t len = source_of(from, key);

    a->strangers++;
    return len > 0 ? tally_add(&a->sources, key, len) : NULL;
}

void admission_stranger_leaves(admission *a, tally_entry *source)
{
    a->strangers--;
    tally_drop(&a->sources, source);
}

int admission_may_join(const admission *a, const char *user, size_t len)
{
    return a->per_user == 0 || tally_count(&a->users, user, len) < a->per_user;
}

tally_entry *admission_member_comes(admission *a, const char *user, size_t len)
{
    a->members++;
    return tally_add(&a->users, user, len);
}

void admission_member_leaves(admission *a, tally_entry *user)
{
    a->members--;
    tally_drop(&a->users, user);
}
