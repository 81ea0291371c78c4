/* SPDX-License-Identifier: ISC */
/* Recorded sealed sessions with every byte of the handshake's messages and of the records changed, dropped, doubled or
 * swapped with the next one: an error, with each backend, and nothing is given out that was not sent. */
#include <sidewire/session.h>

#include <stdlib.h>
#include <string.h>

#include "sealed_transcript.h"
#include "suite.h"
#include "tested_backend.h"

enum { RX_SIZE = 140000, TX_SIZE = 8192, USED = 2, FEATURES = SW_FEATURES_ALL | SW_FEATURES_SEALED };

typedef enum kind { CHANGED, DROPPED, DOUBLED, SWAPPED, KINDS } kind;

static const char *const kind_names[KINDS] = { "changed", "dropped", "doubled", "swapped" };

static const bytes none;
static sealed_transcript transcripts[SEALED_TRANSCRIPTS];
static sw_crypto *real;
static uint8_t *rx, *tx;

static void setup(void)
{
    real = tested_backend();
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

static void drain(sw_session *s)
{
    size_t n;

    (void)sw_session_tx_bytes(s, &n);
    sw_session_tx_drain(s, n);
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

static void answer(side *s, int type, const sw_event *event, outcome *out)
{
    if (type == SW_EVENT_SERVER_KEY) {
        ck_assert_mem_eq(event->server_key, s->server_key.public_half, SW_X25519_SIZE);
        sw_session_accept(&s->session, 1);
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
        drain(&s->session);
        if (type == SW_EVENT_NEED_MORE && !deliver(s, &ended))
            ck_abort_msg("nothing happens any more");
    }
    sw_session_wipe(&s->session);
}

static outcome run_client(side *s, const bytes *stream)
{
    const sealed_transcript *t = s->transcript;
    unsigned suite = t->suite == SW_SUITE_AESGCM ? SW_FEATURE_NOISE_AESGCM : SW_FEATURE_NOISE_CHACHAPOLY;
    sw_client_config config = { .crypto = &s->crypto,
                                .policy = { suite, 0, 0, 0, 1 },
                                .user = t->user,
                                .key = sw_private_key_view(&s->user.rsa),
                                .record_limit = (uint16_t)t->limit };
    outcome out = { 0, 0, { NULL, 0 } };

    s->stream = stream;
    s->at = 0;
    replay_random(&s->crypto, real, &t->client_ephemeral, &none);
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
    replay_random(&s->crypto, real, &t->server_ephemeral, &none);
    ck_assert_int_eq(sw_session_server(&s->session, &config, rx, RX_SIZE, tx, TX_SIZE), SW_OK);
    run(s, &out);
    return out;
}

/* ---- changes ---- */

/* The stream with one place of it harmed. */
static bytes harm(const bytes *stream, kind how, size_t at)
{
    bytes b = bytes_copy(stream->data, at);
    const uint8_t *p = stream->data + at;
    const uint8_t swapped[2] = { p[1], p[0] };
    const uint8_t other = (uint8_t)(p[0] ^ 1u << at % 8);
    size_t used = 1;

    if (how == CHANGED) {
        bytes_append(&b, &other, 1);
    } else if (how == DOUBLED) {
        bytes_append(&b, p, 1);
        used = 0;
    } else if (how == SWAPPED) {
        bytes_append(&b, swapped, 2);
        used = 2;
    }
    bytes_append(&b, p + used, stream->len - at - used);
    return b;
}

static void check(const char *name, kind how, size_t at, const outcome *seen, const outcome *whole)
{
    ck_assert_msg(seen->result < 0, "%s: byte %zu %s: no error", name, at, kind_names[how]);
    ck_assert_msg(seen->given.len <= whole->given.len &&
                      (seen->given.len == 0 || memcmp(seen->given.data, whole->given.data, seen->given.len) == 0),
                  "%s: byte %zu %s: something else is given out", name, at, kind_names[how]);
}

START_TEST(each_byte)
{
    outcome (*const runs[2])(side *, const bytes *) = { run_client, run_server };
    const sealed_transcript *t = &transcripts[_i / 2 % USED];
    const bytes *stream = _i % 2 == 0 ? &t->server : &t->client;
    kind how = (kind)(_i / 2);
    size_t stride = how == CHANGED ? 1 : 3; /* a handshake for each takes long with some backends */
    side s = { .transcript = t, .is_server = _i % 2, .server_key = x25519_pair(real, t->server_static.data) };
    outcome whole;
    size_t at = 0;

    sealed_user_load(&s.user, t->user);
    whole = runs[_i % 2](&s, stream);
    ck_assert_int_eq(whole.result, 0);
    ck_assert_uint_gt(whole.given.len, 0);
    for (int lines = 0; lines < 2 - _i % 2;) /* greeting, or request */
        lines += stream->data[at++] == '\n';
    for (; at + 1 < stream->len; at += stride) {
        bytes harmed = harm(stream, how, at);

        if (harmed.len != stream->len || memcmp(harmed.data, stream->data, harmed.len) != 0) {
            outcome seen = runs[_i % 2](&s, &harmed);

            check(t->name, how, at, &seen, &whole);
            bytes_free(&seen.given);
        }
        bytes_free(&harmed);
    }
    bytes_free(&whole.given);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sealed changes");
    TCase *tcase = tcase_create("each byte");

    tcase_set_timeout(tcase, 300);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, each_byte, 0, 2 * KINDS);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
