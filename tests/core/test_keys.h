/* SPDX-License-Identifier: ISC */
/* The parts of test_keys. */
#ifndef SIDEWIRE_TESTS_TEST_KEYS_H
#define SIDEWIRE_TESTS_TEST_KEYS_H

#include "suite.h"

void add_key_file_tests(Suite *suite, const char *folder); /* of ssh-keygen and openssl */
void add_key_ed25519_tests(Suite *suite, const char *folder);
void add_key_text_tests(Suite *suite); /* what is around the body */
void add_key_number_tests(Suite *suite);
void add_key_structure_tests(Suite *suite); /* DER and OpenSSH's container */

#endif
