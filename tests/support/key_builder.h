/* SPDX-License-Identifier: ISC */
/* Builds key files out of numbers, right ones and wrong ones. */
#ifndef SIDEWIRE_TESTS_KEY_BUILDER_H
#define SIDEWIRE_TESTS_KEY_BUILDER_H

#include <stddef.h>
#include <stdint.h>

/* A growing buffer; all zero is an empty one. */
typedef struct blob {
    uint8_t *data;
    size_t len, cap;
} blob;

void blob_add(blob *b, const void *data, size_t len);
void blob_add_byte(blob *b, unsigned byte);
void blob_move(blob *b, blob *from); /* adds and frees `from` */
void blob_free(blob *b);

/* ---- armour ---- */

typedef enum key_form {
    FORM_PKCS1,
    FORM_PKCS8,
    FORM_OPENSSH,
    FORM_PKCS1_PUBLIC,
    FORM_SPKI,
    FORM_SSH_LINE,
    FORM_COUNT
} key_form;

int form_is_private(key_form form);
const char *form_label(key_form form); /* "RSA PRIVATE KEY"; NULL for FORM_SSH_LINE */

blob base64_encode(const blob *body, size_t line /* digits; 0: one line */);
blob base64_decode(const char *text, size_t len); /* what is no digit is skipped */
blob armour(key_form form, const blob *body);

/* ---- bodies ---- */

enum { NUMBER_N, NUMBER_E, NUMBER_D, NUMBER_P, NUMBER_Q, NUMBER_COUNT };

/* Numbers as they are to be written: with a zero byte in front where the sign needs one. */
typedef struct key_model {
    blob number[NUMBER_COUNT];
} key_model;

/* p, q and d are odd and otherwise arbitrary; n has exactly `bits` (a multiple of 16). */
key_model model_make(unsigned bits);
void model_multiply(key_model *model); /* n = p q */
void model_free(key_model *model);
void model_set(key_model *model, int which, const void *data, size_t len);
/* Of `len` bytes in all; the first and the last one as given. */
void model_set_size(key_model *model, int which, size_t len, unsigned first, unsigned last);

/* Where a container deviates from a right one without passphrase; all zero: nowhere. */
typedef struct openssh_parts {
    const char *cipher, *derivation, *type, *private_type, *comment, *padding;
    const char *public_tail, *private_tail; /* behind all else */
    uint32_t more_keys;                     /* than one */
    int other_check, other_n, other_e;      /* the second of two that have to be equal */
} openssh_parts;

blob build_openssh(const key_model *model, const openssh_parts *parts);
blob build_body(key_form form, const key_model *model);
blob build_text(key_form form, const key_model *model);

/* Puts tag and length in front of what is in b. */
void der_wrap(blob *b, unsigned tag);
void der_add_number(blob *b, const blob *number);
void ssh_add_u32(blob *b, uint32_t value);
void ssh_add_string(blob *b, const void *data, size_t len);

#endif
