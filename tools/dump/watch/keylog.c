/* SPDX-License-Identifier: ISC */
#include "keylog.h"

#include "allocate.h"
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

/* What lines begin with. */
static const char *const labels[] = { "SIDEWIRE_SESSION_KEYS", "SEALED" };

enum { LABEL_PLAIN, LABEL_SEALED, LABELS };

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

/* -1: no hex digit. */
static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static int is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Reads blanks and then hex of at most max bytes from *text. How many bytes; 0: there is no such
 * thing. */
static size_t take_hex(const char **text, const char *end, uint8_t *out, size_t max)
{
    const char *p = *text;
    size_t n = 0;

    /* analyzer-null-dereference: text is never NULL */
    if (p == end || !is_blank(*p))
        return 0;
    while (p < end && is_blank(*p))
        p++;
    for (; end - p >= 2 && n < max; p += 2, n++) {
        int high = hex_digit(p[0]);
        int low = hex_digit(p[1]);

        if (high < 0 || low < 0)
            break;
        out[n] = (uint8_t)(high << 4 | low);
    }
    *text = p;
    return n;
}

/* What names the session. 0, or -1: damaged. */
static int parse_name(const char **text, const char *end, int label, sw_secrets *out)
{
    size_t size;

    if (label == LABEL_SEALED)
        return take_hex(text, end, out->ephemeral, sizeof(out->ephemeral)) == sizeof(out->ephemeral) ? 0 : -1;
    size = take_hex(text, end, out->response, sizeof(out->response));
    out->response_size = (uint8_t)size;
    return size == SW_SHA1_SIZE || size == SW_SHA256_SIZE ? 0 : -1;
}

/* What is behind the label. 0, or -1: damaged. */
static int parse_keys(const char *text, const char *end, int label, sw_secrets *out)
{
    if (parse_name(&text, end, label, out) < 0)
        return -1;
    if (take_hex(&text, end, out->client_key, SW_CIPHER_KEY_SIZE) != SW_CIPHER_KEY_SIZE ||
        take_hex(&text, end, out->server_key, SW_CIPHER_KEY_SIZE) != SW_CIPHER_KEY_SIZE)
        return -1;
    while (text < end && is_blank(*text))
        text++;
    return text == end ? 0 : -1;
}

/* The first label in a text, and which one it is; NULL: there is none. */
static const char *find_label(const char *text, const char *end, int *which)
{
    const char *first = NULL;

    for (int i = 0; i < LABELS; i++) {
        const char *found = memmem(text, (size_t)(end - text), labels[i], strlen(labels[i]));

        if (found != NULL && (first == NULL || found < first)) {
            first = found;
            *which = i;
        }
    }
    return first;
}

/* The end of a line counts: where one was cut off, as on a full disk, the next one is behind it. */
static void use_line(log_file *log, const char *line, size_t len)
{
    const char *end = line + len;
    const char *last = NULL;
    int which = 0, damaged = 0;
    sw_secrets keys;

    if (find_label(line, end, &which) != line)
        return;
    for (const char *label = line; label != NULL; label = find_label(last, end, &which)) {
        damaged = last != NULL;
        last = label + strlen(labels[which]);
    }
    memset(&keys, 0, sizeof(keys));
    /* else another label, which begins like ours; analyzer-null-dereference: the loop ran once */
    if (last == end || is_blank(*last)) {
        if (parse_keys(last, end, which, &keys) == 0)
            add(log, &keys);
        else
            damaged = 1;
    }
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

int keylog_has_lines(const char *text, size_t len)
{
    int which;

    return find_label(text, text + len, &which) != NULL;
}

int keylog_knows_secrets(uint32_t type, const void *secrets, size_t len)
{
    enum { TLS_KEY_LOG = 0x544c534b };

    return type == KEYLOG_SECRETS_TYPE || (type == TLS_KEY_LOG && keylog_has_lines(secrets, len));
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
