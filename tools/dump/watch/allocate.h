/* SPDX-License-Identifier: ISC */
/* Memory, or the end of the program: a decoder without memory has nothing to tell. */
#ifndef SIDEWIRE_DUMP_ALLOCATE_H
#define SIDEWIRE_DUMP_ALLOCATE_H

#include <stddef.h>

/* Zeroed. */
void *allocate(size_t size);

/* Says so, and ends the program. */
_Noreturn void allocation_failed(void);

/* As realloc. */
void *reallocate(void *old, size_t size);

#endif
