/* SPDX-License-Identifier: ISC */
/* The server's half against clients that do it wrong, up to the challenge. */
#include "handshake_server_fixture.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#define SB SW_FEATURE_SIDEBAND
#define AES SW_FEATURE_AES_CTR128

/* ---- greeting ---- */

START_TEST(greeting)
{
    static const struct {
        unsigned features;
        const char *banner, *expected;
    } cases[] = {
        { 0, "One line", "One line\n" },
        { SB, "Two lines", "Two lines\nFeatures: sideband\n" },
        { SW_FEATURES_ALL, NULL,
          "This is sidewire, version " SW_VERSION ".\nFeatures: sideband,aes_ctr128,sha256\n" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const uint8_t *out;
        size_t len;
        config.policy.features = cases[i].features;
        config.banner = cases[i].banner;
        ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_MIN), SW_OK);
        ck_assert_int_eq(sw_handshake_step(&server), SW_STEP_SEND);
        out = sw_handshake_output(&server, &len);
        ck_assert_uint_eq(len, strlen(cases[i].expected));
        ck_assert_mem_eq(out, cases[i].expected, len);
    }
}
END_TEST

START_TEST(bad_config)
{
    char long_banner[SW_GREETING_MAX + 1];
    static const struct {
        sw_policy policy;
        sw_key_kind kind;
    } cases[] = {
        { { AES, 1, 1, 0, 0 }, { 2048, 3, 1 } }, /* aes without sideband */
        { { 32, 1, 1, 0, 0 }, { 2048, 3, 1 } },  /* no such feature */
        { { 0, 0, 1, 0, 0 }, { 2048, 3, 1 } },   /* nothing but legacy, which is not allowed */
        { { SB, 1, 0, 0, 0 }, { 2048, 3, 1 } },  /* nothing but RC4, which is not allowed */
        { { SW_FEATURES_ALL, 0, 0, 0, 0 }, { 2047, 3, 1 } },
        { { SW_FEATURES_ALL, 0, 0, 0, 0 }, { 8193, 3, 1 } },
        { { SW_FEATURES_ALL, 0, 0, 0, 0 }, { 2048, 1, 1 } },
        { { SW_FEATURES_ALL, 0, 0, 0, 0 }, { 2048, 4, 1 } },
        { { SW_FEATURES_ALL, 0, 0, 0, 0 }, { 2048, 3, 0 } },
    };
    static const sw_key_kind large = { 8192, 65537, 1 };
    static const sw_key_kind second[] = { { 2048, 3, 1 }, { 2048, 4, 1 } };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sw_server_config c = config;
        c.policy = cases[i].policy;
        c.key_kinds = &cases[i].kind;
        c.key_kind_count = 1;
        ck_assert_int_eq(sw_handshake_server(&server, &c, scratch, SW_SCRATCH_FULL), SW_E_CONFIG);
        ck_assert_int_eq(sw_handshake_step(&server), SW_E_CONFIG);
    }
    config.banner = "two\nlines";
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_FULL), SW_E_BANNER);
    memset(long_banner, 'x', sizeof(long_banner) - 1);
    long_banner[sizeof(long_banner) - 1] = '\0';
    config.banner = long_banner;
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_FULL), SW_E_BANNER);
    config.banner = NULL;
    config.crypto = NULL;
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_FULL), SW_E_NULL);
    config.crypto = &fake.table;
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_MIN - 1), SW_E_SPACE);
    ck_assert_int_eq(sw_handshake_server(&server, &config, NULL, SW_SCRATCH_MIN), SW_E_NULL);
    ck_assert_int_eq(sw_handshake_server(&server, NULL, scratch, SW_SCRATCH_MIN), SW_E_NULL);
    ck_assert_int_eq(sw_handshake_server(NULL, &config, scratch, SW_SCRATCH_MIN), SW_E_NULL);
    config.key_kind_count = 1;
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_MIN), SW_E_NULL);
    config.key_kinds = &large;
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_MIN), SW_E_SPACE);
    check_error("decoy", sw_handshake_error(&server), SW_E_SPACE, SW_SCRATCH_MIN, SW_HEADER_SIZE + 2 * 1024);
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_HEADER_SIZE + 2 * 1024), SW_OK);
    config.key_kinds = second;
    config.key_kind_count = 2;
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_MIN), SW_E_CONFIG);
    config.key_kind_count = 0;
    config.decoy_secret[0] = 0; /* anybody could tell who is known */
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_FULL), SW_E_DECOY_SECRET);
    config.decoy_secret[31] = 1;
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_FULL), SW_OK);
}
END_TEST

/* A table that lacks a function, or needs too much room, is met at the start; what sealed sessions need is not looked
 * at. */
START_TEST(bad_backend)
{
    sw_crypto table = fake.table;

    config.crypto = &table;
    switch (_i) {
    case 0: table.random = NULL; break;
    case 1: table.sha1 = NULL; break;
    case 2: table.sha256 = NULL; break;
    case 3: table.oaep_encrypt = NULL; break;
    case 4: table.oaep_decrypt = NULL; break;
    case 5: table.aes_init = NULL; break;
    case 6: table.aes_apply = NULL; break;
    case 7: table.aes_wipe = NULL; break;
    case 8: table.aes_state_size = SW_AES_STATE_SIZE + 1; break;
    case 9: table.key_prepare = (void *(*)(void *, const sw_rsa_private *))1; break;
    case 10: table.aes_state_size = SW_AES_STATE_SIZE; break;
    default: table.x25519 = NULL; break;
    }
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_MIN),
                     _i >= 10 ? SW_OK : SW_E_BACKEND);
}
END_TEST

/* ---- request ---- */

static const struct {
    const char *text;
    size_t taken; /* before the step below was reached */
    int quiet;    /* then say so */
    int result;
    unsigned features;
} requests[] = {
    { "auth rsa bob", 12, 0, SW_STEP_RECV, 0 },
    { "auth rsa bob", 12, 1, SW_STEP_KEY, 0 },
    { "auth rsa b", 10, 1, SW_STEP_KEY, 0 },
    { "auth rsa bob ", 13, 1, SW_STEP_KEY, 0 },
    { "auth rsa bob sideband", 21, 1, SW_STEP_KEY, SB },
    { "auth rsa bob sideband,aes_ctr128,sideband", 41, 1, SW_STEP_KEY, SB | AES },
    { "auth rsa bob\n", 13, 0, SW_STEP_KEY, 0 },
    { "auth rsa bob\r\n", 14, 0, SW_STEP_KEY, 0 },
    { "auth rsa bob\r", 13, 1, SW_STEP_RECV, 0 }, /* the LF is still to come */
    { "auth rsa bob sideband\nrest", 22, 0, SW_STEP_KEY, SB },
    { "auth rsa b\tb", 12, 1, SW_STEP_KEY, 0 },
    { "", 0, 1, SW_STEP_RECV, 0 }, /* nothing came yet */
    { "\n", 1, 0, SW_E_REQUEST_PREFIX, 0 },
    { "auth rsa ", 9, 1, SW_E_REQUEST_NAME, 0 },
    { "auth rsa  sideband", 18, 1, SW_E_REQUEST_NAME, 0 },
    { "auth rsa b\rb\n", 13, 0, SW_E_REQUEST_NAME, 0 },
    { "auth rsa", 8, 1, SW_E_REQUEST_PREFIX, 0 },
    { "auth dsa bob", 12, 1, SW_E_REQUEST_PREFIX, 0 },
    { "AUTH RSA bob", 12, 1, SW_E_REQUEST_PREFIX, 0 },
    { "GET / HTTP/1.1\r\n", 16, 0, SW_E_REQUEST_PREFIX, 0 },
    { "auth rsa bob sideband,", 22, 1, SW_E_FEATURE, 0 },
    { "auth rsa bob sideband aes_ctr128", 32, 1, SW_E_FEATURE, 0 },
    { "auth rsa bob zlib", 17, 1, SW_E_FEATURE, 0 },
    { "auth rsa bob aes_ctr128", 23, 1, SW_E_FEATURE_SET, 0 },
    { "auth rsa bob sideband,sha256", 28, 1, SW_E_FEATURE_OFFER, 0 },
};

START_TEST(request)
{
    const char *text = requests[_i].text;

    config.policy.features = SB | AES;
    for (size_t step = 0; step < 3; step++) {
        size_t taken, len;
        fixture_server_start(SW_SCRATCH_FULL);
        server_feed(text, strlen(text), step, &taken);
        ck_assert_uint_eq(taken, requests[_i].taken);
        if (requests[_i].quiet)
            sw_handshake_burst_end(&server);
        ck_assert_int_eq(sw_handshake_step(&server), requests[_i].result);
        if (requests[_i].result == SW_STEP_KEY) {
            const char *user = sw_handshake_user(&server, &len);
            ck_assert_uint_eq(len, strcspn(text + 9, " \r\n"));
            ck_assert_mem_eq(user, text + 9, len);
            ck_assert_uint_eq(sw_handshake_features(&server), requests[_i].features);
        } else {
            ck_assert_ptr_null(sw_handshake_user(&server, &len));
        }
    }
}
END_TEST

START_TEST(request_end_by_nul)
{
    fixture_server_start(SW_SCRATCH_FULL);
    ck_assert_int_eq(server_feed("auth rsa bob sideband\0\n", 23, 0, NULL), SW_STEP_KEY);
}
END_TEST

START_TEST(request_size)
{
    static const size_t caps[] = { SW_SCRATCH_MIN, SW_SCRATCH_FULL };
    char text[SW_REQUEST_MAX + 2];

    memset(text, 'x', sizeof(text));
    memcpy(text, "auth rsa ", 9);
    for (size_t i = 0; i < 2; i++) {
        size_t limit = caps[i] < SW_REQUEST_MAX ? caps[i] : SW_REQUEST_MAX;
        size_t taken;
        fixture_server_start(caps[i]);
        ck_assert_int_eq(server_feed(text, limit, 0, NULL), SW_STEP_RECV);
        ck_assert_int_eq(server_feed("\n", 1, 0, NULL), SW_STEP_KEY);
        fixture_server_start(caps[i]);
        ck_assert_int_eq(server_feed(text, limit + 1, 0, &taken), SW_E_REQUEST_SIZE);
        ck_assert_uint_eq(taken, limit + 1);
        check_error("request", sw_handshake_error(&server), SW_E_REQUEST_SIZE, limit + 1, limit);
    }
}
END_TEST

/* ---- challenge ---- */

START_TEST(sizes_of_challenges)
{
    static const uint16_t wanted[] = { 0, 2048, 2056, 2049, 3072, 4096, 8192 };
    static const unsigned bits[] = { 2048, 3072, 4096, 8192 };

    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        sw_key_kind kind = { wanted[i], 3, 1 };
        size_t expected = wanted[i] > 0 ? (wanted[i] + 7u) / 8 : SW_RSA_MIN_BITS / 8;
        bytes sideband, legacy;
        config.key_kinds = &kind;
        config.key_kind_count = wanted[i] > 0;
        sideband = server_challenge("auth rsa eve sideband", NULL);
        legacy = server_challenge("auth rsa eve", NULL);
        ck_assert_uint_eq(sideband.len, SW_HEADER_SIZE + expected);
        ck_assert_uint_eq(sideband.data[4], SW_BAND_CHALLENGE);
        ck_assert_uint_eq(legacy.len, expected);
        bytes_free(&sideband);
        bytes_free(&legacy);
    }
    config.key_kind_count = 0;
    for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
        sw_public_key key;
        bytes block;
        fake_key_pair(NULL, &key, bits[i], 5);
        block = server_challenge("auth rsa bob", &key);
        ck_assert_uint_eq(block.len, bits[i] / 8);
        bytes_free(&block);
    }
}
END_TEST

START_TEST(key_larger_than_scratch)
{
    sw_public_key key;

    fake_key_pair(NULL, &key, 8192, 5);
    fixture_server_start(SW_SCRATCH_MIN);
    server_feed("auth rsa bob\n", 13, 0, NULL);
    ck_assert_int_eq(sw_handshake_key(&server, &key), SW_E_SPACE);
    check_error("key", sw_handshake_error(&server), SW_E_SPACE, SW_SCRATCH_MIN, SW_HEADER_SIZE + 1024 + 256);
    fixture_server_start(SW_HEADER_SIZE + 1024 + 256);
    server_feed("auth rsa bob\n", 13, 0, NULL);
    ck_assert_int_eq(sw_handshake_key(&server, &key), SW_OK);
}
END_TEST

/* Nobody asked for a key yet. */
START_TEST(no_user_yet)
{
    size_t len = 9;

    fixture_server_start(SW_SCRATCH_FULL);
    ck_assert_ptr_null(sw_handshake_user(&server, &len));
    ck_assert_uint_eq(len, 0);
}
END_TEST

/* A line of nothing but its end: the CR is none of its bytes, and the LF may still come. */
START_TEST(empty_request)
{
    fixture_server_start(SW_SCRATCH_FULL);
    ck_assert_int_eq(server_feed("\r", 1, 0, NULL), SW_STEP_RECV);
    ck_assert_int_eq(sw_handshake_burst_end(&server), SW_OK);
    ck_assert_int_eq(server_feed("\n", 1, 0, NULL), SW_E_REQUEST_PREFIX);
}
END_TEST

/* Exponents of any size are written in as many bytes as they need. */
START_TEST(exponents)
{
    static const uint64_t all[] = { 3, 0xff, 0x101, 0x10001, 0x100000001, 0x1000000000000001, UINT64_MAX };

    for (size_t i = 0; i < COUNT(all); i++) {
        sw_key_kind kind = { 2048, all[i], 1 };
        bytes block;
        config.key_kinds = &kind;
        config.key_kind_count = 1;
        block = server_challenge("auth rsa eve", NULL);
        ck_assert_uint_eq(block.len, 256);
        bytes_free(&block);
    }
}
END_TEST

/* A user whose key is for sealed sessions only is nobody here: not even what he could know lets him in. */
START_TEST(key_of_another_type)
{
    sw_public_key key = { .type = _i == 0 ? SW_KEY_ED25519 : SW_KEY_NONE };
    uint8_t packet[SW_HEADER_SIZE + SW_SHA1_SIZE] = { SW_SHA1_SIZE, 0, 0, 0, SW_BAND_CHALLENGE_RESPONSE };
    bytes block = server_challenge("auth rsa eve sideband", &key);

    ck_assert_int_eq(sw_handshake_sent(&server, block.len), SW_OK);
    memcpy(packet + SW_HEADER_SIZE, server.challenge.response, SW_SHA1_SIZE);
    ck_assert_int_eq(server_feed(packet, sizeof(packet), 0, NULL), SW_E_AUTH);
    bytes_free(&block);
}
END_TEST

START_TEST(greeting_end_is_the_clients)
{
    fixture_server_start(SW_SCRATCH_FULL);
    ck_assert_int_eq(sw_handshake_greeting_end(&server), SW_E_STATE);
}
END_TEST

/* The fake backend writes a hash of the modulus at this place of a block. */
enum { MODULUS_AT = 21, MODULUS_SIZE = 20 };

START_TEST(unknown_names_have_keys_of_their_own)
{
    bytes eve = server_challenge("auth rsa eve", NULL);
    bytes again, other, secret;

    fake_crypto_init(&fake, 99); /* other randomness */
    again = server_challenge("auth rsa eve", NULL);
    other = server_challenge("auth rsa eva", NULL);
    config.decoy_secret[0] = 2;
    secret = server_challenge("auth rsa eve", NULL);
    ck_assert_mem_ne(eve.data, again.data, eve.len);
    ck_assert_mem_eq(eve.data + MODULUS_AT, again.data + MODULUS_AT, MODULUS_SIZE);
    ck_assert_mem_ne(eve.data + MODULUS_AT, other.data + MODULUS_AT, MODULUS_SIZE);
    ck_assert_mem_ne(eve.data + MODULUS_AT, secret.data + MODULUS_AT, MODULUS_SIZE);
    bytes_free(&eve);
    bytes_free(&again);
    bytes_free(&other);
    bytes_free(&secret);
}
END_TEST

START_TEST(closed_early)
{
    bytes c;

    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_FULL), SW_OK);
    ck_assert_int_eq(sw_handshake_end(&server), SW_E_CLOSED);
    fixture_server_start(SW_SCRATCH_FULL);
    ck_assert_int_eq(sw_handshake_end(&server), SW_E_CLOSED);
    ck_assert_int_eq(sw_handshake_end(&server), SW_E_CLOSED);
    c = server_challenge("auth rsa bob sideband", &public_key);
    sw_handshake_sent(&server, c.len);
    server_feed("\x14\0\0\0\x02hash", 9, 0, NULL);
    ck_assert_int_eq(sw_handshake_end(&server), SW_E_TRUNCATED);
    check_error("end", sw_handshake_error(&server), SW_E_TRUNCATED, 9, 25);
    bytes_free(&c);
}
END_TEST

static Suite *server_suite(void)
{
    Suite *suite = suite_create("handshake, server");
    TCase *tcase = suite_case(suite, "server");

    tcase_add_checked_fixture(tcase, server_setup, server_teardown);
    tcase_add_test(tcase, greeting);
    tcase_add_test(tcase, bad_config);
    tcase_add_loop_test(tcase, bad_backend, 0, 12);
    tcase_add_loop_test(tcase, request, 0, sizeof(requests) / sizeof(requests[0]));
    tcase_add_test(tcase, request_end_by_nul);
    tcase_add_test(tcase, request_size);
    tcase_add_test(tcase, sizes_of_challenges);
    tcase_add_test(tcase, key_larger_than_scratch);
    tcase_add_test(tcase, no_user_yet);
    tcase_add_test(tcase, empty_request);
    tcase_add_test(tcase, exponents);
    tcase_add_loop_test(tcase, key_of_another_type, 0, 2);
    tcase_add_test(tcase, greeting_end_is_the_clients);
    tcase_add_test(tcase, unknown_names_have_keys_of_their_own);
    tcase_add_test(tcase, closed_early);
    return suite;
}

int main(void)
{
    return run_suite(server_suite());
}
