/* SPDX-License-Identifier: ISC */
/* Recorded sessions, plain and sealed, as a passive observer sees them when bytes are missing at every place, or the rest
 * of an end: what it tells of any place is what was said there, and it goes on in order. */
#include "observed.h"
#include "sealed_transcript.h"
#include "suite.h"
#include "support.h"
#include "tested_backend.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENT = 0, SERVER = 1, TURNS_MAX = 7, MESSAGE_1 = 36, MESSAGE_2 = 100, PLACES = 60 };

static sw_crypto *crypto;

/* ---- what was recorded, in the order in which it was said, the server first ---- */

typedef struct recorded {
    const char *name;
    bytes sent[2];
    size_t turns[TURNS_MAX], turn_count;
    sw_secrets keys;
    int is_legacy;             /* has no sizes: where a part of it ends is lost with what is missing */
    size_t block;              /* of a plain session's challenge; sealed: 0 */
    bytes said[2], is_said[2]; /* in clear, by place, and of which places that is known */
    bytes is_header[2];        /* where packets begin */
} recorded;

static void add_turn(recorded *r, size_t len)
{
    r->turns[r->turn_count++] = len;
}

static size_t lines_of(const bytes *sent, size_t lines)
{
    size_t n = 0;

    while (lines > 0)
        lines -= sent->data[n++] == '\n';
    return n;
}

static void record_plain(recorded *r, const transcript *t)
{
    size_t header = t->features != 0 ? SW_HEADER_SIZE : 0;
    size_t response = sw_features_response_size(t->features), request_len;
    uint8_t request[256];
    sw_private_key key;

    r->name = t->name;
    r->is_legacy = t->features == 0;
    r->sent[CLIENT] = bytes_copy(t->client.data, t->client.len);
    r->sent[SERVER] = bytes_copy(t->server.data, t->server.len);
    ck_assert_int_eq(sw_request_format(t->user, t->features, request, sizeof(request), &request_len, NULL), SW_OK);
    vector_private_key(t->key, &key);
    r->block = sw_private_key_view(&key).n_size;
    add_turn(r, lines_of(&t->server, t->features != 0 ? 2 : 1));
    add_turn(r, request_len);
    add_turn(r, header + r->block);
    add_turn(r, header + response);
    add_turn(r, header > 0 ? SW_HEADER_SIZE : sizeof(SW_LEGACY_PROCEED) - 1);
    add_turn(r, SIZE_MAX);
    add_turn(r, SIZE_MAX);
    r->keys.response_size = (uint8_t)response;
    if (response == SW_SHA256_SIZE)
        crypto->sha256(crypto->ctx, r->keys.response, t->random.data, 64);
    else
        crypto->sha1(crypto->ctx, r->keys.response, t->random.data, 64);
    memcpy(r->keys.client_key, t->random.data + 64, SW_CIPHER_KEY_SIZE);
    memcpy(r->keys.server_key, t->random.data + 96, SW_CIPHER_KEY_SIZE);
}

static void record_sealed(recorded *r, const sealed_transcript *t)
{
    r->name = t->name;
    r->sent[CLIENT] = bytes_copy(t->client.data, t->client.len);
    r->sent[SERVER] = bytes_copy(t->server.data, t->server.len);
    add_turn(r, lines_of(&t->server, 2));
    add_turn(r, lines_of(&t->client, 1) + MESSAGE_1);
    add_turn(r, MESSAGE_2);
    add_turn(r, SIZE_MAX);
    add_turn(r, SIZE_MAX);
    memcpy(r->keys.client_key, t->client_key.data, SW_CIPHER_KEY_SIZE);
    memcpy(r->keys.server_key, t->server_key.data, SW_CIPHER_KEY_SIZE);
}

/* ---- giving it to an observer ---- */

/* What is missing: so many bytes of an end from a place on; or all from there on, without a hole that tells so. */
typedef struct loss {
    int who;
    size_t at, len;
    int is_end;
} loss;

static void feed(observed *o, const recorded *r, const loss *l, int who, size_t from, size_t until)
{
    const uint8_t *data = r->sent[who].data;
    size_t begin = l->at > from ? l->at : from;
    size_t end = l->at + l->len < until ? l->at + l->len : until;

    if (l->who != who || begin >= end) {
        observed_feed(o, (unsigned)who, data + from, until - from);
        return;
    }
    if (begin > from)
        observed_feed(o, (unsigned)who, data + from, begin - from);
    if (!l->is_end)
        observed_lose(o, (unsigned)who, end - begin);
    if (end < until)
        observed_feed(o, (unsigned)who, data + end, until - end);
}

static void feed_all(observed *o, const recorded *r, const loss *l)
{
    size_t at[2] = { 0, 0 };

    for (size_t i = 0; i < r->turn_count; i++) {
        int who = i % 2 == 0 ? SERVER : CLIENT;
        size_t left = r->sent[who].len - at[who];
        size_t n = r->turns[i] < left ? r->turns[i] : left;
        if (n > 0)
            feed(o, r, l, who, at[who], at[who] + n);
        at[who] += n;
    }
    observed_finish(o);
}

/* ---- what is said ---- */

static void note_said(void *context, const sw_observer_event *event)
{
    recorded *r = context;
    int who = event->side;

    for (size_t i = 0; event->data != NULL && i < event->len; i++) {
        r->said[who].data[event->at + i] = event->data[i];
        r->is_said[who].data[event->at + i] = 1;
    }
    if (event->kind == SW_OBSERVED_PACKET && event->first)
        r->is_header[who].data[event->message_at] = 1;
}

static bytes zeros(size_t len)
{
    bytes b = { calloc(len + 1, 1), len };

    ck_assert_ptr_nonnull(b.data);
    return b;
}

/* From all of it, with the keys. */
static void learn(recorded *r)
{
    static const loss nothing = { CLIENT, 0, 0, 0 };
    observed o;

    for (int who = 0; who < 2; who++) {
        r->said[who] = zeros(r->sent[who].len);
        r->is_said[who] = zeros(r->sent[who].len);
        r->is_header[who] = zeros(r->sent[who].len);
    }
    observed_start(&o, crypto, &r->keys, KEYS_AT_CHALLENGE);
    o.block = r->block;
    o.told = note_said;
    o.context = r;
    feed_all(&o, r, &nothing);
    ck_assert_int_eq(o.wrong_keys, 0);
    observed_free(&o);
}

typedef struct checker {
    const recorded *r;
    const loss *l;
    int has_keys;   /* the right ones, or none */
    uint64_t at[2]; /* up to here it was told */
} checker;

static int says(const bytes *what, const bytes *known, const sw_observer_event *event)
{
    for (size_t i = 0; i < event->len; i++)
        if ((known == NULL || known->data[event->at + i]) && what->data[event->at + i] != event->data[i])
            return 0;
    return 1;
}

static void check_event(void *context, const sw_observer_event *event)
{
    checker *c = context;
    const recorded *r = c->r;
    int who = event->side;
    int may_be_raw = event->kind == SW_OBSERVED_ENCRYPTED || event->kind == SW_OBSERVED_UNDECODED;

    if (event->kind == SW_OBSERVED_CANDIDATE) /* no byte of it is taken */
        return;
    ck_assert_msg(event->at + event->len <= r->sent[who].len, "%s: beyond the end", r->name);
    if (event->len > 0)
        ck_assert_msg(event->at >= c->at[who], "%s, %zu bytes lost at %zu of %d: place %llu again", r->name,
                      c->l->len, c->l->at, c->l->who, (unsigned long long)event->at);
    if (event->kind != SW_OBSERVED_CHALLENGE)
        c->at[who] = event->at + event->len;
    if (event->data != NULL && !r->is_legacy && c->has_keys)
        ck_assert_msg(
            says(&r->said[who], &r->is_said[who], event) || (may_be_raw && says(&r->sent[who], NULL, event)),
            "%s, %zu bytes lost at %zu of %d: %zu bytes of kind %d at %llu are not what was said", r->name,
            c->l->len, c->l->at, c->l->who, event->len, (int)event->kind, (unsigned long long)event->at);
    if (event->kind == SW_OBSERVED_RESUMED && event->sure && r->block > 0) /* sealed: or a record's */
        ck_assert_msg(r->is_header[who].data[event->at], "%s, %zu bytes lost at %zu of %d: no header at %llu",
                      r->name, c->l->len, c->l->at, c->l->who, (unsigned long long)event->at);
}

static void watch(const recorded *r, const loss *l, const sw_secrets *keys, observed_keys when, int full)
{
    checker c = { r, l, keys == &r->keys, { 0, 0 } };
    observed o;

    observed_start(&o, crypto, keys, when);
    o.block = r->block;
    o.full = full;
    o.told = check_event;
    o.context = &c;
    feed_all(&o, r, l);
    if (c.has_keys && !r->is_legacy)
        ck_assert_msg(o.wrong_keys == 0, "%s, %zu bytes lost at %zu of %d: the keys are not wrong", r->name,
                      l->len, l->at, l->who);
    observed_free(&o);
}

/* ---- every place ---- */

static const struct {
    size_t len; /* 0: the rest of the end */
    int is_end, full;
    observed_keys when;
    int wrong_keys;
} losses[] = {
    { 1, 0, 0, KEYS_AT_CHALLENGE, 0 },   { 7, 0, 0, KEYS_AT_RESPONSE, 0 }, { 40, 0, 0, KEYS_AT_END, 0 },
    { 300, 0, 0, KEYS_AT_CHALLENGE, 0 }, { 40, 0, 1, KEYS_AT_END, 0 },     { 7, 0, 0, KEYS_AT_CHALLENGE, 1 },
    { 0, 1, 0, KEYS_AT_RESPONSE, 0 },    { 0, 0, 0, KEYS_NEVER, 0 },
};

/* Each kind of loss begins with another byte. */
static void lose_everywhere(recorded *r, int i)
{
    sw_secrets wrong = r->keys;

    learn(r);
    memset(wrong.client_key, 0x55, sizeof(wrong.client_key));
    memset(wrong.server_key, 0x55, sizeof(wrong.server_key));
    for (int who = 0; who < 2; who++) {
        size_t all = r->sent[who].len, stride = all / PLACES + 1;
        for (size_t at = (size_t)i % stride; at < all; at += stride) {
            size_t left = all - at;
            if (losses[i].is_end && who == CLIENT && at < r->turns[1])
                continue; /* half a request that nothing follows reads like a whole one, as it has no end mark */
            loss l = { who, at, losses[i].len > 0 && losses[i].len < left ? losses[i].len : left,
                       losses[i].is_end };
            watch(r, &l, losses[i].wrong_keys ? &wrong : &r->keys, losses[i].when, losses[i].full);
        }
    }
    for (int who = 0; who < 2; who++) {
        bytes_free(&r->sent[who]);
        bytes_free(&r->said[who]);
        bytes_free(&r->is_said[who]);
        bytes_free(&r->is_header[who]);
    }
}

START_TEST(plain)
{
    transcript transcripts[TRANSCRIPTS_MAX];
    size_t count = transcripts_load(transcripts);

    for (size_t i = 0; i < count; i++) {
        recorded r;
        memset(&r, 0, sizeof(r));
        record_plain(&r, &transcripts[i]);
        lose_everywhere(&r, _i);
    }
    transcripts_free(transcripts, count);
}
END_TEST

START_TEST(sealed)
{
    sealed_transcript transcripts[SEALED_TRANSCRIPTS];

    sealed_transcripts_load(transcripts);
    for (size_t i = 0; i < SEALED_TRANSCRIPTS; i++) {
        recorded r;
        memset(&r, 0, sizeof(r));
        record_sealed(&r, &transcripts[i]);
        lose_everywhere(&r, _i);
    }
    sealed_transcripts_free(transcripts);
}
END_TEST

static void setup(void)
{
    crypto = tested_backend();
}

static void teardown(void)
{
    sw_backend_free(crypto);
}

int main(void)
{
    Suite *suite = suite_create("observer everywhere");
    TCase *tcase = suite_case(suite, "losses");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, plain, 0, COUNT(losses));
    tcase_add_loop_test(tcase, sealed, 0, COUNT(losses));
    return run_suite(suite);
}
