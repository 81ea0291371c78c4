/* SPDX-License-Identifier: ISC */
#include "log.h"

#include "platform.h"
#include "printable.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    LOG_TEXT_MAX = 1024, /* bytes of a text; the rest is cut off */
    LOG_LINE_MAX = 4 * LOG_TEXT_MAX + 128
};

typedef struct bucket {
    int64_t full_at; /* ms: when LOG_STRANGER_BURST lines may come again */
    unsigned long dropped;
} bucket;

static const char *const names[LOG_LEVELS] = { "debug", "info", "notice", "warning", "error", "crit", "emerg" };
static const int syslog_numbers[LOG_LEVELS] = { 7, 6, 5, 4, 3, 2, 0 };

static log_level lowest = LEVEL_NOTICE;
static bucket buckets[LOG_LEVELS];

static struct {
    int fd; /* -1: standard error as it is */
    int is_socket, is_journal;
    char rest[LOG_LINE_MAX]; /* of a line that was written in part */
    size_t rest_len;
    unsigned long lost; /* lines, since the last one that could be written */
} sink = { .fd = -1 };

static pthread_mutex_t sink_lock = PTHREAD_MUTEX_INITIALIZER;

int log_level_parse(const char *name)
{
    for (int i = LEVEL_DEBUG; i <= LEVEL_EMERG; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return -1;
}

const char *log_level_name(log_level level)
{
    return names[level];
}

void log_set_level(log_level level)
{
    lowest = level;
}

log_level log_get_level(void)
{
    return lowest;
}

/* ---- where it goes ---- */

/* systemd says which of its sockets is the journal's. */
static int is_journal(const struct stat *info)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;

    /* cert-err34-c: numbers that are too large are those of no file */
    return stream != NULL && sscanf(stream, "%llu:%llu", &device, &inode) == 2 && device == info->st_dev &&
           inode == info->st_ino;
}

/* A pipe or terminal is opened once more, since O_NONBLOCK on standard error itself would be there
 * for everybody who shares it. A file has one position for all who share it, and never waits. */
void log_open(void)
{
    struct stat info;

    if (fstat(STDERR_FILENO, &info) < 0)
        return;
    sink.is_socket = S_ISSOCK(info.st_mode);
    sink.is_journal = is_journal(&info);
    if (S_ISFIFO(info.st_mode) || S_ISCHR(info.st_mode))
        sink.fd = open("/proc/self/fd/2", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | O_APPEND);
}

void log_close(void)
{
    if (sink.fd >= 0)
        close(sink.fd);
    sink.fd = -1;
}

static ssize_t put(const char *data, size_t len)
{
    if (sink.is_socket)
        return platform_send(STDERR_FILENO, data, len);
    return write(sink.fd >= 0 ? sink.fd : STDERR_FILENO, data, len);
}

/* Writes one line, or the beginning of it and keeps the rest for later. Returns whether it did. */
static int put_line(const char *line, size_t len)
{
    ssize_t n;

    if (sink.rest_len > 0) {
        n = put(sink.rest, sink.rest_len);
        if (n > 0) {
            sink.rest_len -= (size_t)n;
            memmove(sink.rest, sink.rest + n, sink.rest_len);
        }
        if (sink.rest_len > 0)
            return 0;
    }
    n = put(line, len);
    if (n <= 0)
        return 0;
    sink.rest_len = len - (size_t)n;
    memcpy(sink.rest, line + n, sink.rest_len);
    return 1;
}

/* ---- lines ---- */

static size_t put_time(char *line, size_t size)
{
    struct timespec now;
    struct tm local;
    size_t len;

    clock_gettime(CLOCK_REALTIME, &now);
    if (localtime_r(&now.tv_sec, &local) == NULL)
        return 0;
    len = strftime(line, size, "%Y-%m-%dT%H:%M:%S", &local);
    len += (size_t)snprintf(line + len, size - len, ".%03ld", now.tv_nsec / 1000000);
    return len + strftime(line + len, size - len, "%z ", &local);
}

static size_t put_head(char *line, size_t size, log_level level)
{
    size_t len;

    if (sink.is_journal)
        return (size_t)snprintf(line, size, "<%d>", syslog_numbers[level]);
    len = put_time(line, size);
    return len +
           (size_t)snprintf(line + len, size - len, "%.64s: %s: ", program_invocation_short_name, names[level]);
}

/* Nothing of the text begins a line of its own. */
static size_t put_text(char *line, const char *text)
{
    printable state = { 0 };
    size_t len = 0;

    for (; *text != '\0'; text++) {
        if (*text == '\n' || *text == '\t') {
            len += printable_end(&state, line + len);
            line[len++] = '\\';
            line[len++] = *text == '\n' ? 'n' : 't';
        } else {
            len += printable_byte(&state, (uint8_t)*text, line + len);
        }
    }
    return len + printable_end(&state, line + len);
}

static int write_line(log_level level, const char *text)
{
    char line[LOG_LINE_MAX];
    size_t len = put_head(line, sizeof(line), level);

    len += put_text(line + len, text);
    line[len++] = '\n';
    return put_line(line, len);
}

static void write_event(log_level level, const char *text)
{
    char lost[64];

    pthread_mutex_lock(&sink_lock);
    if (sink.lost > 0) {
        snprintf(lost, sizeof(lost), "%lu lines of the log were lost", sink.lost);
        if (write_line(LEVEL_WARNING, lost))
            sink.lost = 0;
    }
    if (!write_line(level, text))
        sink.lost++;
    pthread_mutex_unlock(&sink_lock);
}

void log_event(log_level level, const char *format, ...)
{
    char text[LOG_TEXT_MAX];
    va_list args;

    if (level < lowest)
        return;
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    write_event(level, text);
}

/* ---- strangers ---- */

/* Each line postpones by its share when the bucket is full again. */
static int may_write(bucket *b)
{
    enum { LINE_MS = 1000 / LOG_STRANGER_RATE };
    struct timespec now;
    int64_t ms;

    clock_gettime(CLOCK_MONOTONIC, &now);
    ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
    if (b->full_at < ms)
        b->full_at = ms;
    if (b->full_at + LINE_MS > ms + (int64_t)LOG_STRANGER_BURST * LINE_MS)
        return 0;
    b->full_at += LINE_MS;
    return 1;
}

void log_stranger(log_level level, const char *format, ...)
{
    bucket *b = &buckets[level];
    char text[LOG_TEXT_MAX];
    va_list args;

    if (level < lowest)
        return;
    if (!may_write(b)) {
        b->dropped++;
        return;
    }
    if (b->dropped > 0) {
        snprintf(text, sizeof(text), "%lu events of this kind were not logged: too many", b->dropped);
        write_event(level, text);
        b->dropped = 0;
    }
    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    write_event(level, text);
}

char *log_quote(char *out, size_t size, const char *text, size_t len)
{
    size_t n = 0;

    out[n++] = '\'';
    for (size_t i = 0; i < len && n + 4 < size; i++) {
        if (text[i] == '\'' || text[i] == '\\')
            out[n++] = '\\';
        out[n++] = text[i];
    }
    out[n++] = '\'';
    out[n] = '\0';
    return out;
}
