/* Sets of bits with names; lists of them, separated by commas. */
#ifndef SIDEWIRE_SRC_NAMES_H
#define SIDEWIRE_SRC_NAMES_H

#include <stddef.h>

int swi_name_is(const char *name, const char *text, size_t len);

/* The bit of the name that text[0..len) is, by its place in `names`, which a NULL ends; or 0. */
unsigned swi_name_bit(const char *const *names, const char *text, size_t len);

/* Reads a list of at least one name. 0 if one is unknown or empty; *set is then left alone. */
int swi_names_parse(const char *const *names, const char *text, size_t len, unsigned *set);

#endif
