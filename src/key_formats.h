/* SPDX-License-Identifier: ISC */
/* The encodings of key files, and what they have in common. Failures are the reader's. */
#ifndef SIDEWIRE_SRC_KEY_FORMATS_H
#define SIDEWIRE_SRC_KEY_FORMATS_H

#include <sidewire/keys.h>

#include "key_reader.h"

/* Where what is read goes. */
typedef struct key_fields {
    sw_key_type *type; /* NULL: an X25519 key of a server is wanted, and nothing else */
    uint8_t *n, *e;
    uint16_t *n_size, *e_size, *bits;
    uint8_t *ed25519;       /* the public half */
    sw_private_key *secret; /* NULL: the public half is enough */
    uint8_t *x25519;        /* the secret half */
} key_fields;

/* ---- numbers (keys.c), in the encoding of this kind of key ---- */

void swi_key_modulus(key_reader *r);
void swi_key_exponent(key_reader *r);
void swi_key_secret_exponent(key_reader *r);
void swi_key_primes(key_reader *r);

/* The halves of an Ed25519 key, of which a file may have one only. */
void swi_key_ed25519_public(key_reader *r);
void swi_key_ed25519_secret(key_reader *r);

/* ---- files (keys.c) ---- */

/* Reads into `key`, of key_size bytes, which is zero after a failure. */
int swi_key_parse(const key_fields *fields, int want_private, void *key, size_t key_size, const char *text,
                  size_t len, sw_error *error);
/* Those of a public key. */
key_fields swi_key_public_fields(sw_public_key *key);

/* ---- encodings ---- */

/* Open the structure that holds a number; inside, both encodings are alike. */
void swi_der_open_integer(key_reader *r);
void swi_ssh_open_string(key_reader *r);

void swi_der_spki(key_reader *r);
void swi_der_pkcs1_public(key_reader *r);
void swi_der_pkcs1(key_reader *r);
void swi_der_pkcs8(key_reader *r);

void swi_ssh_public(key_reader *r);
void swi_ssh_private(key_reader *r);

#endif
