/* The server's half against clients that do it wrong. */
#include "fake_crypto.h"
#include "handshake_pair.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#define SB SW_FEATURE_SIDEBAND
#define AES SW_FEATURE_AES_CTR128

static sw_private_key private_key;
static sw_public_key public_key;
static fake_crypto fake;
static sw_server_config config;
static sw_handshake server;
static uint8_t *scratch;

static void setup(void)
{
    fake_crypto_init(&fake, 2);
    fake_key_pair(&private_key, &public_key, 2048, 3);
    memset(&config, 0, sizeof(config));
    config.struct_size = sizeof(config);
    config.crypto = &fake.table;
    config.policy = (sw_policy){ SW_FEATURES_ALL, 1, 1 };
    scratch = malloc(SW_SCRATCH_FULL);
    ck_assert_ptr_nonnull(scratch);
}

static void teardown(void)
{
    sw_handshake_wipe(&server);
    free(scratch);
}

static void start(size_t cap)
{
    size_t len;

    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, cap), SW_OK);
    ck_assert_ptr_nonnull(sw_handshake_output(&server, &len));
    ck_assert_int_eq(sw_handshake_sent(&server, len), SW_OK);
}

/* Feeds all of it, in one piece or byte by byte; returns the step or error, and how much was taken. */
static int feed(const void *data, size_t len, size_t step, size_t *taken)
{
    bytes copy = bytes_copy(data, len);
    size_t at = 0;

    while (at < len && sw_handshake_step(&server) == SW_STEP_RECV) {
        size_t used;
        size_t n = step > 0 && len - at > step ? step : len - at;
        sw_handshake_recv(&server, copy.data + at, n, &used);
        at += used;
    }
    bytes_free(&copy);
    if (taken != NULL)
        *taken = at;
    return sw_handshake_step(&server);
}

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
    fake_crypto other = fake;
    static const struct {
        sw_policy policy;
        size_t fake_size;
    } cases[] = {
        { { AES, 1, 1 }, 0 },             /* aes without sideband */
        { { 8, 1, 1 }, 0 },               /* no such feature */
        { { 0, 0, 1 }, 0 },               /* nothing but legacy, which is not allowed */
        { { SB, 1, 0 }, 0 },              /* nothing but RC4, which is not allowed */
        { { SW_FEATURES_ALL, 0, 0 }, 255 },
        { { SW_FEATURES_ALL, 0, 0 }, 1025 },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        sw_server_config c = config;
        c.policy = cases[i].policy;
        c.fake_challenge_size = cases[i].fake_size;
        ck_assert_int_eq(sw_handshake_server(&server, &c, scratch, SW_SCRATCH_FULL), SW_E_CONFIG);
        ck_assert_int_eq(sw_handshake_step(&server), SW_E_CONFIG);
    }
    config.banner = "two\nlines";
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_FULL), SW_E_CONFIG);
    memset(long_banner, 'x', sizeof(long_banner) - 1);
    long_banner[sizeof(long_banner) - 1] = '\0';
    config.banner = long_banner;
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_FULL), SW_E_CONFIG);
    config.banner = NULL;
    config.struct_size--;
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_FULL), SW_E_CONFIG);
    config.struct_size++;
    other.table.struct_size--;
    config.crypto = &other.table;
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_FULL), SW_E_CONFIG);
    config.crypto = NULL;
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_FULL), SW_E_NULL);
    config.crypto = &fake.table;
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_MIN - 1),
                     SW_E_SPACE);
    ck_assert_int_eq(sw_handshake_server(&server, &config, NULL, SW_SCRATCH_MIN), SW_E_NULL);
    ck_assert_int_eq(sw_handshake_server(&server, NULL, scratch, SW_SCRATCH_MIN), SW_E_NULL);
    ck_assert_int_eq(sw_handshake_server(NULL, &config, scratch, SW_SCRATCH_MIN), SW_E_NULL);
    config.fake_challenge_size = 1024;
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_MIN), SW_E_SPACE);
}
END_TEST

/* ---- request ---- */

static const struct {
    const char *text;
    size_t taken;           /* before the step below was reached */
    int quiet;              /* then say so */
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
    { "auth rsa bob\r", 13, 1, SW_STEP_RECV, 0 },   /* the LF is still to come */
    { "auth rsa bob sideband\nrest", 22, 0, SW_STEP_KEY, SB },
    { "auth rsa b\tb", 12, 1, SW_STEP_KEY, 0 },
    { "", 0, 1, SW_STEP_RECV, 0 },                  /* nothing came yet */
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
        start(SW_SCRATCH_FULL);
        feed(text, strlen(text), step, &taken);
        ck_assert_uint_eq(taken, requests[_i].taken);
        if (requests[_i].quiet)
            sw_handshake_quiet(&server);
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
    start(SW_SCRATCH_FULL);
    ck_assert_int_eq(feed("auth rsa bob sideband\0\n", 23, 0, NULL), SW_STEP_KEY);
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
        start(caps[i]);
        ck_assert_int_eq(feed(text, limit, 0, NULL), SW_STEP_RECV);
        ck_assert_int_eq(feed("\n", 1, 0, NULL), SW_STEP_KEY);
        start(caps[i]);
        ck_assert_int_eq(feed(text, limit + 1, 0, &taken), SW_E_REQUEST_SIZE);
        ck_assert_uint_eq(taken, limit + 1);
        check_error("request", sw_handshake_error(&server), SW_E_REQUEST_SIZE, limit + 1, limit);
    }
}
END_TEST

/* ---- challenge ---- */

static void ask(const char *text)
{
    start(SW_SCRATCH_FULL);
    feed(text, strlen(text), 0, NULL);
    ck_assert_int_eq(sw_handshake_quiet(&server), SW_OK);
    ck_assert_int_eq(sw_handshake_step(&server), SW_STEP_KEY);
}

/* The challenge that the server sends for this request and answer. */
static bytes challenge_for(const char *text, const sw_public_key *known)
{
    const uint8_t *out;
    size_t len;

    ask(text);
    ck_assert_int_eq(sw_handshake_key(&server, known), SW_OK);
    out = sw_handshake_output(&server, &len);
    return bytes_copy(out, len);
}

START_TEST(sizes_of_challenges)
{
    static const size_t sizes[] = { 0, 256, 257, 384, 512, 1024 };
    static const unsigned bits[] = { 2048, 3072, 4096, 8192 };

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        size_t expected = sizes[i] > 0 ? sizes[i] : SW_FAKE_CHALLENGE_SIZE;
        bytes sideband, legacy;
        config.fake_challenge_size = sizes[i];
        sideband = challenge_for("auth rsa eve sideband", NULL);
        legacy = challenge_for("auth rsa eve", NULL);
        ck_assert_uint_eq(sideband.len, SW_HEADER_SIZE + expected);
        ck_assert_uint_eq(sideband.data[4], SW_BAND_CHALLENGE);
        ck_assert_uint_eq(legacy.len, expected);
        bytes_free(&sideband);
        bytes_free(&legacy);
    }
    for (size_t i = 0; i < sizeof(bits) / sizeof(bits[0]); i++) {
        sw_public_key key;
        bytes block;
        fake_key_pair(NULL, &key, bits[i], 5);
        block = challenge_for("auth rsa bob", &key);
        ck_assert_uint_eq(block.len, bits[i] / 8);
        bytes_free(&block);
    }
}
END_TEST

START_TEST(key_larger_than_scratch)
{
    sw_public_key key;

    fake_key_pair(NULL, &key, 8192, 5);
    start(SW_SCRATCH_MIN);
    feed("auth rsa bob\n", 13, 0, NULL);
    ck_assert_int_eq(sw_handshake_key(&server, &key), SW_E_SPACE);
    check_error("key", sw_handshake_error(&server), SW_E_SPACE, SW_SCRATCH_MIN,
                SW_HEADER_SIZE + 1024 + 256);
}
END_TEST

/* The fake backend writes a hash of the modulus at this place of a block. */
enum { MODULUS_AT = 21, MODULUS_SIZE = 20 };

START_TEST(unknown_names_have_keys_of_their_own)
{
    bytes eve = challenge_for("auth rsa eve", NULL);
    bytes again, other, secret;

    fake_crypto_init(&fake, 99); /* other randomness */
    again = challenge_for("auth rsa eve", NULL);
    other = challenge_for("auth rsa eva", NULL);
    config.fake_secret[0] = 1;
    secret = challenge_for("auth rsa eve", NULL);
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

/* ---- response ---- */

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
    start(SW_SCRATCH_FULL);
    ck_assert_int_eq(sw_request_format("bob", features, message, sizeof(message), &len), SW_OK);
    feed(message, len, 0, NULL);
    ck_assert_int_eq(sw_handshake_quiet(&server), SW_OK);
    ck_assert_int_eq(sw_handshake_key(&server, known), SW_OK);
    sw_handshake_output(&server, &o.sent);
    ck_assert_int_eq(sw_handshake_sent(&server, o.sent), SW_OK);
    if (features & SB) {
        sw_encoder encoder;
        sw_encoder_init(&encoder);
        ck_assert_int_eq(sw_encoder_packet(&encoder, SW_BAND_CHALLENGE_RESPONSE, response->data,
                                           (uint32_t)response->len, message, sizeof(message),
                                           &len), 1);
    } else {
        memcpy(message, response->data, response->len);
        len = response->len;
    }
    o.result = feed(message, len, 0, NULL);
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
    sw_challenge right;
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
        { "\x14\0\0\0\x04", 5, SW_STEP_RECV, 0, 0 },           /* band known with the body */
        { "\x14\0\0\0\x04x", 6, SW_E_BAND, 4, 2 },
        { "\0\0\0\0\x04", 5, SW_E_BAND, 4, 2 },
        { "\x01\x10\0\0\x02", 5, SW_E_PACKET_SIZE, 4097, 4096 },
        { "\xff\xff\xff\xff\x02", 5, SW_E_PACKET_SIZE, 0xffffffff, 4096 },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        bytes c = challenge_for("auth rsa bob sideband", &public_key);
        sw_handshake_sent(&server, c.len);
        ck_assert_int_eq(feed(cases[i].bytes, cases[i].len, 0, NULL), cases[i].result);
        if (cases[i].result < 0)
            check_error("response", sw_handshake_error(&server), cases[i].result, cases[i].value,
                        cases[i].limit);
        bytes_free(&c);
    }
}
END_TEST

START_TEST(closed_early)
{
    bytes c;

    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, SW_SCRATCH_FULL), SW_OK);
    ck_assert_int_eq(sw_handshake_end(&server), SW_E_CLOSED);
    start(SW_SCRATCH_FULL);
    ck_assert_int_eq(sw_handshake_end(&server), SW_E_CLOSED);
    ck_assert_int_eq(sw_handshake_end(&server), SW_E_CLOSED);
    c = challenge_for("auth rsa bob sideband", &public_key);
    sw_handshake_sent(&server, c.len);
    feed("\x14\0\0\0\x02hash", 9, 0, NULL);
    ck_assert_int_eq(sw_handshake_end(&server), SW_E_TRUNCATED);
    check_error("end", sw_handshake_error(&server), SW_E_TRUNCATED, 9, 25);
    bytes_free(&c);
}
END_TEST

static Suite *server_suite(void)
{
    Suite *suite = suite_create("handshake, server");
    TCase *tcase = suite_case(suite, "server");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, greeting);
    tcase_add_test(tcase, bad_config);
    tcase_add_loop_test(tcase, request, 0, sizeof(requests) / sizeof(requests[0]));
    tcase_add_test(tcase, request_end_by_nul);
    tcase_add_test(tcase, request_size);
    tcase_add_test(tcase, sizes_of_challenges);
    tcase_add_test(tcase, key_larger_than_scratch);
    tcase_add_test(tcase, unknown_names_have_keys_of_their_own);
    tcase_add_loop_test(tcase, failures_look_alike, 0, FEATURE_SETS);
    tcase_add_loop_test(tcase, almost_right, 0, FEATURE_SETS);
    tcase_add_test(tcase, bad_response_packets);
    tcase_add_test(tcase, closed_early);
    return suite;
}

int main(void)
{
    return run_suite(server_suite());
}
