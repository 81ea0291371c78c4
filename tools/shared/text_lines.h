/* SPDX-License-Identifier: ISC */
/* Lines of text files that people edit, with whatever editor: the file may begin with a byte order
 * mark, and lines may end with CR LF as well as with LF. */
#ifndef SIDEWIRE_TOOLS_TEXT_LINES_H
#define SIDEWIRE_TOOLS_TEXT_LINES_H

#include <stddef.h>

/* How many bytes of a byte order mark (UTF-8) a file with these first bytes begins with: 3 or 0. */
size_t text_mark_length(const void *text, size_t len);

/* Length of a line, given without its LF, without the CR that may be its last byte. */
size_t text_line_length(const char *line, size_t len);

#endif
