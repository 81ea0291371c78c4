/* SPDX-License-Identifier: ISC */
/* The keys of alice, bob and eve. */
#ifndef SIDEWIRE_TESTS_USER_KEYS_H
#define SIDEWIRE_TESTS_USER_KEYS_H

/* Unchecked fixture: makes the folder `keys` with an RSA key of each, NAME and NAME.pub, in the current folder, unless
 * it is there. */
void make_user_keys(void);

#endif
