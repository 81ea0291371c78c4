/* SPDX-License-Identifier: ISC */
/* What a passive observer makes of damage and holes in sealed sessions, of keys that come late, and of rekeying. */
#include "observed.h"
#include "suite.h"
#include "support.h"
#include "tested_backend.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENT = 0, SERVER = 1, RECORDS_MAX = 70000, BODY = 100000 };

static sw_crypto *crypto;

static void setup(void)
{
    crypto = tested_backend();
}

static void teardown(void)
{
    sw_backend_free(crypto);
}

/* ---- a session made by hand: what is said is kept, record by record ---- */

typedef struct scene {
    observed seen;
    sw_secrets keys;
    sw_record records[2];
    uint8_t *sent[2];
    size_t len[2], cap[2];
    size_t *borders[2]; /* where records begin, and where the last one ends */
    size_t count[2];
} scene;

static void seal(scene *s, int who, const void *text, size_t size)
{
    size_t at = s->len[who];

    if (s->cap[who] - at < size + SW_RECORD_OVERHEAD) {
        s->cap[who] = 2 * s->cap[who] + size + SW_RECORD_OVERHEAD;
        s->sent[who] = realloc(s->sent[who], s->cap[who]);
    }
    memcpy(s->sent[who] + at + SW_RECORD_HEADER_SIZE, text, size);
    ck_assert_int_eq(sw_record_seal(&s->records[who], s->sent[who] + at, size), SW_OK);
    s->len[who] += size + SW_RECORD_OVERHEAD;
    s->borders[who][++s->count[who]] = s->len[who];
}

/* A packet in a record of its own, or in records of so many bytes of text. */
static void packet(scene *s, int who, unsigned band, size_t size, size_t a_record)
{
    uint8_t *text = malloc(SW_HEADER_SIZE + size);

    memset(text, 'x', SW_HEADER_SIZE + size);
    for (unsigned i = 0; i < 4; i++)
        text[i] = (uint8_t)(size >> 8 * i);
    text[4] = (uint8_t)band;
    for (size_t at = 0, n; at < SW_HEADER_SIZE + size; at += n) {
        n = SW_HEADER_SIZE + size - at;
        if (a_record > 0 && n > a_record)
            n = a_record;
        seal(s, who, text + at, n);
    }
    free(text);
}

static void scene_open(scene *s, sw_suite suite, observed_keys when)
{
    static const char greeting[] = "hello\nFeatures: sideband,noise_nx_25519_aesgcm_sha256\n";
    uint8_t message[100] = { 0, 34 };
    char request[64];

    memset(s, 0, sizeof(*s));
    memset(s->keys.client_key, 1, SW_CIPHER_KEY_SIZE);
    memset(s->keys.server_key, 2, SW_CIPHER_KEY_SIZE);
    for (int who = 0; who < 2; who++) {
        s->borders[who] = calloc(RECORDS_MAX + 2, sizeof(size_t));
        ck_assert_int_eq(sw_record_init(&s->records[who], crypto, suite,
                                        who == CLIENT ? s->keys.client_key : s->keys.server_key,
                                        SW_RECORD_LIMIT_MAX),
                         SW_OK);
    }
    observed_start(&s->seen, crypto, &s->keys, when);
    snprintf(request, sizeof(request), "auth %s\n", sw_suite_name(suite));
    observed_feed(&s->seen, SERVER, greeting, sizeof(greeting) - 1);
    observed_feed(&s->seen, CLIENT, request, strlen(request));
    observed_feed(&s->seen, CLIENT, message, 36);
    message[1] = 98;
    observed_feed(&s->seen, SERVER, message, 100);
    packet(s, CLIENT, SW_BAND_CHALLENGE_RESPONSE, 100, 0);
    packet(s, CLIENT, SW_BAND_COMMAND, 3, 0);
    packet(s, SERVER, SW_BAND_PROCEED, 0, 0);
}

static void feed(scene *s, int who, size_t from, size_t until)
{
    if (from < until)
        observed_feed(&s->seen, (unsigned)who, s->sent[who] + from, until - from);
}

static void feed_all(scene *s, int who)
{
    feed(s, who, 0, s->len[who]);
}

/* All of it but those bytes. */
static void feed_but(scene *s, int who, size_t from, size_t until)
{
    feed(s, who, 0, from);
    observed_lose(&s->seen, (unsigned)who, until - from);
    feed(s, who, until, s->len[who]);
}

static const char *finish(scene *s, unsigned who)
{
    observed_finish(&s->seen);
    return observed_log(&s->seen, who);
}

static void expect(const char *log, const char *line)
{
    ck_assert_msg(strstr(log, line) != NULL, "no '%s' in:\n%s", line, log);
}

static void expect_none(const char *log, const char *line)
{
    ck_assert_msg(strstr(log, line) == NULL, "'%s' in:\n%s", line, log);
}

static void scene_close(scene *s)
{
    observed_free(&s->seen);
    for (int who = 0; who < 2; who++) {
        sw_record_wipe(&s->records[who]);
        free(s->sent[who]);
        free(s->borders[who]);
    }
}

/* ---- damage ---- */

/* A record in the middle of a body does not open: the body goes on behind it. */
START_TEST(damaged_record)
{
    const char *log;
    scene s;

    scene_open(&s, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    packet(&s, SERVER, SW_BAND_OUTPUT, BODY, 16384);
    packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    s.sent[SERVER][s.borders[SERVER][3] + 1000] ^= 1;
    feed_all(&s, CLIENT);
    feed_all(&s, SERVER);
    log = finish(&s, SERVER);
    expect(log, "record 3 of 16400, not opened\nerror -175\n16384 bytes of it from 32763 on are not to be had\n");
    expect(log, "OUTPUT 83616/100000 ");
    expect(log, "EXIT__SUCCESS 0 ");
    expect_none(log, "resumed");
    scene_close(&s);
}
END_TEST

/* One with headers in it: what is next is looked for. */
START_TEST(damaged_header)
{
    const char *log;
    scene s;

    scene_open(&s, SW_SUITE_CHACHAPOLY, KEYS_AT_CHALLENGE);
    packet(&s, SERVER, SW_BAND_OUTPUT, 20, 0);
    packet(&s, SERVER, SW_BAND_OUTPUT, 30, 0);
    packet(&s, SERVER, SW_BAND_EXIT_FAILURE, 0, 0);
    s.sent[SERVER][s.borders[SERVER][1] + 5] ^= 1;
    feed_all(&s, CLIENT);
    feed_all(&s, SERVER);
    log = finish(&s, SERVER);
    expect(log, "record 1 of 41, not opened\nerror -175\nundecoded 41 ");
    expect(log, "resumed at ");
    expect_none(log, "OUTPUT 20/20");
    expect(log, "OUTPUT 30/30");
    expect(log, "EXIT__FAILURE 0 ");
    scene_close(&s);
}
END_TEST

/* The very first record is changed, but that of the other end opens: it is no wrong key. */
START_TEST(damaged_first)
{
    scene s;

    scene_open(&s, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    s.sent[CLIENT][5] ^= 1;
    feed_all(&s, CLIENT);
    feed_all(&s, SERVER);
    expect(finish(&s, SERVER), "EXIT__SUCCESS 0 ");
    expect(observed_log(&s.seen, CLIENT), "record 0 of 121, not opened\nerror -175\n");
    expect(observed_log(&s.seen, CLIENT), "COMMAND 3/3 ");
    ck_assert_int_eq(s.seen.wrong_keys, 0);
    scene_close(&s);
}
END_TEST

/* Its size is no size: where the next one begins is not known, and looked for. */
START_TEST(damaged_size)
{
    const char *log;
    scene s;

    scene_open(&s, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    packet(&s, SERVER, SW_BAND_OUTPUT, BODY, 1000);
    packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    s.sent[SERVER][s.borders[SERVER][30]] = 0;
    s.sent[SERVER][s.borders[SERVER][30] + 1] = 16;
    feed_all(&s, CLIENT);
    feed_all(&s, SERVER);
    log = finish(&s, SERVER);
    expect(log, "error -174\n");
    expect(log, "1000 bytes of it from 28995 on are not to be had\n");
    expect(log, "OUTPUT 99000/100000 ");
    expect(log, "EXIT__SUCCESS 0 ");
    scene_close(&s);
}
END_TEST

START_TEST(truncated)
{
    const char *log;
    scene s;

    scene_open(&s, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    packet(&s, SERVER, SW_BAND_OUTPUT, 500, 0);
    feed_all(&s, CLIENT);
    feed(&s, SERVER, 0, s.len[SERVER] - 1);
    log = finish(&s, SERVER);
    expect(log, "record 1 of 521, not opened\nerror -101\n");
    expect_none(log, "OUTPUT");
    scene_close(&s);
}
END_TEST

/* ---- packets that may not come ---- */

/* In a record that opens: what is behind the header is looked through, and the next record begins with one. */
static const struct {
    const char *name;
    int who;
    unsigned band;
    size_t size;
    const char *error;
} wrong[] = {
    { "no band", SERVER, SW_BAND_ANY, 3, "error -126\n" },
    { "an unknown band", SERVER, SW_BAND_COUNT, 3, "error -126\n" },
    { "PROCEED with a body", SERVER, SW_BAND_PROCEED, 3, "error -103\n" },
    { "an unknown band of a client", CLIENT, SW_BAND_COUNT, 3, "error -126\n" },
};

START_TEST(wrong_header)
{
    int who = wrong[_i].who;
    const char *log;
    scene s;

    scene_open(&s, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    packet(&s, who, wrong[_i].band, wrong[_i].size, 0);
    packet(&s, who, who == CLIENT ? SW_BAND_BLOB_DATA : SW_BAND_OUTPUT, 30, 0);
    feed_all(&s, CLIENT);
    feed_all(&s, SERVER);
    log = finish(&s, (unsigned)who);
    expect(log, wrong[_i].error);
    expect(log, "undecoded 8 ");
    expect(log, "resumed at ");
    expect(log, " 30/30 ");
    scene_close(&s);
}
END_TEST

/* What a side may say first, the server behind the handshake, the client as its proof and then. */
static const struct {
    int who;
    unsigned bands[2];
    const char *line;
} firsts[] = {
    { SERVER, { SW_BAND_PROCEED, SW_BAND_OUTPUT }, "OUTPUT 3/3 " },
    { SERVER, { SW_BAND_EXIT_FAILURE, SW_BAND_OUTPUT }, "EXIT__FAILURE 0 " },
    { SERVER, { SW_BAND_EXIT_SUCCESS, SW_BAND_OUTPUT }, "error -102\n" },
    { SERVER, { SW_BAND_OUTPUT, SW_BAND_OUTPUT }, "error -102\n" },
    { CLIENT, { SW_BAND_COMMAND, SW_BAND_BLOB_DATA }, "error -102\n" },
    { CLIENT, { SW_BAND_CHALLENGE_RESPONSE, SW_BAND_BLOB_DATA }, "error -102\n" },
    { CLIENT, { SW_BAND_CHALLENGE_RESPONSE, SW_BAND_EXIT_FAILURE }, "error -102\n" },
};

START_TEST(first_bands)
{
    int who = firsts[_i].who;
    scene s;

    scene_open(&s, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    sw_record_wipe(&s.records[who]);
    ck_assert_int_eq(sw_record_init(&s.records[who], crypto, SW_SUITE_AESGCM,
                                    who == CLIENT ? s.keys.client_key : s.keys.server_key, SW_RECORD_LIMIT_MAX),
                     SW_OK);
    s.len[who] = s.count[who] = 0;
    packet(&s, who, firsts[_i].bands[0], who == CLIENT ? 3 : 0, 0);
    packet(&s, who, firsts[_i].bands[1], 3, 0);
    feed_all(&s, CLIENT);
    feed_all(&s, SERVER);
    expect(finish(&s, (unsigned)who), firsts[_i].line);
    ck_assert_int_eq(s.seen.wrong_keys, 0);
    scene_close(&s);
}
END_TEST

/* A record behind one that is damaged has bytes of no header, then packets of one byte, then bytes that are none.
 * How much it is believed that a packet begins there. */
static const struct {
    size_t before, packets, behind;
    int sure; /* 0: not at all; 1: not sure */
} chains[] = {
    { 0, 1, 0, 2 }, { 0, 2, 0, 2 }, { 1, 1, 0, 2 }, { 6, 1, 0, 2 }, { 0, 1, 4, 1 },  { 0, 2, 4, 1 },
    { 1, 1, 4, 0 }, { 1, 2, 4, 1 }, { 0, 1, 5, 0 }, { 0, 7, 5, 0 }, { 0, 8, 10, 2 }, { 0, 0, 4, 0 },
};

START_TEST(chain)
{
    static const uint8_t one[SW_HEADER_SIZE + 1] = { 1, 0, 0, 0, SW_BAND_OUTPUT, 'x' };
    uint8_t text[100];
    size_t len = chains[_i].before;
    const char *log;
    scene s;

    memset(text, 0xff, sizeof(text));
    for (size_t i = 0; i < chains[_i].packets; i++, len += sizeof(one))
        memcpy(text + len, one, sizeof(one));
    scene_open(&s, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    packet(&s, SERVER, SW_BAND_OUTPUT, 20, 0);
    seal(&s, SERVER, text, len + chains[_i].behind);
    s.sent[SERVER][s.borders[SERVER][1] + 5] ^= 1;
    feed_all(&s, CLIENT);
    feed_all(&s, SERVER);
    log = finish(&s, SERVER);
    if (chains[_i].sure == 0) {
        expect_none(log, "resumed");
    } else {
        expect(log, chains[_i].sure > 1 ? "resumed at " : ", not sure\n");
        expect(log, "OUTPUT 1/1 ");
    }
    if (chains[_i].sure > 1)
        expect_none(log, "not sure");
    scene_close(&s);
}
END_TEST

/* ---- holes ---- */

/* Somebody keeps less than what was not taken: the rest of an opened record is lost, and nothing is told of it. */
START_TEST(hole_in_opened_record)
{
    sw_observer_input in;
    sw_observer_event event;
    scene s;

    scene_open(&s, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    feed_all(&s, CLIENT);
    in = (sw_observer_input){ s.sent[SERVER], s.len[SERVER], 0, 0, 0 };
    ck_assert_int_eq(sw_observer_next(&s.seen.observer, SERVER, &in, &event), 1);
    ck_assert_int_eq(event.kind, SW_OBSERVED_RECORD);
    ck_assert(event.opened);
    in = (sw_observer_input){ NULL, 0, 10, 0, 0 };
    ck_assert_int_eq(sw_observer_next(&s.seen.observer, SERVER, &in, &event), 1);
    ck_assert_int_eq(event.kind, SW_OBSERVED_LOST);
    ck_assert_uint_eq(event.missing, 10);
    scene_close(&s);
}
END_TEST

/* From a byte of one record to a byte of another, whatever lies in between: everything that is whole comes out. */
static const struct {
    const char *name;
    size_t a_record;
    size_t from, from_byte, until, until_byte;
    const char *lines[3];
} holes[] = {
    { "in a text",
      16384,
      2,
      100,
      2,
      1548,
      { "record 2 of 16400, not opened\n16384 bytes", "OUTPUT 83616/", "EXIT" } },
    { "all of a record", 1000, 40, 0, 41, 0, { "1000 bytes of it from 38995", "OUTPUT 99000/", "EXIT" } },
    { "many records", 1000, 40, 0, 60, 0, { "20000 bytes of it from 38995", "OUTPUT 80000/", "EXIT" } },
    { "from text to text",
      1000,
      40,
      500,
      42,
      500,
      { "1000 bytes of it from 38995", "2000 bytes of it from 39995", "OUTPUT 97000/" } },
    { "a header", 1000, 40, 0, 40, 1, { "1000 bytes of it from 38995", "OUTPUT 99000/", "EXIT" } },
    { "the end of a header", 1000, 40, 1, 40, 2, { "1000 bytes of it from 38995", "OUTPUT 99000/", "EXIT" } },
    { "the end of the body", 1000, 95, 0, 102, 0, { "OUTPUT 93995/100000 ", "resumed at ", "EXIT__SUCCESS 0 " } },
};

START_TEST(hole)
{
    size_t *borders;
    const char *log;
    scene s;

    scene_open(&s, _i % 2 ? SW_SUITE_CHACHAPOLY : SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    packet(&s, SERVER, SW_BAND_OUTPUT, BODY, holes[_i].a_record);
    packet(&s, SERVER, SW_BAND_OUTPUT, 400, 0);
    packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    borders = s.borders[SERVER];
    feed_all(&s, CLIENT);
    feed_but(&s, SERVER, borders[holes[_i].from] + holes[_i].from_byte,
             borders[holes[_i].until] + holes[_i].until_byte);
    log = finish(&s, SERVER);
    for (int i = 0; i < 3; i++)
        ck_assert_msg(strstr(log, holes[_i].lines[i]) != NULL, "%s: no '%s' in:\n%s", holes[_i].name,
                      holes[_i].lines[i], log);
    ck_assert_int_eq(s.seen.wrong_keys, 0);
    scene_close(&s);
}
END_TEST

/* In the handshake, whose sizes are known. */
START_TEST(hole_in_handshake)
{
    scene s;
    uint8_t half[50] = { 0, 98 };

    scene_open(&s, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    observed_free(&s.seen);
    observed_start(&s.seen, crypto, &s.keys, KEYS_AT_END);
    observed_feed(&s.seen, SERVER, "a\nFeatures: sideband\n", 21);
    observed_feed(&s.seen, CLIENT, "auth noise_nx_25519_aesgcm_sha256\n", 34);
    observed_lose(&s.seen, CLIENT, 36 + (_i == 1 ? s.borders[CLIENT][1] : 0));
    observed_feed(&s.seen, SERVER, half, sizeof(half));
    observed_lose(&s.seen, SERVER, 20);
    observed_feed(&s.seen, SERVER, half, 30);
    feed(&s, CLIENT, _i == 1 ? s.borders[CLIENT][1] : 0, s.len[CLIENT]);
    feed_all(&s, SERVER);
    expect(finish(&s, SERVER), "PROCEED 0 ");
    expect(observed_log(&s.seen, CLIENT), "COMMAND 3/3 ");
    scene_close(&s);
}
END_TEST

/* Gigabytes that are missing, with records of no usual size behind them, cost no more than is bounded. */
START_TEST(hole_without_end)
{
    scene s;

    scene_open(&s, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    for (int i = 0; i < 300; i++)
        packet(&s, SERVER, SW_BAND_OUTPUT, 16000, 0);
    feed_all(&s, CLIENT);
    feed(&s, SERVER, 0, s.borders[SERVER][10]);
    observed_lose(&s.seen, SERVER, (uint64_t)1 << 32);
    feed(&s, SERVER, s.borders[SERVER][11], s.len[SERVER]);
    expect(finish(&s, SERVER), "undecoded ");
    scene_close(&s);
}
END_TEST

/* ---- keys that are late, and new ones ---- */

/* What was passed over is counted, so that what comes behind it opens. */
START_TEST(late_keys)
{
    const char *log;
    scene s;

    scene_open(&s, SW_SUITE_AESGCM, KEYS_NEVER);
    packet(&s, SERVER, SW_BAND_OUTPUT, BODY, 1000);
    s.seen.full = 1;
    feed_all(&s, CLIENT);
    feed(&s, SERVER, 0, s.borders[SERVER][7] + 30);
    s.seen.full = 0;
    ck_assert_int_eq(sw_observer_open(&s.seen.observer, &s.keys, 0), SW_OK);
    packet(&s, SERVER, SW_BAND_OUTPUT, 200, 0);
    packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    feed(&s, SERVER, s.borders[SERVER][7] + 30, s.len[SERVER]);
    log = finish(&s, SERVER);
    expect(log, "record 7 of 1016, not opened\n");
    expect(log, "record 8 of 1016\n");
    expect(log, "resumed at ");
    expect(log, "OUTPUT 200/200 ");
    expect(log, "EXIT__SUCCESS 0 ");
    scene_close(&s);
}
END_TEST

/* Keys are replaced after 65536 records, also where those are not seen. */
START_TEST(rekeyed)
{
    const char *log;
    scene s;

    scene_open(&s, _i % 2 ? SW_SUITE_CHACHAPOLY : SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    packet(&s, SERVER, SW_BAND_OUTPUT, 66000, 1);
    packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    feed_all(&s, CLIENT);
    if (_i / 2)
        feed_but(&s, SERVER, s.borders[SERVER][65500], s.borders[SERVER][65600]);
    else
        feed_all(&s, SERVER);
    log = finish(&s, SERVER);
    expect(log, _i / 2 ? "OUTPUT 65900/66000 " : "OUTPUT 66000/66000 ");
    if (_i / 2 == 0)
        expect(log, "record 65536 of 17, rekeyed\n");
    expect(log, "EXIT__SUCCESS 0 ");
    scene_close(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("observer_records");
    TCase *damage = suite_case(suite, "damage"), *keys = suite_case(suite, "keys");

    tcase_add_checked_fixture(damage, setup, teardown);
    tcase_add_test(damage, damaged_record);
    tcase_add_test(damage, damaged_header);
    tcase_add_test(damage, damaged_first);
    tcase_add_test(damage, damaged_size);
    tcase_add_test(damage, truncated);
    tcase_add_loop_test(damage, wrong_header, 0, COUNT(wrong));
    tcase_add_loop_test(damage, first_bands, 0, COUNT(firsts));
    tcase_add_loop_test(damage, chain, 0, COUNT(chains));
    tcase_add_test(damage, hole_in_opened_record);
    tcase_add_loop_test(damage, hole, 0, COUNT(holes));
    tcase_add_loop_test(damage, hole_in_handshake, 0, 2);
    tcase_add_test(damage, hole_without_end);
    tcase_add_checked_fixture(keys, setup, teardown);
    tcase_add_test(keys, late_keys);
    tcase_add_loop_test(keys, rekeyed, 0, 4);
    return run_suite(suite);
}
