/* SPDX-License-Identifier: ISC */
/* Sealed sessions of two of ours: what goes well, and who is refused. */
#include <stdlib.h>
#include <string.h>

#include "sealed_pair.h"
#include "suite.h"
#include "tested_backend.h"

static bytes many(size_t len)
{
    bytes b = { malloc(len), len };

    for (size_t i = 0; i < len; i++)
        b.data[i] = (uint8_t)(i * 31 >> 3);
    return b;
}

/* ---- what goes well ---- */

START_TEST(test_done)
{
    sealed_pair p;

    sealed_pair_start(&p, _i & 1 ? SW_KEY_RSA : SW_KEY_ED25519);
    if (_i & 2)
        p.client_config.policy.features = SW_FEATURE_NOISE_CHACHAPOLY;
    if (_i & 4) {
        bytes_free(&p.upload);
        p.upload = many(100000);
    }
    bytes_free(&p.reply);
    p.reply = many(200000);
    sealed_pair_run(&p);
    sealed_pair_expect_done(&p);
    ck_assert_int_eq(p.events[SW_EVENT_SERVER_KEY], 1);
    ck_assert_int_eq(p.events[SW_EVENT_SIGN], !(_i & 1));
    ck_assert_int_eq(p.events[SW_EVENT_READY], 2);
    ck_assert_uint_eq(sw_session_features(&p.client) & SW_FEATURES_SEALED,
                      _i & 2 ? SW_FEATURE_NOISE_CHACHAPOLY : SW_FEATURE_NOISE_AESGCM);
    sealed_pair_free(&p);
    sealed_pair_expect_wiped(&p);
}
END_TEST

/* Bytes moved so many at a time, buffers of 512 bytes, records of the least limit. */
START_TEST(test_small)
{
    static const size_t steps[] = { 0, 1, 2, 17, 255, 256, 258, 259, 511 };
    sealed_pair p;

    sealed_pair_start(&p, SW_KEY_ED25519);
    p.rx_size = p.tx_size = 512;
    p.client_config.record_limit = p.server_config.record_limit = 256;
    p.server_config.policy.require_sealed = 1;
    p.step = steps[_i];
    bytes_free(&p.reply);
    p.reply = many(5000);
    bytes_free(&p.upload);
    p.upload = many(3000);
    sealed_pair_run(&p);
    sealed_pair_expect_done(&p);
    sealed_pair_free(&p);
}
END_TEST

/* Real backends, every pair. A backend without Ed25519 serves users with RSA keys. */
START_TEST(test_backends)
{
    for (size_t a = 0; sw_backend_name(a) != NULL; a++)
        for (size_t b = 0; sw_backend_name(b) != NULL; b++) {
            sw_crypto *client = sw_backend_new(sw_backend_name(a));
            sw_crypto *server = sw_backend_new(sw_backend_name(b));
            int has_both = client->ed25519_sign != NULL && server->ed25519_verify != NULL;
            sealed_pair p;
            sealed_pair_start(&p, _i == 0 ? SW_KEY_RSA : SW_KEY_ED25519);
            p.client_config.crypto = client;
            p.server_config.crypto = server;
            ck_assert_int_eq(
                server->x25519_public(server->ctx, p.keys.server_key.public_half, p.keys.server_key.secret), 0);
            if (_i == 0) {
                vector_private_key("bob", &p.keys.rsa);
                vector_public_key("bob", &p.keys.known);
                p.client_config.key = sw_private_key_view(&p.keys.rsa);
            } else {
                vector_ed25519_key("eve", &p.keys.ed25519);
                vector_public_key("eve", &p.keys.known);
            }
            sealed_pair_run(&p);
            if (_i == 0 || has_both) {
                sealed_pair_expect_done(&p);
            } else if (client->ed25519_sign == NULL) {
                ck_assert_int_eq(p.client_result, SW_E_KEY_BACKEND);
            } else { /* the same answer as to anybody; the log says why */
                ck_assert_int_eq(p.client_result, SW_E_USER_REFUSED);
                ck_assert_int_eq(p.refusal, SW_E_KEY_BACKEND);
            }
            sealed_pair_free(&p);
            sw_backend_free(client);
            sw_backend_free(server);
        }
}
END_TEST

/* Packets that are queued together leave in one record: the client's proof and its command, and the
 * server's PROCEED, OUTPUT and EXIT__SUCCESS. */
START_TEST(test_one_record)
{
    enum { BODY = 10 };
    sealed_pair p;
    size_t before;

    sealed_pair_start(&p, SW_KEY_ED25519);
    bytes_free(&p.reply);
    p.reply = many(BODY);
    sealed_pair_run(&p);
    sealed_pair_expect_done(&p);
    before = p.to_client.len - (SW_RECORD_OVERHEAD + 3 * SW_HEADER_SIZE + BODY);
    ck_assert_uint_eq((size_t)p.to_client.data[before] << 8 | p.to_client.data[before + 1],
                      SW_RECORD_TAG_SIZE + 3 * SW_HEADER_SIZE + BODY);
    before = sizeof("auth noise_nx_25519_aesgcm_sha256\n") - 1 + 36;
    ck_assert_uint_eq((size_t)p.to_server.data[before] << 8 | p.to_server.data[before + 1],
                      p.to_server.len - before - SW_RECORD_HEADER_SIZE);
    sealed_pair_free(&p);
}
END_TEST

/* ---- users ---- */

typedef struct refusal_case {
    const char *what;
    int is_unknown, is_other_key, is_bad_signature, is_other_type;
    int has_no_type; /* the key that the application gives, as one is whose file could not be read */
} refusal_case;

static const refusal_case refusal_cases[] = {
    { "unknown user", .is_unknown = 1 },
    { "another user's key", .is_other_key = 1 },
    { "bad signature", .is_bad_signature = 1 },
    { "unknown user with a bad signature", .is_unknown = 1, .is_bad_signature = 1 },
    { "another user's key, bad signature", .is_other_key = 1, .is_bad_signature = 1 },
    { "a user who has an RSA key", .is_other_type = 1 },
    { "a key of no type", .has_no_type = 1 },
};

static void spoil(uint8_t *blob, size_t len)
{
    blob[len - 1] ^= 1;
}

static void run_refused(sealed_pair *p, const refusal_case *c)
{
    static const sw_public_key none;
    static sw_public_key other;

    sealed_pair_start(p, SW_KEY_ED25519);
    other = p->keys.known;
    other.ed25519[5] ^= 1;
    if (c->is_unknown)
        p->known = NULL;
    if (c->is_other_type)
        fake_key_pair(NULL, &other, 2048, 9);
    if (c->is_other_key || c->is_other_type)
        p->known = &other;
    if (c->has_no_type)
        p->known = &none;
    if (c->is_bad_signature)
        p->change_signature = spoil;
    sealed_pair_run(p);
}

/* The same bytes, and the same work in the same order. */
START_TEST(test_refused)
{
    const refusal_case *c = &refusal_cases[_i];
    sealed_pair p, first;

    run_refused(&first, &refusal_cases[0]);
    run_refused(&p, c);
    ck_assert_msg(p.client_result == SW_E_USER_REFUSED, "%s: %d", c->what, p.client_result);
    ck_assert_int_eq(p.server_result, 0);
    ck_assert_int_eq(p.refusal, SW_E_AUTH);
    ck_assert_int_eq(p.events[SW_EVENT_COMMAND], 0);
    ck_assert_uint_eq(p.received.len, 0);
    ck_assert_uint_eq(p.to_client.len, first.to_client.len);
    ck_assert_mem_eq(p.to_client.data, first.to_client.data, first.to_client.len);
    ck_assert(fake_crypto_same_work(&p.server_fake, &first.server_fake));
    ck_assert_uint_eq(p.server_fake.counts[FAKE_ED25519_VERIFY], 1);
    sealed_pair_free(&p);
    sealed_pair_free(&first);
    sealed_pair_expect_wiped(&p);
}
END_TEST

/* What can be seen of the packet before the user is known: no question, one answer. */
static void (*change_proof)(uint8_t *body, size_t len);

static int sealed_proof(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                        size_t ad_size, uint8_t *text, size_t size)
{
    static fake_crypto plain;
    fake_crypto *fake = ctx;

    if (ad_size == 0 && fake->counts[FAKE_AEAD_SEAL] == 0)
        change_proof(text + SW_HEADER_SIZE, size - SW_HEADER_SIZE);
    fake_crypto_init(&plain, 1);
    return plain.table.aead_seal(ctx, state, nonce, ad, ad_size, text, size);
}

static void blank_in_name(uint8_t *body, size_t len)
{
    (void)len;
    body[5] = ' ';
}

static void other_type(uint8_t *body, size_t len)
{
    (void)len;
    body[4 + 3 + 4 + 4] = 'S';
}

static void other_algorithm(uint8_t *body, size_t len)
{
    (void)len;
    body[4 + 3 + 4 + 51 + 4 + 4] = 'S';
}

static void short_signature(uint8_t *body, size_t len)
{
    (void)len;
    body[4 + 3 + 4 + 51 + 4 + 4 + 11 + 3]--; /* a byte behind the signature */
}

static void longer_string(uint8_t *body, size_t len)
{
    (void)len;
    body[3]++;
}

static void last_string(uint8_t *body, size_t len)
{
    (void)len;
    body[4 + 3 + 4 + 51 + 3]--; /* a byte behind the three strings */
}

static const struct proof_case {
    void (*change)(uint8_t *body, size_t len);
    int refusal; /* or 0: the connection is closed without a word */
} proof_cases[] = {
    { blank_in_name, SW_E_REQUEST_NAME }, { other_type, SW_E_KEY_OTHER }, { other_algorithm, SW_E_SIGNATURE },
    { short_signature, SW_E_SIGNATURE },  { longer_string, 0 },           { last_string, 0 },
};

START_TEST(test_proofs)
{
    const struct proof_case *c = &proof_cases[_i];
    sealed_pair p;

    sealed_pair_start(&p, SW_KEY_ED25519);
    change_proof = c->change;
    p.client_fake.table.aead_seal = sealed_proof;
    sealed_pair_run(&p);
    ck_assert_int_eq(p.events[SW_EVENT_KEY], 0);
    ck_assert_int_eq(p.refusal, c->refusal);
    ck_assert_int_eq(p.server_result, c->refusal != 0 ? 0 : SW_E_USER_PACKET);
    ck_assert_int_eq(p.client_result, c->refusal != 0 ? SW_E_USER_REFUSED : SW_E_AUTH_REFUSED);
    ck_assert_uint_eq(p.server_fake.counts[FAKE_ED25519_VERIFY], 0);
    sealed_pair_free(&p);
}
END_TEST

static void of_another_kind(uint8_t *blob, size_t len)
{
    ck_assert_uint_gt(len, 16);
    memcpy(blob + 4, "rsa-sha2-512", 12);
}

/* An agent's RSA signature that lost its leading zeros is filled up; of another kind it is refused
 * before anything is sent. */
START_TEST(test_agent_signatures)
{
    uint8_t blob[SW_SSH_SIGNATURE_MAX];
    size_t len;
    sealed_pair p;

    sealed_pair_start(&p, SW_KEY_RSA);
    p.client_config.public_key = &p.keys.known;
    ck_assert_int_eq(sw_ssh_sign(&p.client_fake.table, &p.client_config.key, NULL, (const uint8_t *)"m", 1, blob,
                                 sizeof(blob), &len),
                     SW_OK);
    ck_assert_uint_eq(len, 4 + 12 + 4 + 256);
    ck_assert_mem_eq(blob + 4, "rsa-sha2-256", 12);
    ck_assert_int_eq(sw_ssh_sign(&p.client_fake.table, &p.client_config.key, NULL, (const uint8_t *)"m", 1, blob,
                                 len - 1, &len),
                     SW_E_SPACE);
    p.change_signature = of_another_kind;
    sealed_pair_run(&p);
    ck_assert_int_eq(p.client_result, SW_E_SIGNATURE);
    ck_assert_int_eq(p.events[SW_EVENT_KEY], 0);
    sealed_pair_free(&p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sealed session");
    TCase *tcase = suite_case(suite, "pair");

    tcase_add_loop_test(tcase, test_done, 0, 8);
    tcase_add_loop_test(tcase, test_small, 0, 9);
    tcase_add_loop_test(tcase, test_backends, 0, 2);
    tcase_add_test(tcase, test_one_record);
    tcase_add_loop_test(tcase, test_refused, 0, COUNT(refusal_cases));
    tcase_add_loop_test(tcase, test_proofs, 0, COUNT(proof_cases));
    tcase_add_test(tcase, test_agent_signatures);
    return run_suite(suite);
}
