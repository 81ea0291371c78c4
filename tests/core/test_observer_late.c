/* SPDX-License-Identifier: ISC */
/* Sessions whose request was not heard: the observer comes late, or it was lost, or nothing of the client comes at all. */
#include "overheard.h"
#include "suite.h"
#include "tested_backend.h"

#include <string.h>

enum {
    RC4 = SW_FEATURE_SIDEBAND,
    AES = RC4 | SW_FEATURE_AES_CTR128,
    SHA256 = SW_FEATURE_SHA256,
};

static const unsigned modes[] = { AES, AES | SHA256, RC4, RC4 | SHA256 };

static sw_crypto *crypto;
static overheard o;

static void setup(void)
{
    crypto = tested_backend();
}

static void teardown(void)
{
    sw_backend_free(crypto);
}

static void open_session(unsigned features, observed_keys when)
{
    overheard_open(&o, crypto, features, when);
    wire_session_packet(&o.session, FROM_SERVER, SW_BAND_PROCEED, NULL, 0);
    wire_session_packet(&o.session, FROM_CLIENT, SW_BAND_COMMAND, "si", 3);
    wire_session_packet(&o.session, FROM_SERVER, SW_BAND_OUTPUT, "fine", 4);
    wire_session_packet(&o.session, FROM_SERVER, SW_BAND_EXIT_SUCCESS, NULL, 0);
}

static void skip_opening(void)
{
    overheard_skip(&o, FROM_SERVER, o.session.opening[FROM_SERVER]);
    overheard_skip(&o, FROM_CLIENT, o.session.opening[FROM_CLIENT]);
}

#define LINES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void expect_decoded(const char *what)
{
    overheard_expect(what, &o, FROM_SERVER,
                     LINES("challenge 256/256 ", "PROCEED 0 ", "OUTPUT 4/4 ", "EXIT__SUCCESS 0 "));
    overheard_expect(what, &o, FROM_CLIENT, LINES("response ", "COMMAND 3/3 "));
    overheard_expect_none(what, &o, FROM_SERVER, "undecoded");
    overheard_expect_none(what, &o, FROM_CLIENT, "undecoded");
}

/* ---- found all the same ---- */

/* In both orders, in pieces of every kind, with keys at any time. */
START_TEST(begins_with_challenge)
{
    static const size_t steps[] = { 0, 1, 4, 7, 100 };

    for (int i = 0; i < COUNT(steps) * 2 * 3; i++) {
        observed_keys when = (observed_keys)(KEYS_AT_CHALLENGE + i % 3);
        from first = i / 3 % 2 ? FROM_CLIENT : FROM_SERVER;
        size_t step = steps[i / 6];

        open_session(modes[_i], when);
        skip_opening();
        overheard_until(&o, first, o.session.proof[first], step);
        overheard_until(&o, !first, o.session.proof[!first], step);
        overheard_rest(&o);
        expect_decoded("late");
        ck_assert_int_eq(o.seen.wrong_keys, 0);
        ck_assert_uint_eq(sw_observer_features(&o.seen.observer), modes[_i]);
        ck_assert_int_eq(sw_observer_is_session(&o.seen.observer), 1);
        for (unsigned end = 0; end < 2; end++)
            ck_assert_int_eq(sw_observer_waits(&o.seen.observer, end), SW_WAIT_MORE);
        ck_assert_int_eq(o.seen.verdict, when == KEYS_AT_CHALLENGE ? SW_VERDICT_RIGHT : SW_VERDICT_UNKNOWN);
        overheard_close(&o);
    }
}
END_TEST

/* One end's message alone says nothing yet: what the other one begins with is waited for. */
START_TEST(waits_for_the_other)
{
    for (int side = 0; side < 2; side++) {
        open_session(AES, KEYS_NEVER);
        skip_opening();
        overheard_until(&o, (from)side, o.at[side] + SW_HEADER_SIZE - 1, 0);
        ck_assert_int_eq(sw_observer_waits(&o.seen.observer, (unsigned)side), SW_WAIT_MORE);
        overheard_until(&o, (from)side, o.session.proof[side], 0);
        ck_assert_int_eq(sw_observer_waits(&o.seen.observer, (unsigned)side), SW_WAIT_OTHER);
        ck_assert_int_eq(sw_observer_client(&o.seen.observer), -1);
        ck_assert_int_eq(sw_observer_is_session(&o.seen.observer), 0);
        observed_finish(&o.seen);
        ck_assert_int_eq(sw_observer_client(&o.seen.observer), -1);
        overheard_close(&o);
    }
}
END_TEST

START_TEST(request_lost)
{
    open_session(modes[_i], KEYS_AT_CHALLENGE);
    overheard_until(&o, FROM_SERVER, o.session.opening[FROM_SERVER], 0);
    overheard_lose(&o, FROM_CLIENT, o.session.opening[FROM_CLIENT]);
    overheard_until(&o, FROM_SERVER, o.session.proof[FROM_SERVER], 0);
    overheard_until(&o, FROM_CLIENT, o.session.proof[FROM_CLIENT], 0);
    overheard_rest(&o);
    expect_decoded("request lost");
    ck_assert_uint_eq(sw_observer_features(&o.seen.observer), modes[_i]);
    overheard_close(&o);
}
END_TEST

/* Nothing of the client comes, ever; or it is known to be lost with its response. */
START_TEST(client_not_heard)
{
    for (int lost = 0; lost < 2; lost++) {
        open_session(modes[_i], KEYS_AT_CHALLENGE);
        overheard_until(&o, FROM_SERVER, o.session.proof[FROM_SERVER], 0);
        if (lost)
            overheard_lose(&o, FROM_CLIENT, o.session.proof[FROM_CLIENT]);
        overheard_until(&o, FROM_SERVER, o.session.sent[FROM_SERVER].len, 0);
        if (lost)
            overheard_until(&o, FROM_CLIENT, o.session.sent[FROM_CLIENT].len, 0);
        observed_finish(&o.seen);
        overheard_expect("client", &o, FROM_SERVER,
                         LINES("greeting", "challenge 256/256 ", "PROCEED 0 ", "OUTPUT 4/4 "));
        overheard_expect_none("client", &o, FROM_CLIENT, "response");
        if (lost)
            overheard_expect("client", &o, FROM_CLIENT, LINES("lost", "undecoded 8 "));
        overheard_close(&o);
    }
}
END_TEST

/* A client that was heard, but has not said all of its request when nothing more can be kept. */
START_TEST(request_begun)
{
    sw_observer_input in;
    sw_observer_event event;

    open_session(AES, KEYS_AT_CHALLENGE);
    overheard_until(&o, FROM_SERVER, o.session.opening[FROM_SERVER], 0);
    overheard_until(&o, FROM_CLIENT, 4, 0);
    overheard_until(&o, FROM_SERVER, o.session.sent[FROM_SERVER].len, 0);
    overheard_expect_none("begun", &o, FROM_SERVER, "challenge");
    in = (sw_observer_input){ o.seen.ends[FROM_SERVER].queue.data, o.seen.ends[FROM_SERVER].queue.len, 0, 0, 1 };
    ck_assert_int_eq(sw_observer_next(&o.seen.observer, FROM_SERVER, &in, &event), 1);
    ck_assert_int_eq(event.kind, SW_OBSERVED_UNDECODED);
    ck_assert_int_eq(event.error.code, SW_OK);
    ck_assert_uint_eq(in.len, 0);
    overheard_close(&o);
}
END_TEST

/* Keys of another session open nothing, with either cipher; the right ones may follow. */
START_TEST(wrong_keys)
{
    sw_secrets wrong;

    open_session(modes[_i], KEYS_AT_CHALLENGE);
    wrong = o.session.keys;
    wrong.client_key[0] ^= 1;
    wrong.server_key[0] ^= 1;
    o.seen.keys = &wrong;
    skip_opening();
    for (int side = 0; side < 2; side++)
        overheard_until(&o, (from)side, o.session.sent[side].len, 0);
    ck_assert_int_eq(o.seen.wrong_keys, 1);
    ck_assert_uint_eq(sw_observer_features(&o.seen.observer), modes[_i] | SW_FEATURE_AES_CTR128);
    ck_assert_int_eq(sw_observer_waits(&o.seen.observer, FROM_SERVER), SW_WAIT_KEYS);
    o.seen.keys = &o.session.keys;
    o.seen.when = KEYS_AT_END;
    observed_finish(&o.seen);
    expect_decoded("right keys");
    ck_assert_uint_eq(sw_observer_features(&o.seen.observer), modes[_i]);
    overheard_close(&o);
}
END_TEST

/* ---- what they may begin with ---- */

static const struct {
    const char *server, *client;
    int is_session;
} beginnings[] = {
    { "\0\1\0\0\1....", "\x14\0\0\0\2....", 1 },
    { "\0\1\0\0\1....", "\x20\0\0\0\2....", 1 },
    { "\0\4\0\0\1....", "\x14\0\0\0\2....", 1 },    /* of the largest key */
    { "\1\4\0\0\1....", "\x14\0\0\0\2....", -1 },   /* of a larger one */
    { "\xff\0\0\0\1....", "\x14\0\0\0\2....", -1 }, /* of one smaller than any */
    { "\0\1\0\0\1....", "\x13\0\0\0\2....", -1 },   /* of a size that no hash has */
    { "\0\1\0\0\1....", "\x15\0\0\0\2....", -1 },
    { "\0\1\0\0\1....", "\x1f\0\0\0\2....", -1 },
    { "\0\1\0\0\1....", "\x21\0\0\0\2....", -1 },
    { "\0\1\0\0\1....", "\x14\0\0\0\1....", -1 }, /* not the bands */
    { "\0\1\0\0\3....", "\x14\0\0\0\2....", -1 },
    { "\0\1\0\0\1....", "\0\1\0\0\1....", -1 }, /* two challenges, two responses */
    { "\x14\0\0\0\2....", "\x14\0\0\0\2....", -1 },
};

START_TEST(beginning)
{
    enum { SIZE = SW_HEADER_SIZE + 4 };

    for (unsigned first = 0; first < 2; first++) {
        observed seen;

        observed_start(&seen, crypto, NULL, KEYS_NEVER);
        for (unsigned i = 0; i < 2; i++)
            observed_feed(&seen, first ^ i, (first ^ i) == 1 ? beginnings[_i].server : beginnings[_i].client,
                          SIZE);
        observed_finish(&seen);
        ck_assert_msg(sw_observer_is_session(&seen.observer) == beginnings[_i].is_session, "%d: %d", _i,
                      sw_observer_is_session(&seen.observer));
        ck_assert_int_eq(sw_observer_client(&seen.observer), beginnings[_i].is_session > 0 ? 0 : -1);
        observed_free(&seen);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("observer_late");
    TCase *tcase = suite_case(suite, "late");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, begins_with_challenge, 0, COUNT(modes));
    tcase_add_test(tcase, waits_for_the_other);
    tcase_add_loop_test(tcase, request_lost, 0, COUNT(modes));
    tcase_add_loop_test(tcase, client_not_heard, 0, COUNT(modes));
    tcase_add_test(tcase, request_begun);
    tcase_add_loop_test(tcase, wrong_keys, 0, COUNT(modes));
    tcase_add_loop_test(tcase, beginning, 0, COUNT(beginnings));
    return run_suite(suite);
}
