/* SPDX-License-Identifier: ISC */
/* The recorded sealed sessions of an independent implementation, both roles, at every split. A record
 * is cut by its sender as it likes: where ours would do it in another way, what it puts into one record
 * is limited as it was there. */
#include <sidewire/session.h>

#include <stdlib.h>
#include <string.h>

#include "remembering.h"
#include "sealed_transcript.h"
#include "suite.h"
#include "tested_backend.h"
#include "wired.h"

static sealed_transcript transcripts[SEALED_TRANSCRIPTS];
static sw_crypto *real;
static sw_crypto quick; /* the same; each run asks the same agreements and signatures */

static const bytes none;

/* ---- how a stream is cut ---- */

typedef struct delivery {
    bytes stream;
    size_t cut;  /* a place to cut at */
    size_t step; /* at most so many bytes at a time; 0: any number */
    size_t at;
} delivery;

static int deliver(delivery *d, sw_session *s)
{
    size_t end = d->at < d->cut ? d->cut : d->stream.len;
    size_t n = end - d->at;

    if (d->step > 0 && n > d->step)
        n = d->step;
    if (n == 0)
        return 0;
    n = wired_give(s, d->stream.data + d->at, n);
    ck_assert_uint_gt(n, 0);
    ck_assert_int_eq(sw_session_burst_end(s), SW_OK);
    d->at += n;
    return 1;
}

/* What a record takes, as it was in the recording. */
static void limit_records(const sealed_transcript *t, sw_session *s)
{
    if (t->a_record > 0)
        s->channel.sealed.out.limit = (uint16_t)(t->a_record + SW_RECORD_TAG_SIZE);
}

static int is_usable(const sealed_transcript *t)
{
    return real->ed25519_sign != NULL || strcmp(t->user, "eve") != 0;
}

static const char banner[] = "This is sidewire, version 1.0.";

enum { FEATURES = SW_FEATURES_ALL | SW_FEATURES_SEALED };

/* ---- server ---- */

static void check_arguments(const sealed_transcript *t, const sw_session *s, const sw_event *event)
{
    sw_argument argv[TRANSCRIPT_ARGS_MAX];
    sw_command_info out;

    ck_assert_int_eq(sw_session_arguments(s, event, argv, TRANSCRIPT_ARGS_MAX, &out, NULL), SW_OK);
    ck_assert_uint_eq(out.count, t->argc);
    for (size_t i = 0; i < t->argc; i++) {
        ck_assert_uint_eq(argv[i].len, strlen(t->argv[i]));
        ck_assert_mem_eq(argv[i].data, t->argv[i], argv[i].len);
    }
}

/* Each reply for itself, as it was recorded. */
static void send_replies(const sealed_transcript *t, sw_session *s, bytes *sent)
{
    for (size_t i = 0; i < t->reply_count; i++) {
        const bytes *body = &t->replies[i].body;
        uint8_t band = t->replies[i].band;
        size_t taken = 0;
        bytes_drain(s, sent);
        if (band == SW_BAND_EXIT_SUCCESS || band == SW_BAND_EXIT_FAILURE)
            ck_assert_int_eq(sw_session_exit(s, band == SW_BAND_EXIT_SUCCESS ? 0 : 1), 1);
        else
            ck_assert_int_eq(sw_session_send(s, band, body->data, body->len, &taken), 1);
        ck_assert_uint_eq(taken, body->len);
    }
}

typedef struct buffers {
    size_t rx, tx;
} buffers;

static void check_offer(const sealed_transcript *t, const sealed_user *user, const sw_event *event)
{
    ck_assert_uint_eq(event->user_len, strlen(t->user));
    ck_assert_mem_eq(event->user, t->user, event->user_len);
    ck_assert(sw_ssh_key_is(&user->public_key, event->key, event->key_len));
}

static void run_server(const sealed_transcript *t, const sealed_user *user, delivery d, buffers sizes)
{
    sw_x25519_key key = x25519_pair(&quick, t->server_static.data);
    sw_crypto crypto;
    sw_server_config config = { .crypto = &crypto,
                                .policy = { FEATURES, 0, 0, 0, 0 },
                                .banner = banner,
                                .decoy_secret = { 1 },
                                .server_key = &key,
                                .record_limit = (uint16_t)t->limit };
    uint8_t *rx = malloc(sizes.rx), *tx = malloc(sizes.tx);
    bytes sent = bytes_copy(NULL, 0);
    int done = 0;
    sw_secrets keys;
    sw_session s;

    replay_random(&crypto, &quick, &t->server_ephemeral, &none);
    ck_assert_int_eq(sw_session_server(&s, &config, rx, sizes.rx, tx, sizes.tx), SW_OK);
    ck_assert_int_eq(sw_session_log_keys(&s, &keys), SW_OK);
    while (!done) {
        sw_event event;
        int type = sw_session_next(&s, &event);
        ck_assert_msg(type >= 0, "%s: %s", t->name, sw_error_text(type));
        if (type == SW_EVENT_KEY) {
            check_offer(t, user, &event);
            ck_assert_int_eq(sw_session_key(&s, &user->public_key), SW_OK);
            limit_records(t, &s);
        } else if (type == SW_EVENT_READY) {
            ck_assert_mem_eq(keys.client_key, t->client_key.data, SW_AEAD_KEY_SIZE);
            ck_assert_mem_eq(keys.server_key, t->server_key.data, SW_AEAD_KEY_SIZE);
        } else if (type == SW_EVENT_COMMAND) {
            check_arguments(t, &s, &event);
            send_replies(t, &s, &sent);
            done = 1;
        } else if (type == SW_EVENT_NEED_MORE && !bytes_drain(&s, &sent)) {
            ck_assert(sw_session_wants(&s) & SW_WANT_READ);
            ck_assert(deliver(&d, &s));
        }
    }
    bytes_drain(&s, &sent);
    ck_assert_uint_eq(d.at, d.stream.len);
    ck_assert_uint_eq(sent.len, t->server.len);
    ck_assert_mem_eq(sent.data, t->server.data, sent.len);
    sw_session_wipe(&s);
    bytes_free(&sent);
    free(rx);
    free(tx);
}

static const buffers ample = { 140000, 140000 };

/* A receive buffer of one record and what a command needs beside it; 512 bytes where the records are
 * small. To send each reply at once, as it was recorded, more. */
static buffers small(const sealed_transcript *t, int is_server)
{
    buffers b = { 512, is_server ? 8192 : 512 };

    if (t->limit > 256)
        b.rx = t->limit + SW_RECORD_HEADER_SIZE + (is_server ? 256 : 0);
    if (strcmp(t->user, "eve") != 0 || t->a_record > 0)
        b.tx = 8192;
    return b;
}

START_TEST(server_at_every_split)
{
    const sealed_transcript *t = &transcripts[_i];
    sealed_user user;

    if (!is_usable(t))
        return; /* a key that this backend has not: its refusal is in test_sealed_errors.c */
    sealed_user_load(&user, t->user);
    for (size_t step = 1; step <= 7; step += 3) {
        run_server(t, &user, (delivery){ t->client, 0, step, 0 }, ample);
        run_server(t, &user, (delivery){ t->client, 0, step, 0 }, small(t, 1));
    }
    for (size_t cut = 0; cut <= t->client.len; cut += t->client.len > 2000 ? 7 : 1)
        run_server(t, &user, (delivery){ t->client, cut, 0, 0 }, cut & 1 ? ample : small(t, 1));
}
END_TEST

/* ---- client ---- */

typedef struct reception {
    const sealed_transcript *transcript;
    size_t reply;    /* next packet of the transcript */
    bytes body;      /* of the packet under way */
    int exit_status; /* -1: none */
} reception;

static void receive_data(reception *r, const sw_event *event)
{
    const sw_chunk *chunk = &event->chunk;
    const sealed_transcript *t = r->transcript;

    bytes_append(&r->body, chunk->data, chunk->len);
    if (!sw_chunk_is_last(chunk))
        return;
    ck_assert_uint_lt(r->reply, t->reply_count);
    ck_assert_uint_eq(chunk->band, t->replies[r->reply].band);
    ck_assert_uint_eq(r->body.len, t->replies[r->reply].body.len);
    ck_assert_mem_eq(r->body.data, t->replies[r->reply].body.data, r->body.len);
    r->body.len = 0;
    r->reply++;
}

static void answer_sign(const sealed_user *user, sw_session *s, const sw_event *event)
{
    uint8_t blob[SW_SSH_SIGNATURE_MAX];
    size_t len;

    ck_assert_int_eq(
        sw_ssh_sign(&quick, NULL, &user->ed25519, event->message, SW_SSHSIG_SIZE, blob, sizeof(blob), &len),
        SW_OK);
    ck_assert_int_eq(sw_session_sign(s, blob, len), SW_OK);
}

static void send_command(const sealed_transcript *t, sw_session *s, bytes *sent)
{
    sw_argument argv[TRANSCRIPT_ARGS_MAX];

    for (size_t i = 0; i < t->argc; i++)
        argv[i] = (sw_argument){ t->argv[i], strlen(t->argv[i]) };
    if (!t->at_once)
        bytes_drain(s, sent);
    ck_assert_int_eq(sw_session_command(s, argv, t->argc, 0), 1);
    bytes_drain(s, sent);
}

static void run_client(const sealed_transcript *t, const sealed_user *user, delivery d, buffers sizes)
{
    unsigned suite = t->suite == SW_SUITE_AESGCM ? SW_FEATURE_NOISE_AESGCM : SW_FEATURE_NOISE_CHACHAPOLY;
    int is_ed25519 = user->public_key.type == SW_KEY_ED25519;
    sw_x25519_key server = x25519_pair(&quick, t->server_static.data);
    sw_crypto crypto;
    sw_client_config config = {
        .crypto = &crypto, .policy = { suite, 0, 0, 0, 1 }, .user = t->user, .record_limit = (uint16_t)t->limit
    };
    uint8_t *rx = malloc(sizes.rx), *tx = malloc(sizes.tx);
    reception r = { t, 0, bytes_copy(NULL, 0), -1 };
    bytes sent = bytes_copy(NULL, 0);
    int over = 0;
    sw_session s;

    replay_random(&crypto, &quick, &t->client_ephemeral, &none);
    if (is_ed25519)
        config.public_key = &user->public_key;
    else
        config.key = sw_private_key_view(&user->rsa);
    ck_assert_int_eq(sw_session_client(&s, &config, rx, sizes.rx, tx, sizes.tx), SW_OK);
    while (!over) {
        sw_event event;
        int type = sw_session_next(&s, &event);
        ck_assert_msg(type >= 0, "%s: %s", t->name, sw_error_text(type));
        if (type == SW_EVENT_SERVER_KEY) {
            ck_assert_mem_eq(event.server_key, server.public_half, SW_X25519_SIZE);
            ck_assert_int_eq(sw_session_accept(&s, 1), SW_OK);
        } else if (type == SW_EVENT_SIGN) {
            limit_records(t, &s);
            answer_sign(user, &s, &event);
        } else if (type == SW_EVENT_READY) {
            send_command(t, &s, &sent);
        } else if (type == SW_EVENT_DATA) {
            receive_data(&r, &event);
        } else if (type == SW_EVENT_EXIT) {
            r.exit_status = event.status;
        } else if (type == SW_EVENT_CLOSED) {
            over = 1;
        } else if (!bytes_drain(&s, &sent) && !deliver(&d, &s)) {
            ck_assert_int_eq(sw_session_rx_end(&s), SW_OK);
        }
    }
    ck_assert_uint_eq(r.reply, t->reply_count - 1);
    ck_assert_int_eq(r.exit_status, t->replies[r.reply].band - SW_BAND_EXIT_SUCCESS);
    ck_assert_uint_eq(sent.len, t->client.len);
    ck_assert_mem_eq(sent.data, t->client.data, sent.len);
    ck_assert_uint_eq(sw_session_wants(&s), 0);
    sw_session_wipe(&s);
    bytes_free(&r.body);
    bytes_free(&sent);
    free(rx);
    free(tx);
}

START_TEST(client_at_every_split)
{
    const sealed_transcript *t = &transcripts[_i];
    size_t stride = t->server.len > 2000 ? 61 : 1;
    sealed_user user;

    if (!is_usable(t))
        return;
    sealed_user_load(&user, t->user);
    for (size_t step = 1; step <= 7; step += 3) {
        run_client(t, &user, (delivery){ t->server, 0, step, 0 }, ample);
        run_client(t, &user, (delivery){ t->server, 0, step, 0 }, small(t, 0));
    }
    for (size_t cut = 0; cut <= t->server.len; cut += cut < 400 ? 1 : stride)
        run_client(t, &user, (delivery){ t->server, cut, 0, 0 }, cut & 1 ? ample : small(t, 0));
}
END_TEST

static void setup(void)
{
    real = tested_backend();
    quick = remembering(real);
    sealed_transcripts_load(transcripts);
}

static void teardown(void)
{
    sealed_transcripts_free(transcripts);
    sw_backend_free(real);
}

int main(void)
{
    Suite *suite = suite_create("sealed vectors");
    TCase *tcase = tcase_create("every split");

    tcase_set_timeout(tcase, 300);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, server_at_every_split, 0, SEALED_TRANSCRIPTS);
    tcase_add_loop_test(tcase, client_at_every_split, 0, SEALED_TRANSCRIPTS);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
