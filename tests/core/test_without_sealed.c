/* SPDX-License-Identifier: ISC */
/* A core without sealed sessions says so to those who ask for one, and takes plain ones. */
#include "session_pair.h"
#include "suite.h"

#include <stdlib.h>

static session_pair pair;

static void teardown(void)
{
    session_pair_free(&pair);
}

START_TEST(refused)
{
    enum { BUFFER = 4096 };
    static uint8_t rx[BUFFER], tx[BUFFER];
    const char *argv[] = { "version" };
    sw_session session;
    sw_client_config client;
    sw_server_config server;

    session_pair_start(&pair, SW_FEATURES_ALL, SW_SESSION_RX_MIN, SW_SESSION_TX_MIN, SW_SESSION_RX_MIN,
                       SW_SESSION_TX_MIN);
    client = pair.client_config;
    client.policy.features |= SW_FEATURES_SEALED;
    ck_assert_int_eq(sw_session_client(&session, &client, rx, sizeof(rx), tx, sizeof(tx)), SW_E_BACKEND);
    server = pair.server_config;
    server.policy.features |= SW_FEATURES_SEALED;
    ck_assert_int_lt(sw_session_server(&session, &server, rx, sizeof(rx), tx, sizeof(tx)), 0);
    pair.argv = argv;
    pair.argc = 1;
    pair.reply = bytes_copy("1", 1);
    session_pair_run(&pair);
    bytes_free(&pair.reply);
    ck_assert_int_eq(pair.client_result, 0);
    ck_assert_int_eq(pair.server_result, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("without sealed sessions");
    TCase *tcase = suite_case(suite, "without sealed sessions");

    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, refused);
    return run_suite(suite);
}
