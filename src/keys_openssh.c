/* SPDX-License-Identifier: ISC */
#include "key_formats.h"

#include <string.h>

static const char openssh_magic[] = "openssh-key-v1"; /* its NUL belongs to it */
static const char none[] = "none";
static const char *const names[] = { [SW_KEY_RSA] = "ssh-rsa", [SW_KEY_ED25519] = "ssh-ed25519" };

enum { OPENSSH_BLOCK_SIZE = 8 }; /* of the cipher `none` */

void swi_ssh_open_string(key_reader *r)
{
    swi_reader_open(r, swi_reader_number(r, 4));
}

static void skip_string(key_reader *r)
{
    swi_ssh_open_string(r);
    swi_reader_skip(r);
}

/* The name of a cipher or of a key derivation: 1, there is none. */
static int name_is_none(key_reader *r)
{
    swi_ssh_open_string(r);
    return swi_reader_matches(r, none, sizeof(none) - 1);
}

/* Reads a number that has to be the one known from the public part. */
static void expect_number(key_reader *r, const uint8_t *number, size_t size)
{
    swi_ssh_open_string(r);
    while (swi_reader_left(r) > size && r->error.code == SW_OK)
        swi_reader_require(r, swi_reader_byte(r) == 0);
    swi_reader_require(r, swi_reader_matches(r, number, size));
}

/* The type that a key's own name says; 0: another. */
static sw_key_type read_type(key_reader *r)
{
    char name[16] = "";
    size_t size;

    swi_ssh_open_string(r);
    size = swi_reader_left(r);
    swi_reader_read(r, size < sizeof(name) ? (uint8_t *)name : NULL, size);
    swi_reader_close(r);
    for (int type = SW_KEY_RSA; type <= SW_KEY_ED25519; type++)
        if (size == strlen(names[type]) && memcmp(name, names[type], size) == 0)
            return (sw_key_type)type;
    return SW_KEY_NONE;
}

void swi_ssh_public(key_reader *r)
{
    sw_key_type type = read_type(r);

    /* a line that begins with a name contradicts itself if there is another in it */
    if (r->form == KEY_SSH_RSA || r->form == KEY_SSH_ED25519)
        swi_reader_require(r, type == (r->form == KEY_SSH_RSA ? SW_KEY_RSA : SW_KEY_ED25519));
    if (type == SW_KEY_NONE)
        swi_reader_fail(r, SW_E_KEY_OTHER, 0, 0);
    if (type == SW_KEY_ED25519) {
        swi_ssh_open_string(r);
        swi_key_ed25519_public(r);
        swi_reader_close(r);
    } else {
        swi_key_exponent(r);
        swi_key_modulus(r);
    }
}

static void read_rsa(key_reader *r)
{
    const key_fields *fields = r->fields;

    expect_number(r, fields->n, *fields->n_size);
    expect_number(r, fields->e, *fields->e_size);
    swi_key_secret_exponent(r);
    skip_string(r); /* 1/q mod p follows from the others */
    swi_key_primes(r);
}

/* The public half, and then both in one string. */
static void read_ed25519(key_reader *r)
{
    const uint8_t *half = r->fields->ed25519;

    swi_ssh_open_string(r);
    swi_reader_require(r, swi_reader_matches(r, half, SW_ED25519_PUBLIC_SIZE));
    swi_ssh_open_string(r);
    swi_reader_open(r, SW_ED25519_SECRET_SIZE);
    swi_key_ed25519_secret(r);
    swi_reader_close(r);
    swi_reader_require(r, swi_reader_matches(r, half, SW_ED25519_PUBLIC_SIZE));
}

static void read_private_block(key_reader *r)
{
    sw_key_type type = *r->fields->type;
    uint32_t check;

    swi_reader_require(r, swi_reader_left(r) % OPENSSH_BLOCK_SIZE == 0);
    check = swi_reader_number(r, 4);
    swi_reader_require(r, swi_reader_number(r, 4) == check);
    swi_reader_require(r, read_type(r) == type);
    if (type == SW_KEY_ED25519)
        read_ed25519(r);
    else
        read_rsa(r);
    skip_string(r); /* comment */
    for (uint8_t pad = 1; r->count < r->end && r->error.code == SW_OK; pad++)
        swi_reader_require(r, swi_reader_byte(r) == pad);
}

void swi_ssh_private(key_reader *r)
{
    int is_plain;

    swi_reader_open(r, sizeof(openssh_magic));
    swi_reader_require(r, swi_reader_matches(r, openssh_magic, sizeof(openssh_magic)));
    is_plain = name_is_none(r); /* cipher */
    /* key derivation, which a cipher needs and nothing else has */
    swi_reader_require(r, name_is_none(r) == is_plain);
    skip_string(r);                                      /* its options */
    swi_reader_require(r, swi_reader_number(r, 4) == 1); /* number of keys */
    swi_ssh_open_string(r);
    swi_ssh_public(r);
    swi_reader_close(r);
    if (r->fields->secret == NULL) { /* the public half is clear in any case */
        skip_string(r);
        return;
    }
    if (!is_plain) /* last: a passphrase is no help to a small key */
        swi_reader_fail(r, SW_E_KEY_PASSPHRASE, 0, 0);
    swi_ssh_open_string(r);
    read_private_block(r);
    swi_reader_close(r); /* it was read to its end */
}
