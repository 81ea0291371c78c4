/* SPDX-License-Identifier: ISC */
/* Who of the list is meant: by a name, or by a name and a key. These look at all marks, without a branch that a name
 * decides, and read a name and a key in any case, so that the time does not tell whether the name is known: in a large
 * list these are not in the processor's cache. */
#include "user_list.h"

#include <stddef.h>
#include <string.h>

enum { WORD_SIZE = sizeof(uint64_t) };

/* A name that is looked for, with zeros behind it, as those of the list have. */
typedef struct wanted {
    char name[USER_NAME_MAX + 1];
    size_t words; /* of it, and a zero at least */
} wanted;

/* Where the search has got to. */
typedef struct match {
    size_t at;
    unsigned is_found;
} match;

/* One that is too long is as good as none. */
static wanted want(const char *name, size_t len)
{
    wanted w = { .words = len / WORD_SIZE + 1 };

    if (len > USER_NAME_MAX)
        w.words = 1;
    else
        memcpy(w.name, name, len);
    return w;
}

static unsigned is_same(uint64_t a, uint64_t b)
{
    uint64_t differ = a ^ b;

    return 1 ^ (unsigned)((differ | (0 - differ)) >> 63);
}

static unsigned is_named(const user *u, const wanted *w)
{
    uint64_t differ = 0;

    for (size_t i = 0; i < w->words; i++) {
        uint64_t a, b;
        memcpy(&a, u->name + i * WORD_SIZE, WORD_SIZE);
        memcpy(&b, w->name + i * WORD_SIZE, WORD_SIZE);
        differ |= a ^ b;
    }
    return is_same(differ, 0);
}

/* Takes line i, if `takes` is 1. */
static void take(match *m, size_t i, unsigned takes)
{
    size_t mask = 0 - (size_t)takes;

    m->at = (i & mask) | (m->at & ~mask);
    m->is_found |= takes;
}

/* Before anything is found: the place of the user who stands in for one who is not there, always the same for a
 * name [FNV-1a]. */
static match begin(const user_list *list, const char *name, size_t len)
{
    uint32_t hash = 2166136261;

    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (uint8_t)name[i]) * 16777619;
    return (match){ hash % list->count, 0 };
}

/* What there is of it: most of the room for a modulus is empty, and each line of memory that is not in the cache
 * may be one that tells a key that was read lately, for other names, from one that was not. */
static void copy_key(sw_public_key *to, const sw_public_key *from)
{
    memcpy(to, from, offsetof(sw_public_key, n));
    memcpy(to->n, from->n, from->n_size);
    memcpy(to->e, from->e, sizeof(to->e));
    memcpy(to->ed25519, from->ed25519, sizeof(to->ed25519));
}

/* The name is looked at itself, too: anybody can make one with the mark of another. */
static const user *finish(const user_list *list, match m, const wanted *w, sw_public_key *key)
{
    copy_key(key, &list->users[m.at].key);
    m.is_found &= is_named(&list->users[m.at], w);
    return m.is_found ? &list->users[m.at] : NULL;
}

const user *user_list_find(const user_list *list, const char *name, size_t len, sw_public_key *key)
{
    wanted w = want(name, len);
    uint64_t mark = user_mark_of(list->seed, name, len);
    match m;

    if (list->count == 0)
        return NULL;
    m = begin(list, name, len);
    for (size_t i = 0; i < list->count; i++)
        take(&m, i, list->marks[i].shows & is_same(list->marks[i].name, mark));
    return finish(list, m, &w, key);
}

const user *user_list_find_key(const user_list *list, const char *name, size_t len, const uint8_t *blob,
                               size_t blob_len, sw_public_key *key)
{
    wanted w = want(name, len);
    uint64_t mark = user_mark_of(list->seed, name, len);
    uint64_t key_mark = user_mark_of(list->seed, blob, blob_len);
    unsigned is_right = 0;
    match m;

    if (list->count == 0)
        return NULL;
    m = begin(list, name, len);
    for (size_t i = 0; i < list->count; i++) {
        unsigned has_name = is_same(list->marks[i].name, mark);
        unsigned has_key = is_same(list->marks[i].key, key_mark);
        take(&m, i, has_name & (has_key | (1 ^ is_right)));
        is_right |= has_name & has_key;
    }
    return finish(list, m, &w, key);
}
