/* SPDX-License-Identifier: ISC */
/* What blob_store.c and blob_schema.c share. */
#ifndef SIDEWIRE_SERVER_BLOB_INTERNAL_H
#define SIDEWIRE_SERVER_BLOB_INTERNAL_H

#include "blob_store.h"

#include <sqlite3.h>

enum { BLOB_REASON_MAX = 256 }; /* bytes of a text */

struct blob_store {
    sqlite3 *database;
    char *file;        /* as SQLite takes it */
    const char *label; /* as texts name it */
    char error[1024];  /* SQLite takes paths of some 500 bytes */
};

extern const char *const blob_table_names[BLOB_TABLES];

/* Writes why the last call failed. */
void blob_reason(sqlite3 *database, char *why, size_t why_size);

/* Runs statements, whose results are dropped. An SQLite result code. */
int blob_execute(sqlite3 *database, const char *sql);

/* The file is not read as memory any more. */
void blob_map_nothing(sqlite3 *database);

#endif
