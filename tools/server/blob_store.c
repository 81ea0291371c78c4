#include "blob_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SQL_MAX = 256,
    PAGE_ROWS = 4096,            /* entries looked at for a page, at most */
    PAGE_COST = 10000000         /* of matching for a page, see globs_cost */
};

/* ---- operations ---- */

/* What the caller asked for, as one statement. After a failure nothing more is done. */
struct operation {
    struct blob_store *store;
    enum blob_table table;
    const char *what;            /* for the text of a failure: "add to" */
    sqlite3_stmt *statement;
    int code;                    /* SQLITE_OK, or that of the failure */
};

static void fail(struct operation *operation, int code, const char *why)
{
    struct blob_store *store = operation->store;

    operation->code = code;
    snprintf(store->error, sizeof(store->error), "%s: cannot %s %s: %s", store->label,
             operation->what, blob_table_names[operation->table], why);
}

static void check(struct operation *operation, int code)
{
    char why[BLOB_REASON_MAX];

    if (code == SQLITE_OK || operation->code != SQLITE_OK)
        return;
    blob_reason(operation->store->database, why, sizeof(why));
    fail(operation, code, why);
}

/* Prepares the statement: `before`, the name of the table, `after`. */
static void begin(struct operation *operation, const char *before, const char *after)
{
    char sql[SQL_MAX];

    snprintf(sql, sizeof(sql), "%s %s %s", before, blob_table_names[operation->table], after);
    check(operation, sqlite3_prepare_v2(operation->store->database, sql, -1,
                                        &operation->statement, NULL));
}

/* Binds bytes that stay where they are until the end. */
static void bind_bytes(struct operation *operation, int index, const void *data, size_t len)
{
    if (operation->code == SQLITE_OK) /* NULL instead of no bytes would be SQL's NULL */
        check(operation, sqlite3_bind_blob64(operation->statement, index, len > 0 ? data : "", len,
                                             SQLITE_STATIC));
}

static void bind_number(struct operation *operation, int index, int64_t number)
{
    if (operation->code == SQLITE_OK)
        check(operation, sqlite3_bind_int64(operation->statement, index, number));
}

/* 1: there is a row; 0: there is no more, or it failed. */
static int step(struct operation *operation)
{
    int code;

    if (operation->code != SQLITE_OK)
        return 0;
    code = sqlite3_step(operation->statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        check(operation, code);
    return code == SQLITE_ROW;
}

static void execute(struct operation *operation, const char *sql)
{
    if (operation->code == SQLITE_OK)
        check(operation, blob_execute(operation->store->database, sql));
}

static enum blob_result end(struct operation *operation)
{
    sqlite3 *database = operation->store->database;

    sqlite3_finalize(operation->statement);
    if (operation->code == SQLITE_OK)
        return BLOB_OK;
    if (!sqlite3_get_autocommit(database))
        blob_execute(database, "ROLLBACK");
    return BLOB_FAILED;
}

const char *blob_store_error(const struct blob_store *store)
{
    return store->error;
}

/* ---- changes ---- */

static int is_name(const char *name, size_t len)
{
    return len > 0 && len <= BLOB_NAME_MAX && memchr(name, '\0', len) == NULL;
}

enum blob_result blob_store_put(struct blob_store *store, enum blob_table table, const char *name,
                                size_t name_len, const void *data, size_t size)
{
    struct operation operation = { .store = store, .table = table, .what = "add to" };

    if (!is_name(name, name_len))
        return BLOB_BAD_NAME;
    begin(&operation, "INSERT INTO",
          "(name, contents) VALUES (?1, ?2) "
          "ON CONFLICT (name) DO UPDATE SET contents = excluded.contents");
    bind_bytes(&operation, 1, name, name_len);
    bind_bytes(&operation, 2, data, size);
    step(&operation);
    return end(&operation);
}

enum blob_result blob_store_rename(struct blob_store *store, enum blob_table table,
                                   const sw_argument *from, const sw_argument *to)
{
    struct operation operation = { .store = store, .table = table, .what = "rename in" };
    enum blob_result result;

    if (!is_name(to->data, to->len))
        return BLOB_BAD_NAME;
    begin(&operation, "UPDATE", "SET name = ?2 WHERE name = ?1");
    bind_bytes(&operation, 1, from->data, from->len);
    bind_bytes(&operation, 2, to->data, to->len);
    step(&operation);
    result = end(&operation);
    if (operation.code == SQLITE_CONSTRAINT_UNIQUE)
        return BLOB_EXISTS;
    if (result == BLOB_OK && sqlite3_changes(store->database) == 0)
        return BLOB_MISSING;
    return result;
}

enum blob_result blob_store_remove(struct blob_store *store, enum blob_table table,
                                   const int64_t *numbers, size_t count)
{
    struct operation operation = { .store = store, .table = table, .what = "remove from" };

    begin(&operation, "DELETE FROM", "WHERE number = ?1");
    execute(&operation, "BEGIN IMMEDIATE");
    for (size_t i = 0; i < count; i++) {
        bind_number(&operation, 1, numbers[i]);
        step(&operation);
        sqlite3_reset(operation.statement);
    }
    execute(&operation, "COMMIT");
    return end(&operation);
}

/* ---- reading ---- */

enum blob_result blob_store_get(struct blob_store *store, enum blob_table table, int64_t number,
                                uint8_t **data, size_t *size)
{
    struct operation operation = { .store = store, .table = table, .what = "read from" };
    const void *contents;
    enum blob_result result;

    *data = NULL;
    *size = 0;
    begin(&operation, "SELECT contents FROM", "WHERE number = ?1");
    bind_number(&operation, 1, number);
    if (step(&operation)) {
        contents = sqlite3_column_blob(operation.statement, 0);
        *size = (size_t)sqlite3_column_bytes(operation.statement, 0);
        *data = malloc(*size + 1);
        if (*data == NULL || (contents == NULL && *size > 0))
            fail(&operation, SQLITE_NOMEM, sqlite3_errstr(SQLITE_NOMEM));
        else if (*size > 0)
            memcpy(*data, contents, *size);
    }
    result = end(&operation);
    if (result == BLOB_OK && *data == NULL)
        return BLOB_MISSING;
    if (result == BLOB_FAILED) {
        free(*data);
        *data = NULL;
    }
    return result;
}

/* Takes the row as the last entry looked at. */
static void read_entry(struct operation *operation, struct blob_query *query)
{
    struct blob_entry *entry = &query->last;
    const void *name = sqlite3_column_blob(operation->statement, 1);
    int len = sqlite3_column_bytes(operation->statement, 1);
    char why[64];

    entry->number = sqlite3_column_int64(operation->statement, 0);
    if (name == NULL || !is_name(name, (size_t)len)) {
        snprintf(why, sizeof(why), "entry %lld has an impossible name",
                 (long long)entry->number);
        fail(operation, SQLITE_CORRUPT, why);
        return;
    }
    memcpy(entry->name, name, (size_t)len);
    entry->name_len = (size_t)len;
    query->started = 1;
}

/* Prepares the statement for what comes after an entry. */
static void begin_page(struct operation *operation, const struct blob_query *query,
                       const struct blob_entry *last, size_t rows)
{
    const char *column = query->by_number ? "number" : "name";
    char after[SQL_MAX];
    char where[32] = "";

    if (query->started)
        snprintf(where, sizeof(where), "WHERE %s %s ?2", column, query->reverse ? "<" : ">");
    snprintf(after, sizeof(after), "%s ORDER BY %s %s LIMIT ?1", where, column,
             query->reverse ? "DESC" : "ASC");
    begin(operation, "SELECT number, name FROM", after);
    bind_number(operation, 1, (int64_t)rows);
    if (query->started && query->by_number)
        bind_number(operation, 2, last->number);
    else if (query->started)
        bind_bytes(operation, 2, last->name, last->name_len);
}

enum blob_result blob_store_page(struct blob_store *store, struct blob_query *query,
                                 struct blob_entry *entries, size_t cap, size_t *count)
{
    struct operation operation = { .store = store, .table = query->table, .what = "list" };
    struct blob_entry last = query->last; /* stays as it is, being bound */
    const struct globs *globs = query->globs;
    size_t rows = globs != NULL ? PAGE_COST / globs_cost(globs) + 1 : PAGE_ROWS;
    size_t looked_at = 0;

    *count = 0;
    if (rows > PAGE_ROWS)
        rows = PAGE_ROWS;
    begin_page(&operation, query, &last, rows);
    while (*count < cap && step(&operation)) {
        read_entry(&operation, query);
        if (operation.code != SQLITE_OK)
            break;
        looked_at++;
        if (globs == NULL || globs_match(globs, query->last.name, query->last.name_len))
            entries[(*count)++] = query->last;
    }
    if (operation.code == SQLITE_OK && *count < cap && looked_at < rows)
        query->done = 1;
    return end(&operation);
}
