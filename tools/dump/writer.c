#include "writer.h"

#include <string.h>

enum { ESCAPE_MAX = 4 };

void writer_init(writer *w, FILE *out)
{
    w->out = out;
    w->len = 0;
}

void writer_flush(writer *w)
{
    if (w->len > 0)
        fwrite(w->data, 1, w->len, w->out); /* the file remembers a failure */
    w->len = 0;
}

/* ---- text ---- */

void put_bytes(writer *w, const void *data, size_t len)
{
    if (len > WRITER_SIZE) {
        writer_flush(w);
        fwrite(data, 1, len, w->out);
    } else if (len > 0) {
        memcpy(writer_room(w, len), data, len);
        w->len += len;
    }
}

void put_text(writer *w, const char *text)
{
    put_bytes(w, text, strlen(text));
}

void put_blanks(writer *w, size_t n)
{
    for (; n > 0; n--)
        put_char(w, ' ');
}

void put_padded(writer *w, const char *text, size_t width)
{
    size_t len = strlen(text);

    put_bytes(w, text, len);
    if (len < width)
        put_blanks(w, width - len);
}

/* ---- numbers ---- */

/* Writes the digits in front of `end`, and returns where they begin. */
static char *digits_before(char *end, uint64_t n)
{
    do {
        *--end = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
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
    uint64_t fraction = size % 1000000000;
    char digits[NUMBER_SIZE];
    char *start = digits_before(digits + sizeof(digits), size / 1000000000);
    size_t len = 0;

    if (ns < 0)
        out[len++] = '-';
    while (start < digits + sizeof(digits))
        out[len++] = *start++;
    out[len++] = '.';
    for (uint64_t unit = 100000000; decimals > 0; decimals--, unit /= 10)
        out[len++] = (char)('0' + fraction / unit % 10);
    return len;
}

void put_seconds(writer *w, int64_t ns, unsigned decimals, size_t width)
{
    char text[SECONDS_SIZE];
    size_t len = format_seconds(text, ns, decimals);

    put_right(w, text, len, width);
}

/* ---- bytes of a peer ---- */

/* Writes at most ESCAPE_MAX bytes and returns how many. */
static size_t escape(char *out, uint8_t byte)
{
    static const char hex[] = "0123456789abcdef";
    const char *letter;

    if (byte >= 0x20 && byte < 0x7f && byte != '\\') {
        out[0] = (char)byte;
        return 1;
    }
    out[0] = '\\';
    letter = byte != 0 ? strchr("\nn\rr\tt\\\\", byte) : NULL;
    if (letter != NULL) {
        out[1] = letter[1];
        return 2;
    }
    out[1] = 'x';
    out[2] = hex[byte >> 4];
    out[3] = hex[byte & 15];
    return ESCAPE_MAX;
}

void put_escaped(writer *w, const void *data, size_t len)
{
    const uint8_t *p = data;

    for (size_t i = 0; i < len; i++)
        w->len += escape(writer_room(w, ESCAPE_MAX), p[i]);
}

void put_quoted(writer *w, const void *data, size_t len)
{
    const uint8_t *p = data;

    put_char(w, '"');
    for (size_t i = 0; i < len; i++) {
        if (p[i] == '"')
            put_char(w, '\\');
        w->len += escape(writer_room(w, ESCAPE_MAX), p[i]);
    }
    put_char(w, '"');
}
