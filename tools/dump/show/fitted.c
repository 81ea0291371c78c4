/* SPDX-License-Identifier: ISC */
#include "fitted.h"

#include "utf8.h"
#include "watch/allocate.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

static const char dots[] = "...";

enum { DOTS = sizeof(dots) - 1, WIDTH_MIN = 20, WIDTH_MAX = 10000 };

size_t fitted_width(FILE *out)
{
    struct winsize size;

    if (!isatty(fileno(out)) || ioctl(fileno(out), TIOCGWINSZ, &size) < 0)
        return 0;
    return size.ws_col >= WIDTH_MIN && size.ws_col <= WIDTH_MAX ? size.ws_col : 0;
}

size_t fitted_begin(writer *w)
{
    if (WRITER_SIZE - w->len < FITTED_LINE_MAX)
        writer_flush(w);
    return w->len;
}

/* Bytes of the next character, and its columns. Escape sequences are ours, and have none. */
static size_t next_character(const uint8_t *p, size_t len, size_t *columns)
{
    uint32_t code;
    size_t n = 0;
    int size, width;

    *columns = 0;
    if (p[0] == '\033') {
        while (n < len && p[n] != 'm')
            n++;
        return n < len ? n + 1 : len;
    }
    *columns = 1;
    if (p[0] < 0x80)
        return 1;
    size = utf8_sequence(p, len, &code);
    if (size <= 0)
        return 1;
    width = wcwidth((wchar_t)code);
    *columns = width > 0 ? (size_t)width : 0;
    return (size_t)size;
}

/* Bytes of a text that fit into so many columns, at most all. */
static size_t fitting(const uint8_t *p, size_t len, size_t width)
{
    size_t used = 0, at = 0;

    while (at < len) {
        size_t columns, n = next_character(p + at, len - at, &columns);

        if (used + columns > width)
            break;
        used += columns;
        at += n;
    }
    return at;
}

void fitted_cut(writer *w, size_t start, size_t width)
{
    uint8_t *line = (uint8_t *)w->data + start;
    size_t len = w->len - start, fits;

    if (width == 0 || fitting(line, len, width) == len)
        return;
    fits = fitting(line, len, width - DOTS);
    w->len = start + fits;
    if (memchr(line, '\033', fits) != NULL)
        put_text(w, "\033[0m");
    put_bytes(w, dots, DOTS);
}

/* Where to break a text of which so many bytes fit: behind the last blank, if there is one. */
static size_t break_at(const uint8_t *p, size_t fits, size_t from)
{
    for (size_t at = fits; at > from; at--)
        if (p[at - 1] == ' ')
            return at;
    return fits;
}

void fitted_wrap(writer *w, size_t start, size_t width, size_t indent)
{
    size_t len = w->len - start, room = width;
    uint8_t *copy, *rest;

    if (width <= 2 * indent || fitting((uint8_t *)w->data + start, len, width) == len)
        return;
    copy = allocate(len);
    memcpy(copy, w->data + start, len);
    w->len = start;
    for (rest = copy; len > 0;) {
        size_t n = fitting(rest, len, room);

        if (n < len)
            n = break_at(rest, n, indent);
        if (n == 0)
            n = 1;
        put_bytes(w, rest, n);
        rest += n;
        len -= n;
        if (len == 0)
            break;
        put_char(w, '\n');
        put_blanks(w, indent);
        room = width - indent;
    }
    free(copy);
}
