/* SPDX-License-Identifier: ISC */
/* What readers and writers of typed arguments share. */
#ifndef SIDEWIRE_SRC_ARGUMENTS_INTERNAL_H
#define SIDEWIRE_SRC_ARGUMENTS_INTERNAL_H

#include <sidewire/audio/arguments.h>

/* ---- reading ---- */

/* What every parser begins with: the pointers, and the number of arguments, the name included. */
int swi_arguments_begin(const sw_argument *argv, size_t argc, size_t least, size_t most, const void *out,
                        sw_error *error);
/* SW_OK, SW_E_ARGUMENT_MISSING or SW_E_ARGUMENT_EXTRA. */
int swi_arguments_count(size_t argc, size_t least, size_t most, sw_error *error);
int swi_argument_is(const sw_argument *argument, const char *word);

/* What is left of one argument. */
typedef struct argument_reader {
    const char *p, *end;
    size_t index;
    sw_error *error;
} argument_reader;

void swi_argument_open(argument_reader *reader, const sw_argument *argv, size_t index, sw_error *error);
int swi_argument_fail(const argument_reader *reader, int code, uint64_t limit);
/* Takes the next byte if it is this one; says whether it was. */
int swi_argument_skip(argument_reader *reader, char byte);
/* Takes all digits that follow, at least one, as a number of least..most; most is 9 or more. */
int swi_argument_number(argument_reader *reader, uint32_t least, uint32_t most, uint32_t *number);
/* The same, from 0, and nothing may follow. */
int swi_argument_last_number(argument_reader *reader, uint32_t most, uint32_t *number);

static inline int is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* ---- writing, which goes on counting once the buffer is full ---- */

/* Checks the pointers and writes the name of the command. */
int swi_vector_begin(sw_argument_vector *out, const char *name, const void *arguments, sw_error *error);
/* Begins the next argument, with this text. */
void swi_vector_next(sw_argument_vector *out, const char *text);
void swi_vector_bytes(sw_argument_vector *out, const char *text, size_t len);
void swi_vector_byte(sw_argument_vector *out, char byte);
void swi_vector_number(sw_argument_vector *out, uint32_t number);
/* Empties *out and reports SW_E_VALUE for the argument to come, or SW_E_NULL if its text is
 * missing; text may be NULL. */
int swi_vector_refuse(sw_argument_vector *out, const sw_argument *text, sw_error *error);
int swi_vector_end(sw_argument_vector *out, sw_error *error);

#endif
