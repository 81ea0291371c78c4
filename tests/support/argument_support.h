/* SPDX-License-Identifier: ISC */
/* For suites of typed arguments: vectors from lines of text, and format functions at every size. */
#ifndef SIDEWIRE_TESTS_ARGUMENT_SUPPORT_H
#define SIDEWIRE_TESTS_ARGUMENT_SUPPORT_H

#include <sidewire/audio/arguments.h>

#include "suite.h"

/* A vector of exactly its size, and so is each argument, without NUL; empty ones at NULL. */
typedef struct argument_list {
    size_t argc;
    sw_argument *argv;
} argument_list;

/* Splits a line at each blank: "ff " are two arguments, the second one empty. NULL: no argument. */
argument_list list_of(const char *line);
void list_free(argument_list *list);

/* One of the sw_*_format functions. */
typedef int formatter(const void *arguments, sw_argument_vector *out, sw_error *error);

/* Formats into buffers of every size up to what is needed and one more: the arguments of the line,
 * or SW_E_SPACE and how many bytes it needs. */
void check_format(formatter *format, const void *arguments, const char *line);
/* Formats and expects this error and an empty vector, at any size. */
void check_format_refused(const char *what, formatter *format, const void *arguments, int code, uint64_t value);
/* NULL in the place of each pointer. */
void check_format_null(formatter *format, const void *arguments);

#endif
