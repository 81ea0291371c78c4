/* SPDX-License-Identifier: ISC */
/* Parses keys and checks what holds for every call. */
#ifndef SIDEWIRE_TESTS_KEY_PARSE_H
#define SIDEWIRE_TESTS_KEY_PARSE_H

#include <sidewire/keys.h>

#include "key_builder.h"

/* Parses a copy of exact size on the heap. The result has to be the error's code, a failed key
 * zero, a good one consistent. A public key comes back in the fields it shares with a private
 * one. */
int parse_key(int is_private, const void *text, size_t len, sw_private_key *key, sw_error *error);

/* The same for a body, which is freed, and for the body built of a model. */
int parse_body(key_form form, blob *body, sw_private_key *key, sw_error *error);
int parse_model(key_form form, const key_model *model, sw_private_key *key, sw_error *error);

#endif
