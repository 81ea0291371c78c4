/* SPDX-License-Identifier: ISC */
#include "sealed_pair.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_SIZE = 4096, ROUNDS_MAX = 100000 };

void sealed_pair_start(sealed_pair *p, sw_key_type type)
{
    memset(p, 0, sizeof(*p));
    fake_crypto_init(&p->client_fake, 11);
    fake_crypto_init(&p->server_fake, 22);
    wired_keys_make(&p->keys, type);
    p->client_config = wired_client(&p->client_fake.table, &p->keys, SW_FEATURES_SEALED);
    p->client_config.policy.require_sealed = 1;
    p->client_config.user = "eve";
    p->server_config = wired_server(&p->server_fake.table, &p->keys, SW_FEATURES_ALL | SW_FEATURES_SEALED);
    p->known = &p->keys.known;
    p->argument = sw_argument_of("x y");
    p->reply = bytes_copy("a reply\n", 8);
    p->upload = bytes_copy("", 0);
    p->rx_size = p->tx_size = DEFAULT_SIZE;
    p->to_client = bytes_copy("", 0);
    p->to_server = bytes_copy("", 0);
    p->received = bytes_copy("", 0);
    p->uploaded = bytes_copy("", 0);
    p->command = bytes_copy("", 0);
    p->client_status = -1;
}

/* ---- the wire ---- */

/* Gives the receiver as much as it has room for. */
static void give(sw_session *to, bytes *piece)
{
    size_t n = wired_give(to, piece->data, piece->len);

    if (n == 0)
        return;
    (void)sw_session_burst_end(to);
    memmove(piece->data, piece->data + n, piece->len - n);
    piece->len -= n;
}

/* Moves what one side sends. What the receiver has no room for waits. */
static int move(sealed_pair *p, int from_server, bytes *waiting)
{
    sw_session *from = from_server ? &p->server : &p->client;
    sw_session *to = from_server ? &p->client : &p->server;
    int is_deaf = from_server ? p->client_result < 0 || p->client_over : p->server_result < 0 || p->server_over;
    size_t len, before;
    const uint8_t *out;

    if (waiting->len == 0) {
        out = sw_session_tx_bytes(from, &len);
        if (p->step > 0 && len > p->step)
            len = p->step;
        if (len == 0)
            return 0;
        bytes_append(waiting, out, len);
        bytes_append(from_server ? &p->to_client : &p->to_server, out, len);
        ck_assert_int_eq(sw_session_tx_drain(from, len), SW_OK);
        if (p->relay != NULL)
            p->relay(p, from_server, waiting);
    }
    before = waiting->len;
    give(to, waiting);
    if (is_deaf)
        waiting->len = 0;
    return waiting->len < before;
}

/* ---- applications ---- */

static void sign(sealed_pair *p, const sw_event *event)
{
    uint8_t blob[SW_SSH_SIGNATURE_MAX];
    sw_rsa_private rsa = sw_private_key_view(&p->keys.rsa);
    int is_rsa = p->keys.known.type == SW_KEY_RSA;
    size_t len;
    int result = sw_ssh_sign(p->client_config.crypto, is_rsa ? &rsa : NULL, is_rsa ? NULL : &p->keys.ed25519,
                             event->message, SW_SSHSIG_SIZE, blob, sizeof(blob), &len);

    if (result < 0) {
        p->client_result = result;
        return;
    }
    if (p->change_signature != NULL)
        p->change_signature(blob, len);
    (void)sw_session_sign(&p->client, blob, len);
}

static void send_command(sealed_pair *p)
{
    const sw_argument argv[] = { { "catimg", 6 }, p->argument };

    p->command_queued = sw_session_command(&p->client, argv, 2, 0) == 1 ? 1 : -1;
}

static void client_event(sealed_pair *p, int type, const sw_event *event)
{
    if (type == SW_EVENT_SERVER_KEY)
        (void)sw_session_accept(&p->client, !p->reject_server);
    else if (type == SW_EVENT_SIGN)
        sign(p, event);
    else if (type == SW_EVENT_READY)
        send_command(p);
    else if (type == SW_EVENT_DATA)
        bytes_append(&p->received, event->chunk.data, event->chunk.len);
    else if (type == SW_EVENT_AWAITING_DATA)
        p->uploading = 1;
    else if (type == SW_EVENT_EXIT)
        p->client_status = event->status;
    else if (type == SW_EVENT_CLOSED)
        p->client_over = 1;
}

static void client_act(sealed_pair *p)
{
    if (p->command_queued < 0) /* there was no room beside what proves the user */
        send_command(p);
    p->sent.data = p->upload.data;
    p->sent.len = p->upload.len;
    while (p->uploading && p->client_result == 0 && wired_upload(&p->client, &p->sent) == 1)
        continue;
}

static void server_event(sealed_pair *p, int type, const sw_event *event)
{
    if (type == SW_EVENT_KEY) {
        memcpy(p->user, event->user, event->user_len);
        p->user[event->user_len] = '\0';
        (void)sw_session_key(&p->server, p->known);
    } else if (type == SW_EVENT_REFUSED) {
        p->refusal = event->status;
    } else if (type == SW_EVENT_COMMAND) {
        bytes_append(&p->command, event->chunk.data, event->chunk.len);
        p->command_seen = 1;
    } else if (type == SW_EVENT_DATA && event->chunk.size == 0) {
        p->upload_came = 1;
    } else if (type == SW_EVENT_DATA) {
        bytes_append(&p->uploaded, event->chunk.data, event->chunk.len);
    } else if (type == SW_EVENT_CLOSED) {
        p->server_over = 1;
    }
}

static void server_act(sealed_pair *p)
{
    size_t taken;

    if (!p->command_seen || p->server_result < 0)
        return;
    if (p->upload.len > 0 && !p->asked)
        p->asked = sw_session_send(&p->server, SW_BAND_AWAITING_DATA, NULL, 0, &taken) == 1;
    if (p->upload.len > 0 && !p->upload_came)
        return;
    p->replied.data = p->reply.data;
    p->replied.len = p->reply.len;
    while (wired_reply(&p->server, &p->replied, 0) == 1)
        continue;
}

/* All events of a side. 1: there was one. */
static int take_events(sealed_pair *p, sw_session *s, int *result,
                       void (*react)(sealed_pair *, int, const sw_event *))
{
    int any = 0;
    sw_event event;
    int type;

    while (*result == 0 && (type = sw_session_next(s, &event)) != SW_EVENT_NEED_MORE) {
        any = 1;
        if (type < 0) {
            *result = type;
            break;
        }
        p->events[type]++;
        react(p, type, &event);
    }
    return any;
}

static void open_sessions(sealed_pair *p)
{
    for (int i = 0; i < 4; i++)
        p->buffers[i] = malloc(i & 1 ? p->tx_size : p->rx_size);
    p->client_result =
        sw_session_client(&p->client, &p->client_config, p->buffers[0], p->rx_size, p->buffers[1], p->tx_size);
    p->server_result =
        sw_session_server(&p->server, &p->server_config, p->buffers[2], p->rx_size, p->buffers[3], p->tx_size);
}

/* A side that failed or is over has closed, which the other one learns. */
static void tell_ends(sealed_pair *p, const bytes *up, const bytes *down)
{
    if (up->len == 0 && (p->client_result < 0 || p->client_over || sw_session_wants(&p->client) == 0))
        (void)sw_session_rx_end(&p->server);
    if (down->len == 0 && (p->server_result < 0 || p->server_over || sw_session_wants(&p->server) == 0 ||
                           (sw_session_wants(&p->server) & SW_WANT_SHUTDOWN)))
        (void)sw_session_rx_end(&p->client);
}

void sealed_pair_run(sealed_pair *p)
{
    bytes up = bytes_copy("", 0), down = bytes_copy("", 0);
    int idle = 0, timed_out = 0;

    open_sessions(p);
    for (int round = 0; idle < 2; round++) {
        int any = move(p, 0, &up);
        any |= move(p, 1, &down);
        any |= take_events(p, &p->client, &p->client_result, client_event);
        any |= take_events(p, &p->server, &p->server_result, server_event);
        client_act(p);
        server_act(p);
        idle = any ? 0 : idle + 1;
        if (idle == 1 && p->greeting_ends) {
            p->greeting_ends = idle = 0;
            (void)sw_session_greeting_end(&p->client);
        }
        if (idle > 0)
            tell_ends(p, &up, &down);
        if (idle > 1 && !timed_out) { /* they wait for each other: somebody's timer ends that */
            timed_out = 1;
            idle = 0;
            (void)sw_session_rx_end(&p->client);
            (void)sw_session_rx_end(&p->server);
        }
        ck_assert_int_lt(round, ROUNDS_MAX);
    }
    bytes_free(&up);
    bytes_free(&down);
}

void sealed_pair_free(sealed_pair *p)
{
    bytes *all[] = {
        &p->reply, &p->upload, &p->to_client, &p->to_server, &p->received, &p->uploaded, &p->command
    };

    sw_session_wipe(&p->client);
    sw_session_wipe(&p->server);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        bytes_free(all[i]);
    for (int i = 0; i < 4; i++)
        free(p->buffers[i]);
}

/* ---- afterwards ---- */

void sealed_pair_expect_done(const sealed_pair *p)
{
    static const char command[] = "catimg\0x y"; /* as it arrives */

    ck_assert_msg(p->client_result == 0, "client: %s", sw_error_text(p->client_result));
    ck_assert_msg(p->server_result == 0, "server: %s", sw_error_text(p->server_result));
    ck_assert_int_eq(p->client_status, 0);
    ck_assert_int_eq(p->client_over && p->server_over, 1);
    ck_assert_str_eq(p->user, p->client_config.user);
    ck_assert_uint_eq(p->command.len, sizeof(command));
    ck_assert_mem_eq(p->command.data, command, sizeof(command));
    ck_assert_uint_eq(p->received.len, p->reply.len);
    ck_assert_mem_eq(p->received.data, p->reply.data, p->reply.len);
    ck_assert_uint_eq(p->uploaded.len, p->upload.len);
    if (p->upload.len > 0)
        ck_assert_mem_eq(p->uploaded.data, p->upload.data, p->upload.len);
    ck_assert_uint_eq(sw_session_wants(&p->client) | sw_session_wants(&p->server), 0);
}

void sealed_pair_expect_wiped(const sealed_pair *p)
{
    ck_assert_uint_eq(p->client_fake.aead_states + p->server_fake.aead_states, 0);
    ck_assert_uint_eq(p->client_fake.sha256_states + p->server_fake.sha256_states, 0);
}
