/* SPDX-License-Identifier: ISC */
#include "writer.h"

#include "printable.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

void writer_init(writer *w, FILE *out)
{
    if (fileno(out) >= 0) /* streams of memory take it badly */
        setvbuf(out, NULL, _IONBF, 0);
    w->out = out;
    w->len = 0;
    w->ascii_only = printable_locale_is_ascii();
    w->at_once = isatty(fileno(out));
}

/* The file, which has no buffer of its own, remembers a failure; that a pipe takes nothing for a while
 * is none. */
static void write_out(FILE *out, const char *data, size_t len)
{
    while (len > 0) {
        size_t n = fwrite(data, 1, len, out);

        data += n;
        len -= n;
        if (len > 0 && errno != EAGAIN)
            break;
        if (len > 0) {
            struct pollfd ready = { fileno(out), POLLOUT, 0 };
            clearerr(out);
            poll(&ready, 1, -1);
        }
    }
}

void writer_flush(writer *w)
{
    write_out(w->out, w->data, w->len);
    w->len = 0;
}

void writer_event_over(writer *w)
{
    if (w->at_once)
        writer_flush(w);
}

/* ---- text ---- */

/* More than there is room for. */
void put_many_bytes(writer *w, const void *data, size_t len)
{
    writer_flush(w);
    if (len > WRITER_SIZE)
        write_out(w->out, data, len);
    else
        put_bytes(w, data, len);
}

void put_padded(writer *w, const char *text, size_t width)
{
    size_t len = strlen(text);

    put_bytes(w, text, len);
    if (len < width)
        put_blanks(w, width - len);
}

/* ---- numbers ---- */

static const char pairs[] =
    "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
    "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899";

/* Writes the digits in front of `end`, and returns where they begin. */
static char *digits_before(char *end, uint64_t n)
{
    for (; n >= 100; n /= 100) {
        end -= 2;
        memcpy(end, pairs + n % 100 * 2, 2);
    }
    if (n < 10) {
        *--end = (char)('0' + n);
    } else {
        end -= 2;
        memcpy(end, pairs + n * 2, 2);
    }
    return end;
}

static void put_right(writer *w, const char *text, size_t len, size_t width)
{
    if (len < width)
        put_blanks(w, width - len);
    put_bytes(w, text, len);
}

void put_number(writer *w, uint64_t n, size_t width)
{
    char digits[NUMBER_SIZE];
    char *start = digits_before(digits + sizeof(digits), n);

    put_right(w, start, (size_t)(digits + sizeof(digits) - start), width);
}

size_t format_seconds(char out[SECONDS_SIZE], int64_t ns, unsigned decimals)
{
    uint64_t size = ns < 0 ? 0 - (uint64_t)ns : (uint64_t)ns;
    char whole[NUMBER_SIZE], fraction[NUMBER_SIZE];
    char *start = digits_before(whole + sizeof(whole), size / 1000000000);
    size_t digits = (size_t)(whole + sizeof(whole) - start);
    size_t len = 0;

    if (ns < 0)
        out[len++] = '-';
    memcpy(out + len, start, digits);
    len += digits;
    out[len++] = '.';
    /* a one in front, so that no zeros are left out */
    start = digits_before(fraction + sizeof(fraction), 1000000000 + size % 1000000000);
    memcpy(out + len, start + 1, decimals);
    return len + decimals;
}

void put_seconds(writer *w, int64_t ns, unsigned decimals, size_t width)
{
    char text[SECONDS_SIZE];
    size_t len = format_seconds(text, ns, decimals);

    put_right(w, text, len, width);
}

/* ---- bytes of a peer ---- */

/* Not zero if one of eight bytes is a control character, a quote, a backslash or not ASCII. */
static uint64_t special_bytes(uint64_t eight)
{
    static const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t quote = eight ^ ones * '"';
    uint64_t backslash = eight ^ ones * '\\';
    uint64_t below = (eight - ones * 0x20) & ~eight;
    uint64_t above = (eight + ones) | eight;
    uint64_t equal = ((quote - ones) & ~quote) | ((backslash - ones) & ~backslash);

    return (below | above | equal) & ones * 0x80;
}

static int is_plain(uint8_t byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
}

static uint64_t eight_bytes(const uint8_t *p)
{
    uint64_t eight;

    memcpy(&eight, p, sizeof(eight));
    return eight;
}

size_t plain_length(const uint8_t *p, size_t len)
{
    size_t n = 0;

    while (len - n >= 8 && special_bytes(eight_bytes(p + n)) == 0)
        n += 8;
    if (len - n < 8 && len >= 8 && special_bytes(eight_bytes(p + len - 8)) == 0)
        return len; /* of the last eight some were seen before */
    while (n < len && is_plain(p[n]))
        n++;
    return n;
}

/* A quote comes out as the text given. */
static void put_with_quotes(writer *w, const void *data, size_t len, const char *quote)
{
    printable state = { .ascii_only = w->ascii_only, .one_line = 1 };
    const uint8_t *p = data;

    while (len > 0) {
        size_t n = plain_length(p, len);

        if (n > 0) {
            w->len += printable_end(&state, writer_room(w, PRINTABLE_MAX));
            put_bytes(w, p, n);
        }
        if (n == len)
            break;
        if (p[n] == '"') {
            w->len += printable_end(&state, writer_room(w, PRINTABLE_MAX));
            put_text(w, quote);
        } else {
            w->len += printable_byte(&state, p[n], writer_room(w, PRINTABLE_MAX));
        }
        p += n + 1;
        len -= n + 1;
    }
    w->len += printable_end(&state, writer_room(w, PRINTABLE_MAX));
}

void put_escaped(writer *w, const void *data, size_t len)
{
    put_with_quotes(w, data, len, "\"");
}

void put_quoted(writer *w, const void *data, size_t len)
{
    put_char(w, '"');
    put_with_quotes(w, data, len, "\\\"");
    put_char(w, '"');
}
