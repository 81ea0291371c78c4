/* SPDX-License-Identifier: ISC */
/* What code under test writes to the test's own standard error. It is a file of the test's folder meanwhile, see
 * scratch.h. */
#ifndef SIDEWIRE_TESTS_OWN_ERRORS_H
#define SIDEWIRE_TESTS_OWN_ERRORS_H

/* Between scratch_enter and scratch_leave. */
void own_errors_begin(void);
void own_errors_end(void);

/* All that was written so far; kept until the test ends. */
const char *own_errors(void);
/* How often the text is in it. */
int own_errors_count(const char *text);
/* Fails the running test unless it is there once. */
void own_errors_expect(const char *text);
/* Forgets what was written so far. */
void own_errors_clear(void);

#endif
