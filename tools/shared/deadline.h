/* SPDX-License-Identifier: ISC */
/* Points in time, in milliseconds of a clock that never jumps. */
#ifndef SIDEWIRE_TOOLS_DEADLINE_H
#define SIDEWIRE_TOOLS_DEADLINE_H

#include <stdint.h>

enum { DEADLINE_NEVER = 0 };

int64_t deadline_in(long milliseconds);

/* Which of the two comes first. */
int64_t deadline_sooner(int64_t a, int64_t b);

/* Milliseconds left, as poll() takes them: 0 if it has passed, -1 for DEADLINE_NEVER. */
int deadline_left(int64_t deadline);

#endif
