/* SPDX-License-Identifier: ISC */
/* A backend whose ciphers are counted, as it may have memory for them, and that may fail. */
#ifndef SIDEWIRE_TESTS_COUNTED_CIPHERS_H
#define SIDEWIRE_TESTS_COUNTED_CIPHERS_H

#include <sidewire/crypto.h>

/* That backend, with AES and the ciphers of records counted from here on. `crypto` lives as long. */
sw_crypto counted_ciphers(const sw_crypto *crypto);

/* How many were begun and not wiped. */
int counted_ciphers_open(void);

/* 1: each call fails from now on; 0: none does. */
void counted_ciphers_fail(int from_now_on);

#endif
