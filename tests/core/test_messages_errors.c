/* SPDX-License-Identifier: ISC */
/* Greetings, requests and challenges: every error with its values, what is left after one, and sizes that just fit. */
#include <sidewire/messages.h>

#include <string.h>

#include "fake_crypto.h"
#include "suite.h"

static uint8_t out[SW_GREETING_MAX + 16];
static size_t len;
static sw_error error;

/* After an error no length is told, after a success no error. */
static void check_result(const char *what, int result, int code, uint64_t value, uint64_t limit)
{
    ck_assert_msg(result == code, "%s: %d", what, result);
    check_error(what, error, code, value, limit);
    if (code < 0)
        ck_assert_uint_eq(len, 0);
}

/* A text of n times c, with its NUL. */
static const char *text_of(char c, size_t n)
{
    static char text[SW_GREETING_MAX + 16];

    memset(text, c, n);
    text[n] = '\0';
    return text;
}

/* ---- lists of features ---- */

START_TEST(test_features)
{
    unsigned features;

    ck_assert_int_eq(sw_features_parse("sideband", 8, NULL, &error), SW_E_NULL);
    check_error("no place", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_features_parse(NULL, 1, &features, &error), SW_E_NULL);
    check_error("no text", error, SW_E_NULL, 0, 0);
}
END_TEST

/* A name that is longer than any known one, and one that would fill its room, are passed over. */
START_TEST(test_long_names)
{
    for (size_t n = 39; n <= 50; n++) {
        sw_greeting greeting;
        size_t used;
        int done = 0;
        char line[128] = "b\nFeatures: ";
        strcat(line, text_of('x', n));
        strcat(line, ",sideband\n");
        sw_greeting_init(&greeting);
        done = sw_greeting_feed(&greeting, (const uint8_t *)line, strlen(line), &used);
        ck_assert_int_eq(done, 1);
        ck_assert_uint_eq(greeting.features, SW_FEATURE_SIDEBAND);
    }
}
END_TEST

/* ---- greetings ---- */

static int greet(const char *banner, unsigned features, uint8_t *to, size_t cap)
{
    len = 99;
    return sw_greeting_format(banner, features, to, cap, &len, &error);
}

START_TEST(test_greeting)
{
    check_result("no output", greet("b", 0, NULL, 1), SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_greeting_format("b", 0, out, sizeof(out), NULL, &error), SW_E_NULL);
    check_error("no length", error, SW_E_NULL, 0, 0);
    check_result("features", greet("b", 4, out, sizeof(out)), SW_E_FEATURE_SET, 4, 0);
    check_result("two lines", greet("a\nb", 0, out, sizeof(out)), SW_E_BANNER, 0, 0);
    check_result("a line of features", greet("Features: x", 0, out, sizeof(out)), SW_E_BANNER, 0, 0);
    check_result("one byte too few", greet("b", 1, out, 20), SW_E_SPACE, 20, 21);
    check_result("just enough", greet("b", 1, out, 21), SW_OK, 0, 0);
    ck_assert_uint_eq(len, 21);
    check_result("the longest", greet(text_of('b', SW_GREETING_MAX - 1), 0, out, sizeof(out)), SW_OK, 0, 0);
    ck_assert_uint_eq(len, SW_GREETING_MAX);
    check_result("longer", greet(text_of('b', SW_GREETING_MAX), 0, out, sizeof(out)), SW_E_BANNER,
                 SW_GREETING_MAX + 1, SW_GREETING_MAX);
}
END_TEST

START_TEST(test_greeting_feed)
{
    sw_greeting greeting;
    size_t used = 99;

    sw_greeting_init(&greeting);
    ck_assert_int_eq(sw_greeting_feed(NULL, out, 1, &used), SW_E_NULL);
    ck_assert_uint_eq(used, 0);
    used = 99;
    ck_assert_int_eq(sw_greeting_feed(&greeting, NULL, 1, &used), SW_E_NULL);
    ck_assert_uint_eq(used, 0);
    used = 99;
    ck_assert_int_eq(sw_greeting_feed(&greeting, NULL, 0, &used), 0);
    ck_assert_uint_eq(used, 0);
    ck_assert_int_eq(sw_greeting_feed(&greeting, out, 1, NULL), SW_E_NULL);
    ck_assert_uint_eq(greeting.size, 0);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(sw_greeting_feed(&greeting, (const uint8_t *)"\n", 1, &used), 0);
    ck_assert_uint_eq(greeting.lines, 3);
}
END_TEST

/* ---- requests ---- */

static int request(const char *user, unsigned features, uint8_t *to, size_t cap)
{
    len = 99;
    return sw_request_format(user, features, to, cap, &len, &error);
}

START_TEST(test_request)
{
    const size_t longest = SW_REQUEST_MAX - strlen("auth rsa ");

    check_result("no output", request("u", 0, NULL, 1), SW_E_NULL, 0, 0);
    check_result("no user", request(NULL, 0, out, sizeof(out)), SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_request_format("u", 0, out, sizeof(out), NULL, &error), SW_E_NULL);
    check_error("no length", error, SW_E_NULL, 0, 0);
    check_result("features", request("u", 4, out, sizeof(out)), SW_E_FEATURE_SET, 4, 0);
    check_result("sealed", request("u", SW_FEATURE_NOISE_AESGCM, out, sizeof(out)), SW_E_FEATURE_SET,
                 SW_FEATURE_NOISE_AESGCM, 0);
    check_result("an empty name", request("", 0, out, sizeof(out)), SW_E_USER_NAME, 0, 0);
    check_result("two names", request("a b", 0, out, sizeof(out)), SW_E_USER_NAME, 0, 0);
    check_result("one byte too few", request("u", 0, out, 9), SW_E_SPACE, 9, 10);
    check_result("just enough", request("u", 0, out, 10), SW_OK, 0, 0);
    ck_assert_uint_eq(len, 10);
    check_result("the longest", request(text_of('u', longest), 0, out, sizeof(out)), SW_OK, 0, 0);
    ck_assert_uint_eq(len, SW_REQUEST_MAX);
    check_result("longer", request(text_of('u', longest + 1), 0, out, sizeof(out)), SW_E_USER_NAME,
                 SW_REQUEST_MAX + 1, SW_REQUEST_MAX);
}
END_TEST

START_TEST(test_request_parse)
{
    static const char sealed[] = "auth rsa u sideband,noise_nx_25519_aesgcm_sha256";
    sw_request parsed;

    ck_assert_int_eq(sw_request_parse((const uint8_t *)sealed, strlen(sealed), NULL, &error), SW_E_NULL);
    check_error("no place", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_request_parse(NULL, 1, &parsed, &error), SW_E_NULL);
    check_error("no text", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_request_parse(NULL, 0, &parsed, &error), SW_E_REQUEST_PREFIX);
    check_error("an empty text", error, SW_E_REQUEST_PREFIX, 0, 0);
    ck_assert_int_eq(sw_request_parse((const uint8_t *)sealed, strlen(sealed), &parsed, &error), SW_E_FEATURE);
    check_error("sealed", error, SW_E_FEATURE, 0, strlen(sealed) - strlen("auth rsa u "));
}
END_TEST

/* ---- challenges ---- */

static fake_crypto fake;
static sw_public_key public_key;
static sw_private_key private_key;
static sw_secrets secrets;
static uint8_t block[256];

static void setup(void)
{
    fake_crypto_init(&fake, 1);
    fake_key_pair(&private_key, &public_key, 2048, 3);
    memset(&secrets, 0x5a, sizeof(secrets));
}

static void check_wiped(void)
{
    static const sw_secrets none;

    ck_assert_mem_eq(&secrets, &none, sizeof(none));
}

static int create(unsigned features)
{
    sw_rsa_public key = sw_public_key_view(&public_key);

    return sw_challenge_create(&secrets, &fake.table, &key, features, block);
}

static int open_block(size_t size)
{
    sw_rsa_private key = sw_private_key_view(&private_key);

    return sw_challenge_open(&secrets, &fake.table, &key, SW_FEATURES_ALL, block, size, &error);
}

/* The fake block ends with the plain text: random bytes, of which the last eight that are hashed say whether the
 * server seals, if all of them do. */
START_TEST(test_notice)
{
    const uint8_t *plain = block + sizeof(block) - SW_CHALLENGE_SIZE;
    uint8_t random[SW_CHALLENGE_SIZE];

    ck_assert_int_eq(create(SW_FEATURES_ALL), SW_OK);
    memcpy(random, plain, sizeof(random));
    ck_assert_int_eq(secrets.has_notice, 0);
    fake_crypto_init(&fake, 1);
    ck_assert_int_eq(create(SW_FEATURES_ALL | SW_FEATURE_NOISE_AESGCM), SW_OK);
    ck_assert_int_eq(secrets.has_notice, 1);
    for (size_t i = 0; i < SW_CHALLENGE_SIZE; i++)
        ck_assert_uint_eq(plain[i], i >= 56 && i < 64 ? (uint8_t) "NOISE_NX"[i - 56] : random[i]);
    for (size_t i = 50; i < 70; i++) {
        size_t at = sizeof(block) - SW_CHALLENGE_SIZE + i;
        block[at] ^= 1;
        ck_assert_int_eq(open_block(sizeof(block)), SW_OK);
        ck_assert_int_eq(secrets.has_notice, i < 56 || i >= 64);
        block[at] ^= 1;
    }
}
END_TEST

static int another_key(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t *in, uint8_t *plain,
                       size_t cap, size_t *size)
{
    (void)crypto;
    (void)key;
    (void)in;
    memset(plain, 1, cap);
    *size = cap;
    return 1;
}

/* Whatever the error, nothing is left of what was there before, or was made. */
START_TEST(test_errors_wipe)
{
    enum { NO_BACKEND, SIZE, WRONG_KEY, DECRYPTING, OPENED_HASH, RANDOM, ENCRYPTING, CREATED_HASH, NO_KEY, ALL };
    static const struct {
        size_t fail_at;
        int code;
    } cases[ALL] = {
        [NO_BACKEND] = { 0, SW_E_NULL },
        [SIZE] = { 0, SW_E_CHALLENGE_SIZE },
        [WRONG_KEY] = { 0, SW_E_CHALLENGE },
        [DECRYPTING] = { 1, SW_E_RSA_DECRYPT },
        [OPENED_HASH] = { 2, SW_E_HASH },
        [RANDOM] = { 1, SW_E_RANDOM },
        [ENCRYPTING] = { 2, SW_E_RSA_ENCRYPT },
        [CREATED_HASH] = { 4, SW_E_HASH },
        [NO_KEY] = { 0, SW_E_NULL },
    };
    sw_rsa_private key = sw_private_key_view(&private_key);
    int result;

    ck_assert_int_eq(create(SW_FEATURES_ALL), SW_OK);
    memset(&secrets, 0x5a, sizeof(secrets));
    fake.fail_at = cases[_i].fail_at == 0 ? 0 : fake.calls + cases[_i].fail_at;
    if (_i == WRONG_KEY)
        fake.table.oaep_decrypt = another_key;
    if (_i == NO_BACKEND)
        result = sw_challenge_open(&secrets, NULL, &key, 0, block, sizeof(block), &error);
    else if (_i == NO_KEY)
        result = sw_challenge_create(&secrets, &fake.table, NULL, 0, block);
    else if (_i >= RANDOM)
        result = create(SW_FEATURES_ALL);
    else
        result = open_block(_i == SIZE ? 255 : 256);
    ck_assert_int_eq(result, cases[_i].code);
    if (_i < RANDOM)
        check_error("open", error, result, _i == SIZE ? 255 : 0, _i == SIZE ? 256 : 0);
    check_wiped();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("messages errors");
    TCase *tcase = suite_case(suite, "errors");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_test(tcase, test_features);
    tcase_add_test(tcase, test_long_names);
    tcase_add_test(tcase, test_greeting);
    tcase_add_test(tcase, test_greeting_feed);
    tcase_add_test(tcase, test_request);
    tcase_add_test(tcase, test_request_parse);
    tcase_add_test(tcase, test_notice);
    tcase_add_loop_test(tcase, test_errors_wipe, 0, 9);
    return run_suite(suite);
}
