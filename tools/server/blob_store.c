/* SPDX-License-Identifier: ISC */
#include "blob_internal.h"

#include "deadline.h"
#include "lost_pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SQL_MAX = 256,
    PAGE_ROWS = 4096 /* entries looked at for a page, at most */
};

/* ---- operations ---- */

/* What the caller asked for, as one statement. After a failure nothing more is done. */
typedef struct operation {
    blob_store *store;
    blob_table table;
    const char *what; /* for the text of a failure: "add to" */
    sqlite3_stmt *statement;
    int code; /* SQLITE_OK, or that of the failure */
} operation;

static operation start(blob_store *store, blob_table table, const char *what)
{
    lost_pages_watch();
    return (operation){ .store = store, .table = table, .what = what };
}

static void fail(operation *op, int code, const char *why)
{
    blob_store *store = op->store;

    op->code = code;
    snprintf(store->error, sizeof(store->error), "%s: cannot %s %s: %s", store->label, op->what,
             blob_table_names[op->table], why);
}

static void check(operation *op, int code)
{
    char why[BLOB_REASON_MAX];

    if (code == SQLITE_OK || op->code != SQLITE_OK)
        return;
    blob_reason(op->store->database, why, sizeof(why));
    fail(op, code, why);
}

/* Prepares the statement: `before`, the name of the table, `after`. */
static void begin(operation *op, const char *before, const char *after)
{
    char sql[SQL_MAX];

    snprintf(sql, sizeof(sql), "%s %s %s", before, blob_table_names[op->table], after);
    check(op, sqlite3_prepare_v2(op->store->database, sql, -1, &op->statement, NULL));
}

/* Binds bytes that stay where they are until the end. */
static void bind_bytes(operation *op, int index, const void *data, size_t len)
{
    if (op->code == SQLITE_OK) /* NULL instead of no bytes would be SQL's NULL */
        check(op, sqlite3_bind_blob64(op->statement, index, len > 0 ? data : "", len, SQLITE_STATIC));
}

static void bind_number(operation *op, int index, int64_t number)
{
    if (op->code == SQLITE_OK)
        check(op, sqlite3_bind_int64(op->statement, index, number));
}

/* 1: there is a row; 0: there is no more, or it failed. */
static int step(operation *op)
{
    int code;

    if (op->code != SQLITE_OK)
        return 0;
    code = sqlite3_step(op->statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        check(op, code);
    return code == SQLITE_ROW;
}

static void execute(operation *op, const char *sql)
{
    if (op->code == SQLITE_OK)
        check(op, blob_execute(op->store->database, sql));
}

static blob_result end(operation *op)
{
    sqlite3 *database = op->store->database;

    sqlite3_finalize(op->statement);
    if (op->code != SQLITE_OK && !sqlite3_get_autocommit(database))
        blob_execute(database, "ROLLBACK");
    lost_pages_end();
    if (lost_pages_found()) { /* whatever SQLite made of the zeros; they would stay */
        fail(op, SQLITE_IOERR, "the file has lost pages");
        blob_map_nothing(database);
    }
    return op->code == SQLITE_OK ? BLOB_OK : BLOB_FAILED;
}

void blob_store_interrupt(blob_store *store)
{
    sqlite3_interrupt(store->database);
}

const char *blob_store_error(const blob_store *store)
{
    return store->error;
}

/* ---- changes ---- */

static int is_name(const char *name, size_t len)
{
    return len > 0 && len <= BLOB_NAME_MAX && memchr(name, '\0', len) == NULL;
}

blob_result blob_store_put(blob_store *store, blob_table table, const char *name, size_t name_len,
                           const void *data, size_t size)
{
    operation op = start(store, table, "add to");

    if (!is_name(name, name_len))
        return BLOB_BAD_NAME;
    begin(&op, "INSERT INTO",
          "(name, revision, contents) VALUES (?1, 1, ?2) ON CONFLICT (name) "
          "DO UPDATE SET revision = revision + 1, contents = excluded.contents");
    bind_bytes(&op, 1, name, name_len);
    bind_bytes(&op, 2, data, size);
    step(&op);
    return end(&op);
}

blob_result blob_store_rename(blob_store *store, blob_table table, const sw_argument *from, const sw_argument *to)
{
    operation op = start(store, table, "rename in");
    blob_result result;

    if (!is_name(to->data, to->len))
        return BLOB_BAD_NAME;
    begin(&op, "UPDATE", "SET name = ?2 WHERE name = ?1");
    bind_bytes(&op, 1, from->data, from->len);
    bind_bytes(&op, 2, to->data, to->len);
    step(&op);
    result = end(&op);
    if (op.code == SQLITE_CONSTRAINT_UNIQUE)
        return BLOB_EXISTS;
    if (result == BLOB_OK && sqlite3_changes(store->database) == 0)
        return BLOB_MISSING;
    return result;
}

blob_result blob_store_remove(blob_store *store, blob_table table, const int64_t *numbers, size_t count)
{
    operation op = start(store, table, "remove from");

    begin(&op, "DELETE FROM", "WHERE number = ?1");
    execute(&op, "BEGIN IMMEDIATE");
    for (size_t i = 0; i < count; i++) {
        bind_number(&op, 1, numbers[i]);
        step(&op);
        sqlite3_reset(op.statement);
    }
    execute(&op, "COMMIT");
    return end(&op);
}

/* ---- reading ---- */

/* Is the entry there, with the contents that reading began with? */
static blob_result check_revision(operation *op, blob_reading *reading)
{
    int64_t revision;

    begin(op, "SELECT revision FROM", "WHERE number = ?1");
    bind_number(op, 1, reading->number);
    if (!step(op))
        return BLOB_MISSING;
    revision = sqlite3_column_int64(op->statement, 0);
    if (reading->revision == 0)
        reading->revision = revision;
    return revision == reading->revision ? BLOB_OK : BLOB_CHANGED;
}

static void read_piece(operation *op, blob_reading *reading, uint8_t *data, size_t cap, size_t *len)
{
    sqlite3_blob *contents = NULL;
    size_t left;

    check(op, sqlite3_blob_open(op->store->database, "main", blob_table_names[op->table], "contents",
                                reading->number, 0, &contents));
    if (op->code != SQLITE_OK)
        return;
    reading->size = (size_t)sqlite3_blob_bytes(contents);
    left = reading->size - reading->offset;
    *len = left < cap ? left : cap;
    if (*len > 0)
        check(op, sqlite3_blob_read(contents, data, (int)*len, (int)reading->offset));
    sqlite3_blob_close(contents);
    if (op->code == SQLITE_OK)
        reading->offset += *len;
}

blob_result blob_store_read(blob_store *store, blob_table table, blob_reading *reading, uint8_t *data, size_t cap,
                            size_t *len)
{
    operation op = start(store, table, "read from");
    blob_result found = BLOB_MISSING;
    blob_result result;

    *len = 0;
    execute(&op, "BEGIN"); /* revision and contents are of one moment */
    if (op.code == SQLITE_OK)
        found = check_revision(&op, reading);
    if (op.code == SQLITE_OK && found == BLOB_OK)
        read_piece(&op, reading, data, cap, len);
    sqlite3_reset(op.statement);
    execute(&op, "COMMIT");
    result = end(&op);
    return result == BLOB_OK ? found : result;
}

/* Takes the row as the last entry looked at. */
static void read_entry(operation *op, blob_query *query)
{
    blob_entry *entry = &query->last;
    const void *name = sqlite3_column_blob(op->statement, 1);
    int len = sqlite3_column_bytes(op->statement, 1);
    char why[64];

    entry->number = sqlite3_column_int64(op->statement, 0);
    if (name == NULL || !is_name(name, (size_t)len)) {
        snprintf(why, sizeof(why), "entry %lld has an impossible name", (long long)entry->number);
        fail(op, SQLITE_CORRUPT, why);
        return;
    }
    memcpy(entry->name, name, (size_t)len);
    entry->name[len] = '\0';
    entry->name_len = (size_t)len;
    query->started = 1;
}

/* Names from ?3 to ?4: those that begin as the patterns do. */
static void bind_range(operation *op, const char *prefix, size_t len)
{
    char last[BLOB_NAME_MAX + 1]; /* longer than any name, so none is behind it */

    memset(last, 0xff, sizeof(last));
    memcpy(last, prefix, len);
    if (op->code == SQLITE_OK) /* copied: it is gone when the rows are read */
        check(op, sqlite3_bind_blob(op->statement, 4, last, sizeof(last), SQLITE_TRANSIENT));
    bind_bytes(op, 3, prefix, len);
}

/* Prepares the statement for what comes after an entry. */
static void begin_page(operation *op, const blob_query *query, const blob_entry *last)
{
    const char *column = query->by_number ? "number" : "name";
    size_t prefix = query->patterns != NULL ? patterns_prefix(query->patterns) : 0;
    char after[SQL_MAX];
    char start[32] = "";

    if (prefix > BLOB_NAME_MAX)
        prefix = BLOB_NAME_MAX;
    if (query->started)
        snprintf(start, sizeof(start), "AND %s %s ?2", column, query->reverse ? "<" : ">");
    snprintf(after, sizeof(after), "WHERE %s %s ORDER BY %s %s LIMIT ?1",
             prefix > 0 ? "name BETWEEN ?3 AND ?4" : "1", start, column, query->reverse ? "DESC" : "ASC");
    begin(op, "SELECT number, name FROM", after);
    bind_number(op, 1, PAGE_ROWS);
    if (query->started && query->by_number)
        bind_number(op, 2, last->number);
    else if (query->started)
        bind_bytes(op, 2, last->name, last->name_len);
    if (prefix > 0)
        bind_range(op, query->patterns->text, prefix);
}

blob_result blob_store_page(blob_store *store, blob_query *query, blob_entry *entries, size_t cap, size_t *count)
{
    operation op = start(store, query->table, "list");
    blob_entry last = query->last; /* stays as it is, being bound */
    int64_t end_of_page = deadline_in(BLOB_PAGE_MS);
    int in_time = 1;
    int rows = 0;

    *count = 0;
    begin_page(&op, query, &last);
    while (*count < cap && in_time && step(&op)) {
        read_entry(&op, query);
        if (op.code != SQLITE_OK)
            break;
        rows++;
        if (query->patterns == NULL || patterns_match(query->patterns, query->last.name))
            entries[(*count)++] = query->last;
        in_time = deadline_left(end_of_page) > 0;
    }
    if (op.code == SQLITE_OK && *count < cap && in_time && rows < PAGE_ROWS)
        query->done = 1;
    return end(&op);
}
