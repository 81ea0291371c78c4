/* SPDX-License-Identifier: ISC */
/* Keys as ssh-keygen and openssl write them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "key_builder.h"
#include "key_parse.h"
#include "test_keys.h"

static const char *key_folder;

static blob load(const char *name, const char *extension)
{
    char path[1024];
    char buffer[4096];
    blob text = { NULL, 0, 0 };
    FILE *file;
    size_t n;

    snprintf(path, sizeof(path), "%s/%s.%s", key_folder, name, extension);
    file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "cannot open %s", path);
    while ((n = fread(buffer, 1, sizeof(buffer), file)) > 0)
        blob_add(&text, buffer, n);
    fclose(file);
    ck_assert_uint_gt(text.len, 0);
    return text;
}

/* ---- good keys ---- */

static const struct {
    const char *name;
    unsigned bits;
} good_keys[] = { { "rsa2048", 2048 }, { "rsa3072", 3072 }, { "rsa4096", 4096 } };

static const struct {
    const char *extension;
    key_form form;
} key_forms[] = {
    { "pkcs1", FORM_PKCS1 },           { "pkcs8", FORM_PKCS8 }, { "openssh", FORM_OPENSSH },
    { "pkcs1pub", FORM_PKCS1_PUBLIC }, { "spki", FORM_SPKI },   { "pub", FORM_SSH_LINE },
};

enum {
    GOOD_KEY_COUNT = sizeof(good_keys) / sizeof(good_keys[0]),
    KEY_FORM_COUNT = sizeof(key_forms) / sizeof(key_forms[0])
};

/* Is the next line of *text this number in hex? */
static void check_line(const char **text, const uint8_t *number, size_t size)
{
    for (size_t i = 0; i < size; i++, *text += 2) {
        char hex[3];
        snprintf(hex, sizeof(hex), "%02X", number[i]);
        if (strncmp(*text, hex, 2) != 0)
            ck_abort_msg("byte %zu of %zu: %s, not %.2s", i, size, hex, *text);
    }
    ck_assert_int_eq(**text, '\n');
    ++*text;
}

START_TEST(numbers_are_those_of_openssl)
{
    const char *name = good_keys[_i / KEY_FORM_COUNT].name;
    key_form form = key_forms[_i % KEY_FORM_COUNT].form;
    blob text = load(name, key_forms[_i % KEY_FORM_COUNT].extension);
    blob numbers = load(name, "numbers");
    const char *line;
    sw_private_key key;
    sw_error error;

    blob_add_byte(&numbers, 0);
    line = (const char *)numbers.data;
    ck_assert_int_eq(parse_key(form_is_private(form), text.data, text.len, &key, &error), SW_OK);
    ck_assert_uint_eq(key.bits, good_keys[_i / KEY_FORM_COUNT].bits);
    check_line(&line, key.n, key.n_size);
    check_line(&line, key.e, key.e_size);
    if (form_is_private(form)) {
        check_line(&line, key.d, key.d_size);
        check_line(&line, key.p, key.p_size);
        check_line(&line, key.q, key.q_size);
        ck_assert_int_eq(*line, '\0');
    }
    blob_free(&text);
    blob_free(&numbers);
}
END_TEST

START_TEST(other_half_is_named)
{
    const char *name = good_keys[_i / KEY_FORM_COUNT].name;
    key_form form = key_forms[_i % KEY_FORM_COUNT].form;
    blob text = load(name, key_forms[_i % KEY_FORM_COUNT].extension);
    sw_private_key key;
    sw_error error;

    ck_assert_int_eq(parse_key(!form_is_private(form), text.data, text.len, &key, &error),
                     form_is_private(form) ? SW_E_KEY_IS_PRIVATE : SW_E_KEY_IS_PUBLIC);
    blob_free(&text);
}
END_TEST

/* ---- keys to refuse ---- */

static const struct {
    const char *name, *extension;
    int is_private, code;
} refused_keys[] = {
    { "rsa1024", "pkcs1", 1, SW_E_KEY_SMALL },
    { "rsa1024", "pkcs8", 1, SW_E_KEY_SMALL },
    { "rsa1024", "openssh", 1, SW_E_KEY_SMALL },
    { "rsa1024", "pkcs1pub", 0, SW_E_KEY_SMALL },
    { "rsa1024", "spki", 0, SW_E_KEY_SMALL },
    { "rsa1024", "pub", 0, SW_E_KEY_SMALL },
    { "rsa1024", "sshencrypted", 1, SW_E_KEY_SMALL },
    { "rsa1024", "encrypted", 1, SW_E_KEY_PASSPHRASE },
    { "rsa1024", "proctype", 1, SW_E_KEY_PASSPHRASE },
    { "rsa2048", "sshencrypted", 1, SW_E_KEY_PASSPHRASE },
    { "rsa2048", "encrypted", 1, SW_E_KEY_PASSPHRASE },
    { "rsa2048", "proctype", 1, SW_E_KEY_PASSPHRASE },
    { "rsa2048", "sshencrypted", 0, SW_E_KEY_IS_PRIVATE },
    { "rsa2048", "encrypted", 0, SW_E_KEY_IS_PRIVATE },
    { "rsa2048", "proctype", 0, SW_E_KEY_IS_PRIVATE },
    { "rsa2048", "numbers", 0, SW_E_KEY_FORMAT },
    { "rsa2048", "numbers", 1, SW_E_KEY_FORMAT },
    { "ec", "sec1", 1, SW_E_KEY_OTHER },
    { "ec", "sec1", 0, SW_E_KEY_OTHER },
    { "ec", "parameters", 1, SW_E_KEY_OTHER },
    { "ec", "pkcs8", 1, SW_E_KEY_OTHER },
    { "ec", "openssh", 1, SW_E_KEY_OTHER },
    { "ec", "spki", 0, SW_E_KEY_OTHER },
    { "ec", "pub", 0, SW_E_KEY_OTHER },
    { "ec", "pub", 1, SW_E_KEY_OTHER },
    { "ed25519", "sshencrypted", 1, SW_E_KEY_PASSPHRASE },
    { "ed25519", "pkcs8", 0, SW_E_KEY_IS_PRIVATE },
    { "ed25519", "spki", 1, SW_E_KEY_IS_PUBLIC },
    { "x25519", "pkcs8", 1, SW_E_KEY_OTHER },
    { "x25519", "spki", 0, SW_E_KEY_OTHER },
};

enum { REFUSED_KEY_COUNT = sizeof(refused_keys) / sizeof(refused_keys[0]) };

START_TEST(refused_with_reason)
{
    blob text = load(refused_keys[_i].name, refused_keys[_i].extension);
    int is_private = refused_keys[_i].is_private;
    int code = refused_keys[_i].code;
    sw_private_key key;
    sw_error error;

    ck_assert_int_eq(parse_key(is_private, text.data, text.len, &key, &error), code);
    ck_assert_uint_eq(error.value, code == SW_E_KEY_SMALL ? 1024 : 0);
    ck_assert_uint_eq(error.limit, code == SW_E_KEY_SMALL ? SW_RSA_MIN_BITS : 0);
    blob_free(&text);
}
END_TEST

/* Cut anywhere, such a file is first unknown, then truncated, then what it is. */
START_TEST(refused_at_every_length)
{
    blob text = load(refused_keys[_i].name, refused_keys[_i].extension);
    int expected = SW_E_KEY_FORMAT;
    sw_private_key key;
    sw_error error;

    for (size_t len = 0; len <= text.len; len++) {
        int code = parse_key(refused_keys[_i].is_private, text.data, len, &key, &error);
        if (expected == SW_E_KEY_FORMAT && code == SW_E_KEY_TRUNCATED)
            expected = code;
        if (code == refused_keys[_i].code)
            expected = code;
        /* a header without its colon passes for a body */
        if (code == SW_E_KEY_DAMAGED && memchr(text.data, ':', len) == NULL)
            continue;
        if (code != expected)
            ck_abort_msg("length %zu: %d, not %d", len, code, expected);
    }
    ck_assert_int_eq(expected, refused_keys[_i].code);
    blob_free(&text);
}
END_TEST

/* ---- damage ---- */

/* Where the base64 starts and where nothing needed follows any more. */
static void find_body(key_form form, const blob *text, size_t *begin, size_t *body_end, size_t *end)
{
    const char *p = (const char *)text->data;
    const char *dash = "-----";
    size_t i = 0;

    if (form == FORM_SSH_LINE) {
        *begin = strlen("ssh-rsa ");
        for (i = *begin; i < text->len && p[i] != ' ' && p[i] != '\n'; i++)
            ;
        *body_end = *end = i;
        return;
    }
    while (p[i] != '\n')
        i++;
    *begin = i;
    while (p[i] != '-')
        i++;
    *body_end = i;
    *end = i + 2 * strlen(dash) + strlen("END ") + strlen(form_label(form));
    ck_assert_uint_le(*end, text->len);
    ck_assert_int_eq(memcmp(p + *end - strlen(dash), dash, strlen(dash)), 0);
}

START_TEST(truncated_at_every_length)
{
    const char *name = good_keys[_i / KEY_FORM_COUNT].name;
    key_form form = key_forms[_i % KEY_FORM_COUNT].form;
    blob text = load(name, key_forms[_i % KEY_FORM_COUNT].extension);
    size_t begin, body_end, end;
    size_t digits = 0;
    blob body;

    find_body(form, &text, &begin, &body_end, &end);
    body = base64_decode((const char *)text.data + begin, body_end - begin);
    for (size_t len = 0; len <= text.len; len++) {
        int expected = len < begin ? SW_E_KEY_FORMAT : len < end ? SW_E_KEY_TRUNCATED : SW_OK;
        size_t have;
        sw_private_key key;
        sw_error error;
        int code = parse_key(form_is_private(form), text.data, len, &key, &error);
        if (len > begin && len <= body_end && strchr("=\r\n", text.data[len - 1]) == NULL)
            digits++;
        have = digits * 6 / 8;
        if (code != expected)
            ck_abort_msg("length %zu: %d, not %d", len, code, expected);
        if (code == SW_E_KEY_TRUNCATED && (error.value != have || error.limit < have || error.limit > body.len))
            ck_abort_msg("length %zu: %u of %u bytes", len, (unsigned)error.value, (unsigned)error.limit);
        /* DER says at its beginning how long the whole is */
        if (code == SW_E_KEY_TRUNCATED && have >= 4 && form != FORM_SSH_LINE && form != FORM_OPENSSH)
            ck_assert_uint_eq(error.limit, body.len);
    }
    blob_free(&body);
    blob_free(&text);
}
END_TEST

/* Where a number starts in a body. */
static size_t find_number(const blob *body, const uint8_t *number, size_t size)
{
    size_t i = 0;

    while (i + size <= body->len && memcmp(body->data + i, number, size) != 0)
        i++;
    ck_assert_uint_le(i + size, body->len);
    return i;
}

/* May a private key with another byte here be the same key? In what follows from the
 * rest, and in OpenSSH's comment; public keys have no such place. */
static int is_unused(key_form form, const blob *body, const sw_private_key *key, size_t offset)
{
    size_t d_end, p, q_end;

    if (!form_is_private(form))
        return 0;
    if (form == FORM_PKCS8 && offset == 6) /* version 1 may have the public half, and need not */
        return 1;
    d_end = find_number(body, key->d, key->d_size) + key->d_size;
    p = find_number(body, key->p, key->p_size);
    q_end = find_number(body, key->q, key->q_size) + key->q_size;
    return offset >= q_end || (form == FORM_OPENSSH && offset >= d_end && offset < p);
}

/* The changed text is refused, or is another key, or differs only where it does not matter. */
static int check_changed(key_form form, const blob *text, const blob *body, const sw_private_key *good,
                         size_t begin, size_t end)
{
    sw_private_key key;
    sw_error error;
    int code = parse_key(form_is_private(form), text->data, text->len, &key, &error);
    blob changed;

    if (code != SW_OK) {
        if (code > SW_E_KEY_FORMAT || code < SW_E_KEY_UNSUPPORTED)
            ck_abort_msg("error %d", code);
        return 1;
    }
    if (memcmp(&key, good, sizeof(key)) != 0)
        return 0;
    changed = base64_decode((const char *)text->data + begin, end - begin);
    ck_assert_uint_eq(changed.len, body->len);
    ck_assert_int_ne(memcmp(changed.data, body->data, body->len), 0);
    for (size_t i = 0; i < body->len; i++)
        if (changed.data[i] != body->data[i] && !is_unused(form, body, good, i))
            ck_abort_msg("a change of byte %zu went unseen", i);
    blob_free(&changed);
    return 0;
}

enum { BIT_STEP = SANITIZED ? 3 : 1 }; /* with sanitizers three bits of each byte */

START_TEST(every_bit_of_the_text_flipped)
{
    key_form form = key_forms[_i].form;
    blob text = load("rsa2048", key_forms[_i].extension);
    size_t begin, body_end, end;
    size_t refused = 0;
    sw_private_key good;
    sw_error error;
    blob body;

    ck_assert_int_eq(parse_key(form_is_private(form), text.data, text.len, &good, &error), SW_OK);
    find_body(form, &text, &begin, &body_end, &end);
    body = base64_decode((const char *)text.data + begin, body_end - begin);
    for (size_t i = begin + 1; i + 1 < body_end; i++) {
        for (unsigned bit = 0; bit < 8; bit += BIT_STEP) {
            text.data[i] ^= (uint8_t)(1u << bit);
            refused += (size_t)check_changed(form, &text, &body, &good, begin, body_end);
            text.data[i] ^= (uint8_t)(1u << bit);
        }
    }
    ck_assert_uint_gt(refused, body.len); /* a bit or two of each digit make it none */
    blob_free(&body);
    blob_free(&text);
}
END_TEST

START_TEST(every_bit_of_the_body_flipped)
{
    key_form form = key_forms[_i].form;
    blob text = load("rsa2048", key_forms[_i].extension);
    size_t begin, body_end, end;
    sw_private_key good;
    sw_error error;
    blob body, changed;

    ck_assert_int_eq(parse_key(form_is_private(form), text.data, text.len, &good, &error), SW_OK);
    find_body(form, &text, &begin, &body_end, &end);
    body = base64_decode((const char *)text.data + begin, body_end - begin);
    changed = base64_decode((const char *)text.data + begin, body_end - begin);
    for (size_t i = 0; i < body.len; i++) {
        for (unsigned bit = 0; bit < 8; bit += BIT_STEP) {
            blob other;
            changed.data[i] ^= (uint8_t)(1u << bit);
            other = armour(form, &changed);
            find_body(form, &other, &begin, &body_end, &end);
            check_changed(form, &other, &body, &good, begin, body_end);
            blob_free(&other);
            changed.data[i] ^= (uint8_t)(1u << bit);
        }
    }
    blob_free(&changed);
    blob_free(&body);
    blob_free(&text);
}
END_TEST

void add_key_file_tests(Suite *suite, const char *folder)
{
    TCase *good = suite_case(suite, "good files");
    TCase *refused = suite_case(suite, "refused files");
    TCase *damaged = suite_case(suite, "damaged files");
    int good_count = GOOD_KEY_COUNT * KEY_FORM_COUNT;

    key_folder = folder;
    tcase_add_loop_test(good, numbers_are_those_of_openssl, 0, good_count);
    tcase_add_loop_test(good, other_half_is_named, 0, good_count);
    tcase_add_loop_test(good, truncated_at_every_length, 0, good_count);
    tcase_add_loop_test(refused, refused_with_reason, 0, REFUSED_KEY_COUNT);
    tcase_add_loop_test(refused, refused_at_every_length, 0, REFUSED_KEY_COUNT);
    tcase_add_loop_test(damaged, every_bit_of_the_text_flipped, 0, KEY_FORM_COUNT);
    tcase_add_loop_test(damaged, every_bit_of_the_body_flipped, 0, KEY_FORM_COUNT);
}
