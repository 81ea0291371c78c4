/* SPDX-License-Identifier: ISC */
/* Recorded sealed sessions with every byte of greeting, request, handshake messages and records changed, dropped, doubled
 * or swapped with the next one, and every whole message and record likewise: an error, with each backend, and nothing is
 * given out that was not sent.
 *
 * All of it takes a minute with some backends. Unless SIDEWIRE_DEEPER is in the environment, bytes far behind in a long
 * stream, where one record is like the other, are taken from place to place. */
#include <sidewire/session.h>

#include <stdlib.h>
#include <string.h>

#include "remembering.h"
#include "sealed_transcript.h"
#include "suite.h"
#include "tested_backend.h"

enum {
    RX_SIZE = 140000,
    TX_SIZE = 8192,
    FEATURES = SW_FEATURES_ALL | SW_FEATURES_SEALED,
    NEAR = 400,  /* bytes of a stream that are all taken: the handshake, and some records */
    STRIDE = 13, /* of those behind */
    DIRECTIONS = 2
};

typedef enum kind { CHANGED, INVERTED, DROPPED, DOUBLED, SWAPPED, KINDS } kind;

static const char *const kind_names[KINDS] = { "changed", "inverted", "dropped", "doubled", "swapped" };

static const bytes none;
static sealed_transcript transcripts[SEALED_TRANSCRIPTS];
static sw_crypto *real;
static sw_crypto quick; /* the same, but for what it was asked before */
static uint8_t *rx, *tx;

static void setup(void)
{
    real = tested_backend();
    quick = remembering(real);
    sealed_transcripts_load(transcripts);
    rx = malloc(RX_SIZE);
    tx = malloc(TX_SIZE);
}

static void teardown(void)
{
    free(rx);
    free(tx);
    sealed_transcripts_free(transcripts);
    sw_backend_free(real);
}

/* ---- one side, whatever it is given ---- */

/* What came of it. */
typedef struct outcome {
    int result;  /* 0 or the error */
    int over;    /* all was given out that there is */
    bytes given; /* data of the server, or the user and his command */
} outcome;

typedef struct side {
    const sealed_transcript *transcript;
    sealed_user user;
    sw_x25519_key server_key;
    sw_crypto crypto;
    sw_session session;
    const bytes *stream;
    size_t at;
    int is_server;
} side;

/* Nobody answers: all is there. Returns how many bytes were sent. */
static size_t drain(sw_session *s)
{
    size_t n;

    (void)sw_session_tx_bytes(s, &n);
    sw_session_tx_drain(s, n);
    return n;
}

/* The next bytes of the stream, or its end. 0: that was told before. */
static int deliver(side *s, int *ended)
{
    size_t room, n = s->stream->len - s->at;
    uint8_t *space = sw_session_rx_space(&s->session, &room);

    if (n == 0) {
        if (*ended)
            return 0;
        *ended = 1;
        ck_assert_int_eq(sw_session_rx_end(&s->session), SW_OK);
        return 1;
    }
    if (n > room)
        n = room;
    ck_assert_uint_gt(n, 0);
    memcpy(space, s->stream->data + s->at, n);
    ck_assert_int_eq(sw_session_rx_commit(&s->session, n), SW_OK);
    ck_assert_int_eq(sw_session_burst_end(&s->session), SW_OK);
    s->at += n;
    return 1;
}

static void send_command(side *s)
{
    sw_argument argv[TRANSCRIPT_ARGS_MAX];

    for (size_t i = 0; i < s->transcript->argc; i++)
        argv[i] = sw_argument_of(s->transcript->argv[i]);
    ck_assert_int_eq(sw_session_command(&s->session, argv, s->transcript->argc, 0), 1);
}

static void sign(side *s, const sw_event *event)
{
    uint8_t blob[SW_SSH_SIGNATURE_MAX];
    size_t len;

    ck_assert_int_eq(
        sw_ssh_sign(real, NULL, &s->user.ed25519, event->message, SW_SSHSIG_SIZE, blob, sizeof(blob), &len),
        SW_OK);
    ck_assert_int_eq(sw_session_sign(&s->session, blob, len), SW_OK);
}

static void answer(side *s, int type, const sw_event *event, outcome *out)
{
    if (type == SW_EVENT_SERVER_KEY) {
        ck_assert_mem_eq(event->server_key, s->server_key.public_half, SW_X25519_SIZE);
        sw_session_accept(&s->session, 1);
    } else if (type == SW_EVENT_SIGN) {
        sign(s, event);
    } else if (type == SW_EVENT_READY && !s->is_server) {
        send_command(s);
    } else if (type == SW_EVENT_KEY) {
        bytes_append(&out->given, event->user, event->user_len);
        sw_session_key(&s->session, &s->user.public_key);
    } else if (type == SW_EVENT_DATA || type == SW_EVENT_COMMAND) {
        bytes_append(&out->given, event->chunk.data, event->chunk.len);
    } else if (type ==
               SW_EVENT_REFUSED) { /* the first message is clear: that it was changed shows in the signature */
        out->result = event->status;
    }
    out->over = type == SW_EVENT_REFUSED || type == SW_EVENT_COMMAND || type == SW_EVENT_EXIT;
}

static void run(side *s, outcome *out)
{
    int ended = 0;

    while (!out->over) {
        sw_event event;
        int type = sw_session_next(&s->session, &event);

        if (type < 0) {
            out->result = type;
            break;
        }
        answer(s, type, &event, out);
        if (drain(&s->session) == 0 && type == SW_EVENT_NEED_MORE && !deliver(s, &ended))
            ck_abort_msg("nothing happens any more");
    }
    sw_session_wipe(&s->session);
}

static outcome run_client(side *s, const bytes *stream)
{
    const sealed_transcript *t = s->transcript;
    unsigned suite = t->suite == SW_SUITE_AESGCM ? SW_FEATURE_NOISE_AESGCM : SW_FEATURE_NOISE_CHACHAPOLY;
    sw_client_config config = {
        .crypto = &s->crypto, .policy = { suite, 0, 0, 0, 1 }, .user = t->user, .record_limit = (uint16_t)t->limit
    };
    outcome out = { 0, 0, { NULL, 0 } };

    if (s->user.public_key.type == SW_KEY_ED25519)
        config.public_key = &s->user.public_key;
    else
        config.key = sw_private_key_view(&s->user.rsa);
    s->stream = stream;
    s->at = 0;
    replay_random(&s->crypto, &quick, &t->client_ephemeral, &none);
    ck_assert_int_eq(sw_session_client(&s->session, &config, rx, RX_SIZE, tx, TX_SIZE), SW_OK);
    run(s, &out);
    return out;
}

static outcome run_server(side *s, const bytes *stream)
{
    const sealed_transcript *t = s->transcript;
    sw_server_config config = { .crypto = &s->crypto,
                                .policy = { FEATURES, 0, 0, 0, 0 },
                                .banner = "This is sidewire, version 1.0.",
                                .decoy_secret = { 1 },
                                .server_key = &s->server_key,
                                .record_limit = (uint16_t)t->limit };
    outcome out = { 0, 0, { NULL, 0 } };

    s->stream = stream;
    s->at = 0;
    replay_random(&s->crypto, &quick, &t->server_ephemeral, &none);
    ck_assert_int_eq(sw_session_server(&s->session, &config, rx, RX_SIZE, tx, TX_SIZE), SW_OK);
    run(s, &out);
    return out;
}

/* ---- changes ---- */

/* A part of a stream, changed in one way: a byte, or a whole message. */
typedef struct harm {
    kind how;
    size_t at, len;  /* which part */
    size_t next_len; /* of the part behind it */
} harm;

/* The stream with that harm done to it. */
static bytes harmed(const bytes *stream, const harm *h)
{
    bytes b = bytes_copy(stream->data, h->at);
    const uint8_t *part = stream->data + h->at;
    size_t used = h->len;

    if (h->how == CHANGED || h->how == INVERTED) {
        const uint8_t other = (uint8_t)(part[0] ^ (h->how == INVERTED ? 0xff : 1u << h->at % 8));
        bytes_append(&b, &other, 1);
        used = 1;
    } else if (h->how == DOUBLED) {
        bytes_append(&b, part, h->len);
        used = 0;
    } else if (h->how == SWAPPED) {
        bytes_append(&b, part + h->len, h->next_len);
        bytes_append(&b, part, h->len);
        used = h->len + h->next_len;
    }
    bytes_append(&b, part + used, stream->len - h->at - used);
    return b;
}

static void check(const char *name, const harm *h, const outcome *seen, const outcome *whole)
{
    ck_assert_msg(seen->result < 0, "%s: %zu bytes at %zu %s: no error", name, h->len, h->at, kind_names[h->how]);
    ck_assert_msg(seen->given.len <= whole->given.len &&
                      (seen->given.len == 0 || memcmp(seen->given.data, whole->given.data, seen->given.len) == 0),
                  "%s: %zu bytes at %zu %s: something else is given out", name, h->len, h->at, kind_names[h->how]);
}

/* A side of a recorded session, and what it makes of the stream as it was. */
typedef struct trial {
    side side;
    outcome (*run)(side *s, const bytes *stream);
    const bytes *stream;
    outcome whole;
} trial;

static void trial_open(trial *t, const sealed_transcript *recorded, int is_server)
{
    memset(t, 0, sizeof(*t));
    t->run = is_server ? run_server : run_client;
    t->stream = is_server ? &recorded->client : &recorded->server;
    t->side = (side){ .transcript = recorded,
                      .is_server = is_server,
                      .server_key = x25519_pair(real, recorded->server_static.data) };
    sealed_user_load(&t->side.user, recorded->user);
    t->whole = t->run(&t->side, t->stream);
    ck_assert_int_eq(t->whole.result, 0);
    ck_assert_uint_gt(t->whole.given.len, 0);
}

/* But what leaves the whole stream as it is, with something behind: behind an exit packet nothing counts, and behind the
 * command this server is done. */
static void try_harm(trial *t, const harm *h)
{
    bytes stream = harmed(t->stream, h);

    if (stream.len < t->stream->len || memcmp(stream.data, t->stream->data, t->stream->len) != 0) {
        outcome seen = t->run(&t->side, &stream);
        check(t->side.transcript->name, h, &seen, &t->whole);
        bytes_free(&seen.given);
    }
    bytes_free(&stream);
}

static void trial_close(trial *t)
{
    bytes_free(&t->whole.given);
}

/* The transcript and side of a looped test; 0: the backend has not the user's kind of key, whose refusal is in
 * test_sealed_session.c. */
static int open_trial(trial *t, int i)
{
    const sealed_transcript *recorded = &transcripts[i / DIRECTIONS];

    if (real->ed25519_verify == NULL && strcmp(recorded->user, "eve") == 0)
        return 0;
    trial_open(t, recorded, i % DIRECTIONS);
    return 1;
}

/* ---- every byte ---- */

START_TEST(each_byte)
{
    size_t stride = getenv("SIDEWIRE_DEEPER") != NULL ? 1 : STRIDE;
    trial t;

    if (!open_trial(&t, _i / KINDS))
        return;
    for (size_t at = 0; at < t.stream->len; at += at < NEAR ? 1 : stride) {
        harm h = { (kind)(_i % KINDS), at, 1, at + 1 < t.stream->len };
        try_harm(&t, &h);
    }
    trial_close(&t);
}
END_TEST

/* ---- every message and record ---- */

/* Where the message at a place ends: greeting or request, frame, record. */
static size_t message_end(const trial *t, size_t at)
{
    const bytes *b = t->stream;
    int lines = t->side.is_server ? 1 : 2;

    if (at > 0)
        return at + 2 + ((size_t)b->data[at] << 8 | b->data[at + 1]);
    while (lines > 0)
        lines -= b->data[at++] == '\n';
    return at;
}

START_TEST(each_message)
{
    trial t;

    if (!open_trial(&t, _i / KINDS))
        return;
    for (size_t at = 0, end = 0, next; at < t.stream->len; at = end) {
        harm h = { (kind)(_i % KINDS), at, 0, 0 };

        end = message_end(&t, at);
        ck_assert_uint_le(end, t.stream->len);
        next = end < t.stream->len ? message_end(&t, end) : end;
        h.len = end - at;
        h.next_len = next - end;
        try_harm(&t, &h);
    }
    trial_close(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sealed changes");
    TCase *tcase = tcase_create("each part");

    tcase_set_timeout(tcase, 300);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, each_byte, 0, SEALED_TRANSCRIPTS * DIRECTIONS * KINDS);
    tcase_add_loop_test(tcase, each_message, 0, SEALED_TRANSCRIPTS * DIRECTIONS * KINDS);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
