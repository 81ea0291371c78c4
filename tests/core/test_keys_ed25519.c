/* SPDX-License-Identifier: ISC */
/* Ed25519 keys, other forms of RSA keys, and the keys of servers, as ssh-keygen and openssl write
 * them. */
#include <sidewire/backends.h>
#include <sidewire/keys.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "key_builder.h"
#include "test_keys.h"

static const char *key_folder;
static sw_crypto *crypto; /* one that has Ed25519, or NULL */

static void setup(void)
{
    for (size_t i = 0; sw_backend_name(i) != NULL && crypto == NULL; i++) {
        crypto = sw_backend_new(sw_backend_name(i));
        if (crypto->ed25519_public == NULL) {
            sw_backend_free(crypto);
            crypto = NULL;
        }
    }
}

static void teardown(void)
{
    sw_backend_free(crypto);
    crypto = NULL;
}

static blob load(const char *name)
{
    char path[1024], buffer[4096];
    blob text = { NULL, 0, 0 };
    FILE *file;
    size_t n;

    snprintf(path, sizeof(path), "%s/%s", key_folder, name);
    file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    while ((n = fread(buffer, 1, sizeof(buffer), file)) > 0)
        blob_add(&text, buffer, n);
    fclose(file);
    return text;
}

static int parse_public(const char *name, sw_public_key *key)
{
    blob text = load(name);
    int result = sw_public_key_parse(key, (const char *)text.data, text.len, NULL);

    blob_free(&text);
    return result;
}

static int parse_private(const char *name, sw_private_key *key)
{
    blob text = load(name);
    int result = sw_private_key_parse(key, (const char *)text.data, text.len, NULL);

    blob_free(&text);
    return result;
}

static int parse_half(const char *name, sw_public_key *key)
{
    blob text = load(name);
    int result = sw_public_key_of_private_file(key, (const char *)text.data, text.len, NULL);

    blob_free(&text);
    return result;
}

static void check_same(const sw_public_key *a, const sw_public_key *b)
{
    ck_assert_mem_eq(a, b, sizeof(*a));
}

/* ed25519.pub, .rfc4716 and .openssh are of ssh-keygen and belong together. */
START_TEST(test_openssh)
{
    sw_public_key line, other;
    sw_private_key key;

    ck_assert_int_eq(parse_public("ed25519.pub", &line), SW_OK);
    ck_assert_int_eq(line.type, SW_KEY_ED25519);
    ck_assert_uint_eq(line.n_size + line.bits, 0);
    ck_assert_int_eq(parse_public("ed25519.rfc4716", &other), SW_OK);
    check_same(&line, &other);
    ck_assert_int_eq(parse_private("ed25519.openssh", &key), SW_OK);
    ck_assert_int_eq(key.type, SW_KEY_ED25519);
    ck_assert_int_eq(sw_private_key_public(&key, NULL, &other), SW_OK);
    check_same(&line, &other);
    ck_assert_int_eq(parse_half("ed25519.openssh", &other), SW_OK);
    check_same(&line, &other);
    ck_assert_int_eq(parse_half("ed25519.sshencrypted", &other), SW_OK);
    check_same(&line, &other);
    if (crypto != NULL) { /* the two halves belong together */
        key.has_public_half = 0;
        ck_assert_int_eq(sw_private_key_public(&key, crypto, &other), SW_OK);
        check_same(&line, &other);
    }
    sw_private_key_wipe(&key);
}
END_TEST

/* ed25519.pkcs8 has the secret alone. */
START_TEST(test_pkcs8)
{
    sw_public_key spki, other;
    sw_private_key key;

    ck_assert_int_eq(parse_public("ed25519.spki", &spki), SW_OK);
    ck_assert_int_eq(spki.type, SW_KEY_ED25519);
    ck_assert_int_eq(parse_private("ed25519.pkcs8", &key), SW_OK);
    ck_assert_int_eq(key.has_public_half, 0);
    ck_assert_int_eq(sw_private_key_public(&key, NULL, &other), SW_E_NULL);
    ck_assert_int_eq(other.type, SW_KEY_NONE);
    if (crypto != NULL) {
        ck_assert_int_eq(sw_private_key_public(&key, crypto, &other), SW_OK);
        check_same(&spki, &other);
    }
    ck_assert_int_eq(parse_half("ed25519.pkcs8", &other), SW_E_KEY_UNSUPPORTED);
    sw_private_key_wipe(&key);
}
END_TEST

START_TEST(test_backend_without)
{
    sw_crypto poor = { .name = "poor" };
    sw_private_key key;
    sw_public_key other;

    ck_assert_int_eq(parse_private("ed25519.pkcs8", &key), SW_OK);
    ck_assert_int_eq(sw_private_key_public(&key, &poor, &other), SW_E_KEY_BACKEND);
    sw_private_key_wipe(&key);
}
END_TEST

/* The public half of RSA keys, and which files do not tell it. */
START_TEST(test_rsa_halves)
{
    static const char *const clear[] = { "rsa2048.pkcs1", "rsa2048.pkcs8", "rsa2048.openssh",
                                         "rsa2048.sshencrypted" };
    sw_public_key line, other;

    ck_assert_int_eq(parse_public("rsa2048.pub", &line), SW_OK);
    for (int i = 0; i < COUNT(clear); i++) {
        ck_assert_msg(parse_half(clear[i], &other) == SW_OK, "%s", clear[i]);
        check_same(&line, &other);
    }
    ck_assert_int_eq(parse_public("rsa2048.rfc4716", &other), SW_OK);
    check_same(&line, &other);
    ck_assert_int_eq(parse_half("rsa2048.encrypted", &other), SW_E_KEY_PASSPHRASE);
    ck_assert_int_eq(parse_half("rsa2048.proctype", &other), SW_E_KEY_PASSPHRASE);
    ck_assert_int_eq(parse_half("rsa2048.pub", &other), SW_E_KEY_IS_PUBLIC);
    ck_assert_int_eq(parse_half("ec.openssh", &other), SW_E_KEY_OTHER);
    ck_assert_int_eq(sw_public_key_of_private_file(NULL, "", 0, NULL), SW_E_NULL);
}
END_TEST

/* The first key that is of a kind we know, among several. */
START_TEST(test_first_of_several)
{
    static const char *const files[][3] = {
        { "ec.pub", "ed25519.pub", "rsa2048.pub" },
        { "ec.spki", "ed25519.rfc4716", "rsa2048.pub" },
        { "ec.pub", "ec.parameters", "ed25519.pub" },
        { "ed25519.pub", "rsa2048.pub", "ec.pub" },
    };
    blob text = { NULL, 0, 0 };
    sw_public_key expected, key;

    for (int i = 0; i < 3; i++) {
        blob part = load(files[_i][i]);
        blob_move(&text, &part);
    }
    ck_assert_int_eq(parse_public("ed25519.pub", &expected), SW_OK);
    if (_i == 1) /* a SPKI of another kind is a key that begins like one of ours */
        ck_assert_int_eq(sw_public_key_parse(&key, (const char *)text.data, text.len, NULL), SW_E_KEY_OTHER);
    else {
        ck_assert_int_eq(sw_public_key_parse(&key, (const char *)text.data, text.len, NULL), SW_OK);
        check_same(&expected, &key);
    }
    blob_free(&text);
}
END_TEST

/* Headers of RFC 4716 go on behind a backslash. */
START_TEST(test_rfc4716_headers)
{
    blob text = load("ed25519.rfc4716");
    const char *first = memchr(text.data, '\n', text.len);
    blob longer = { NULL, 0, 0 };
    size_t at = (size_t)(first + 1 - (const char *)text.data);
    static const char headers[] = "Subject: me\r\nx-long: a\\\nbcd\\\r\nefg\n";
    sw_public_key expected, key;

    blob_add(&longer, text.data, at);
    blob_add(&longer, headers, sizeof(headers) - 1);
    blob_add(&longer, text.data + at, text.len - at);
    ck_assert_int_eq(parse_public("ed25519.pub", &expected), SW_OK);
    ck_assert_int_eq(sw_public_key_parse(&key, (const char *)longer.data, longer.len, NULL), SW_OK);
    check_same(&expected, &key);
    blob_free(&text);
    blob_free(&longer);
}
END_TEST

/* Every byte of the bodies changed: an error, or at least another key; never a crash. And cut off
 * anywhere: no key. */
START_TEST(test_damaged)
{
    static const char *const files[] = { "ed25519.openssh", "ed25519.pkcs8", "ed25519.pub", "ed25519.spki" };
    int is_private = _i < 2;
    blob text = load(files[_i]);
    sw_private_key key;
    sw_public_key half;
    size_t end = text.len;

    while (end > 0 && text.data[end - 1] == '\n')
        end--;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t *copy = exact_copy(text.data, text.len);
        copy[i] ^= 1;
        if (is_private)
            (void)sw_private_key_parse(&key, (const char *)copy, text.len, NULL);
        else
            (void)sw_public_key_parse(&half, (const char *)copy, text.len, NULL);
        free(copy);
    }
    for (size_t i = 0; i < (is_private ? end : 20); i++) {
        uint8_t *copy = exact_copy(text.data, i);
        ck_assert_int_lt(sw_private_key_parse(&key, (const char *)copy, i, NULL), 0);
        ck_assert_int_lt(sw_public_key_parse(&half, (const char *)copy, i, NULL), 0);
        free(copy);
    }
    sw_private_key_wipe(&key);
    blob_free(&text);
}
END_TEST

/* ---- servers ---- */

static const struct {
    const char *name;
    int code;
} other_server_keys[] = {
    { "ed25519.pkcs8", SW_E_KEY_NOT_X25519 }, { "rsa2048.pkcs8", SW_E_KEY_NOT_X25519 },
    { "rsa2048.pkcs1", SW_E_KEY_NOT_X25519 }, { "ed25519.openssh", SW_E_KEY_NOT_X25519 },
    { "ec.pkcs8", SW_E_KEY_NOT_X25519 },      { "x25519.spki", SW_E_KEY_IS_PUBLIC },
    { "ed25519.pub", SW_E_KEY_IS_PUBLIC },    { "rsa2048.encrypted", SW_E_KEY_PASSPHRASE },
    { "rsa2048.numbers", SW_E_KEY_FORMAT },
};

START_TEST(test_server_key)
{
    sw_crypto *any = sw_backend_new(NULL);
    blob text = load("x25519.pkcs8");
    blob spki = load("x25519.spki");
    blob body = base64_decode((const char *)spki.data + 27, spki.len - 27 - 25);
    char written[SW_SERVER_KEY_FILE_SIZE], digits[SW_SERVER_KEY_TEXT_SIZE];
    uint8_t half[SW_X25519_SIZE];
    sw_x25519_key key;

    ck_assert_int_eq(sw_server_key_parse(&key, any, (const char *)text.data, text.len, NULL), SW_OK);
    ck_assert_uint_ge(body.len, SW_X25519_SIZE);
    ck_assert_mem_eq(key.public_half, body.data + 12, SW_X25519_SIZE);
    sw_server_key_write(&key, written);
    ck_assert_uint_eq(text.len, sizeof(written));
    ck_assert_mem_eq(written, text.data, sizeof(written));
    sw_server_key_text(key.public_half, digits);
    ck_assert_int_eq(sw_server_key_read(half, digits, sizeof(digits)), SW_OK);
    ck_assert_mem_eq(half, key.public_half, sizeof(half));
    sw_server_key_wipe(&key);
    blob_free(&text);
    blob_free(&spki);
    blob_free(&body);
    sw_backend_free(any);
}
END_TEST

START_TEST(test_other_server_key)
{
    static const uint8_t zeros[sizeof(sw_x25519_key)];
    sw_crypto *any = sw_backend_new(NULL);
    blob text = load(other_server_keys[_i].name);
    sw_x25519_key key;
    sw_error error;

    memset(&key, 1, sizeof(key));
    ck_assert_int_eq(sw_server_key_parse(&key, any, (const char *)text.data, text.len, &error),
                     other_server_keys[_i].code);
    ck_assert_int_eq(error.code, other_server_keys[_i].code);
    ck_assert_mem_eq(&key, zeros, sizeof(zeros));
    blob_free(&text);
    sw_backend_free(any);
}
END_TEST

/* RFC 5958: with the public half behind the secret one, for which a server's key has no place. */
START_TEST(test_other_server_key_with_both_halves)
{
    static const uint8_t head[] = { 0x30, 0x51, 0x02, 0x01, 0x01, 0x30, 0x05, 0x06,
                                    0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20 };
    static const uint8_t between[] = { 0x81, 0x21, 0x00 };
    static const uint8_t half[SW_ED25519_PUBLIC_SIZE] = { 1 };
    sw_crypto *any = sw_backend_new(NULL);
    sw_private_key user;
    sw_x25519_key key;
    blob body = { 0 };
    blob text;

    blob_add(&body, head, sizeof(head));
    blob_add(&body, half, sizeof(half));
    blob_add(&body, between, sizeof(between));
    blob_add(&body, half, sizeof(half));
    text = armour(FORM_PKCS8, &body);
    ck_assert_int_eq(sw_private_key_parse(&user, (const char *)text.data, text.len, NULL), SW_OK);
    ck_assert_int_eq(sw_server_key_parse(&key, any, (const char *)text.data, text.len, NULL), SW_E_KEY_NOT_X25519);
    sw_private_key_wipe(&user);
    blob_free(&body);
    blob_free(&text);
    sw_backend_free(any);
}
END_TEST

START_TEST(test_made_server_key)
{
    sw_crypto *any = sw_backend_new(NULL);
    char written[SW_SERVER_KEY_FILE_SIZE], digits[SW_SERVER_KEY_TEXT_SIZE];
    char fingerprint[SW_FINGERPRINT_SIZE + 1];
    sw_x25519_key key, again;
    uint8_t half[SW_X25519_SIZE];

    ck_assert_int_eq(sw_server_key_make(&key, any), SW_OK);
    sw_server_key_write(&key, written);
    ck_assert_int_eq(sw_server_key_parse(&again, any, written, sizeof(written), NULL), SW_OK);
    ck_assert_mem_eq(&key, &again, sizeof(key));
    sw_server_key_text(key.public_half, digits);
    ck_assert_int_eq(sw_server_key_read(half, digits, SW_SERVER_KEY_TEXT_SIZE - 1), SW_E_KEY_FORMAT);
    digits[7] = '-';
    ck_assert_int_eq(sw_server_key_read(half, digits, sizeof(digits)), SW_E_KEY_FORMAT);
    memset(digits, 'B', sizeof(digits)); /* bits behind the last byte */
    digits[SW_SERVER_KEY_TEXT_SIZE - 1] = '=';
    ck_assert_int_eq(sw_server_key_read(half, digits, sizeof(digits)), SW_E_KEY_FORMAT);
    ck_assert_int_eq(sw_fingerprint(any, (const uint8_t *)"abc", 3, fingerprint), SW_OK);
    ck_assert_str_eq(fingerprint, "SHA256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0");
    sw_backend_free(any);
}
END_TEST

void add_key_ed25519_tests(Suite *suite, const char *folder)
{
    TCase *tests = suite_case(suite, "Ed25519 and X25519");

    key_folder = folder;
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, test_openssh);
    tcase_add_test(tests, test_pkcs8);
    tcase_add_test(tests, test_backend_without);
    tcase_add_test(tests, test_rsa_halves);
    tcase_add_loop_test(tests, test_first_of_several, 0, 4);
    tcase_add_test(tests, test_rfc4716_headers);
    tcase_add_loop_test(tests, test_damaged, 0, 4);
    tcase_add_test(tests, test_server_key);
    tcase_add_loop_test(tests, test_other_server_key, 0, COUNT(other_server_keys));
    tcase_add_test(tests, test_other_server_key_with_both_halves);
    tcase_add_test(tests, test_made_server_key);
}
