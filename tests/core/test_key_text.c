/* SPDX-License-Identifier: ISC */
/* What is around a key's body: lines, armour, base64; and calls with NULL. */
#include <stdlib.h>
#include <string.h>

#include "key_builder.h"
#include "key_parse.h"
#include "suite.h"

static void add_text(blob *b, const char *text)
{
    blob_add(b, text, strlen(text));
}

static blob build(key_form form, unsigned bits)
{
    key_model model = model_make(bits);
    blob text = build_text(form, &model);

    model_free(&model);
    return text;
}

/* The text with the first `old` in it replaced. */
static blob replace(const blob *text, const char *old, const char *new)
{
    size_t n = strlen(old);
    size_t i = 0;
    blob out = { NULL, 0, 0 };

    while (i + n <= text->len && memcmp(text->data + i, old, n) != 0)
        i++;
    ck_assert_msg(i + n <= text->len, "'%s' is not there", old);
    blob_add(&out, text->data, i);
    add_text(&out, new);
    blob_add(&out, text->data + i + n, text->len - i - n);
    return out;
}

/* ---- layouts that make no difference ---- */

static blob with_crlf(const blob *text)
{
    blob out = { NULL, 0, 0 };

    for (size_t i = 0; i < text->len; i++) {
        if (text->data[i] == '\n')
            blob_add_byte(&out, '\r');
        blob_add_byte(&out, text->data[i]);
    }
    return out;
}

static blob indented(const blob *text)
{
    blob out = { NULL, 0, 0 };

    for (size_t i = 0; i < text->len; i++) {
        if (i == 0 || text->data[i - 1] == '\n')
            add_text(&out, " \t");
        blob_add_byte(&out, text->data[i]);
    }
    return out;
}

static blob without_last_line_end(const blob *text)
{
    blob out = { NULL, 0, 0 };

    blob_add(&out, text->data, text->len - 1);
    return out;
}

static blob in_one_line(const blob *text)
{
    blob out = { NULL, 0, 0 };

    for (size_t i = 0; i < text->len; i++)
        blob_add_byte(&out, text->data[i] == '\n' ? ' ' : text->data[i]);
    return out;
}

static blob between_others(const blob *text)
{
    blob out = { NULL, 0, 0 };
    blob second = build(FORM_SSH_LINE, 4096);

    add_text(&out, "\n# a key of somebody's: ssh-rsa\n\n   \n#ssh-rsa AAAA\n");
    blob_add(&out, text->data, text->len);
    blob_move(&out, &second);
    return out;
}

static blob (*const layouts[])(const blob *text) = {
    with_crlf, indented, without_last_line_end, in_one_line, between_others,
};

enum { LAYOUT_COUNT = sizeof(layouts) / sizeof(layouts[0]) };

START_TEST(layout_makes_no_difference)
{
    key_form form = (key_form)(_i / LAYOUT_COUNT);
    blob text = build(form, 2048);
    blob other = layouts[_i % LAYOUT_COUNT](&text);
    sw_private_key key, same;
    sw_error error;

    ck_assert_int_eq(parse_key(form_is_private(form), text.data, text.len, &key, &error), SW_OK);
    ck_assert_int_eq(parse_key(form_is_private(form), other.data, other.len, &same, &error), SW_OK);
    ck_assert_mem_eq(&key, &same, sizeof(key));
    blob_free(&text);
    blob_free(&other);
}
END_TEST

/* ---- changes ---- */

static const struct {
    key_form form;
    const char *old, *new;
    int code;
} changes[] = {
    { FORM_PKCS1, "-----BEGIN", "Bag Attributes\n    name: x\n-----BEGIN", SW_OK },
    { FORM_PKCS1, "-----BEGIN",
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
      "-----BEGIN",
      SW_OK },
    { FORM_PKCS1, "KEY-----\n", "KEY-----\nKey-ID: 5\nComment: x\n\n", SW_OK },
    { FORM_PKCS1, "KEY-----\n",
      "KEY-----\r\nProc-Type: 4,ENCRYPTED\r\n"
      "DEK-Info: AES-128-CBC,00\r\n\r\n",
      SW_E_KEY_PASSPHRASE },
    { FORM_PKCS1, "KEY-----\n", "KEY-----\nProc-Type: 4,MIC-CLEAR\n\n", SW_OK },
    { FORM_PKCS1, "END RSA PRIVATE KEY-----\n", "END RSA PRIVATE KEY-----rest", SW_OK },
    { FORM_PKCS1, "\n-----END RSA PRIVATE KEY-----\n", "\n", SW_E_KEY_TRUNCATED },
    { FORM_PKCS1, "-----END RSA PRIVATE KEY-----\n", "-----END RSA PRIVATE KEY", SW_E_KEY_TRUNCATED },
    { FORM_PKCS1, "-----END RSA PRIVATE", "-----END EC PRIVATE", SW_E_KEY_DAMAGED },
    { FORM_PKCS1, "-----END", "-----BEGIN", SW_E_KEY_DAMAGED },
    { FORM_PKCS1, "\nM", "\n-----END RSA PRIVATE KEY-----\nM", SW_E_KEY_TRUNCATED },
    { FORM_PKCS1, "RSA PRIVATE KEY-----\n", "RSA PRIVATE KEY----\n", SW_E_KEY_FORMAT },
    { FORM_PKCS1, "-----BEGIN", "----BEGIN", SW_E_KEY_FORMAT },
    { FORM_PKCS1, "-----BEGIN", "-----begin", SW_E_KEY_FORMAT },
    { FORM_PKCS1, "-----BEGIN", "# -----BEGIN", SW_E_KEY_FORMAT },
    { FORM_PKCS1, "RSA PRIVATE", "DSA PRIVATE", SW_E_KEY_OTHER },
    { FORM_PKCS1, "RSA PRIVATE", "EC PRIVATE", SW_E_KEY_OTHER },
    { FORM_PKCS1, "RSA PRIVATE", "ENCRYPTED PRIVATE", SW_E_KEY_PASSPHRASE },
    { FORM_PKCS1, "RSA PRIVATE", "ANY PRIVATE", SW_E_KEY_FORMAT },
    { FORM_PKCS1, "\nMI", "\nM!I", SW_E_KEY_DAMAGED },
    { FORM_PKCS1, "\nMI", "\nM\303I", SW_E_KEY_DAMAGED },
    { FORM_PKCS1, "\nMI", "\nM-I", SW_E_KEY_TRUNCATED },
    { FORM_PKCS1, "\nMI", "\nM=I", SW_E_KEY_TRUNCATED },
    { FORM_PKCS1_PUBLIC, "-----END", "AAAA\n-----END", SW_E_KEY_DAMAGED },
    { FORM_PKCS1_PUBLIC, "-----END", "=-----END", SW_E_KEY_DAMAGED },
    { FORM_SPKI, "PUBLIC KEY", "DSA PUBLIC KEY", SW_E_KEY_OTHER },
    { FORM_SPKI, "PUBLIC KEY", "RSA PUBLIC KEY", SW_E_KEY_DAMAGED },

    { FORM_SSH_LINE, "ssh-rsa ", "ssh-rsa    ", SW_OK },
    { FORM_SSH_LINE, "ssh-rsa ", "ssh-rsa\t", SW_OK },
    { FORM_SSH_LINE, "ssh-rsa ", "ssh-rsa\n", SW_E_KEY_FORMAT },
    { FORM_SSH_LINE, "ssh-rsa ", "ssh-rsa \n", SW_E_KEY_TRUNCATED },
    { FORM_SSH_LINE, "ssh-rsa ", " \t ssh-rsa \t", SW_OK },
    { FORM_SSH_LINE, "ssh-rsa ", "from=\"x\" ssh-rsa ", SW_OK },
    { FORM_SSH_LINE, "ssh-rsa ", "no-pty,command=\"a \\\"ssh-rsa b\\\"\" \tssh-rsa ", SW_OK },
    { FORM_SSH_LINE, "ssh-rsa ", "command=\"a ssh-rsa ", SW_E_KEY_FORMAT },
    { FORM_SSH_LINE, "ssh-rsa ", "cert-authority ssh-rsa ", SW_E_KEY_FORMAT },
    { FORM_SSH_LINE, "ssh-rsa ", "no-pty,cert-authority,from=\"x\" ssh-rsa ", SW_E_KEY_FORMAT },
    { FORM_SSH_LINE, "ssh-rsa ", "cert-authority ssh-rsa AAAA x\nssh-rsa ", SW_OK },
    { FORM_SSH_LINE, "ssh-rsa ", "command=\"a,cert-authority\" ssh-rsa ", SW_OK },
    { FORM_SSH_LINE, "ssh-rsa ", "cert-authorityX ssh-rsa ", SW_OK },
    { FORM_SSH_LINE, "ssh-rsa ", "two words ssh-rsa ", SW_E_KEY_FORMAT },
    { FORM_SSH_LINE, "ssh-rsa ", "#ssh-rsa ", SW_E_KEY_FORMAT },
    { FORM_SSH_LINE, "ssh-rsa ", "\357\273\277ssh-rsa ", SW_OK },
    { FORM_SSH_LINE, "ssh-rsa ", "\357\273ssh-rsa ", SW_E_KEY_FORMAT },
    { FORM_SSH_LINE, "ssh-rsa ", "ecdsa-sha2-nistp256 AAAA x\nssh-rsa ", SW_OK },
    { FORM_SSH_LINE, "ssh-rsa ", "ssh-rsa-cert-v01@openssh.com ", SW_E_KEY_OTHER },
    { FORM_PKCS1, "-----BEGIN", "\357\273\277-----BEGIN", SW_OK },
    { FORM_SSH_LINE, "ssh-rsa ", "ssh-dss ", SW_E_KEY_OTHER },
    { FORM_SSH_LINE, "ssh-rsa ", "ssh-ed25519 ", SW_E_KEY_DAMAGED },
    { FORM_SSH_LINE, "ssh-rsa ", "ecdsa-sha2-nistp521 ", SW_E_KEY_OTHER },
    { FORM_SSH_LINE, "ssh-rsa ", "sk-ssh-ed25519@openssh.com ", SW_E_KEY_OTHER },
    { FORM_SSH_LINE, "ssh-rsa ", "sk-ecdsa-sha2-nistp256@openssh.com ", SW_E_KEY_OTHER },
    { FORM_SSH_LINE, "AAAAB3", "AAAA B3", SW_E_KEY_TRUNCATED },
    { FORM_SSH_LINE, "AAAAB3", "AAAA\nB3", SW_E_KEY_TRUNCATED },
    { FORM_SSH_LINE, "AAAAB3", "AAAA=B3", SW_E_KEY_TRUNCATED },
    { FORM_SSH_LINE, "AAAAB3", "AAAA-B3", SW_E_KEY_DAMAGED },
    { FORM_SSH_LINE, " somebody@example\n", "", SW_OK },
    { FORM_SSH_LINE, " somebody@example\n", "\n", SW_OK },
    { FORM_SSH_LINE, " somebody@example\n", "\r\n", SW_OK },
    { FORM_SSH_LINE, " somebody@example\n", "\tsomebody", SW_OK },
    { FORM_SSH_LINE, " somebody@example\n", " \377\200\n", SW_OK },
    { FORM_SSH_LINE, " somebody@example\n", ",", SW_E_KEY_DAMAGED },
    { FORM_SSH_LINE, " somebody@example\n", "=", SW_E_KEY_DAMAGED },
    { FORM_SSH_LINE, " somebody@example\n", "A", SW_E_KEY_DAMAGED },
    { FORM_SSH_LINE, " somebody@example\n", "AAAA", SW_E_KEY_DAMAGED },
};

START_TEST(changed_text)
{
    key_form form = changes[_i].form;
    blob text = build(form, 2048);
    blob changed = replace(&text, changes[_i].old, changes[_i].new);
    sw_private_key key;
    sw_error error;

    ck_assert_int_eq(parse_key(form_is_private(form), changed.data, changed.len, &key, &error), changes[_i].code);
    blob_free(&text);
    blob_free(&changed);
}
END_TEST

/* ---- padding ---- */

/* How base64 ends: 3072 bits leave two bytes over, 4096 one, in either form. */
static const struct {
    unsigned bits;
    const char *old, *new;
    int code;
} paddings[] = {
    { 3072, "=", "=", SW_OK },
    { 3072, "=", "==", SW_E_KEY_DAMAGED },
    { 3072, "=", "", SW_E_KEY_DAMAGED },
    { 3072, "=", "A", SW_E_KEY_DAMAGED },
    { 4096, "==", "==", SW_OK },
    { 4096, "==", "===", SW_E_KEY_DAMAGED },
    { 4096, "==", "=", SW_E_KEY_DAMAGED },
    { 4096, "==", "", SW_E_KEY_DAMAGED },
    { 4096, "==", "A=", SW_E_KEY_DAMAGED },
    { 4096, "==", "AA", SW_E_KEY_DAMAGED },
};

enum { PADDING_COUNT = sizeof(paddings) / sizeof(paddings[0]) };

START_TEST(padding_is_exact)
{
    key_form form = _i < PADDING_COUNT ? FORM_SSH_LINE : FORM_PKCS1_PUBLIC;
    size_t row = (size_t)_i % PADDING_COUNT;
    blob text = build(form, paddings[row].bits);
    blob changed = replace(&text, paddings[row].old, paddings[row].new);
    sw_private_key key;
    sw_error error;

    ck_assert_int_eq(parse_key(0, changed.data, changed.len, &key, &error), paddings[row].code);
    blob_free(&text);
    blob_free(&changed);
}
END_TEST

/* The last digit holds two or four bits that belong to no byte and have to be zero. */
START_TEST(spare_bits_are_zero)
{
    blob text = build(FORM_SSH_LINE, _i == 0 ? 3072 : 4096);
    uint8_t *mark = memchr(text.data, '=', text.len);
    sw_private_key key;
    sw_error error;

    ck_assert_ptr_nonnull(mark);
    mark[-1]++; /* the next letter is the next digit */
    ck_assert_int_eq(parse_key(0, text.data, text.len, &key, &error), SW_E_KEY_DAMAGED);
    blob_free(&text);
}
END_TEST

/* ---- no key at all ---- */

START_TEST(random_bytes_are_no_key)
{
    uint8_t noise[1000];
    uint32_t state = 1;
    sw_private_key key;
    sw_error error;

    for (size_t i = 0; i < sizeof(noise); i++) {
        state = state * 1664525 + 1013904223;
        noise[i] = (uint8_t)(state >> 24);
    }
    for (size_t len = 0; len <= sizeof(noise); len++)
        if (parse_key(_i, noise, len, &key, &error) != SW_E_KEY_FORMAT)
            ck_abort_msg("length %zu: error %d", len, error.code);
}
END_TEST

START_TEST(every_single_byte_is_no_key)
{
    for (unsigned c = 0; c < 256; c++) {
        uint8_t byte = (uint8_t)c;
        sw_private_key key;
        sw_error error;
        ck_assert_int_eq(parse_key(_i, &byte, 1, &key, &error), SW_E_KEY_FORMAT);
    }
}
END_TEST

/* clang-format off */
static const char *const pure_text[] = {
    "", "\n", "\n\n\n", " ", "\r", "-", "-----", "-----BEGIN ", "-----BEGIN RSA PRIVATE KEY-----",
    "-----BEGIN RSA PRIVATE KEY-----\n\n", "-----BEGIN RSA PRIVATE KEY-----\nA:",
    "-----BEGIN RSA PRIVATE KEY-----\nA:\n", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4",
    "-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----", "ssh-rsa", "ssh-rsa ",
    "ssh-rsa  \n",
};
/* clang-format on */

START_TEST(text_without_a_body)
{
    sw_private_key key;
    sw_error error;
    const char *text = pure_text[_i];
    int code = parse_key(text[0] == '-', text, strlen(text), &key, &error);
    int begun = strstr(text, "KEY-----") != NULL || strncmp(text, "ssh-rsa ", 8) == 0;

    ck_assert_int_eq(code, begun ? SW_E_KEY_TRUNCATED : SW_E_KEY_FORMAT);
    ck_assert_uint_eq(error.value, 0);
    ck_assert_int_eq(error.limit > 0, begun);
}
END_TEST

START_TEST(null_is_an_error_of_its_own)
{
    static const sw_private_key no_private;
    static const sw_public_key no_public;
    static const sw_rsa_private no_private_view;
    static const sw_rsa_public no_public_view;
    sw_rsa_private private_view = sw_private_key_view(NULL);
    sw_rsa_public public_view = sw_public_key_view(NULL);
    sw_private_key private;
    sw_public_key public;
    sw_error error = { 1, 2, 3 };

    ck_assert_int_eq(sw_private_key_parse(NULL, "x", 1, &error), SW_E_NULL);
    check_error("no private key", error, SW_E_NULL, 0, 0);
    error = (sw_error){ 1, 2, 3 };
    ck_assert_int_eq(sw_public_key_parse(NULL, "x", 1, &error), SW_E_NULL);
    check_error("no public key", error, SW_E_NULL, 0, 0);
    error = (sw_error){ 1, 2, 3 };
    ck_assert_int_eq(sw_public_key_of_private_file(NULL, "x", 1, &error), SW_E_NULL);
    check_error("no half", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_public_key_parse(NULL, NULL, 0, NULL), SW_E_NULL);
    memset(&private, 0xa5, sizeof(private));
    ck_assert_int_eq(sw_private_key_parse(&private, NULL, 1, &error), SW_E_NULL);
    check_error("no private text", error, SW_E_NULL, 0, 0);
    ck_assert_mem_eq(&private, &no_private, sizeof(private));
    memset(&public, 0xa5, sizeof(public));
    ck_assert_int_eq(sw_public_key_parse(&public, NULL, 1, &error), SW_E_NULL);
    ck_assert_mem_eq(&public, &no_public, sizeof(public));
    ck_assert_int_eq(sw_public_key_parse(&public, NULL, 0, NULL), SW_E_KEY_FORMAT);
    ck_assert_int_eq(sw_private_key_parse(&private, NULL, 0, NULL), SW_E_KEY_FORMAT);
    ck_assert_mem_eq(&private_view, &no_private_view, sizeof(private_view));
    ck_assert_mem_eq(&public_view, &no_public_view, sizeof(public_view));
    sw_private_key_wipe(NULL);
}
END_TEST

#define LOOP(tests, test, count) tcase_add_loop_test(tests, test, 0, (int)(count))

int main(void)
{
    Suite *suite = suite_create("key text");
    TCase *tests = suite_case(suite, "text");

    LOOP(tests, layout_makes_no_difference, FORM_COUNT * LAYOUT_COUNT);
    LOOP(tests, changed_text, sizeof(changes) / sizeof(changes[0]));
    LOOP(tests, padding_is_exact, 2 * PADDING_COUNT);
    LOOP(tests, spare_bits_are_zero, 2);
    LOOP(tests, random_bytes_are_no_key, 2);
    LOOP(tests, every_single_byte_is_no_key, 2);
    LOOP(tests, text_without_a_body, sizeof(pure_text) / sizeof(pure_text[0]));
    tcase_add_test(tests, null_is_an_error_of_its_own);
    return run_suite(suite);
}
