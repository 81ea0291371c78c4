/* SPDX-License-Identifier: ISC */
/* A session whose keys are known, and an observer that hears as much of it as a test wants. */
#ifndef SIDEWIRE_TESTS_OVERHEARD_H
#define SIDEWIRE_TESTS_OVERHEARD_H

#include "observed.h"
#include "wire_session.h"

#include <check.h>

typedef struct overheard {
    wire_session session;
    observed seen;
    size_t at[2]; /* of each side, by `from`: how far it was heard */
} overheard;

/* Up to the response; what follows is added to `session`. Nothing is heard yet. */
void overheard_open(overheard *o, const sw_crypto *crypto, unsigned features, observed_keys when);
/* A side is heard up to a place, in pieces of `step` bytes; 0: in one. */
void overheard_until(overheard *o, from side, size_t place, size_t step);
/* A side is not heard up to a place, and that is known; or nobody knows of it. */
void overheard_lose(overheard *o, from side, size_t place);
void overheard_skip(overheard *o, from side, size_t place);
/* The rest of both sides, as far as there is any, and their ends. */
void overheard_rest(overheard *o);
void overheard_close(overheard *o);

/* Fails the test, naming `what`, unless the log of a side has these lines in this order; NULL ends them. */
void overheard_expect(const char *what, const overheard *o, from side, const char *const lines[]);
/* ... or if it has this one. */
void overheard_expect_none(const char *what, const overheard *o, from side, const char *line);

#endif
