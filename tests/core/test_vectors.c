/* SPDX-License-Identifier: ISC */
/* The recorded sessions of an independent implementation, both roles, at every split. */
#include "suite.h"
#include "support.h"
#include "tested_backend.h"
#include "wired.h"
#include "send_command.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static transcript transcripts[TRANSCRIPTS_MAX];
static size_t transcript_count;
static sw_crypto *real;

/* ---- how a stream is cut ---- */

typedef struct delivery {
    bytes stream;
    size_t burst; /* end of what the peer sends before it waits for an answer */
    size_t cut;   /* one more place to cut at */
    size_t step;  /* at most so many bytes at a time; 0: any number */
    size_t at;
    int is_client; /* what the end of the burst means to the session */
} delivery;

static size_t next_piece(const delivery *d)
{
    size_t end = d->stream.len;

    if (d->at < d->burst)
        end = d->burst;
    if (d->at < d->cut && d->cut < end)
        end = d->cut;
    if (d->step > 0 && end - d->at > d->step)
        end = d->at + d->step;
    return end - d->at;
}

/* Gives the session the next piece, in parts if its buffer is small. 0: nothing was left. */
static int deliver(delivery *d, sw_session *s)
{
    size_t n = next_piece(d);

    if (n == 0)
        return 0;
    n = wired_give(s, d->stream.data + d->at, n);
    ck_assert_uint_gt(n, 0);
    d->at += n;
    if (d->at == d->burst)
        ck_assert_int_eq(d->is_client ? sw_session_greeting_end(s) : sw_session_burst_end(s), SW_OK);
    return 1;
}

/* ---- server ---- */

static void check_arguments(const transcript *t, const sw_session *s, const sw_event *event)
{
    sw_argument argv[TRANSCRIPT_ARGS_MAX];
    sw_command_info out;

    ck_assert_int_eq(sw_session_arguments(s, event, argv, TRANSCRIPT_ARGS_MAX, &out, NULL), SW_OK);
    ck_assert_uint_eq(out.count, t->argc);
    ck_assert_int_eq(out.unterminated, 0);
    for (size_t i = 0; i < t->argc; i++) {
        ck_assert_uint_eq(argv[i].len, strlen(t->argv[i]));
        ck_assert_mem_eq(argv[i].data, t->argv[i], argv[i].len);
    }
}

static void send_all(sw_session *s, uint8_t band, const bytes *body, bytes *sent)
{
    size_t at = 0;

    do {
        size_t taken;
        int result = sw_session_send(s, band, body->data + at, body->len - at, &taken);
        ck_assert_int_ge(result, 0);
        at += taken;
        if (result == 0 || at < body->len)
            ck_assert(bytes_drain(s, sent));
        else
            break;
    } while (1);
}

static void send_replies(const transcript *t, sw_session *s, bytes *sent)
{
    for (size_t i = 0; i < t->reply_count; i++) {
        uint8_t band = t->replies[i].band;
        if (band == SW_BAND_EXIT_SUCCESS || band == SW_BAND_EXIT_FAILURE) {
            int result;
            while ((result = sw_session_exit(s, band == SW_BAND_EXIT_SUCCESS ? 0 : 1)) == 0)
                ck_assert(bytes_drain(s, sent));
            ck_assert_int_eq(result, 1);
        } else {
            send_all(s, band, &t->replies[i].body, sent);
        }
    }
}

typedef struct buffers {
    size_t rx, tx;
} buffers;

static void run_server(const transcript *t, const sw_public_key *key, delivery d, buffers sizes)
{
    sw_crypto crypto;
    sw_server_config config = { .crypto = &crypto, .decoy_secret = { 1 } };
    uint8_t *rx = malloc(sizes.rx), *tx = malloc(sizes.tx);
    bytes sent = bytes_copy(NULL, 0);
    int commands = 0, keys = 0;
    sw_session s;

    replay_random(&crypto, real, &t->random, &t->seed);
    config.policy = (sw_policy){ t->features, 1, 1, 0, 0 };
    config.banner = "This is para_server, version 0.4.13.";
    ck_assert_int_eq(sw_session_server(&s, &config, rx, sizes.rx, tx, sizes.tx), SW_OK);
    for (;;) {
        sw_event event;
        int type = sw_session_next(&s, &event);
        ck_assert_msg(type >= 0, "%s: %s", t->name, sw_error_text(type));
        if (type == SW_EVENT_KEY) {
            ck_assert_uint_eq(event.user_len, strlen(t->user));
            ck_assert_mem_eq(event.user, t->user, event.user_len);
            ck_assert_int_eq(sw_session_key(&s, key), SW_OK);
            keys++;
        } else if (type == SW_EVENT_COMMAND) {
            check_arguments(t, &s, &event);
            send_replies(t, &s, &sent);
            commands++;
            if (sw_session_is_legacy(&s))
                ck_assert_int_eq(sw_session_exit(&s, 0), 1);
        } else if (sw_session_wants(&s) & SW_WANT_SHUTDOWN) {
            ck_assert_int_eq(sw_session_rx_end(&s), SW_OK);
        } else if (type == SW_EVENT_CLOSED) {
            break;
        } else if (type == SW_EVENT_NEED_MORE && !bytes_drain(&s, &sent)) {
            ck_assert(sw_session_wants(&s) & SW_WANT_READ);
            ck_assert(deliver(&d, &s));
        }
    }
    ck_assert_int_eq(keys, 1);
    ck_assert_int_eq(commands, 1);
    ck_assert_uint_eq(d.at, d.stream.len);
    ck_assert_uint_eq(replay_random_left(), 0);
    ck_assert_uint_eq(sent.len, t->server.len);
    ck_assert_mem_eq(sent.data, t->server.data, sent.len);
    ck_assert_uint_eq(sw_session_wants(&s), 0);
    sw_session_wipe(&s);
    bytes_free(&sent);
    free(rx);
    free(tx);
}

static size_t request_len(const transcript *t)
{
    uint8_t request[256];
    size_t len;

    ck_assert_int_eq(sw_request_format(t->user, t->features, request, sizeof(request), &len, NULL), SW_OK);
    ck_assert_mem_eq(request, t->client.data, len);
    return len;
}

static const buffers smallest = { SW_SESSION_RX_MIN, SW_SESSION_TX_MIN };
static const buffers ample = { 65536, 65536 };

/* The smallest that send each reply as one packet. */
static buffers server_buffers(const transcript *t)
{
    buffers b = smallest;

    for (size_t i = 0; i < t->reply_count; i++)
        if (t->replies[i].body.len + SW_HEADER_SIZE > b.tx)
            b.tx = t->replies[i].body.len + SW_HEADER_SIZE;
    return b;
}

START_TEST(server_at_every_split)
{
    const transcript *t = &transcripts[_i];
    size_t burst = request_len(t);
    sw_public_key key;

    vector_public_key(t->key, &key);
    for (size_t cut = 0; cut <= t->client.len; cut++) {
        run_server(t, &key, (delivery){ t->client, burst, cut, 0, 0, 0 }, ample);
        run_server(t, &key, (delivery){ t->client, burst, cut, 0, 0, 0 }, server_buffers(t));
    }
    for (size_t step = 1; step <= 7; step += 3)
        run_server(t, &key, (delivery){ t->client, burst, 0, step, 0, 0 }, server_buffers(t));
}
END_TEST

/* ---- client ---- */

/* The private operation is slow and always the same here: done once a test. */
static struct {
    uint8_t plain[SW_CHALLENGE_SIZE];
    size_t size;
} remembered;

static int decrypt_once(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t *in, uint8_t *out,
                        size_t cap, size_t *size)
{
    if (remembered.size == 0) {
        int result =
            real->oaep_decrypt(crypto, key, in, remembered.plain, sizeof(remembered.plain), &remembered.size);
        if (result != 0)
            return result;
    }
    ck_assert_uint_ge(cap, remembered.size);
    memcpy(out, remembered.plain, remembered.size);
    *size = remembered.size;
    return 0;
}

/* What a client was told, to be compared with what the server said. */
typedef struct reception {
    const transcript *transcript;
    size_t reply;    /* next packet of the transcript */
    bytes body;      /* of the packet under way */
    int exit_status; /* -1: none */
} reception;

static void receive_data(reception *r, const sw_event *event, int legacy)
{
    const sw_chunk *chunk = &event->chunk;

    if (chunk->len > 0)
        bytes_append(&r->body, chunk->data, chunk->len);
    if (legacy || !sw_chunk_is_last(chunk))
        return;
    ck_assert_uint_lt(r->reply, r->transcript->reply_count);
    ck_assert_uint_eq(chunk->band, r->transcript->replies[r->reply].band);
    ck_assert_uint_eq(r->body.len, r->transcript->replies[r->reply].body.len);
    ck_assert_mem_eq(r->body.data, r->transcript->replies[r->reply].body.data, r->body.len);
    r->body.len = 0;
    r->reply++;
}

static void check_reception(const reception *r, int legacy)
{
    const transcript *t = r->transcript;
    bytes all = bytes_copy(NULL, 0);

    if (!legacy) {
        ck_assert_uint_eq(r->reply, t->reply_count - 1);
        ck_assert_int_eq(r->exit_status, t->replies[r->reply].band - SW_BAND_EXIT_SUCCESS);
    } else {
        for (size_t i = 0; i < t->reply_count; i++)
            bytes_append(&all, t->replies[i].body.data, t->replies[i].body.len);
        ck_assert_uint_eq(r->body.len, all.len);
        ck_assert_mem_eq(r->body.data, all.data, all.len);
        ck_assert_int_eq(r->exit_status, -1);
    }
    bytes_free(&all);
}

static void run_client(const transcript *t, const sw_private_key *key, delivery d, buffers sizes)
{
    sw_crypto crypto = *real;
    sw_client_config config = { .crypto = &crypto };
    uint8_t *rx = malloc(sizes.rx), *tx = malloc(sizes.tx);
    reception r = { t, 0, bytes_copy(NULL, 0), -1 };
    bytes sent = bytes_copy(NULL, 0);
    int over = 0;
    sw_session s;

    crypto.oaep_decrypt = decrypt_once;
    config.policy = (sw_policy){ t->features, 1, 1, 0, 0 };
    config.user = t->user;
    config.key = sw_private_key_view(key);
    ck_assert_int_eq(sw_session_client(&s, &config, rx, sizes.rx, tx, sizes.tx), SW_OK);
    while (!over) {
        sw_event event;
        int type = sw_session_next(&s, &event);
        ck_assert_msg(type >= 0, "%s: %s", t->name, sw_error_text(type));
        if (type == SW_EVENT_READY) {
            ck_assert_int_eq(send_command(&s, (const char *const *)t->argv, t->argc), 1);
            bytes_drain(&s, &sent);
        } else if (type == SW_EVENT_DATA)
            receive_data(&r, &event, sw_session_is_legacy(&s));
        else if (type == SW_EVENT_EXIT)
            r.exit_status = event.status;
        else if (type == SW_EVENT_CLOSED)
            over = 1;
        else if (!bytes_drain(&s, &sent) && !deliver(&d, &s))
            ck_assert_int_eq(sw_session_rx_end(&s), SW_OK);
    }
    check_reception(&r, sw_session_is_legacy(&s));
    ck_assert_uint_eq(d.at, d.stream.len);
    ck_assert_uint_eq(sent.len, t->client.len);
    ck_assert_mem_eq(sent.data, t->client.data, sent.len);
    ck_assert_uint_eq(sw_session_wants(&s), 0);
    sw_session_wipe(&s);
    bytes_free(&r.body);
    bytes_free(&sent);
    free(rx);
    free(tx);
}

/* Where the greeting ends; a client of a legacy server is told so by its caller. */
static size_t greeting_len(const transcript *t)
{
    const uint8_t *end = memchr(t->server.data, '\n', t->server.len);

    if (t->features != 0)
        end = memchr(end + 1, '\n', t->server.len - (size_t)(end + 1 - t->server.data));
    return (size_t)(end + 1 - t->server.data);
}

/* With the smallest buffers everything is cut again every 64 bytes: beyond the handshake more
 * cuts show nothing new. */
enum { SMALL_CUTS = 800 };

START_TEST(client_at_every_split)
{
    const transcript *t = &transcripts[_i];
    size_t burst = greeting_len(t);
    sw_private_key key;

    vector_private_key(t->key, &key);
    remembered.size = 0;
    for (size_t cut = 0; cut <= t->server.len; cut++)
        run_client(t, &key, (delivery){ t->server, burst, cut, 0, 0, 1 }, ample);
    for (size_t step = 1; step <= 7; step += 3)
        run_client(t, &key, (delivery){ t->server, burst, 0, step, 0, 1 }, ample);
    for (size_t cut = 0; cut <= SMALL_CUTS && cut <= t->server.len; cut++)
        run_client(t, &key, (delivery){ t->server, burst, cut, 0, 0, 1 }, smallest);
    run_client(t, &key, (delivery){ t->server, burst, 0, 1, 0, 1 }, smallest);
    sw_private_key_wipe(&key);
}
END_TEST

enum { EXPECTED_TRANSCRIPTS = 5 };

static void setup(void)
{
    real = tested_backend();
    transcript_count = transcripts_load(transcripts);
    ck_assert_uint_eq(transcript_count, EXPECTED_TRANSCRIPTS);
}

static void teardown(void)
{
    transcripts_free(transcripts, transcript_count);
    sw_backend_free(real);
}

static Suite *vectors_suite(void)
{
    Suite *suite = suite_create("vectors");
    TCase *tcase = tcase_create("every split");

    tcase_set_timeout(tcase, 300);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, server_at_every_split, 0, EXPECTED_TRANSCRIPTS);
    tcase_add_loop_test(tcase, client_at_every_split, 0, EXPECTED_TRANSCRIPTS);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return run_suite(vectors_suite());
}
