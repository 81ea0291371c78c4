/* SPDX-License-Identifier: ISC */
/* Names, lists of them separated by commas, and numbers, as they stand in texts. */
#ifndef SIDEWIRE_SRC_TEXT_H
#define SIDEWIRE_SRC_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* ---- reading ---- */

int swi_name_is(const char *name, const char *text, size_t len);

/* The bit of the name that text[0..len) is, by its place in `names`, which a NULL ends; or 0. */
unsigned swi_name_bit(const char *const *names, const char *text, size_t len);

/* Reads a list of at least one name: 1. 0 if one is unknown or empty: *set is then left alone, and *at and *name_len
 * tell where in the text it is. */
int swi_names_parse(const char *const *names, const char *text, size_t len, unsigned *set, size_t *at,
                    size_t *name_len);

/* ---- writing ---- */

enum { SWI_DIGITS_MAX = 20 }; /* of 64 bits */

/* Output that goes on counting once out[0..cap) is full. */
typedef struct swi_text {
    char *out;
    size_t cap, len;
} swi_text;

void swi_text_put(swi_text *text, const char *bytes, size_t n);
/* At least `least` digits, which are at most SWI_DIGITS_MAX. */
void swi_text_number(swi_text *text, uint64_t number, unsigned least);
/* The names of the bits of a set. */
void swi_text_names(swi_text *text, const char *const *names, unsigned set);

#endif
