/* SPDX-License-Identifier: ISC */
/* The client's half against servers that do it wrong. */
#include "fake_crypto.h"
#include "handshake_pair.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#define SB SW_FEATURE_SIDEBAND

static sw_private_key private_key;
static sw_public_key public_key;
static fake_crypto fake;
static sw_client_config config;
static sw_handshake client;
static uint8_t *scratch;

static void setup(void)
{
    fake_crypto_init(&fake, 2);
    fake_key_pair(&private_key, &public_key, 2048, 3);
    memset(&config, 0, sizeof(config));
    config.crypto = &fake.table;
    config.policy = (sw_policy){ SW_FEATURES_ALL, 1, 1, 0, 0 };
    config.user = "bob";
    config.key = sw_private_key_view(&private_key);
    scratch = malloc(SW_SCRATCH_FULL);
    ck_assert_ptr_nonnull(scratch);
}

static void teardown(void)
{
    sw_handshake_wipe(&client);
    free(scratch);
}

static int start(const sw_client_config *c)
{
    return sw_handshake_client(&client, c, scratch, SW_SCRATCH_FULL);
}

static int feed(const void *data, size_t len, size_t *taken)
{
    bytes copy = bytes_copy(data, len);
    size_t at = 0;

    while (at < len && sw_handshake_step(&client) == SW_STEP_RECV) {
        size_t used;
        sw_handshake_recv(&client, copy.data + at, len - at, &used);
        at += used;
    }
    bytes_free(&copy);
    if (taken != NULL)
        *taken = at;
    return sw_handshake_step(&client);
}

/* Up to the point where the challenge is awaited. */
static void ask(const char *greeting)
{
    size_t len;

    ck_assert_int_eq(start(&config), SW_OK);
    feed(greeting, strlen(greeting), NULL);
    ck_assert_int_eq(sw_handshake_greeting_end(&client), SW_OK);
    ck_assert_ptr_nonnull(sw_handshake_output(&client, &len));
    ck_assert_int_eq(sw_handshake_sent(&client, len), SW_OK);
    ck_assert_int_eq(sw_handshake_step(&client), SW_STEP_RECV);
}

/* ---- configuration ---- */

START_TEST(bad_config)
{
    static const char *const names[] = { "", "a b", "a\nb", "a\rb", " bob", "bob " };
    char long_name[SW_REQUEST_MAX + 1];
    sw_client_config c = config;

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        c.user = names[i];
        ck_assert_int_eq(start(&c), SW_E_USER_NAME);
        ck_assert_int_eq(sw_handshake_step(&client), SW_E_USER_NAME);
    }
    memset(long_name, 'x', sizeof(long_name) - 1);
    long_name[sizeof(long_name) - 1] = '\0';
    c.user = long_name;
    ck_assert_int_eq(start(&c), SW_E_USER_NAME);
    c.user = NULL;
    ck_assert_int_eq(start(&c), SW_E_NULL);
    c = config;
    c.key.n = NULL;
    ck_assert_int_eq(start(&c), SW_E_NULL);
    c = config;
    c.crypto = NULL;
    ck_assert_int_eq(start(&c), SW_E_NULL);
    c = config;
    c.policy = (sw_policy){ SW_FEATURE_SHA256, 1, 1, 0, 0 };
    ck_assert_int_eq(start(&c), SW_E_CONFIG);
    c.policy = (sw_policy){ SB, 0, 0, 0, 0 };
    ck_assert_int_eq(start(&c), SW_E_CONFIG);
    c.policy = (sw_policy){ 0, 0, 0, 0, 0 };
    ck_assert_int_eq(start(&c), SW_E_CONFIG);
    ck_assert_int_eq(start(NULL), SW_E_NULL);
    ck_assert_int_eq(sw_handshake_client(NULL, &config, scratch, SW_SCRATCH_FULL), SW_E_NULL);
    ck_assert_int_eq(sw_handshake_client(&client, &config, NULL, SW_SCRATCH_FULL), SW_E_NULL);
    ck_assert_int_eq(sw_handshake_client(&client, &config, scratch, SW_SCRATCH_MIN - 1), SW_E_SPACE);
    check_error("scratch", sw_handshake_error(&client), SW_E_SPACE, SW_SCRATCH_MIN - 1, SW_SCRATCH_MIN);
}
END_TEST

/* ---- greeting ---- */

static const struct {
    const char *greeting;
    int quiet, allow_legacy;
    int result;
    const char *request;
} greetings[] = {
    { "hello\nFeatures: sideband,aes_ctr128,sha256\n", 0, 0, SW_STEP_SEND,
      "auth rsa bob sideband,aes_ctr128,sha256" },
    { "hello\nFeatures: sideband\n", 0, 0, SW_STEP_SEND, "auth rsa bob sideband" },
    { "hello\nFeatures: more,sideband,still_more\n", 0, 0, SW_STEP_SEND, "auth rsa bob sideband" },
    { "hello\nFeatures: aes_ctr128\n", 0, 1, SW_STEP_SEND, "auth rsa bob" },
    { "hello\nFeatures: \n", 0, 1, SW_STEP_SEND, "auth rsa bob" },
    { "hello\nFeatures: \n", 0, 0, SW_E_LEGACY_REFUSED, NULL },
    { "hello\n", 0, 1, SW_STEP_RECV, NULL },
    { "hello\n", 1, 1, SW_STEP_SEND, "auth rsa bob" },
    { "hello\n", 1, 0, SW_E_LEGACY_REFUSED, NULL },
    { "hello", 1, 1, SW_STEP_RECV, NULL }, /* not even one line */
    { "", 1, 1, SW_STEP_RECV, NULL },
    { "hello\nFeat", 1, 1, SW_STEP_RECV, NULL }, /* a second line is coming */
    { "hello\nFeatures: sideband", 1, 1, SW_STEP_RECV, NULL },
    { "a\nb\nc\nFeatures: sideband\n", 0, 0, SW_STEP_SEND, "auth rsa bob sideband" },
};

START_TEST(greeting)
{
    size_t len;
    const uint8_t *out;

    config.policy.allow_legacy = greetings[_i].allow_legacy;
    ck_assert_int_eq(start(&config), SW_OK);
    feed(greetings[_i].greeting, strlen(greetings[_i].greeting), NULL);
    if (greetings[_i].quiet)
        sw_handshake_greeting_end(&client);
    ck_assert_int_eq(sw_handshake_step(&client), greetings[_i].result);
    out = sw_handshake_output(&client, &len);
    if (greetings[_i].request != NULL) {
        ck_assert_uint_eq(len, strlen(greetings[_i].request));
        ck_assert_mem_eq(out, greetings[_i].request, len);
    } else {
        ck_assert_ptr_null(out);
    }
}
END_TEST

START_TEST(greeting_too_long)
{
    char text[SW_GREETING_MAX + 1];
    size_t taken;

    memset(text, 'x', sizeof(text));
    ck_assert_int_eq(start(&config), SW_OK);
    ck_assert_int_eq(feed(text, sizeof(text), &taken), SW_E_GREETING_SIZE);
    ck_assert_uint_eq(taken, SW_GREETING_MAX);
    check_error("greeting", sw_handshake_error(&client), SW_E_GREETING_SIZE, 4097, 4096);
}
END_TEST

/* ---- challenge ---- */

/* A packet of a challenge with this plain text, for the key of the client. */
static bytes challenge_packet(size_t plain_size, size_t block_size, uint8_t band)
{
    sw_rsa_public view = sw_public_key_view(&public_key);
    uint8_t plain[256] = { 0 }, packet[1024] = { 0 };

    ck_assert_int_eq(fake.table.oaep_encrypt(&fake.table, &view, plain, plain_size, packet + SW_HEADER_SIZE), 0);
    packet[0] = (uint8_t)block_size;
    packet[1] = (uint8_t)(block_size >> 8);
    packet[4] = band;
    return bytes_copy(packet, SW_HEADER_SIZE + block_size);
}

static const struct {
    size_t plain_size, block_size;
    uint8_t band;
    int result;
    uint64_t value, limit;
} challenges[] = {
    { 128, 256, SW_BAND_CHALLENGE, SW_STEP_SEND, 0, 0 },
    { 127, 256, SW_BAND_CHALLENGE, SW_E_CHALLENGE, 0, 0 },
    { 129, 256, SW_BAND_CHALLENGE, SW_E_CHALLENGE, 0, 0 },
    { 0, 256, SW_BAND_CHALLENGE, SW_E_CHALLENGE, 0, 0 },
    { 128, 255, SW_BAND_CHALLENGE, SW_E_CHALLENGE_SIZE, 255, 256 },
    { 128, 257, SW_BAND_CHALLENGE, SW_E_CHALLENGE_SIZE, 257, 256 },
    { 128, 0, SW_BAND_CHALLENGE, SW_E_CHALLENGE_SIZE, 0, 256 },
    { 128, 256, SW_BAND_PROCEED, SW_E_BAND, SW_BAND_PROCEED, SW_BAND_CHALLENGE },
    { 128, 256, 255, SW_E_BAND, 255, SW_BAND_CHALLENGE },
};

START_TEST(challenge)
{
    bytes packet = challenge_packet(challenges[_i].plain_size, challenges[_i].block_size, challenges[_i].band);

    ask("hello\nFeatures: sideband\n");
    ck_assert_int_eq(feed(packet.data, packet.len, NULL), challenges[_i].result);
    if (challenges[_i].result < 0)
        check_error("challenge", sw_handshake_error(&client), challenges[_i].result, challenges[_i].value,
                    challenges[_i].limit);
    bytes_free(&packet);
}
END_TEST

START_TEST(challenge_for_another_key)
{
    bytes packet = challenge_packet(128, 256, SW_BAND_CHALLENGE);
    sw_private_key other;

    fake_key_pair(&other, NULL, 2048, 77);
    config.key = sw_private_key_view(&other);
    ask("hello\nFeatures: sideband\n");
    ck_assert_int_eq(feed(packet.data, packet.len, NULL), SW_E_CHALLENGE);
    ask("hello\n");
    ck_assert_int_eq(feed(packet.data + SW_HEADER_SIZE, 256, NULL), SW_E_CHALLENGE);
    bytes_free(&packet);
}
END_TEST

START_TEST(challenge_packet_too_large)
{
    size_t taken;

    ask("hello\nFeatures: sideband\n");
    ck_assert_int_eq(feed("\x01\x10\0\0\x01"
                          "body",
                          9, &taken),
                     SW_E_PACKET_SIZE);
    ck_assert_uint_eq(taken, SW_HEADER_SIZE);
    check_error("challenge", sw_handshake_error(&client), SW_E_PACKET_SIZE, 4097, 4096);
}
END_TEST

/* What lies beyond the scratch is counted and not kept, in pieces too. */
START_TEST(challenge_larger_than_scratch)
{
    uint8_t packet[SW_HEADER_SIZE + 4096] = { 0, 16, 0, 0, SW_BAND_CHALLENGE };
    const char *hello = "hello\nFeatures: sideband\n";
    size_t n, used;

    scratch = realloc(scratch, SW_SCRATCH_MIN);
    ck_assert_ptr_nonnull(scratch);
    ck_assert_int_eq(sw_handshake_client(&client, &config, scratch, SW_SCRATCH_MIN), SW_OK);
    feed(hello, strlen(hello), NULL);
    sw_handshake_output(&client, &n);
    ck_assert_int_eq(sw_handshake_sent(&client, n), SW_OK);
    for (size_t at = 0; at < sizeof(packet); at += used) {
        size_t piece = sizeof(packet) - at < 1000 ? sizeof(packet) - at : 1000;
        if (sw_handshake_recv(&client, packet + at, piece, &used) < 0)
            break;
    }
    check_error("challenge", sw_handshake_error(&client), SW_E_CHALLENGE_SIZE, 4096, 256);
}
END_TEST

START_TEST(takes_no_byte_beyond_its_message)
{
    bytes packet = challenge_packet(128, 256, SW_BAND_CHALLENGE);
    bytes more = bytes_copy(packet.data, packet.len);
    size_t taken;

    bytes_append(&more, "next", 4);
    ask("hello\nFeatures: sideband\n");
    ck_assert_int_eq(feed(more.data, more.len, &taken), SW_STEP_SEND);
    ck_assert_uint_eq(taken, packet.len);
    ask("hello\n");
    ck_assert_int_eq(feed(more.data + SW_HEADER_SIZE, more.len - SW_HEADER_SIZE, &taken), SW_STEP_SEND);
    ck_assert_uint_eq(taken, packet.len - SW_HEADER_SIZE);
    ask("hello\n"); /* and what came in parts */
    ck_assert_int_eq(feed(more.data + SW_HEADER_SIZE, 200, NULL), SW_STEP_RECV);
    ck_assert_int_eq(feed(more.data + SW_HEADER_SIZE + 200, more.len - SW_HEADER_SIZE - 200, &taken),
                     SW_STEP_SEND);
    ck_assert_uint_eq(taken, packet.len - SW_HEADER_SIZE - 200);
    bytes_free(&packet);
    bytes_free(&more);
}
END_TEST

/* ---- closing and misuse ---- */

START_TEST(closed_early)
{
    ck_assert_int_eq(start(&config), SW_OK);
    ck_assert_int_eq(sw_handshake_end(&client), SW_E_CLOSED);
    ask("hello\nFeatures: sideband\n");
    ck_assert_int_eq(sw_handshake_end(&client), SW_E_CLOSED);
    ask("hello\nFeatures: sideband\n");
    feed("\0\x01", 2, NULL);
    ck_assert_int_eq(sw_handshake_end(&client), SW_E_TRUNCATED);
    check_error("end", sw_handshake_error(&client), SW_E_TRUNCATED, 2, 5);
    ck_assert_int_eq(sw_handshake_end(&client), SW_E_TRUNCATED);
}
END_TEST

/* Every call that does not belong to the step is an error that stays. */
START_TEST(misuse)
{
    sw_cipher in, out;
    uint8_t byte = 0;
    size_t n;

    ck_assert_int_eq(start(&config), SW_OK);
    ck_assert_int_eq(sw_handshake_sent(&client, 0), SW_E_STATE);
    ck_assert_int_eq(sw_handshake_recv(&client, &byte, 1, &n), SW_E_STATE);
    ck_assert_uint_eq(n, 0);
    ck_assert_int_eq(sw_handshake_greeting_end(&client), SW_E_STATE);
    ck_assert_int_eq(sw_handshake_burst_end(&client), SW_E_STATE);
    ck_assert_int_eq(sw_handshake_end(&client), SW_E_STATE);
    ck_assert_int_eq(sw_handshake_finish(&client, &in, &out), SW_E_STATE);
    ck_assert_int_eq(sw_handshake_key(&client, NULL), SW_E_STATE);
    ck_assert_int_eq(start(&config), SW_OK);
    ck_assert_int_eq(sw_handshake_finish(&client, NULL, NULL), SW_E_STATE);
    ck_assert_int_eq(start(&config), SW_OK);
    ck_assert_int_eq(sw_handshake_key(&client, NULL), SW_E_STATE);
    ck_assert_int_eq(start(&config), SW_OK);
    ck_assert_int_eq(sw_handshake_recv(&client, NULL, 1, &n), SW_E_NULL);
    check_error("no bytes", sw_handshake_error(&client), SW_E_NULL, 0, 0);
    ck_assert_int_eq(start(&config), SW_OK);
    ck_assert_int_eq(sw_handshake_recv(&client, &byte, 1, NULL), SW_E_NULL);
    ck_assert_int_eq(start(&config), SW_OK);
    ck_assert_int_eq(sw_handshake_recv(&client, NULL, 0, &n), SW_OK);
    feed("hello\nFeatures: sideband\n", 25, NULL);
    ck_assert_int_eq(sw_handshake_recv(&client, &byte, 1, &n), SW_E_STATE);
    ck_assert_int_eq(start(&config), SW_OK);
    feed("hello\nFeatures: sideband\n", 25, NULL);
    sw_handshake_output(&client, &n);
    ck_assert_int_eq(sw_handshake_sent(&client, n + 1), SW_E_SPACE);
    check_error("sent", sw_handshake_error(&client), SW_E_SPACE, n, n + 1);
}
END_TEST

START_TEST(null_pointers)
{
    sw_handshake never;
    sw_cipher cipher;
    uint8_t byte = 0;
    size_t n = 1;

    memset(&never, 0, sizeof(never));
    config.key.n = NULL;
    config.public_key = &public_key; /* which only sealed sessions take alone */
    ck_assert_int_eq(start(&config), SW_E_NULL);
    ck_assert_int_eq(sw_handshake_step(&never), SW_E_STATE);
    ck_assert_int_eq(sw_handshake_recv(&never, &byte, 1, &n), SW_E_STATE);
    ck_assert_int_eq(sw_handshake_step(NULL), SW_E_NULL);
    ck_assert_int_eq(sw_handshake_recv(NULL, &byte, 1, &n), SW_E_NULL);
    ck_assert_int_eq(sw_handshake_greeting_end(NULL), SW_E_NULL);
    ck_assert_int_eq(sw_handshake_end(NULL), SW_E_NULL);
    ck_assert_int_eq(sw_handshake_sent(NULL, 0), SW_E_NULL);
    ck_assert_int_eq(sw_handshake_key(NULL, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_handshake_finish(NULL, &cipher, &cipher), SW_E_NULL);
    ck_assert_uint_eq(sw_handshake_features(NULL), 0);
    ck_assert_int_eq(sw_handshake_error(NULL).code, SW_E_NULL);
    ck_assert_ptr_null(sw_handshake_output(NULL, &n));
    ck_assert_uint_eq(n, 0);
    ck_assert_ptr_null(sw_handshake_output(&client, NULL));
    ck_assert_ptr_null(sw_handshake_user(NULL, &n));
    ck_assert_ptr_null(sw_handshake_user(&client, NULL));
    sw_handshake_wipe(NULL);
}
END_TEST

START_TEST(finish_needs_both_ciphers)
{
    bytes packet = challenge_packet(128, 256, SW_BAND_CHALLENGE);
    sw_cipher cipher;

    for (int i = 0; i < 2; i++) {
        size_t n;
        ask("hello\nFeatures: sideband,aes_ctr128\n");
        feed(packet.data, packet.len, NULL);
        sw_handshake_output(&client, &n);
        ck_assert_int_eq(sw_handshake_sent(&client, n), SW_OK);
        ck_assert_int_eq(sw_handshake_step(&client), SW_STEP_DONE);
        ck_assert_int_eq(sw_handshake_finish(&client, i ? &cipher : NULL, i ? NULL : &cipher), SW_E_NULL);
        ck_assert_int_eq(sw_handshake_step(&client), SW_E_NULL);
        ck_assert_uint_eq(fake.counts[FAKE_AES_INIT], 0); /* not even the one that there is */
    }
    bytes_free(&packet);
}
END_TEST

static Suite *client_suite(void)
{
    Suite *suite = suite_create("handshake, client");
    TCase *tcase = suite_case(suite, "client");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, bad_config);
    tcase_add_loop_test(tcase, greeting, 0, sizeof(greetings) / sizeof(greetings[0]));
    tcase_add_test(tcase, greeting_too_long);
    tcase_add_loop_test(tcase, challenge, 0, sizeof(challenges) / sizeof(challenges[0]));
    tcase_add_test(tcase, challenge_for_another_key);
    tcase_add_test(tcase, challenge_packet_too_large);
    tcase_add_test(tcase, challenge_larger_than_scratch);
    tcase_add_test(tcase, takes_no_byte_beyond_its_message);
    tcase_add_test(tcase, closed_early);
    tcase_add_test(tcase, misuse);
    tcase_add_test(tcase, null_pointers);
    tcase_add_test(tcase, finish_needs_both_ciphers);
    return suite;
}

int main(void)
{
    return run_suite(client_suite());
}
