/* SPDX-License-Identifier: ISC */
#include "keylog.h"

#include "allocate.h"
#include "keylog_line.h"
#include "keylog_table.h"
#include "keylog_writer.h"
#include "platform.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINES_SIZE = 1 << 14 };

typedef struct log_file log_file;

/* Where lines come from. */
struct log_file {
    log_file *next;
    keylog_reader *reader;
    const char *path;
    int fd;       /* -1: not open yet, or not to be read any more */
    int may_grow; /* there may be more later */
    int is_regular;
    uint64_t size;          /* bytes read */
    unsigned long line;     /* number of the line that lines[] begins with */
    unsigned long reported; /* number of the line that was reported last */
    int skipping;           /* the rest of a line is to be passed over */
    size_t len;             /* bytes in lines[] */
    char lines[LINES_SIZE];
};

struct keylog_reader {
    log_file *files;                  /* in the order that they were named in */
    const char *found_in;             /* where the line that was found last is from */
    uint64_t lines_used, lines_asked; /* that had keys; when it was last asked whether it grew */
    keylog_table table;
};

static void add(log_file *log, const sw_secrets *keys)
{
    log->reader->lines_used++;
    keylog_table_add(&log->reader->table, keys, log->path);
}

/* ---- lines ---- */

static void use_line(log_file *log, const char *line, size_t len)
{
    sw_secrets keys;
    int damaged;

    if (keylog_line_parse(line, len, &keys, &damaged))
        add(log, &keys);
    sw_secrets_wipe(&keys);
    if (damaged && log->reported != log->line) {
        log->reported = log->line;
        report("%s: line %lu is damaged", log->path, log->line);
    }
}

/* Uses all lines in the buffer that are complete, and of a line longer than the buffer what is
 * there. */
static void use_lines(log_file *log)
{
    char *line = log->lines;
    char *end = log->lines + log->len;
    char *lf;

    while ((lf = memchr(line, '\n', (size_t)(end - line))) != NULL) {
        if (!log->skipping)
            use_line(log, line, (size_t)(lf - line));
        log->skipping = 0;
        log->line++;
        line = lf + 1;
    }
    if (line == log->lines && log->len == sizeof(log->lines)) {
        if (!log->skipping)
            use_line(log, line, log->len);
        log->skipping = 1;
    }
    if (log->skipping)
        line = end;
    log->len = (size_t)(end - line);
    memmove(log->lines, line, log->len);
}

/* ---- files ---- */

static int open_file(log_file *log)
{
    struct stat info;

    log->fd = open(log->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (log->fd < 0 || fstat(log->fd, &info) < 0)
        return -1;
    log->may_grow = log->is_regular = S_ISREG(info.st_mode);
    return 0;
}

/* For good. */
static void close_file(log_file *log)
{
    if (log->fd >= 0)
        close(log->fd);
    log->fd = -1;
    log->may_grow = 0;
}

static int is_endless(const log_file *log)
{
    return !log->is_regular && log->size >= KEYLOG_DEVICE_MAX;
}

/* 0, or -1 with errno. */
static int read_file(log_file *log)
{
    ssize_t n;
    int error;

    if (log->fd < 0 && open_file(log) < 0)
        return -1;
    while ((n = read(log->fd, log->lines + log->len, sizeof(log->lines) - log->len)) > 0 && !is_endless(log)) {
        log->size += (uint64_t)n;
        log->len += (size_t)n;
        use_lines(log);
    }
    error = errno;
    if (n == 0 && log->len > 0) /* the last line may do without a LF */
        use_line(log, log->lines, log->len);
    if (n > 0)
        report("%s: only the first %d bytes are read", log->path, KEYLOG_DEVICE_MAX);
    if (n != 0 || !log->may_grow)
        close_file(log);
    errno = error;
    return n < 0 ? -1 : 0;
}

int keylog_read(keylog_reader *log, char *why, size_t why_size)
{
    int several = log->files != NULL && log->files->next != NULL, result = 0;

    for (log_file *file = log->files; file != NULL; file = file->next) {
        if ((!file->may_grow && file->size > 0) || read_file(file) == 0 || result < 0)
            continue;
        snprintf(why, why_size, several ? "%.80s: %s" : "%.0s%s", file->path, strerror(errno));
        result = -1;
    }
    return result;
}

/* ---- for everybody ---- */

keylog_reader *keylog_new(const char *path)
{
    keylog_reader *log = allocate(sizeof(*log));

    if (platform_random(&log->table.seed, sizeof(log->table.seed)) < 0)
        log->table.seed = (uintptr_t)log; /* better than nothing */
    keylog_add(log, path);
    return log;
}

void keylog_add(keylog_reader *log, const char *path)
{
    log_file **last = &log->files;
    log_file *file = allocate(sizeof(*file));

    while (*last != NULL)
        last = &(*last)->next;
    *last = file;
    file->reader = log;
    file->path = path;
    file->fd = -1;
    file->may_grow = 1;
    file->line = 1;
}

keylog_reader *keylog_new_empty(const char *name)
{
    keylog_reader *log = keylog_new(name);

    log->files->may_grow = 0;
    log->files->size = 1; /* there is nothing to be read */
    return log;
}

static int may_grow(const keylog_reader *log)
{
    for (const log_file *file = log->files; file != NULL; file = file->next)
        if (file->may_grow)
            return 1;
    return 0;
}

static int take(keylog_reader *log, const keylog_session *known, sw_secrets *keys)
{
    if (known == NULL)
        return 0;
    log->found_in = known->origin;
    *keys = known->keys;
    return 1;
}

/* A file that is missing may yet be made. */
static void look_again(keylog_reader *log)
{
    char why[128];

    if (may_grow(log))
        keylog_read(log, why, sizeof(why));
}

int keylog_find(keylog_reader *log, const uint8_t *response, size_t size, sw_secrets *keys)
{
    if (take(log, keylog_table_find(&log->table, response, size), keys))
        return 1;
    look_again(log);
    return take(log, keylog_table_find(&log->table, response, size), keys);
}

int keylog_find_sealed(keylog_reader *log, const uint8_t ephemeral[SW_X25519_SIZE], unsigned turn,
                       sw_secrets *keys)
{
    if (take(log, keylog_table_find_sealed(&log->table, ephemeral, turn), keys))
        return 1;
    look_again(log);
    return take(log, keylog_table_find_sealed(&log->table, ephemeral, turn), keys);
}

int keylog_next(keylog_reader *log, uint32_t *i, sw_secrets *keys)
{
    if (*i == 0)
        look_again(log);
    return take(log, keylog_table_next(&log->table, i), keys);
}

int keylog_knows_secrets(uint32_t type, const void *secrets, size_t len)
{
    enum { TLS_KEY_LOG = 0x544c534b };

    return type == KEYLOG_SECRETS_TYPE || (type == TLS_KEY_LOG && keylog_line_is_in(secrets, len));
}

void keylog_use(keylog_reader *log, const char *text, size_t len)
{
    const char *end = text + len;

    for (const char *line = text; line < end;) {
        const char *lf = memchr(line, '\n', (size_t)(end - line));

        if (lf == NULL)
            lf = end;
        use_line(log->files, line, (size_t)(lf - line));
        line = lf + 1;
    }
}

int keylog_grew(keylog_reader *log)
{
    int grew;

    look_again(log);
    grew = log->lines_used != log->lines_asked;
    log->lines_asked = log->lines_used;
    return grew;
}

const char *keylog_name(const keylog_reader *log)
{
    return log->files->path;
}

const char *keylog_path(const keylog_reader *log, size_t i)
{
    const log_file *file = log->files;

    for (; file != NULL && i > 0; i--)
        file = file->next;
    return file != NULL ? file->path : NULL;
}

const char *keylog_found_in(const keylog_reader *log)
{
    return log->found_in;
}

void keylog_close(keylog_reader *log)
{
    log_file *next;

    if (log == NULL)
        return;
    for (log_file *file = log->files; file != NULL; file = next) {
        next = file->next;
        close_file(file);
        platform_wipe(file->lines, sizeof(file->lines));
        free(file);
    }
    keylog_table_clear(&log->table);
    free(log);
}
