/* Named byte strings in four tables of an SQLite database.
 *
 * Every change is one transaction: done whole, or not at all. Another process may have the same
 * database open; each wait for it ends after BLOB_BUSY_MS. */
#ifndef SIDEWIRE_SERVER_BLOB_STORE_H
#define SIDEWIRE_SERVER_BLOB_STORE_H

#include "globs.h"

enum {
    BLOB_NAME_MAX = GLOB_NAME_MAX,
    BLOB_BUSY_MS = 500
};

enum blob_table { BLOB_IMAGES, BLOB_LYRICS, BLOB_MOODS, BLOB_PLAYLISTS, BLOB_TABLES };

enum blob_result {
    BLOB_FAILED = -1,            /* blob_store_error says why; nothing is changed */
    BLOB_OK,
    BLOB_MISSING,                /* there is no such entry */
    BLOB_EXISTS,                 /* another entry has that name */
    BLOB_BAD_NAME                /* not 1 to BLOB_NAME_MAX bytes, or with a NUL */
};

struct blob_store;

/* Opens the database at path, or makes it. NULL: a private one, gone when it is closed. 0, or -1
 * with the reason in why[0..why_size). A file that is not a database of sidewire, or that cannot be
 * written, is refused and not touched. */
int blob_store_open(struct blob_store **store, const char *path, char *why, size_t why_size);
void blob_store_close(struct blob_store *store);

/* Which database, what it was about to do, and why it failed. Valid until the next failure. */
const char *blob_store_error(const struct blob_store *store);

/* Adds an entry, or replaces the contents of the one with that name, which keeps its number. The
 * numbers of a table begin at 1 and are never used again. BLOB_BAD_NAME. */
enum blob_result blob_store_put(struct blob_store *store, enum blob_table table, const char *name,
                                size_t name_len, const void *data, size_t size);

/* The contents of an entry, which the caller frees. BLOB_MISSING. */
enum blob_result blob_store_get(struct blob_store *store, enum blob_table table, int64_t number,
                                uint8_t **data, size_t *size);

/* The entry keeps its number. The same name twice is no change. BLOB_MISSING, BLOB_EXISTS,
 * BLOB_BAD_NAME for the new name. */
enum blob_result blob_store_rename(struct blob_store *store, enum blob_table table,
                                   const sw_argument *from, const sw_argument *to);

/* Removes the entries of these numbers, all in one transaction. Those that are gone are passed
 * over. */
enum blob_result blob_store_remove(struct blob_store *store, enum blob_table table,
                                   const int64_t *numbers, size_t count);

/* ---- listing ---- */

struct blob_entry {
    int64_t number;
    size_t name_len;
    char name[BLOB_NAME_MAX];    /* any byte but NUL */
};

/* Zeroed but for what is asked for: at the beginning. */
struct blob_query {
    enum blob_table table;
    int by_number;               /* else by name, byte for byte */
    int reverse;
    const struct globs *globs;   /* NULL: all entries. Lent until the last page */
    int done;                    /* there are no more pages */
    int started;                 /* `last` was the last entry looked at */
    struct blob_entry last;
};

/* The next page: at most cap entries, of those that match. It may be empty without being the last:
 * a page looks at so many entries only that it takes some 10 ms. Between pages the table may
 * change, which decides about the entries not yet looked at only. */
enum blob_result blob_store_page(struct blob_store *store, struct blob_query *query,
                                 struct blob_entry *entries, size_t cap, size_t *count);

#endif
