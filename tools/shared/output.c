#include "output.h"

#include "report.h"

#include <sidewire/packet.h>

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define LOG_PREFIX "remote: "

/* Also to a descriptor that somebody else made non-blocking. */
static int write_all(int fd, const void *data, size_t len)
{
    const char *p = data;

    while (len > 0) {
        ssize_t n = write(fd, p, len);
        if (n >= 0) {
            p += n;
            len -= (size_t)n;
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
    /* elsewhere a byte of a UTF-8 sequence may well be a control character */
    stream->state.ascii_only = isatty(fd) && strcmp(nl_langinfo(CODESET), "UTF-8") != 0;
}

static int stream_write(text_stream *stream, const uint8_t *data, size_t len)
{
    size_t prefix_len = stream->prefix == NULL ? 0 : strlen(stream->prefix);
    char text[8192];
    size_t n = 0;

    for (size_t i = 0; i < len; i++) {
        if (sizeof(text) - n < prefix_len + PRINTABLE_MAX) {
            if (write_all(stream->fd, text, n) < 0)
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
    return write_all(stream->fd, text, n);
}

static int stream_end(text_stream *stream)
{
    char text[PRINTABLE_MAX];
    size_t len = printable_end(&stream->state, text);

    return write_all(stream->fd, text, len);
}

/* ---- output and logs ---- */

void output_init(output *out, int raw)
{
    setlocale(LC_CTYPE, "");
    out->held = NULL;
    out->held_len = out->held_max = 0;
    out->on_terminal = isatty(STDOUT_FILENO);
    out->raw = raw || !out->on_terminal;
    out->log_band = SW_BAND_ANY;
    stream_init(&out->text, STDOUT_FILENO, NULL);
    stream_init(&out->log, STDERR_FILENO, LOG_PREFIX);
}

static int check_stdout(output *out, int result)
{
    int error = errno;

    if (result < 0) {
        output_end_line(out);
        report_system("standard output", error);
    }
    return result;
}

/* ---- what may wait ---- */

void output_hold(output *out, char *memory, size_t size)
{
    if (!out->on_terminal) {
        out->held = memory;
        out->held_max = size;
    }
}

static int write_held(output *out)
{
    size_t len = out->held_len;

    out->held_len = 0;
    return write_all(STDOUT_FILENO, out->held, len);
}

int output_flush(output *out)
{
    return check_stdout(out, write_held(out));
}

static int hold(output *out, const uint8_t *data, size_t len)
{
    if (len > out->held_max - out->held_len && write_held(out) < 0)
        return -1;
    if (len > out->held_max)
        return write_all(STDOUT_FILENO, data, len);
    memcpy(out->held + out->held_len, data, len);
    out->held_len += len;
    return 0;
}

/* ---- both ---- */

static int write_raw(output *out, const uint8_t *data, size_t len)
{
    if (len == 0)
        return 0;
    out->text.in_line = data[len - 1] != '\n';
    return out->held != NULL ? hold(out, data, len) : write_all(STDOUT_FILENO, data, len);
}

int output_write(output *out, uint8_t band, const void *data, size_t len)
{
    if (band == SW_BAND_OUTPUT)
        return check_stdout(out, out->raw ? write_raw(out, data, len)
                                          : stream_write(&out->text, data, len));
    if (output_flush(out) < 0)
        return -1;
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
        write_all(out->log.fd, "\n", 1);
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
    result = write_held(out);
    if (result == 0)
        result = stream_end(&out->text);
    if (result == 0 && end_line && out->on_terminal && out->text.in_line)
        result = write_all(STDOUT_FILENO, "\n", 1);
    if (result == 0)
        result = close(STDOUT_FILENO); /* some file systems tell only now */
    return check_stdout(out, result);
}
