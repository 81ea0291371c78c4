/* SPDX-License-Identifier: ISC */
/* The blob store in trouble: locks, a full disk, and damaged files. */
#include "blob_support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "scratch.h"
#include "suite.h"

enum { MIB = 1 << 20 };

/* ---- locks ---- */

static int64_t milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Every operation, on a store with one entry `a`. */
enum { PUT, RENAME, REMOVE, GET, PAGE, OPERATIONS };
static const char *const operation_texts[OPERATIONS] = { "add to", "rename in", "remove from", "read from",
                                                         "list" };

static blob_result operate(blob_store *store, int op)
{
    static const sw_argument from = { "a", 1 }, to = { "b", 1 };
    static const int64_t number = 1;
    blob_query query = { .table = BLOB_IMAGES };
    blob_entry entry;
    blob_result result;
    uint8_t *data;
    size_t size;

    switch (op) {
    case PUT: return blob_store_put(store, BLOB_IMAGES, "a", 1, "changed", 7);
    case RENAME: return blob_store_rename(store, BLOB_IMAGES, &from, &to);
    case REMOVE: return blob_store_remove(store, BLOB_IMAGES, &number, 1);
    case GET:
        result = get_contents(store, BLOB_IMAGES, number, &data, &size);
        ck_assert(result == BLOB_OK || data == NULL);
        free(data);
        return result;
    default: return blob_store_page(store, &query, &entry, 1, &size);
    }
}

static const struct lock_case {
    const char *sql; /* what the other one holds */
    int reading;     /* which operations can be done meanwhile */
} lock_cases[] = {
    { "BEGIN EXCLUSIVE", 0 },
    { "BEGIN IMMEDIATE", 1 },
    { "BEGIN; SELECT * FROM images", 1 },
};

START_TEST(test_locked)
{
    const struct lock_case *c = &lock_cases[_i];
    blob_store *store;
    sqlite3 *other;
    char expected[128];

    make_ours();
    store = open_store(PATH);
    other = open_as_other();
    run_sql(other, c->sql);
    for (int i = 0; i < OPERATIONS; i++) {
        int64_t start = milliseconds();
        blob_result result = operate(store, i);
        if (c->reading && i >= GET) {
            ck_assert_int_eq(result, BLOB_OK);
            continue;
        }
        snprintf(expected, sizeof(expected), PATH ": cannot %s images: database is locked", operation_texts[i]);
        expect_failure(store, result, expected);
        ck_assert_int_le(milliseconds() - start, 3 * BLOB_BUSY_MS);
    }
    if (_i < 2)
        expect_refusal(PATH, "database is locked");
    run_sql(other, "ROLLBACK");
    check_entries(store, BLOB_IMAGES, "1 a\n");
    check_contents(store, BLOB_IMAGES, 1, "contents", 8);
    for (int i = 0; i < OPERATIONS; i++)
        ck_assert_int_eq(operate(store, i), i < GET ? BLOB_OK : i == GET ? BLOB_MISSING : BLOB_OK);
    ck_assert_int_eq(sqlite3_close(other), SQLITE_OK);
    blob_store_close(store);
}
END_TEST

/* ---- a full disk ---- */

/* No file can grow beyond this any more, until the limit is RLIM_INFINITY. */
static void limit_files(rlim_t size)
{
    struct rlimit limit;

    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = size < limit.rlim_max ? size : limit.rlim_max;
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

START_TEST(test_full_disk)
{
    static const char why[] = "cannot add to images: disk I/O error (SQLite code 778)";
    const char *path = _i == 0 ? PATH : NULL;
    blob_store *store = open_store(path);
    uint8_t *data = calloc(10, MIB);
    char expected[128];

    signal(SIGXFSZ, SIG_IGN);
    put_text(store, BLOB_IMAGES, "a", "contents");
    limit_files(MIB);
    snprintf(expected, sizeof(expected), "%s: %s", path != NULL ? path : "temporary database", why);
    expect_failure(store, blob_store_put(store, BLOB_IMAGES, "a", 1, data, 10 * MIB), expected);
    expect_failure(store, blob_store_put(store, BLOB_IMAGES, "b", 1, data, 10 * MIB), expected);
    check_entries(store, BLOB_IMAGES, "1 a\n");
    check_contents(store, BLOB_IMAGES, 1, "contents", 8);
    limit_files(RLIM_INFINITY);
    ck_assert_int_eq(blob_store_put(store, BLOB_IMAGES, "a", 1, data, 10 * MIB), BLOB_OK);
    check_contents(store, BLOB_IMAGES, 1, data, 10 * MIB);
    blob_store_close(store);
    free(data);
}
END_TEST

START_TEST(test_full_disk_at_open)
{
    blob_store *store;

    signal(SIGXFSZ, SIG_IGN);
    limit_files(2000);
    expect_refusal(PATH, "disk I/O error (SQLite code 778)");
    limit_files(RLIM_INFINITY);
    store = open_store(PATH);
    put_text(store, BLOB_IMAGES, "a", "b");
    blob_store_close(store);
}
END_TEST

/* ---- damage ---- */

/* A process that is killed while it replaces contents of only x by some of only y, and back. */
static void put_until_killed(void)
{
    blob_store *store = open_store(PATH);
    char *data = malloc(MIB);

    for (int i = 0;; i++) {
        memset(data, i % 2 == 0 ? 'x' : 'y', MIB);
        if (blob_store_put(store, BLOB_IMAGES, "a", 1, data, MIB) != BLOB_OK)
            _exit(1);
    }
}

START_TEST(test_killed)
{
    struct timespec delay = { 0, 20000000L + 7000000L * _i };
    blob_store *store = open_store(PATH);
    char *expected = malloc(MIB);
    uint8_t *data;
    size_t size;
    int status;
    pid_t child;

    memset(expected, 'x', MIB);
    ck_assert_int_eq(blob_store_put(store, BLOB_IMAGES, "a", 1, expected, MIB), BLOB_OK);
    blob_store_close(store);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0)
        put_until_killed();
    nanosleep(&delay, NULL);
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status));
    store = open_store(PATH);
    ck_assert_int_eq(get_contents(store, BLOB_IMAGES, 1, &data, &size), BLOB_OK);
    ck_assert_uint_eq(size, MIB);
    memset(expected, data[0], MIB);
    ck_assert(data[0] == 'x' || data[0] == 'y');
    ck_assert_int_eq(memcmp(data, expected, MIB), 0);
    blob_store_close(store);
    free(data);
    free(expected);
}
END_TEST

enum { STRIDE = 29, STRIDE_IN_EMPTY = 4096 };

/* To the next byte that is damaged: most of a page has nothing in it. */
static size_t stride(const char *file, size_t len)
{
    for (size_t i = 0; i < STRIDE && i < len; i++)
        if (file[i] != 0)
            return STRIDE;
    return STRIDE_IN_EMPTY;
}

/* Each byte of the file wrong in turn, here with a stride: the store may fail, but not fall. */
START_TEST(test_damaged)
{
    enum { PARTS = 4 };
    blob_store *store;
    char why[256];
    size_t len;
    char *file;

    make_ours();
    file = scratch_read(PATH, &len);
    for (size_t at = (size_t)_i * len / PARTS; at < (size_t)(_i + 1) * len / PARTS;
         at += stride(file + at, len - at)) {
        char *damaged = (char *)exact_copy(file, len);
        damaged[at] = (char)~damaged[at];
        scratch_write(PATH, damaged, len);
        free(damaged);
        unlink(PATH "-journal");
        if (blob_store_open(&store, PATH, why, sizeof(why)) < 0) {
            ck_assert_str_ne(why, "");
            continue;
        }
        for (int op = OPERATIONS - 1; op >= 0; op--)
            if (operate(store, op) == BLOB_FAILED)
                ck_assert_str_ne(blob_store_error(store), "");
        blob_store_close(store);
    }
}
END_TEST

START_TEST(test_impossible_name)
{
    static const char *const values[] = { "zeroblob(300)", "x''", "x'610062'", "zeroblob(1)" };
    blob_query query = { .table = BLOB_IMAGES, .by_number = 1 };
    blob_entry entries[4];
    blob_store *store;
    blob_result result;
    size_t count;
    char sql[256];

    make_ours();
    snprintf(sql, sizeof(sql),
             "PRAGMA ignore_check_constraints = ON; "
             "INSERT INTO images (name, contents, revision) VALUES (%s, x'', 9)",
             values[_i]);
    change_by_sql(sql);
    store = open_store(PATH);
    do /* a page may be over in front of the entry, when the machine is busy */
        result = blob_store_page(store, &query, entries, 4, &count);
    while (result == BLOB_OK && !query.done);
    expect_failure(store, result, PATH ": cannot list images: entry 2 has an impossible name");
    blob_store_close(store);
}
END_TEST

/* What somebody else added to a database is not run. */
START_TEST(test_trigger)
{
    blob_store *store;

    make_ours_with("CREATE TRIGGER t AFTER INSERT ON images BEGIN DELETE FROM images; END");
    store = open_store(PATH);
    put_text(store, BLOB_IMAGES, "b", "");
    check_entries(store, BLOB_IMAGES, "1 a\n2 b\n");
    blob_store_close(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("blob_failures");
    TCase *failures = suite_case(suite, "failures");
    TCase *damage = suite_case(suite, "damage");
    int status;

    tcase_add_checked_fixture(failures, scratch_enter, scratch_leave);
    tcase_add_loop_test(failures, test_locked, 0, COUNT(lock_cases));
    tcase_add_loop_test(failures, test_full_disk, 0, 2);
    tcase_add_test(failures, test_full_disk_at_open);
    tcase_add_checked_fixture(damage, scratch_enter, scratch_leave);
    tcase_add_loop_test(damage, test_killed, 0, 5);
    tcase_add_loop_test(damage, test_damaged, 0, 4);
    tcase_add_loop_test(damage, test_impossible_name, 0, 4);
    tcase_add_test(damage, test_trigger);
    if (scratch_open() < 0)
        return 1;
    status = run_suite(suite);
    scratch_close();
    return status;
}
