/* One session against a peer that is made of the bare parts and may send anything at any time. */
#include "fake_crypto.h"
#include "handshake_pair.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

static sw_private_key private_key;
static sw_public_key public_key;
static fake_crypto fake, peer_fake;
static sw_client_config client_config;
static sw_server_config server_config;
static sw_session session;
static uint8_t rx[4096], tx[4096];

/* The peer: handshake, then packets as the test says. */
static struct {
    sw_handshake handshake;
    uint8_t scratch[SW_SCRATCH_FULL];
    sw_cipher in, out;
    sw_encoder encoder;
} peer;

static void setup(void)
{
    fake_crypto_init(&fake, 1);
    fake_crypto_init(&peer_fake, 2);
    fake_key_pair(&private_key, &public_key, 2048, 3);
    memset(&client_config, 0, sizeof(client_config));
    client_config.struct_size = sizeof(client_config);
    client_config.crypto = &fake.table;
    client_config.user = "bob";
    client_config.key = &private_key;
    memset(&server_config, 0, sizeof(server_config));
    server_config.struct_size = sizeof(server_config);
    server_config.crypto = &fake.table;
}

static void teardown(void)
{
    sw_session_wipe(&session);
    sw_handshake_wipe(&peer.handshake);
    sw_cipher_wipe(&peer.in);
    sw_cipher_wipe(&peer.out);
}

/* ---- wiring ---- */

static int next(sw_event *event)
{
    return sw_session_next(&session, event);
}

static void deliver(const void *data, size_t len)
{
    const uint8_t *p = data;

    while (len > 0) {
        size_t room;
        uint8_t *space = sw_session_rx_space(&session, &room);
        ck_assert_uint_gt(room, 0);
        room = room < len ? room : len;
        memcpy(space, p, room);
        ck_assert_int_eq(sw_session_rx_commit(&session, room), SW_OK);
        p += room;
        len -= room;
    }
}

/* Runs the handshake up to the peer's ciphers. */
static void authenticate(void)
{
    int going = 1;

    while (going) {
        sw_event event;
        size_t len, at = 0;
        const uint8_t *out;
        bytes copy;
        if (next(&event) == SW_EVENT_KEY)
            ck_assert_int_eq(sw_session_key(&session, &public_key), SW_OK);
        if (sw_handshake_step(&peer.handshake) == SW_STEP_KEY)
            ck_assert_int_eq(sw_handshake_key(&peer.handshake, &public_key), SW_OK);
        out = sw_session_tx_bytes(&session, &len);
        going = len > 0;
        copy = bytes_copy(out, len);
        while (at < len && sw_handshake_step(&peer.handshake) == SW_STEP_RECV) {
            size_t used;
            ck_assert_int_eq(sw_handshake_recv(&peer.handshake, copy.data + at, len - at, &used),
                             SW_OK);
            at += used;
        }
        bytes_free(&copy);
        ck_assert_int_eq(sw_session_tx_drain(&session, at), SW_OK);
        going = at > 0;
        sw_handshake_quiet(&peer.handshake);
        out = sw_handshake_output(&peer.handshake, &len);
        if (out != NULL) {
            deliver(out, len);
            ck_assert_int_eq(sw_handshake_sent(&peer.handshake, len), SW_OK);
            going = 1;
            next(&event);
        }
        sw_session_rx_quiet(&session);
        going |= sw_handshake_step(&peer.handshake) == SW_STEP_KEY;
        going |= sw_session_wants(&session) == SW_WANT_APPLICATION;
    }
    ck_assert_int_eq(sw_handshake_finish(&peer.handshake, &peer.in, &peer.out), SW_OK);
    sw_encoder_init(&peer.encoder);
    sw_encoder_set_cipher(&peer.encoder, &peer.out);
}

/* The session under test is a client, its peer a server. */
static void start_client(unsigned features)
{
    static sw_server_config config;

    config = server_config;
    config.crypto = &peer_fake.table;
    config.policy = (sw_policy){ features, 1, 1 };
    client_config.policy = config.policy;
    ck_assert_int_eq(sw_handshake_server(&peer.handshake, &config, peer.scratch,
                                         sizeof(peer.scratch)), SW_OK);
    ck_assert_int_eq(sw_session_client(&session, &client_config, rx, sizeof(rx), tx, sizeof(tx)),
                     SW_OK);
    authenticate();
}

static void start_server(unsigned features)
{
    static sw_client_config config;

    config = client_config;
    config.crypto = &peer_fake.table;
    config.policy = (sw_policy){ features, 1, 1 };
    server_config.policy = config.policy;
    ck_assert_int_eq(sw_handshake_client(&peer.handshake, &config, peer.scratch,
                                         sizeof(peer.scratch)), SW_OK);
    ck_assert_int_eq(sw_session_server(&session, &server_config, rx, sizeof(rx), tx, sizeof(tx)),
                     SW_OK);
    authenticate();
}

static void drain(void)
{
    size_t n;

    sw_session_tx_bytes(&session, &n);
    ck_assert_int_eq(sw_session_tx_drain(&session, n), SW_OK);
}

/* The peer sends the first `send` bytes of a packet of `size` bytes of body. */
static void send_part(uint8_t band, uint32_t size, size_t send)
{
    uint8_t header[SW_HEADER_SIZE];

    ck_assert_int_eq(sw_encoder_begin(&peer.encoder, band, size, header), SW_OK);
    deliver(header, send < SW_HEADER_SIZE ? send : SW_HEADER_SIZE);
    for (size_t i = SW_HEADER_SIZE; i < send; i++) {
        uint8_t byte = 'x';
        ck_assert_int_eq(sw_encoder_body(&peer.encoder, &byte, &byte, 1), SW_OK);
        deliver(&byte, 1);
    }
}

static void send_packet(uint8_t band, uint32_t size)
{
    send_part(band, size, SW_HEADER_SIZE + size);
}

static void send_text(const char *text)
{
    bytes copy = bytes_copy(text, strlen(text));

    ck_assert_int_eq(sw_cipher_apply(&peer.out, copy.data, copy.data, copy.len), SW_OK);
    deliver(copy.data, copy.len);
    bytes_free(&copy);
}

/* The session fails in this way, stays so, and holds no key any more. */
static void expect_error(int code, uint64_t value, uint64_t limit)
{
    static const sw_cipher no_cipher;
    sw_event event;
    size_t n;

    while ((n = (size_t)next(&event)) == SW_EVENT_DATA)
        ;
    ck_assert_int_eq(next(&event), code);
    check_error("session", sw_session_error(&session), code, value, limit);
    ck_assert_mem_eq(&session.in, &no_cipher, sizeof(no_cipher));
    ck_assert_mem_eq(&session.out, &no_cipher, sizeof(no_cipher));
    ck_assert_int_eq(sw_session_rx_commit(&session, 0), code);
    ck_assert_int_eq(sw_session_rx_quiet(&session), code);
    ck_assert_int_eq(sw_session_rx_end(&session), code);
    ck_assert_int_eq(sw_session_tx_drain(&session, 0), code);
    ck_assert_int_eq(sw_session_key(&session, NULL), code);
    ck_assert_int_eq(sw_session_command(&session, NULL, 0), code);
    ck_assert_int_eq(sw_session_send(&session, SW_BAND_OUTPUT, NULL, 0, &n), code);
    ck_assert_int_eq(sw_session_exit(&session, 0), code);
    ck_assert_uint_eq(sw_session_wants(&session), 0);
    ck_assert_ptr_null(sw_session_rx_space(&session, &n));
    ck_assert_ptr_null(sw_session_tx_bytes(&session, &n));
    ck_assert_uint_eq(n, 0);
}

static void expect_event(int type)
{
    sw_event event;

    ck_assert_int_eq(next(&event), type);
}

/* ---- client ---- */

static const struct {
    int proceeded, commanded;   /* how far the session is */
    uint8_t band;
    uint32_t size;
    size_t send;                /* bytes of the packet that come; 0: none */
    int closed;                 /* and then the peer closes */
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
    { 1, 1, SW_BAND_EXIT_SUCCESS, 2, 7, 0, SW_E_NOT_EMPTY, 2, SW_BAND_EXIT_SUCCESS },
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

    start_client(SW_FEATURES_ALL);
    if (client_cases[_i].proceeded) {
        send_packet(SW_BAND_PROCEED, 0);
        expect_event(SW_EVENT_READY);
    }
    if (client_cases[_i].commanded) {
        ck_assert_int_eq(sw_session_command(&session, argv, 1), 1);
        drain();
    }
    if (client_cases[_i].send > 0)
        send_part(client_cases[_i].band, client_cases[_i].size, client_cases[_i].send);
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
        setup();
        start_client(0);
        send_text(cases[i].text);
        ck_assert_int_eq(sw_session_rx_end(&session), SW_OK);
        expect_error(cases[i].code, 0, 0);
        teardown();
    }
    setup();
    start_client(0);
    send_text("Proceed.rest");
    expect_event(SW_EVENT_READY);
    ck_assert_int_eq(next(&event), SW_EVENT_DATA);
    ck_assert_uint_eq(event.chunk.len, 4);
    ck_assert_mem_eq(event.chunk.data, "rest", 4);
}
END_TEST

/* Output may come before the command is sent; what follows an exit packet is not looked at. */
START_TEST(client_order)
{
    const char *argv[] = { "si" };
    sw_event event;

    start_client(SW_FEATURES_ALL);
    send_packet(SW_BAND_PROCEED, 0);
    send_packet(SW_BAND_INFO_LOG, 3);
    expect_event(SW_EVENT_READY);
    ck_assert_int_eq(next(&event), SW_EVENT_DATA);
    ck_assert_uint_eq(event.chunk.band, SW_BAND_INFO_LOG);
    ck_assert_int_eq(sw_session_command(&session, argv, 1), 1);
    send_packet(SW_BAND_EXIT_FAILURE, 0);
    send_packet(SW_BAND_ANY, 7);
    ck_assert_int_eq(next(&event), SW_EVENT_EXIT);
    ck_assert_int_eq(event.status, 1);
    expect_event(SW_EVENT_CLOSED);
    expect_event(SW_EVENT_CLOSED);
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

    start_server(SW_FEATURES_ALL);
    drain();
    if (server_cases[_i].commanded) {
        send_packet(SW_BAND_COMMAND, 3);
        expect_event(SW_EVENT_COMMAND);
    }
    if (server_cases[_i].uploading)
        ck_assert_int_eq(sw_session_send(&session, SW_BAND_AWAITING_DATA, NULL, 0, &taken), 1);
    if (server_cases[_i].send > 0)
        send_part(server_cases[_i].band, server_cases[_i].size, server_cases[_i].send);
    if (server_cases[_i].closed)
        ck_assert_int_eq(sw_session_rx_end(&session), SW_OK);
    expect_error(server_cases[_i].code, server_cases[_i].value, server_cases[_i].limit);
}
END_TEST

START_TEST(server_legacy)
{
    sw_argument argv[2];
    sw_arguments out;
    sw_event event;
    int type;

    start_server(0);
    drain();
    send_text("\nsi\nEnd of Comm");
    ck_assert_int_eq(sw_session_rx_end(&session), SW_OK);
    expect_error(SW_E_NO_COMMAND, 0, 0);
    teardown();

    /* a command that does not end is given out for its syntax error to be reported */
    setup();
    start_server(0);
    drain();
    for (size_t i = 0; i < sizeof(rx); i++) {
        send_text("x");
        type = next(&event);
    }
    ck_assert_int_eq(type, SW_EVENT_COMMAND);
    ck_assert_uint_eq(event.chunk.len, sizeof(rx));
    ck_assert_int_eq(sw_session_arguments(&session, &event, argv, 2, &out, NULL),
                     SW_E_COMMAND_SYNTAX);
}
END_TEST

/* A client that closes its side after the command still gets the reply. */
START_TEST(server_half_closed)
{
    size_t taken, n;

    start_server(_i == 0 ? 0 : SW_FEATURES_ALL);
    drain();
    if (_i == 0)
        send_text("\nsi\nEnd of Command.\n");
    else
        send_packet(SW_BAND_COMMAND, 3);
    ck_assert_int_eq(sw_session_rx_end(&session), SW_OK);
    expect_event(SW_EVENT_COMMAND);
    expect_event(SW_EVENT_CLOSED);
    ck_assert_uint_eq(sw_session_wants(&session), SW_WANT_APPLICATION);
    ck_assert_int_eq(sw_session_send(&session, SW_BAND_OUTPUT, "text", 4, &taken), 1);
    ck_assert_int_eq(sw_session_exit(&session, 0), 1);
    ck_assert_uint_eq(sw_session_wants(&session), SW_WANT_WRITE);
    expect_event(SW_EVENT_NEED_MORE);
    ck_assert_ptr_nonnull(sw_session_tx_bytes(&session, &n));
    drain();
    expect_event(SW_EVENT_CLOSED);
    ck_assert_uint_eq(sw_session_wants(&session), 0);
}
END_TEST

static Suite *errors_suite(void)
{
    Suite *suite = suite_create("session, errors");
    TCase *tcase = suite_case(suite, "one session");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, client_errors, 0, sizeof(client_cases) / sizeof(client_cases[0]));
    tcase_add_test(tcase, client_legacy);
    tcase_add_test(tcase, client_order);
    tcase_add_loop_test(tcase, server_errors, 0, sizeof(server_cases) / sizeof(server_cases[0]));
    tcase_add_test(tcase, server_legacy);
    tcase_add_loop_test(tcase, server_half_closed, 0, 2);
    return suite;
}

int main(void)
{
    return run_suite(errors_suite());
}
