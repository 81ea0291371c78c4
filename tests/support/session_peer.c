/* SPDX-License-Identifier: ISC */
#include "session_peer.h"

#include "fake_crypto.h"
#include "suite.h"
#include "support.h"
#include "wired.h"

#include <string.h>

static wired_keys keys;
static fake_crypto fake, peer_fake;
static sw_client_config client_config;
static sw_server_config server_config;
sw_session session;
static uint8_t rx[PEER_RX_SIZE], tx[4096];

/* The peer: handshake, then packets as the test says. */
static struct {
    sw_handshake handshake;
    uint8_t scratch[SW_SCRATCH_FULL];
    sw_cipher in, out;
    sw_encoder encoder;
} peer;

void peer_setup(void)
{
    fake_crypto_init(&fake, 1);
    fake_crypto_init(&peer_fake, 2);
    wired_keys_make(&keys, SW_KEY_RSA);
    client_config = wired_client(&fake.table, &keys, 0);
    server_config = wired_server(&fake.table, &keys, 0);
}

void peer_teardown(void)
{
    sw_session_wipe(&session);
    sw_handshake_wipe(&peer.handshake);
    sw_cipher_wipe(&peer.in);
    sw_cipher_wipe(&peer.out);
}

/* ---- wiring ---- */

static void peer_deliver(const void *data, size_t len)
{
    const uint8_t *p = data;

    for (size_t n; len > 0; p += n, len -= n) {
        n = wired_give(&session, p, len);
        ck_assert_uint_gt(n, 0);
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
        if (sw_session_next(&session, &event) == SW_EVENT_KEY)
            ck_assert_int_eq(sw_session_key(&session, &keys.known), SW_OK);
        if (sw_handshake_step(&peer.handshake) == SW_STEP_KEY)
            ck_assert_int_eq(sw_handshake_key(&peer.handshake, &keys.known), SW_OK);
        out = sw_session_tx_bytes(&session, &len);
        going = len > 0;
        copy = bytes_copy(out, len);
        while (at < len && sw_handshake_step(&peer.handshake) == SW_STEP_RECV) {
            size_t used;
            ck_assert_int_eq(sw_handshake_recv(&peer.handshake, copy.data + at, len - at, &used), SW_OK);
            at += used;
        }
        bytes_free(&copy);
        ck_assert_int_eq(sw_session_tx_drain(&session, at), SW_OK);
        going = at > 0;
        sw_handshake_burst_end(&peer.handshake);
        if (peer.handshake.client != NULL)
            sw_handshake_greeting_end(&peer.handshake);
        out = sw_handshake_output(&peer.handshake, &len);
        if (out != NULL) {
            peer_deliver(out, len);
            ck_assert_int_eq(sw_handshake_sent(&peer.handshake, len), SW_OK);
            going = 1;
            sw_session_next(&session, &event);
        }
        sw_session_burst_end(&session);
        if (peer.handshake.server != NULL)
            sw_session_greeting_end(&session);
        going |= sw_handshake_step(&peer.handshake) == SW_STEP_KEY;
        going |= sw_session_wants(&session) == SW_WANT_APPLICATION;
    }
    ck_assert_int_eq(sw_handshake_finish(&peer.handshake, &peer.in, &peer.out), SW_OK);
    sw_encoder_init(&peer.encoder);
    sw_encoder_set_cipher(&peer.encoder, &peer.out);
}

void peer_start_client(unsigned features)
{
    static sw_server_config config;

    config = server_config;
    config.crypto = &peer_fake.table;
    config.policy = (sw_policy){ features, 1, 1, 1, 0 };
    client_config.policy = config.policy;
    ck_assert_int_eq(sw_handshake_server(&peer.handshake, &config, peer.scratch, sizeof(peer.scratch)), SW_OK);
    ck_assert_int_eq(sw_session_client(&session, &client_config, rx, sizeof(rx), tx, sizeof(tx)), SW_OK);
    authenticate();
}

void peer_start_server(unsigned features)
{
    static sw_client_config config;

    config = client_config;
    config.crypto = &peer_fake.table;
    config.policy = (sw_policy){ features, 1, 1, 1, 0 };
    server_config.policy = config.policy;
    ck_assert_int_eq(sw_handshake_client(&peer.handshake, &config, peer.scratch, sizeof(peer.scratch)), SW_OK);
    ck_assert_int_eq(sw_session_server(&session, &server_config, rx, sizeof(rx), tx, sizeof(tx)), SW_OK);
    authenticate();
}

void peer_drain(void)
{
    size_t n;

    sw_session_tx_bytes(&session, &n);
    ck_assert_int_eq(sw_session_tx_drain(&session, n), SW_OK);
}

void peer_send_part(uint8_t band, uint32_t size, size_t send)
{
    uint8_t header[SW_HEADER_SIZE];

    ck_assert_int_eq(sw_encoder_begin(&peer.encoder, band, size, header), SW_OK);
    peer_deliver(header, send < SW_HEADER_SIZE ? send : SW_HEADER_SIZE);
    for (size_t i = SW_HEADER_SIZE; i < send; i++) {
        uint8_t byte = 'x';
        ck_assert_int_eq(sw_encoder_body(&peer.encoder, &byte, &byte, 1), SW_OK);
        peer_deliver(&byte, 1);
    }
}

void peer_send_packet(uint8_t band, uint32_t size)
{
    peer_send_part(band, size, SW_HEADER_SIZE + size);
}

void peer_send_text(const char *text)
{
    bytes copy = bytes_copy(text, strlen(text));

    ck_assert_int_eq(sw_cipher_apply(&peer.out, copy.data, copy.data, copy.len), SW_OK);
    peer_deliver(copy.data, copy.len);
    bytes_free(&copy);
}

int next_event(sw_event *event)
{
    memset(event, 0xa5, sizeof(*event));
    return sw_session_next(&session, event);
}

void expect_event(int type)
{
    sw_event event;

    ck_assert_int_eq(next_event(&event), type);
}
