/* SPDX-License-Identifier: ISC */
/* Counts by key: how many connections there are of a source, or of a user. */
#ifndef SIDEWIRE_SERVER_TALLY_H
#define SIDEWIRE_SERVER_TALLY_H

#include <stddef.h>
#include <stdint.h>

typedef struct tally_entry tally_entry;

/* Fields are private to tally.c. */
typedef struct tally {
    tally_entry **slots;
    size_t slot_count, entry_count;
    uint64_t seed;
} tally;

/* Whoever does not know the seed cannot choose keys that make it slow. Takes no memory yet. */
void tally_init(tally *t, uint64_t seed);
void tally_free(tally *t);

/* 0 if there is none. */
size_t tally_count(const tally *t, const void *key, size_t len);

/* Counts one more. NULL without memory. The entry is valid until tally_drop. */
tally_entry *tally_add(tally *t, const void *key, size_t len);
/* Counts one less; the last one frees the entry. NULL is fine. */
void tally_drop(tally *t, tally_entry *entry);

#endif
