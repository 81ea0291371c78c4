/* SPDX-License-Identifier: ISC */
#include "tally.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_SLOTS = 64 }; /* a power of two, and so are all that follow */

struct tally_entry {
    tally_entry *next; /* in the same slot */
    uint64_t hash;
    size_t count, len;
    unsigned char key[];
};

void tally_init(tally *t, uint64_t seed)
{
    memset(t, 0, sizeof(*t));
    t->seed = seed;
}

void tally_free(tally *t)
{
    for (size_t i = 0; i < t->slot_count; i++) {
        for (tally_entry *entry = t->slots[i], *next; entry != NULL; entry = next) {
            next = entry->next;
            free(entry);
        }
    }
    free(t->slots);
    memset(t, 0, sizeof(*t));
}

static uint64_t mix(uint64_t hash)
{
    hash ^= hash >> 32;
    hash *= UINT64_C(0xd6e8feb86659fd93);
    hash ^= hash >> 32;
    hash *= UINT64_C(0xd6e8feb86659fd93);
    return hash ^ hash >> 32;
}

/* Mixed with the seed at every byte, so that no two keys meet for every seed. */
static uint64_t hash_of(const tally *t, const void *key, size_t len)
{
    const unsigned char *p = key;
    uint64_t hash = mix(t->seed ^ len);

    for (size_t i = 0; i < len; i++)
        hash = mix(hash + t->seed + p[i]);
    return hash;
}

static tally_entry **slot_of(const tally *t, uint64_t hash)
{
    return &t->slots[hash & (t->slot_count - 1)];
}

static tally_entry *find(const tally *t, uint64_t hash, const void *key, size_t len)
{
    tally_entry *entry = t->slot_count > 0 ? *slot_of(t, hash) : NULL;

    while (entry != NULL && (entry->hash != hash || entry->len != len || memcmp(entry->key, key, len) != 0))
        entry = entry->next;
    return entry;
}

/* As many slots as entries at least. */
static int grow(tally *t)
{
    size_t old_count = t->slot_count;
    tally_entry **old = t->slots;
    size_t count = old_count == 0 ? FIRST_SLOTS : 2 * old_count;
    tally_entry **slots = calloc(count, sizeof(tally_entry *));

    if (slots == NULL)
        return -1;
    t->slots = slots;
    t->slot_count = count;
    for (size_t i = 0; i < old_count; i++) {
        for (tally_entry *entry = old[i], *next; entry != NULL; entry = next) {
            tally_entry **slot = slot_of(t, entry->hash);
            next = entry->next;
            entry->next = *slot;
            *slot = entry;
        }
    }
    free(old);
    return 0;
}

size_t tally_count(const tally *t, const void *key, size_t len)
{
    const tally_entry *entry = find(t, hash_of(t, key, len), key, len);

    return entry != NULL ? entry->count : 0;
}

tally_entry *tally_add(tally *t, const void *key, size_t len)
{
    uint64_t hash = hash_of(t, key, len);
    tally_entry *entry = find(t, hash, key, len);

    if (entry == NULL) {
        if (t->entry_count == t->slot_count && grow(t) < 0)
            return NULL;
        entry = malloc(sizeof(*entry) + len);
        if (entry == NULL)
            return NULL;
        *entry = (tally_entry){ .next = *slot_of(t, hash), .hash = hash, .len = len };
        memcpy(entry->key, key, len);
        *slot_of(t, hash) = entry;
        t->entry_count++;
    }
    entry->count++;
    return entry;
}

void tally_drop(tally *t, tally_entry *entry)
{
    tally_entry **link;

    if (entry == NULL || --entry->count > 0)
        return;
    for (link = slot_of(t, entry->hash); *link != entry; link = &(*link)->next)
        ;
    *link = entry->next;
    t->entry_count--;
    free(entry);
}
