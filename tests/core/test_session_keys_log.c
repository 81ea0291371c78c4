/* SPDX-License-Identifier: ISC */
/* The keys of a session for those who log them: the right ones, only if asked for, and not for
 * longer than needed. */
#include "session_pair.h"
#include "suite.h"
#include "support.h"
#include "tested_backend.h"
#include "send_command.h"

#include <string.h>

enum { EXPECTED_TRANSCRIPTS = 5, BUFFER_SIZE = 8192, CLIENT_KEY_AT = 64, SERVER_KEY_AT = 96 };

static sw_secrets zeros;

static void check_zeros(const char *what, const sw_secrets *keys)
{
    ck_assert_msg(memcmp(keys, &zeros, sizeof(zeros)) == 0, "%s: the keys are still there", what);
}

/* ---- recorded sessions ---- */

static transcript transcripts[TRANSCRIPTS_MAX];
static size_t transcript_count;
static sw_crypto *crypto;

static void load(void)
{
    transcript_count = transcripts_load(transcripts);
    ck_assert_uint_eq(transcript_count, EXPECTED_TRANSCRIPTS);
    crypto = tested_backend();
}

static void unload(void)
{
    transcripts_free(transcripts, transcript_count);
    sw_backend_free(crypto);
}

/* Bytes of a request that ends where the server answers. */
static size_t request_size(const transcript *t)
{
    uint8_t request[SW_REQUEST_MAX];
    size_t len;

    ck_assert_int_eq(sw_request_format(t->user, t->features, request, sizeof(request), &len, NULL), SW_OK);
    return len;
}

/* Bytes of the greeting, which in legacy mode ends where the client's timer says so. */
static size_t greeting_size(const transcript *t)
{
    const uint8_t *end = memchr(t->server.data, '\n', t->server.len);

    if (t->features != 0)
        end = memchr(end + 1, '\n', t->server.len - (size_t)(end + 1 - t->server.data));
    return (size_t)(end + 1 - t->server.data);
}

/* Runs one side until its handshake is complete. said: all that the other side sends; `burst`
 * bytes of it come first. */
static void run_side(sw_session *session, const sw_public_key *key, const bytes *said, size_t burst)
{
    size_t at = 0;
    sw_event event;
    int type;

    while ((type = sw_session_next(session, &event)) != SW_EVENT_READY) {
        size_t n;

        ck_assert_int_ge(type, 0);
        if (type == SW_EVENT_KEY)
            ck_assert_int_eq(sw_session_key(session, key), SW_OK);
        sw_session_tx_bytes(session, &n);
        ck_assert_int_eq(sw_session_tx_drain(session, n), SW_OK);
        if (type == SW_EVENT_KEY || n > 0)
            continue;
        n = wired_give(session, said->data + at, (at < burst ? burst : said->len) - at);
        ck_assert_uint_gt(n, 0);
        ck_assert_int_eq(key != NULL ? sw_session_burst_end(session) : sw_session_greeting_end(session), SW_OK);
        at += n;
    }
}

/* Compares with what was drawn as the challenge, and with what the client sent. */
static void check_keys(const transcript *t, const sw_secrets *keys)
{
    size_t at = request_size(t) + (t->features != 0 ? SW_HEADER_SIZE : 0);

    ck_assert_mem_eq(keys->client_key, t->random.data + CLIENT_KEY_AT, SW_CIPHER_KEY_SIZE);
    ck_assert_mem_eq(keys->server_key, t->random.data + SERVER_KEY_AT, SW_CIPHER_KEY_SIZE);
    ck_assert_uint_eq(keys->response_size, sw_features_response_size(t->features));
    ck_assert_mem_eq(keys->response, t->client.data + at, keys->response_size);
}

START_TEST(of_the_server)
{
    const transcript *t = &transcripts[_i];
    sw_crypto replaying;
    sw_server_config config = { .crypto = &replaying,
                                .decoy_secret = { 1 },
                                .policy = { t->features, 1, 1, 0, 0 } };
    uint8_t rx[BUFFER_SIZE], tx[BUFFER_SIZE];
    sw_public_key key;
    sw_secrets keys;
    sw_session session;

    vector_public_key(t->key, &key);
    replay_random(&replaying, crypto, &t->random, &t->seed);
    ck_assert_int_eq(sw_session_server(&session, &config, rx, sizeof(rx), tx, sizeof(tx)), SW_OK);
    ck_assert_int_eq(sw_session_log_keys(&session, &keys), SW_OK);
    run_side(&session, &key, &t->client, request_size(t));
    check_keys(t, &keys);
    sw_session_wipe(&session);
    check_zeros(t->name, &keys);
}
END_TEST

START_TEST(of_the_client)
{
    const transcript *t = &transcripts[_i];
    sw_client_config config = { .crypto = crypto, .policy = { t->features, 1, 1, 0, 0 }, .user = t->user };
    uint8_t rx[BUFFER_SIZE], tx[BUFFER_SIZE];
    sw_private_key key;
    sw_secrets keys;
    sw_session session;

    vector_private_key(t->key, &key);
    config.key = sw_private_key_view(&key);
    ck_assert_int_eq(sw_session_client(&session, &config, rx, sizeof(rx), tx, sizeof(tx)), SW_OK);
    ck_assert_int_eq(sw_session_log_keys(&session, &keys), SW_OK);
    run_side(&session, NULL, &t->server, greeting_size(t));
    check_keys(t, &keys);
    sw_session_wipe(&session);
    check_zeros(t->name, &keys);
}
END_TEST

/* ---- pairs ---- */

static const char *const si[] = { "si" };
static session_pair pair;
static sw_secrets client_keys, server_keys;

/* Both sides shall log. What was in the structs before shall not matter. */
static void start_pair(unsigned features)
{
    session_pair_start(&pair, features, BUFFER_SIZE, BUFFER_SIZE, BUFFER_SIZE, BUFFER_SIZE);
    pair.argv = si;
    pair.argc = 1;
    memset(&client_keys, 0xff, sizeof(client_keys));
    memset(&server_keys, 0xff, sizeof(server_keys));
    ck_assert_int_eq(sw_session_log_keys(&pair.client, &client_keys), SW_OK);
    ck_assert_int_eq(sw_session_log_keys(&pair.server, &server_keys), SW_OK);
}

static void free_pair(void)
{
    session_pair_free(&pair);
}

START_TEST(same_on_both_sides)
{
    start_pair(feature_sets[_i]);
    session_pair_run(&pair);
    ck_assert_int_eq(pair.client_result, SW_OK);
    ck_assert_int_eq(pair.server_result, SW_OK);
    ck_assert_mem_eq(&client_keys, &server_keys, sizeof(client_keys));
    ck_assert_mem_ne(client_keys.client_key, client_keys.server_key, SW_CIPHER_KEY_SIZE);
}
END_TEST

START_TEST(unknown_user)
{
    start_pair(feature_sets[_i]);
    pair.unknown = 1;
    session_pair_run(&pair);
    ck_assert_int_lt(pair.client_result, 0);
    ck_assert_int_lt(pair.server_result, 0);
    check_zeros("client", &client_keys);
    check_zeros("server", &server_keys);
}
END_TEST

/* The client has the keys before it knows whether it is let in. */
START_TEST(refused)
{
    sw_secrets before;

    start_pair(feature_sets[_i]);
    before = client_keys;
    pair.step = 1;
    while (memcmp(&client_keys, &before, sizeof(before)) == 0)
        ck_assert_int_eq(session_pair_step(&pair), 1);
    ck_assert_mem_ne(&client_keys, &zeros, sizeof(zeros));
    ck_assert_int_eq(sw_session_rx_end(&pair.client), SW_OK);
    session_pair_run(&pair);
    ck_assert_int_lt(pair.client_result, 0);
    check_zeros("client", &client_keys);
}
END_TEST

/* Each operation of the backend fails in turn. */
START_TEST(failing_backend)
{
    size_t calls;

    start_pair(SW_FEATURES_ALL);
    session_pair_run(&pair);
    calls = pair.server_crypto.calls;
    for (size_t i = 1; i <= calls; i++) {
        session_pair_free(&pair);
        start_pair(SW_FEATURES_ALL);
        pair.server_crypto.fail_at = i;
        session_pair_run(&pair);
        ck_assert_int_lt(pair.server_result, 0);
        check_zeros("server", &server_keys);
    }
}
END_TEST

START_TEST(failure_later)
{
    start_pair(SW_FEATURES_ALL);
    session_pair_run(&pair);
    ck_assert_mem_ne(&client_keys, &zeros, sizeof(zeros));
    ck_assert_int_eq(send_command(&pair.client, si, 1), SW_E_STATE);
    check_zeros("client", &client_keys);
    ck_assert_mem_ne(&server_keys, &zeros, sizeof(zeros));
}
END_TEST

START_TEST(not_wanted)
{
    sw_secrets before;

    memset(&before, 0xff, sizeof(before));
    start_pair(SW_FEATURES_ALL);
    ck_assert_int_eq(sw_session_log_keys(&pair.client, NULL), SW_OK);
    session_pair_run(&pair);
    ck_assert_int_eq(pair.client_result, SW_OK);
    ck_assert_mem_eq(&client_keys, &before, sizeof(before));
}
END_TEST

START_TEST(wrong_use)
{
    ck_assert_int_eq(sw_session_log_keys(NULL, &client_keys), SW_E_NULL);
    start_pair(SW_FEATURES_ALL);
    session_pair_run(&pair);
    ck_assert_int_eq(sw_session_log_keys(&pair.client, &server_keys), SW_E_STATE);
    check_zeros("client", &client_keys);
    ck_assert_mem_ne(&server_keys, &zeros, sizeof(zeros));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("session keys log");
    TCase *recorded = suite_case(suite, "recorded sessions");
    TCase *pairs = suite_case(suite, "pairs");

    tcase_add_checked_fixture(recorded, load, unload);
    tcase_add_loop_test(recorded, of_the_server, 0, EXPECTED_TRANSCRIPTS);
    tcase_add_loop_test(recorded, of_the_client, 0, EXPECTED_TRANSCRIPTS);
    tcase_add_checked_fixture(pairs, NULL, free_pair);
    tcase_add_loop_test(pairs, same_on_both_sides, 0, FEATURE_SETS);
    tcase_add_loop_test(pairs, unknown_user, 0, FEATURE_SETS);
    tcase_add_loop_test(pairs, refused, 0, FEATURE_SETS);
    tcase_add_test(pairs, failing_backend);
    tcase_add_test(pairs, failure_later);
    tcase_add_test(pairs, not_wanted);
    tcase_add_test(pairs, wrong_use);
    return run_suite(suite);
}
