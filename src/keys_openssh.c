#include "key_formats.h"

#include <string.h>

static const char openssh_magic[] = "openssh-key-v1";   /* its NUL belongs to it */
static const char rsa_name[] = "ssh-rsa";

enum { OPENSSH_BLOCK_SIZE = 8 };    /* of the cipher `none` */

static uint32_t read_u32(key_reader *r)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < 4; i++)
        value = value << 8 | sw_reader_byte(r);
    return value;
}

static size_t open_string(key_reader *r)
{
    return sw_reader_open(r, read_u32(r));
}

static void skip_string(key_reader *r)
{
    size_t outer = open_string(r);

    sw_reader_skip(r);
    sw_reader_close(r, outer);
}

static int string_is(key_reader *r, const char *text)
{
    size_t outer = open_string(r);
    int same = sw_reader_matches(r, text, strlen(text));

    sw_reader_close(r, outer);
    return same;
}

/* Reads a number that has to be the one known from the public part. */
static void expect_number(key_reader *r, const uint8_t *number, size_t size)
{
    size_t outer = open_string(r);

    if (number[0] >= 0x80)
        sw_reader_require(r, sw_reader_byte(r) == 0);
    sw_reader_require(r, sw_reader_matches(r, number, size));
    sw_reader_close(r, outer);
}

void sw_ssh_public(key_reader *r, const key_public_fields *fields)
{
    /* a line that begins with the name contradicts itself */
    if (!string_is(r, rsa_name))
        sw_reader_fail(r, r->kind == KEY_SSH_LINE ? SW_E_KEY_DAMAGED : SW_E_KEY_NOT_RSA, 0, 0);
    sw_key_exponent(r, open_string, fields);
    sw_key_modulus(r, open_string, fields);
}

static void read_private_block(key_reader *r, sw_private_key *key)
{
    uint32_t check;

    sw_reader_require(r, (r->end - r->count) % OPENSSH_BLOCK_SIZE == 0);
    check = read_u32(r);
    sw_reader_require(r, read_u32(r) == check);
    sw_reader_require(r, string_is(r, rsa_name));
    expect_number(r, key->n, key->n_size);
    expect_number(r, key->e, key->e_size);
    key->d_size = sw_key_secret(r, open_string, key->d, sizeof(key->d));
    skip_string(r);                 /* 1/q mod p follows from the others */
    key->p_size = sw_key_secret(r, open_string, key->p, sizeof(key->p));
    key->q_size = sw_key_secret(r, open_string, key->q, sizeof(key->q));
    skip_string(r);                 /* comment */
    for (uint8_t pad = 1; r->count < r->end && r->error.code == SW_OK; pad++)
        sw_reader_require(r, sw_reader_byte(r) == pad);
}

void sw_ssh_private(key_reader *r, const key_public_fields *fields, sw_private_key *key)
{
    size_t outer = sw_reader_open(r, sizeof(openssh_magic));
    int encrypted;

    sw_reader_require(r, sw_reader_matches(r, openssh_magic, sizeof(openssh_magic)));
    sw_reader_close(r, outer);
    encrypted = !string_is(r, "none");      /* cipher */
    /* key derivation, which a cipher needs and nothing else has */
    sw_reader_require(r, string_is(r, "none") == !encrypted);
    skip_string(r);                         /* its options */
    sw_reader_require(r, read_u32(r) == 1); /* number of keys */
    outer = open_string(r);
    sw_ssh_public(r, fields);
    sw_reader_close(r, outer);
    if (encrypted)                          /* last: a passphrase is no help to a small key */
        sw_reader_fail(r, SW_E_KEY_PASSPHRASE, 0, 0);
    outer = open_string(r);
    read_private_block(r, key);
    sw_reader_close(r, outer);
}
