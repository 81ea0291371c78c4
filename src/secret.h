/* SPDX-License-Identifier: ISC */
/* Handling of secret bytes. */
#ifndef SIDEWIRE_SRC_SECRET_H
#define SIDEWIRE_SRC_SECRET_H

#include <stddef.h>
#include <stdint.h>

/* Overwrites with zeros in a way no compiler removes. NULL, 0 is fine. */
void swi_secret_wipe(void *p, size_t n);

/* 1 if equal; the time depends on n alone. */
int swi_secret_equal(const uint8_t *a, const uint8_t *b, size_t n);

#endif
