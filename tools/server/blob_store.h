/* SPDX-License-Identifier: ISC */
/* Named byte strings in four tables of an SQLite database.
 *
 * Every change is one transaction: done whole, or not at all. Another process may have the same
 * database open; each wait for it ends after BLOB_BUSY_MS. One thread at a time. */
#ifndef SIDEWIRE_SERVER_BLOB_STORE_H
#define SIDEWIRE_SERVER_BLOB_STORE_H

#include "patterns.h"

enum {
    BLOB_NAME_MAX = 255, /* bytes */
    BLOB_BUSY_MS = 500,
    BLOB_PAGE_MS = 10
};

typedef enum blob_table { BLOB_IMAGES, BLOB_LYRICS, BLOB_MOODS, BLOB_PLAYLISTS, BLOB_TABLES } blob_table;

typedef enum blob_result {
    BLOB_FAILED = -1, /* blob_store_error says why; nothing is changed */
    BLOB_OK,
    BLOB_MISSING, /* there is no such entry */
    BLOB_EXISTS,  /* another entry has that name */
    BLOB_CHANGED, /* the entry has other contents now */
    BLOB_BAD_NAME /* not 1 to BLOB_NAME_MAX bytes, or with a NUL */
} blob_result;

typedef struct blob_store blob_store;

/* Opens the database at path, or makes it. NULL: a private one, gone when it is closed. 0, or -1
 * with the reason in why[0..why_size). A file that is not a database of sidewire, or that cannot be
 * written, is refused and not touched. */
int blob_store_open(blob_store **store, const char *path, char *why, size_t why_size);
void blob_store_close(blob_store *store);

/* Breaks off what another thread is doing with it, which fails then. */
void blob_store_interrupt(blob_store *store);

/* Which database, what it was about to do, and why it failed. Valid until the next failure. */
const char *blob_store_error(const blob_store *store);

/* Adds an entry, or replaces the contents of the one with that name, which keeps its number. The
 * numbers of a table begin at 1 and are never used again. BLOB_BAD_NAME. */
blob_result blob_store_put(blob_store *store, blob_table table, const char *name, size_t name_len,
                           const void *data, size_t size);

/* The contents of an entry, piece by piece. Zeroed but for the number: at the beginning. */
typedef struct blob_reading {
    int64_t number;
    int64_t revision;    /* private */
    size_t size, offset; /* of the whole; where the next piece begins */
} blob_reading;

/* The next piece, of *len bytes, at most cap and at least one, unless offset reaches size. Between
 * pieces nothing is locked. BLOB_MISSING: it is not there, or not any more. BLOB_CHANGED: what was
 * read before is no beginning of what is there now. */
blob_result blob_store_read(blob_store *store, blob_table table, blob_reading *reading, uint8_t *data, size_t cap,
                            size_t *len);

/* The entry keeps its number. The same name twice is no change. BLOB_MISSING, BLOB_EXISTS,
 * BLOB_BAD_NAME for the new name. */
blob_result blob_store_rename(blob_store *store, blob_table table, const sw_argument *from, const sw_argument *to);

/* Removes the entries of these numbers, all in one transaction. Those that are gone are passed
 * over. */
blob_result blob_store_remove(blob_store *store, blob_table table, const int64_t *numbers, size_t count);

/* ---- listing ---- */

typedef struct blob_entry {
    int64_t number;
    size_t name_len;
    char name[BLOB_NAME_MAX + 1]; /* any byte but NUL, and one behind them */
} blob_entry;

/* Zeroed but for what is asked for: at the beginning. */
typedef struct blob_query {
    blob_table table;
    int by_number; /* else by name, byte for byte */
    int reverse;
    const patterns *patterns; /* NULL: all entries. Lent until the last page */
    int done;                 /* there are no more pages */
    int started;              /* `last` was the last entry looked at */
    blob_entry last;
} blob_query;

/* The next page: at most cap entries, of those that match. It may be empty without being the last:
 * a page is over after BLOB_PAGE_MS, unless a single entry takes longer. Between pages the table
 * may change, which decides about the entries not yet looked at only. */
blob_result blob_store_page(blob_store *store, blob_query *query, blob_entry *entries, size_t cap, size_t *count);

#endif
