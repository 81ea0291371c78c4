/* SPDX-License-Identifier: ISC */
#include "session_pair.h"
#include "send_command.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

void session_pair_start(session_pair *pair, unsigned features, size_t client_rx, size_t client_tx,
                        size_t server_rx, size_t server_tx)
{
    size_t caps[4] = { client_rx, client_tx, server_rx, server_tx };

    memset(pair, 0, sizeof(*pair));
    pair->received_status = -1;
    fake_crypto_init(&pair->client_crypto, 1);
    fake_crypto_init(&pair->server_crypto, 2);
    wired_keys_make(&pair->keys, SW_KEY_RSA);
    for (int i = 0; i < 4; i++) {
        pair->buffers[i] = malloc(caps[i]);
        ck_assert_ptr_nonnull(pair->buffers[i]);
    }
    pair->client_config = wired_client(&pair->client_crypto.table, &pair->keys, features);
    pair->server_config = wired_server(&pair->server_crypto.table, &pair->keys, features);
    pair->server_config.banner = "hello";
    ck_assert_int_eq(sw_session_client(&pair->client, &pair->client_config, pair->buffers[0], client_rx,
                                       pair->buffers[1], client_tx),
                     SW_OK);
    ck_assert_int_eq(sw_session_server(&pair->server, &pair->server_config, pair->buffers[2], server_rx,
                                       pair->buffers[3], server_tx),
                     SW_OK);
}

/* Moves bytes from one session to the other. 1 if any went. Those for a side that is over are lost. */
static int move(session_pair *pair, sw_session *from, sw_session *to, int to_is_over)
{
    size_t n;

    sw_session_tx_bytes(from, &n);
    if (n > 0 && to_is_over)
        return sw_session_tx_drain(from, n) == SW_OK;
    return wired_move(from, to, pair->step) > 0;
}

/* ---- client ---- */

/* 1 if anything went. An error comes back from the next call. */
static int client_upload(session_pair *pair)
{
    if (!pair->uploading)
        return 0;
    pair->sent.data = pair->upload->data;
    pair->sent.len = pair->upload->len;
    return wired_upload(&pair->client, &pair->sent) != 0;
}

static int client_step(session_pair *pair)
{
    sw_event event;
    int type = pair->client_over ? 0 : sw_session_next(&pair->client, &event);

    if (type < 0) {
        pair->client_result = type;
        pair->client_over = 1;
        return 1;
    }
    switch (type) {
    case SW_EVENT_READY: send_command(&pair->client, pair->argv, pair->argc); return 1;
    case SW_EVENT_DATA:
        if (event.chunk.len > 0)
            bytes_append(&pair->received, event.chunk.data, event.chunk.len);
        return 1;
    case SW_EVENT_AWAITING_DATA: pair->uploading = 1; return 1;
    case SW_EVENT_EXIT: pair->received_status = event.status; return 1;
    case SW_EVENT_CLOSED: pair->client_over = 1; return 1;
    default: return pair->client_over ? 0 : client_upload(pair);
    }
}

/* ---- server ---- */

static void server_data(session_pair *pair, const sw_event *event)
{
    ck_assert_uint_eq(event->chunk.band, SW_BAND_BLOB_DATA);
    if (event->chunk.size == 0)
        pair->command_seen = 2;
    else
        bytes_append(&pair->uploaded, event->chunk.data, event->chunk.len);
}

/* Once the command (and its upload) is there: the reply, then the exit. Likewise. */
static int server_reply(session_pair *pair)
{
    if (pair->command_seen < (pair->upload != NULL ? 2 : 1))
        return 0;
    pair->replied.data = pair->reply.data;
    pair->replied.len = pair->reply.len;
    return wired_reply(&pair->server, &pair->replied, pair->status) != 0;
}

static int server_step(session_pair *pair)
{
    sw_event event;
    size_t taken;
    int type = pair->server_over ? 0 : sw_session_next(&pair->server, &event);

    if (type < 0) {
        pair->server_result = type;
        pair->server_over = 1;
        return 1;
    }
    switch (type) {
    case SW_EVENT_KEY:
        sw_session_key(&pair->server, pair->unknown ? NULL : &pair->keys.known);
        return 1; /* a failure comes back from the next call */
    case SW_EVENT_READY: return 1;
    case SW_EVENT_COMMAND:
        bytes_append(&pair->command, event.chunk.data, event.chunk.len);
        pair->command_seen = 1;
        if (pair->upload != NULL)
            ck_assert_int_eq(sw_session_send(&pair->server, SW_BAND_AWAITING_DATA, NULL, 0, &taken), 1);
        return 1;
    case SW_EVENT_DATA: server_data(pair, &event); return 1;
    case SW_EVENT_CLOSED: pair->server_over = 1; return 1;
    default: return pair->server_over ? 0 : server_reply(pair);
    }
}

/* ---- both ---- */

/* When nothing moves: somebody's peer is gone, or is waiting to hear that a burst is over. */
static int unblock(session_pair *pair)
{
    if (!pair->client_over && sw_session_wants(&pair->server) & SW_WANT_SHUTDOWN) {
        sw_session_rx_end(&pair->client);
        return 1;
    }
    if (pair->server_over != pair->client_over) {
        sw_session_rx_end(pair->server_over ? &pair->client : &pair->server);
        return 1;
    }
    if (pair->server_over)
        return 0;
    ck_assert_int_eq(sw_session_greeting_end(&pair->client), SW_OK);
    ck_assert_int_eq(sw_session_burst_end(&pair->server), SW_OK);
    return 1;
}

int session_pair_step(session_pair *pair)
{
    int going = client_step(pair);

    going |= move(pair, &pair->client, &pair->server, pair->server_over);
    going |= server_step(pair);
    going |= move(pair, &pair->server, &pair->client, pair->client_over);
    pair->idle = going ? 0 : pair->idle + 1;
    if (pair->idle > 2)
        ck_abort_msg("both sides wait");
    return going || unblock(pair);
}

void session_pair_run(session_pair *pair)
{
    while (session_pair_step(pair))
        ;
}

void session_pair_free(session_pair *pair)
{
    sw_session_wipe(&pair->client);
    sw_session_wipe(&pair->server);
    for (int i = 0; i < 4; i++) {
        free(pair->buffers[i]);
        pair->buffers[i] = NULL;
    }
    bytes_free(&pair->received);
    bytes_free(&pair->uploaded);
    bytes_free(&pair->command);
}
