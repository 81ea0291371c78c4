#include "keylog.h"

#include "allocate.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LABEL "SIDEWIRE_SESSION_KEYS"

enum { LABEL_LEN = sizeof(LABEL) - 1, BUCKETS = 1 << 14, LINES_SIZE = 1 << 14 };

static const uint32_t NONE = UINT32_MAX;

typedef struct session_keys {
    sw_secrets keys;
    uint32_t chain;             /* index of the next one of the bucket, or NONE */
} session_keys;

struct keylog_reader {
    const char *path;
    int fd;                     /* -1: not open yet, or not to be read any more */
    int may_grow;               /* there may be more later */
    uint64_t size;              /* bytes read */
    unsigned long line;         /* number of the line that lines[] begins with */
    unsigned long reported;     /* number of the line that was reported last */
    int skipping;               /* the rest of a line is to be passed over */
    int full;
    size_t len;                 /* bytes in lines[] */
    session_keys *sessions;
    uint32_t count, cap;
    uint64_t lines_used, lines_asked;   /* that had keys; when it was last asked whether it grew */
    uint32_t buckets[BUCKETS];
    char lines[LINES_SIZE];
};

/* ---- table ---- */

/* The response is a hash already. */
static uint32_t *bucket_of(keylog_reader *log, const uint8_t *response)
{
    return &log->buckets[((uint32_t)response[0] << 8 | response[1]) % BUCKETS];
}

static session_keys *find(keylog_reader *log, const uint8_t *response, size_t size)
{
    for (uint32_t i = *bucket_of(log, response); i != NONE; i = log->sessions[i].chain) {
        session_keys *s = &log->sessions[i];

        if (s->keys.response_size == size && memcmp(s->keys.response, response, size) == 0)
            return s;
    }
    return NULL;
}

/* Not by realloc, which would leave keys behind unwiped. */
static void grow(keylog_reader *log)
{
    uint32_t cap = log->cap > 0 ? 2 * log->cap : 64;
    session_keys *sessions = allocate(cap * sizeof(*sessions));

    if (log->count > 0) {
        memcpy(sessions, log->sessions, log->count * sizeof(*sessions));
        explicit_bzero(log->sessions, log->count * sizeof(*sessions));
    }
    free(log->sessions);
    log->sessions = sessions;
    log->cap = cap;
}

static void add(keylog_reader *log, const sw_secrets *keys)
{
    session_keys *known = find(log, keys->response, keys->response_size);
    uint32_t *bucket = bucket_of(log, keys->response);

    log->lines_used++;
    if (known != NULL) {
        known->keys = *keys;
        return;
    }
    if (log->count == KEYLOG_SESSIONS_MAX) {
        if (!log->full)
            report("%s: only the first %d sessions are used", log->path, KEYLOG_SESSIONS_MAX);
        log->full = 1;
        return;
    }
    if (log->count == log->cap)
        grow(log);
    log->sessions[log->count].keys = *keys;
    log->sessions[log->count].chain = *bucket;
    *bucket = log->count++;
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

/* What is behind the label. 0, or -1: damaged. */
static int parse_keys(const char *text, const char *end, sw_secrets *out)
{
    size_t size = take_hex(&text, end, out->response, sizeof(out->response));

    if (size != SW_SHA1_SIZE && size != SW_SHA256_SIZE)
        return -1;
    out->response_size = (uint8_t)size;
    if (take_hex(&text, end, out->client_key, SW_CIPHER_KEY_SIZE) != SW_CIPHER_KEY_SIZE ||
        take_hex(&text, end, out->server_key, SW_CIPHER_KEY_SIZE) != SW_CIPHER_KEY_SIZE)
        return -1;
    while (text < end && is_blank(*text))
        text++;
    return text == end ? 0 : -1;
}

/* The end of a line counts: where one was cut off, as on a full disk, the next one is behind it. */
static void use_line(keylog_reader *log, const char *line, size_t len)
{
    const char *end = line + len;
    const char *last = NULL;
    int damaged = 0;
    sw_secrets keys;

    if (len < LABEL_LEN || memcmp(line, LABEL, LABEL_LEN) != 0)
        return;
    for (const char *label = line; label != NULL;
         label = memmem(last, (size_t)(end - last), LABEL, LABEL_LEN)) {
        damaged = last != NULL;
        last = label + LABEL_LEN;
    }
    memset(&keys, 0, sizeof(keys));
    /* else another label, which begins like ours; analyzer-null-dereference: the loop ran once */
    if (last == end || is_blank(*last)) {
        if (parse_keys(last, end, &keys) == 0)
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
static void use_lines(keylog_reader *log)
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

/* ---- file ---- */

static int open_file(keylog_reader *log)
{
    struct stat info;

    log->fd = open(log->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (log->fd < 0 || fstat(log->fd, &info) < 0)
        return -1;
    log->may_grow = S_ISREG(info.st_mode);
    return 0;
}

/* For good. */
static void close_file(keylog_reader *log)
{
    if (log->fd >= 0)
        close(log->fd);
    log->fd = -1;
    log->may_grow = 0;
}

int keylog_read(keylog_reader *log, char *why, size_t why_size)
{
    ssize_t n;

    if (log->fd < 0 && open_file(log) < 0) {
        snprintf(why, why_size, "%s", strerror(errno));
        return -1;
    }
    while ((n = read(log->fd, log->lines + log->len, sizeof(log->lines) - log->len)) > 0 &&
           log->size < KEYLOG_FILE_MAX) {
        log->size += (uint64_t)n;
        log->len += (size_t)n;
        use_lines(log);
    }
    if (n < 0)
        snprintf(why, why_size, "%s", strerror(errno));
    else if (log->len > 0) /* the last line may do without a LF */
        use_line(log, log->lines, log->len);
    if (n > 0)
        report("%s: only the first %d bytes are read", log->path, KEYLOG_FILE_MAX);
    if (n != 0 || !log->may_grow)
        close_file(log);
    return n < 0 ? -1 : 0;
}

/* ---- for everybody ---- */

keylog_reader *keylog_new(const char *path)
{
    keylog_reader *log = allocate(sizeof(*log));

    log->path = path;
    log->fd = -1;
    log->may_grow = 1;
    log->line = 1;
    for (size_t i = 0; i < BUCKETS; i++)
        log->buckets[i] = NONE;
    return log;
}

int keylog_find(keylog_reader *log, const uint8_t *response, size_t size, sw_secrets *keys)
{
    session_keys *known = find(log, response, size);
    char why[128];

    if (known == NULL && log->may_grow && keylog_read(log, why, sizeof(why)) == 0)
        known = find(log, response, size);
    if (known == NULL)
        return 0;
    *keys = known->keys;
    return 1;
}

int keylog_grew(keylog_reader *log)
{
    char why[128];
    int grew;

    if (log->may_grow)
        keylog_read(log, why, sizeof(why));
    grew = log->lines_used != log->lines_asked;
    log->lines_asked = log->lines_used;
    return grew;
}

const char *keylog_name(const keylog_reader *log)
{
    return log->path;
}

void keylog_close(keylog_reader *log)
{
    if (log == NULL)
        return;
    close_file(log);
    if (log->count > 0)
        explicit_bzero(log->sessions, log->count * sizeof(*log->sessions));
    free(log->sessions);
    explicit_bzero(log->lines, sizeof(log->lines));
    free(log);
}
