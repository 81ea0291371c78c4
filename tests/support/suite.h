/* SPDX-License-Identifier: ISC */
/* What every suite uses: its main, its cases, and inputs without room to over-read. */
#ifndef SIDEWIRE_TESTS_SUITE_H
#define SIDEWIRE_TESTS_SUITE_H

#include <check.h>
#include <sidewire/error.h>

#include <stddef.h>
#include <stdint.h>

/* Elements of an array, as Check's loops count them. */
#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

/* Runs a suite and frees it. Exit status of a main: 1 if a test failed, or if none ran. */
int run_suite(Suite *suite);

/* The same for tests that change what belongs to the process, such as its signals and standard error: each has a
 * process of its own, whatever the environment's CK_FORK says. */
int run_suite_apart(Suite *suite);

/* Adds a case whose tests have time enough for slow machines, emulators and valgrind. */
TCase *suite_case(Suite *suite, const char *name);

/* A heap block of exactly len bytes, so that a sanitizer sees any byte touched beyond it. The
 * caller frees it. */
uint8_t *exact_copy(const void *data, size_t len);

/* Are the bytes of part somewhere in whole? */
int holds_bytes(const void *whole, size_t len, const void *part, size_t part_len);

/* Fails the running test, naming `what`, unless the error is this one. */
void check_error(const char *what, sw_error error, int code, uint64_t value, uint64_t limit);

#endif
