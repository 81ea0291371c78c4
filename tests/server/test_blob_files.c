/* SPDX-License-Identifier: ISC */
/* Which files the blob store takes, and which it refuses and leaves alone. */
#include "blob_support.h"

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"
#include "suite.h"

#define FOREIGN "a database of another program (application ID 0x"

enum { NOBODY = 65534 };

/* ---- refusals ---- */

static void make_folder(const char *unused)
{
    (void)unused;
    ck_assert_int_eq(mkdir(PATH, 0700), 0);
}

static void make_fifo(const char *unused)
{
    (void)unused;
    ck_assert_int_eq(mkfifo(PATH, 0600), 0);
}

static void make_text(const char *text)
{
    scratch_write_text(PATH, text);
}

/* What one that was killed leaves behind: SQLite would finish its work. */
static void make_with_journal(const char *sql)
{
    sqlite3 *database;
    char *main_file, *wal;
    size_t main_len, wal_len;

    change_by_sql("PRAGMA journal_mode = WAL");
    database = open_as_other();
    run_sql(database, sql);
    main_file = scratch_read(PATH, &main_len);
    wal = scratch_read(PATH "-wal", &wal_len);
    ck_assert_uint_gt(wal_len, 0);
    ck_assert_int_eq(sqlite3_close(database), SQLITE_OK);
    scratch_write(PATH, main_file, main_len);
    scratch_write(PATH "-wal", wal, wal_len);
}

static const struct refused_case {
    const char *what;
    void (*make)(const char *argument);
    const char *argument, *why;
} refused_cases[] = {
    { "folder", make_folder, NULL, "Is a directory" },
    { "FIFO", make_fifo, NULL, "not a regular file" },
    { "text", make_text, "user me key VSS_READ\n", "not an SQLite database" },
    { "magic alone", make_text, "SQLite format 3", "not an SQLite database" },
    { "text of some length", make_text,
      "0123456789 0123456789 0123456789 0123456789 0123456789 "
      "0123456789 0123456789 0123456789 0123456789 0123456789",
      "not an SQLite database" },
    { "no ID", change_by_sql, "CREATE TABLE images (number, name)", FOREIGN "00000000)" },
    { "no tables", change_by_sql, "VACUUM", FOREIGN "00000000)" },
    { "other ID", change_by_sql, "PRAGMA application_id = 0x1234abcd", FOREIGN "1234abcd)" },
    { "journal", make_with_journal, "CREATE TABLE notes (text)", FOREIGN "00000000)" },
    { "later", make_ours_with, "PRAGMA user_version = 3", "has layout 3, known is only 2" },
    { "earlier", make_ours_with, "PRAGMA user_version = 0", "has layout 0, known is only 2" },
    { "missing table", make_ours_with, "DROP TABLE moods", "its tables are not those of sidewire" },
    { "other table", make_ours_with, "ALTER TABLE moods ADD COLUMN more", "its tables are not those of sidewire" },
    { "view", make_ours_with, "ALTER TABLE moods RENAME TO m; CREATE VIEW moods AS SELECT * FROM m",
      "its tables are not those of sidewire" },
};

static size_t count_files(void)
{
    DIR *folder = opendir(".");
    size_t count = 0;

    ck_assert_ptr_nonnull(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

START_TEST(test_refused)
{
    const struct refused_case *c = &refused_cases[_i];
    struct stat info;
    char *before = NULL;
    size_t len = 0, len_after, files;

    c->make(c->argument);
    files = count_files();
    ck_assert_int_eq(stat(PATH, &info), 0);
    if (S_ISREG(info.st_mode))
        before = scratch_read(PATH, &len);
    expect_refusal(PATH, c->why);
    ck_assert_msg(count_files() == files, "%s: there are other files now", c->what);
    if (before != NULL) {
        char *after = scratch_read(PATH, &len_after);
        ck_assert_uint_eq(len_after, len);
        ck_assert_mem_eq(after, before, len);
    }
}
END_TEST

/* The beginning of the file is not all there is. */
START_TEST(test_later_by_journal)
{
    make_ours();
    make_with_journal("PRAGMA user_version = 3");
    expect_refusal(PATH, "has layout 3, known is only 2");
}
END_TEST

START_TEST(test_paths)
{
    char path[1001];

    expect_refusal("missing/" PATH, "No such file or directory");
    expect_refusal("", "Is a directory");
    expect_refusal("/", "Is a directory");
    make_text("text");
    expect_refusal(PATH "/" PATH, "Not a directory");
    memset(path, 'x', sizeof(path) - 1);
    path[sizeof(path) - 1] = '\0';
    expect_refusal(path, "File name too long");
}
END_TEST

/* Names that SQLite would take for something else than a file. */
START_TEST(test_plain_paths)
{
    static const char *const paths[] = { ":memory:", "file:x.db?mode=memory", "-x", "a b'%s" };
    struct stat info;

    for (int i = 0; i < COUNT(paths); i++) {
        blob_store *store = open_store(paths[i]);
        put_text(store, BLOB_IMAGES, "a", "b");
        blob_store_close(store);
        ck_assert_int_eq(stat(paths[i], &info), 0);
        store = open_store(paths[i]);
        check_entries(store, BLOB_IMAGES, "1 a\n");
        blob_store_close(store);
    }
}
END_TEST

START_TEST(test_empty_file)
{
    blob_store *store;

    make_text("");
    store = open_store(PATH);
    put_text(store, BLOB_IMAGES, "a", "b");
    blob_store_close(store);
    store = open_store(PATH);
    check_entries(store, BLOB_IMAGES, "1 a\n");
    blob_store_close(store);
}
END_TEST

/* ---- permissions ---- */

/* Root may do anything, so the test goes on as somebody who may not, in folders that let everybody
 * do everything. */
static void give_up_root(void)
{
    ck_assert_int_eq(chmod("..", 0711), 0);
    ck_assert_int_eq(chmod(".", 0777), 0);
    if (geteuid() == 0)
        ck_assert_int_eq(seteuid(NOBODY), 0);
}

static void set_folder_mode(mode_t mode)
{
    uid_t u = geteuid();

    ck_assert_int_eq(seteuid(getuid()), 0);
    ck_assert_int_eq(chmod(".", mode), 0);
    ck_assert_int_eq(seteuid(u), 0);
}

START_TEST(test_file_permissions)
{
    static const struct {
        mode_t mode;
        const char *why;
    } cases[] = {
        { 0, "Permission denied" },
        { 0222, "Permission denied" },
        { 0444, "Permission denied" },
    };
    blob_store *store;

    give_up_root();
    make_ours();
    for (int i = 0; i < COUNT(cases); i++) {
        ck_assert_int_eq(chmod(PATH, cases[i].mode), 0);
        expect_refusal(PATH, cases[i].why);
    }
    ck_assert_int_eq(chmod(PATH, 0644), 0);
    store = open_store(PATH);
    check_entries(store, BLOB_IMAGES, "1 a\n");
    blob_store_close(store);
    ck_assert_int_eq(seteuid(getuid()), 0);
}
END_TEST

/* A folder without room for the journal. */
START_TEST(test_folder_permissions)
{
    blob_store *store;

    give_up_root();
    set_folder_mode(0555);
    expect_refusal(PATH, "Permission denied");
    set_folder_mode(0777);
    make_ours();
    set_folder_mode(0555);
    store = open_store(PATH);
    expect_failure(store, blob_store_put(store, BLOB_IMAGES, "b", 1, "", 0),
                   PATH
                   ": cannot add to images: attempt to write a readonly database "
                   "(SQLite code 1544)");
    check_entries(store, BLOB_IMAGES, "1 a\n");
    set_folder_mode(0777);
    put_text(store, BLOB_IMAGES, "b", "");
    blob_store_close(store);
    ck_assert_int_eq(seteuid(getuid()), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("blob_files");
    TCase *opening = suite_case(suite, "opening");
    int status;

    tcase_add_checked_fixture(opening, scratch_enter, scratch_leave);
    tcase_add_loop_test(opening, test_refused, 0, COUNT(refused_cases));
    tcase_add_test(opening, test_later_by_journal);
    tcase_add_test(opening, test_paths);
    tcase_add_test(opening, test_plain_paths);
    tcase_add_test(opening, test_empty_file);
    tcase_add_test(opening, test_file_permissions);
    tcase_add_test(opening, test_folder_permissions);
    if (scratch_open() < 0)
        return 1;
    status = run_suite(suite);
    scratch_close();
    return status;
}
