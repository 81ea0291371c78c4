/* SPDX-License-Identifier: ISC */
/* Small sessions that are written down in tests/core/golden with all that is told of them, and the observer's calls
 * with arguments that nobody should give. */
#include "observer_script.h"
#include "sealed_scene.h"
#include "suite.h"
#include "tested_backend.h"

#include <sidewire/observer.h>

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static sw_crypto *crypto;

static void setup(void)
{
    crypto = tested_backend();
}

static void teardown(void)
{
    sw_backend_free(crypto);
}

static const char *const files[] = {
    "tests/core/golden/observer_beginnings.txt", "tests/core/golden/observer_opening.txt",
    "tests/core/golden/observer_proof.txt",      "tests/core/golden/observer_packets.txt",
    "tests/core/golden/observer_sealed.txt",
};

START_TEST(script)
{
    ck_assert_int_gt(observer_script_run(files[_i], crypto), 0);
}
END_TEST

/* ---- arguments ---- */

START_TEST(next_wants_all)
{
    sw_observer observer;
    sw_observer_event event;
    uint8_t byte = 'a';
    sw_observer_input in = { &byte, 1, 0, 0, 0 }, nowhere = { NULL, 1, 0, 0, 0 }, nothing = { NULL, 0, 0, 0, 0 };

    sw_observer_init(NULL, crypto);
    sw_observer_init(&observer, crypto);
    ck_assert_int_eq(sw_observer_next(NULL, 0, &in, &event), SW_E_NULL);
    ck_assert_int_eq(sw_observer_next(&observer, 0, NULL, &event), SW_E_NULL);
    ck_assert_int_eq(sw_observer_next(&observer, 0, &in, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_observer_next(&observer, 0, &nowhere, &event), SW_E_NULL);
    ck_assert_int_eq(sw_observer_next(&observer, 2, &in, &event), SW_E_STATE);
    ck_assert_int_eq(sw_observer_next(&observer, 0, &nothing, &event), 0);
    ck_assert_uint_eq(in.len, 1);
}
END_TEST

START_TEST(open_wants_all)
{
    sw_secrets keys = { .response_size = 0 };
    sw_observer observer;

    sw_observer_init(&observer, crypto);
    ck_assert_int_eq(sw_observer_open(NULL, &keys, 0), SW_E_NULL);
    ck_assert_int_eq(sw_observer_open(&observer, NULL, 0), SW_E_NULL);
    ck_assert_int_eq(sw_observer_open(&observer, &keys, 0), SW_E_STATE);
}
END_TEST

/* What is asked of no observer, or of an end that there is not. */
START_TEST(answers_without_one)
{
    sw_observer observer, before;

    sw_observer_init(&observer, crypto);
    before = observer;
    sw_observer_abandon(NULL, 0);
    sw_observer_abandon(&observer, 2);
    ck_assert_mem_eq(&observer, &before, sizeof(observer));
    sw_observer_wipe(NULL);
    ck_assert_int_eq(sw_observer_waits(NULL, 0), SW_WAIT_MORE);
    ck_assert_int_eq(sw_observer_waits(&observer, 2), SW_WAIT_MORE);
    ck_assert_int_eq(sw_observer_is_session(NULL), -1);
    ck_assert_int_eq(sw_observer_is_session(&observer), 0);
    ck_assert_int_eq(sw_observer_client(NULL), -1);
    ck_assert_int_eq(sw_observer_client(&observer), -1);
    ck_assert_uint_eq(sw_observer_features(NULL), 0);
    ck_assert_uint_eq(sw_observer_features(&observer), 0);
}
END_TEST

/* A side of a sealed session that is not followed any more: nothing of it is looked at, and its key is gone. */
START_TEST(sealed_side_abandoned)
{
    static const sw_record none;
    sealed_scene s;
    const char *log;
    size_t before;
    char line[32];

    sealed_scene_open(&s, crypto, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    sealed_scene_feed_all(&s, SW_FROM_CLIENT);
    sealed_scene_feed_all(&s, SW_FROM_SERVER);
    sw_observer_abandon(&s.seen.observer, SW_FROM_SERVER);
    ck_assert_mem_eq(&s.seen.observer.ends[SW_FROM_SERVER].channel.record, &none, sizeof(none));
    before = s.len[SW_FROM_SERVER];
    sealed_scene_packet(&s, SW_FROM_SERVER, SW_BAND_OUTPUT, 30, 0);
    observed_feed(&s.seen, SW_FROM_SERVER, s.sent[SW_FROM_SERVER] + before, s.len[SW_FROM_SERVER] - before);
    observed_lose(&s.seen, SW_FROM_SERVER, 5);
    snprintf(line, sizeof(line), "undecoded %zu ", s.len[SW_FROM_SERVER] - before);
    log = sealed_scene_finish(&s, SW_FROM_SERVER);
    sealed_scene_expect(log, line);
    sealed_scene_expect(log, "lost 5\n");
    sealed_scene_expect_none(log, "OUTPUT");
    sealed_scene_close(&s);
}
END_TEST

/* Somebody keeps less than what was not taken: the rest of an opened record is lost, and nothing is told of it. */
START_TEST(hole_in_opened_record)
{
    sw_observer_input in;
    sw_observer_event event;
    sealed_scene s;

    sealed_scene_open(&s, crypto, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    sealed_scene_feed_all(&s, SW_FROM_CLIENT);
    in = (sw_observer_input){ s.sent[SW_FROM_SERVER], s.len[SW_FROM_SERVER], 0, 0, 0 };
    ck_assert_int_eq(sw_observer_next(&s.seen.observer, SW_FROM_SERVER, &in, &event), 1);
    ck_assert_int_eq(event.kind, SW_OBSERVED_RECORD);
    ck_assert(event.opened);
    in = (sw_observer_input){ NULL, 0, 10, 0, 0 };
    ck_assert_int_eq(sw_observer_next(&s.seen.observer, SW_FROM_SERVER, &in, &event), 1);
    ck_assert_int_eq(event.kind, SW_OBSERVED_LOST);
    ck_assert_uint_eq(event.missing, 10);
    sealed_scene_close(&s);
}
END_TEST

/* What is told as yes or no is 1 or 0. */
static void look_at_flags(void *context, const sw_observer_event *event)
{
    int *under_way = context;

    ck_assert(event->first <= 1 && event->last <= 1 && event->in_message <= 1 && event->sure <= 1);
    ck_assert(event->opened <= 1 && event->rekeyed <= 1);
    *under_way += event->in_message;
}

START_TEST(sealed_flags)
{
    int under_way = 0;
    sealed_scene s;

    sealed_scene_open(&s, crypto, SW_SUITE_AESGCM, KEYS_AT_CHALLENGE);
    s.seen.told = look_at_flags;
    s.seen.context = &under_way;
    sealed_scene_packet(&s, SW_FROM_SERVER, SW_BAND_OUTPUT, 60, 20);
    s.sent[SW_FROM_SERVER][s.borders[SW_FROM_SERVER][2] + 5] ^= 1;
    sealed_scene_feed_all(&s, SW_FROM_CLIENT);
    sealed_scene_feed_all(&s, SW_FROM_SERVER);
    sealed_scene_expect(sealed_scene_finish(&s, SW_FROM_SERVER), "OUTPUT ");
    ck_assert_int_gt(under_way, 1);
    sealed_scene_close(&s);
}
END_TEST

/* ---- first bytes ---- */

static const struct {
    const char *bytes;
    int request, greeting;
} beginnings[] = {
    { "", 0, 0 },
    { "a", 0, 0 },
    { "auth rs", 0, 0 },
    { "auth rsa", 0, 0 },
    { "auth rsa ", 1, 0 },
    { "auth rsa alice", 1, 0 },
    { "auth rsb", -1, 0 },
    { "b", -1, 0 },
    { "auth ", 0, 0 },
    { "auth n", 0, 0 },
    { "auth noise_nx_25519_", 0, 0 },
    { "auth noise_nx_25519_a", 0, 0 },
    { "auth noise_nx_25519_c", 0, 0 },
    { "auth noise_nx_25519_b", -1, 0 },
    { "auth noise_nx_25519_aesgcm_sha256", 0, 0 },
    { "auth noise_nx_25519_aesgcm_sha256\n", 1, 0 },
    { "auth noise_nx_25519_chachapoly_sha256\n", 1, 0 },
    { "auth noise_nx_25519_chachapoly_sha256 ", -1, 0 },
    { "auth X", -1, 0 },
    { "This is para_server, version", -1, 0 },
    { "This is para_server, version ", -1, 1 },
    { "This is para_server, version 1\n", -1, 1 },
    { "This is a server\n", -1, 0 },
    { "This is a server\nFeatures: sideband\n", -1, 1 },
    { "This is a server\nFeatures: sideband", -1, 0 },
    { "two\nlines\n", -1, 0 },
    { "\x01 server", -1, -1 },
    { "Features: sideband\n", -1, 0 },
    { "Features: ", -1, 0 },
    { "a\tb\r\n", -1, 0 },
    { "\x01", -1, -1 },
    { "a\x1f", -1, -1 },
    { "a\x7f", -1, -1 },
    { "a\x80\xff", -1, 0 },
    { "a\x0b", -1, -1 },
    { "auth rsa x", 1, 0 },
    { "auth noise_nx_25519_chachapoly_sha256", 0, 0 },
    { "auth noise_nx_25519_aesgcm_sha256x", -1, 0 },
    { "auth noise_nx_25519_chachapoly_sha255", -1, 0 },
    { "x", -1, 0 },
    { "This is para_server, version \x01", -1, 1 },
    { "This is para_server, version 1", -1, 1 },
    { "This is para_server, version\x01", -1, -1 },
    { "hello\nFeatures: sideband\n", -1, 1 },
    { "hello\nFeatures: sideband", -1, 0 },
    { "hello\nFeatures: sideband\n\x01", -1, 1 },
    { "hello\x01\nFeatures: sideband\n", -1, -1 },
    { "hello\n", -1, 0 },
    { "hello\n\x7f", -1, -1 },
    { "hello\n\x80\x20", -1, 0 },
    { "hello\r\tyou\nFeatures: \n", -1, 1 },
    { "\x1f", -1, -1 },
};

START_TEST(beginning)
{
    size_t len = strlen(beginnings[_i].bytes);
    uint8_t *copy = exact_copy(beginnings[_i].bytes, len);

    ck_assert_int_eq(sw_observer_is_request(copy, len), beginnings[_i].request);
    ck_assert_int_eq(sw_observer_is_greeting(copy, len), beginnings[_i].greeting);
    free(copy);
}
END_TEST

/* The largest that may still become a greeting, and one byte more. */
START_TEST(large_greeting)
{
    uint8_t *text = malloc(SW_GREETING_MAX + 1);

    ck_assert_ptr_nonnull(text);
    memset(text, 'x', SW_GREETING_MAX + 1);
    ck_assert_int_eq(sw_observer_is_greeting(text, SW_GREETING_MAX), 0);
    ck_assert_int_eq(sw_observer_is_greeting(text, SW_GREETING_MAX + 1), -1);
    free(text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("observer_scripts");
    TCase *tcase = suite_case(suite, "scripts");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, script, 0, COUNT(files));
    tcase_add_test(tcase, next_wants_all);
    tcase_add_test(tcase, open_wants_all);
    tcase_add_test(tcase, answers_without_one);
    tcase_add_test(tcase, sealed_side_abandoned);
    tcase_add_test(tcase, hole_in_opened_record);
    tcase_add_test(tcase, sealed_flags);
    tcase_add_loop_test(tcase, beginning, 0, COUNT(beginnings));
    tcase_add_test(tcase, large_greeting);
    return run_suite(suite);
}
