#include "key_formats.h"

#include <string.h>

static const char openssh_magic[] = "openssh-key-v1";   /* its NUL belongs to it */
static const char rsa_name[] = "ssh-rsa";

enum { OPENSSH_BLOCK_SIZE = 8 };    /* of the cipher `none` */

void swi_ssh_open_string(key_reader *r)
{
    swi_reader_open(r, swi_reader_number(r, 4));
}

static void skip_string(key_reader *r)
{
    swi_ssh_open_string(r);
    swi_reader_skip(r);
}

static int string_is(key_reader *r, const char *text)
{
    swi_ssh_open_string(r);
    return swi_reader_matches(r, text, strlen(text));
}

/* Reads a number that has to be the one known from the public part. */
static void expect_number(key_reader *r, const uint8_t *number, size_t size)
{
    swi_ssh_open_string(r);
    if (number[0] >= 0x80)
        swi_reader_require(r, swi_reader_byte(r) == 0);
    swi_reader_require(r, swi_reader_matches(r, number, size));
}

void swi_ssh_public(key_reader *r)
{
    /* a line that begins with the name contradicts itself */
    if (!string_is(r, rsa_name))
        swi_reader_fail(r, r->kind == KEY_SSH_LINE ? SW_E_KEY_DAMAGED : SW_E_KEY_NOT_RSA, 0, 0);
    swi_key_exponent(r);
    swi_key_modulus(r);
}

static void read_private_block(key_reader *r)
{
    const sw_private_key *key = r->fields->secret;
    uint32_t check;

    swi_reader_require(r, swi_reader_left(r) % OPENSSH_BLOCK_SIZE == 0);
    check = swi_reader_number(r, 4);
    swi_reader_require(r, swi_reader_number(r, 4) == check);
    swi_reader_require(r, string_is(r, rsa_name));
    expect_number(r, key->n, key->n_size);
    expect_number(r, key->e, key->e_size);
    swi_key_secret_exponent(r);
    skip_string(r);                 /* 1/q mod p follows from the others */
    swi_key_primes(r);
    skip_string(r);                 /* comment */
    for (uint8_t pad = 1; r->count < r->end && r->error.code == SW_OK; pad++)
        swi_reader_require(r, swi_reader_byte(r) == pad);
}

void swi_ssh_private(key_reader *r)
{
    int is_plain;

    swi_reader_open(r, sizeof(openssh_magic));
    swi_reader_require(r, swi_reader_matches(r, openssh_magic, sizeof(openssh_magic)));
    is_plain = string_is(r, "none");        /* cipher */
    /* key derivation, which a cipher needs and nothing else has */
    swi_reader_require(r, string_is(r, "none") == is_plain);
    skip_string(r);                         /* its options */
    swi_reader_require(r, swi_reader_number(r, 4) == 1);  /* number of keys */
    swi_ssh_open_string(r);
    swi_ssh_public(r);
    swi_reader_close(r);
    if (!is_plain)                          /* last: a passphrase is no help to a small key */
        swi_reader_fail(r, SW_E_KEY_PASSPHRASE, 0, 0);
    swi_ssh_open_string(r);
    read_private_block(r);
    swi_reader_close(r);
}
