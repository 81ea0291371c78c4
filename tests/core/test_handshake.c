/* SPDX-License-Identifier: ISC */
/* Both halves of the handshake together, and each against a peer that misbehaves. */
#include "fake_crypto.h"
#include "handshake_pair.h"
#include "suite.h"
#include "tested_backend.h"

#include <stdlib.h>
#include <string.h>

static sw_private_key private_key;
static sw_public_key public_key;
static fake_crypto client_fake, server_fake;

static void setup(void)
{
    fake_crypto_init(&client_fake, 1);
    fake_crypto_init(&server_fake, 2);
    fake_key_pair(&private_key, &public_key, 2048, 3);
}

static void fake_pair(handshake_pair *pair, unsigned features)
{
    pair_init(pair, &client_fake.table, &server_fake.table, &private_key, &public_key, features);
}

/* ---- agreement ---- */

static void check_ciphers(handshake_pair *pair)
{
    static const uint8_t text[] = "under the key that the other side has";
    uint8_t copy[sizeof(text)];
    sw_cipher client_in, client_out, server_in, server_out;

    ck_assert_int_eq(sw_handshake_finish(&pair->client, &client_in, &client_out), SW_OK);
    ck_assert_int_eq(sw_handshake_finish(&pair->server, &server_in, &server_out), SW_OK);
    ck_assert_int_eq(sw_cipher_apply(&client_out, copy, text, sizeof(text)), SW_OK);
    ck_assert_mem_ne(copy, text, sizeof(text));
    ck_assert_int_eq(sw_cipher_apply(&server_in, copy, copy, sizeof(copy)), SW_OK);
    ck_assert_mem_eq(copy, text, sizeof(text));
    ck_assert_int_eq(sw_cipher_apply(&server_out, copy, text, sizeof(text)), SW_OK);
    ck_assert_mem_ne(copy, text, sizeof(text));
    ck_assert_int_eq(sw_cipher_apply(&client_in, copy, copy, sizeof(copy)), SW_OK);
    ck_assert_mem_eq(copy, text, sizeof(text));
    sw_cipher_wipe(&client_in);
    sw_cipher_wipe(&client_out);
    sw_cipher_wipe(&server_in);
    sw_cipher_wipe(&server_out);
}

static void check_wiped(const sw_handshake *side, const uint8_t *scratch)
{
    static const uint8_t zero[SW_SCRATCH_FULL];
    static const sw_secrets no_challenge;

    ck_assert_mem_eq(scratch, zero, sizeof(zero));
    ck_assert_mem_eq(&side->challenge, &no_challenge, sizeof(no_challenge));
}

static const char *const key_names[] = { "bob", "carol", "alice" }; /* 2048, 3072, 4096 bits */

START_TEST(every_feature_set_and_key_size)
{
    const char *name = key_names[_i / FEATURE_SETS];
    unsigned features = feature_sets[_i % FEATURE_SETS];
    sw_crypto *crypto = tested_backend();
    sw_private_key key;
    sw_public_key known;

    vector_private_key(name, &key);
    vector_public_key(name, &known);
    for (size_t step = 0; step <= 1; step++) {
        handshake_pair pair;
        pair_init(&pair, crypto, crypto, &key, &known, features);
        pair.step = step;
        pair_run(&pair);
        ck_assert_int_eq(sw_handshake_step(&pair.client), SW_STEP_DONE);
        ck_assert_int_eq(sw_handshake_step(&pair.server), SW_STEP_DONE);
        ck_assert_uint_eq(sw_handshake_features(&pair.client), features);
        ck_assert_uint_eq(sw_handshake_features(&pair.server), features);
        check_ciphers(&pair);
        check_wiped(&pair.client, pair.client_scratch);
        check_wiped(&pair.server, pair.server_scratch);
        pair_free(&pair);
    }
    sw_private_key_wipe(&key);
    sw_backend_free(crypto);
}
END_TEST

/* ---- policy ---- */

#define SB SW_FEATURE_SIDEBAND
#define AES SW_FEATURE_AES_CTR128
#define SHA SW_FEATURE_SHA256

static const struct {
    sw_policy client, server;
    int client_result, server_result; /* SW_STEP_DONE or the error */
    unsigned features;                /* agreed on, if done */
} policies[] = {
    { { SB | AES | SHA, 0, 0, 0, 0 }, { SB | AES | SHA, 0, 0, 0, 0 }, SW_STEP_DONE, SW_STEP_DONE, SB | AES | SHA },
    { { SB | AES, 0, 0, 0, 0 }, { SB | AES | SHA, 0, 0, 1, 0 }, SW_STEP_DONE, SW_STEP_DONE, SB | AES },
    { { SB | AES | SHA, 0, 0, 1, 0 }, { SB | AES, 0, 0, 0, 0 }, SW_STEP_DONE, SW_STEP_DONE, SB | AES },
    { { SB | AES | SHA, 0, 1, 0, 0 }, { SB | SHA, 0, 1, 0, 0 }, SW_STEP_DONE, SW_STEP_DONE, SB | SHA },
    { { SB | AES | SHA, 0, 1, 0, 0 }, { SB, 0, 1, 0, 0 }, SW_STEP_DONE, SW_STEP_DONE, SB },
    { { SB | AES | SHA, 1, 0, 0, 0 }, { 0, 1, 0, 0, 0 }, SW_STEP_DONE, SW_STEP_DONE, 0 },
    { { 0, 1, 0, 0, 0 }, { SB | AES | SHA, 1, 0, 0, 0 }, SW_STEP_DONE, SW_STEP_DONE, 0 },
    /* the client refuses what the server offers */
    { { SB | AES | SHA, 1, 0, 0, 0 }, { SB, 0, 1, 0, 0 }, SW_E_RC4_REFUSED, SW_E_CLOSED, 0 },
    { { SB | AES | SHA, 1, 0, 0, 0 }, { SB | SHA, 0, 1, 0, 0 }, SW_E_RC4_REFUSED, SW_E_CLOSED, 0 },
    { { SB | AES | SHA, 0, 1, 0, 0 }, { 0, 1, 0, 0, 0 }, SW_E_LEGACY_REFUSED, SW_E_CLOSED, 0 },
    { { SB | AES | SHA, 0, 0, 0, 0 }, { SB | AES, 0, 0, 0, 0 }, SW_E_SHA1_REFUSED, SW_E_CLOSED, 0 },
    /* the server refuses what the client asks for */
    { { SB | AES, 0, 0, 0, 0 }, { SB | AES | SHA, 0, 0, 0, 0 }, SW_E_CLOSED, SW_E_SHA1_REFUSED, 0 },
    { { 0, 1, 0, 0, 0 }, { SB | AES | SHA, 0, 1, 0, 0 }, SW_E_CLOSED, SW_E_LEGACY_REFUSED, 0 },
    { { SB, 0, 1, 0, 0 }, { SB | AES | SHA, 1, 0, 0, 0 }, SW_E_CLOSED, SW_E_RC4_REFUSED, 0 },
    { { SB | SHA, 0, 1, 0, 0 }, { SB | AES | SHA, 1, 0, 0, 0 }, SW_E_CLOSED, SW_E_RC4_REFUSED, 0 },
};

START_TEST(policy)
{
    handshake_pair pair;

    fake_pair(&pair, 0);
    pair.client_config.policy = policies[_i].client;
    pair.server_config.policy = policies[_i].server;
    pair_run(&pair);
    ck_assert_int_eq(sw_handshake_step(&pair.client), policies[_i].client_result);
    ck_assert_int_eq(sw_handshake_step(&pair.server), policies[_i].server_result);
    if (policies[_i].client_result == SW_STEP_DONE)
        ck_assert_uint_eq(sw_handshake_features(&pair.server), policies[_i].features);
    else
        ck_assert_int_eq(sw_handshake_error(&pair.client).code, policies[_i].client_result);
    pair_free(&pair);
}
END_TEST

/* ---- a backend that fails ---- */

static int is_backend(int code)
{
    return code <= SW_E_RANDOM;
}

/* Fails the n-th call of one side, for every n, until a handshake needs no more calls than that. */
static size_t fail_each_call(unsigned features, fake_crypto *failing, int (*backend_failed)(int))
{
    for (size_t n = 1;; n++) {
        handshake_pair pair;
        sw_handshake *side = failing == &client_fake ? &pair.client : &pair.server;
        int step;
        setup();
        failing->fail_at = n;
        fake_pair(&pair, features);
        pair_run(&pair);
        step = sw_handshake_step(side);
        if (step == SW_STEP_DONE) {
            sw_cipher in, out;
            /* as memory may be that nobody initialized: it can be wiped whatever becomes of this */
            memset(&in, 2, sizeof(in));
            memset(&out, 2, sizeof(out));
            in.kind = out.kind = SW_CIPHER_AES_CTR128;
            step = sw_handshake_finish(side, &in, &out);
            sw_cipher_wipe(&in);
            sw_cipher_wipe(&out);
            if (step == SW_OK) {
                pair_free(&pair);
                return n - 1;
            }
        }
        ck_assert_msg(backend_failed(step), "call %zu failed, but the result is %d", n, step);
        ck_assert_int_eq(sw_handshake_error(side).code, step);
        ck_assert_int_eq(sw_handshake_step(side), step);
        ck_assert_int_eq(sw_handshake_burst_end(side), step);
        ck_assert_int_eq(sw_handshake_greeting_end(side), step);
        check_wiped(side, side == &pair.client ? pair.client_scratch : pair.server_scratch);
        ck_assert_uint_eq(failing->aes_states, 0);
        pair_free(&pair);
    }
}

START_TEST(each_backend_call_fails)
{
    unsigned features = feature_sets[_i];
    size_t aes = features & AES ? 2 : 0;

    /* server: two hashes of the name, eight of the decoy, challenge, encryption and its seed, hash */
    ck_assert_uint_eq(fail_each_call(features, &server_fake, is_backend), 14 + aes);
    /* client: decryption, hash */
    ck_assert_uint_eq(fail_each_call(features, &client_fake, is_backend), 2 + aes);
}
END_TEST

static Suite *handshake_suite(void)
{
    Suite *suite = suite_create("handshake");
    TCase *tcase = suite_case(suite, "agreement");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_loop_test(tcase, every_feature_set_and_key_size, 0, 3 * FEATURE_SETS);
    tcase_add_loop_test(tcase, policy, 0, sizeof(policies) / sizeof(policies[0]));
    tcase_add_loop_test(tcase, each_backend_call_fails, 0, FEATURE_SETS);
    return suite;
}

int main(void)
{
    return run_suite(handshake_suite());
}
