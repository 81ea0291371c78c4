/* SPDX-License-Identifier: ISC */
/* The most general caller and backend, for Frama-C's Eva: what every harness shares. */
#ifndef SIDEWIRE_TESTS_PROOF_ANY_H
#define SIDEWIRE_TESTS_PROOF_ANY_H

#include "__fc_builtin.h"
#include <sidewire/crypto.h>
#include <string.h>

/* Any value, another one at each look. */
extern volatile int any_int;
extern volatile unsigned any_unsigned;
extern volatile uint64_t any_64;

/* What any function of a backend may return. */
static inline int any_result(void)
{
    return Frama_C_interval(-1, 1);
}

static inline size_t any_size(size_t most)
{
    return Frama_C_size_t_interval(0, most);
}

/* p[0..n) becomes anything. */
static inline void any_bytes(void *p, size_t n)
{
    if (n > 0)
        Frama_C_make_unknown((char *)p, n);
}

/* A backend that does whatever the table allows, and looks at all that it is given. */
extern const sw_crypto any_crypto;

#endif
