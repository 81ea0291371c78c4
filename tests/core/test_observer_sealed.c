/* SPDX-License-Identifier: ISC */
/* Sealed sessions of an independent implementation, as a passive observer sees them: at every split, with and without keys,
 * and with every byte changed. */
#include "observed.h"
#include "sealed_transcript.h"
#include "suite.h"
#include "support.h"
#include "tested_backend.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENT = 0, SERVER = 1, MESSAGE_1 = 36, MESSAGE_2 = 100 };

static sealed_transcript transcripts[SEALED_TRANSCRIPTS];
static sw_crypto *crypto;

static void setup(void)
{
    crypto = tested_backend();
    sealed_transcripts_load(transcripts);
}

static void teardown(void)
{
    sealed_transcripts_free(transcripts);
    sw_backend_free(crypto);
}

/* ---- what was recorded ---- */

typedef struct recorded {
    const sealed_transcript *t;
    bytes sent[2];            /* copies */
    size_t greeting, request; /* sizes */
    sw_secrets keys;
} recorded;

static void record(recorded *r, const sealed_transcript *t)
{
    memset(r, 0, sizeof(*r));
    r->t = t;
    bytes_append(&r->sent[CLIENT], t->client.data, t->client.len);
    bytes_append(&r->sent[SERVER], t->server.data, t->server.len);
    for (int lines = 0; lines < 2;)
        lines += t->server.data[r->greeting++] == '\n';
    while (t->client.data[r->request++] != '\n')
        continue;
    memcpy(r->keys.client_key, t->client_key.data, SW_CIPHER_KEY_SIZE);
    memcpy(r->keys.server_key, t->server_key.data, SW_CIPHER_KEY_SIZE);
}

static void record_free(recorded *r)
{
    bytes_free(&r->sent[CLIENT]);
    bytes_free(&r->sent[SERVER]);
}

typedef struct way {
    observed_keys when;
    size_t cut[2], step;
    int exchanged; /* the server is end 0 */
    int late;      /* the server's bytes come first, as a tap may have them */
    int full;      /* nothing is kept for keys */
} way;

static void feed(observed *o, const recorded *r, const way *w, int who, size_t from, size_t until)
{
    unsigned end = (unsigned)(who ^ w->exchanged);

    while (from < until) {
        size_t n = until - from;

        if (from < w->cut[who] && w->cut[who] < until)
            n = w->cut[who] - from;
        if (w->step > 0 && n > w->step)
            n = w->step;
        observed_feed(o, end, r->sent[who].data + from, n);
        from += n;
    }
}

static void watch(observed *o, const recorded *r, const way *w)
{
    size_t client = r->sent[CLIENT].len, server = r->sent[SERVER].len;

    observed_start(o, crypto, &r->keys, w->when);
    o->full = w->full;
    feed(o, r, w, SERVER, 0, w->late ? server : r->greeting);
    feed(o, r, w, CLIENT, 0, r->request + MESSAGE_1);
    if (!w->late)
        feed(o, r, w, SERVER, r->greeting, r->greeting + MESSAGE_2);
    feed(o, r, w, CLIENT, r->request + MESSAGE_1, client);
    if (!w->late)
        feed(o, r, w, SERVER, r->greeting + MESSAGE_2, server);
    observed_finish(o);
}

/* One session has hundreds of records of 19 bytes: each place in such a record is tried in every fifth of them. */
static size_t stride(const recorded *r)
{
    return r->t->a_record == 1 ? 5 : 1;
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
    const char *name = r->t->name;
    char line[64];

    expect_line(name, &server, "greeting ");
    expect_line(name, &client, "request ");
    expect_line(name, &client, "noise 34/34 ");
    expect_line(name, &server, "noise 98/98 ");
    expect_line(name, &client, "record 0 of ");
    expect_line(name, &server, "record 0 of ");
    snprintf(line, sizeof(line), "CHALLENGE_RESPONSE %zu/%zu ", r->t->proof.len, r->t->proof.len);
    expect_line(name, &client, line);
    expect_line(name, &client, "COMMAND ");
    expect_line(name, &server, "PROCEED 0 ");
    for (size_t i = 0; i < r->t->reply_count; i++) {
        size_t size = r->t->replies[i].body.len;

        snprintf(line, sizeof(line), size > 0 ? "%s %zu/%zu " : "%s 0 ", sw_band_name(r->t->replies[i].band), size,
                 size);
        expect_line(name, &server, line);
    }
    for (unsigned who = 0; who < 2; who++) {
        ck_assert_ptr_null(strstr(observed_log(o, who), "undecoded"));
        ck_assert_ptr_null(strstr(observed_log(o, who), "encrypted"));
        ck_assert_ptr_null(strstr(observed_log(o, who), "not opened"));
    }
    ck_assert_int_eq(sw_observer_features(&o->observer) & SW_FEATURES_SEALED,
                     r->t->suite == SW_SUITE_AESGCM ? SW_FEATURE_NOISE_AESGCM : SW_FEATURE_NOISE_CHACHAPOLY);
}

/* ---- tests ---- */

static const way ways[] = {
    { KEYS_AT_CHALLENGE, { 0, 0 }, 0, 0, 0, 0 }, { KEYS_AT_CHALLENGE, { 0, 0 }, 1, 0, 0, 0 },
    { KEYS_AT_CHALLENGE, { 0, 0 }, 1, 1, 0, 0 }, { KEYS_AT_CHALLENGE, { 0, 0 }, 7, 0, 1, 0 },
    { KEYS_AT_END, { 0, 0 }, 0, 0, 0, 0 },       { KEYS_AT_END, { 0, 0 }, 3, 1, 0, 0 },
    { KEYS_AT_END, { 0, 0 }, 0, 0, 1, 0 },
};

START_TEST(whole_and_in_steps)
{
    for (size_t i = 0; i < SEALED_TRANSCRIPTS; i++) {
        observed whole, seen;
        recorded r;

        record(&r, &transcripts[i]);
        watch(&whole, &r, &ways[0]);
        expect_all(&r, &whole);
        watch(&seen, &r, &ways[_i]);
        expect_same(&seen, &whole, &ways[_i], r.t->name);
        observed_free(&seen);
        observed_free(&whole);
        record_free(&r);
    }
}
END_TEST

START_TEST(every_split)
{
    for (size_t i = 0; i < SEALED_TRANSCRIPTS; i++) {
        observed whole, seen;
        recorded r;

        record(&r, &transcripts[i]);
        watch(&whole, &r, &ways[0]);
        for (size_t cut = 1; cut < r.sent[_i].len; cut += stride(&r)) {
            way w = ways[0];

            w.cut[_i] = cut;
            watch(&seen, &r, &w);
            expect_same(&seen, &whole, &w, r.t->name);
            observed_free(&seen);
        }
        observed_free(&whole);
        record_free(&r);
    }
}
END_TEST

static size_t count_lines(const char *log, const char *text)
{
    size_t n = 0;

    while ((log = strstr(log, text)) != NULL) {
        n++;
        log += strlen(text);
    }
    return n;
}

/* Records, their sizes and suites are seen by everybody; nothing else is. */
START_TEST(no_keys)
{
    for (size_t i = 0; i < SEALED_TRANSCRIPTS; i++) {
        way w = { KEYS_NEVER, { 0, 0 }, 0, 0, 0, 0 };
        observed whole, o;
        recorded r;

        record(&r, &transcripts[i]);
        watch(&whole, &r, &ways[0]);
        w.full = _i % 2;
        w.step = _i == 2 ? 5 : 0;
        watch(&o, &r, &w);
        for (unsigned who = 0; who < 2; who++) {
            const char *log = observed_log(&o, who);

            ck_assert_uint_eq(count_lines(log, "not opened"), count_lines(observed_log(&whole, who), "record "));
            ck_assert_ptr_null(strstr(log, "COMMAND"));
            ck_assert_ptr_null(strstr(log, "EXIT"));
            ck_assert_ptr_null(strstr(log, "undecoded"));
            ck_assert_ptr_nonnull(strstr(log, "encrypted"));
        }
        observed_free(&o);
        observed_free(&whole);
        record_free(&r);
    }
}
END_TEST

/* Keys that open nothing say so, and are not taken for damage; the right ones may follow. */
START_TEST(wrong_keys)
{
    for (size_t i = 0; i < SEALED_TRANSCRIPTS; i++) {
        observed o, whole;
        sw_secrets right;
        recorded r;

        record(&r, &transcripts[i]);
        right = r.keys;
        watch(&whole, &r, &ways[0]);
        r.keys.client_key[0] ^= 1;
        r.keys.server_key[0] ^= 1;
        watch(&o, &r, &ways[_i]);
        ck_assert_int_ge(o.wrong_keys, 1);
        for (unsigned who = 0; who < 2; who++) {
            ck_assert_ptr_null(strstr(observed_log(&o, who), "undecoded"));
            ck_assert_ptr_nonnull(strstr(observed_log(&o, who), "encrypted"));
        }
        observed_free(&o);
        observed_start(&o, crypto, &r.keys, KEYS_AT_CHALLENGE);
        observed_feed(&o, SERVER, r.sent[SERVER].data, r.sent[SERVER].len);
        observed_feed(&o, CLIENT, r.sent[CLIENT].data, r.sent[CLIENT].len);
        ck_assert_int_eq(o.wrong_keys, 1);
        o.keys = &right;
        o.when = KEYS_AT_END;
        observed_finish(&o);
        o.wrong_keys = 0;
        expect_same(&o, &whole, &ways[0], "the right keys late");
        observed_free(&o);
        observed_free(&whole);
        record_free(&r);
    }
}
END_TEST

/* What is told of a session that somebody changed was in the one that was sent, or is no message. */
static void expect_nothing_new(const char *changed, const char *sent, size_t at)
{
    static const char *const bands[] = { "CHALLENGE_RESPONSE ", "COMMAND ",       "PROCEED ",   "OUTPUT ",
                                         "EXIT__SUCCESS ",      "EXIT__FAILURE ", "ERROR_LOG ", "BLOB_DATA " };

    for (const char *line = changed; *line != '\0'; line = strchr(line, '\n') + 1) {
        size_t len = (size_t)(strchr(line, '\n') - line) + 1;
        char copy[128];

        ck_assert_uint_lt(len, sizeof(copy));
        memcpy(copy, line, len);
        copy[len] = '\0';
        for (int i = 0; i < COUNT(bands); i++) {
            unsigned long came, size;
            char name[32];

            if (strncmp(copy, bands[i], strlen(bands[i])) != 0)
                continue;
            if (sscanf(copy, "%31s %lu/%lu", name, &came, &size) == 3 && came < size)
                continue; /* it says itself that there is not all of it */
            ck_assert_msg(strstr(sent, copy) != NULL, "byte %zu: %s is new:\n%s", at, copy, changed);
        }
    }
}

START_TEST(every_byte_changed)
{
    static const uint8_t masks[] = { 0x01, 0x80, 0xff };
    int who = _i / (int)SEALED_TRANSCRIPTS;
    observed whole, seen;
    recorded r;

    record(&r, &transcripts[_i % (int)SEALED_TRANSCRIPTS]);
    watch(&whole, &r, &ways[0]);
    for (size_t at = 0; at < r.sent[who].len; at += stride(&r)) {
        size_t records = who == CLIENT ? r.request + MESSAGE_1 : r.greeting + MESSAGE_2;
        uint8_t *byte = &r.sent[who].data[at];

        *byte ^= masks[at % sizeof(masks)];
        watch(&seen, &r, &ways[0]);
        expect_nothing_new(observed_log(&seen, CLIENT), observed_log(&whole, CLIENT), at);
        expect_nothing_new(observed_log(&seen, SERVER), observed_log(&whole, SERVER), at);
        if (at >= records)
            ck_assert_msg(strstr(observed_log(&seen, (unsigned)who), "undecoded") != NULL && seen.wrong_keys == 0,
                          "byte %zu:\n%s", at, observed_log(&seen, (unsigned)who));
        *byte ^= masks[at % sizeof(masks)];
        observed_free(&seen);
    }
    observed_free(&whole);
    record_free(&r);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("observer_sealed");
    TCase *tcase = suite_case(suite, "recorded");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, whole_and_in_steps, 0, COUNT(ways));
    tcase_add_loop_test(tcase, every_split, 0, 2);
    tcase_add_loop_test(tcase, no_keys, 0, 3);
    tcase_add_loop_test(tcase, wrong_keys, 0, COUNT(ways));
    tcase_add_loop_test(tcase, every_byte_changed, 0, 2 * SEALED_TRANSCRIPTS);
    return run_suite(suite);
}
