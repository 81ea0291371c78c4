#include "keylog.h"

#include "allocate.h"
#include "report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* What lines begin with. */
static const char *const labels[] = { "SIDEWIRE_SESSION_KEYS", "SEALED" };

enum { LABEL_PLAIN, LABEL_SEALED, LABELS };

enum { BUCKETS = 1 << 14, LINES_SIZE = 1 << 14, SAME_MAX = 16 };

static const uint32_t NONE = UINT32_MAX;

typedef struct session_keys {
    sw_secrets keys;
    uint32_t chain;             /* index of the next one of the bucket, or NONE */
} session_keys;

struct keylog_reader {
    const char *path;
    uint64_t seed;
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

/* By a number that whoever made a capture with keys in it does not know. */
static uint32_t *bucket_of(keylog_reader *log, const uint8_t *name)
{
    uint64_t hash = log->seed;

    for (size_t i = 0; i < SW_SHA1_SIZE; i++) {
        hash = (hash ^ name[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return &log->buckets[hash % BUCKETS];
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

static session_keys *find_sealed(keylog_reader *log, const uint8_t *ephemeral, unsigned turn)
{
    for (uint32_t i = *bucket_of(log, ephemeral); i != NONE; i = log->sessions[i].chain) {
        session_keys *s = &log->sessions[i];

        if (s->keys.response_size == 0 &&
            memcmp(s->keys.ephemeral, ephemeral, sizeof(s->keys.ephemeral)) == 0 && turn-- == 0)
            return s;
    }
    return NULL;
}

/* The line that a new one replaces, if there is one: client and server write the same. Other keys for an ephemeral key are
 * another line, of which there are not too many. */
static session_keys *replaced_by(keylog_reader *log, const sw_secrets *keys)
{
    session_keys *oldest = NULL;
    unsigned same = 0;

    if (keys->response_size > 0)
        return find(log, keys->response, keys->response_size);
    for (uint32_t i = *bucket_of(log, keys->ephemeral); i != NONE; i = log->sessions[i].chain) {
        sw_secrets *known = &log->sessions[i].keys;

        if (known->response_size > 0 || memcmp(known->ephemeral, keys->ephemeral, sizeof(keys->ephemeral)) != 0)
            continue;
        if (memcmp(known->client_key, keys->client_key, sizeof(keys->client_key)) == 0 &&
            memcmp(known->server_key, keys->server_key, sizeof(keys->server_key)) == 0)
            return &log->sessions[i];
        oldest = &log->sessions[i];
        same++;
    }
    return same < SAME_MAX ? NULL : oldest;
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
    session_keys *known = replaced_by(log, keys);
    uint32_t *bucket = bucket_of(log, keys->response_size > 0 ? keys->response : keys->ephemeral);

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
static void use_line(keylog_reader *log, const char *line, size_t len)
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
    if (getrandom(&log->seed, sizeof(log->seed), 0) != sizeof(log->seed))
        log->seed = (uintptr_t)log; /* better than nothing */
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

int keylog_find_sealed(keylog_reader *log, const uint8_t ephemeral[SW_X25519_SIZE], unsigned turn,
                       sw_secrets *keys)
{
    session_keys *known = find_sealed(log, ephemeral, turn);
    char why[128];

    if (known == NULL && log->may_grow && keylog_read(log, why, sizeof(why)) == 0)
        known = find_sealed(log, ephemeral, turn);
    if (known == NULL)
        return 0;
    *keys = known->keys;
    return 1;
}

keylog_reader *keylog_new_empty(const char *name)
{
    keylog_reader *log = keylog_new(name);

    log->may_grow = 0;
    return log;
}

int keylog_has_lines(const char *text, size_t len)
{
    int which;

    return find_label(text, text + len, &which) != NULL;
}

void keylog_use(keylog_reader *log, const char *text, size_t len)
{
    const char *end = text + len;

    for (const char *line = text; line < end;) {
        const char *lf = memchr(line, '\n', (size_t)(end - line));

        if (lf == NULL)
            lf = end;
        use_line(log, line, (size_t)(lf - line));
        line = lf + 1;
    }
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
