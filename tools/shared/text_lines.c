/* SPDX-License-Identifier: ISC */
#include "text_lines.h"

#include <string.h>

size_t text_mark_length(const void *text, size_t len)
{
    static const unsigned char mark[] = { 0xef, 0xbb, 0xbf };

    return len >= sizeof(mark) && memcmp(text, mark, sizeof(mark)) == 0 ? sizeof(mark) : 0;
}

size_t text_line_length(const char *line, size_t len)
{
    return len > 0 && line[len - 1] == '\r' ? len - 1 : len;
}
