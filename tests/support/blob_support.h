/* SPDX-License-Identifier: ISC */
/* What the tests of the blob store share. Entries are written as `NUMBER NAME`, one a line. */
#ifndef SIDEWIRE_TESTS_BLOB_SUPPORT_H
#define SIDEWIRE_TESTS_BLOB_SUPPORT_H

#include "blob_store.h"

#include <sqlite3.h>

#define PATH "x.db" /* the database of most tests */

extern const char long_name[]; /* 256 bytes, one more than a name may have */

/* Opens, puts and so on; the running test fails if the store does. NULL: a private database. */
blob_store *open_store(const char *path);
void put_text(blob_store *store, blob_table table, const char *name, const char *text);
void remove_number(blob_store *store, blob_table table, int64_t number);

/* All contents of an entry, which the caller frees; NULL if that fails. */
blob_result get_contents(blob_store *store, blob_table table, int64_t number, uint8_t **data, size_t *size);

/* Fails the running test unless these are the entries that the query finds, with pages of `cap`.
 * The pattern may be NULL: all. */
void check_query(blob_store *store, blob_query query, const char *pattern, size_t cap, const char *expected);
/* All entries of a table by number. */
void check_entries(blob_store *store, blob_table table, const char *expected);
/* The contents of an entry. */
void check_contents(blob_store *store, blob_table table, int64_t number, const void *expected, size_t len);

/* Fails the running test unless the store cannot be opened, and says why with this text. */
void expect_refusal(const char *path, const char *expected);
/* Likewise, an operation that gave this result. */
void expect_failure(blob_store *store, blob_result result, const char *expected);

/* ---- PATH, as other programs see it ---- */

sqlite3 *open_as_other(void);
void run_sql(sqlite3 *database, const char *sql);
/* Opens it for that only. */
void change_by_sql(const char *sql);

/* Makes it a database of ours with an entry `a` among the images, of contents `contents`. */
void make_ours(void);
/* And then changes it. */
void make_ours_with(const char *sql);

#endif
