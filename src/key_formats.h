/* The encodings of key files, and what they have in common. Failures are the reader's. */
#ifndef SIDEWIRE_SRC_KEY_FORMATS_H
#define SIDEWIRE_SRC_KEY_FORMATS_H

#include <sidewire/keys.h>

#include "key_reader.h"

/* Where the public numbers go: fields of either kind of key. */
typedef struct key_public_fields {
    uint8_t *n, *e;
    uint16_t *n_size, *e_size, *bits;
} key_public_fields;

/* Opens the structure that holds a number, in DER or in SSH's encoding; inside, both are alike. */
typedef size_t key_open(key_reader *r);

/* ---- numbers (keys.c) ---- */

void sw_key_modulus(key_reader *r, key_open *open, const key_public_fields *fields);
void sw_key_exponent(key_reader *r, key_open *open, const key_public_fields *fields);
/* d, p or q. Returns its size in bytes. */
uint16_t sw_key_secret(key_reader *r, key_open *open, uint8_t *out, size_t cap);

/* ---- encodings ---- */

void sw_der_spki(key_reader *r, const key_public_fields *fields);
void sw_der_pkcs1_public(key_reader *r, const key_public_fields *fields);
void sw_der_pkcs1(key_reader *r, const key_public_fields *fields, sw_private_key *key);
void sw_der_pkcs8(key_reader *r, const key_public_fields *fields, sw_private_key *key);

void sw_ssh_public(key_reader *r, const key_public_fields *fields);
void sw_ssh_private(key_reader *r, const key_public_fields *fields, sw_private_key *key);

#endif
