/* SPDX-License-Identifier: ISC */
#include "extract.h"

#include "describe.h"
#include "report.h"
#include "watch/allocate.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct extracted {
    uint64_t number; /* comes first: what the tree is searched by */
    int made[2];     /* by `from`: the file is there */
} extracted;

typedef struct extract {
    int folder; /* descriptor: rights may be given up meanwhile */
    const char *path;
    void *open; /* tree of extracted */
    int failed;
} extract;

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

/* ---- files ---- */

/* The file of one side, at its end; -1 after a message. */
static int open_file(extract *x, extracted *session, from side)
{
    static const char *const suffixes[] = { [FROM_CLIENT] = "upload", [FROM_SERVER] = "reply" };
    int flags = O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    char name[40];
    int fd;

    snprintf(name, sizeof(name), "%" PRIu64 ".%s", session->number, suffixes[side]);
    fd = openat(x->folder, name, session->made[side] ? flags : flags | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
    if (fd < 0) {
        report("%s/%s: %s", x->path, name, strerror(errno));
        x->failed = 1;
        return -1;
    }
    session->made[side] = 1;
    return fd;
}

static int write_all(int fd, const uint8_t *data, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, data, len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        data += n;
        len -= (size_t)n;
    }
    return 0;
}

/* n bytes of zeros, which take no room. */
static int write_hole(int fd, uint64_t n)
{
    off_t end = lseek(fd, 0, SEEK_END);

    return end < 0 ? -1 : ftruncate(fd, end + (off_t)n);
}

static void put(extract *x, extracted *session, const item *what)
{
    int fd = open_file(x, session, what->side), result;

    if (fd < 0)
        return;
    result = what->kind == ITEM_LOST ? write_hole(fd, what->size) : write_all(fd, what->body, what->body_len);
    if (close(fd) < 0 || result < 0) {
        report_system(x->path, errno);
        x->failed = 1;
    }
}

/* ---- sink ---- */

static void extract_begin(void *ctx, const session_info *info)
{
    extracted *session = allocate(sizeof(*session));

    session->number = info->number;
    if (tsearch(session, &((extract *)ctx)->open, compare) == NULL)
        allocation_failed();
}

/* What a user would call the content: no logs, no exit packets, no handshake. */
static int is_content(const item *what)
{
    if (what->kind == ITEM_LOST)
        return 1;
    return what->kind == ITEM_DATA && what->body_len > 0 &&
           (what->band == BAND_NONE || what->band == SW_BAND_OUTPUT || what->band == SW_BAND_BLOB_DATA);
}

static void extract_item(void *ctx, const session_info *info, const item *what)
{
    extract *x = ctx;
    extracted *session = *(extracted **)tfind(&info->number, &x->open, compare);

    /* before the first byte a hole is in the handshake */
    if (!x->failed && is_content(what) && (what->kind != ITEM_LOST || session->made[what->side]))
        put(x, session, what);
}

static void extract_end(void *ctx, const session_info *info, const outcome *how)
{
    extract *x = ctx;
    extracted *session = *(extracted **)tfind(&info->number, &x->open, compare);

    (void)how;
    tdelete(session, &x->open, compare);
    free(session);
}

static void extract_flush(void *ctx)
{
    (void)ctx;
}

static int extract_finish(void *ctx)
{
    extract *x = ctx;
    int failed = x->failed;

    close(x->folder);
    free(x);
    return failed ? -1 : 0;
}

int extract_view(view *out, const char *folder)
{
    extract *x;
    int fd;

    if (mkdir(folder, S_IRWXU) < 0 && errno != EEXIST) {
        report_system(folder, errno);
        return -1;
    }
    fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
        report_system(folder, errno);
        return -1;
    }
    x = allocate(sizeof(*x));
    x->folder = fd;
    x->path = folder;
    *out = (view){ { x, extract_begin, extract_item, extract_end }, extract_flush, extract_finish };
    return 0;
}
