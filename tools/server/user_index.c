/* SPDX-License-Identifier: ISC */
/* What makes a list of lines one of users: lines that say the same again are found, and who shows; and short marks of
 * names and keys, which are searched instead of them. */
#include "user_list.h"

#include <sidewire/ssh.h>

#include <stdlib.h>
#include <string.h>

uint64_t user_mark_of(uint64_t seed, const void *bytes, size_t len)
{
    const uint8_t *p = bytes;
    uint64_t hash = 14695981039346656037u ^ seed;

    for (size_t i = 0; i < len; i++) /* FNV-1a */
        hash = (hash ^ p[i]) * 1099511628211u;
    return hash;
}

/* A line, to be sorted. */
typedef struct entry {
    user_mark mark;
    size_t at;
} entry;

/* Its blob; returns the bytes. */
static size_t write_key(const user *u, uint8_t blob[SW_SSH_KEY_MAX])
{
    size_t len;

    return sw_ssh_key_write(&u->key, blob, SW_SSH_KEY_MAX, &len) < 0 ? 0 : len;
}

static int is_key_of(const user *u, const user *v)
{
    uint8_t blob[SW_SSH_KEY_MAX];
    size_t len = write_key(v, blob);

    return len > 0 && sw_ssh_key_is(&u->key, blob, len);
}

static user_mark mark_user(uint64_t seed, const user *u)
{
    uint8_t blob[SW_SSH_KEY_MAX];
    size_t len = write_key(u, blob);

    return (user_mark){ user_mark_of(seed, u->name, strlen(u->name)), user_mark_of(seed, blob, len), 0 };
}

/* By name, then by key, then as in the file. */
static int compare_entries(const void *a, const void *b)
{
    const entry *x = a, *y = b;

    if (x->mark.name != y->mark.name)
        return x->mark.name < y->mark.name ? -1 : 1;
    if (x->mark.key != y->mark.key)
        return x->mark.key < y->mark.key ? -1 : 1;
    return x->at < y->at ? -1 : 1;
}

/* Are there different names with one mark, or different keys of one user? */
static int marks_are_ambiguous(const user_list *list, const entry *entries)
{
    for (size_t i = 1; i < list->count; i++) {
        const entry *a = &entries[i - 1], *b = &entries[i];
        const user *u = &list->users[a->at], *v = &list->users[b->at];
        if (a->mark.name != b->mark.name)
            continue;
        if (strcmp(u->name, v->name) != 0)
            return 1;
        if (a->mark.key == b->mark.key && !is_key_of(u, v))
            return 1;
    }
    return 0;
}

static void mark_all(user_list *list, entry *entries)
{
    list->seed = 0;
    do {
        list->seed++;
        for (size_t i = 0; i < list->count; i++)
            entries[i] = (entry){ mark_user(list->seed, &list->users[i]), i };
        qsort(entries, list->count, sizeof(*entries), compare_entries);
    } while (marks_are_ambiguous(list, entries));
}

/* Of the entries of one name: which lines are there before, and which of the others is the first for challenges. */
static void judge_user(user_list *list, const entry *entries, size_t count)
{
    user *first = NULL;

    for (size_t i = 0; i < count; i++) {
        user *u = &list->users[entries[i].at];
        u->is_double = i > 0 && entries[i].mark.key == entries[i - 1].mark.key;
        if (u->key.type == SW_KEY_RSA && (first == NULL || u < first))
            first = u;
    }
    if (first != NULL)
        first->shows = 1;
}

static void judge_all(user_list *list, const entry *entries)
{
    size_t begin = 0;

    for (size_t i = 1; i <= list->count; i++) {
        if (i < list->count && entries[i].mark.name == entries[begin].mark.name)
            continue;
        judge_user(list, entries + begin, i - begin);
        begin = i;
    }
}

int user_list_index(user_list *list, void (*tell)(void *context, const user *u), void *context)
{
    entry *entries = calloc(list->count + 1, sizeof(*entries));
    size_t kept = 0;

    list->marks = calloc(list->count + 1, sizeof(*list->marks));
    if (entries == NULL || list->marks == NULL) {
        free(entries);
        return -1;
    }
    mark_all(list, entries);
    judge_all(list, entries);
    free(entries);
    for (size_t i = 0; i < list->count; i++) {
        if (list->users[i].is_double) {
            tell(context, &list->users[i]);
            continue;
        }
        if (kept != i)
            list->users[kept] = list->users[i];
        list->marks[kept] = mark_user(list->seed, &list->users[kept]);
        list->marks[kept].shows = list->users[kept].shows;
        kept++;
    }
    list->count = kept;
    return 0;
}
