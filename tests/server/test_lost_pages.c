/* SPDX-License-Identifier: ISC */
/* The database's file is read as memory, and loses pages while it is. */
#include "lost_pages.h"

#include "blob_support.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scratch.h"
#include "suite.h"

enum { MIB = 1 << 20, CUT_AT = MIB / 2 };

#define LOST(what) PATH ": cannot " what " images: the file has lost pages"

/* ---- calls of SQLite that come in the middle of an operation ---- */

int __real_sqlite3_blob_read(sqlite3_blob *blob, void *data, int n, int offset);
int __wrap_sqlite3_blob_read(sqlite3_blob *blob, void *data, int n, int offset);
int __real_sqlite3_bind_int64(sqlite3_stmt *statement, int index, sqlite3_int64 number);
int __wrap_sqlite3_bind_int64(sqlite3_stmt *statement, int index, sqlite3_int64 number);

static int cuts;                /* the file is cut before contents are read */
static volatile char *lost_one; /* a page that is read before a number is bound; NULL: none */

int __wrap_sqlite3_blob_read(sqlite3_blob *blob, void *data, int n, int offset)
{
    if (cuts)
        ck_assert_int_eq(truncate(PATH, CUT_AT), 0);
    return __real_sqlite3_blob_read(blob, data, n, offset);
}

int __wrap_sqlite3_bind_int64(sqlite3_stmt *statement, int index, sqlite3_int64 number)
{
    if (lost_one != NULL)
        ck_assert_int_eq(*lost_one, 0);
    return __real_sqlite3_bind_int64(statement, index, number);
}

/* ---- pages ---- */

/* A page of a file that is not there any more. */
static volatile char *lose_page(void)
{
    long size = sysconf(_SC_PAGESIZE);
    int fd = open("cut", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    void *page;

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ftruncate(fd, size), 0);
    page = mmap(NULL, (size_t)size, PROT_READ, MAP_SHARED, fd, 0);
    ck_assert_ptr_ne(page, MAP_FAILED);
    ck_assert_int_eq(ftruncate(fd, 0), 0);
    close(fd);
    return page;
}

START_TEST(test_watched)
{
    volatile char *page = lose_page();

    ck_assert_int_eq(lost_pages_catch(), 0);
    lost_pages_watch();
    ck_assert_int_eq(lost_pages_found(), 0);
    ck_assert_int_eq(page[1], 0);
    ck_assert_int_eq(lost_pages_found(), 1);
    lost_pages_end();
    ck_assert_int_eq(lost_pages_found(), 1);
    lost_pages_watch();
    ck_assert_int_eq(lost_pages_found(), 0);
    ck_assert_int_eq(page[1], 0); /* stays one of zeros, as is said */
    ck_assert_int_eq(lost_pages_found(), 0);
    lost_pages_end();
}
END_TEST

/* What is no part of an operation ends the program, as it would have. */
START_TEST(test_not_watched)
{
    volatile char *page = lose_page();

    ck_assert_int_eq(lost_pages_catch(), 0);
    lost_pages_watch();
    lost_pages_end();
    ck_assert_int_eq(page[1], 0);
}
END_TEST

/* Somebody else's signal is no lost page. */
START_TEST(test_sent)
{
    ck_assert_int_eq(lost_pages_catch(), 0);
    lost_pages_watch();
    raise(SIGBUS);
}
END_TEST

/* ---- the store ---- */

static blob_store *store_of_a_mebibyte(char *contents)
{
    blob_store *store = open_store(PATH);

    for (size_t i = 0; i < MIB; i++)
        contents[i] = (char)(i * 7 + i / 251);
    ck_assert_int_eq(blob_store_put(store, BLOB_IMAGES, "a", 1, contents, MIB), BLOB_OK);
    return store;
}

/* Afterwards, when the file is whole again, contents are what they were: no page of zeros is left. */
START_TEST(test_cut_while_read)
{
    char *contents = malloc(MIB);
    blob_store *store = store_of_a_mebibyte(contents);
    char *file;
    size_t len, size;
    uint8_t *data;

    file = scratch_read(PATH, &len);
    check_contents(store, BLOB_IMAGES, 1, contents, MIB);
    cuts = 1;
    expect_failure(store, get_contents(store, BLOB_IMAGES, 1, &data, &size), LOST("read from"));
    cuts = 0;
    scratch_write(PATH, file, len);
    check_contents(store, BLOB_IMAGES, 1, contents, MIB);
    cuts = 1; /* read as any file from now on */
    ck_assert_int_ne(get_contents(store, BLOB_IMAGES, 1, &data, &size), BLOB_OK);
    cuts = 0;
    blob_store_close(store);
    free(contents);
}
END_TEST

START_TEST(test_no_change)
{
    static const int64_t number = 1;
    char *contents = malloc(MIB);
    blob_store *store = store_of_a_mebibyte(contents);

    lost_one = lose_page();
    expect_failure(store, blob_store_remove(store, BLOB_IMAGES, &number, 1), LOST("remove from"));
    lost_one = NULL;
    check_contents(store, BLOB_IMAGES, 1, contents, MIB);
    remove_number(store, BLOB_IMAGES, 1);
    check_entries(store, BLOB_IMAGES, "");
    blob_store_close(store);
    free(contents);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("lost_pages");
    TCase *pages = suite_case(suite, "pages");
    TCase *store = suite_case(suite, "store");
    int status;

    tcase_add_checked_fixture(pages, scratch_enter, scratch_leave);
    tcase_add_test(pages, test_watched);
    tcase_add_test_raise_signal(pages, test_not_watched, SIGBUS);
    tcase_add_test_raise_signal(pages, test_sent, SIGBUS);
    tcase_add_checked_fixture(store, scratch_enter, scratch_leave);
    tcase_add_test(store, test_cut_while_read);
    tcase_add_test(store, test_no_change);
    if (scratch_open() < 0)
        return 1;
    status = run_suite_apart(suite);
    scratch_close();
    return status;
}
