/* SPDX-License-Identifier: ISC */
/* How the parts of the library record errors, and what they are called. */
#ifndef SIDEWIRE_SRC_ERROR_INTERNAL_H
#define SIDEWIRE_SRC_ERROR_INTERNAL_H

#include <sidewire/error.h>

/* Fills in *error unless it is NULL, and returns the code. */
int swi_error_set(sw_error *error, int code, uint64_t value, uint64_t limit);
/* A copy of a machine's error; NULL: there is no machine, which is SW_E_NULL. */
sw_error swi_error_of(const sw_error *error);

/* A code's text, and one that tells the values: %v is the value, %l the limit; NULL: they say
 * nothing. A row without text ends a table. */
typedef struct swi_error_text {
    int code;
    const char *text;
    const char *detail;
} swi_error_text;

/* The row of a code, or NULL. */
const swi_error_text *swi_error_find(const swi_error_text *table, int code);
/* As sw_error_format, with a row of that code. */
size_t swi_error_write(const swi_error_text *known, const sw_error *error, char *out, size_t cap);

#endif
