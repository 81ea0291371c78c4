/* SPDX-License-Identifier: ISC */
/* Calls at the wrong time, with the wrong pointers, and a backend that fails. */
#include "session_pair.h"
#include "suite.h"
#include "send_command.h"

#include <stdlib.h>
#include <string.h>

static session_pair pair;
static const char *const si[] = { "si" };

static void start(void)
{
    session_pair_free(&pair);
    session_pair_start(&pair, SW_FEATURES_ALL, 4096, 4096, 4096, 4096);
}

static void teardown(void)
{
    session_pair_free(&pair);
}

/* ---- pointers ---- */

START_TEST(null_pointers)
{
    sw_event event;
    uint8_t buffer[SW_SESSION_TX_MIN];
    sw_error error = { SW_OK, 0, 0 };
    sw_session s;
    size_t n = 1;

    start();
    ck_assert_int_eq(sw_session_client(NULL, &pair.client_config, buffer, 64, buffer, 1), SW_E_NULL);
    ck_assert_int_eq(sw_session_server(NULL, &pair.server_config, buffer, 64, buffer, 1), SW_E_NULL);
    ck_assert_int_eq(sw_session_client(&s, NULL, buffer, 64, buffer, sizeof(buffer)), SW_E_NULL);
    ck_assert_int_eq(sw_session_server(&s, NULL, buffer, 64, buffer, sizeof(buffer)), SW_E_NULL);
    ck_assert_int_eq(sw_session_client(&s, &pair.client_config, NULL, 64, buffer, 2000), SW_E_NULL);
    ck_assert_int_eq(sw_session_server(&s, &pair.server_config, buffer, 64, NULL, 2000), SW_E_NULL);
    ck_assert_int_eq(sw_session_next(NULL, &event), SW_E_NULL);
    ck_assert_int_eq(sw_session_rx_commit(NULL, 0), SW_E_NULL);
    ck_assert_int_eq(sw_session_burst_end(NULL), SW_E_NULL);
    ck_assert_int_eq(sw_session_greeting_end(NULL), SW_E_NULL);
    ck_assert_int_eq(sw_session_defer(NULL, 0), SW_E_NULL);
    ck_assert_int_eq(sw_session_rx_end(NULL), SW_E_NULL);
    ck_assert_int_eq(sw_session_tx_drain(NULL, 0), SW_E_NULL);
    ck_assert_int_eq(sw_session_key(NULL, NULL), SW_E_NULL);
    ck_assert_int_eq(send_command(NULL, si, 1), SW_E_NULL);
    ck_assert_int_eq(sw_session_send(NULL, SW_BAND_OUTPUT, "x", 1, &n), SW_E_NULL);
    ck_assert_int_eq(sw_session_exit(NULL, 0), SW_E_NULL);
    ck_assert_int_eq(sw_session_arguments(NULL, &event, NULL, 0, NULL, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_session_arguments(&pair.server, NULL, NULL, 0, NULL, &error), SW_E_NULL);
    check_error("arguments", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_session_error(NULL).code, SW_E_NULL);
    ck_assert_uint_eq(sw_session_wants(NULL), 0);
    ck_assert_uint_eq(sw_session_features(NULL), 0);
    ck_assert_int_eq(sw_session_is_legacy(NULL), 0);
    ck_assert_ptr_null(sw_session_rx_space(NULL, &n));
    ck_assert_ptr_null(sw_session_rx_space(&pair.client, NULL));
    ck_assert_ptr_null(sw_session_tx_bytes(NULL, &n));
    ck_assert_ptr_null(sw_session_tx_bytes(&pair.client, NULL));
    sw_session_wipe(NULL);
    ck_assert_int_eq(sw_session_next(&pair.client, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_session_next(&pair.client, &event), SW_E_NULL);
}
END_TEST

START_TEST(never_started)
{
    sw_session s;
    sw_event event;

    memset(&s, 0, sizeof(s));
    ck_assert_int_eq(sw_session_next(&s, &event), SW_E_STATE);
    ck_assert_uint_eq(sw_session_wants(&s), 0);
    ck_assert_int_eq(sw_session_is_legacy(NULL), 0);
    ck_assert_int_eq(sw_session_is_legacy(&s), 0); /* not known yet */
    sw_session_wipe(&s);
    sw_session_wipe(&s);
    start();
    ck_assert_int_eq(sw_session_is_legacy(&pair.client), 0);
    sw_session_wipe(&pair.client);
    ck_assert_int_eq(sw_session_next(&pair.client, &event), SW_E_STATE);
}
END_TEST

START_TEST(buffers_too_small)
{
    uint8_t buffer[SW_SESSION_TX_MIN];
    sw_session s;

    start();
    ck_assert_int_eq(
        sw_session_client(&s, &pair.client_config, buffer, SW_SESSION_RX_MIN - 1, buffer, SW_SESSION_TX_MIN),
        SW_E_SPACE);
    check_error("rx", sw_session_error(&s), SW_E_SPACE, SW_SESSION_RX_MIN - 1, SW_SESSION_RX_MIN);
    ck_assert_int_eq(
        sw_session_server(&s, &pair.server_config, buffer, SW_SESSION_RX_MIN, buffer, SW_SESSION_TX_MIN - 1),
        SW_E_SPACE);
}
END_TEST

/* ---- time ---- */

START_TEST(wrong_time)
{
    size_t n;

    start();
    ck_assert_int_eq(send_command(&pair.client, si, 1), SW_E_STATE);
    ck_assert_int_eq(sw_session_key(&pair.server, NULL), SW_E_STATE);
    start();
    ck_assert_int_eq(sw_session_send(&pair.client, SW_BAND_BLOB_DATA, "x", 1, &n), SW_E_STATE);
    ck_assert_int_eq(sw_session_send(&pair.server, SW_BAND_OUTPUT, "x", 1, &n), SW_E_STATE);
    start();
    ck_assert_int_eq(sw_session_exit(&pair.client, 0), SW_E_STATE);
    ck_assert_int_eq(sw_session_exit(&pair.server, 0), SW_E_STATE);
    start();
    ck_assert_int_eq(sw_session_tx_drain(&pair.client, 1), SW_E_STATE);
    ck_assert_int_eq(sw_session_tx_drain(&pair.server, 4096), SW_E_SPACE);
    start();
    ck_assert_int_eq(sw_session_rx_commit(&pair.client, 4096), SW_OK);
    ck_assert_ptr_nonnull(sw_session_rx_space(&pair.client, &n));
    ck_assert_uint_eq(n, 0);
    ck_assert_uint_eq(sw_session_wants(&pair.client) & SW_WANT_READ, 0);
    ck_assert_int_eq(sw_session_rx_commit(&pair.client, 1), SW_E_SPACE);
    check_error("commit", sw_session_error(&pair.client), SW_E_SPACE, 0, 1);
    start();
    ck_assert_int_eq(sw_session_rx_end(&pair.client), SW_OK);
    ck_assert_ptr_null(sw_session_rx_space(&pair.client, &n));
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(sw_session_rx_commit(&pair.client, 0), SW_E_STATE);
}
END_TEST

static sw_session *running_server(void)
{
    static const bytes nothing; /* the pair keeps it */

    start();
    pair.argv = si;
    pair.argc = 1;
    pair.upload = &nothing;
    /* stopped as soon as the upload is asked for: that is the state wanted */
    while (!pair.command_seen)
        ck_assert(session_pair_step(&pair));
    return &pair.server;
}

START_TEST(bands_that_a_server_may_not_send)
{
    for (unsigned band = 0; band < 256; band++) {
        int text = band >= SW_BAND_OUTPUT && band <= SW_BAND_EMERG_LOG;
        sw_session *server = running_server();
        size_t n;
        ck_assert_int_eq(sw_session_send(server, (uint8_t)band, "x", 1, &n), text ? 1 : SW_E_STATE);
        ck_assert_uint_eq(n, text ? 1 : 0);
    }
}
END_TEST

START_TEST(bad_data)
{
    size_t n;
    sw_session *server = running_server();

    ck_assert_int_eq(sw_session_send(server, SW_BAND_OUTPUT, NULL, 1, &n), SW_E_NULL);
    server = running_server();
    ck_assert_int_eq(sw_session_send(server, SW_BAND_OUTPUT, "x", 1, NULL), SW_E_NULL);
    server = running_server(); /* it has asked for the upload already */
    ck_assert_int_eq(sw_session_send(server, SW_BAND_AWAITING_DATA, NULL, 0, &n), SW_E_STATE);
    server = running_server();
    ck_assert_int_eq(sw_session_send(server, SW_BAND_OUTPUT, NULL, 0, &n), 1);
    ck_assert_int_eq(sw_session_exit(server, 0), 1);
    ck_assert_int_eq(sw_session_send(server, SW_BAND_OUTPUT, "x", 1, &n), SW_E_STATE);
}
END_TEST

/* A full buffer blocks, takes nothing, and loses nothing. */
START_TEST(blocked)
{
    sw_session *server = running_server();
    uint8_t data[4096] = { 0 };
    size_t pending, n;

    sw_session_tx_bytes(server, &pending);
    ck_assert_int_eq(sw_session_tx_drain(server, pending), SW_OK);
    ck_assert_int_eq(sw_session_send(server, SW_BAND_OUTPUT, data, sizeof(data), &n), 1);
    ck_assert_uint_eq(n, sizeof(data) - SW_HEADER_SIZE); /* fills the buffer */
    ck_assert_int_eq(sw_session_send(server, SW_BAND_OUTPUT, data, 1, &n), 0);
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(sw_session_send(server, SW_BAND_OUTPUT, NULL, 0, &n), 0);
    ck_assert_int_eq(sw_session_exit(server, 0), 0);
    ck_assert_int_eq(sw_session_tx_drain(server, SW_HEADER_SIZE), SW_OK);
    ck_assert_int_eq(sw_session_exit(server, 0), 1);
    sw_session_tx_bytes(server, &pending);
    ck_assert_uint_eq(pending, sizeof(data));
}
END_TEST

/* ---- backend ---- */

START_TEST(each_backend_call_fails)
{
    fake_crypto *cryptos[] = { &pair.client_crypto, &pair.server_crypto };
    int *results[] = { &pair.client_result, &pair.server_result };
    bytes reply = bytes_copy("reply", 5);

    for (size_t n = 1;; n++) {
        start();
        cryptos[_i]->fail_at = n;
        pair.argv = si;
        pair.argc = 1;
        pair.reply = reply;
        session_pair_run(&pair);
        ck_assert_uint_eq(cryptos[_i]->aes_states, *results[_i] < 0 ? 0 : 2);
        if (*results[_i] == 0)
            break;
        ck_assert_int_le(*results[_i], SW_E_RANDOM);
    }
    ck_assert_uint_ge(cryptos[_i]->calls, 6);
    sw_session_wipe(&pair.client);
    sw_session_wipe(&pair.server);
    ck_assert_uint_eq(cryptos[_i]->aes_states, 0);
    bytes_free(&reply);
}
END_TEST

static Suite *misuse_suite(void)
{
    Suite *suite = suite_create("session, misuse");
    TCase *tcase = suite_case(suite, "misuse");

    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, null_pointers);
    tcase_add_test(tcase, never_started);
    tcase_add_test(tcase, buffers_too_small);
    tcase_add_test(tcase, wrong_time);
    tcase_add_test(tcase, bands_that_a_server_may_not_send);
    tcase_add_test(tcase, bad_data);
    tcase_add_test(tcase, blocked);
    tcase_add_loop_test(tcase, each_backend_call_fails, 0, 2);
    return suite;
}

int main(void)
{
    return run_suite(misuse_suite());
}
