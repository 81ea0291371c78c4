/* SPDX-License-Identifier: ISC */
/* The parts of test_keys. */
#ifndef SIDEWIRE_TESTS_TEST_KEYS_H
#define SIDEWIRE_TESTS_TEST_KEYS_H

#include "suite.h"

void add_key_file_tests(Suite *suite, const char *folder); /* of ssh-keygen and openssl */
void add_key_ed25519_tests(Suite *suite, const char *folder);

#endif
