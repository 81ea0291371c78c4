/* SPDX-License-Identifier: ISC */
/* Opening a database: only one of ours is touched. */
#include "blob_internal.h"

#include "lost_pages.h"
#include "private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LAYOUT                                                                                                    \
    "CREATE TABLE %s (number INTEGER PRIMARY KEY AUTOINCREMENT, "                                                 \
    "name BLOB NOT NULL UNIQUE CHECK (typeof(name) = 'blob' AND length(name) BETWEEN 1 AND 255), "                \
    "revision INTEGER NOT NULL, "                                                                                 \
    "contents BLOB NOT NULL CHECK (typeof(contents) = 'blob'))"

enum {
    APPLICATION_ID = 0x73647772, /* "sdwr" */
    LAYOUT_VERSION = 2,
    SQL_MAX = 512,
    /* of the header at the beginning of an SQLite file; numbers are big-endian */
    HEADER_SIZE = 100,
    HEADER_VERSION = 60,    /* PRAGMA user_version */
    HEADER_APPLICATION = 68 /* PRAGMA application_id */
};

const char *const blob_table_names[BLOB_TABLES] = { "images", "lyrics", "moods", "playlists" };

/* ---- what it is ---- */

/* 0, or -1 with the reason in why. */
static int check_owner(uint32_t application, uint32_t version, char *why, size_t why_size)
{
    if (application != APPLICATION_ID)
        snprintf(why, why_size, "a database of another program (application ID 0x%08x)", (unsigned)application);
    else if (version != LAYOUT_VERSION)
        snprintf(why, why_size, "has layout %u, known is only %d", (unsigned)version, LAYOUT_VERSION);
    else
        return 0;
    return -1;
}

static uint32_t read_number(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* SQLite may already write to a database when it looks into it, to end what another program was
 * about to do. So this looks first. An empty file is as good as none. */
static int check_header(int fd, char *why, size_t why_size)
{
    static const char magic[16] = "SQLite format 3";
    uint8_t header[HEADER_SIZE];
    struct stat info;
    ssize_t n;

    if (fstat(fd, &info) < 0) {
        snprintf(why, why_size, "%s", strerror(errno));
        return -1;
    }
    if (!S_ISREG(info.st_mode)) {
        snprintf(why, why_size, "not a regular file");
        return -1;
    }
    n = pread(fd, header, sizeof(header), 0);
    if (n < 0) {
        snprintf(why, why_size, "%s", strerror(errno));
        return -1;
    }
    if (n == 0)
        return 0;
    if ((size_t)n < sizeof(header) || memcmp(header, magic, sizeof(magic)) != 0) {
        snprintf(why, why_size, "not an SQLite database");
        return -1;
    }
    return check_owner(read_number(header + HEADER_APPLICATION), read_number(header + HEADER_VERSION), why,
                       why_size);
}

/* SQLite would open a file that cannot be written for reading only. */
static int check_file(const char *path, char *why, size_t why_size)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW, 0600);
    const char *problem;
    int result;

    if (fd < 0) {
        snprintf(why, why_size, "%s", errno == ELOOP ? private_file_error(errno) : strerror(errno));
        return -1;
    }
    problem = private_file_problem(fd);
    if (problem != NULL)
        snprintf(why, why_size, "%s", problem);
    result = problem != NULL ? -1 : check_header(fd, why, why_size);
    close(fd);
    return result;
}

/* ---- SQLite ---- */

void blob_reason(sqlite3 *database, char *why, size_t why_size)
{
    int code = sqlite3_extended_errcode(database);
    const char *text = sqlite3_errmsg(database);

    if (code > 0xff) /* with details that the text does not give */
        snprintf(why, why_size, "%s (SQLite code %d)", text, code);
    else
        snprintf(why, why_size, "%s", text);
}

int blob_execute(sqlite3 *database, const char *sql)
{
    return sqlite3_exec(database, sql, NULL, NULL, NULL);
}

/* The file may come from anywhere: nothing in it shall be run or relied on. */
static int configure(sqlite3 *database)
{
    static const struct {
        int option, value;
    } settings[] = {
        { SQLITE_DBCONFIG_DEFENSIVE, 1 },
        { SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
        { SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
        { SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
    };
    int code = sqlite3_extended_result_codes(database, 1);

    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]) && code == SQLITE_OK; i++)
        code = sqlite3_db_config(database, settings[i].option, settings[i].value, NULL);
    if (code == SQLITE_OK)
        code = blob_execute(database, "PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY");
    return code == SQLITE_OK ? sqlite3_busy_timeout(database, BLOB_BUSY_MS) : code;
}

/* Runs a statement that yields one number; ?1 in it is text, unless that is NULL. */
static int query_number(sqlite3 *database, const char *sql, const char *text, int64_t *number)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(database, sql, -1, &statement, NULL);

    if (code != SQLITE_OK)
        return code;
    if (text != NULL)
        sqlite3_bind_text(statement, 1, text, -1, SQLITE_STATIC);
    if (sqlite3_step(statement) == SQLITE_ROW)
        *number = sqlite3_column_int64(statement, 0);
    return sqlite3_finalize(statement);
}

/* A new file is to have pages that large blobs are read and written fast with, and tables of which page follows which, so
 * that a piece in the middle of a large blob is found without reading all pages before it. Nothing is vacuumed. SQLite
 * wants to be told before there is a page, and would write to a file that is there. What it keeps of pages, 4 MiB, it
 * counts in pages of the size that it knows then. */
static int choose_pages(sqlite3 *database)
{
    int64_t pages = 0;
    int code = query_number(database, "PRAGMA page_count", NULL, &pages);

    if (code == SQLITE_OK && pages == 0)
        code = blob_execute(database, "PRAGMA page_size = 65536; PRAGMA auto_vacuum = INCREMENTAL");
    return code == SQLITE_OK ? blob_execute(database, "PRAGMA cache_size = -4096") : code;
}

/* ---- the file as memory ---- */

/* What was read of a page that is lost may not become part of the file. */
static int refuse_commit(void *unused)
{
    (void)unused;
    return lost_pages_found();
}

/* Saves the copy of each page to SQLite's memory. It maps as much as it can, and reads the rest. */
static int map_file(sqlite3 *database)
{
    if (sizeof(void *) < 8 || lost_pages_catch() < 0) /* 32 bits have no room for it */
        return SQLITE_OK;
    sqlite3_commit_hook(database, refuse_commit, NULL);
    return blob_execute(database, "PRAGMA mmap_size = 0x7fff0000");
}

void blob_map_nothing(sqlite3 *database)
{
    blob_execute(database, "PRAGMA mmap_size = 0");
}

/* ---- its tables ---- */

static int create_tables(sqlite3 *database)
{
    char sql[SQL_MAX];
    int code = SQLITE_OK;

    for (int i = 0; i < BLOB_TABLES && code == SQLITE_OK; i++) {
        snprintf(sql, sizeof(sql), LAYOUT, blob_table_names[i]);
        code = blob_execute(database, sql);
    }
    if (code != SQLITE_OK)
        return code;
    snprintf(sql, sizeof(sql), "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID,
             LAYOUT_VERSION);
    return blob_execute(database, sql);
}

/* Counts the tables that are as create_tables makes them: SQLite keeps the text. */
static int count_tables(sqlite3 *database, int64_t *count)
{
    char sql[SQL_MAX];
    int code = SQLITE_OK;

    *count = 0;
    for (int i = 0; i < BLOB_TABLES && code == SQLITE_OK; i++) {
        int64_t found = 0;
        snprintf(sql, sizeof(sql), LAYOUT, blob_table_names[i]);
        code = query_number(database, "SELECT count(*) FROM sqlite_schema WHERE sql = ?1", sql, &found);
        *count += found;
    }
    return code;
}

/* Makes the tables in an empty database; others have to be ours. Under a lock, so that two servers
 * may start at once. An SQLite result code; *owned tells whether the database is fit. */
static int adopt(sqlite3 *database, int *owned, char *why, size_t why_size)
{
    int64_t application = 0, version = 0, entries = 0, tables = 0;
    int code = blob_execute(database, "BEGIN IMMEDIATE");

    if (code == SQLITE_OK)
        code = query_number(database, "SELECT count(*) FROM sqlite_schema", NULL, &entries);
    if (code == SQLITE_OK && entries == 0)
        code = create_tables(database);
    if (code == SQLITE_OK)
        code = query_number(database, "PRAGMA application_id", NULL, &application);
    if (code == SQLITE_OK)
        code = query_number(database, "PRAGMA user_version", NULL, &version);
    if (code == SQLITE_OK)
        code = count_tables(database, &tables);
    if (code != SQLITE_OK)
        return code;
    *owned = check_owner((uint32_t)application, (uint32_t)version, why, why_size) == 0;
    if (*owned && tables != BLOB_TABLES) {
        snprintf(why, why_size, "its tables are not those of sidewire");
        *owned = 0;
    }
    return *owned ? blob_execute(database, "COMMIT") : SQLITE_OK;
}

/* ---- all of it ---- */

/* Sets the names of the file. No path has a meaning of its own to SQLite: `:memory:` is a file. */
static int set_path(blob_store *store, const char *path)
{
    const char *prefix = path != NULL && path[0] != '/' ? "./" : "";

    if (asprintf(&store->file, "%s%s", prefix, path != NULL ? path : "") < 0) {
        store->file = NULL;
        return -1;
    }
    store->label = path != NULL ? store->file + strlen(prefix) : "temporary database";
    return 0;
}

static int open_database(blob_store *store, char *why, size_t why_size)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    int code = sqlite3_open_v2(store->file, &store->database, flags, NULL);
    int owned = 0;

    if (store->database == NULL) {
        snprintf(why, why_size, "%s", strerror(ENOMEM));
        return -1;
    }
    if (code == SQLITE_OK)
        code = configure(store->database);
    if (code == SQLITE_OK)
        code = choose_pages(store->database);
    if (code == SQLITE_OK)
        code = adopt(store->database, &owned, why, why_size);
    if (code == SQLITE_OK && owned)
        code = map_file(store->database);
    if (code != SQLITE_OK)
        blob_reason(store->database, why, why_size);
    return code == SQLITE_OK && owned ? 0 : -1;
}

int blob_store_open(blob_store **store, const char *path, char *why, size_t why_size)
{
    blob_store *opened = calloc(1, sizeof(*opened));
    int result = -1;

    *store = NULL;
    if (opened == NULL || set_path(opened, path) < 0)
        snprintf(why, why_size, "%s", strerror(ENOMEM));
    else if (path == NULL || check_file(opened->file, why, why_size) == 0)
        result = open_database(opened, why, why_size);
    if (result < 0)
        blob_store_close(opened);
    else
        *store = opened;
    return result;
}

void blob_store_close(blob_store *store)
{
    if (store == NULL)
        return;
    sqlite3_close(store->database);
    free(store->file);
    free(store);
}
