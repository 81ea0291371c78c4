/* SPDX-License-Identifier: ISC */
#include "keylog_writer.h"

#include "platform.h"
#include "private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LABEL "SIDEWIRE_SESSION_KEYS"
#define LABEL_SEALED "SEALED"

_Static_assert(sizeof(LABEL) + 3 * (1 + 2 * 32) + 1 <= KEYLOG_LINE_MAX, "a line fits");

/* Adds a blank and the bytes in hex. Returns the end. */
static char *put_hex(char *out, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";

    *out++ = ' ';
    for (size_t i = 0; i < len; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 0xf];
    }
    return out;
}

size_t keylog_line(const sw_secrets *keys, char line[KEYLOG_LINE_MAX])
{
    int is_sealed = keys->response_size == 0;
    char *end = stpcpy(line, is_sealed ? LABEL_SEALED : LABEL);

    if (is_sealed)
        end = put_hex(end, keys->ephemeral, sizeof(keys->ephemeral));
    else
        end = put_hex(end, keys->response, keys->response_size);
    end = put_hex(end, keys->client_key, sizeof(keys->client_key));
    end = put_hex(end, keys->server_key, sizeof(keys->server_key));
    *end++ = '\n';
    return (size_t)(end - line);
}

/* Half a line would spoil the next one, unless that stands behind it already. */
static void take_back(int fd, off_t n)
{
    off_t end = lseek(fd, 0, SEEK_CUR);
    struct stat info;

    if (end >= n && fstat(fd, &info) == 0 && info.st_size == end && ftruncate(fd, end - n) < 0)
        return; /* whoever reads it passes over such a line */
}

/* In one write, so that lines of several programs do not mix. Returns 0 or an errno. */
static int append(const char *path, const char *line, size_t len)
{
    int fd = private_file_open(path, O_WRONLY | O_APPEND | O_NONBLOCK);
    int error = 0;
    ssize_t n;

    if (fd < 0)
        return errno;
    do
        n = write(fd, line, len);
    while (n < 0 && errno == EINTR);
    if (n < 0) {
        error = errno;
    } else if ((size_t)n < len) {
        error = ENOSPC; /* no other reason to take a part of so little */
        take_back(fd, n);
    }
    if (close(fd) < 0 && error == 0)
        error = errno;
    return error;
}

void keylog_init(keylog *log)
{
    const char *path = platform_variable(KEYLOG_VARIABLE);

    log->path = path != NULL && path[0] != '\0' ? path : NULL;
}

int keylog_is_wanted(const keylog *log)
{
    return log->path != NULL;
}

int keylog_append(keylog *log, const sw_secrets *keys)
{
    char line[KEYLOG_LINE_MAX];
    int error;

    if (!keylog_is_wanted(log))
        return 0;
    error = append(log->path, line, keylog_line(keys, line));
    platform_wipe(line, sizeof(line));
    return error;
}
