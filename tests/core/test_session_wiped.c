/* SPDX-License-Identifier: ISC */
/* What a session forgets, and when: after the login nothing of it is left in its memory. */
#include "session_pair.h"
#include "suite.h"

#include <string.h>

enum { BUFFER_SIZE = 8192, SAMPLE = 8 };

static const char *const argv[] = { "si" };
static session_pair pair;
static sw_secrets keys;

static void start(unsigned features)
{
    session_pair_start(&pair, features, BUFFER_SIZE, BUFFER_SIZE, BUFFER_SIZE, BUFFER_SIZE);
    pair.argv = argv;
    pair.argc = 1;
    ck_assert_int_eq(sw_session_log_keys(&pair.client, &keys), SW_OK);
}

static void end(void)
{
    session_pair_free(&pair);
}

/* Any part of a secret counts. */
static void check_absent(const char *what, const void *where, size_t size, const uint8_t *secret,
                         size_t secret_size)
{
    for (size_t i = 0; i + SAMPLE <= secret_size; i += SAMPLE)
        ck_assert_msg(!holds_bytes(where, size, secret + i, SAMPLE),
                      "%s: bytes %zu and on of a secret are still there", what, i);
}

static void check_forgotten(const char *what, const void *where, size_t size)
{
    check_absent(what, where, size, keys.client_key, SW_CIPHER_KEY_SIZE);
    check_absent(what, where, size, keys.server_key, SW_CIPHER_KEY_SIZE);
}

/* The server has let the client in, and both have their ciphers. The response is what the client
 * proves itself by, and went over the wire: it may stand where it was received. */
START_TEST(after_the_login)
{
    static const sw_secrets none;

    start(feature_sets[_i]);
    while (pair.command_seen == 0)
        ck_assert_int_eq(session_pair_step(&pair), 1);
    ck_assert_mem_ne(&keys, &none, sizeof(none));
    check_forgotten("client", &pair.client, sizeof(pair.client));
    check_forgotten("server", &pair.server, sizeof(pair.server));
    check_absent("client", &pair.client, sizeof(pair.client), keys.response, keys.response_size);
    check_absent("server", &pair.server, sizeof(pair.server), keys.response, keys.response_size);
    /* what was received is what the wire saw, and this backend hides nothing there */
    check_forgotten("client's tx", pair.buffers[1], BUFFER_SIZE);
    check_forgotten("server's tx", pair.buffers[3], BUFFER_SIZE);
}
END_TEST

START_TEST(at_the_end)
{
    static const sw_session zeros;

    start(feature_sets[_i]);
    session_pair_run(&pair);
    ck_assert_int_eq(pair.client_result, SW_OK);
    sw_session_wipe(&pair.client);
    sw_session_wipe(&pair.server);
    ck_assert_mem_eq(&pair.client, &zeros, sizeof(zeros));
    ck_assert_mem_eq(&pair.server, &zeros, sizeof(zeros));
    ck_assert_uint_eq(pair.client_crypto.aes_states, 0);
    ck_assert_uint_eq(pair.server_crypto.aes_states, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("session wiped");
    TCase *tcase = suite_case(suite, "secrets");

    tcase_add_checked_fixture(tcase, NULL, end);
    tcase_add_loop_test(tcase, after_the_login, 0, FEATURE_SETS);
    tcase_add_loop_test(tcase, at_the_end, 0, FEATURE_SETS);
    return run_suite(suite);
}
