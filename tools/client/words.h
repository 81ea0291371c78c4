/* SPDX-License-Identifier: ISC */
/* A line of input split into words, as a shell does it. */
#ifndef SIDEWIRE_CLIENT_WORDS_H
#define SIDEWIRE_CLIENT_WORDS_H

#include <stddef.h>

/* Blanks and tabs separate words. '...' keeps all in it; "..." too, but a backslash quotes one of
 * `"`, `\`, `$` and '`' there; elsewhere a backslash quotes whatever follows. '' is an empty word.
 * An unquoted `<` makes the last word the name of a file. Nothing else is special. A line whose
 * first character other than a blank is `#` has no words. */
typedef struct words {
    char **argv; /* NULL-terminated; without the file */
    size_t argc;
    const char *file; /* NULL: none */
    int file_in_home; /* an unquoted `~/` was in front of it, and is cut off */
    char *text;       /* where all of them lie */
} words;

typedef struct words_error {
    const char *why;
    size_t column; /* in characters of UTF-8, from 1 */
} words_error;

/* Splits a line without LF, which is copied. 0, or -1 with the error, and then nothing is to be
 * freed. */
int words_split(words *w, const char *line, size_t len, words_error *error);

void words_free(words *w);

#endif
