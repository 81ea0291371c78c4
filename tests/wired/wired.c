/* SPDX-License-Identifier: ISC */
#include "wired.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../support/fake_crypto.h"

enum { KEY_BITS = 2048, KEY_SEED = 3 };

void wired_must(int result, int wanted, const sw_session *session, const char *what)
{
    sw_error error = sw_session_error(session);
    char text[256];

    if (result == wanted)
        return;
    sw_error_format(&error, text, sizeof(text));
    fprintf(stderr, "%s: %d instead of %d: %s\n", what, result, wanted, text);
    abort();
}

/* ---- the wire ---- */

size_t wired_give(sw_session *to, const void *bytes, size_t len)
{
    size_t room;
    uint8_t *space = sw_session_rx_space(to, &room);
    size_t n = len < room ? len : room;

    if (n == 0)
        return 0;
    memcpy(space, bytes, n);
    wired_must(sw_session_rx_commit(to, n), SW_OK, to, "bytes received");
    return n;
}

size_t wired_move(sw_session *from, sw_session *to, size_t most)
{
    size_t len, n;
    const uint8_t *bytes = sw_session_tx_bytes(from, &len);

    if (most > 0 && len > most)
        len = most;
    n = wired_give(to, bytes, len);
    if (n > 0)
        wired_must(sw_session_tx_drain(from, n), SW_OK, from, "bytes sent");
    return n;
}

/* ---- applications ---- */

/* The next piece of it. */
static int send_piece(sw_session *session, uint8_t band, wired_body *body)
{
    size_t taken;
    int result =
        sw_session_send(session, band, body->len > 0 ? body->data + body->at : NULL, body->len - body->at, &taken);

    body->at += taken;
    return result;
}

int wired_reply(sw_session *server, wired_body *body, int status)
{
    int result;

    if (body->ended)
        return 0;
    if (body->at < body->len)
        return send_piece(server, SW_BAND_OUTPUT, body);
    result = sw_session_exit(server, status);
    body->ended = result == 1;
    return result;
}

int wired_upload(sw_session *client, wired_body *body)
{
    int is_last = body->at == body->len;
    int result = body->ended ? 0 : send_piece(client, SW_BAND_BLOB_DATA, body);

    body->ended |= is_last && result == 1;
    return result;
}

/* ---- who they are ---- */

void wired_keys_make(wired_keys *keys, sw_key_type type)
{
    fake_crypto maker;
    sw_crypto *table = &maker.table;

    memset(keys, 0, sizeof(*keys));
    fake_crypto_init(&maker, KEY_SEED);
    memset(keys->server_key.secret, 7, sizeof(keys->server_key.secret));
    table->x25519_public(&maker, keys->server_key.public_half, keys->server_key.secret);
    if (type == SW_KEY_RSA) {
        fake_key_pair(&keys->rsa, &keys->known, KEY_BITS, KEY_SEED);
        return;
    }
    memset(keys->ed25519.secret, 9, sizeof(keys->ed25519.secret));
    table->ed25519_public(&maker, keys->ed25519.public_half, keys->ed25519.secret);
    keys->known.type = SW_KEY_ED25519;
    memcpy(keys->known.ed25519, keys->ed25519.public_half, sizeof(keys->known.ed25519));
}

static sw_policy policy_of(unsigned features)
{
    int is_plain = !(features & SW_FEATURES_SEALED);

    return (sw_policy){ features, is_plain, is_plain, is_plain, 0 };
}

sw_client_config wired_client(const sw_crypto *crypto, const wired_keys *keys, unsigned features)
{
    sw_client_config config = { .crypto = crypto, .policy = policy_of(features), .user = "bob" };

    if (keys->known.type == SW_KEY_ED25519)
        config.public_key = &keys->known;
    else
        config.key = sw_private_key_view(&keys->rsa);
    return config;
}

sw_server_config wired_server(const sw_crypto *crypto, const wired_keys *keys, unsigned features)
{
    return (sw_server_config){
        .crypto = crypto, .policy = policy_of(features), .decoy_secret = { 1 }, .server_key = &keys->server_key
    };
}
