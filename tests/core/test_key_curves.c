/* SPDX-License-Identifier: ISC */
/* Keys of curves, built byte by byte, as each of the readers sees them; and the public halves of private keys. */
#include <sidewire/keys.h>

#include <stdlib.h>
#include <string.h>

#include "key_builder.h"
#include "suite.h"

/* ---- readers ---- */

typedef enum reader { READ_PRIVATE, READ_PUBLIC, READ_HALF, READ_SERVER, READER_COUNT } reader;

typedef union key_any {
    sw_private_key private;
    sw_public_key public;
    sw_x25519_key server;
} key_any;

static const size_t sizes[READER_COUNT] = { sizeof(sw_private_key), sizeof(sw_public_key), sizeof(sw_public_key),
                                            sizeof(sw_x25519_key) };
static const key_any nothing;

static uint8_t secret[SW_X25519_SIZE], half[SW_X25519_SIZE];

static int server_half(void *ctx, uint8_t out[SW_X25519_SIZE], const uint8_t in[SW_X25519_SIZE])
{
    (void)ctx;
    ck_assert_mem_eq(in, secret, sizeof(secret));
    memcpy(out, half, sizeof(half));
    return 0;
}

/* What is there before does not matter, and what is there after a failure is zero. */
static int read_key(reader how, const blob *text, key_any *key, sw_error *error)
{
    sw_crypto crypto = { .x25519_public = server_half };
    char *copy = (char *)exact_copy(text->data, text->len);
    int result;

    memset(key, 0xa5, sizeof(*key));
    *error = (sw_error){ 1, 2, 3 };
    if (how == READ_PRIVATE)
        result = sw_private_key_parse(&key->private, copy, text->len, error);
    else if (how == READ_PUBLIC)
        result = sw_public_key_parse(&key->public, copy, text->len, error);
    else if (how == READ_HALF)
        result = sw_public_key_of_private_file(&key->public, copy, text->len, error);
    else
        result = sw_server_key_parse(&key->server, &crypto, copy, text->len, error);
    free(copy);
    ck_assert_int_eq(error->code, result);
    if (result < 0)
        ck_assert_mem_eq(key, &nothing, sizes[how]);
    return result;
}

/* ---- files ---- */

typedef enum file {
    ED_PKCS8,
    ED_PKCS8_BOTH,
    ED_OPENSSH,
    ED_SPKI,
    ED_LINE,
    X_PKCS8,
    X_PKCS8_BOTH,
    FILE_COUNT
} file;

/* Who reads which, and what the others say. */
static const struct {
    key_form form;
    reader own;
    int codes[READER_COUNT]; /* private, public, half, server */
} files[FILE_COUNT] = {
    [ED_PKCS8] = { FORM_PKCS8,
                   READ_PRIVATE,
                   { SW_OK, SW_E_KEY_IS_PRIVATE, SW_E_KEY_UNSUPPORTED, SW_E_KEY_NOT_X25519 } },
    [ED_PKCS8_BOTH] = { FORM_PKCS8, READ_PRIVATE, { SW_OK, SW_E_KEY_IS_PRIVATE, SW_OK, SW_E_KEY_NOT_X25519 } },
    [ED_OPENSSH] = { FORM_OPENSSH, READ_PRIVATE, { SW_OK, SW_E_KEY_IS_PRIVATE, SW_OK, SW_E_KEY_NOT_X25519 } },
    [ED_SPKI] = { FORM_SPKI, READ_PUBLIC, { SW_E_KEY_IS_PUBLIC, SW_OK, SW_E_KEY_IS_PUBLIC, SW_E_KEY_IS_PUBLIC } },
    [ED_LINE] = { FORM_SSH_LINE,
                  READ_PUBLIC,
                  { SW_E_KEY_IS_PUBLIC, SW_OK, SW_E_KEY_IS_PUBLIC, SW_E_KEY_IS_PUBLIC } },
    [X_PKCS8] = { FORM_PKCS8, READ_SERVER, { SW_E_KEY_OTHER, SW_E_KEY_IS_PRIVATE, SW_E_KEY_OTHER, SW_OK } },
    [X_PKCS8_BOTH] = { FORM_PKCS8, READ_SERVER, { SW_E_KEY_OTHER, SW_E_KEY_IS_PRIVATE, SW_E_KEY_OTHER, SW_OK } },
};

/* 30 2e 02 01 00 30 05 06 03 2b 65 70 04 22 04 20 secret, or
 * 30 51 02 01 01 30 05 06 03 2b 65 70 04 22 04 20 secret 81 21 00 half (RFC 5958) */
static blob build_pkcs8(unsigned algorithm, int has_both)
{
    blob body = { NULL, 0, 0 };

    blob_add(&body, "\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65", 11);
    blob_add_byte(&body, algorithm);
    blob_add(&body, "\x04\x22\x04\x20", 4);
    blob_add(&body, secret, sizeof(secret));
    if (has_both) {
        body.data[1] = 0x51;
        body.data[4] = 1;
        blob_add(&body, "\x81\x21\x00", 3);
        blob_add(&body, half, sizeof(half));
    }
    return body;
}

/* 30 2a 30 05 06 03 2b 65 70 03 21 00 half */
static blob build_spki(void)
{
    blob body = { NULL, 0, 0 };

    blob_add(&body, "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00", 12);
    blob_add(&body, half, sizeof(half));
    return body;
}

/* The name, which ends at 15, and the half from 19 to 51. */
static blob build_line(void)
{
    blob body = { NULL, 0, 0 };

    ssh_add_string(&body, "ssh-ed25519", 11);
    ssh_add_string(&body, half, sizeof(half));
    return body;
}

/* The public half in clear from 43 to 94, then a block of 136 bytes from 98 on: two numbers, the half from 106 to
 * 157, both from 161 to 225, no comment, and a padding. */
static blob build_container(void)
{
    blob body = { NULL, 0, 0 };
    blob public = build_line();
    blob block = { NULL, 0, 0 };
    blob both = { NULL, 0, 0 };

    blob_add(&both, secret, sizeof(secret));
    blob_add(&both, half, sizeof(half));
    ssh_add_u32(&block, 7);
    ssh_add_u32(&block, 7);
    blob_add(&block, public.data, public.len);
    ssh_add_string(&block, both.data, both.len);
    ssh_add_string(&block, "", 0);
    blob_add(&block, "\1\2\3\4\5", 5);
    blob_add(&body, "openssh-key-v1", 15);
    ssh_add_string(&body, "none", 4);
    ssh_add_string(&body, "none", 4);
    ssh_add_string(&body, "", 0);
    ssh_add_u32(&body, 1);
    ssh_add_string(&body, public.data, public.len);
    ssh_add_string(&body, block.data, block.len);
    blob_free(&public);
    blob_free(&block);
    blob_free(&both);
    return body;
}

static blob build(file which)
{
    switch (which) {
    case ED_PKCS8:
    case ED_PKCS8_BOTH: return build_pkcs8(0x70, which == ED_PKCS8_BOTH);
    case ED_OPENSSH: return build_container();
    case ED_SPKI: return build_spki();
    case ED_LINE: return build_line();
    default: return build_pkcs8(0x6e, which == X_PKCS8_BOTH);
    }
}

/* The text around a body, which is freed. */
static blob text_of(key_form form, blob *body)
{
    blob text = { NULL, 0, 0 };

    if (form == FORM_SSH_LINE) {
        blob digits = base64_encode(body, 0);
        blob_add(&text, "ssh-ed25519 ", 12);
        blob_move(&text, &digits);
    } else {
        text = armour(form, body);
    }
    blob_free(body);
    return text;
}

static key_any expected_key(reader how, file which)
{
    key_any key;

    memset(&key, 0, sizeof(key));
    if (how == READ_SERVER) {
        memcpy(key.server.secret, secret, sizeof(secret));
        memcpy(key.server.public_half, half, sizeof(half));
    } else if (how == READ_PRIVATE) {
        key.private.type = SW_KEY_ED25519;
        memcpy(key.private.ed25519.secret, secret, sizeof(secret));
        key.private.has_public_half = which != ED_PKCS8;
        if (key.private.has_public_half)
            memcpy(key.private.ed25519.public_half, half, sizeof(half));
    } else {
        key.public.type = SW_KEY_ED25519;
        memcpy(key.public.ed25519, half, sizeof(half));
    }
    return key;
}

static void setup(void)
{
    for (unsigned i = 0; i < SW_X25519_SIZE; i++) {
        secret[i] = (uint8_t)(0x40 + i);
        half[i] = (uint8_t)(0xa0 + i);
    }
}

/* All bytes of the half of a key, so that two of them can be compared. */
static void check_half(const sw_private_key *key, const sw_public_key *expected)
{
    sw_public_key out;

    memset(&out, 0xa5, sizeof(out));
    ck_assert_int_eq(sw_private_key_public(key, NULL, &out), SW_OK);
    ck_assert_mem_eq(&out, expected, sizeof(out));
}

/* ---- tests ---- */

START_TEST(file_and_reader)
{
    file which = (file)(_i / READER_COUNT);
    reader how = (reader)(_i % READER_COUNT);
    int code = files[which].codes[how];
    blob body = build(which);
    blob text = text_of(files[which].form, &body);
    key_any key, expected;
    sw_error error;

    ck_assert_int_eq(read_key(how, &text, &key, &error), code);
    check_error("reader", error, code, 0, 0);
    if (code == SW_OK) {
        expected = expected_key(how, which);
        ck_assert_mem_eq(&key, &expected, sizes[how]);
    }
    if (how == READ_PRIVATE && files[which].codes[READ_HALF] == SW_OK) {
        expected = expected_key(READ_HALF, which);
        check_half(&key.private, &expected.public);
    }
    blob_free(&text);
}
END_TEST

/* One byte of a body and what it is changed to, for the reader whose file it is. */
static const struct {
    file which;
    size_t offset;
    unsigned old, new;
    int code;
} changes[] = {
    { ED_PKCS8, 1, 0x2e, 0x2f, SW_E_KEY_DAMAGED }, /* longer than what is in it */
    { ED_PKCS8, 4, 0, 1, SW_OK },                  /* the half may be left out */
    { ED_PKCS8, 4, 0, 2, SW_E_KEY_DAMAGED },
    { ED_PKCS8, 9, 0x2b, 0x2a, SW_E_KEY_OTHER },
    { ED_PKCS8, 10, 0x65, 0x64, SW_E_KEY_OTHER },
    { ED_PKCS8, 11, 0x70, 0x71, SW_E_KEY_OTHER }, /* Ed448 */
    { ED_PKCS8, 12, 0x04, 0x03, SW_E_KEY_DAMAGED },
    { ED_PKCS8, 13, 0x22, 0x21, SW_E_KEY_DAMAGED },
    { ED_PKCS8, 14, 0x04, 0x03, SW_E_KEY_DAMAGED },
    { ED_PKCS8, 15, 0x20, 0x1f, SW_E_KEY_DAMAGED },
    { ED_PKCS8, 15, 0x20, 0x21, SW_E_KEY_DAMAGED },
    { ED_PKCS8_BOTH, 1, 0x51, 0x50, SW_E_KEY_DAMAGED },
    { ED_PKCS8_BOTH, 1, 0x51, 0x52, SW_E_KEY_DAMAGED },
    { ED_PKCS8_BOTH, 4, 1, 0, SW_E_KEY_DAMAGED }, /* that version has no place for it */
    { ED_PKCS8_BOTH, 48, 0x81, 0x82, SW_E_KEY_DAMAGED },
    { ED_PKCS8_BOTH, 49, 0x21, 0x20, SW_E_KEY_DAMAGED },
    { ED_PKCS8_BOTH, 49, 0x21, 0x22, SW_E_KEY_DAMAGED },
    { ED_PKCS8_BOTH, 50, 0, 1, SW_E_KEY_DAMAGED }, /* a bit unused */
    { ED_OPENSSH, 42, 51, 50, SW_E_KEY_DAMAGED },
    { ED_OPENSSH, 42, 51, 52, SW_E_KEY_DAMAGED },
    { ED_OPENSSH, 57, '9', '8', SW_E_KEY_OTHER },
    { ED_OPENSSH, 61, 32, 31, SW_E_KEY_DAMAGED },
    { ED_OPENSSH, 62, 0xa0, 0xa1, SW_E_KEY_DAMAGED }, /* three times the half, */
    { ED_OPENSSH, 125, 0xa0, 0xa1, SW_E_KEY_DAMAGED },
    { ED_OPENSSH, 156, 0xbf, 0xbe, SW_E_KEY_DAMAGED },
    { ED_OPENSSH, 193, 0xa0, 0xa1, SW_E_KEY_DAMAGED },
    { ED_OPENSSH, 224, 0xbf, 0xbe, SW_E_KEY_DAMAGED }, /* and they are the same */
    { ED_OPENSSH, 120, '9', '8', SW_E_KEY_DAMAGED },
    { ED_OPENSSH, 124, 32, 31, SW_E_KEY_DAMAGED },
    { ED_OPENSSH, 160, 64, 63, SW_E_KEY_DAMAGED },
    { ED_OPENSSH, 160, 64, 68, SW_E_KEY_DAMAGED }, /* the comment's length is in it */
    { ED_SPKI, 1, 0x2a, 0x2b, SW_E_KEY_DAMAGED },
    { ED_SPKI, 8, 0x70, 0x6e, SW_E_KEY_OTHER }, /* X25519 */
    { ED_SPKI, 9, 0x03, 0x04, SW_E_KEY_DAMAGED },
    { ED_SPKI, 10, 0x21, 0x20, SW_E_KEY_DAMAGED },
    { ED_SPKI, 11, 0, 1, SW_E_KEY_DAMAGED },
    { ED_LINE, 14, '9', '8', SW_E_KEY_DAMAGED },
    { ED_LINE, 18, 32, 31, SW_E_KEY_DAMAGED },
    { X_PKCS8, 1, 0x2e, 0x2f, SW_E_KEY_DAMAGED },
    { X_PKCS8, 9, 0x2b, 0x2a, SW_E_KEY_NOT_X25519 },
    { X_PKCS8, 11, 0x6e, 0x6f, SW_E_KEY_NOT_X25519 }, /* X448 */
    { X_PKCS8, 15, 0x20, 0x1f, SW_E_KEY_DAMAGED },
    { X_PKCS8_BOTH, 1, 0x51, 0x52, SW_E_KEY_DAMAGED },
    { X_PKCS8_BOTH, 4, 1, 0, SW_E_KEY_DAMAGED },
    { X_PKCS8_BOTH, 50, 0, 1, SW_E_KEY_DAMAGED },
    { X_PKCS8_BOTH, 51, 0xa0, 0xa1, SW_OK }, /* is made anew from the secret */
};

START_TEST(changed_byte)
{
    file which = changes[_i].which;
    blob body = build(which);
    blob text;
    key_any key;
    sw_error error;

    ck_assert_uint_eq(body.data[changes[_i].offset], changes[_i].old);
    body.data[changes[_i].offset] = (uint8_t)changes[_i].new;
    text = text_of(files[which].form, &body);
    ck_assert_int_eq(read_key(files[which].own, &text, &key, &error), changes[_i].code);
    check_error("change", error, changes[_i].code, 0, 0);
    blob_free(&text);
}
END_TEST

#define ED "\x06\x03\x2b\x65\x70"
#define X "\x06\x03\x2b\x65\x6e"
#define RSA "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01"
#define HEAD(text) text, sizeof(text) - 1

/* Heads and as many zeros: most end too early, which is told if nothing before it is wrong. */
static const struct {
    key_form form;
    reader how;
    const char *head;
    size_t size, zeros;
    int code;
    uint64_t value, limit;
} heads[] = {
    { FORM_PKCS8, READ_PRIVATE, HEAD("\x30\x2e\2\1\0\x30\5" ED "\4\x22\4\x20"), 32, SW_OK, 0, 0 },
    { FORM_PKCS8, READ_PRIVATE, HEAD("\x30\x2e\2\1\0\x30\5" ED "\4\x22\4\x20"), 31, SW_E_KEY_TRUNCATED, 47, 48 },
    { FORM_PKCS8, READ_PRIVATE, HEAD("\x30\x2f\2\1\0\x30\5" ED "\4\x23\4\x21"), 0, SW_E_KEY_DAMAGED, 0, 0 },
    { FORM_PKCS8, READ_PRIVATE, HEAD("\x30\x30\2\1\0\x30\7" ED "\5\0\4\x22\4\x20"), 32, SW_E_KEY_DAMAGED, 0, 0 },
    { FORM_PKCS8, READ_PRIVATE, HEAD("\x30\x2f\2\1\1\x30\5" ED "\4\x22\4\x20"), 32, SW_E_KEY_TRUNCATED, 48, 49 },
    { FORM_PKCS8, READ_SERVER, HEAD("\x30\x2e\2\1\0\x30\5" X "\4\x22\4\x20"), 31, SW_E_KEY_TRUNCATED, 47, 48 },
    { FORM_PKCS8, READ_SERVER, HEAD("\x30\x2f\2\1\0\x30\5" X "\4\x23\4\x21"), 0, SW_E_KEY_DAMAGED, 0, 0 },
    { FORM_SPKI, READ_PUBLIC, HEAD("\x30\x2a\x30\5" ED "\3\x21\0"), 31, SW_E_KEY_TRUNCATED, 43, 44 },
    { FORM_SPKI, READ_PUBLIC, HEAD("\x30\x2b\x30\5" ED "\3\x22\0"), 0, SW_E_KEY_DAMAGED, 0, 0 },
    { FORM_SPKI, READ_PUBLIC, HEAD("\x30\x2a\x30\x0c" RSA), 0, SW_E_KEY_TRUNCATED, 15, 44 },
    { FORM_SSH_LINE, READ_PUBLIC, HEAD("\0\0\0\x0bssh-ed25519\0\0\0\x20"), 31, SW_E_KEY_TRUNCATED, 50, 51 },
    { FORM_SSH_LINE, READ_PUBLIC, HEAD("\0\0\0\x0bssh-ed25519\0\0\0\x21"), 0, SW_E_KEY_DAMAGED, 0, 0 },
    { FORM_PKCS1, READ_PRIVATE, HEAD("\x30\x84\1"), 0, SW_E_KEY_TRUNCATED, 3, 4 }, /* a length of four bytes */
    { FORM_PKCS1, READ_PRIVATE, HEAD("\x30\x85\1"), 0, SW_E_KEY_DAMAGED, 0, 0 },   /* of five */
};

START_TEST(head_of_a_body)
{
    blob body = { NULL, 0, 0 };
    blob text;
    key_any key;
    sw_error error;

    blob_add(&body, heads[_i].head, heads[_i].size);
    for (size_t i = 0; i < heads[_i].zeros; i++)
        blob_add_byte(&body, 0);
    text = text_of(heads[_i].form, &body);
    (void)read_key(heads[_i].how, &text, &key, &error);
    check_error("head", error, heads[_i].code, heads[_i].value, heads[_i].limit);
    blob_free(&text);
}
END_TEST

/* The half of RSA, also where the rest is encrypted, and the file alone tells it. */
START_TEST(half_of_rsa)
{
    static const openssh_parts encrypted = { .cipher = "aes256-ctr", .derivation = "bcrypt" };
    key_model model = model_make(2048);
    key_form form = (key_form)_i;
    int is_encrypted = form > FORM_OPENSSH;
    blob spki = build_text(FORM_SPKI, &model);
    blob body = is_encrypted ? build_openssh(&model, &encrypted) : build_body(form, &model);
    blob text = text_of(is_encrypted ? FORM_OPENSSH : form, &body);
    key_any key, expected;
    sw_error error;

    ck_assert_int_eq(read_key(READ_PUBLIC, &spki, &expected, &error), SW_OK);
    ck_assert_uint_eq(expected.public.bits, 2048);
    ck_assert_int_eq(read_key(READ_HALF, &text, &key, &error), SW_OK);
    ck_assert_mem_eq(&key, &expected, sizeof(expected.public));
    if (!is_encrypted) {
        ck_assert_int_eq(read_key(READ_PRIVATE, &text, &key, &error), SW_OK);
        check_half(&key.private, &expected.public);
    }
    blob_free(&spki);
    blob_free(&text);
    model_free(&model);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("key curves");
    TCase *tests = suite_case(suite, "curves");

    tcase_add_checked_fixture(tests, setup, NULL);
    tcase_add_loop_test(tests, file_and_reader, 0, FILE_COUNT * READER_COUNT);
    tcase_add_loop_test(tests, changed_byte, 0, COUNT(changes));
    tcase_add_loop_test(tests, head_of_a_body, 0, COUNT(heads));
    tcase_add_loop_test(tests, half_of_rsa, 0, FORM_OPENSSH + 2);
    return run_suite(suite);
}
