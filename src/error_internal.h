/* How the parts of the library record errors. */
#ifndef SIDEWIRE_SRC_ERROR_INTERNAL_H
#define SIDEWIRE_SRC_ERROR_INTERNAL_H

#include <sidewire/error.h>

/* Fills in *error unless it is NULL, and returns the code. */
int swi_error_set(sw_error *error, int code, uint64_t value, uint64_t limit);
/* A copy of a machine's error; NULL: there is no machine, which is SW_E_NULL. */
sw_error swi_error_of(const sw_error *error);

#endif
