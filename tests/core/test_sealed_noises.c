/* SPDX-License-Identifier: ISC */
/* The room for Noise states that a session lends its handshake: no byte beside it is touched, none of it by a side that
 * seals nothing, and nothing is left there at the end. The handshake is compiled into this suite, without its session. */
#include "../../src/handshake_internal.h"

#include "suite.h"
#include "wired.h"

#include "fake_crypto.h"

#include <stdlib.h>
#include <string.h>

enum { LIMIT = 1000, ROOM = SWI_NOISES * sizeof(sw_noise) };

static fake_crypto fakes[2];
static wired_keys keys;
static sw_client_config client_config;
static sw_server_config server_config;
static sw_handshake client, server;
static uint8_t scratch[2][SW_SCRATCH_FULL];
static sw_noise *rooms[2]; /* on the heap, where a sanitizer sees their ends */

static void setup(void)
{
    fake_crypto_init(&fakes[0], 5);
    fake_crypto_init(&fakes[1], 6);
    wired_keys_make(&keys, SW_KEY_RSA);
    client_config = wired_client(&fakes[0].table, &keys, SW_FEATURES_ALL | SW_FEATURES_SEALED);
    server_config = wired_server(&fakes[1].table, &keys, SW_FEATURES_ALL | SW_FEATURES_SEALED);
    for (int i = 0; i < 2; i++) {
        rooms[i] = calloc(SWI_NOISES, sizeof(sw_noise));
        ck_assert_ptr_nonnull(rooms[i]);
    }
}

static void teardown(void)
{
    sw_handshake_wipe(&client);
    sw_handshake_wipe(&server);
    for (int i = 0; i < 2; i++) {
        free(rooms[i]);
        ck_assert_uint_eq(fakes[i].sha256_states, 0);
    }
}

static void check_room(const sw_noise *room, unsigned value)
{
    for (size_t i = 0; i < ROOM; i++)
        ck_assert_uint_eq(((const uint8_t *)room)[i], value);
}

static void start(void)
{
    ck_assert_int_eq(swi_handshake_client(&client, &client_config, scratch[0], SW_SCRATCH_FULL, rooms[0], LIMIT),
                     SW_OK);
    ck_assert_int_eq(swi_handshake_server(&server, &server_config, scratch[1], SW_SCRATCH_FULL, rooms[1], LIMIT),
                     SW_OK);
}

/* Moves what one side has to send, and returns the result of the other. */
static int move(sw_handshake *from, sw_handshake *to)
{
    const uint8_t *out;
    uint8_t *copy;
    size_t len, used;
    int result;

    out = sw_handshake_output(from, &len);
    ck_assert_ptr_nonnull(out);
    copy = exact_copy(out, len);
    ck_assert_int_eq(sw_handshake_sent(from, len), SW_OK);
    result = sw_handshake_recv(to, copy, len, &used);
    for (size_t at = used; result == SW_OK && at < len; at += used) /* the frame behind the request */
        result = sw_handshake_recv(to, copy + at, len - at, &used);
    free(copy);
    return result;
}

START_TEST(test_sealed)
{
    if (_i > 0)
        server_config.policy.features &= ~(unsigned)SW_FEATURE_NOISE_AESGCM;
    start();
    ck_assert_int_eq(move(&server, &client), SW_OK);
    ck_assert_int_eq(move(&client, &server), SW_OK);
    ck_assert_int_eq(move(&server, &client), SW_OK);
    ck_assert_int_eq(swi_handshake_accept(&client, 1), SW_OK);
    ck_assert_int_eq(sw_handshake_step(&client), SW_STEP_DONE);
    ck_assert_int_eq(sw_handshake_step(&server), SW_STEP_DONE);
    ck_assert_uint_eq(client.peer_limit, LIMIT);
    ck_assert_mem_eq(client.challenge.client_key, server.challenge.client_key, SW_NOISE_KEY_SIZE);
    swi_sealed_drop(&client);
    swi_sealed_drop(&server);
    check_room(rooms[0], 0);
    check_room(rooms[1], 0);
}
END_TEST

/* Secrets are wiped with an error. */
START_TEST(test_failed)
{
    uint8_t damaged[] = { 0xff, 0xff };
    size_t used;

    start();
    ck_assert_int_eq(move(&server, &client), SW_OK);
    ck_assert_int_eq(move(&client, &server), SW_OK);
    ck_assert_int_eq(sw_handshake_recv(&server, damaged, 0, &used), SW_E_STATE);
    check_room(rooms[1], 0);
    ck_assert_int_eq(sw_handshake_recv(&client, damaged, sizeof(damaged), &used), SW_E_FRAME_SIZE);
    check_room(rooms[0], 0);
}
END_TEST

/* The other side seals nothing: what was begun for it is forgotten as soon as that is known. */
START_TEST(test_plain_peer)
{
    server_config.policy.features = SW_FEATURES_ALL;
    start();
    ck_assert_int_eq(move(&server, &client), SW_OK);
    ck_assert_int_eq(sw_handshake_step(&client), SW_STEP_SEND);
    check_room(rooms[0], 0);
    ck_assert_uint_eq(fakes[0].sha256_states, 0);
}
END_TEST

START_TEST(test_plain)
{
    memset(rooms[0], 0xa5, ROOM);
    memset(rooms[1], 0xa5, ROOM);
    client_config.policy.features = server_config.policy.features = SW_FEATURES_ALL;
    start();
    ck_assert_int_eq(move(&server, &client), SW_OK);
    ck_assert_int_eq(move(&client, &server), SW_OK);
    ck_assert_int_eq(sw_handshake_burst_end(&server), SW_OK);
    ck_assert_int_eq(sw_handshake_step(&server), SW_STEP_KEY);
    check_room(rooms[0], 0xa5);
    check_room(rooms[1], 0xa5);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sealed noises");
    TCase *tcase = suite_case(suite, "room");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_sealed, 0, 2);
    tcase_add_test(tcase, test_failed);
    tcase_add_test(tcase, test_plain_peer);
    tcase_add_test(tcase, test_plain);
    return run_suite(suite);
}
