/* SPDX-License-Identifier: ISC */
/* A server judges the response to its challenge. */
#include "handshake_pair.h"
#include "handshake_server_fixture.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#define SB SW_FEATURE_SIDEBAND

/* What a peer can see, and what a clock could: error, bytes sent, calls of the backend. */
typedef struct outcome {
    int result;
    size_t sent;
    fake_crypto work;
} outcome;

static outcome answer(unsigned features, const sw_public_key *known, const bytes *response)
{
    uint8_t message[SW_HEADER_SIZE + SW_RESPONSE_MAX];
    outcome o;
    size_t len;

    fake_crypto_init(&fake, 7);
    fixture_server_start(SW_SCRATCH_FULL);
    ck_assert_int_eq(sw_request_format("bob", features, message, sizeof(message), &len, NULL), SW_OK);
    server_feed(message, len, 0, NULL);
    ck_assert_int_eq(sw_handshake_burst_end(&server), SW_OK);
    ck_assert_int_eq(sw_handshake_key(&server, known), SW_OK);
    sw_handshake_output(&server, &o.sent);
    ck_assert_int_eq(sw_handshake_sent(&server, o.sent), SW_OK);
    if (features & SB) {
        sw_encoder encoder;
        sw_encoder_init(&encoder);
        ck_assert_int_eq(sw_encoder_packet(&encoder, SW_BAND_CHALLENGE_RESPONSE, response->data,
                                           (uint32_t)response->len, message, sizeof(message), &len),
                         1);
    } else {
        memcpy(message, response->data, response->len);
        len = response->len;
    }
    o.result = server_feed(message, len, 0, NULL);
    o.work = fake;
    return o;
}

static const size_t response_sizes[] = { 0, 1, 19, 20, 21, 31, 32, 33, 4096 };

START_TEST(failures_look_alike)
{
    unsigned features = feature_sets[_i];
    bytes right = { NULL, 0 };
    uint8_t zero[SW_RESPONSE_MAX] = { 0 };
    outcome reference;

    right = bytes_copy(zero, sw_features_response_size(features));
    reference = answer(features, NULL, &right);
    ck_assert_int_eq(reference.result, SW_E_AUTH);
    bytes_free(&right);
    for (size_t i = 0; i < sizeof(response_sizes) / sizeof(response_sizes[0]); i++) {
        bytes response = bytes_copy(zero, response_sizes[i]);
        /* in legacy mode a short response is one that is not complete */
        int complete = (features & SB) || response.len >= SW_SHA1_SIZE;
        for (int known = 0; complete && known < 2; known++) {
            outcome o = answer(features, known ? &public_key : NULL, &response);
            ck_assert_int_eq(o.result, SW_E_AUTH);
            check_error("refused", sw_handshake_error(&server), SW_E_AUTH, 0, 0);
            ck_assert_uint_eq(o.sent, reference.sent);
            ck_assert(fake_crypto_same_work(&o.work, &reference.work));
        }
        bytes_free(&response);
    }
}
END_TEST

/* The right hash, one bit off at each place; and the right hash with more or less behind it. */
START_TEST(almost_right)
{
    unsigned features = feature_sets[_i];
    sw_rsa_public view = sw_public_key_view(&public_key);
    uint8_t block[256];
    sw_secrets right;
    bytes response;

    /* the same randomness as the server will have */
    fake_crypto_init(&fake, 7);
    ck_assert_int_eq(sw_challenge_create(&right, &fake.table, &view, features, block), SW_OK);
    for (size_t i = 0; i < right.response_size; i++) {
        response = bytes_copy(right.response, right.response_size);
        response.data[i] ^= 1;
        ck_assert_int_eq(answer(features, &public_key, &response).result, SW_E_AUTH);
        bytes_free(&response);
    }
    response = bytes_copy(right.response, right.response_size);
    ck_assert_int_eq(answer(features, NULL, &response).result, SW_E_AUTH);
    ck_assert_int_eq(answer(features, &public_key, &response).result, SW_STEP_DONE);
    if (features & SB) {
        bytes_append(&response, "", 1);
        ck_assert_int_eq(answer(features, &public_key, &response).result, SW_E_AUTH);
        response.len -= 2;
        ck_assert_int_eq(answer(features, &public_key, &response).result, SW_E_AUTH);
    }
    bytes_free(&response);
}
END_TEST

START_TEST(bad_response_packets)
{
    static const struct {
        const char *bytes;
        size_t len;
        int result;
        uint64_t value, limit;
    } cases[] = {
        { "\x14\0\0\0\x04", 5, SW_STEP_RECV, 0, 0 }, /* band known with the body */
        { "\x14\0\0\0\x04x", 6, SW_E_BAND, 4, 2 },
        { "\0\0\0\0\x04", 5, SW_E_BAND, 4, 2 },
        { "\x01\x10\0\0\x02", 5, SW_E_PACKET_SIZE, 4097, 4096 },
        { "\xff\xff\xff\xff\x02", 5, SW_E_PACKET_SIZE, 0xffffffff, 4096 },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bytes c = server_challenge("auth rsa bob sideband", &public_key);
        sw_handshake_sent(&server, c.len);
        ck_assert_int_eq(server_feed(cases[i].bytes, cases[i].len, 0, NULL), cases[i].result);
        if (cases[i].result < 0)
            check_error("response", sw_handshake_error(&server), cases[i].result, cases[i].value, cases[i].limit);
        bytes_free(&c);
    }
}
END_TEST

static Suite *response_suite(void)
{
    Suite *suite = suite_create("handshake, response");
    TCase *tcase = suite_case(suite, "response");

    tcase_add_checked_fixture(tcase, server_setup, server_teardown);
    tcase_add_loop_test(tcase, failures_look_alike, 0, FEATURE_SETS);
    tcase_add_loop_test(tcase, almost_right, 0, FEATURE_SETS);
    tcase_add_test(tcase, bad_response_packets);
    return suite;
}

int main(void)
{
    return run_suite(response_suite());
}
