/* SPDX-License-Identifier: ISC */
/* One session against a peer that may send anything at any time. */
#include "session_peer.h"
#include "suite.h"
#include "send_command.h"

#include <string.h>

/* The session fails in this way, stays so, and holds no key any more. */
static void expect_error(int code, uint64_t value, uint64_t limit)
{
    static const sw_cipher no_cipher;
    sw_event event;
    size_t n;

    while ((n = (size_t)next_event(&event)) == SW_EVENT_DATA)
        ;
    ck_assert_int_eq(next_event(&event), code);
    check_error("session", sw_session_error(&session), code, value, limit);
    ck_assert_mem_eq(&session.channel.plain.in, &no_cipher, sizeof(no_cipher));
    ck_assert_mem_eq(&session.channel.plain.out, &no_cipher, sizeof(no_cipher));
    ck_assert_int_eq(sw_session_rx_commit(&session, 0), code);
    ck_assert_int_eq(sw_session_burst_end(&session), code);
    ck_assert_int_eq(sw_session_greeting_end(&session), code);
    ck_assert_int_eq(sw_session_defer(&session, 0), code);
    ck_assert_int_eq(sw_session_rx_end(&session), code);
    ck_assert_int_eq(sw_session_tx_drain(&session, 0), code);
    ck_assert_int_eq(sw_session_key(&session, NULL), code);
    ck_assert_int_eq(sw_session_command(&session, NULL, 0, 0), code);
    ck_assert_int_eq(sw_session_send(&session, SW_BAND_OUTPUT, NULL, 0, &n), code);
    ck_assert_int_eq(sw_session_exit(&session, 0), code);
    ck_assert_uint_eq(sw_session_wants(&session), 0);
    ck_assert_ptr_null(sw_session_rx_space(&session, &n));
    ck_assert_ptr_null(sw_session_tx_bytes(&session, &n));
    ck_assert_uint_eq(n, 0);
}

/* ---- client ---- */

static const struct {
    int proceeded, commanded; /* how far the session is */
    uint8_t band;
    uint32_t size;
    size_t send; /* bytes of the packet that come; 0: none */
    int closed;  /* and then the peer closes */
    int code;
    uint64_t value, limit;
} client_cases[] = {
    { 0, 0, 0, 0, 0, 1, SW_E_AUTH_REFUSED, 0, 0 },
    { 0, 0, SW_BAND_PROCEED, 0, 3, 1, SW_E_TRUNCATED, 3, 5 },
    { 0, 0, SW_BAND_OUTPUT, 0, 5, 0, SW_E_BAND, SW_BAND_OUTPUT, SW_BAND_PROCEED },
    { 0, 0, SW_BAND_PROCEED, 1, 6, 0, SW_E_NOT_EMPTY, 1, SW_BAND_PROCEED },
    { 1, 0, 0, 0, 0, 1, SW_E_NO_EXIT, 0, 0 },
    { 1, 0, SW_BAND_EXIT_SUCCESS, 0, 5, 0, SW_E_BAND, SW_BAND_EXIT_SUCCESS, SW_BAND_OUTPUT },
    { 1, 0, SW_BAND_AWAITING_DATA, 0, 5, 0, SW_E_BAND, SW_BAND_AWAITING_DATA, SW_BAND_OUTPUT },
    { 1, 1, 0, 0, 0, 1, SW_E_NO_EXIT, 0, 0 },
    { 1, 1, SW_BAND_OUTPUT, 100, 50, 1, SW_E_TRUNCATED, 50, 105 },
    { 1, 1, SW_BAND_OUTPUT, 100, 5, 1, SW_E_TRUNCATED, 5, 105 },
    { 1, 1, SW_BAND_OUTPUT, 100, 1, 1, SW_E_TRUNCATED, 1, 5 },
    { 1, 1, SW_BAND_EXIT_SUCCESS, 1, 6, 0, SW_E_NOT_EMPTY, 1, SW_BAND_EXIT_SUCCESS },
    { 1, 1, SW_BAND_EXIT_FAILURE, 2, 7, 0, SW_E_NOT_EMPTY, 2, SW_BAND_EXIT_FAILURE },
    { 1, 1, SW_BAND_AWAITING_DATA, 2, 7, 0, SW_E_NOT_EMPTY, 2, SW_BAND_AWAITING_DATA },
    { 1, 1, SW_BAND_ANY, 0, 5, 0, SW_E_BAND, 0, SW_BAND_OUTPUT },
    { 1, 1, SW_BAND_CHALLENGE, 0, 5, 0, SW_E_BAND, SW_BAND_CHALLENGE, SW_BAND_OUTPUT },
    { 1, 1, SW_BAND_PROCEED, 0, 5, 0, SW_E_BAND, SW_BAND_PROCEED, SW_BAND_OUTPUT },
    { 1, 1, SW_BAND_COMMAND, 0, 5, 0, SW_E_BAND, SW_BAND_COMMAND, SW_BAND_OUTPUT },
    { 1, 1, SW_BAND_BLOB_DATA, 0, 5, 0, SW_E_BAND, SW_BAND_BLOB_DATA, SW_BAND_OUTPUT },
    { 1, 1, SW_BAND_AFS_CB_FAILURE, 0, 5, 0, SW_E_BAND, SW_BAND_AFS_CB_FAILURE, SW_BAND_OUTPUT },
    { 1, 1, SW_BAND_COUNT, 0, 5, 0, SW_E_BAND, SW_BAND_COUNT, SW_BAND_OUTPUT },
    { 1, 1, 255, 0, 5, 0, SW_E_BAND, 255, SW_BAND_OUTPUT },
};

START_TEST(client_errors)
{
    const char *argv[] = { "si" };

    peer_start_client(SW_FEATURES_ALL);
    if (client_cases[_i].proceeded) {
        peer_send_packet(SW_BAND_PROCEED, 0);
        expect_event(SW_EVENT_READY);
    }
    if (client_cases[_i].commanded) {
        ck_assert_int_eq(send_command(&session, argv, 1), 1);
        peer_drain();
    }
    if (client_cases[_i].send > 0)
        peer_send_part(client_cases[_i].band, client_cases[_i].size, client_cases[_i].send);
    if (client_cases[_i].closed)
        ck_assert_int_eq(sw_session_rx_end(&session), SW_OK);
    expect_error(client_cases[_i].code, client_cases[_i].value, client_cases[_i].limit);
}
END_TEST

START_TEST(client_legacy)
{
    static const struct {
        const char *text;
        int code;
    } cases[] = { { "", SW_E_AUTH_REFUSED },
                  { "Proceed", SW_E_AUTH_REFUSED },
                  { "proceed.", SW_E_PROCEED },
                  { "Proceed!", SW_E_PROCEED } };
    sw_event event;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        peer_setup();
        peer_start_client(0);
        peer_send_text(cases[i].text);
        ck_assert_int_eq(sw_session_rx_end(&session), SW_OK);
        expect_error(cases[i].code, 0, 0);
        peer_teardown();
    }
    peer_setup();
    peer_start_client(0);
    peer_send_text("Proceed.rest");
    expect_event(SW_EVENT_READY);
    ck_assert_int_eq(next_event(&event), SW_EVENT_DATA);
    ck_assert_uint_eq(event.chunk.len, 4);
    ck_assert_mem_eq(event.chunk.data, "rest", 4);
}
END_TEST

/* Output may come before the command is sent; what follows an exit packet is not looked at. */
START_TEST(client_order)
{
    const char *argv[] = { "si" };
    sw_event event;

    peer_start_client(SW_FEATURES_ALL);
    peer_send_packet(SW_BAND_PROCEED, 0);
    peer_send_packet(SW_BAND_INFO_LOG, 3);
    expect_event(SW_EVENT_READY);
    ck_assert_int_eq(next_event(&event), SW_EVENT_DATA);
    ck_assert_uint_eq(event.chunk.band, SW_BAND_INFO_LOG);
    ck_assert_int_eq(send_command(&session, argv, 1), 1);
    peer_send_packet(SW_BAND_EXIT_FAILURE, 0);
    peer_send_packet(SW_BAND_ANY, 7);
    ck_assert_int_eq(next_event(&event), SW_EVENT_EXIT);
    ck_assert_int_eq(event.status, 1);
    expect_event(SW_EVENT_CLOSED);
    expect_event(SW_EVENT_NEED_MORE);
    ck_assert_uint_eq(sw_session_wants(&session), 0);
}
END_TEST

/* ---- server ---- */

static const struct {
    int commanded, uploading;
    uint8_t band;
    uint32_t size;
    size_t send;
    int closed;
    int code;
    uint64_t value, limit;
} server_cases[] = {
    { 0, 0, 0, 0, 0, 1, SW_E_NO_COMMAND, 0, 0 },
    { 0, 0, SW_BAND_COMMAND, 10, 12, 1, SW_E_TRUNCATED, 12, 15 },
    { 0, 0, SW_BAND_COMMAND, 4097, 5, 0, SW_E_PACKET_SIZE, 4097, 4096 },
    { 0, 0, SW_BAND_OUTPUT, 2, 7, 0, SW_E_BAND, SW_BAND_OUTPUT, SW_BAND_COMMAND },
    { 0, 0, SW_BAND_BLOB_DATA, 0, 5, 0, SW_E_BAND, SW_BAND_BLOB_DATA, SW_BAND_COMMAND },
    { 1, 0, SW_BAND_COMMAND, 2, 7, 0, SW_E_UNEXPECTED, SW_BAND_COMMAND, 0 },
    { 1, 0, SW_BAND_BLOB_DATA, 2, 7, 0, SW_E_UNEXPECTED, SW_BAND_BLOB_DATA, 0 },
    { 1, 0, SW_BAND_BLOB_DATA, 2, 6, 1, SW_E_UNEXPECTED, SW_BAND_BLOB_DATA, 0 },
    { 1, 1, SW_BAND_OUTPUT, 2, 7, 0, SW_E_BAND, SW_BAND_OUTPUT, SW_BAND_BLOB_DATA },
    { 1, 1, 0, 0, 0, 1, SW_E_UPLOAD, 0, 0 },
    { 1, 1, SW_BAND_BLOB_DATA, 5, 10, 1, SW_E_UPLOAD, 0, 0 },
    { 1, 1, SW_BAND_BLOB_DATA, 5, 9, 1, SW_E_TRUNCATED, 9, 10 },
};

START_TEST(server_errors)
{
    size_t taken;

    peer_start_server(SW_FEATURES_ALL);
    peer_drain();
    if (server_cases[_i].commanded) {
        peer_send_packet(SW_BAND_COMMAND, 3);
        expect_event(SW_EVENT_COMMAND);
    }
    if (server_cases[_i].uploading)
        ck_assert_int_eq(sw_session_send(&session, SW_BAND_AWAITING_DATA, NULL, 0, &taken), 1);
    if (server_cases[_i].send > 0)
        peer_send_part(server_cases[_i].band, server_cases[_i].size, server_cases[_i].send);
    if (server_cases[_i].closed)
        ck_assert_int_eq(sw_session_rx_end(&session), SW_OK);
    expect_error(server_cases[_i].code, server_cases[_i].value, server_cases[_i].limit);
}
END_TEST

START_TEST(server_legacy)
{
    sw_argument argv[2];
    sw_command_info out;
    sw_event event;
    int type;

    peer_start_server(0);
    peer_drain();
    peer_send_text("\nsi\nEnd of Comm");
    ck_assert_int_eq(sw_session_rx_end(&session), SW_OK);
    expect_error(SW_E_NO_COMMAND, 0, 0);
    peer_teardown();

    /* a command that does not end is given out for its syntax error to be reported */
    peer_setup();
    peer_start_server(0);
    peer_drain();
    for (size_t i = 0; i < PEER_RX_SIZE; i++) {
        peer_send_text("x");
        type = next_event(&event);
    }
    ck_assert_int_eq(type, SW_EVENT_COMMAND);
    ck_assert_uint_eq(event.chunk.len, PEER_RX_SIZE);
    ck_assert_int_eq(sw_session_arguments(&session, &event, argv, 2, &out, NULL), SW_E_COMMAND_SYNTAX);
}
END_TEST

/* Nobody asked for it: whatever comes is taken for an upload, as the client was not told to wait either. It may come
 * together with the command. */
START_TEST(server_legacy_upload)
{
    static const char *const commands[] = { "\nsi\nEnd of Command.\n", "\nlog\nEnd of Command.\n" };
    sw_event event;

    peer_start_server(0);
    peer_drain();
    peer_send_text(commands[_i % 2]);
    if (_i < 2)
        expect_event(SW_EVENT_COMMAND);
    peer_send_text("bytes");
    if (_i >= 2)
        expect_event(SW_EVENT_COMMAND);
    ck_assert_int_eq(next_event(&event), SW_EVENT_DATA);
    ck_assert_uint_eq(event.chunk.band, SW_BAND_BLOB_DATA);
    ck_assert_uint_eq(event.chunk.len, 5);
    ck_assert_mem_eq(event.chunk.data, "bytes", 5);
}
END_TEST

/* A client that closes its side after the command still gets the reply. The end is told once. */
START_TEST(server_half_closed)
{
    size_t taken, n;

    peer_start_server(_i == 0 ? 0 : SW_FEATURES_ALL);
    peer_drain();
    if (_i == 0)
        peer_send_text("\nsi\nEnd of Command.\n");
    else
        peer_send_packet(SW_BAND_COMMAND, 3);
    ck_assert_int_eq(sw_session_rx_end(&session), SW_OK);
    expect_event(SW_EVENT_COMMAND);
    expect_event(SW_EVENT_CLOSED);
    expect_event(SW_EVENT_NEED_MORE);
    ck_assert_uint_eq(sw_session_wants(&session), SW_WANT_APPLICATION);
    ck_assert_int_eq(sw_session_send(&session, SW_BAND_OUTPUT, "text", 4, &taken), 1);
    ck_assert_int_eq(sw_session_exit(&session, 0), 1);
    ck_assert_uint_eq(sw_session_wants(&session), SW_WANT_WRITE);
    expect_event(SW_EVENT_NEED_MORE);
    ck_assert_ptr_nonnull(sw_session_tx_bytes(&session, &n));
    peer_drain();
    expect_event(SW_EVENT_NEED_MORE);
    ck_assert_uint_eq(sw_session_wants(&session), 0);
}
END_TEST

/* Over is not 'close it': bytes that the client still sends are read and passed over until it closes,
 * or the exit packet under way would be lost with the connection. */
START_TEST(server_lingers)
{
    peer_start_server(_i == 0 ? 0 : SW_FEATURES_ALL);
    peer_drain();
    if (_i == 0)
        peer_send_text("\naddimg\nx\nEnd of Command.\n");
    else
        peer_send_packet(SW_BAND_COMMAND, 3);
    expect_event(SW_EVENT_COMMAND);
    ck_assert_int_eq(sw_session_exit(&session, 1), 1);
    if (_i > 0)
        ck_assert_uint_eq(sw_session_wants(&session), SW_WANT_READ | SW_WANT_WRITE);
    peer_drain();
    for (int i = 0; i < 100; i++) {
        size_t n;
        ck_assert_uint_eq(sw_session_wants(&session), SW_WANT_READ | SW_WANT_SHUTDOWN);
        ck_assert_ptr_nonnull(sw_session_rx_space(&session, &n));
        ck_assert_int_eq(sw_session_rx_commit(&session, n), SW_OK);
        ck_assert_uint_eq(sw_session_wants(&session), SW_WANT_SHUTDOWN);
        expect_event(SW_EVENT_NEED_MORE);
    }
    ck_assert_int_eq(sw_session_rx_end(&session), SW_OK);
    ck_assert_uint_eq(sw_session_wants(&session), 0);
    expect_event(SW_EVENT_CLOSED);
    expect_event(SW_EVENT_NEED_MORE);
    ck_assert_uint_eq(sw_session_wants(&session), 0);
}
END_TEST

static Suite *errors_suite(void)
{
    Suite *suite = suite_create("session, errors");
    TCase *tcase = suite_case(suite, "one session");

    tcase_add_checked_fixture(tcase, peer_setup, peer_teardown);
    tcase_add_loop_test(tcase, client_errors, 0, sizeof(client_cases) / sizeof(client_cases[0]));
    tcase_add_test(tcase, client_legacy);
    tcase_add_test(tcase, client_order);
    tcase_add_loop_test(tcase, server_errors, 0, sizeof(server_cases) / sizeof(server_cases[0]));
    tcase_add_test(tcase, server_legacy);
    tcase_add_loop_test(tcase, server_legacy_upload, 0, 4);
    tcase_add_loop_test(tcase, server_half_closed, 0, 2);
    tcase_add_loop_test(tcase, server_lingers, 0, 2);
    return suite;
}

int main(void)
{
    return run_suite(errors_suite());
}
