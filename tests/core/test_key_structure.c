/* SPDX-License-Identifier: ISC */
/* The structures around the numbers: DER and SSH strings. */
#include <string.h>

#include "key_builder.h"
#include "key_parse.h"
#include "suite.h"

static blob build(key_form form)
{
    key_model model = model_make(2048);
    blob body = build_body(form, &model);

    model_free(&model);
    return body;
}

static void expect(key_form form, blob *body, int code)
{
    sw_private_key key;
    sw_error error;

    ck_assert_int_eq(parse_body(form, body, &key, &error), code);
    if (code != SW_E_KEY_SMALL && code != SW_E_KEY_TRUNCATED) /* the others have nothing to add */
        check_error("body", error, code, 0, 0);
}

/* ---- DER ---- */

/* One byte of a body and what it is changed to. */
static const struct {
    key_form form;
    size_t offset;
    unsigned old, new;
    int code;
} der_changes[] = {
    /* 30 82 04 .. 02 01 00 02 82 01 01 00 ... */
    { FORM_PKCS1, 0, 0x30, 0x31, SW_E_KEY_DAMAGED },
    { FORM_PKCS1, 1, 0x82, 0x80, SW_E_KEY_DAMAGED }, /* indefinite length */
    { FORM_PKCS1, 1, 0x82, 0x81, SW_E_KEY_DAMAGED }, /* 81 03: not the shortest form */
    { FORM_PKCS1, 1, 0x82, 0x83, SW_E_KEY_DAMAGED }, /* takes the version's tag along */
    { FORM_PKCS1, 1, 0x82, 0x84, SW_E_KEY_DAMAGED },
    { FORM_PKCS1, 1, 0x82, 0x85, SW_E_KEY_DAMAGED }, /* a length of five bytes */
    { FORM_PKCS1, 1, 0x82, 0xff, SW_E_KEY_DAMAGED },
    { FORM_PKCS1, 1, 0x82, 0x02, SW_E_KEY_DAMAGED },
    { FORM_PKCS1, 2, 0x03, 0x04, SW_E_KEY_DAMAGED }, /* longer than what is in it */
    { FORM_PKCS1, 2, 0x03, 0x02, SW_E_KEY_DAMAGED }, /* a number reaches beyond the end */
    { FORM_PKCS1, 2, 0x03, 0x00, SW_E_KEY_DAMAGED }, /* 82 00: not the shortest form */
    { FORM_PKCS1, 4, 0x02, 0x03, SW_E_KEY_DAMAGED },
    { FORM_PKCS1, 5, 0x01, 0x02, SW_E_KEY_DAMAGED },
    { FORM_PKCS1, 5, 0x01, 0x00, SW_E_KEY_DAMAGED },
    { FORM_PKCS1, 6, 0x00, 0x01, SW_E_KEY_UNSUPPORTED }, /* more than two primes */
    { FORM_PKCS1, 6, 0x00, 0x02, SW_E_KEY_DAMAGED },
    { FORM_PKCS1, 7, 0x02, 0x82, SW_E_KEY_DAMAGED },
    { FORM_PKCS1, 8, 0x82, 0x81, SW_E_KEY_DAMAGED },
    { FORM_PKCS1, 9, 0x01, 0x7f, SW_E_KEY_DAMAGED },
    /* 30 82 04 .. 02 01 00 30 0d 06 09 2a 86 48 86 f7 0d 01 01 01 05 00 04 82 ... */
    { FORM_PKCS8, 0, 0x30, 0x04, SW_E_KEY_DAMAGED },
    { FORM_PKCS8, 3, 0x3c, 0x3d, SW_E_KEY_DAMAGED }, /* longer than what is in it */
    { FORM_PKCS8, 6, 0x00, 0x01, SW_OK },            /* RFC 5958 */
    { FORM_PKCS8, 6, 0x00, 0x02, SW_E_KEY_DAMAGED },
    { FORM_PKCS8, 7, 0x30, 0x31, SW_E_KEY_DAMAGED },
    { FORM_PKCS8, 8, 0x0d, 0x0c, SW_E_KEY_DAMAGED },
    { FORM_PKCS8, 8, 0x0d, 0x0e, SW_E_KEY_DAMAGED },
    { FORM_PKCS8, 9, 0x06, 0x05, SW_E_KEY_DAMAGED },
    { FORM_PKCS8, 10, 0x09, 0x08, SW_E_KEY_OTHER },
    { FORM_PKCS8, 10, 0x09, 0x0a, SW_E_KEY_OTHER },
    { FORM_PKCS8, 11, 0x2a, 0x2b, SW_E_KEY_OTHER },
    { FORM_PKCS8, 19, 0x01, 0x0a, SW_E_KEY_OTHER }, /* RSASSA-PSS */
    { FORM_PKCS8, 20, 0x05, 0x04, SW_E_KEY_DAMAGED },
    { FORM_PKCS8, 21, 0x00, 0x01, SW_E_KEY_DAMAGED },
    { FORM_PKCS8, 22, 0x04, 0x03, SW_E_KEY_DAMAGED },
    { FORM_PKCS8, 25, 0x26, 0x25, SW_E_KEY_DAMAGED },
    { FORM_PKCS8, 25, 0x26, 0x27, SW_E_KEY_DAMAGED },
    /* 30 82 01 .. 30 0d 06 09 2a 86 48 86 f7 0d 01 01 01 05 00 03 82 01 0f 00 30 82 ... */
    { FORM_SPKI, 0, 0x30, 0x10, SW_E_KEY_DAMAGED },
    { FORM_SPKI, 3, 0x22, 0x23, SW_E_KEY_DAMAGED },
    { FORM_SPKI, 4, 0x30, 0x31, SW_E_KEY_DAMAGED },
    { FORM_SPKI, 16, 0x01, 0x07, SW_E_KEY_OTHER },
    { FORM_SPKI, 19, 0x03, 0x04, SW_E_KEY_DAMAGED },
    { FORM_SPKI, 22, 0x0f, 0x0e, SW_E_KEY_DAMAGED },
    { FORM_SPKI, 22, 0x0f, 0x10, SW_E_KEY_DAMAGED },
    { FORM_SPKI, 23, 0x00, 0x01, SW_E_KEY_DAMAGED }, /* a bit unused */
    { FORM_SPKI, 24, 0x30, 0x02, SW_E_KEY_DAMAGED },
    { FORM_PKCS1_PUBLIC, 0, 0x30, 0x31, SW_E_KEY_DAMAGED },
    { FORM_PKCS1_PUBLIC, 3, 0x0a, 0x0b, SW_E_KEY_DAMAGED },
    { FORM_PKCS1_PUBLIC, 4, 0x02, 0x03, SW_E_KEY_DAMAGED },
};

START_TEST(changed_der)
{
    blob body = build(der_changes[_i].form);
    uint8_t *byte = body.data + der_changes[_i].offset;

    ck_assert_uint_eq(*byte, der_changes[_i].old);
    *byte = (uint8_t)der_changes[_i].new;
    expect(der_changes[_i].form, &body, der_changes[_i].code);
}
END_TEST

/* The outer sequence's tag and the start of its length; the two bytes of a right one follow. */
static const struct {
    size_t size;
    const char *bytes;
    int code;
} der_lengths[] = {
    { 2, "\x30\x82", SW_OK },
    { 3, "\x30\x83\x00", SW_E_KEY_DAMAGED }, /* not the shortest form */
    { 4, "\x30\x84\x00\x00", SW_E_KEY_DAMAGED },
    { 5, "\x30\x85\x00\x00\x00", SW_E_KEY_DAMAGED },
    { 6, "\x30\x86\x01\x00\x00\x00", SW_E_KEY_DAMAGED },
};

START_TEST(form_of_a_length)
{
    blob body = build(FORM_PKCS1);
    blob other = { NULL, 0, 0 };

    blob_add(&other, der_lengths[_i].bytes, der_lengths[_i].size);
    blob_add(&other, body.data + 2, body.len - 2);
    blob_free(&body);
    expect(FORM_PKCS1, &other, der_lengths[_i].code);
}
END_TEST

/* Lengths that no key of ours has are believed up to three bytes. */
START_TEST(long_length)
{
    blob body = { NULL, 0, 0 };
    sw_private_key key;
    sw_error error;

    blob_add(&body, "\x30\x83\xff\xff\xff\x02\x01", 7);
    ck_assert_int_eq(parse_body(FORM_PKCS1, &body, &key, &error), SW_E_KEY_TRUNCATED);
    check_error("three bytes", error, SW_E_KEY_TRUNCATED, 7, 5 + 0xffffff);
    blob_add(&body, "\x30\x84\x01\x00\x00\x00\x02\x01", 8);
    ck_assert_int_eq(parse_body(FORM_PKCS1, &body, &key, &error), SW_E_KEY_DAMAGED);
}
END_TEST

/* 80 is no length, even with 128 bytes behind it. */
static const char indefinite[130] = "\xa0\x80";

/* A body with bytes removed from the end of the outer sequence, then others added there. */
static const struct {
    key_form form;
    size_t removed, added;
    const char *bytes;
    int code;
} der_tails[] = {
    { FORM_PKCS1, 0, 0, "", SW_OK },
    { FORM_PKCS1, 3, 0, "", SW_E_KEY_DAMAGED }, /* a number missing */
    { FORM_PKCS1, 9, 0, "", SW_E_KEY_DAMAGED },
    { FORM_PKCS1, 9, 9, "\x02\x01\x05\x04\x01\x05\x02\x01\x05", SW_E_KEY_DAMAGED },
    { FORM_PKCS1, 0, 3, "\x02\x01\x05", SW_E_KEY_DAMAGED }, /* one too many */
    { FORM_PKCS1, 0, 1, "\x00", SW_E_KEY_DAMAGED },
    { FORM_PKCS8, 0, 2, "\xa0\x00", SW_OK }, /* attributes */
    { FORM_PKCS8, 0, 5, "\xa0\x03\x01\x02\x03", SW_OK },
    { FORM_PKCS8, 0, 3, "\xa0\x01\x00", SW_OK },
    { FORM_PKCS8, 0, 3, "\xa0\x00\x00", SW_E_KEY_DAMAGED },
    { FORM_PKCS8, 0, 3, "\xa0\x02\x00", SW_E_KEY_DAMAGED },
    { FORM_PKCS8, 0, 1, "\xa0", SW_E_KEY_DAMAGED },
    { FORM_PKCS8, 0, 2, "\xa1\x00", SW_E_KEY_DAMAGED },
    { FORM_PKCS8, 0, sizeof(indefinite), indefinite, SW_E_KEY_DAMAGED },
    { FORM_SPKI, 0, 2, "\x05\x00", SW_E_KEY_DAMAGED },
    { FORM_SPKI, 0, 1, "\x00", SW_E_KEY_DAMAGED },
    { FORM_PKCS1_PUBLIC, 0, 3, "\x02\x01\x05", SW_E_KEY_DAMAGED },
    { FORM_PKCS1_PUBLIC, 5, 0, "", SW_E_KEY_DAMAGED }, /* no exponent */
};

START_TEST(tail_of_the_sequence)
{
    blob body = build(der_tails[_i].form);
    blob other = { NULL, 0, 0 };

    blob_add(&other, body.data + 4, body.len - 4 - der_tails[_i].removed);
    blob_add(&other, der_tails[_i].bytes, der_tails[_i].added);
    der_wrap(&other, 0x30);
    blob_free(&body);
    expect(der_tails[_i].form, &other, der_tails[_i].code);
}
END_TEST

/* RFC 5958: in version 1 the public half may stand at the end. Of RSA nothing is needed of it. */
static const struct {
    unsigned version;
    size_t size;
    const char *tail;
    int code;
} rsa_halves[] = {
    { 1, 4, "\x81\x02\x00\x05", SW_OK },
    { 1, 6, "\xa0\x00\x81\x02\x00\x05", SW_OK },
    { 0, 4, "\x81\x02\x00\x05", SW_E_KEY_DAMAGED },
    { 1, 4, "\x81\x02\x01\x05", SW_E_KEY_DAMAGED }, /* a bit unused */
    { 1, 4, "\x81\x03\x00\x05", SW_E_KEY_DAMAGED },
    { 1, 4, "\x82\x02\x00\x05", SW_E_KEY_DAMAGED },
};

START_TEST(half_behind_rsa)
{
    blob body = build(FORM_PKCS8);
    blob other = { NULL, 0, 0 };

    blob_add(&other, body.data + 4, body.len - 4);
    other.data[2] = (uint8_t)rsa_halves[_i].version;
    blob_add(&other, rsa_halves[_i].tail, rsa_halves[_i].size);
    der_wrap(&other, 0x30);
    blob_free(&body);
    expect(FORM_PKCS8, &other, rsa_halves[_i].code);
}
END_TEST

/* The NULL behind the name of the algorithm is no more than a habit. */
START_TEST(without_parameters)
{
    key_form form = _i == 0 ? FORM_PKCS8 : FORM_SPKI;
    size_t algorithm = form == FORM_PKCS8 ? 7 : 4;
    blob body = build(form);
    blob other = { NULL, 0, 0 };

    blob_add(&other, body.data + 4, algorithm + 13 - 4);
    blob_add(&other, body.data + algorithm + 15, body.len - algorithm - 15);
    other.data[algorithm + 1 - 4] -= 2;
    der_wrap(&other, 0x30);
    blob_free(&body);
    expect(form, &other, SW_OK);
}
END_TEST

START_TEST(bytes_behind_the_body)
{
    blob body = build((key_form)_i);

    blob_add_byte(&body, 0);
    expect((key_form)_i, &body, SW_E_KEY_DAMAGED);
}
END_TEST

/* ---- SSH ---- */

static const struct {
    openssh_parts parts;
    int code;
} containers[] = {
    { { .cipher = NULL }, SW_OK },
    { { .cipher = "aes256-ctr", .derivation = "bcrypt" }, SW_E_KEY_PASSPHRASE },
    { { .cipher = "nonf", .derivation = "bcrypt" }, SW_E_KEY_PASSPHRASE },
    { { .cipher = "nonesuch", .derivation = "bcrypt" }, SW_E_KEY_PASSPHRASE }, /* begins as none does */
    { { .cipher = "non", .derivation = "bcrypt" }, SW_E_KEY_PASSPHRASE },
    { { .cipher = "nonesuch" }, SW_E_KEY_DAMAGED },
    { { .cipher = "aes256-ctr" }, SW_E_KEY_DAMAGED },
    { { .derivation = "bcrypt" }, SW_E_KEY_DAMAGED },
    { { .derivation = "" }, SW_E_KEY_DAMAGED },
    { { .type = "ssh-ed25519" }, SW_E_KEY_DAMAGED },
    { { .type = "ssh-rsa2" }, SW_E_KEY_OTHER },
    { { .type = "" }, SW_E_KEY_OTHER },
    { { .type = "ssh-dss", .cipher = "aes256-ctr", .derivation = "bcrypt" }, SW_E_KEY_OTHER },
    { { .private_type = "ssh-ed25519" }, SW_E_KEY_DAMAGED },
    { { .more_keys = 1 }, SW_E_KEY_DAMAGED },
    { { .more_keys = (uint32_t)-1 }, SW_E_KEY_DAMAGED },
    { { .other_check = 1 }, SW_E_KEY_DAMAGED },
    { { .other_n = 1 }, SW_E_KEY_DAMAGED },
    { { .other_e = 1 }, SW_E_KEY_DAMAGED },
    /* the lengths so that there are two bytes short of a block, or none */
    { { .comment = "", .padding = "\1\2" }, SW_OK },
    { { .comment = "", .padding = "\1\3" }, SW_E_KEY_DAMAGED },
    { { .comment = "", .padding = "\2\3" }, SW_E_KEY_DAMAGED },
    { { .comment = "", .padding = "\1" }, SW_E_KEY_DAMAGED },
    { { .comment = "", .padding = "" }, SW_E_KEY_DAMAGED },
    { { .comment = "", .private_tail = "\3\4\5\6\7\10\11\12" }, SW_OK },
    { { .comment = "", .private_tail = "\1\2\3\4\5\6\7\10" }, SW_E_KEY_DAMAGED },
    { { .comment = "ab", .padding = "" }, SW_OK },
    { { .comment = "ab", .private_tail = "\1\2\3\4\5\6\7\10" }, SW_OK },
    { { .comment = "ab", .private_tail = "\1\2\3\4" }, SW_E_KEY_DAMAGED },
    { { .public_tail = "x" }, SW_E_KEY_DAMAGED },
};

START_TEST(container)
{
    key_model model = model_make(2048);
    blob body = build_openssh(&model, &containers[_i].parts);

    expect(FORM_OPENSSH, &body, containers[_i].code);
    model_free(&model);
}
END_TEST

START_TEST(comment_of_any_length)
{
    key_model model = model_make(2048);
    char comment[300] = "";

    for (size_t len = 0; len < sizeof(comment); len++) {
        openssh_parts parts = { .comment = comment };
        blob body = build_openssh(&model, &parts);
        expect(FORM_OPENSSH, &body, SW_OK);
        comment[len] = 'c';
        comment[len + 1 < sizeof(comment) ? len + 1 : len] = '\0';
    }
    model_free(&model);
}
END_TEST

START_TEST(magic_is_exact)
{
    for (size_t i = 0; i < 15; i++) {
        blob body = build(FORM_OPENSSH);
        body.data[i] ^= 1;
        expect(FORM_OPENSSH, &body, SW_E_KEY_DAMAGED);
    }
}
END_TEST

/* A length field in a body is changed: by a little, by much. */
static const struct {
    key_form form;
    size_t offset;
    uint32_t old, new;
    int code;
} ssh_lengths[] = {
    /* type, e, n */
    { FORM_SSH_LINE, 0, 7, 6, SW_E_KEY_DAMAGED },
    { FORM_SSH_LINE, 0, 7, 8, SW_E_KEY_DAMAGED },
    { FORM_SSH_LINE, 0, 7, 0x00ffffff, SW_E_KEY_TRUNCATED },
    { FORM_SSH_LINE, 18, 257, 256, SW_E_KEY_SMALL },
    { FORM_SSH_LINE, 18, 257, 258, SW_E_KEY_TRUNCATED },
    { FORM_SSH_LINE, 18, 257, 0x00ffffff, SW_E_KEY_TRUNCATED },
    { FORM_SSH_LINE, 18, 257, 0x01000000, SW_E_KEY_DAMAGED },
    { FORM_SSH_LINE, 18, 257, 0xffffffff, SW_E_KEY_DAMAGED },
    /* magic, cipher, derivation, its options, number, public key, private part */
    { FORM_OPENSSH, 15, 4, 3, SW_E_KEY_DAMAGED },
    { FORM_OPENSSH, 31, 0, 1, SW_E_KEY_DAMAGED },
    { FORM_OPENSSH, 39, 279, 278, SW_E_KEY_DAMAGED },
    { FORM_OPENSSH, 39, 279, 280, SW_E_KEY_DAMAGED },
    { FORM_OPENSSH, 322, 840, 832, SW_E_KEY_DAMAGED },
    { FORM_OPENSSH, 322, 840, 848, SW_E_KEY_TRUNCATED },
    { FORM_OPENSSH, 322, 840, 841, SW_E_KEY_DAMAGED }, /* no multiple of a block */
};

START_TEST(changed_ssh_length)
{
    blob body = build(ssh_lengths[_i].form);
    uint8_t *field = body.data + ssh_lengths[_i].offset;
    blob old = { NULL, 0, 0 };
    blob new = { NULL, 0, 0 };

    ssh_add_u32(&old, ssh_lengths[_i].old);
    ssh_add_u32(&new, ssh_lengths[_i].new);
    ck_assert_mem_eq(field, old.data, 4);
    memcpy(field, new.data, 4);
    blob_free(&old);
    blob_free(&new);
    expect(ssh_lengths[_i].form, &body, ssh_lengths[_i].code);
}
END_TEST

START_TEST(line_of_another_type_inside)
{
    blob body = build(FORM_SSH_LINE);

    memcpy(body.data + 4, "ssh-dss", 7);
    expect(FORM_SSH_LINE, &body, SW_E_KEY_DAMAGED);
}
END_TEST

#define LOOP(tests, test, count) tcase_add_loop_test(tests, test, 0, (int)(count))
#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

int main(void)
{
    Suite *suite = suite_create("key structure");
    TCase *tests = suite_case(suite, "structure");

    LOOP(tests, changed_der, ROWS(der_changes));
    LOOP(tests, form_of_a_length, ROWS(der_lengths));
    tcase_add_test(tests, long_length);
    LOOP(tests, tail_of_the_sequence, ROWS(der_tails));
    LOOP(tests, half_behind_rsa, ROWS(rsa_halves));
    LOOP(tests, without_parameters, 2);
    LOOP(tests, bytes_behind_the_body, FORM_COUNT);
    LOOP(tests, container, ROWS(containers));
    tcase_add_test(tests, comment_of_any_length);
    tcase_add_test(tests, magic_is_exact);
    LOOP(tests, changed_ssh_length, ROWS(ssh_lengths));
    tcase_add_test(tests, line_of_another_type_inside);
    return run_suite(suite);
}
