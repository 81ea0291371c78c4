/* SPDX-License-Identifier: ISC */
/* Lists of users by the thousand, each with a key of his own. Making so many RSA keys takes minutes; so moduli are
 * products of two numbers that lie where key makers have their primes, but are not prime, which nothing that encrypts
 * or verifies looks at. Of fewer keys, which users would share, the time of each would count. */
#ifndef SIDEWIRE_TESTS_MANY_USERS_H
#define SIDEWIRE_TESTS_MANY_USERS_H

#include <sidewire/keys.h>

/* Users with one kind of key, as a part of a list. */
typedef struct user_kind {
    unsigned bits;
    unsigned exponent;
    int weight;     /* so many users of the kind, in turn with those of the others */
    unsigned least; /* first byte of a modulus: this or more */
} user_kind;

/* Names that are on the list, and such that are not. */
const char *known_name(int i);
const char *unknown_name(int i);

/* The path of a known name's key file. */
const char *many_users_key(int i);

/* Writes the list `users` with the known names from `first` on, and their key files. */
void many_users_write(const user_kind *kinds, int kind_count, int first, int count);

/* Writes a key as ssh-keygen does. */
void write_public_key(const char *path, const sw_public_key *key);

#endif
