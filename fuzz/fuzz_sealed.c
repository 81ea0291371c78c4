/* SPDX-License-Identifier: ISC */
/* Sealed sessions: a client and a server of ours run once; then what one of them received, with changes,
 * is given to another of its kind, once as a whole and once in pieces: the same events, the same error,
 * and nothing that was not sent.
 * Input: sealed_choices, then what the client uploads and the server replies. */
#include <sidewire/session.h>

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "choices.h"
#include "fake_crypto.h"
#include "trace.h"
#include "wired.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct sealed_choices {
    uint8_t flags;                      /* SEALED_* */
    uint8_t client_limit, server_limit; /* times 16, above the least */
    uint8_t room;                       /* of receive buffers beside a record, times 16 */
    uint8_t change_at[2], change_mask;  /* 0: all bytes arrive as sent */
    uint8_t cuts[CHOICES_CUTS];
} sealed_choices;

enum {
    SEALED_RSA = 1, /* the user's key, else Ed25519 */
    SEALED_CHACHAPOLY = 2,
    SEALED_UNKNOWN = 4, /* the server does not know the user */
    SEALED_UPLOAD = 8,
    SEALED_CLIENT = 16 /* the changes are for the client, else for the server */
};

/* A command may lie in two records: a part of it, and one record. */
enum { TX_SIZE = 2048, COMMAND_ROOM = 64, ROUNDS_MAX = 100000 };

typedef struct side {
    int is_server;
    const sealed_choices *choices;
    fake_crypto fake;
    sw_client_config client;
    sw_server_config server;
    wired_keys keys;
    sw_session session;
    uint8_t *rx, *tx;
    wired_body body; /* what it sends as reply or upload */
    int sending;
    int result; /* of the session: 0 or the error */
    trace events, received;
} side;

static size_t limit_of(uint8_t choice)
{
    return (size_t)SW_RECORD_LIMIT_MIN + 16u * choice;
}

static void side_start(side *s, const sealed_choices *c, int is_server, const uint8_t *body, size_t len)
{
    size_t limit = limit_of(is_server ? c->server_limit : c->client_limit);
    size_t rx_size = limit + SW_RECORD_HEADER_SIZE + COMMAND_ROOM + 16u * c->room;

    memset(s, 0, sizeof(*s));
    s->is_server = is_server;
    s->choices = c;
    s->body = (wired_body){ body, len, 0, 0 };
    s->rx = exact_block(rx_size);
    s->tx = exact_block(TX_SIZE);
    fake_crypto_init(&s->fake, is_server ? 2 : 3);
    wired_keys_make(&s->keys, c->flags & SEALED_RSA ? SW_KEY_RSA : SW_KEY_ED25519);
    s->client = wired_client(&s->fake.table, &s->keys,
                             c->flags & SEALED_CHACHAPOLY ? SW_FEATURE_NOISE_CHACHAPOLY : SW_FEATURE_NOISE_AESGCM);
    s->client.user = "eve";
    s->server = wired_server(&s->fake.table, &s->keys, SW_FEATURES_ALL | SW_FEATURES_SEALED);
    s->server.policy.require_sealed = 1;
    s->client.record_limit = s->server.record_limit = (uint16_t)limit;
    s->result = is_server ? sw_session_server(&s->session, &s->server, s->rx, rx_size, s->tx, TX_SIZE)
                          : sw_session_client(&s->session, &s->client, s->rx, rx_size, s->tx, TX_SIZE);
    check_result("start", s->result, SW_OK);
}

static void side_free(side *s)
{
    sw_session_wipe(&s->session);
    check_number("states left", s->fake.aead_states + s->fake.sha256_states, 0);
    trace_free(&s->events);
    trace_free(&s->received);
    free(s->rx);
    free(s->tx);
}

static void sign(side *s, const sw_event *event)
{
    uint8_t blob[SW_SSH_SIGNATURE_MAX];
    size_t len;

    check_result("signing",
                 sw_ssh_sign(&s->fake.table, NULL, &s->keys.ed25519, event->message, SW_SSHSIG_SIZE, blob,
                             sizeof(blob), &len),
                 SW_OK);
    check_result("signature", sw_session_sign(&s->session, blob, len), SW_OK);
}

static void react(side *s, int type, const sw_event *event)
{
    const sw_argument argv[] = { { "addimg", 6 }, { "x", 1 } };
    size_t taken;

    if (type == SW_EVENT_SERVER_KEY)
        check_result("accept", sw_session_accept(&s->session, 1), SW_OK);
    else if (type == SW_EVENT_SIGN)
        sign(s, event);
    else if (type == SW_EVENT_KEY)
        sw_session_key(&s->session, s->choices->flags & SEALED_UNKNOWN ? NULL : &s->keys.known);
    else if (type == SW_EVENT_READY && !s->is_server)
        check_result("command", sw_session_command(&s->session, argv, 2, 0), 1);
    else if (type == SW_EVENT_AWAITING_DATA)
        s->sending = 1;
    else if (type == SW_EVENT_EXIT)
        s->sending = 0; /* the server takes nothing any more */
    else if (type == SW_EVENT_COMMAND && (s->choices->flags & SEALED_UPLOAD))
        sw_session_send(&s->session, SW_BAND_AWAITING_DATA, NULL, 0, &taken);
    else if (type == SW_EVENT_COMMAND)
        s->sending = 1;
    else if (type == SW_EVENT_DATA && s->is_server && event->chunk.size == 0)
        s->sending = 1;
}

/* Whatever the cuts, a packet's pieces are the same bytes. */
static void note(side *s, int type, const sw_event *event)
{
    if (type == SW_EVENT_DATA || type == SW_EVENT_COMMAND) {
        trace_banded(&s->events, event->chunk.band, event->chunk.data, event->chunk.len);
        trace_add(&s->received, event->chunk.data, event->chunk.len);
    } else {
        trace_note(&s->events, (char)('a' + type), (uint64_t)(unsigned)event->status);
    }
}

static void send_some(side *s)
{
    while (s->sending && s->result == SW_OK &&
           (s->is_server ? wired_reply(&s->session, &s->body, 0) : wired_upload(&s->session, &s->body)) == 1)
        continue;
}

/* Events until there is none, and what they lead to. */
static void act(side *s)
{
    sw_event event;
    int type;

    while (s->result == SW_OK && (type = sw_session_next(&s->session, &event)) != SW_EVENT_NEED_MORE) {
        if (type < 0) {
            s->result = type;
            break;
        }
        note(s, type, &event);
        react(s, type, &event);
    }
    send_some(s);
}

/* What it sends is taken, and kept unless that is NULL. */
static size_t take(side *s, trace *wire)
{
    size_t len;
    const uint8_t *bytes = sw_session_tx_bytes(&s->session, &len);

    if (wire != NULL)
        trace_add(wire, bytes, len);
    if (len > 0)
        check_result("drain", sw_session_tx_drain(&s->session, len), SW_OK);
    return len;
}

/* Gives it up to n bytes of a stream. Returns how many it had room for. */
static size_t give(side *s, const trace *stream, size_t at, size_t n)
{
    n = n > 0 ? wired_give(&s->session, stream->data + at, n) : 0;
    if (n > 0)
        sw_session_burst_end(&s->session);
    return n;
}

/* Both run to their end; what they received is kept. */
static void run_pair(side *client, side *server, trace *to_client, trace *to_server)
{
    size_t given[2] = { 0, 0 };
    int idle = 0;

    for (int round = 0; idle < 2 && round < ROUNDS_MAX; round++) {
        size_t moved = take(client, to_server) + take(server, to_client);
        size_t n = give(client, to_client, given[0], to_client->len - given[0]);
        given[0] += n;
        moved += n;
        n = give(server, to_server, given[1], to_server->len - given[1]);
        given[1] += n;
        moved += n;
        act(client);
        act(server);
        idle = moved > 0 ? 0 : idle + 1;
    }
    check_result("client", client->result, client->choices->flags & SEALED_UNKNOWN ? SW_E_USER_REFUSED : SW_OK);
    check_result("server", server->result, SW_OK);
}

/* One side alone, with all that it ever receives, in pieces. */
static void run_alone(side *s, const trace *stream, const uint8_t *cuts)
{
    cutter cut = { cuts, 0 };
    size_t at = 0;
    int idle = 0;

    while (idle < 2 && s->result == SW_OK) {
        size_t moved;
        act(s);
        moved = take(s, NULL);
        if (at < stream->len && moved == 0) {
            size_t n = give(s, stream, at, cutter_next(&cut, stream->len - at));
            at += n;
            moved += n;
        }
        if (at == stream->len && moved == 0)
            (void)sw_session_rx_end(&s->session);
        idle = moved > 0 ? 0 : idle + 1;
    }
    act(s);
}

static void compare(const side *cut, const side *whole)
{
    check_result("result", cut->result, whole->result);
    check_bytes("events", cut->events.data, cut->events.len, whole->events.data, whole->events.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sealed_choices choices;
    const uint8_t *body = choices_read(&choices, sizeof(choices), data, &size);
    trace streams[2] = { { NULL, 0, 0 }, { NULL, 0, 0 } };
    int is_server = !(choices.flags & SEALED_CLIENT);
    trace *stream = &streams[is_server];
    static side client, server, whole, cut;

    side_start(&client, &choices, 0, body, size);
    side_start(&server, &choices, 1, body, size);
    run_pair(&client, &server, &streams[0], &streams[1]);
    if (stream->len > 0)
        stream->data[choices_number(choices.change_at) % stream->len] ^= choices.change_mask;
    side_start(&whole, &choices, is_server, body, size);
    side_start(&cut, &choices, is_server, body, size);
    run_alone(&whole, stream, NULL);
    run_alone(&cut, stream, choices.cuts);
    compare(&cut, &whole);
    if (choices.change_mask != 0) {
        const trace *sent = is_server ? &server.received : &client.received;
        check(whole.received.len <= sent->len, "no more than was sent");
        check_bytes("received", whole.received.data, whole.received.len, sent->data, whole.received.len);
        /* a user who is refused, as one is whose client's frame was changed, is passed over */
        check(whole.result < 0 || whole.received.len == 0, "a change is seen");
    }
    side_free(&client);
    side_free(&server);
    side_free(&whole);
    side_free(&cut);
    trace_free(&streams[0]);
    trace_free(&streams[1]);
    return 0;
}
