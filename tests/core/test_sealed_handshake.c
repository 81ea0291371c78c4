/* SPDX-License-Identifier: ISC */
/* How a sealed session begins: suites that are chosen, frames with more behind them, what is logged of it, and the
 * signatures that agents give. */
#include "sealed_fixture.h"

#include <string.h>

enum { AES = SW_FEATURE_NOISE_AESGCM, CHACHA = SW_FEATURE_NOISE_CHACHAPOLY };

static const char *const lines[] = { "auth noise_nx_25519_aesgcm_sha256\n",
                                     "auth noise_nx_25519_chachapoly_sha256\n" };

/* Until the client has its request and its frame to send. */
static void greet(void)
{
    sw_event event;

    sealed_open(SEALED_RX);
    ck_assert_uint_gt(wired_move(&server, &client, 0), 0);
    ck_assert_int_eq(sw_session_next(&client, &event), SW_EVENT_NEED_MORE);
}

/* ---- suites ---- */

/* A client hashes the greeting for each suite that it may use, and forgets all but the one that it asks for. */
START_TEST(test_suites)
{
    static const struct {
        unsigned client, server;
        size_t started;
        int line;
    } suites[] = {
        { AES, AES | CHACHA, 1, 0 },    { CHACHA, AES | CHACHA, 1, 1 },       { AES | CHACHA, AES, 2, 0 },
        { AES | CHACHA, CHACHA, 2, 1 }, { AES | CHACHA, AES | CHACHA, 2, 0 },
    };
    const char *line = lines[suites[_i].line];
    const uint8_t *out;
    size_t len;

    client_config.policy.features = suites[_i].client;
    server_config.policy.features = suites[_i].server;
    sealed_open(SEALED_RX);
    ck_assert_uint_eq(fakes[0].sha256_states, suites[_i].started);
    sw_session_wipe(&client);
    sw_session_wipe(&server);
    ck_assert_uint_eq(fakes[0].sha256_states, 0);
    greet();
    ck_assert_uint_eq(fakes[0].sha256_states, 0);
    out = sw_session_tx_bytes(&client, &len);
    ck_assert_uint_gt(len, strlen(line));
    ck_assert_mem_eq(out, line, strlen(line));
}
END_TEST

/* What the server did not offer is no request, though it knows what it is. */
START_TEST(test_requests)
{
    const char *line = lines[_i % 2];
    sw_event event;
    size_t len;

    server_config.policy.features = _i / 2 ? CHACHA : AES;
    sealed_open(SEALED_RX);
    (void)sw_session_tx_bytes(&server, &len);
    ck_assert_int_eq(sw_session_tx_drain(&server, len), SW_OK);
    ck_assert_uint_eq(wired_give(&server, line, strlen(line)), strlen(line));
    ck_assert_int_eq(sw_session_next(&server, &event),
                     _i % 2 == _i / 2 ? SW_EVENT_NEED_MORE : SW_E_REQUEST_PREFIX);
}
END_TEST

/* ---- frames ---- */

/* A frame is complete, whatever came with it. */
START_TEST(test_more_behind_frames)
{
    sw_event event;

    greet();
    ck_assert_uint_gt(wired_move(&client, &server, 0), 0);
    ck_assert_uint_eq(wired_give(&server, "more", 4), 4);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_NEED_MORE);
    ck_assert_uint_gt(wired_move(&server, &client, 0), 0);
    ck_assert_uint_eq(wired_give(&client, "more", 4), 4);
    ck_assert_int_eq(sw_session_next(&client, &event), SW_EVENT_SERVER_KEY);
    ck_assert_mem_eq(event.server_key, keys.server_key.public_half, SW_X25519_SIZE);
}
END_TEST

/* ---- what is logged ---- */

/* Both sides log the same, under the client's ephemeral key as it passed. */
START_TEST(test_logged)
{
    enum { FRAME_HEADER = 2 };
    uint8_t ephemeral[SW_X25519_SIZE];
    static sw_secrets logged[2]; /* sessions wipe them when they are wiped */
    const uint8_t *out;
    sw_event event;
    size_t len;

    greet();
    ck_assert_int_eq(sw_session_log_keys(&client, &logged[0]), SW_OK);
    ck_assert_int_eq(sw_session_log_keys(&server, &logged[1]), SW_OK);
    out = sw_session_tx_bytes(&client, &len);
    ck_assert_uint_ge(len, strlen(lines[0]) + FRAME_HEADER + sizeof(ephemeral));
    memcpy(ephemeral, out + strlen(lines[0]) + FRAME_HEADER, sizeof(ephemeral));
    ck_assert_int_eq(sealed_next(&client, &event), SW_EVENT_SERVER_KEY);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_OK);
    ck_assert_int_eq(sealed_next(&client, &event), SW_EVENT_SIGN);
    ck_assert_int_eq(sw_session_next(&server, &event), SW_EVENT_NEED_MORE);
    for (int i = 0; i < 2; i++)
        ck_assert_mem_eq(logged[i].ephemeral, ephemeral, sizeof(ephemeral));
    ck_assert_mem_eq(logged[0].client_key, logged[1].client_key, sizeof(logged[0].client_key));
    ck_assert_mem_eq(logged[0].server_key, logged[1].server_key, sizeof(logged[0].server_key));
}
END_TEST

/* ---- signatures ---- */

enum { RSA_SIZE = 256, BLOB_MAX = 4 + 12 + 4 + RSA_SIZE + 1 };

static uint8_t verified[RSA_SIZE];

static int verify(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t hash[SW_SHA256_SIZE],
                  const uint8_t *signature)
{
    (void)crypto;
    (void)hash;
    ck_assert_uint_eq(key->n_size, sizeof(verified));
    memcpy(verified, signature, sizeof(verified));
    return 0;
}

/* An agent may leave out the zeros that an RSA signature begins with; the server gets them. */
START_TEST(test_signatures_of_agents)
{
    static const struct {
        uint8_t name, size[2];
        int code;
    } sizes[] = {
        { '2', { 0, 0 }, SW_E_SIGNATURE }, { '2', { 0, 1 }, SW_OK },          { '2', { 0, 255 }, SW_OK },
        { '2', { 1, 0 }, SW_OK },          { '2', { 1, 1 }, SW_E_SIGNATURE }, { '5', { 1, 0 }, SW_E_SIGNATURE },
    };
    uint8_t blob[BLOB_MAX] = "\0\0\0\014rsa-sha2-256";
    size_t size = (size_t)sizes[_i].size[0] << 8 | sizes[_i].size[1];
    sw_event event;

    wired_keys_make(&keys, SW_KEY_RSA);
    client_config = wired_client(&fakes[0].table, &keys, SW_FEATURES_SEALED);
    client_config.public_key = &keys.known;
    fakes[1].table.rsa_verify = verify;
    blob[13] = sizes[_i].name;
    memcpy(blob + 18, sizes[_i].size, 2);
    memset(blob + 20, 'S', size);
    sealed_shake_hands(SEALED_RX, &event);
    ck_assert_int_eq(sw_session_sign(&client, blob, 20 + size), sizes[_i].code);
    if (sizes[_i].code < 0)
        return;
    ck_assert_int_eq(sealed_next(&server, &event), SW_EVENT_KEY);
    ck_assert_int_eq(sw_session_key(&server, &keys.known), SW_OK);
    for (size_t i = 0; i < RSA_SIZE; i++)
        ck_assert_uint_eq(verified[i], i < RSA_SIZE - size ? 0 : 'S');
    ck_assert_int_eq(sealed_next(&server, &event), SW_EVENT_READY);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sealed handshake");
    TCase *tcase = suite_case(suite, "handshake");

    tcase_add_checked_fixture(tcase, sealed_setup, sealed_teardown);
    tcase_add_loop_test(tcase, test_suites, 0, 5);
    tcase_add_loop_test(tcase, test_requests, 0, 4);
    tcase_add_test(tcase, test_more_behind_frames);
    tcase_add_test(tcase, test_logged);
    tcase_add_loop_test(tcase, test_signatures_of_agents, 0, 6);
    return run_suite(suite);
}
