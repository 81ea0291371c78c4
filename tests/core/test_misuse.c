/* SPDX-License-Identifier: ISC */
/* Functions that need pointers, without one of them at a time: SW_E_NULL, and nothing is touched. Backends that lack
 * what is asked for, or fail at it. */
#include <sidewire/messages.h>
#include <sidewire/record.h>
#include <sidewire/ssh.h>

#include "fake_crypto.h"
#include "suite.h"

#include <string.h>

static fake_crypto fake;
static sw_public_key public_key;
static sw_private_key private_key;
static sw_x25519_key server_key;
static sw_ed25519_key ed25519;
static sw_error error;
static uint8_t bytes[2048];
static char text[2048];
static size_t len;

static void setup(void)
{
    fake_crypto_init(&fake, 1);
    fake_key_pair(&private_key, &public_key, 2048, 3);
    memset(bytes, 0x5a, sizeof(bytes));
}

static void check_untouched(void)
{
    for (size_t i = 0; i < sizeof(bytes); i++)
        ck_assert_uint_eq(bytes[i], 0x5a);
}

START_TEST(test_messages)
{
    sw_rsa_public view = sw_public_key_view(&public_key);
    sw_secrets secrets;

    ck_assert_int_eq(sw_greeting_format("b", 0, bytes, sizeof(bytes), NULL, &error), SW_E_NULL);
    ck_assert_int_eq(sw_greeting_format("b", 0, NULL, 1, &len, &error), SW_E_NULL);
    ck_assert_int_eq(sw_greeting_format("b", SW_FEATURE_SHA256, bytes, sizeof(bytes), &len, &error),
                     SW_E_FEATURE_SET);
    ck_assert_int_eq(sw_greeting_format("a\nb", 0, bytes, sizeof(bytes), &len, &error), SW_E_BANNER);
    ck_assert_int_eq(sw_greeting_format("b", 0, bytes, 1, &len, &error), SW_E_SPACE);
    ck_assert_int_eq(sw_challenge_create(NULL, &fake.table, &view, 0, bytes), SW_E_NULL);
    ck_assert_int_eq(sw_challenge_create(&secrets, NULL, &view, 0, bytes), SW_E_NULL);
    ck_assert_int_eq(sw_challenge_create(&secrets, &fake.table, NULL, 0, bytes), SW_E_NULL);
    ck_assert_int_eq(sw_challenge_create(&secrets, &fake.table, &view, 0, NULL), SW_E_NULL);
    check_untouched();
}
END_TEST

START_TEST(test_keys)
{
    static sw_private_key own;

    ck_assert_int_eq(sw_private_key_public(NULL, &fake.table, &public_key), SW_E_NULL);
    ck_assert_int_eq(sw_private_key_public(&private_key, &fake.table, NULL), SW_E_NULL);
    own.type = SW_KEY_ED25519;
    ck_assert_int_eq(sw_private_key_public(&own, NULL, &public_key), SW_E_NULL);
    ck_assert_int_eq(sw_private_key_public(&own, &fake.table, &public_key), SW_OK);
    ck_assert_int_eq(public_key.type, SW_KEY_ED25519);
    fake.table.ed25519_public = NULL;
    ck_assert_int_eq(sw_private_key_public(&own, &fake.table, &public_key), SW_E_KEY_BACKEND);
}
END_TEST

START_TEST(test_server_keys)
{
    static const sw_x25519_key zeros;

    ck_assert_int_eq(sw_server_key_make(NULL, &fake.table), SW_E_NULL);
    ck_assert_int_eq(sw_server_key_make(&server_key, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_server_key_parse(NULL, &fake.table, "", 0, &error), SW_E_NULL);
    ck_assert_int_eq(sw_server_key_parse(&server_key, NULL, "", 0, &error), SW_E_NULL);
    for (size_t call = 1; call <= 2; call++) {
        fake_crypto_init(&fake, 1);
        fake.fail_at = call;
        ck_assert_int_eq(sw_server_key_make(&server_key, &fake.table), call == 1 ? SW_E_RANDOM : SW_E_X25519);
        ck_assert_mem_eq(&server_key, &zeros, sizeof(zeros));
    }
    fake.fail_at = 0;
    ck_assert_int_eq(sw_fingerprint(NULL, bytes, 1, text), SW_E_NULL);
    ck_assert_int_eq(sw_fingerprint(&fake.table, bytes, 1, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_fingerprint(&fake.table, NULL, 1, text), SW_E_NULL);
    fake.fail_at = fake.calls + 1;
    ck_assert_int_eq(sw_fingerprint(&fake.table, bytes, 1, text), SW_E_HASH);
}
END_TEST

START_TEST(test_ssh)
{
    static const sw_public_key none;
    sw_ssh_key ssh_key = { 0 };
    sw_rsa_private rsa = sw_private_key_view(&private_key);

    ck_assert_int_eq(sw_ssh_key_read(NULL, bytes, 1), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_key_read(&ssh_key, NULL, 1), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_key_write(NULL, bytes, sizeof(bytes), &len), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_key_write(&public_key, bytes, sizeof(bytes), NULL), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_key_write(&public_key, NULL, 1, &len), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_key_write(&none, bytes, sizeof(bytes), &len), SW_E_KEY_OTHER);
    ck_assert_int_eq(sw_ssh_sign(NULL, &rsa, NULL, bytes, 1, bytes, sizeof(bytes), &len), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_sign(&fake.table, NULL, NULL, bytes, 1, bytes, sizeof(bytes), &len), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_sign(&fake.table, &rsa, &ed25519, bytes, 1, bytes, sizeof(bytes), &len), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_sign(&fake.table, &rsa, NULL, NULL, 1, bytes, sizeof(bytes), &len), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_sign(&fake.table, &rsa, NULL, bytes, 1, NULL, sizeof(bytes), &len), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_sign(&fake.table, &rsa, NULL, bytes, 1, bytes, sizeof(bytes), NULL), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_verify(NULL, &ssh_key, bytes, 1, bytes, 1), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_verify(&fake.table, NULL, bytes, 1, bytes, 1), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_verify(&fake.table, &ssh_key, NULL, 1, bytes, 1), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_verify(&fake.table, &ssh_key, bytes, 1, NULL, 1), SW_E_NULL);
    check_untouched();
    fake.fail_at = fake.calls + 1;
    ck_assert_int_eq(sw_ssh_sign(&fake.table, &rsa, NULL, bytes, 1, bytes, sizeof(bytes), &len), SW_E_HASH);
}
END_TEST

START_TEST(test_record_without_aead)
{
    static sw_record record;
    static const uint8_t key[SW_AEAD_KEY_SIZE];

    fake.table.aead_start = NULL;
    ck_assert_int_eq(sw_record_init(&record, &fake.table, SW_SUITE_AESGCM, key, SW_RECORD_LIMIT_MIN),
                     SW_E_BACKEND);
    fake_crypto_init(&fake, 1);
    fake.table.aead_state_size = SW_AEAD_STATE_SIZE + 1;
    ck_assert_int_eq(sw_record_init(&record, &fake.table, SW_SUITE_AESGCM, key, SW_RECORD_LIMIT_MIN),
                     SW_E_BACKEND);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("misuse");
    TCase *tcase = suite_case(suite, "misuse");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, test_messages);
    tcase_add_test(tcase, test_keys);
    tcase_add_test(tcase, test_server_keys);
    tcase_add_test(tcase, test_ssh);
    tcase_add_test(tcase, test_record_without_aead);
    return run_suite(suite);
}
