/* SPDX-License-Identifier: ISC */
/* What a passive observer makes of damage and holes in sealed sessions, of keys that come late, and of rekeying. */
#include "sealed_scene.h"
#include "suite.h"
#include "support.h"
#include "tested_backend.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENT = SW_FROM_CLIENT, SERVER = SW_FROM_SERVER, BODY = 100000 };

static sw_crypto *crypto;

static void setup(void)
{
    crypto = tested_backend();
}

static void teardown(void)
{
    sw_backend_free(crypto);
}

/* ---- damage ---- */

/* A record in the middle of a body does not open: the body goes on behind it. */
START_TEST(damaged_record)
{
    const char *log;
    sealed_scene s;

    sealed_scene_open(&s, crypto, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    sealed_scene_packet(&s, SERVER, SW_BAND_OUTPUT, BODY, 16384);
    sealed_scene_packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    s.sent[SERVER][s.borders[SERVER][3] + 1000] ^= 1;
    sealed_scene_feed_all(&s, CLIENT);
    sealed_scene_feed_all(&s, SERVER);
    log = sealed_scene_finish(&s, SERVER);
    sealed_scene_expect(
        log, "record 3 of 16400, not opened\nerror -175\n16384 bytes of it from 32763 on are not to be had\n");
    sealed_scene_expect(log, "OUTPUT 83616/100000 ");
    sealed_scene_expect(log, "EXIT__SUCCESS 0 ");
    sealed_scene_expect_none(log, "resumed");
    sealed_scene_close(&s);
}
END_TEST

/* One with headers in it: what is next is looked for. */
START_TEST(damaged_header)
{
    const char *log;
    sealed_scene s;

    sealed_scene_open(&s, crypto, SW_SUITE_CHACHAPOLY, KEYS_AT_CHALLENGE);
    sealed_scene_packet(&s, SERVER, SW_BAND_OUTPUT, 20, 0);
    sealed_scene_packet(&s, SERVER, SW_BAND_OUTPUT, 30, 0);
    sealed_scene_packet(&s, SERVER, SW_BAND_EXIT_FAILURE, 0, 0);
    s.sent[SERVER][s.borders[SERVER][1] + 5] ^= 1;
    sealed_scene_feed_all(&s, CLIENT);
    sealed_scene_feed_all(&s, SERVER);
    log = sealed_scene_finish(&s, SERVER);
    sealed_scene_expect(log, "record 1 of 41, not opened\nerror -175\nundecoded 41 ");
    sealed_scene_expect(log, "resumed at ");
    sealed_scene_expect_none(log, "OUTPUT 20/20");
    sealed_scene_expect(log, "OUTPUT 30/30");
    sealed_scene_expect(log, "EXIT__FAILURE 0 ");
    sealed_scene_close(&s);
}
END_TEST

/* The very first record is changed, but that of the other end opens: it is no wrong key. */
START_TEST(damaged_first)
{
    sealed_scene s;

    sealed_scene_open(&s, crypto, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    sealed_scene_packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    s.sent[CLIENT][5] ^= 1;
    sealed_scene_feed_all(&s, CLIENT);
    sealed_scene_feed_all(&s, SERVER);
    sealed_scene_expect(sealed_scene_finish(&s, SERVER), "EXIT__SUCCESS 0 ");
    sealed_scene_expect(observed_log(&s.seen, CLIENT), "record 0 of 121, not opened\nerror -175\n");
    sealed_scene_expect(observed_log(&s.seen, CLIENT), "COMMAND 3/3 ");
    ck_assert_int_eq(s.seen.wrong_keys, 0);
    sealed_scene_close(&s);
}
END_TEST

/* Its size is no size: where the next one begins is not known, and looked for. */
START_TEST(damaged_size)
{
    const char *log;
    sealed_scene s;

    sealed_scene_open(&s, crypto, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    sealed_scene_packet(&s, SERVER, SW_BAND_OUTPUT, BODY, 1000);
    sealed_scene_packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    s.sent[SERVER][s.borders[SERVER][30]] = 0;
    s.sent[SERVER][s.borders[SERVER][30] + 1] = 16;
    sealed_scene_feed_all(&s, CLIENT);
    sealed_scene_feed_all(&s, SERVER);
    log = sealed_scene_finish(&s, SERVER);
    sealed_scene_expect(log, "error -174\n");
    sealed_scene_expect(log, "1000 bytes of it from 28995 on are not to be had\n");
    sealed_scene_expect(log, "OUTPUT 99000/100000 ");
    sealed_scene_expect(log, "EXIT__SUCCESS 0 ");
    sealed_scene_close(&s);
}
END_TEST

START_TEST(truncated)
{
    const char *log;
    sealed_scene s;

    sealed_scene_open(&s, crypto, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    sealed_scene_packet(&s, SERVER, SW_BAND_OUTPUT, 500, 0);
    sealed_scene_feed_all(&s, CLIENT);
    sealed_scene_feed(&s, SERVER, 0, s.len[SERVER] - 1);
    log = sealed_scene_finish(&s, SERVER);
    sealed_scene_expect(log, "record 1 of 521, not opened\nerror -101\n");
    sealed_scene_expect_none(log, "OUTPUT");
    sealed_scene_close(&s);
}
END_TEST

/* ---- holes ---- */

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
    sealed_scene s;

    sealed_scene_open(&s, crypto, _i % 2 ? SW_SUITE_CHACHAPOLY : SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    sealed_scene_packet(&s, SERVER, SW_BAND_OUTPUT, BODY, holes[_i].a_record);
    sealed_scene_packet(&s, SERVER, SW_BAND_OUTPUT, 400, 0);
    sealed_scene_packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    borders = s.borders[SERVER];
    sealed_scene_feed_all(&s, CLIENT);
    sealed_scene_feed_but(&s, SERVER, borders[holes[_i].from] + holes[_i].from_byte,
                          borders[holes[_i].until] + holes[_i].until_byte);
    log = sealed_scene_finish(&s, SERVER);
    for (int i = 0; i < 3; i++)
        ck_assert_msg(strstr(log, holes[_i].lines[i]) != NULL, "%s: no '%s' in:\n%s", holes[_i].name,
                      holes[_i].lines[i], log);
    ck_assert_int_eq(s.seen.wrong_keys, 0);
    sealed_scene_close(&s);
}
END_TEST

/* In the handshake, whose sizes are known. */
START_TEST(hole_in_handshake)
{
    sealed_scene s;
    uint8_t half[50] = { 0, 98 };

    sealed_scene_open(&s, crypto, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    observed_free(&s.seen);
    observed_start(&s.seen, crypto, &s.keys, KEYS_AT_END);
    observed_feed(&s.seen, SERVER, "a\nFeatures: sideband\n", 21);
    observed_feed(&s.seen, CLIENT, "auth noise_nx_25519_aesgcm_sha256\n", 34);
    observed_lose(&s.seen, CLIENT, 36 + (_i == 1 ? s.borders[CLIENT][1] : 0));
    observed_feed(&s.seen, SERVER, half, sizeof(half));
    observed_lose(&s.seen, SERVER, 20);
    observed_feed(&s.seen, SERVER, half, 30);
    sealed_scene_feed(&s, CLIENT, _i == 1 ? s.borders[CLIENT][1] : 0, s.len[CLIENT]);
    sealed_scene_feed_all(&s, SERVER);
    sealed_scene_expect(sealed_scene_finish(&s, SERVER), "PROCEED 0 ");
    sealed_scene_expect(observed_log(&s.seen, CLIENT), "COMMAND 3/3 ");
    sealed_scene_close(&s);
}
END_TEST

/* Gigabytes that are missing, with records of no usual size behind them, cost no more than is bounded. */
START_TEST(hole_without_end)
{
    sealed_scene s;

    sealed_scene_open(&s, crypto, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    for (int i = 0; i < 300; i++)
        sealed_scene_packet(&s, SERVER, SW_BAND_OUTPUT, 16000, 0);
    sealed_scene_feed_all(&s, CLIENT);
    sealed_scene_feed(&s, SERVER, 0, s.borders[SERVER][10]);
    observed_lose(&s.seen, SERVER, (uint64_t)1 << 32);
    sealed_scene_feed(&s, SERVER, s.borders[SERVER][11], s.len[SERVER]);
    sealed_scene_expect(sealed_scene_finish(&s, SERVER), "undecoded ");
    sealed_scene_close(&s);
}
END_TEST

/* ---- keys that are late, and new ones ---- */

/* What was passed over is counted, so that what comes behind it opens. */
START_TEST(late_keys)
{
    const char *log;
    sealed_scene s;

    sealed_scene_open(&s, crypto, SW_SUITE_AESGCM, KEYS_NEVER);
    sealed_scene_packet(&s, SERVER, SW_BAND_OUTPUT, BODY, 1000);
    s.seen.full = 1;
    sealed_scene_feed_all(&s, CLIENT);
    sealed_scene_feed(&s, SERVER, 0, s.borders[SERVER][7] + 30);
    s.seen.full = 0;
    ck_assert_int_eq(sw_observer_open(&s.seen.observer, &s.keys, 0), SW_OK);
    sealed_scene_packet(&s, SERVER, SW_BAND_OUTPUT, 200, 0);
    sealed_scene_packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    sealed_scene_feed(&s, SERVER, s.borders[SERVER][7] + 30, s.len[SERVER]);
    log = sealed_scene_finish(&s, SERVER);
    sealed_scene_expect(log, "record 7 of 1016, not opened\n");
    sealed_scene_expect(log, "record 8 of 1016\n");
    sealed_scene_expect(log, "resumed at ");
    sealed_scene_expect(log, "OUTPUT 200/200 ");
    sealed_scene_expect(log, "EXIT__SUCCESS 0 ");
    sealed_scene_close(&s);
}
END_TEST

/* Keys are replaced after 65536 records, also where those are not seen. */
START_TEST(rekeyed)
{
    const char *log;
    sealed_scene s;

    sealed_scene_open(&s, crypto, _i % 2 ? SW_SUITE_CHACHAPOLY : SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    sealed_scene_packet(&s, SERVER, SW_BAND_OUTPUT, 66000, 1);
    sealed_scene_packet(&s, SERVER, SW_BAND_EXIT_SUCCESS, 0, 0);
    sealed_scene_feed_all(&s, CLIENT);
    if (_i / 2)
        sealed_scene_feed_but(&s, SERVER, s.borders[SERVER][65500], s.borders[SERVER][65600]);
    else
        sealed_scene_feed_all(&s, SERVER);
    log = sealed_scene_finish(&s, SERVER);
    sealed_scene_expect(log, _i / 2 ? "OUTPUT 65900/66000 " : "OUTPUT 66000/66000 ");
    if (_i / 2 == 0)
        sealed_scene_expect(log, "record 65536 of 17, rekeyed\n");
    sealed_scene_expect(log, "EXIT__SUCCESS 0 ");
    sealed_scene_close(&s);
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
    tcase_add_loop_test(damage, hole, 0, COUNT(holes));
    tcase_add_loop_test(damage, hole_in_handshake, 0, 2);
    tcase_add_test(damage, hole_without_end);
    tcase_add_checked_fixture(keys, setup, teardown);
    tcase_add_test(keys, late_keys);
    tcase_add_loop_test(keys, rekeyed, 0, 4);
    return run_suite(suite);
}
