/* SPDX-License-Identifier: ISC */
/* The reader of key files by itself: which line a key begins with, what stands around its digits, and which errors,
 * with their values, reading one byte after the other ends in. */
#include <stdlib.h>
#include <string.h>

#include "../../src/key_reader.h"
#include "suite.h"

#define SSH2(headers) "---- BEGIN SSH2 PUBLIC KEY ----\n" headers "QUJD\n---- END SSH2 PUBLIC KEY ----\n"
#define PKCS1(body) "-----BEGIN RSA PUBLIC KEY-----\n" body "-----END RSA PUBLIC KEY-----\n"

/* A copy of exact size, where sanitizers see what is read beyond it. */
static char *start_reading(key_reader *r, const char *text, size_t len)
{
    char *copy = malloc(len);

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, text, len);
    swi_reader_init(r, copy, len);
    return copy;
}

/* ---- lines ---- */

static const struct {
    const char *text;
    key_form form;
    const char *bytes; /* of the body */
    sw_error error;    /* at the end */
} texts[] = {
    { SSH2(""), KEY_SSH2, "ABC", { 0 } },
    { SSH2("Comment: a\n"), KEY_SSH2, "ABC", { 0 } },
    { SSH2("Comment: a\r\n"), KEY_SSH2, "ABC", { 0 } },
    /* headers that go on */
    { SSH2("Comment: a\\\nb\n"), KEY_SSH2, "ABC", { 0 } },
    { SSH2("Comment: a\\\r\nb\r\n"), KEY_SSH2, "ABC", { 0 } },
    { SSH2("Comment: a\\\nb\\\nc\nSubject: x\n"), KEY_SSH2, "ABC", { 0 } },
    { SSH2("Comment: a\\\n\n"), KEY_SSH2, "ABC", { 0 } },
    /* and such as do not, though there is a backslash */
    { SSH2("Comment: a\\b\n"), KEY_SSH2, "ABC", { 0 } },
    { SSH2("Comment: a\\b\r\n"), KEY_SSH2, "ABC", { 0 } },
    { SSH2("Comment: a\\bc\r\n"), KEY_SSH2, "ABC", { 0 } },
    { PKCS1("A: b\\\nQUJD\n"), KEY_PKCS1_PUBLIC, "ABC", { 0 } },
    { "---- BEGIN SSH2 PUBLIC KEY ----\nA: b\\", KEY_SSH2, "", { SW_E_KEY_TRUNCATED, 0, 0 } },

    /* keys of other kinds in front */
    { "-----BEGIN EC PRIVATE KEY-----\nssh-rsa QUJD\n", KEY_SSH_RSA, "ABC", { 0 } },
    { "ssh-dss AAAA\nssh-ed25519 QUJD", KEY_SSH_ED25519, "ABC", { 0 } },
    { "ssh-dss AAAA\n" PKCS1("QUJD\n"), KEY_PKCS1_PUBLIC, "ABC", { 0 } },
    { "ssh-rsa-cert-v01 AAAA\n\n# none\nx\n", KEY_OTHER, "", { 0 } },
    { "sk-ssh-", KEY_OTHER, "", { 0 } }, /* nothing behind it */
    { "-----BEGIN DSA PRIVATE KEY-----\nx\n", KEY_OTHER, "", { SW_E_KEY_TRUNCATED, 0, 0 } },

    /* options */
    { "from=\"x\" ssh-rsa QUJD", KEY_SSH_RSA, "ABC", { 0 } },
    { "a=\"b\\\" ssh-rsa c\" \tssh-rsa QUJD", KEY_SSH_RSA, "ABC", { 0 } },
    { "cert-authority ssh-rsa QUJD", KEY_UNKNOWN, "", { 0 } },
    { "a,cert-authority,b ssh-rsa QUJD", KEY_UNKNOWN, "", { 0 } },
    { "a=\"b\",cert-authority ssh-rsa QUJD", KEY_UNKNOWN, "", { 0 } },
    { "xcert-authority ssh-rsa QUJD", KEY_SSH_RSA, "ABC", { 0 } },
    { "cert-authorityx ssh-rsa QUJD", KEY_SSH_RSA, "ABC", { 0 } },
    { "cert-authority\nssh-rsa QUJD", KEY_SSH_RSA, "ABC", { 0 } },
    { "a=\"b,cert-authority c\" ssh-rsa QUJD", KEY_SSH_RSA, "ABC", { 0 } },
    { "# ssh-rsa QUJD", KEY_UNKNOWN, "", { 0 } },
    { "ssh-rsax QUJD", KEY_UNKNOWN, "", { 0 } },

    /* what is around the digits */
    { "ssh-rsa QUI= x", KEY_SSH_RSA, "AB", { 0 } },
    { "ssh-rsa QQ==", KEY_SSH_RSA, "A", { 0 } },
    { "ssh-rsa QQ=", KEY_SSH_RSA, "A", { SW_E_KEY_TRUNCATED, 1, 0 } },
    { "ssh-rsa QUJD", KEY_SSH_RSA, "AB", { SW_E_KEY_DAMAGED, 0, 0 } },
    { PKCS1("QUJD\n"), KEY_PKCS1_PUBLIC, "ABC", { 0 } },
    { PKCS1("QUJD\nQ\n"), KEY_PKCS1_PUBLIC, "ABC", { SW_E_KEY_DAMAGED, 0, 0 } },
    { "-----BEGIN RSA PUBLIC KEY-----\nQUJD\n-----END RSA PUB",
      KEY_PKCS1_PUBLIC,
      "ABC",
      { SW_E_KEY_TRUNCATED, 3, 0 } },
};

START_TEST(lines)
{
    const char *text = texts[_i].text;
    key_reader r;
    char *copy = start_reading(&r, text, strlen(text));

    ck_assert_msg(r.form == texts[_i].form, "'%s': form %d", text, r.form);
    for (const char *byte = texts[_i].bytes; *byte != '\0'; byte++)
        ck_assert_int_eq(swi_reader_byte(&r), *byte);
    swi_reader_finish(&r);
    check_error(text, r.error, texts[_i].error.code, texts[_i].error.value, texts[_i].error.limit);
    free(copy);
}
END_TEST

/* Any character may stand in an option, but for those that end one or begin a quote. */
START_TEST(bytes_of_options)
{
    char text[] = "a@b ssh-rsa QUJD";

    for (unsigned c = 0; c < 256; c++) {
        int ends = c == ' ' || c == '\t' || c == '"';
        key_reader r;
        char *copy;
        text[1] = (char)c;
        copy = start_reading(&r, text, strlen("a@b ssh-rsa QUJD"));
        ck_assert_msg(r.form == (ends ? KEY_UNKNOWN : KEY_SSH_RSA), "character %u: form %d", c, r.form);
        free(copy);
    }
}
END_TEST

/* ---- digits ---- */

static int is_digit(unsigned c)
{
    return c != 0 && strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", (int)c) != NULL;
}

/* A character amid the digits: where one may end the body, the key is cut there; else it is damaged. */
START_TEST(bytes_of_bodies)
{
    const char *pattern =
        _i == 0 ? "ssh-rsa QUJD@UJD" : PKCS1("QUJD\n@UJD\n"); /* a colon in its first line makes a header */
    size_t len = strlen(pattern);
    size_t at = (size_t)(strchr(pattern, '@') - pattern);

    for (unsigned c = 0; c < 256; c++) {
        int is_blank = c != 0 && c < 128 && strchr(" \t\r\n", (int)c) != NULL;
        int is_end = c == '=' || (_i == 0 ? is_blank : c == '-');
        int is_passed = is_digit(c) || (_i == 1 && is_blank);
        char text[80];
        key_reader r;
        uint8_t byte;
        char *copy;
        memcpy(text, pattern, len);
        text[at] = (char)c;
        copy = start_reading(&r, text, len);
        ck_assert_uint_eq(swi_reader_number(&r, 3), 0x414243);
        byte = swi_reader_byte(&r);
        if (is_passed) {
            check_error("digit", r.error, SW_OK, 0, 0);
        } else {
            ck_assert_uint_eq(byte, 0);
            check_error("no digit", r.error, is_end ? SW_E_KEY_TRUNCATED : SW_E_KEY_DAMAGED, is_end ? 3 : 0,
                        is_end ? 4 : 0);
        }
        free(copy);
    }
}
END_TEST

/* ---- structures ---- */

START_TEST(next_is_within_the_open_one)
{
    key_reader r;
    char *copy = start_reading(&r, "ssh-rsa QUJD", 12);

    swi_reader_open(&r, 1);
    ck_assert_int_eq(swi_reader_next_is(&r, 'A'), 1);
    ck_assert_int_eq(swi_reader_next_is(&r, 'B'), 0);
    ck_assert_uint_eq(swi_reader_byte(&r), 'A');
    ck_assert_int_eq(swi_reader_next_is(&r, 'B'), 0);
    swi_reader_close(&r);
    ck_assert_int_eq(swi_reader_next_is(&r, 'B'), 1);
    ck_assert_uint_eq(swi_reader_number(&r, 2), 0x4243);
    swi_reader_finish(&r);
    check_error("all of it", r.error, SW_OK, 0, 0);
    free(copy);
}
END_TEST

/* More than is left, in a structure or beyond one. The first error stays, whatever follows. */
START_TEST(beyond_the_open_one)
{
    uint8_t out[3] = { 0 };
    key_reader r;
    char *copy = start_reading(&r, "ssh-rsa QUJD", 12);

    swi_reader_open(&r, 2);
    if (_i == 0)
        swi_reader_read(&r, out, 3);
    else
        swi_reader_open(&r, 3);
    check_error("beyond", r.error, SW_E_KEY_DAMAGED, 0, 0);
    ck_assert_uint_eq(swi_reader_byte(&r), 0);
    swi_reader_fail(&r, SW_E_KEY_OTHER, 1, 2);
    swi_reader_finish(&r);
    check_error("first", r.error, SW_E_KEY_DAMAGED, 0, 0);
    free(copy);
}
END_TEST

/* What is cut says how much there had to be. */
START_TEST(cut)
{
    key_reader r;
    char *copy = start_reading(&r, "ssh-rsa QUJD", 12);

    swi_reader_open(&r, 9);
    swi_reader_open(&r, 2);
    swi_reader_skip(&r);
    swi_reader_read(&r, NULL, 7);
    check_error("cut", r.error, SW_E_KEY_TRUNCATED, 3, 9);
    free(copy);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("key reader");
    TCase *tests = suite_case(suite, "reader");

    tcase_add_loop_test(tests, lines, 0, COUNT(texts));
    tcase_add_test(tests, bytes_of_options);
    tcase_add_loop_test(tests, bytes_of_bodies, 0, 2);
    tcase_add_test(tests, next_is_within_the_open_one);
    tcase_add_loop_test(tests, beyond_the_open_one, 0, 2);
    tcase_add_test(tests, cut);
    return run_suite(suite);
}
