/* SPDX-License-Identifier: ISC */
/* What print_sessions prints. Tests that use it are cases of e2e_case. */
#ifndef SIDEWIRE_TESTS_WHOLE_OUTPUT_H
#define SIDEWIRE_TESTS_WHOLE_OUTPUT_H

#include "show/view.h"
#include "process.h"

#include <stddef.h>
#include <stdio.h>

/* Starts it with words behind its name. */
process *print_start(const char *words);

/* The command itself. */
command_line print_command(const char *words);

/* Runs it and returns its standard output; standard error has to be empty. */
const char *print_all(const char *words);

/* Makes a view for a file, lets `tell` tell it something, and returns what is in the file when
 * it has finished. len may be NULL. */
typedef view printer_maker(FILE *out);
const char *print_told(printer_maker *make, void (*tell)(const event_sink *sink), size_t *len);

#endif
