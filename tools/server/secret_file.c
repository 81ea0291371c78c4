/* SPDX-License-Identifier: ISC */
#include "secret_file.h"

#include "platform.h"
#include "private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_SIZE = 2 * SECRET_SIZE + 1 }; /* hex and LF */

static int value_of(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = digit != '\0' ? strchr(digits, digit) : NULL;

    return found != NULL ? (int)(found - digits) : -1;
}

static int parse(const char *text, size_t len, uint8_t secret[SECRET_SIZE])
{
    if (len != TEXT_SIZE || text[TEXT_SIZE - 1] != '\n')
        return -1;
    for (size_t i = 0; i < SECRET_SIZE; i++) {
        int high = value_of(text[2 * i]);
        int low = value_of(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return -1;
        secret[i] = (uint8_t)(high << 4 | low);
    }
    return 0;
}

static void format(char text[TEXT_SIZE], const uint8_t secret[SECRET_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < SECRET_SIZE; i++) {
        text[2 * i] = digits[secret[i] >> 4];
        text[2 * i + 1] = digits[secret[i] & 15];
    }
    text[TEXT_SIZE - 1] = '\n';
}

/* ---- files ---- */

/* NULL, or what is wrong with the open file. */
static const char *read_secret(int fd, char *text, size_t cap, size_t *len)
{
    struct stat info;
    ssize_t n;

    if (fstat(fd, &info) < 0 || !S_ISREG(info.st_mode))
        return "not a regular file";
    if (info.st_uid != geteuid() && info.st_uid != 0)
        return "belongs to another user";
    if (info.st_mode & (S_IRWXG | S_IRWXO))
        return "others may use it; chmod 600 helps";
    if ((uintmax_t)info.st_size > cap)
        return "too large";
    n = read(fd, text, cap);
    *len = n > 0 ? (size_t)n : 0;
    return n < 0 ? strerror(errno) : NULL;
}

static int write_secret(int fd, const char *text, size_t size)
{
    ssize_t n = write(fd, text, size);

    if (n >= 0 && (size_t)n < size)
        errno = ENOSPC;
    return n >= 0 && (size_t)n == size && fsync(fd) == 0 ? 0 : -1;
}

/* Whole, or not at all: it gets its name when it is complete, unless there is one by then. 0, or -1
 * with errno. */
static int make(const char *path, const char *text, size_t size)
{
    char *temporary;
    int fd, result, error;

    if (asprintf(&temporary, "%s.XXXXXX", path) < 0)
        return -1;
    fd = mkostemp(temporary, O_CLOEXEC); /* with mode 0600 */
    if (fd < 0) {
        error = errno;
        free(temporary);
        errno = error;
        return -1;
    }
    result = write_secret(fd, text, size);
    if (result == 0 && link(temporary, path) < 0 && errno != EEXIST)
        result = -1;
    error = errno;
    close(fd);
    unlink(temporary);
    free(temporary);
    errno = error;
    return result;
}

int secret_file_open(const char *path, const char *fresh, size_t fresh_size, char *text, size_t cap, size_t *len,
                     char *why, size_t why_size)
{
    enum { FLAGS = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY };
    const char *problem;
    int fd = open(path, FLAGS);

    if (fd < 0 && errno == ENOENT && make(path, fresh, fresh_size) == 0)
        fd = open(path, FLAGS);
    if (fd < 0) {
        snprintf(why, why_size, "%s", errno == ELOOP ? private_file_error(errno) : strerror(errno));
        return -1;
    }
    problem = read_secret(fd, text, cap, len);
    close(fd);
    if (problem != NULL)
        snprintf(why, why_size, "%s", problem);
    return problem == NULL ? 0 : -1;
}

int secret_file_load(const char *path, uint8_t secret[SECRET_SIZE], char *why, size_t why_size)
{
    char fresh[TEXT_SIZE], text[TEXT_SIZE];
    size_t len;
    int result;

    format(fresh, secret);
    result = secret_file_open(path, fresh, sizeof(fresh), text, sizeof(text), &len, why, why_size);
    if (result == 0 && parse(text, len, secret) < 0) {
        snprintf(why, why_size, "not 64 hexadecimal digits and a line end");
        result = -1;
    }
    platform_wipe(fresh, sizeof(fresh));
    platform_wipe(text, sizeof(text));
    return result;
}
