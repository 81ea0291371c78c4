/* SPDX-License-Identifier: ISC */
#include "blob_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

enum { WHY_SIZE = 1024, LISTING_SIZE = 4096 };

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEF" /* 32 of them */

const char long_name[] = LETTERS LETTERS LETTERS LETTERS LETTERS LETTERS LETTERS LETTERS;

blob_store *open_store(const char *path)
{
    blob_store *store;
    char why[WHY_SIZE] = "";

    if (blob_store_open(&store, path, why, sizeof(why)) < 0)
        ck_abort_msg("%s: %s", path != NULL ? path : "private", why);
    ck_assert_str_eq(why, "");
    return store;
}

void put_text(blob_store *store, blob_table table, const char *name, const char *text)
{
    if (blob_store_put(store, table, name, strlen(name), text, strlen(text)) != BLOB_OK)
        ck_abort_msg("%s: %s", name, blob_store_error(store));
}

void remove_number(blob_store *store, blob_table table, int64_t number)
{
    if (blob_store_remove(store, table, &number, 1) != BLOB_OK)
        ck_abort_msg("%lld: %s", (long long)number, blob_store_error(store));
}

static size_t add_entry(char *listing, size_t len, const blob_entry *entry)
{
    int n = snprintf(listing + len, LISTING_SIZE - len, "%lld ", (long long)entry->number);

    len += (size_t)n;
    ck_assert_uint_lt(len + entry->name_len + 1, LISTING_SIZE);
    memcpy(listing + len, entry->name, entry->name_len);
    len += entry->name_len;
    listing[len++] = '\n';
    return len;
}

void check_query(blob_store *store, blob_query query, const char *pattern, size_t cap, const char *expected)
{
    blob_entry *entries = calloc(cap, sizeof(*entries));
    sw_argument argument = { pattern, pattern != NULL ? strlen(pattern) : 0 };
    patterns wanted = { 0, NULL };
    char listing[LISTING_SIZE];
    size_t len = 0;

    if (pattern != NULL) {
        ck_assert_int_eq(patterns_init(&wanted, &argument, 1), 0);
        query.patterns = &wanted;
    }
    while (!query.done) {
        size_t count = SIZE_MAX;
        if (blob_store_page(store, &query, entries, cap, &count) != BLOB_OK)
            ck_abort_msg("%s", blob_store_error(store));
        ck_assert_uint_le(count, cap);
        for (size_t i = 0; i < count; i++)
            len = add_entry(listing, len, &entries[i]);
    }
    listing[len] = '\0';
    ck_assert_str_eq(listing, expected);
    patterns_free(&wanted);
    free(entries);
}

void check_entries(blob_store *store, blob_table table, const char *expected)
{
    check_query(store, (blob_query){ .table = table, .by_number = 1 }, NULL, 10, expected);
}

blob_result get_contents(blob_store *store, blob_table table, int64_t number, uint8_t **data, size_t *size)
{
    enum { PIECE = 50000 };
    blob_reading reading = { .number = number };
    blob_result result;
    size_t len;

    *data = NULL;
    do {
        *data = realloc(*data, reading.offset + PIECE);
        ck_assert_ptr_nonnull(*data);
        result = blob_store_read(store, table, &reading, *data + reading.offset, PIECE, &len);
    } while (result == BLOB_OK && reading.offset < reading.size);
    *size = reading.size;
    if (result == BLOB_OK)
        return result;
    free(*data);
    *data = NULL;
    return result;
}

void check_contents(blob_store *store, blob_table table, int64_t number, const void *expected, size_t len)
{
    uint8_t *data;
    size_t size;

    if (get_contents(store, table, number, &data, &size) != BLOB_OK)
        ck_abort_msg("%lld: %s", (long long)number, blob_store_error(store));
    ck_assert_uint_eq(size, len);
    ck_assert_ptr_nonnull(data);
    if (len > 0)
        ck_assert_int_eq(memcmp(data, expected, len), 0);
    free(data);
}

void expect_refusal(const char *path, const char *expected)
{
    blob_store *store;
    char why[WHY_SIZE];

    ck_assert_int_eq(blob_store_open(&store, path, why, sizeof(why)), -1);
    ck_assert_ptr_null(store);
    ck_assert_str_eq(why, expected);
}

void expect_failure(blob_store *store, blob_result result, const char *expected)
{
    ck_assert_int_eq(result, BLOB_FAILED);
    ck_assert_str_eq(blob_store_error(store), expected);
}

sqlite3 *open_as_other(void)
{
    sqlite3 *database;

    ck_assert_int_eq(sqlite3_open(PATH, &database), SQLITE_OK);
    return database;
}

void run_sql(sqlite3 *database, const char *sql)
{
    if (sqlite3_exec(database, sql, NULL, NULL, NULL) != SQLITE_OK)
        ck_abort_msg("%s: %s", sql, sqlite3_errmsg(database));
}

void change_by_sql(const char *sql)
{
    sqlite3 *database = open_as_other();

    run_sql(database, sql);
    ck_assert_int_eq(sqlite3_close(database), SQLITE_OK);
}

void make_ours(void)
{
    blob_store *store = open_store(PATH);

    put_text(store, BLOB_IMAGES, "a", "contents");
    blob_store_close(store);
}

void make_ours_with(const char *sql)
{
    make_ours();
    change_by_sql(sql);
}
