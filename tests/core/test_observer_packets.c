/* SPDX-License-Identifier: ISC */
/* Packets in the records of a sealed session that may not come, or are looked for behind damage. */
#include "sealed_scene.h"
#include "suite.h"
#include "support.h"
#include "tested_backend.h"

#include <check.h>
#include <string.h>

enum { CLIENT = SW_FROM_CLIENT, SERVER = SW_FROM_SERVER };

static sw_crypto *crypto;

static void setup(void)
{
    crypto = tested_backend();
}

static void teardown(void)
{
    sw_backend_free(crypto);
}

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
    sealed_scene s;

    sealed_scene_open(&s, crypto, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    sealed_scene_packet(&s, who, wrong[_i].band, wrong[_i].size, 0);
    sealed_scene_packet(&s, who, who == CLIENT ? SW_BAND_BLOB_DATA : SW_BAND_OUTPUT, 30, 0);
    sealed_scene_feed_all(&s, CLIENT);
    sealed_scene_feed_all(&s, SERVER);
    log = sealed_scene_finish(&s, (unsigned)who);
    sealed_scene_expect(log, wrong[_i].error);
    sealed_scene_expect(log, "undecoded 8 ");
    sealed_scene_expect(log, "resumed at ");
    sealed_scene_expect(log, " 30/30 ");
    sealed_scene_close(&s);
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
    sealed_scene s;

    sealed_scene_open(&s, crypto, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    sw_record_wipe(&s.records[who]);
    ck_assert_int_eq(sw_record_init(&s.records[who], crypto, SW_SUITE_AESGCM,
                                    who == CLIENT ? s.keys.client_key : s.keys.server_key, SW_RECORD_LIMIT_MAX),
                     SW_OK);
    s.len[who] = s.count[who] = 0;
    sealed_scene_packet(&s, who, firsts[_i].bands[0], who == CLIENT ? 3 : 0, 0);
    sealed_scene_packet(&s, who, firsts[_i].bands[1], 3, 0);
    sealed_scene_feed_all(&s, CLIENT);
    sealed_scene_feed_all(&s, SERVER);
    sealed_scene_expect(sealed_scene_finish(&s, (unsigned)who), firsts[_i].line);
    ck_assert_int_eq(s.seen.wrong_keys, 0);
    sealed_scene_close(&s);
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
    sealed_scene s;

    memset(text, 0xff, sizeof(text));
    for (size_t i = 0; i < chains[_i].packets; i++, len += sizeof(one))
        memcpy(text + len, one, sizeof(one));
    sealed_scene_open(&s, crypto, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    sealed_scene_packet(&s, SERVER, SW_BAND_OUTPUT, 20, 0);
    sealed_scene_seal(&s, SERVER, text, len + chains[_i].behind);
    s.sent[SERVER][s.borders[SERVER][1] + 5] ^= 1;
    sealed_scene_feed_all(&s, CLIENT);
    sealed_scene_feed_all(&s, SERVER);
    log = sealed_scene_finish(&s, SERVER);
    if (chains[_i].sure == 0) {
        sealed_scene_expect_none(log, "resumed");
    } else {
        sealed_scene_expect(log, chains[_i].sure > 1 ? "resumed at " : ", not sure\n");
        sealed_scene_expect(log, "OUTPUT 1/1 ");
    }
    if (chains[_i].sure > 1)
        sealed_scene_expect_none(log, "not sure");
    sealed_scene_close(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("observer_packets");
    TCase *tcase = suite_case(suite, "packets");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, wrong_header, 0, COUNT(wrong));
    tcase_add_loop_test(tcase, first_bands, 0, COUNT(firsts));
    tcase_add_loop_test(tcase, chain, 0, COUNT(chains));
    return run_suite(suite);
}
