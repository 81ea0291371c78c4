/* SPDX-License-Identifier: ISC */
/* What is made of a program's table of options when sidewire is built: the options of its man page, and the
 * completions of shells. Each writes to standard output. */
#ifndef SIDEWIRE_TOOLS_WRITER_H
#define SIDEWIRE_TOOLS_WRITER_H

#include "option_table.h"

#include <stdio.h>

/* Copies the man page, whose lines `.\" options SECTION` become the options of that section. 0, or -1 after
 * a message: there is no such section, or one with options is not in the page. */
int write_mdoc(const manual *m, FILE *page);

void write_bash(const manual *m);
void write_fish(const manual *m);
void write_zsh(const manual *m);

/* Calls it for each option, those that all programs have included. */
void each_option(const manual *m, void (*use)(const option_row *row));

/* What completes a value. */
typedef enum value_kind { VALUE_NONE, VALUE_ANY, VALUE_FILE, VALUE_FOLDER, VALUE_WORDS } value_kind;
value_kind option_value_kind(const option_row *row);

/* The commands of audio servers, each followed by `end`. */
void print_commands(const char *end);

/* Prints the first sentence of a help text, without its full stop; characters of `special` get a backslash,
 * or the single quote the form that ends one quoted text and begins the next. */
void print_short_help(const option_row *row, const char *special);

#endif
