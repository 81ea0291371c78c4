/* SPDX-License-Identifier: ISC */
#include "input.h"

#include "interrupt.h"
#include "unpack.h"
#include "watch/allocate.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_SIZE = 256 << 10 };

struct input {
    int fd;
    const capture_hooks *hooks;
    uint64_t *read;
    unpacker *unpacker; /* NULL: not compressed */
    int looked;         /* whether it is compressed is known */
    int interrupted;
    size_t raw_at, raw_len; /* of what was read and not yet unpacked */
    size_t at, len, size;   /* of the buffer */
    uint8_t *data;
    uint8_t *raw;
};

int capture_await(const capture_hooks *hooks, int fd)
{
    int timeout = hooks->idle(hooks->ctx, 0);
    awaited what;

    while ((what = interrupt_await(fd, timeout)) == AWAITED_TIMEOUT)
        timeout = hooks->idle(hooks->ctx, 1);
    return what == AWAITED_READABLE;
}

input *input_open(const char *path, const capture_hooks *hooks, uint64_t *read, char why[CAPTURE_WHY_SIZE])
{
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    input *in;

    if (fd < 0) {
        snprintf(why, CAPTURE_WHY_SIZE, "%s", strerror(errno));
        return NULL;
    }
    in = allocate(sizeof(*in));
    in->fd = fd;
    in->hooks = hooks;
    in->read = read;
    in->size = BUFFER_SIZE;
    in->data = allocate(in->size);
    return in;
}

static int is_readable(int fd)
{
    struct pollfd one = { .fd = fd, .events = POLLIN };

    return poll(&one, 1, 0) > 0;
}

/* As read; a signal ends the file. */
static ssize_t read_some(input *in, uint8_t *out, size_t size)
{
    ssize_t n;

    do {
        if (!is_readable(in->fd) && !capture_await(in->hooks, in->fd)) {
            in->interrupted = 1;
            return 0;
        }
        n = read(in->fd, out, size);
    } while (n < 0 && (errno == EINTR || errno == EAGAIN));
    if (n > 0) {
        *in->read += (uint64_t)n;
        in->hooks->progress(in->hooks->ctx, *in->read);
    }
    return n;
}

/* Fills up the raw bytes: 1, 0 at the end, or -1 with the reason in why. */
static int fill_raw(input *in, char why[CAPTURE_WHY_SIZE])
{
    ssize_t n = read_some(in, in->raw, BUFFER_SIZE);

    if (n < 0)
        snprintf(why, CAPTURE_WHY_SIZE, "%s", strerror(errno));
    in->raw_at = 0;
    in->raw_len = n > 0 ? (size_t)n : 0;
    return n > 0 ? 1 : (int)n;
}

/* Unpacked bytes behind those of the buffer; likewise. */
static int fill_unpacked(input *in, char why[CAPTURE_WHY_SIZE])
{
    for (;;) {
        size_t used = 0, made = 0;
        int result;

        if (unpacker_run(in->unpacker, in->raw + in->raw_at, in->raw_len - in->raw_at, &used, in->data + in->len,
                         in->size - in->len, &made, why) < 0)
            return -1;
        in->raw_at += used;
        in->len += made;
        if (made > 0)
            return 1;
        if (used > 0 || in->raw_at < in->raw_len)
            continue;
        result = fill_raw(in, why);
        if (result == 0 && !in->interrupted && unpacker_end(in->unpacker, why) < 0)
            return -1;
        if (result <= 0)
            return result;
    }
}

static int fill_plain(input *in, char why[CAPTURE_WHY_SIZE])
{
    ssize_t n = read_some(in, in->data + in->len, in->size - in->len);

    if (n < 0)
        snprintf(why, CAPTURE_WHY_SIZE, "%s", strerror(errno));
    in->len += n > 0 ? (size_t)n : 0;
    return n > 0 ? 1 : (int)n;
}

/* Is it compressed? The first bytes tell. */
static int look(input *in, char why[CAPTURE_WHY_SIZE])
{
    int result = 1;

    while (in->len < UNPACK_MAGIC_SIZE && (result = fill_plain(in, why)) > 0)
        ;
    if (result < 0)
        return -1;
    in->looked = 1;
    in->unpacker = unpacker_new(in->data, in->len);
    if (in->unpacker == NULL)
        return 0;
    in->raw = in->data;
    in->raw_len = in->len;
    in->data = allocate(in->size);
    in->len = 0;
    return 0;
}

const uint8_t *input_peek(input *in, size_t n, size_t *have, char why[CAPTURE_WHY_SIZE])
{
    int result = 1;

    if (!in->looked && look(in, why) < 0)
        return NULL;
    if (in->len - in->at < n) {
        memmove(in->data, in->data + in->at, in->len - in->at);
        in->len -= in->at;
        in->at = 0;
        if (n > in->size) {
            in->data = reallocate(in->data, n);
            in->size = n;
        }
    }
    while (in->len - in->at < n && result > 0)
        result = in->unpacker != NULL ? fill_unpacked(in, why) : fill_plain(in, why);
    *have = in->len - in->at;
    return result < 0 ? NULL : in->data + in->at;
}

void input_skip(input *in, size_t n)
{
    in->at += n;
}

ssize_t input_read(input *in, void *out, size_t size, char why[CAPTURE_WHY_SIZE])
{
    const uint8_t *data;
    size_t have;

    if (in->looked && in->unpacker == NULL && in->at == in->len) {
        ssize_t n = read_some(in, out, size);

        if (n < 0)
            snprintf(why, CAPTURE_WHY_SIZE, "%s", strerror(errno));
        return n;
    }
    data = input_peek(in, 1, &have, why);
    if (data == NULL)
        return -1;
    if (have > size)
        have = size;
    memcpy(out, data, have);
    input_skip(in, have);
    return (ssize_t)have;
}

int input_interrupted(const input *in)
{
    return in->interrupted;
}

int input_descriptor(const input *in)
{
    return in->fd;
}

void input_close(input *in)
{
    if (in == NULL)
        return;
    unpacker_free(in->unpacker);
    if (in->fd != STDIN_FILENO)
        close(in->fd);
    free(in->data);
    free(in->raw);
    free(in);
}
