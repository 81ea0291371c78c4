/* SPDX-License-Identifier: ISC */
/* Events that an application gives back or does not look at yet, and pumps that call what the other role has. */
#include "fake_crypto.h"
#include "send_command.h"
#include "session_peer.h"
#include "suite.h"
#include "support.h"

#include <string.h>

/* Nothing wanted means over. So a session whose events wait says that, where reading is of no use. */
START_TEST(events_wait)
{
    const char *argv[] = { "si" };
    sw_event event;
    uint8_t *space;
    size_t n;

    peer_start_client(SW_FEATURES_ALL);
    peer_send_packet(SW_BAND_PROCEED, 0);
    expect_event(SW_EVENT_READY);
    ck_assert_int_eq(send_command(&session, argv, 1), 1);
    peer_drain();
    peer_send_packet(SW_BAND_OUTPUT, 3);
    ck_assert_uint_eq(sw_session_wants(&session), SW_WANT_READ);
    ck_assert_int_eq(sw_session_rx_end(&session), SW_OK);
    ck_assert_uint_eq(sw_session_wants(&session), SW_WANT_NEXT);
    ck_assert_int_eq(next_event(&event), SW_EVENT_DATA);
    ck_assert_uint_eq(sw_session_wants(&session), SW_WANT_NEXT);
    ck_assert_int_eq(next_event(&event), SW_E_NO_EXIT);
    ck_assert_uint_eq(sw_session_wants(&session), 0);
    sw_session_wipe(&session);

    peer_start_client(SW_FEATURES_ALL);
    space = sw_session_rx_space(&session, &n);
    ck_assert_ptr_nonnull(space);
    memset(space, 0, n);
    ck_assert_int_eq(sw_session_rx_commit(&session, n), SW_OK);
    ck_assert_uint_eq(sw_session_wants(&session), SW_WANT_NEXT);
}
END_TEST

/* An application that cannot take an event gives it back, and gets the rest of it again. */
START_TEST(deferred)
{
    static const size_t taken[] = { 0, 1, 5 };
    const char *argv[] = { "si" };
    sw_event event;
    uint8_t first[6];
    size_t n;

    peer_start_client(_i == 0 ? 0 : SW_FEATURES_ALL);
    if (_i == 0)
        peer_send_text("Proceed.");
    else
        peer_send_packet(SW_BAND_PROCEED, 0);
    expect_event(SW_EVENT_READY);
    ck_assert_int_eq(sw_session_defer(&session, 0), SW_OK);
    ck_assert_uint_eq(sw_session_wants(&session) & SW_WANT_APPLICATION, SW_WANT_APPLICATION);
    expect_event(SW_EVENT_READY);
    ck_assert_int_eq(send_command(&session, argv, 1), 1);
    peer_drain();
    if (_i == 0)
        peer_send_text("sixsix");
    else
        peer_send_packet(SW_BAND_OUTPUT, 6);
    ck_assert_int_eq(next_event(&event), SW_EVENT_DATA);
    ck_assert_uint_eq(event.chunk.len, 6);
    memcpy(first, event.chunk.data, 6);
    for (size_t i = 0, at = 0; i < sizeof(taken) / sizeof(taken[0]); i++) {
        ck_assert_int_eq(sw_session_defer(&session, taken[i]), SW_OK);
        at += taken[i];
        ck_assert_int_eq(sw_session_lend_rx(&session, NULL, 0), at < 6 ? 0 : 1);
        if (at == 6)
            break;
        ck_assert_ptr_nonnull(sw_session_rx_space(&session, &n)); /* moves it */
        ck_assert_uint_eq(sw_session_wants(&session), SW_WANT_READ | SW_WANT_APPLICATION);
        ck_assert_int_eq(next_event(&event), SW_EVENT_DATA);
        ck_assert_uint_eq(event.chunk.len, 6 - at);
        ck_assert_uint_eq(event.chunk.offset, at);
        ck_assert_uint_eq(event.chunk.size, 6);
        ck_assert_int_eq(sw_chunk_is_last(&event.chunk), 1);
        ck_assert_mem_eq(event.chunk.data, first + at, 6 - at);
    }
    expect_event(SW_EVENT_NEED_MORE);
    ck_assert_int_eq(sw_session_defer(&session, 0), SW_E_STATE);
}
END_TEST

/* An event that was given back can be given back in parts without looking at it again; when all is taken it is over. */
START_TEST(deferred_twice)
{
    const char *argv[] = { "si" };
    sw_event event;

    peer_start_client(SW_FEATURES_ALL);
    peer_send_packet(SW_BAND_PROCEED, 0);
    expect_event(SW_EVENT_READY);
    ck_assert_int_eq(send_command(&session, argv, 1), 1);
    peer_drain();
    peer_send_packet(SW_BAND_OUTPUT, 6);
    ck_assert_int_eq(next_event(&event), SW_EVENT_DATA);
    ck_assert_int_eq(sw_session_defer(&session, 0), SW_OK);
    ck_assert_int_eq(sw_session_defer(&session, 2), SW_OK);
    ck_assert_int_eq(sw_session_defer(&session, 4), SW_OK);
    ck_assert_uint_eq(sw_session_wants(&session), SW_WANT_READ);
    expect_event(SW_EVENT_NEED_MORE);
    ck_assert_int_eq(sw_session_lend_rx(&session, NULL, 0), 1);
}
END_TEST

/* Of the end there is nothing left to take, and it comes again all the same. */
START_TEST(deferred_end)
{
    const char *argv[] = { "si" };
    sw_event event;

    peer_start_client(SW_FEATURES_ALL);
    peer_send_packet(SW_BAND_PROCEED, 0);
    expect_event(SW_EVENT_READY);
    ck_assert_int_eq(send_command(&session, argv, 1), 1);
    peer_drain();
    peer_send_packet(SW_BAND_EXIT_FAILURE, 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(next_event(&event), SW_EVENT_EXIT);
        ck_assert_int_eq(event.status, 1);
        ck_assert_int_eq(sw_session_defer(&session, 0), SW_OK);
        ck_assert_uint_eq(sw_session_wants(&session), SW_WANT_APPLICATION);
    }
    ck_assert_int_eq(next_event(&event), SW_EVENT_EXIT);
    ck_assert_uint_eq(sw_session_wants(&session), 0);
    ck_assert_int_eq(sw_session_defer(&session, 1), SW_E_SPACE);
}
END_TEST

/* Only a client waits for a greeting, whatever the other one is at. */
START_TEST(greeting_end_of_a_server)
{
    peer_start_server(SW_FEATURES_ALL);
    ck_assert_int_eq(sw_session_greeting_end(&session), SW_E_STATE);
}
END_TEST

/* More was not sent than there was. */
START_TEST(drained_too_much)
{
    size_t n;

    peer_start_server(SW_FEATURES_ALL);
    sw_session_tx_bytes(&session, &n);
    ck_assert_int_eq(sw_session_tx_drain(&session, n + 1), SW_E_SPACE);
    check_error("drained", sw_session_error(&session), SW_E_SPACE, n, n + 1);
}
END_TEST

/* A pump for both roles says after each read that it got what there was: a greeting in two pieces is one
 * all the same, and no legacy server's. */
START_TEST(pump_of_both_roles)
{
    static const char *const pieces[] = { "This is x, version 1.\n", "Features: sideband\n" };
    sw_private_key key;
    sw_client_config config;
    fake_crypto crypto;
    uint8_t rx[SW_SESSION_RX_MIN], tx[SW_SESSION_TX_MIN];
    sw_session client;
    size_t n;

    fake_crypto_init(&crypto, 1);
    fake_key_pair(&key, NULL, 2048, 3);
    config = (sw_client_config){ .crypto = &crypto.table,
                                 .user = "bob",
                                 .policy = { .features = 7, .allow_legacy = 1, .allow_rc4 = 1 },
                                 .key = sw_private_key_view(&key) };
    ck_assert_int_eq(sw_session_client(&client, &config, rx, sizeof(rx), tx, sizeof(tx)), SW_OK);
    for (int i = 0; i < 2; i++) {
        sw_event event;
        uint8_t *space = sw_session_rx_space(&client, &n);
        ck_assert_ptr_null(sw_session_tx_bytes(&client, &n));
        memcpy(space, pieces[i], strlen(pieces[i]));
        ck_assert_int_eq(sw_session_rx_commit(&client, strlen(pieces[i])), SW_OK);
        ck_assert_int_eq(sw_session_burst_end(&client), SW_OK);
        ck_assert_int_eq(sw_session_next(&client, &event), SW_EVENT_NEED_MORE);
    }
    ck_assert_ptr_nonnull(sw_session_tx_bytes(&client, &n));
    ck_assert_uint_eq(n, strlen("auth rsa bob sideband"));
    sw_session_wipe(&client);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("session, deferred");
    TCase *tcase = suite_case(suite, "one session");

    tcase_add_checked_fixture(tcase, peer_setup, peer_teardown);
    tcase_add_test(tcase, events_wait);
    tcase_add_loop_test(tcase, deferred, 0, 2);
    tcase_add_test(tcase, deferred_twice);
    tcase_add_test(tcase, deferred_end);
    tcase_add_test(tcase, greeting_end_of_a_server);
    tcase_add_test(tcase, drained_too_much);
    tcase_add_test(tcase, pump_of_both_roles);
    return run_suite(suite);
}
