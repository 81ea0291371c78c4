/* The encodings of key files, and what they have in common. Failures are the reader's. */
#ifndef SIDEWIRE_SRC_KEY_FORMATS_H
#define SIDEWIRE_SRC_KEY_FORMATS_H

#include <sidewire/keys.h>

#include "key_reader.h"

/* Where the numbers go. */
typedef struct key_fields {
    uint8_t *n, *e;
    uint16_t *n_size, *e_size, *bits;
    sw_private_key *secret;      /* NULL: a public key is read */
} key_fields;

/* Opens the structure that holds a number, in DER or in SSH's encoding; inside, both are alike. */
typedef void key_open(key_reader *r);

/* ---- numbers (keys.c) ---- */

void sw_key_modulus(key_reader *r, key_open *open, const key_fields *fields);
void sw_key_exponent(key_reader *r, key_open *open, const key_fields *fields);
void sw_key_secret_exponent(key_reader *r, key_open *open, sw_private_key *key);
void sw_key_primes(key_reader *r, key_open *open, sw_private_key *key);

/* ---- encodings ---- */

typedef void key_format(key_reader *r, const key_fields *fields);

key_format sw_der_spki, sw_der_pkcs1_public, sw_der_pkcs1, sw_der_pkcs8;
key_format sw_ssh_public, sw_ssh_private;

#endif
