/* SPDX-License-Identifier: ISC */
/* The forms of SSH's blobs, whatever they are good for: numbers, points, strings and their lengths. */
#include <sidewire/ssh.h>

#include <stdlib.h>
#include <string.h>

#include "fake_crypto.h"
#include "key_builder.h"
#include "suite.h"
#include "support.h"

/* Numbers of RSA keys that section 4 does not allow: exponent, size and last byte of the modulus. */
static const struct number_case {
    const char *exponent;
    size_t exponent_size, modulus_size;
    unsigned first, last;
    int zeros, code;
} number_cases[] = {
    { "\1\0\1", 3, 256, 0x80, 1, 1, SW_OK },
    { "\3", 1, 256, 0x80, 1, 1, SW_OK },
    { "\1", 1, 256, 0x80, 1, 1, SW_E_KEY_DAMAGED },
    { "\2", 1, 256, 0x80, 1, 1, SW_E_KEY_DAMAGED },
    { "\4", 1, 256, 0x80, 1, 1, SW_E_KEY_DAMAGED },
    { "\1\0\2", 3, 256, 0x80, 1, 1, SW_E_KEY_DAMAGED },
    { "\0\x81", 2, 256, 0x80, 1, 1, SW_OK },
    { "\0\3", 2, 256, 0x80, 1, 1, SW_E_KEY_DAMAGED }, /* a zero too many */
    { "\0\xff\xff\xff\xff", 5, 256, 0x80, 1, 1, SW_OK },
    { "\1\0\0\0\1", 5, 256, 0x80, 1, 1, SW_E_KEY_UNSUPPORTED },
    { "\1\0\1", 3, 256, 0x80, 2, 1, SW_E_KEY_DAMAGED }, /* even */
    { "\1\0\1", 3, 256, 0x80, 1, 0, SW_E_KEY_DAMAGED }, /* negative */
    { "\1\0\1", 3, 256, 0x7f, 1, 0, SW_E_KEY_SMALL },
    { "\1\0\1", 3, 256, 0x80, 1, 2, SW_E_KEY_DAMAGED },
    { "\1\0\1", 3, 1024, 0x80, 1, 1, SW_OK },
    { "\1\0\1", 3, 1025, 0x01, 1, 0, SW_E_KEY_LARGE },
    { "\1\0\1", 3, 0, 0, 0, 1, SW_E_KEY_DAMAGED }, /* nothing but a zero */
    { "\1\0\1", 3, 0, 0, 0, 0, SW_E_KEY_DAMAGED }, /* nothing */
};

/* The blob that a key was read of is written again, into room for it and no more. */
static void check_written(const sw_ssh_key *key, const uint8_t *blob_of_key, size_t len)
{
    sw_public_key known = { .type = SW_KEY_RSA,
                            .n_size = (uint16_t)key->rsa.n_size,
                            .e_size = (uint16_t)key->rsa.e_size };
    uint8_t written[SW_SSH_KEY_MAX];
    size_t written_len;

    memcpy(known.n, key->rsa.n, key->rsa.n_size);
    memcpy(known.e, key->rsa.e, key->rsa.e_size);
    ck_assert_int_eq(sw_ssh_key_write(&known, written, len, &written_len), SW_OK);
    ck_assert_uint_eq(written_len, len);
    ck_assert_mem_eq(written, blob_of_key, len);
}

START_TEST(test_numbers)
{
    const struct number_case *c = &number_cases[_i];
    blob b = { NULL, 0, 0 }, modulus = { NULL, 0, 0 };
    uint8_t *copy;
    sw_ssh_key key;

    for (int i = 0; i < c->zeros; i++)
        blob_add_byte(&modulus, 0);
    for (size_t i = 0; i < c->modulus_size; i++)
        blob_add_byte(&modulus, i == 0 ? c->first : i + 1 < c->modulus_size ? 0x5a : c->last);
    ssh_add_string(&b, "ssh-rsa", 7);
    ssh_add_string(&b, c->exponent, c->exponent_size);
    ssh_add_string(&b, modulus.data, modulus.len);
    copy = exact_copy(b.data, b.len);
    ck_assert_int_eq(sw_ssh_key_read(&key, copy, b.len), c->code);
    if (c->code == SW_OK)
        check_written(&key, copy, b.len);
    free(copy);
    blob_free(&b);
    blob_free(&modulus);
}
END_TEST

/* Three strings, whatever is in them, and nothing behind. */
START_TEST(test_proof)
{
    static const uint8_t body[] = { 0, 0, 0, 3, 'e', 'v', 'e', 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 9 };
    static const uint8_t empty[12];
    const size_t len = sizeof(body) - 1;
    sw_ssh_proof proof;

    ck_assert_int_eq(sw_ssh_proof_read(&proof, body, len), SW_OK);
    ck_assert_uint_eq(proof.user_len, 3);
    ck_assert_ptr_eq(proof.user, body + 4);
    ck_assert_uint_eq(proof.key_len, 0);
    ck_assert_uint_eq(proof.signature_len, 2);
    ck_assert_ptr_eq(proof.signature, body + 15);
    ck_assert_int_eq(sw_ssh_proof_read(&proof, body, sizeof(body)), SW_E_USER_PACKET);
    for (size_t n = 0; n < len; n++) {
        bytes part = bytes_copy(body, n);

        ck_assert_int_eq(sw_ssh_proof_read(&proof, part.data, n), SW_E_USER_PACKET);
        bytes_free(&part);
    }
    ck_assert_int_eq(sw_ssh_proof_read(&proof, empty, sizeof(empty)), SW_OK);
    ck_assert_uint_eq(proof.user_len + proof.key_len + proof.signature_len, 0);
    ck_assert_int_eq(sw_ssh_proof_read(&proof, NULL, 1), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_proof_read(NULL, body, len), SW_E_NULL);
}
END_TEST

static int sign_nothing(const sw_crypto *c, const sw_rsa_private *key, const uint8_t digest[SW_SHA256_SIZE],
                        uint8_t *out)
{
    (void)c;
    (void)key;
    (void)digest;
    (void)out;
    return 0;
}

/* All four bytes of a length count, whether it is read or written. */
START_TEST(test_long_strings)
{
    static const uint8_t length[] = { 1, 2, 3, 4 };
    const size_t len = 0x01020304, around = 4 + sizeof("rsa-sha2-256") - 1 + 4;
    sw_rsa_private rsa = { .n_size = len };
    uint8_t *body = calloc(1, len + around);
    fake_crypto fake;
    sw_ssh_proof proof;
    size_t written;

    ck_assert_ptr_nonnull(body);
    memcpy(body, length, sizeof(length));
    ck_assert_int_eq(sw_ssh_proof_read(&proof, body, 4 + len + 8), SW_OK);
    ck_assert_uint_eq(proof.user_len, len);
    fake_crypto_init(&fake, 1);
    fake.table.rsa_sign = sign_nothing;
    ck_assert_int_eq(sw_ssh_sign(&fake.table, &rsa, NULL, length, sizeof(length), body, len + around, &written),
                     SW_OK);
    ck_assert_uint_eq(written, len + around);
    ck_assert_mem_eq(body + around - 4, length, sizeof(length));
    free(body);
}
END_TEST

/* A point has 32 bytes. */
START_TEST(test_points)
{
    static const uint8_t point[34];
    blob b = { NULL, 0, 0 };
    sw_ssh_key key;

    ssh_add_string(&b, "ssh-ed25519", 11);
    ssh_add_string(&b, point, (size_t)_i);
    ck_assert_int_eq(sw_ssh_key_read(&key, b.data, b.len), _i == 32 ? SW_OK : SW_E_KEY_DAMAGED);
    blob_free(&b);
}
END_TEST

START_TEST(test_key_of_no_type)
{
    static const sw_public_key none;
    uint8_t out[SW_SSH_KEY_MAX];
    size_t len = 1;

    ck_assert_int_eq(sw_ssh_key_write(&none, out, sizeof(out), &len), SW_E_KEY_OTHER);
    ck_assert_uint_eq(len, 0);
    ck_assert(!sw_ssh_key_is(&none, out, 0));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("ssh blobs");
    TCase *tcase = suite_case(suite, "blobs");

    tcase_add_loop_test(tcase, test_numbers, 0, COUNT(number_cases));
    tcase_add_test(tcase, test_proof);
    tcase_add_test(tcase, test_long_strings);
    tcase_add_loop_test(tcase, test_points, 31, 34);
    tcase_add_test(tcase, test_key_of_no_type);
    return run_suite(suite);
}
