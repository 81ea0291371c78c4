/* SPDX-License-Identifier: ISC */
/* The recorded sessions of an independent implementation, as a passive observer sees them, at every split. */
#include "observed.h"
#include "suite.h"
#include "support.h"
#include "tested_backend.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static transcript transcripts[TRANSCRIPTS_MAX];
static size_t transcript_count;
static sw_crypto *crypto;

static void setup(void)
{
    crypto = tested_backend();
    transcript_count = transcripts_load(transcripts);
}

static void teardown(void)
{
    transcripts_free(transcripts, transcript_count);
    sw_backend_free(crypto);
}

/* ---- what was recorded, in the order in which it was said ---- */

enum { TURNS = 6, CLIENT = 0, SERVER = 1 };

typedef struct recorded {
    const transcript *t;
    const bytes *sent[2];
    size_t turns[TURNS]; /* bytes of each: greeting, request, challenge, response, rest of the server's up to
                                  * the command's answer, rest */
    sw_secrets keys;
    size_t block;
} recorded;

static void record(recorded *r, const transcript *t)
{
    size_t header = t->features != 0 ? SW_HEADER_SIZE : 0;
    size_t proceed = header > 0 ? SW_HEADER_SIZE : sizeof(SW_LEGACY_PROCEED) - 1;
    uint8_t request[256];
    sw_private_key key;
    size_t lines = t->features != 0 ? 2 : 1;

    memset(r, 0, sizeof(*r));
    r->t = t;
    r->sent[CLIENT] = &t->client;
    r->sent[SERVER] = &t->server;
    while (lines > 0)
        lines -= t->server.data[r->turns[0]++] == '\n';
    ck_assert_int_eq(sw_request_format(t->user, t->features, request, sizeof(request), &r->turns[1], NULL), SW_OK);
    vector_private_key(t->key, &key);
    r->block = sw_private_key_view(&key).n_size;
    r->turns[2] = header + r->block;
    r->turns[3] = header + sw_features_response_size(t->features);
    r->turns[4] = proceed;
    r->keys.response_size = (uint8_t)sw_features_response_size(t->features);
    if (r->keys.response_size == SW_SHA256_SIZE)
        crypto->sha256(crypto->ctx, r->keys.response, t->random.data, 64);
    else
        crypto->sha1(crypto->ctx, r->keys.response, t->random.data, 64);
    memcpy(r->keys.client_key, t->random.data + 64, SW_CIPHER_KEY_SIZE);
    memcpy(r->keys.server_key, t->random.data + 96, SW_CIPHER_KEY_SIZE);
}

/* How a session is given: cut at a place of each end, or in steps. */
typedef struct way {
    observed_keys when;
    size_t cut[2], step;
    int exchanged; /* the server is end 0 */
} way;

/* Feeds an end up to a place. */
static void feed(observed *o, const recorded *r, const way *w, int who, size_t *at, size_t until)
{
    unsigned end = (unsigned)(who ^ w->exchanged);

    if (until > r->sent[who]->len)
        until = r->sent[who]->len;
    while (*at < until) {
        size_t n = until - *at;

        if (*at < w->cut[who] && w->cut[who] < until)
            n = w->cut[who] - *at;
        if (w->step > 0 && n > w->step)
            n = w->step;
        observed_feed(o, end, r->sent[who]->data + *at, n);
        *at += n;
    }
}

static void watch(observed *o, const recorded *r, const way *w)
{
    size_t at[2] = { 0, 0 };

    observed_start(o, crypto, &r->keys, w->when);
    for (int turn = 0; turn < TURNS - 1; turn++) {
        int who = turn % 2 == 0 ? SERVER : CLIENT;

        feed(o, r, w, who, &at[who], at[who] + r->turns[turn]);
    }
    feed(o, r, w, CLIENT, &at[CLIENT], SIZE_MAX);
    feed(o, r, w, SERVER, &at[SERVER], SIZE_MAX);
    observed_finish(o);
}

static void expect_same(const observed *seen, const observed *whole, const way *w, const char *name)
{
    for (unsigned who = 0; who < 2; who++) {
        const char *a = observed_log(seen, who ^ (unsigned)w->exchanged);
        const char *b = observed_log(whole, who);

        ck_assert_msg(strcmp(a, b) == 0, "%s, cut at %zu/%zu, steps of %zu:\n%snot as whole:\n%s", name, w->cut[0],
                      w->cut[1], w->step, a, b);
    }
    ck_assert_int_eq(seen->wrong_keys, 0);
}

static void expect_line(const char *name, const char **log, const char *line)
{
    const char *found = strstr(*log, line);

    ck_assert_msg(found != NULL, "%s: no '%s' in:\n%s", name, line, *log);
    *log = found + 1;
}

static void expect_all(const recorded *r, const observed *o)
{
    const char *client = observed_log(o, CLIENT);
    const char *server = observed_log(o, SERVER);
    int is_sideband = r->t->features != 0;
    char line[64];

    expect_line(r->t->name, &server, "greeting ");
    expect_line(r->t->name, &client, "request ");
    expect_line(r->t->name, &server, "challenge ");
    expect_line(r->t->name, &client, "response ");
    expect_line(r->t->name, &server, is_sideband ? "PROCEED 0 " : "proceed 8 ");
    expect_line(r->t->name, &client, is_sideband ? "COMMAND " : "command ");
    for (size_t i = 0; i < r->t->reply_count && is_sideband; i++) {
        size_t size = r->t->replies[i].body.len;

        snprintf(line, sizeof(line), size > 0 ? "%s %zu/%zu " : "%s %zu ", sw_band_name(r->t->replies[i].band),
                 size, size);
        expect_line(r->t->name, &server, line);
    }
    ck_assert_ptr_null(strstr(observed_log(o, SERVER), "undecoded"));
    ck_assert_ptr_null(strstr(observed_log(o, CLIENT), "undecoded"));
    ck_assert_int_eq(sw_observer_features(&o->observer), r->t->features);
}

/* ---- tests ---- */

static const way ways[] = {
    { KEYS_AT_CHALLENGE, { 0, 0 }, 0, 0 }, { KEYS_AT_CHALLENGE, { 0, 0 }, 1, 0 },
    { KEYS_AT_CHALLENGE, { 0, 0 }, 1, 1 }, { KEYS_AT_RESPONSE, { 0, 0 }, 0, 0 },
    { KEYS_AT_RESPONSE, { 0, 0 }, 7, 0 },  { KEYS_AT_END, { 0, 0 }, 0, 0 },
    { KEYS_AT_END, { 0, 0 }, 3, 1 },
};

START_TEST(whole_and_in_steps)
{
    for (size_t i = 0; i < transcript_count; i++) {
        observed whole, seen;
        recorded r;

        record(&r, &transcripts[i]);
        watch(&whole, &r, &ways[0]);
        expect_all(&r, &whole);
        ck_assert_int_eq(whole.verdict, SW_VERDICT_RIGHT);
        watch(&seen, &r, &ways[_i]);
        expect_same(&seen, &whole, &ways[_i], transcripts[i].name);
        observed_free(&seen);
        observed_free(&whole);
    }
}
END_TEST

START_TEST(every_split)
{
    for (size_t i = 0; i < transcript_count; i++) {
        observed whole, seen;
        recorded r;

        record(&r, &transcripts[i]);
        watch(&whole, &r, &ways[0]);
        for (size_t cut = 1; cut < r.sent[_i]->len; cut++) {
            way w = { KEYS_AT_RESPONSE, { 0, 0 }, 0, 0 };

            w.cut[_i] = cut;
            watch(&seen, &r, &w);
            expect_same(&seen, &whole, &w, transcripts[i].name);
            observed_free(&seen);
        }
        observed_free(&whole);
    }
}
END_TEST

START_TEST(no_keys)
{
    for (size_t i = 0; i < transcript_count; i++) {
        way w = { KEYS_NEVER, { 0, 0 }, 0, 0 };
        const char *server;
        observed o;
        recorded r;

        record(&r, &transcripts[i]);
        watch(&o, &r, &w);
        server = observed_log(&o, SERVER);
        expect_line(r.t->name, &server, "challenge ");
        expect_line(r.t->name, &server, "encrypted ");
        ck_assert_int_eq(o.verdict, SW_VERDICT_UNKNOWN);
        observed_free(&o);
    }
}
END_TEST

/* Keys that open nothing say so, and are not taken for damage; the right ones may follow. */
START_TEST(wrong_keys)
{
    for (size_t i = 0; i < transcript_count; i++) {
        observed o, whole;
        recorded r;
        sw_secrets right;
        way w = { KEYS_AT_CHALLENGE, { 0, 0 }, 0, 0 };

        record(&r, &transcripts[i]);
        right = r.keys;
        watch(&whole, &r, &w);
        memset(r.keys.client_key, 0x55, SW_CIPHER_KEY_SIZE);
        memset(r.keys.server_key, 0x55, SW_CIPHER_KEY_SIZE);
        watch(&o, &r, &w);
        ck_assert_int_ge(o.wrong_keys, 1);
        ck_assert_ptr_null(strstr(observed_log(&o, SERVER), "undecoded"));
        ck_assert_ptr_nonnull(strstr(observed_log(&o, SERVER), "encrypted"));
        ck_assert_ptr_nonnull(strstr(observed_log(&o, CLIENT), "encrypted"));
        observed_free(&o);
        observed_start(&o, crypto, &r.keys, KEYS_AT_CHALLENGE);
        observed_feed(&o, SERVER, r.sent[SERVER]->data, r.turns[0]);
        observed_feed(&o, CLIENT, r.sent[CLIENT]->data, r.turns[1]);
        observed_feed(&o, SERVER, r.sent[SERVER]->data + r.turns[0], r.turns[2]);
        observed_feed(&o, CLIENT, r.sent[CLIENT]->data + r.turns[1], r.sent[CLIENT]->len - r.turns[1]);
        observed_feed(&o, SERVER, r.sent[SERVER]->data + r.turns[0] + r.turns[2],
                      r.sent[SERVER]->len - r.turns[0] - r.turns[2]);
        ck_assert_int_eq(o.wrong_keys, 1);
        o.keys = &right;
        o.when = KEYS_AT_END;
        observed_finish(&o);
        o.wrong_keys = 0;
        expect_same(&o, &whole, &(way){ 0 }, "the right keys late");
        observed_free(&o);
        observed_free(&whole);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("observer");
    TCase *tcase = suite_case(suite, "recorded");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, whole_and_in_steps, 0, COUNT(ways));
    tcase_add_loop_test(tcase, every_split, 0, 2);
    tcase_add_test(tcase, no_keys);
    tcase_add_test(tcase, wrong_keys);
    return run_suite(suite);
}
