/* SPDX-License-Identifier: ISC */
/* What a fuzz target holds the library to: a difference is printed, then the process aborts. */
#ifndef SIDEWIRE_FUZZ_CHECK_H
#define SIDEWIRE_FUZZ_CHECK_H

#include <sidewire/error.h>

void check(int is_so, const char *what);
void check_number(const char *what, uint64_t seen, uint64_t expected);
void check_result(const char *what, int seen, int expected);
void check_bytes(const char *what, const void *seen, size_t seen_len, const void *expected, size_t expected_len);
void check_same_error(const char *what, sw_error seen, sw_error expected);
/* Every one of them is zero. */
void check_zero(const char *what, const void *bytes, size_t len);

#endif
