/* SPDX-License-Identifier: ISC */
/* What is written behind the marks of a golden file: see golden.h. */
#ifndef SIDEWIRE_TESTS_GOLDEN_TEXT_H
#define SIDEWIRE_TESTS_GOLDEN_TEXT_H

#include "golden.h"

/* Reads what follows a backslash, and passes it. The byte, or -1: nothing known. */
int golden_escape(const char **text);

/* Reads the {X N} there, and passes it. N, or 0: there is none. */
size_t golden_repetition(const char **text);

/* Are all its escapes and placeholders known, and allowed there? */
int golden_text_valid(const char *text, int is_input);

#endif
