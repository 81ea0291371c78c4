/* SPDX-License-Identifier: ISC */
#include "hexdump.h"

#include <string.h>

enum {
    LINE_BYTES = 16,
    OFFSET_DIGITS = 8, /* at least */
    /* "xx " for each byte, a blank in the middle, a blank, and the bytes between bars */
    LINE_COLUMNS = LINE_BYTES * 3 + 2 + LINE_BYTES + 2
};

static const char hex[] = "0123456789abcdef";

static void put_offset(writer *w, uint64_t offset)
{
    unsigned digits = OFFSET_DIGITS;

    while (digits < 16 && offset >> (4 * digits) != 0)
        digits++;
    while (digits > 0)
        put_char(w, hex[offset >> (4 * --digits) & 15]);
}

/* Bytes from the column `start` on, at most to the end of the line. */
static void put_columns(writer *w, const uint8_t *data, size_t len, size_t start)
{
    char *line = writer_room(w, LINE_COLUMNS);
    char *text = line + LINE_BYTES * 3 + 2;

    memset(line, ' ', LINE_COLUMNS);
    text[0] = '|';
    for (size_t i = 0; i < len; i++) {
        size_t column = start + i;
        char *digits = line + column * 3 + (column >= LINE_BYTES / 2);

        digits[0] = hex[data[i] >> 4];
        digits[1] = hex[data[i] & 15];
        text[1 + column] = data[i] >= 0x20 && data[i] < 0x7f ? (char)data[i] : '.';
    }
    text[1 + start + len] = '|';
    w->len += (size_t)(text - line) + start + len + 2;
}

void put_hexdump(writer *w, const char *indent, const uint8_t *data, size_t len, uint64_t offset)
{
    while (len > 0) {
        size_t start = (size_t)(offset % LINE_BYTES);
        size_t n = LINE_BYTES - start < len ? LINE_BYTES - start : len;

        put_text(w, indent);
        put_offset(w, offset - start);
        put_text(w, "  ");
        put_columns(w, data, n, start);
        put_char(w, '\n');
        data += n;
        len -= n;
        offset += n;
    }
}
