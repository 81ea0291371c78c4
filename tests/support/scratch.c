/* SPDX-License-Identifier: ISC */
#include "scratch.h"

#include <check.h>

#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum {
    REMOVE_DESCRIPTORS = 8,
    SCRATCH_ROOM = 1 << 30 /* bytes for all suites that run at a time */
};

/* ---- memory ---- */

typedef struct block {
    struct block *next;
    max_align_t data[];
} block;

static block *blocks;

void *scratch_allocate(size_t size)
{
    block *b = calloc(1, sizeof(*b) + size);

    if (b == NULL)
        ck_abort_msg("no memory");
    b->next = blocks;
    blocks = b;
    return b->data;
}

const char *scratch_format(const char *format, ...)
{
    char *text;
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    ck_assert_int_ge(len, 0);
    text = scratch_allocate((size_t)len + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return text;
}

static void free_blocks(void)
{
    while (blocks != NULL) {
        block *next = blocks->next;

        free(blocks);
        blocks = next;
    }
}

/* ---- folders ---- */

static char run_folder[PATH_MAX - NAME_MAX];
static char test_folder[PATH_MAX];

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

static void remove_folder(const char *path)
{
    if (nftw(path, remove_entry, REMOVE_DESCRIPTORS, FTW_DEPTH | FTW_PHYS) != 0)
        fprintf(stderr, "%s: not removed: %s\n", path, strerror(errno));
}

/* Memory rather than a disk where there is enough of it: databases are synced again and again. */
static const char *scratch_parent(void)
{
    static const char in_memory[] = "/dev/shm";
    const char *wanted = getenv("TMPDIR");
    struct statvfs info;

    if (wanted != NULL && wanted[0] == '/')
        return wanted;
    if (access(in_memory, W_OK | X_OK) == 0 && statvfs(in_memory, &info) == 0 && (info.f_flag & ST_NOEXEC) == 0 &&
        info.f_bavail >= SCRATCH_ROOM / info.f_frsize)
        return in_memory;
    return "/tmp";
}

int scratch_open(void)
{
    int len = snprintf(run_folder, sizeof(run_folder), "%s/sidewire-e2e-XXXXXX", scratch_parent());

    if (len >= (int)sizeof(run_folder) || mkdtemp(run_folder) == NULL) {
        fprintf(stderr, "%s: cannot be made\n", run_folder);
        return -1;
    }
    umask(022); /* Debian 13 lets groups write what users make, and our programs take no such lists and keys */
    return chdir(run_folder);
}

void scratch_close(void)
{
    free_blocks();
    if (chdir("/") == 0)
        remove_folder(run_folder);
}

/* Whoever runs the tests may have settings of his own. */
static void forget_settings(void)
{
    static const char *const variables[] = { "XDG_CONFIG_HOME", "SIDEWIRE_HOST", "SIDEWIRE_PORT", "SIDEWIRE_USER",
                                             "SIDEWIRE_KEY" };

    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
        unsetenv(variables[i]);
}

void scratch_enter(void)
{
    forget_settings();
    snprintf(test_folder, sizeof(test_folder), "%s/test-%ld", run_folder, (long)getpid());
    if (mkdir(test_folder, 0700) < 0 || chdir(test_folder) < 0 || symlink("../keys", "keys") < 0 ||
        setenv("HOME", test_folder, 1) < 0)
        ck_abort_msg("%s: %s", test_folder, strerror(errno));
}

void scratch_leave(void)
{
    ck_assert_int_eq(chdir("/"), 0);
    remove_folder(test_folder);
    free_blocks();
}

/* ---- files ---- */

void scratch_write(const char *name, const void *data, size_t len)
{
    FILE *file = fopen(name, "we");

    ck_assert_msg(file != NULL, "%s: %s", name, strerror(errno));
    ck_assert_uint_eq(fwrite(data, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

void scratch_write_text(const char *name, const char *text)
{
    scratch_write(name, text, strlen(text));
}

char *scratch_read(const char *name, size_t *len)
{
    FILE *file = fopen(name, "re");
    struct stat info;
    char *data;
    size_t n;

    ck_assert_msg(file != NULL && fstat(fileno(file), &info) == 0, "%s: %s", name, strerror(errno));
    data = scratch_allocate((size_t)info.st_size + 1);
    n = fread(data, 1, (size_t)info.st_size, file); /* it may be growing meanwhile */
    fclose(file);
    if (len != NULL)
        *len = n;
    return data;
}
