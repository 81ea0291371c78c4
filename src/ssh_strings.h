/* SPDX-License-Identifier: ISC */
/* Reading and writing of SSH's strings: the first failure stays. */
#ifndef SIDEWIRE_SRC_SSH_STRINGS_H
#define SIDEWIRE_SRC_SSH_STRINGS_H

#include <sidewire/ssh.h>

enum { SSH_LENGTH_SIZE = 4 };

typedef struct ssh_view {
    const uint8_t *data;
    size_t len;
} ssh_view;

typedef struct ssh_reader {
    const uint8_t *next;
    size_t left;
    int failed;
} ssh_reader;

/* The next string; empty after a failure. */
ssh_view swi_ssh_string(ssh_reader *r);
int swi_ssh_view_is(ssh_view view, const char *text);

/* Writes to out, unless that is NULL, and compares with `expected`, unless that is NULL; both have room
 * for `cap` bytes. What does not fit is counted all the same. */
typedef struct ssh_writer {
    uint8_t *out;
    const uint8_t *expected;
    size_t cap, len;
    unsigned differ; /* other than 0: some byte does; no time depends on it */
} ssh_writer;

void swi_ssh_put(ssh_writer *w, const void *data, size_t len);
void swi_ssh_put_string(ssh_writer *w, const void *data, size_t len);
void swi_ssh_put_length(ssh_writer *w, size_t len);
/* The blob of a key. */
void swi_ssh_put_key(ssh_writer *w, sw_key_type type, const sw_rsa_public *rsa, const uint8_t *ed25519);

/* Is a blob, as given, that of a key? If that is NULL, of no type, as after an error, or of another type or size, the
 * blob is compared with itself, which is the same work; and the answer is no. */
int swi_ssh_key_matches(const sw_public_key *key, const sw_ssh_key *given, const uint8_t *blob, size_t len);

/* The type and the bytes of a signature's blob; RSA: size bytes at most, ones that are shorter are
 * allowed here. SW_OK, or SW_E_SIGNATURE: the blob is damaged, or not of the key's type and size. */
int swi_ssh_signature_read(const uint8_t *blob, size_t len, sw_key_type type, size_t rsa_size, ssh_view *bytes);
/* Size of a signature's blob. */
size_t swi_ssh_signature_size(sw_key_type type, size_t rsa_size);
/* Its beginning: all but the last rsa_size or SW_ED25519_SIGNATURE_SIZE bytes. */
void swi_ssh_put_signature_head(ssh_writer *w, sw_key_type type, size_t rsa_size);

#endif
