/* SPDX-License-Identifier: ISC */
/* Functions that need pointers, without one of them at a time: SW_E_NULL, and nothing is touched. Backends that lack
 * what is asked for, or fail at it. */
#include <sidewire/audio/status.h>
#include <sidewire/messages.h>
#include <sidewire/noise.h>
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
    sw_rsa_private own = sw_private_key_view(&private_key);
    sw_secrets secrets;

    ck_assert_int_eq(sw_greeting_format("b", 0, bytes, sizeof(bytes), NULL, &error), SW_E_NULL);
    ck_assert_int_eq(sw_greeting_format("b", 0, NULL, 1, &len, &error), SW_E_NULL);
    ck_assert_int_eq(sw_greeting_format("b", SW_FEATURE_SHA256, bytes, sizeof(bytes), &len, &error),
                     SW_E_FEATURE_SET);
    ck_assert_int_eq(sw_greeting_format("a\nb", 0, bytes, sizeof(bytes), &len, &error), SW_E_BANNER);
    ck_assert_int_eq(sw_greeting_format("Features: x", 0, bytes, sizeof(bytes), &len, &error), SW_E_BANNER);
    ck_assert_int_eq(sw_greeting_format("b", 0, NULL, 0, &len, &error), SW_E_SPACE);
    ck_assert_int_eq(sw_greeting_format("b", 0, bytes, 1, &len, &error), SW_E_SPACE);
    ck_assert_int_eq(sw_challenge_create(NULL, &fake.table, &view, 0, bytes), SW_E_NULL);
    ck_assert_int_eq(sw_challenge_create(&secrets, NULL, &view, 0, bytes), SW_E_NULL);
    ck_assert_int_eq(sw_challenge_create(&secrets, &fake.table, NULL, 0, bytes), SW_E_NULL);
    ck_assert_int_eq(sw_challenge_create(&secrets, &fake.table, &view, 0, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_challenge_open(NULL, &fake.table, &own, 0, bytes, 256, &error), SW_E_NULL);
    ck_assert_int_eq(sw_challenge_open(&secrets, NULL, &own, 0, bytes, 256, &error), SW_E_NULL);
    ck_assert_int_eq(sw_challenge_open(&secrets, &fake.table, NULL, 0, bytes, 256, &error), SW_E_NULL);
    ck_assert_int_eq(sw_challenge_open(&secrets, &fake.table, &own, 0, NULL, 256, &error), SW_E_NULL);
    check_untouched();
}
END_TEST

static int failing_half(void *ctx, uint8_t out[SW_ED25519_PUBLIC_SIZE],
                        const uint8_t secret[SW_ED25519_SECRET_SIZE])
{
    (void)ctx;
    (void)secret;
    memset(out, 0, SW_ED25519_PUBLIC_SIZE);
    return -1;
}

START_TEST(test_keys)
{
    static sw_private_key own;

    ck_assert_int_eq(sw_private_key_public(NULL, &fake.table, &public_key), SW_E_NULL);
    ck_assert_int_eq(sw_private_key_public(&private_key, &fake.table, NULL), SW_E_NULL);
    own.type = SW_KEY_ED25519;
    ck_assert_int_eq(sw_private_key_public(&own, NULL, &public_key), SW_E_NULL);
    ck_assert_int_eq(sw_private_key_public(&own, &fake.table, &public_key), SW_OK);
    ck_assert_int_eq(public_key.type, SW_KEY_ED25519);
    fake.table.ed25519_public = failing_half;
    ck_assert_int_eq(sw_private_key_public(&own, &fake.table, &public_key), SW_E_SIGN);
    ck_assert_int_eq(public_key.type, SW_KEY_NONE);
    own.has_public_half = 1; /* then nothing has to be computed */
    ck_assert_int_eq(sw_private_key_public(&own, NULL, &public_key), SW_OK);
    own.has_public_half = 0;
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
    check_error("no backend", error, SW_E_NULL, 0, 0);
    for (size_t call = 1; call <= 2; call++) {
        fake_crypto_init(&fake, 1);
        fake.fail_at = call;
        ck_assert_int_eq(sw_server_key_make(&server_key, &fake.table), call == 1 ? SW_E_RANDOM : SW_E_X25519);
        ck_assert_mem_eq(&server_key, &zeros, sizeof(zeros));
    }
    fake.fail_at = 0;
    ck_assert_int_eq(sw_server_key_make(&server_key, &fake.table), SW_OK);
    sw_server_key_write(&server_key, text);
    fake.fail_at = fake.calls + 1;
    ck_assert_int_eq(sw_server_key_parse(&server_key, &fake.table, text, SW_SERVER_KEY_FILE_SIZE, &error),
                     SW_E_X25519);
    check_error("no half", error, SW_E_X25519, 0, 0);
    ck_assert_mem_eq(&server_key, &zeros, sizeof(zeros));
    sw_server_key_wipe(NULL);
    ck_assert_int_eq(sw_server_key_read(NULL, text, SW_SERVER_KEY_TEXT_SIZE), SW_E_NULL);
    ck_assert_int_eq(sw_server_key_read(bytes, NULL, SW_SERVER_KEY_TEXT_SIZE), SW_E_NULL);
    memset(text, 'A', SW_SERVER_KEY_TEXT_SIZE);
    ck_assert_int_eq(sw_server_key_read(bytes, text, SW_SERVER_KEY_TEXT_SIZE), SW_E_KEY_FORMAT);
    ck_assert_int_eq(sw_server_key_read(bytes, text, 1), SW_E_KEY_FORMAT);
    ck_assert_int_eq(sw_fingerprint(NULL, bytes, 1, text), SW_E_NULL);
    ck_assert_int_eq(sw_fingerprint(&fake.table, bytes, 1, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_fingerprint(&fake.table, NULL, 1, text), SW_E_NULL);
    ck_assert_int_eq(sw_fingerprint(&fake.table, NULL, 0, text), SW_OK);
    fake.fail_at = fake.calls + 1;
    ck_assert_int_eq(sw_fingerprint(&fake.table, bytes, 1, text), SW_E_HASH);
}
END_TEST

START_TEST(test_ssh)
{
    static const sw_public_key none;
    sw_ssh_key ssh_key = { 0 };
    sw_ssh_proof proof;
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
    ck_assert_int_eq(sw_ssh_key_is(NULL, bytes, 1), 0);
    ck_assert_int_eq(sw_ssh_key_is(&public_key, NULL, 1), 0);
    ck_assert_int_eq(sw_ssh_key_is(&none, bytes, 1), 0);
    ck_assert_int_eq(sw_sshsig_message(NULL, bytes, "u", 1, bytes), SW_E_NULL);
    ck_assert_int_eq(sw_sshsig_message(&fake.table, NULL, "u", 1, bytes), SW_E_NULL);
    ck_assert_int_eq(sw_sshsig_message(&fake.table, bytes, NULL, 1, bytes), SW_E_NULL);
    ck_assert_int_eq(sw_sshsig_message(&fake.table, bytes, "u", 1, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_proof_read(NULL, bytes, 1), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_proof_read(&proof, NULL, 1), SW_E_NULL);
    ck_assert_int_eq(sw_ssh_proof_read(&proof, NULL, 0), SW_E_USER_PACKET);
    ck_assert_int_eq(sw_ssh_key_read(&ssh_key, NULL, 0), SW_E_KEY_DAMAGED);
    ck_assert_int_eq(sw_ssh_key_write(&public_key, NULL, 0, &len), SW_E_SPACE);
    check_untouched();
    for (size_t call = 1; call <= 4; call++) {
        fake.fail_at = fake.calls + call;
        ck_assert_int_eq(sw_sshsig_message(&fake.table, bytes, NULL, 0, (uint8_t *)text), SW_E_HASH);
        ck_assert_uint_eq(fake.sha256_states, 0);
    }
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

/* Of a struct that is in use, each of these is an error that stays. */
START_TEST(test_record_pointers)
{
    static const uint8_t key[SW_AEAD_KEY_SIZE];
    uint8_t *opened;
    size_t used;

    for (int i = 0; i < 4; i++) {
        sw_record record;
        ck_assert_int_eq(sw_record_init(&record, &fake.table, SW_SUITE_AESGCM, key, SW_RECORD_LIMIT_MIN), SW_OK);
        ck_assert_int_eq(sw_record_open(&record, i == 0 ? NULL : bytes, 1, i == 1 ? NULL : &used,
                                        i == 2 ? NULL : &opened, i == 3 ? NULL : &len),
                         SW_E_NULL);
        ck_assert_int_eq(sw_record_open(&record, bytes, 1, &used, &opened, &len), SW_E_NULL);
        ck_assert_uint_eq(fake.aead_states, 0);
    }
    check_untouched();
}
END_TEST

START_TEST(test_noise_pointers)
{
    uint8_t message[SW_NOISE_OVERHEAD_1] = { 9 }, *payload = bytes;
    uint8_t first[SW_NOISE_KEY_SIZE], second[SW_NOISE_KEY_SIZE];
    sw_noise noise, peer;

    ck_assert_int_eq(sw_server_key_make(&server_key, &fake.table), SW_OK);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(sw_noise_responder(&noise, &fake.table, SW_SUITE_AESGCM, &server_key), SW_OK);
        ck_assert_int_eq(
            sw_noise_read(&noise, message, sizeof(message), i == 0 ? NULL : &payload, i == 1 ? NULL : &len),
            SW_E_NULL);
        ck_assert_int_eq(sw_noise_initiator(&noise, &fake.table, SW_SUITE_AESGCM), SW_OK);
        ck_assert_int_eq(
            sw_noise_write(&noise, NULL, 0, i == 0 ? NULL : message, sizeof(message), i == 1 ? NULL : &len),
            SW_E_NULL);
        ck_assert_int_eq(sw_noise_initiator(&noise, &fake.table, SW_SUITE_AESGCM), SW_OK);
        ck_assert_int_eq(sw_noise_write(&noise, NULL, 0, message, sizeof(message) - 1, &len), SW_E_SPACE);
    }
    for (int i = 0; i < 3;
         i++) { /* messages without payloads, then half a pair of keys, or a backend that fails */
        uint8_t answer[SW_NOISE_OVERHEAD_2];
        ck_assert_int_eq(sw_noise_initiator(&noise, &fake.table, SW_SUITE_AESGCM), SW_OK);
        ck_assert_int_eq(sw_noise_responder(&peer, &fake.table, SW_SUITE_AESGCM, &server_key), SW_OK);
        ck_assert_int_eq(sw_noise_write(&noise, NULL, 0, message, sizeof(message), &len), SW_OK);
        ck_assert_int_eq(sw_noise_read(&peer, message, len, &payload, &len), SW_OK);
        ck_assert_int_eq(sw_noise_write(&peer, NULL, 0, answer, sizeof(answer), &len), SW_OK);
        ck_assert_int_eq(sw_noise_read(&noise, answer, len, &payload, &len), SW_OK);
        ck_assert_uint_eq(len, 0);
        if (i == 2)
            fake.fail_at = fake.calls + 1;
        ck_assert_int_eq(sw_noise_split(&noise, i == 0 ? NULL : first, i == 1 ? NULL : second),
                         i == 2 ? SW_E_HASH : SW_E_NULL);
        fake.fail_at = 0;
        sw_noise_wipe(&peer);
    }
    check_untouched();
}
END_TEST

/* What a sealed session needs, one at a time; and a cipher of a plain one. */
START_TEST(test_poor_backends)
{
    static const uint8_t key[SW_CIPHER_KEY_SIZE];
    sw_cipher cipher;
    sw_noise noise;

    for (int i = 0; i < 3; i++) {
        fake_crypto_init(&fake, 1);
        if (i == 0)
            fake.table.aead_start = NULL;
        else if (i == 1)
            fake.table.sha256_state_size = SW_SHA256_STATE_SIZE + 1;
        else
            fake.table.aead_state_size = SW_AEAD_STATE_SIZE + 1;
        ck_assert_int_eq(sw_noise_initiator(&noise, &fake.table, SW_SUITE_AESGCM), SW_E_BACKEND);
    }
    for (int i = 0; i < 4; i++) {
        fake_crypto_init(&fake, 1);
        if (i == 0)
            fake.table.aes_init = NULL;
        else if (i == 1)
            fake.table.aes_apply = NULL;
        else if (i == 2)
            fake.table.aes_wipe = NULL;
        else
            fake.table.aes_state_size = SW_AES_STATE_SIZE + 1;
        ck_assert_int_eq(sw_cipher_init(&cipher, SW_CIPHER_AES_CTR128, &fake.table, key), SW_E_CIPHER);
    }
    ck_assert_int_eq(sw_cipher_init(&cipher, SW_CIPHER_AES_CTR128, NULL, key), SW_E_NULL);
}
END_TEST

START_TEST(test_status_items)
{
    ck_assert_int_eq(sw_status_table_check(NULL, &error), SW_E_NULL);
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
    tcase_add_test(tcase, test_record_pointers);
    tcase_add_test(tcase, test_noise_pointers);
    tcase_add_test(tcase, test_poor_backends);
    tcase_add_test(tcase, test_status_items);
    return run_suite(suite);
}
