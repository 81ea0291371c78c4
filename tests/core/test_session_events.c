/* SPDX-License-Identifier: ISC */
/* What events say beside their type, how long one can be given back, and which of them move an upload on. */
#include "session_peer.h"
#include "suite.h"
#include "fake_crypto.h"
#include "send_command.h"

#include <string.h>

static const char *const argv[] = { "si" };

/* A client of which the command was sent, or a server that was given one. */
static void start_client(unsigned features, int upload)
{
    peer_start_client(features);
    if (features == 0)
        peer_send_text(SW_LEGACY_PROCEED);
    else
        peer_send_packet(SW_BAND_PROCEED, 0);
    expect_event(SW_EVENT_READY);
    ck_assert_int_eq(upload ? send_upload_command(&session, argv, 1) : send_command(&session, argv, 1), 1);
    peer_drain();
}

static void start_server(void)
{
    peer_start_server(SW_FEATURES_ALL);
    peer_drain();
    peer_send_packet(SW_BAND_COMMAND, 3);
    expect_event(SW_EVENT_COMMAND);
}

/* ---- fields ---- */

/* Those that only an answer is for. */
static void check_unused(const sw_event *event)
{
    ck_assert_ptr_null(event->user);
    ck_assert_uint_eq(event->user_len, 0);
    ck_assert_ptr_null(event->key);
    ck_assert_uint_eq(event->key_len, 0);
    ck_assert_ptr_null(event->server_key);
    ck_assert_ptr_null(event->message);
    ck_assert_int_eq(event->status, 0);
}

/* What an event has no use for is 0, also when it comes again. */
START_TEST(unused_fields)
{
    static const sw_chunk no_chunk;
    sw_event event;

    peer_start_server(SW_FEATURES_ALL);
    ck_assert_int_eq(next_event(&event), SW_EVENT_NEED_MORE);
    check_unused(&event);
    ck_assert_mem_eq(&event.chunk, &no_chunk, sizeof(no_chunk));
    peer_send_packet(SW_BAND_COMMAND, 3);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(next_event(&event), SW_EVENT_COMMAND);
        check_unused(&event);
        ck_assert_uint_eq(event.chunk.band, SW_BAND_COMMAND);
        ck_assert_uint_eq(event.chunk.size, 3);
        ck_assert_uint_eq(event.chunk.len, 3);
        ck_assert_uint_eq(event.chunk.offset, 0);
        ck_assert_mem_eq(event.chunk.data, "xxx", 3);
        ck_assert_int_eq(sw_session_defer(&session, 0), SW_OK);
    }
}
END_TEST

/* Output and logs are all the bands that there are between two others. */
START_TEST(bands_of_text)
{
    sw_event event;

    start_client(SW_FEATURES_ALL, 0);
    for (uint8_t band = SW_BAND_OUTPUT; band <= SW_BAND_EMERG_LOG; band++) {
        peer_send_packet(band, 1);
        ck_assert_int_eq(next_event(&event), SW_EVENT_DATA);
        ck_assert_uint_eq(event.chunk.band, band);
        ck_assert_mem_eq(event.chunk.data, "x", 1);
    }
}
END_TEST

/* ---- the greeting ---- */

/* That no more of it comes is still so when a read brought nothing. */
START_TEST(nothing_behind_the_greeting)
{
    static const char greeting[] = "This is x, version 1.\n";
    sw_private_key key;
    sw_client_config config;
    fake_crypto crypto;
    uint8_t rx[SW_SESSION_RX_MIN], tx[SW_SESSION_TX_MIN];
    size_t n;

    fake_crypto_init(&crypto, 1);
    fake_key_pair(&key, NULL, 2048, 3);
    config = (sw_client_config){ .crypto = &crypto.table,
                                 .user = "bob",
                                 .policy = { .features = SW_FEATURE_SIDEBAND, .allow_legacy = 1, .allow_rc4 = 1 },
                                 .key = sw_private_key_view(&key) };
    ck_assert_int_eq(sw_session_client(&session, &config, rx, sizeof(rx), tx, sizeof(tx)), SW_OK);
    memcpy(sw_session_rx_space(&session, &n), greeting, strlen(greeting));
    ck_assert_int_eq(sw_session_rx_commit(&session, strlen(greeting)), SW_OK);
    expect_event(SW_EVENT_NEED_MORE);
    ck_assert_ptr_null(sw_session_tx_bytes(&session, &n));
    ck_assert_int_eq(sw_session_greeting_end(&session), SW_OK);
    ck_assert_int_eq(sw_session_rx_commit(&session, 0), SW_OK);
    expect_event(SW_EVENT_NEED_MORE);
    ck_assert_ptr_nonnull(sw_session_tx_bytes(&session, &n));
    sw_session_wipe(&session);
}
END_TEST

/* A server's session stays one when it is over. */
START_TEST(server_that_is_closed)
{
    sw_event event;

    peer_start_server(SW_FEATURES_ALL);
    peer_drain();
    peer_send_packet(SW_BAND_COMMAND, 3);
    ck_assert_int_eq(sw_session_next(&session, &event), SW_EVENT_COMMAND);
    ck_assert_int_eq(sw_session_exit(&session, 0), 1);
    peer_drain();
    ck_assert_int_eq(sw_session_rx_end(&session), SW_OK);
    ck_assert_int_eq(sw_session_next(&session, &event), SW_EVENT_CLOSED);
    ck_assert_uint_eq(sw_session_wants(&session), 0);
    ck_assert_int_eq(sw_session_next(&session, &event), SW_EVENT_NEED_MORE);
    ck_assert_int_eq(sw_session_greeting_end(&session), SW_E_STATE);
}
END_TEST

/* ---- giving back ---- */

/* Until the session was asked for something else. */
START_TEST(given_back_too_late)
{
    size_t n;

    start_client(SW_FEATURES_ALL, 0);
    peer_send_packet(SW_BAND_OUTPUT, 3);
    expect_event(SW_EVENT_DATA);
    switch (_i) {
    case 0: expect_event(SW_EVENT_NEED_MORE); break;
    case 1: ck_assert_ptr_nonnull(sw_session_rx_space(&session, &n)); break;
    default: ck_assert_int_eq(sw_session_lend_rx(&session, NULL, 0), 1); break;
    }
    ck_assert_int_eq(sw_session_defer(&session, 0), SW_E_STATE);
}
END_TEST

/* What was given back is where the session moved it, as where it was is space to read to. */
START_TEST(given_back_and_moved)
{
    sw_event event;
    uint8_t *space;
    size_t n;

    start_client(SW_FEATURES_ALL, 0);
    peer_send_packet(SW_BAND_OUTPUT, 3);
    ck_assert_int_eq(next_event(&event), SW_EVENT_DATA);
    ck_assert_int_eq(sw_session_defer(&session, 1), SW_OK);
    space = sw_session_rx_space(&session, &n);
    memset(space, 'y', n);
    ck_assert_int_eq(next_event(&event), SW_EVENT_DATA);
    ck_assert_uint_eq(event.chunk.len, 2);
    ck_assert_mem_eq(event.chunk.data, "xx", 2);
}
END_TEST

/* ---- commands ---- */

/* What is wrong with one is told by the call, and nothing of it goes out. */
START_TEST(command_that_cannot_be_sent)
{
    static const sw_argument unsound[] = { { "si", 2 }, { "a\0b", 3 } };
    static const struct {
        size_t argc;
        int result;
        uint64_t value, limit;
    } cases[] = { { 0, SW_E_COMMAND_EMPTY, 0, 0 }, { 2, SW_E_ARGUMENT_NUL, 1, 2 } };
    size_t n;

    for (int i = 0; i < COUNT(cases); i++) {
        peer_start_client(SW_FEATURES_ALL);
        peer_send_packet(SW_BAND_PROCEED, 0);
        expect_event(SW_EVENT_READY);
        ck_assert_int_eq(sw_session_command(&session, unsound, cases[i].argc, 0), cases[i].result);
        check_error("command", sw_session_error(&session), cases[i].result, cases[i].value, cases[i].limit);
        ck_assert_ptr_null(sw_session_tx_bytes(&session, &n));
        peer_teardown();
        peer_setup();
    }
}
END_TEST

/* ---- uploads ---- */

/* The empty packet alone ends it; then nothing more is to come but the end of the stream. */
START_TEST(end_of_the_upload)
{
    sw_event event;
    size_t taken;

    start_server();
    ck_assert_int_eq(sw_session_send(&session, SW_BAND_AWAITING_DATA, NULL, 0, &taken), 1);
    for (uint32_t size = 3; size-- > 0;) {
        peer_send_packet(SW_BAND_BLOB_DATA, size);
        ck_assert_int_eq(next_event(&event), SW_EVENT_DATA);
        ck_assert_uint_eq(event.chunk.len, size);
    }
    if (_i == 0) {
        ck_assert_int_eq(sw_session_rx_end(&session), SW_OK);
        expect_event(SW_EVENT_CLOSED);
        return;
    }
    peer_send_packet(SW_BAND_BLOB_DATA, 1);
    expect_event(SW_E_UNEXPECTED);
    check_error("upload", sw_session_error(&session), SW_E_UNEXPECTED, SW_BAND_BLOB_DATA, 0);
}
END_TEST

/* The limit is that of commands. */
START_TEST(upload_larger_than_a_command)
{
    size_t taken;

    start_server();
    ck_assert_int_eq(sw_session_send(&session, SW_BAND_AWAITING_DATA, NULL, 0, &taken), 1);
    peer_send_part(SW_BAND_BLOB_DATA, UINT32_MAX, SW_HEADER_SIZE);
    expect_event(SW_EVENT_NEED_MORE);
}
END_TEST

static void ask_for_upload(unsigned features)
{
    if (features == 0)
        peer_send_text(SW_LEGACY_AWAITING_DATA);
    else
        peer_send_packet(SW_BAND_AWAITING_DATA, 0);
}

/* As a client sends it, in either mode. */
START_TEST(sent_upload)
{
    unsigned features = _i == 0 ? 0 : SW_FEATURES_ALL;
    size_t taken;

    start_client(features, 1);
    expect_event(SW_EVENT_NEED_MORE);
    ask_for_upload(features);
    expect_event(SW_EVENT_AWAITING_DATA);
    for (size_t size = 3; size-- > 0;) {
        ck_assert_int_eq(sw_session_send(&session, SW_BAND_BLOB_DATA, "abc", size, &taken), 1);
        ck_assert_uint_eq(taken, size);
    }
    peer_drain();
    ck_assert_uint_eq(sw_session_wants(&session), features == 0 ? SW_WANT_READ | SW_WANT_SHUTDOWN : SW_WANT_READ);
    ck_assert_int_eq(sw_session_send(&session, SW_BAND_BLOB_DATA, NULL, 0, &taken), SW_E_STATE);
}
END_TEST

/* In legacy mode the request comes first or never: then the same text is output. */
START_TEST(request_behind_output)
{
    start_client(0, 1);
    peer_send_text("s");
    expect_event(SW_EVENT_DATA);
    ask_for_upload(0);
    expect_event(SW_EVENT_DATA);
}
END_TEST

/* What a client had queued when the server was done is not sent any more. */
START_TEST(upload_cut_by_the_exit)
{
    size_t taken, n;

    start_client(SW_FEATURES_ALL, 1);
    ask_for_upload(SW_FEATURES_ALL);
    expect_event(SW_EVENT_AWAITING_DATA);
    ck_assert_int_eq(sw_session_send(&session, SW_BAND_BLOB_DATA, "abc", 3, &taken), 1);
    peer_send_packet(SW_BAND_EXIT_SUCCESS, 0);
    expect_event(SW_EVENT_EXIT);
    if (_i == 0)
        ck_assert_ptr_null(sw_session_tx_bytes(&session, &n));
    ck_assert_int_eq(sw_session_tx_drain(&session, 1), SW_E_SPACE);
    check_error("drained", sw_session_error(&session), SW_E_SPACE, 0, 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("session, events");
    TCase *tcase = suite_case(suite, "events");

    tcase_add_checked_fixture(tcase, peer_setup, peer_teardown);
    tcase_add_test(tcase, unused_fields);
    tcase_add_test(tcase, bands_of_text);
    tcase_add_test(tcase, nothing_behind_the_greeting);
    tcase_add_test(tcase, server_that_is_closed);
    tcase_add_loop_test(tcase, given_back_too_late, 0, 3);
    tcase_add_test(tcase, given_back_and_moved);
    tcase_add_test(tcase, command_that_cannot_be_sent);
    tcase_add_loop_test(tcase, end_of_the_upload, 0, 2);
    tcase_add_test(tcase, upload_larger_than_a_command);
    tcase_add_loop_test(tcase, sent_upload, 0, 2);
    tcase_add_test(tcase, request_behind_output);
    tcase_add_loop_test(tcase, upload_cut_by_the_exit, 0, 2);
    return run_suite(suite);
}
