/* SPDX-License-Identifier: ISC */
/* The parts of test_status. */
#ifndef SIDEWIRE_TESTS_TEST_STATUS_H
#define SIDEWIRE_TESTS_TEST_STATUS_H

#include "suite.h"

/* A string literal and its length, for what may hold a NUL. */
#define TEXT(literal) literal, sizeof(literal) - 1

void add_status_table_tests(Suite *suite);
void add_status_writer_tests(Suite *suite);
void add_status_reader_tests(Suite *suite); /* what is read, at every cut */
void add_status_error_tests(Suite *suite);  /* what is not, at every cut */
void add_status_value_tests(Suite *suite);

#endif
