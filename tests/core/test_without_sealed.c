/* SPDX-License-Identifier: ISC */
/* A core without sealed sessions says so to those who ask for one, and takes plain ones. */
#include "../../src/handshake_internal.h"
#include "../../src/session_internal.h"
#include "session_pair.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

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

/* What others look at says that there is no handshake of that kind. */
START_TEST(no_noise)
{
    static sw_noise noise;
    sw_client_config client;
    sw_handshake handshake;

    memset(&client, 0, sizeof(client));
    memset(&handshake, 0, sizeof(handshake));
    handshake.client = &client;
    handshake.noise = &noise;
    ck_assert_int_eq(swi_sealed_listen(&handshake), SW_OK);
    ck_assert_ptr_null(handshake.noise);
    client.policy.features = SW_FEATURES_SEALED;
    handshake.noise = &noise;
    ck_assert_int_eq(swi_sealed_listen(&handshake), SW_E_BACKEND);
    ck_assert_ptr_null(handshake.noise);
    handshake.noise = &noise;
    swi_sealed_drop(&handshake);
    ck_assert_ptr_null(handshake.noise);
}
END_TEST

/* Nobody calls these, as no session is sealed; who does all the same is told so. */
START_TEST(never_called)
{
    sw_handshake handshake;
    sw_session s;
    sw_event event;
    sw_chunk chunk;
    size_t used = 7;

    memset(&handshake, 0, sizeof(handshake));
    memset(&s, 0, sizeof(s));
    ck_assert_int_eq(swi_sealed_request(&handshake, SW_FEATURE_NOISE_AESGCM), SW_E_BACKEND);
    ck_assert_int_eq(swi_sealed_recv_reply(&handshake, NULL, 0, &used), SW_E_BACKEND);
    ck_assert_int_eq(swi_sealed_requested(&handshake, SW_FEATURE_NOISE_AESGCM), SW_E_BACKEND);
    ck_assert_int_eq(swi_sealed_recv_message(&handshake, NULL, 0, &used), SW_E_BACKEND);
    ck_assert_uint_eq(swi_sealed_line_feature(&handshake), 0);
    ck_assert_uint_eq(swi_session_rx_least(&s), SW_SESSION_RX_MIN);
    ck_assert_int_eq(swi_sealed_begin(&s), SW_E_BACKEND);
    ck_assert_int_eq(swi_sealed_next_sign(&s, &event), SW_E_BACKEND);
    ck_assert_int_eq(swi_sealed_next_proof(&s, &event), SW_E_BACKEND);
    ck_assert_int_eq(swi_sealed_next_verdict(&s, &event), SW_E_BACKEND);
    ck_assert_int_eq(swi_sealed_next_refused(&s, &event), SW_E_BACKEND);
    ck_assert_int_eq(swi_sealed_verdict(&s, NULL), SW_E_BACKEND);
    ck_assert_int_eq(swi_records_next(&s, &chunk), SW_E_BACKEND);
    ck_assert_int_eq(swi_records_are_cut(&s), 0);
    ck_assert_int_eq(swi_records_queue(&s, SW_BAND_OUTPUT, NULL, 0), SW_E_BACKEND);
    ck_assert_int_eq(swi_records_queue_command(&s, NULL, 0), SW_E_BACKEND);
    ck_assert_uint_eq(swi_records_body_max(&s), 0);
    ck_assert_int_eq(swi_records_close(&s), SW_OK);
    sw_record_wipe(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("without sealed sessions");
    TCase *tcase = suite_case(suite, "without sealed sessions");

    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_test(tcase, refused);
    tcase_add_test(suite_case(suite, "no handshake"), no_noise);
    tcase_add_test(suite_case(suite, "never called"), never_called);
    return run_suite(suite);
}
