/* SPDX-License-Identifier: ISC */
#include "output.h"

#include "report.h"
#include "standard_streams.h"

#include <sidewire/packet.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define LOG_PREFIX "remote: "

/* Passes over n bytes. Returns the first slice with any left. */
static struct iovec *advance(struct iovec *slice, const struct iovec *end, size_t n)
{
    while (slice < end && n >= slice->iov_len) {
        n -= slice->iov_len;
        slice++;
    }
    if (slice < end) {
        slice->iov_base = (char *)slice->iov_base + n;
        slice->iov_len -= n;
    }
    return slice;
}

/* Also to a descriptor that somebody else made non-blocking. Changes the slices. */
static int write_slices(int fd, struct iovec *slice, int count)
{
    const struct iovec *end = slice + count;

    for (slice = advance(slice, end, 0); slice < end;) {
        ssize_t n = writev(fd, slice, (int)(end - slice));
        if (n >= 0) {
            slice = advance(slice, end, (size_t)n);
        } else if (errno == EAGAIN) {
            struct pollfd ready = { fd, POLLOUT, 0 };
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return 0;
}

/* ---- streams of text ---- */

static void stream_init(text_stream *stream, int fd, const char *prefix)
{
    memset(stream, 0, sizeof(*stream));
    stream->fd = fd;
    stream->prefix = prefix;
    stream->state.ascii_only = printable_locale_is_ascii();
}

static int stream_write(text_stream *stream, const uint8_t *data, size_t len)
{
    size_t prefix_len = stream->prefix == NULL ? 0 : strlen(stream->prefix);
    char text[8192];
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (sizeof(text) - n < prefix_len + PRINTABLE_MAX) {
            if (write_waiting(stream->fd, text, n) < 0)
                return -1;
            n = 0;
        }
        if (!stream->in_line && prefix_len > 0) {
            memcpy(text + n, stream->prefix, prefix_len);
            n += prefix_len;
        }
        stream->in_line = data[i] != '\n';
        n += printable_byte(&stream->state, data[i], text + n);
    }
    return write_waiting(stream->fd, text, n);
}

static int stream_end(text_stream *stream)
{
    char text[PRINTABLE_MAX];
    size_t len = printable_end(&stream->state, text);

    return write_waiting(stream->fd, text, len);
}

/* ---- output and logs ---- */

void output_init(output *out, int raw)
{
    out->on_terminal = isatty(STDOUT_FILENO);
    out->raw = raw || !out->on_terminal;
    out->log_band = SW_BAND_ANY;
    out->slice_count = 0;
    out->quiet_pipe = out->reader_gone = 0;
    stream_init(&out->text, STDOUT_FILENO, NULL);
    stream_init(&out->log, STDERR_FILENO, LOG_PREFIX);
}

static int check_stdout(output *out, int result)
{
    int error = errno;

    if (result < 0 && error == EPIPE && out->quiet_pipe) {
        out->reader_gone = 1;
    } else if (result < 0) {
        output_end_line(out);
        report_system("standard output", error);
    }
    return result;
}

static void note_line(output *out, const uint8_t *data, size_t len)
{
    if (len > 0)
        out->text.in_line = data[len - 1] != '\n';
}

static int write_raw(output *out, const uint8_t *data, size_t len)
{
    note_line(out, data, len);
    return write_waiting(STDOUT_FILENO, data, len);
}

int output_lend(output *out, uint8_t band, void *data, size_t len)
{
    if (band != SW_BAND_OUTPUT || !out->raw)
        return output_flush(out) < 0 ? -1 : output_write(out, band, data, len);
    note_line(out, data, len);
    out->slices[out->slice_count].iov_base = data;
    out->slices[out->slice_count].iov_len = len;
    out->slice_count++;
    return out->slice_count == OUTPUT_SLICES ? output_flush(out) : 0;
}

int output_flush(output *out)
{
    int count = out->slice_count;

    out->slice_count = 0;
    return check_stdout(out, write_slices(STDOUT_FILENO, out->slices, count));
}

int output_write(output *out, uint8_t band, const void *data, size_t len)
{
    if (band == SW_BAND_OUTPUT)
        return check_stdout(out, out->raw ? write_raw(out, data, len) : stream_write(&out->text, data, len));
    if (band != out->log_band)
        output_end_line(out);
    out->log_band = band;
    stream_write(&out->log, data, len); /* if it fails there is nowhere to say so */
    return 0;
}

void output_end_line(output *out)
{
    stream_end(&out->log);
    if (out->log.in_line)
        write_waiting(out->log.fd, "\n", 1);
    out->log.in_line = 0;
}

int output_line_is_open(const output *out)
{
    return out->log.in_line || (out->on_terminal && out->text.in_line);
}

int output_end(output *out, int end_line)
{
    int result;

    output_end_line(out);
    result = stream_end(&out->text);
    if (result == 0 && end_line && out->on_terminal && out->text.in_line)
        result = write_waiting(STDOUT_FILENO, "\n", 1);
    if (result == 0)
        result = close(STDOUT_FILENO); /* some file systems tell only now */
    return check_stdout(out, result);
}
