/* SPDX-License-Identifier: ISC */
/* Ends of which one message of the handshake alone was heard, or the rest of one: the observer names what may be it, and who
 * has keys for it says that it is. */
#include "overheard.h"
#include "suite.h"
#include "tested_backend.h"

#include <stdio.h>

enum {
    LEGACY = 0,
    RC4 = SW_FEATURE_SIDEBAND,
    AES = RC4 | SW_FEATURE_AES_CTR128,
    SHA256 = SW_FEATURE_SHA256,
    INSIDE = 9, /* bytes of a message that were not heard */
};

static const unsigned modes[] = { AES, AES | SHA256, RC4, RC4 | SHA256, LEGACY };

static sw_crypto *crypto;
static overheard o;
static sw_secrets keys; /* that are given when a candidate is named */
static from believed;
static int candidates;
static unsigned band;
static size_t block; /* of a legacy challenge; 0: not known */

static void setup(void)
{
    crypto = tested_backend();
    candidates = 0;
}

static void teardown(void)
{
    sw_backend_free(crypto);
}

/* Believes that the end is the side that it is, and has keys. */
static void believe(void *context, const sw_observer_event *event)
{
    sw_observer *observer = context;

    if (event->kind != SW_OBSERVED_CANDIDATE || candidates++ > 0)
        return;
    band = event->band;
    ck_assert_int_eq(sw_observer_believe(observer, believed, (int)believed), SW_OK);
    ck_assert_int_eq(sw_observer_client(observer), FROM_CLIENT);
    ck_assert_int_eq(sw_observer_open(observer, &keys, block), SW_OK);
}

static void open_session(unsigned features, from side)
{
    wire_session *s = &o.session;

    overheard_open(&o, crypto, features, KEYS_NEVER);
    if (features == LEGACY) {
        wire_session_text(s, FROM_SERVER, SW_LEGACY_PROCEED, sizeof(SW_LEGACY_PROCEED) - 1);
        wire_session_text(s, FROM_CLIENT, "\nsi\nEnd of Command.\n", 20);
        wire_session_text(s, FROM_SERVER, "fine", 4);
    } else {
        wire_session_packet(s, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
        wire_session_packet(s, FROM_CLIENT, SW_BAND_COMMAND, "si", 3);
        wire_session_packet(s, FROM_SERVER, SW_BAND_OUTPUT, "fine", 4);
    }
    believed = side;
    block = features == LEGACY ? WIRE_CHALLENGE_SIZE : 0;
    keys = s->keys;
    o.seen.told = believe;
    o.seen.context = &o.seen.observer;
}

static void hear(from side, size_t from_place)
{
    overheard_skip(&o, side, from_place);
    overheard_until(&o, side, o.session.sent[side].len, 0);
}

#define LINES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void expect_server(const char *what)
{
    if (o.session.features == LEGACY)
        overheard_expect(what, &o, FROM_SERVER, LINES("proceed 8 ", "text 4 "));
    else
        overheard_expect(what, &o, FROM_SERVER, LINES("PROCEED 0 ", "OUTPUT 4/4 "));
}

/* ---- one message ---- */

START_TEST(response_alone)
{
    open_session(modes[_i], FROM_CLIENT);
    hear(FROM_CLIENT, o.session.opening[FROM_CLIENT]);
    observed_finish(&o.seen);
    ck_assert_int_eq(candidates, 1);
    ck_assert_uint_eq(band, modes[_i] == LEGACY ? SW_BAND_ANY : SW_BAND_CHALLENGE_RESPONSE);
    ck_assert_uint_eq(sw_observer_features(&o.seen.observer) & (SHA256 | RC4), modes[_i] & (SHA256 | RC4));
    overheard_expect("response", &o, FROM_CLIENT,
                     LINES("response ", modes[_i] == LEGACY ? "command " : "COMMAND 3/3 "));
    overheard_expect_none("response", &o, FROM_CLIENT, "undecoded");
    ck_assert_int_eq(o.seen.verdict, SW_VERDICT_RIGHT);
    overheard_close(&o);
}
END_TEST

/* By which hash it is answered is not known then. */
START_TEST(challenge_alone)
{
    open_session(modes[_i], FROM_SERVER);
    keys.response_size = 0;
    hear(FROM_SERVER, o.session.opening[FROM_SERVER]);
    observed_finish(&o.seen);
    ck_assert_int_eq(candidates, 1);
    ck_assert_uint_eq(band, modes[_i] == LEGACY ? SW_BAND_ANY : SW_BAND_CHALLENGE);
    overheard_expect("challenge", &o, FROM_SERVER, LINES("challenge 256/256 "));
    expect_server("challenge");
    overheard_close(&o);
}
END_TEST

/* ---- the rest of one ---- */

START_TEST(inside_challenge)
{
    open_session(modes[_i], FROM_CLIENT);
    block = 0;
    hear(FROM_CLIENT, o.session.opening[FROM_CLIENT]);
    hear(FROM_SERVER, o.session.opening[FROM_SERVER] + INSIDE);
    observed_finish(&o.seen);
    overheard_expect("inside", &o, FROM_SERVER, LINES("undecoded "));
    expect_server("inside");
    overheard_close(&o);
}
END_TEST

/* The keys are not the server's: nothing of it is decoded, and all of it is told. */
START_TEST(inside_challenge_with_wrong_keys)
{
    char all[32];

    open_session(modes[_i], FROM_CLIENT);
    keys.server_key[0] ^= 1;
    block = 0;
    hear(FROM_CLIENT, o.session.opening[FROM_CLIENT]);
    hear(FROM_SERVER, o.session.opening[FROM_SERVER] + INSIDE);
    snprintf(all, sizeof(all), "undecoded %zu ",
             o.session.sent[FROM_SERVER].len - o.session.opening[FROM_SERVER] - INSIDE);
    observed_finish(&o.seen);
    overheard_expect("wrong", &o, FROM_SERVER, LINES(all));
    overheard_expect("wrong", &o, FROM_CLIENT,
                     LINES("response ", modes[_i] == LEGACY ? "command " : "COMMAND 3/3 "));
    overheard_close(&o);
}
END_TEST

/* A bare response is compared with that of the keys: what is not it is no response, and what follows is not decoded. */
START_TEST(inside_legacy_response)
{
    open_session(LEGACY, FROM_SERVER);
    hear(FROM_SERVER, o.session.opening[FROM_SERVER]);
    observed_finish(&o.seen);
    hear(FROM_CLIENT, o.session.opening[FROM_CLIENT] + INSIDE);
    observed_finish(&o.seen);
    expect_server("inside");
    overheard_expect("inside", &o, FROM_CLIENT, LINES("undecoded 31 "));
    overheard_expect_none("inside", &o, FROM_CLIENT, "response");
    overheard_close(&o);
}
END_TEST

/* ---- what may be one ---- */

static const struct {
    const char *bytes;
    size_t size;
    int expected;
} beginnings[] = {
    { "\0\1\0\0\1", 5, 1 },
    { "\0\4\0\0\1", 5, 1 },
    { "\1\1\0\0\1", 5, 1 },
    { "\x14\0\0\0\2", 5, 1 },
    { "\x20\0\0\0\2", 5, 1 },
    { "\1\4\0\0\1", 5, -1 },
    { "\xff\0\0\0\1", 5, -1 },
    { "\x13\0\0\0\2", 5, -1 },
    { "\0\1\0\0\2", 5, -1 },
    { "\x14\0\0\0\1", 5, -1 },
    { "This is para", 12, -1 },
    { "\0\1\0\0", 4, 0 },
    { "", 0, 0 },
};

START_TEST(is_proof)
{
    ck_assert_int_eq(sw_observer_is_proof((const uint8_t *)beginnings[_i].bytes, beginnings[_i].size),
                     beginnings[_i].expected);
}
END_TEST

/* Who is believed must have been named, and only once. */
START_TEST(not_believed)
{
    sw_observer *observer = &o.seen.observer;

    ck_assert_int_eq(sw_observer_believe(NULL, 0, SW_FROM_CLIENT), SW_E_NULL);
    open_session(AES, FROM_CLIENT);
    ck_assert_int_eq(sw_observer_believe(observer, FROM_CLIENT, SW_FROM_CLIENT), SW_E_STATE);
    hear(FROM_CLIENT, o.session.opening[FROM_CLIENT]);
    observed_finish(&o.seen);
    ck_assert_int_eq(candidates, 1);
    ck_assert_int_eq(sw_observer_believe(observer, FROM_CLIENT, SW_FROM_CLIENT), SW_E_STATE);
    ck_assert_int_eq(sw_observer_believe(observer, FROM_SERVER, SW_FROM_SERVER), SW_E_STATE);
    overheard_close(&o);
}
END_TEST

/* There are two ends, of which one has said something. */
START_TEST(believed_end)
{
    uint8_t response[SW_HEADER_SIZE + SW_SHA1_SIZE] = { SW_SHA1_SIZE, 0, 0, 0, SW_BAND_CHALLENGE_RESPONSE };
    sw_observer_input in = { .data = response, .len = sizeof(response), .ended = 1 };
    sw_observer observer;
    sw_observer_event event;

    sw_observer_init(&observer, crypto);
    ck_assert_int_eq(sw_observer_next(&observer, 0, &in, &event), 1);
    ck_assert_int_eq(event.kind, SW_OBSERVED_CANDIDATE);
    ck_assert_int_eq(sw_observer_believe(&observer, 2, SW_FROM_CLIENT), SW_E_STATE);
    ck_assert_int_eq(sw_observer_believe(&observer, 1, SW_FROM_SERVER), SW_E_STATE);
    ck_assert_int_eq(sw_observer_believe(&observer, 0, SW_FROM_CLIENT), SW_OK);
    ck_assert_int_eq(sw_observer_believe(&observer, 0, SW_FROM_CLIENT), SW_E_STATE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("observer_candidates");
    TCase *tcase = suite_case(suite, "candidates");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, response_alone, 0, COUNT(modes));
    tcase_add_loop_test(tcase, challenge_alone, 0, COUNT(modes));
    tcase_add_loop_test(tcase, inside_challenge, 0, COUNT(modes));
    tcase_add_loop_test(tcase, inside_challenge_with_wrong_keys, 0, COUNT(modes));
    tcase_add_test(tcase, inside_legacy_response);
    tcase_add_loop_test(tcase, is_proof, 0, COUNT(beginnings));
    tcase_add_test(tcase, not_believed);
    tcase_add_test(tcase, believed_end);
    return run_suite(suite);
}
