/* SPDX-License-Identifier: ISC */
/* Every sequence of a few calls on both sides of a session: where the indices of the buffers are, and whether each side
 * gets what the other one sent, all of it, once and in order.
 *
 *     enumerate_sessions MAX
 *
 * MAX: calls in a row. They begin where both sides are authenticated, and again where the command has come, in buffers that
 * are as small as they may be. With SIDEWIRE_DEEPER in the environment one call more. A call that changes nothing, and one
 * that fails, is the last one of its sequence. */
#include "wired.h"

#include "../support/fake_crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH_MAX = 8, RX = 640, TX_HANDSHAKE = SW_SESSION_TX_MIN, TX = 320, GUARD = 8, GUARD_BYTE = 0xa5 };

/* One side, and what its application knows. */
typedef struct side {
    sw_session session;
    uint8_t rx[RX + GUARD], tx[TX_HANDSHAKE + GUARD];
    size_t rx_size, tx_size;
    size_t sent, seen; /* bytes of OUTPUT or BLOB_DATA, which count up from 0 */
    size_t last;       /* of those, in the last event */
    int is_data, failed;
    int is_ambiguous; /* legacy: output may be the text that asks for the upload, or part of it */
    fake_crypto fake;
} side;

typedef struct world {
    side client, server;
} world;

static world w, saved[DEPTH_MAX + 1];
static wired_keys keys;
static sw_client_config client_config;
static sw_server_config server_config;
static const char *path[DEPTH_MAX + 1]; /* what was called */
static size_t depth;
static unsigned long long sequences;

static void wrong(const char *what)
{
    fprintf(stderr, "sessions: %s, after", what);
    for (size_t i = 0; i < depth; i++)
        fprintf(stderr, " %s", path[i]);
    fprintf(stderr, "\n");
    abort();
}

/* ---- what holds at any time ---- */

static void check_side(const side *s)
{
    const sw_session *n = &s->session;
    static const uint8_t guard[GUARD] = { GUARD_BYTE, GUARD_BYTE, GUARD_BYTE, GUARD_BYTE,
                                          GUARD_BYTE, GUARD_BYTE, GUARD_BYTE, GUARD_BYTE };

    if (n->rx_keep > n->rx_start || n->rx_start + n->rx_text + n->rx_skip > n->rx_end || n->rx_end > n->rx_cap)
        wrong("the receive buffer's indices are out of order");
    if ((n->features & SW_FEATURE_SIDEBAND) && !(n->features & SW_FEATURES_SEALED) &&
        n->rx_raw > n->rx_end - n->rx_start)
        wrong("more is to be decrypted than there is");
    if (n->tx_start > n->tx_end || n->tx_end > n->tx_cap || n->tx_open > n->tx_end - n->tx_start ||
        n->tx_clear > n->tx_end - n->tx_start || (n->tx_clear > 0 && n->tx_open > 0) ||
        (n->tx_open > 0 && n->tx_cap - n->tx_end < SW_RECORD_TAG_SIZE))
        wrong("the transmit buffer's indices are out of order");
    if (memcmp(s->rx + s->rx_size, guard, GUARD) != 0 || memcmp(s->tx + s->tx_size, guard, GUARD) != 0)
        wrong("bytes behind a buffer were written");
}

/* Bytes that came are those that were sent next. */
static void check_bytes(side *to, const side *from, const sw_chunk *chunk)
{
    for (size_t i = 0; i < chunk->len && !from->is_ambiguous; i++)
        if (chunk->data[i] != (uint8_t)(to->seen + i))
            wrong("a byte came that was not the next one");
    to->seen += chunk->len;
    if (to->seen > from->sent && !from->is_ambiguous)
        wrong("more came than was sent");
}

/* ---- calls ---- */

static void result_of(side *s, int result)
{
    s->failed |= result < 0;
}

static void send_bytes(side *s, uint8_t band, size_t n)
{
    uint8_t bytes[64];
    size_t taken;

    for (size_t i = 0; i < n; i++)
        bytes[i] = (uint8_t)(s->sent + i);
    result_of(s, sw_session_send(&s->session, band, n > 0 ? bytes : NULL, n, &taken));
    s->sent += taken;
    s->is_ambiguous |= band == SW_BAND_AWAITING_DATA && sw_session_is_legacy(&s->session);
}

static void next_event(side *s, const side *peer)
{
    sw_event event;
    int type = sw_session_next(&s->session, &event);

    result_of(s, type);
    s->is_data = type == SW_EVENT_DATA;
    s->last = s->is_data ? event.chunk.len : 0;
    if (s->is_data)
        check_bytes(s, peer, &event.chunk);
    if (type == SW_EVENT_EXIT && s->seen != peer->sent)
        wrong("the exit came before all of the output");
}

static void defer(side *s, size_t taken)
{
    int before = s->session.is_deferred;
    int result = sw_session_defer(&s->session, taken);

    result_of(s, result);
    if (result < 0 || !s->is_data)
        return;
    if (before)
        s->seen += taken;
    else if (s->session.is_deferred)
        s->seen -= s->last - taken;
    if (s->session.is_deferred)
        s->last -= taken;
}

/* Takes the receive buffer back, and lends it again with other bytes in it. */
static void exchange(side *s)
{
    int result = sw_session_lend_rx(&s->session, NULL, 0);

    result_of(s, result);
    if (result <= 0)
        return;
    memset(s->rx, 0xee, s->rx_size);
    result_of(s, sw_session_lend_rx(&s->session, s->rx, s->rx_size));
}

static void command(side *s)
{
    static const sw_argument argv[] = { { "stat", 4 }, { "-p", 2 } };

    result_of(s, sw_session_command(&s->session, argv, 2, 1));
}

static void act(unsigned call)
{
    side *c = &w.client, *s = &w.server;

    switch (call) {
    case 0:
        path[depth] = "client:next";
        next_event(c, s);
        break;
    case 1:
        path[depth] = "server:next";
        next_event(s, c);
        break;
    case 2:
        path[depth] = "move:to-client:1";
        (void)wired_move(&s->session, &c->session, 1);
        break;
    case 3:
        path[depth] = "move:to-client";
        (void)wired_move(&s->session, &c->session, 0);
        break;
    case 4:
        path[depth] = "move:to-server:1";
        (void)wired_move(&c->session, &s->session, 1);
        break;
    case 5:
        path[depth] = "move:to-server";
        (void)wired_move(&c->session, &s->session, 0);
        break;
    case 6:
        path[depth] = "server:send:1";
        send_bytes(s, SW_BAND_OUTPUT, 1);
        break;
    case 7:
        path[depth] = "server:send:60";
        send_bytes(s, SW_BAND_OUTPUT, 60);
        break;
    case 8:
        path[depth] = "server:awaiting";
        send_bytes(s, SW_BAND_AWAITING_DATA, 0);
        break;
    case 9:
        path[depth] = "server:exit";
        result_of(s, sw_session_exit(&s->session, 0));
        break;
    case 10:
        path[depth] = "client:command";
        command(c);
        break;
    case 11:
        path[depth] = "client:upload:3";
        send_bytes(c, SW_BAND_BLOB_DATA, 3);
        break;
    case 12:
        path[depth] = "client:upload:0";
        send_bytes(c, SW_BAND_BLOB_DATA, 0);
        break;
    case 13:
        path[depth] = "client:defer:0";
        defer(c, 0);
        break;
    case 14:
        path[depth] = "client:defer:1";
        defer(c, 1);
        break;
    case 15:
        path[depth] = "server:defer:0";
        defer(s, 0);
        break;
    case 16:
        path[depth] = "server:defer:1";
        defer(s, 1);
        break;
    case 17:
        path[depth] = "client:exchange";
        exchange(c);
        break;
    case 18:
        path[depth] = "server:exchange";
        exchange(s);
        break;
    case 19:
        path[depth] = "client:end";
        (void)sw_session_rx_end(&c->session);
        break;
    default: path[depth] = "server:end"; (void)sw_session_rx_end(&s->session);
    }
}

enum { CALLS = 21 };

static void extend(unsigned left)
{
    sequences++;
    if (left == 0 || w.client.failed || w.server.failed)
        return;
    memcpy(&saved[depth], &w, sizeof(w));
    for (unsigned call = 0; call < CALLS; call++) {
        act(call);
        depth++;
        check_side(&w.client);
        check_side(&w.server);
        depth--;
        if (memcmp(&saved[depth], &w, sizeof(w)) == 0)
            continue;
        depth++;
        extend(left - 1);
        depth--;
        memcpy(&w, &saved[depth], sizeof(w));
    }
}

/* ---- where the sequences begin ---- */

static void start_side(side *s, int is_server, unsigned features, uint64_t seed)
{
    memset(s, 0, sizeof(*s));
    s->rx_size = features & SW_FEATURES_SEALED ? RX : SW_SESSION_RX_MIN;
    s->tx_size = TX_HANDSHAKE;
    memset(s->rx, GUARD_BYTE, sizeof(s->rx));
    memset(s->tx, GUARD_BYTE, sizeof(s->tx));
    fake_crypto_init(&s->fake, seed);
    if (is_server) {
        server_config = wired_server(&s->fake.table, &keys, features);
        wired_must(sw_session_server(&s->session, &server_config, s->rx, s->rx_size, s->tx, s->tx_size), SW_OK,
                   &s->session, "server");
    } else {
        client_config = wired_client(&s->fake.table, &keys, features);
        wired_must(sw_session_client(&s->session, &client_config, s->rx, s->rx_size, s->tx, s->tx_size), SW_OK,
                   &s->session, "client");
    }
}

/* One round of both sides. Returns how many are ready by it. */
static int authenticate(sw_session *c, sw_session *s)
{
    sw_event event;
    int ready = 0;
    int type = sw_session_next(s, &event);

    if (type == SW_EVENT_KEY)
        (void)sw_session_key(s, &keys.known);
    ready += type == SW_EVENT_READY;
    type = sw_session_next(c, &event);
    if (type == SW_EVENT_SERVER_KEY)
        (void)sw_session_accept(c, 1);
    ready += type == SW_EVENT_READY;
    if (wired_move(s, c, 0) > 0)
        (void)sw_session_greeting_end(c);
    if (wired_move(c, s, 0) > 0)
        (void)sw_session_burst_end(s);
    return ready;
}

/* A transmit buffer of the least size from now on. */
static void lend_small(side *s, unsigned features)
{
    s->tx_size = features & SW_FEATURES_SEALED ? TX : SW_SESSION_LEND_TX_MIN;
    memset(s->tx, GUARD_BYTE, sizeof(s->tx));
    wired_must(sw_session_lend_tx(&s->session, s->tx, s->tx_size), 1, &s->session, "small buffer");
}

static void start(unsigned features)
{
    int ready = 0;

    start_side(&w.client, 0, features, 1);
    start_side(&w.server, 1, features, 2);
    for (int round = 0; ready < 2; round++) {
        if (round == 100)
            wrong("the handshake did not end");
        ready += authenticate(&w.client.session, &w.server.session);
    }
    lend_small(&w.client, features);
    lend_small(&w.server, features);
}

static void deliver_command(void)
{
    sw_event event;

    command(&w.client);
    (void)wired_move(&w.client.session, &w.server.session, 0);
    wired_must(sw_session_next(&w.server.session, &event), SW_EVENT_COMMAND, &w.server.session, "command");
}

int main(int argc, char **argv)
{
    static const unsigned features[] = { 0, SW_FEATURE_SIDEBAND, SW_FEATURES_ALL,
                                         SW_FEATURES_ALL | SW_FEATURES_SEALED };
    unsigned most = argc == 2 ? (unsigned)strtoul(argv[1], NULL, 10) + (getenv("SIDEWIRE_DEEPER") != NULL) : 0;

    if (most == 0 || most > DEPTH_MAX) {
        fprintf(stderr, "usage: enumerate_sessions MAX\n");
        return 2;
    }
    wired_keys_make(&keys, SW_KEY_RSA);
    for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
        start(features[i]);
        extend(most);
        start(features[i]);
        deliver_command();
        extend(most);
    }
    printf("%llu sequences, no difference\n", sequences);
    return 0;
}
