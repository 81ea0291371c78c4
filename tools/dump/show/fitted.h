/* SPDX-License-Identifier: ISC */
/* Lines that fit the width of a terminal. */
#ifndef SIDEWIRE_DUMP_FITTED_H
#define SIDEWIRE_DUMP_FITTED_H

#include "writer.h"

enum { FITTED_LINE_MAX = 24 << 10 }; /* bytes of a line that is to be fitted */

/* How many columns does the terminal have? 0: `out` is none, or it is not known. */
size_t fitted_width(FILE *out);

/* What is put from here on is a line: room for it is made, and where it begins is returned. */
size_t fitted_begin(writer *w);

/* The line is over, but for its LF. If it is wider than so many columns, it is cut, which three dots tell... */
void fitted_cut(writer *w, size_t start, size_t width);
/* ... or broken, at blanks if there are some, with further lines behind so many blanks. */
void fitted_wrap(writer *w, size_t start, size_t width, size_t indent);

#endif
