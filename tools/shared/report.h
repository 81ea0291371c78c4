/* SPDX-License-Identifier: ISC */
/* Messages of the programs: `PROGRAM: what: why` on standard error. */
#ifndef SIDEWIRE_TOOLS_REPORT_H
#define SIDEWIRE_TOOLS_REPORT_H

#include <sidewire/error.h>

#include <stddef.h>
#include <stdio.h>

/* Exit statuses of all programs. */
enum { STATUS_OK = 0, STATUS_FAILURE = 1, STATUS_USAGE = 2, STATUS_CONNECTION = 3 };

/* For the start of main. Sets the name that messages begin with, the last part of argv[0], and the
 * locale's kind of characters, by which it is decided what can be shown. */
void report_program(const char *argv0);

/* One message, from a format without LF, in one piece, so that several programs may write to the same
 * place; waits if that takes nothing. What is not printable in the result is escaped. */
void report(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* `PROGRAM: what: text of the error with its values`. */
void report_error(const char *what, const sw_error *error);

/* `PROGRAM: what: strerror(error_number)`. */
void report_system(const char *what, int error_number);

/* Writes bytes on one line, as printable.h says. */
void print_escaped(FILE *out, const void *data, size_t len);

#endif
