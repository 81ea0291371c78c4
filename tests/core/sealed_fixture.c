/* SPDX-License-Identifier: ISC */
#include "sealed_fixture.h"

#include <string.h>

fake_crypto fakes[2];
wired_keys keys;
sw_client_config client_config;
sw_server_config server_config;
sw_session client, server;
uint8_t buffers[4][SEALED_TX];
char long_name[300];

void sealed_setup(void)
{
    fake_crypto_init(&fakes[0], 11);
    fake_crypto_init(&fakes[1], 22);
    wired_keys_make(&keys, SW_KEY_ED25519);
    client_config = wired_client(&fakes[0].table, &keys, SW_FEATURES_SEALED);
    server_config = wired_server(&fakes[1].table, &keys, SW_FEATURES_SEALED);
    memset(long_name, 'n', sizeof(long_name) - 1);
}

void sealed_teardown(void)
{
    sw_session_wipe(&client);
    sw_session_wipe(&server);
    ck_assert_uint_eq(fakes[0].aead_states + fakes[1].aead_states, 0);
}

void sealed_open(size_t rx)
{
    ck_assert_int_eq(sw_session_client(&client, &client_config, buffers[0], SEALED_RX, buffers[1], SEALED_TX),
                     SW_OK);
    ck_assert_int_eq(sw_session_server(&server, &server_config, buffers[2], rx, buffers[3], SEALED_TX), SW_OK);
}

void sealed_move(void)
{
    size_t n;

    do {
        n = wired_move(&client, &server, 0) + wired_move(&server, &client, 0);
        (void)sw_session_burst_end(&server);
    } while (n > 0);
}

/* The next event of a side, with what the other has to say for it. */
int sealed_next(sw_session *s, sw_event *event)
{
    int type;

    for (int i = 0; i < 8; i++) {
        type = sw_session_next(s, event);
        if (type != SW_EVENT_NEED_MORE)
            return type;
        sealed_move();
        if (s == &client)
            (void)sw_session_next(&server, event);
        else
            (void)sw_session_next(&client, event);
        sealed_move();
    }
    return type;
}

int sealed_sign(const sw_event *event)
{
    uint8_t blob[SW_SSH_SIGNATURE_MAX];
    size_t len;

    ck_assert_int_eq(sw_ssh_sign(&fakes[0].table, NULL, &keys.ed25519, event->message, SW_SSHSIG_SIZE, blob,
                                 sizeof(blob), &len),
                     SW_OK);
    return sw_session_sign(&client, blob, len);
}

/* Until the client is to sign. */
void sealed_shake_hands(size_t rx, sw_event *event)
{
    sealed_open(rx);
    ck_assert_int_eq(sealed_next(&client, event), SW_EVENT_SERVER_KEY);
    ck_assert_int_eq(sw_session_accept(&client, 1), SW_OK);
    ck_assert_int_eq(sealed_next(&client, event), SW_EVENT_SIGN);
}

void sealed_authenticate(size_t rx)
{
    sw_event event;

    sealed_shake_hands(rx, &event);
    ck_assert_int_eq(sealed_sign(&event), SW_OK);
    ck_assert_int_eq(sealed_next(&client, &event), SW_EVENT_READY);
    ck_assert_int_eq(sealed_next(&server, &event), SW_EVENT_KEY);
    ck_assert_int_eq(sw_session_key(&server, &keys.known), SW_OK);
    ck_assert_int_eq(sealed_next(&server, &event), SW_EVENT_READY);
    sealed_move();
}
