/* SPDX-License-Identifier: ISC */
/* Reads the bytes of a key file's base64 body one after the other, straight to where they belong:
 * nothing is decoded ahead, nothing is kept. The first failure stays, and whatever is read after
 * it is zero, so that a parser may look once, at its end. */
#ifndef SIDEWIRE_SRC_KEY_READER_H
#define SIDEWIRE_SRC_KEY_READER_H

#include <sidewire/error.h>

/* What the line says that a key begins with. */
typedef enum key_form {
    KEY_UNKNOWN = 0, /* there is no such line */
    KEY_OTHER,       /* of a kind that we do not know */
    KEY_SSH_RSA,     /* a line */
    KEY_SSH_ED25519,
    KEY_SSH2, /* RFC 4716 */
    KEY_SPKI,
    KEY_PKCS1_PUBLIC,
    KEY_PKCS1,
    KEY_PKCS8,
    KEY_OPENSSH,
    KEY_ENCRYPTED, /* private, and nothing of it can be read */
    KEY_FIRST_PUBLIC = KEY_SSH_RSA,
    KEY_FIRST_PRIVATE = KEY_PKCS1
} key_form;

enum {
    KEY_DEPTH_MAX = 6,    /* which no format reaches */
    KEY_END_MARK_SIZE = 9 /* that of both */
};

typedef struct key_reader {
    const char *next, *text_end;
    const char *end_mark; /* "-----END ", or "---- END "; NULL in an ssh line */
    const char *label;    /* what follows it */
    size_t label_size;
    key_form form;
    const struct key_fields *fields; /* of key_formats.h; not used here */
    sw_error error;
    uint32_t bits; /* the low bit_count of them are decoded, but not read */
    unsigned bit_count;
    size_t count;  /* bytes read */
    size_t needed; /* the largest end so far */
    size_t end;    /* of the open structure, as count; SIZE_MAX: none is open */
    unsigned depth;
    size_t outer[KEY_DEPTH_MAX]; /* ends of those around it */
} key_reader;

/* Finds the first key in the text of which we know the kind, or else the first one at all, and sets
 * form; reading starts with its first byte. */
void swi_reader_init(key_reader *r, const char *text, size_t len);

/* The body has to end here, and so has what is around it. */
void swi_reader_finish(key_reader *r);

/* Fails, unless it has failed before. */
void swi_reader_fail(key_reader *r, int code, uint64_t value, uint64_t limit);
/* The key is damaged unless this is so. */
void swi_reader_require(key_reader *r, int is_so);

/* Opens a structure of the next `size` bytes, which must lie within the open one, beyond which
 * nothing can be read. It has to be read to its end by when it is closed. */
void swi_reader_open(key_reader *r, uint32_t size);
void swi_reader_close(key_reader *r);

size_t swi_reader_left(const key_reader *r); /* bytes to the end of the open structure */

void swi_reader_read(key_reader *r, uint8_t *out /* NULL: nowhere */, size_t n);
uint8_t swi_reader_byte(key_reader *r);
int swi_reader_next_is(key_reader *r, uint8_t byte);      /* within the open structure; not taken */
uint32_t swi_reader_number(key_reader *r, unsigned size); /* big-endian, at most 4 bytes */

/* Close the open structure when they have read its rest, which `matches` compares (1: the same, as
 * far as reading did not fail; after a failure the bytes are not looked at). */
void swi_reader_skip(key_reader *r);
int swi_reader_matches(key_reader *r, const void *bytes, size_t n);

#endif
