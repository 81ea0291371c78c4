/* SPDX-License-Identifier: ISC */
/* Key files from bytes: the opposite of what the library does with them. */
#ifndef SIDEWIRE_FUZZ_KEY_TEXT_H
#define SIDEWIRE_FUZZ_KEY_TEXT_H

#include "trace.h"

/* The forms of a key file; the numbers are the first byte of an input of fuzz_keys. */
typedef enum key_form {
    KEY_FORM_SSH_LINE = 1,
    KEY_FORM_SPKI,
    KEY_FORM_PKCS1_PUBLIC,
    KEY_FORM_PKCS1,
    KEY_FORM_PKCS8,
    KEY_FORM_OPENSSH,
    KEY_FORM_COUNT
} key_form;

/* Appends the file of that form whose base64 body means these bytes. */
void key_text_wrap(trace *out, key_form form, const uint8_t *body, size_t len);
/* Appends an `ssh-rsa` line for numbers without leading zeros. */
void key_text_ssh(trace *out, const uint8_t *n, size_t n_size, const uint8_t *e, size_t e_size);

#endif
