/* SPDX-License-Identifier: ISC */
/* What a session says that it waits for, at each stage of a command with an upload. */
#include "session_upload.h"
#include "suite.h"

static upload_run run;

static void teardown(void)
{
    upload_free(&run);
}

/* Until both are that far, and have nothing left to write. */
static void run_to(unsigned features, upload_client_stage client, upload_server_stage server)
{
    const upload_scenario s = { features, 1, "", 1, 100, 0, "stored\n" };
    size_t n;

    upload_start(&run, &s, 4096, 4096);
    while (run.client < client || run.server < server)
        ck_assert(upload_round(&run));
    if (sw_session_tx_bytes(&run.pair.client, &n) != NULL)
        ck_assert_int_eq(sw_session_tx_drain(&run.pair.client, n), SW_OK);
    if (sw_session_tx_bytes(&run.pair.server, &n) != NULL)
        ck_assert_int_eq(sw_session_tx_drain(&run.pair.server, n), SW_OK);
}

/* Under sideband the upload ends with a packet, in legacy mode with the stream. */
static const struct {
    upload_client_stage stage;
    unsigned sideband, legacy;
} of_client[] = {
    { UPLOAD_CLIENT_READY, SW_WANT_READ | SW_WANT_APPLICATION, SW_WANT_READ | SW_WANT_APPLICATION },
    { UPLOAD_CLIENT_COMMANDED, SW_WANT_READ, SW_WANT_READ },
    { UPLOAD_CLIENT_ASKED, SW_WANT_READ | SW_WANT_APPLICATION, SW_WANT_READ | SW_WANT_APPLICATION },
    { UPLOAD_CLIENT_SENT, SW_WANT_READ, SW_WANT_READ | SW_WANT_SHUTDOWN },
    { UPLOAD_CLIENT_OVER, 0, 0 },
};

START_TEST(client)
{
    run_to(SW_FEATURES_ALL, of_client[_i].stage, UPLOAD_SERVER_STARTED);
    ck_assert_int_eq(run.client, of_client[_i].stage);
    ck_assert_uint_eq(sw_session_wants(&run.pair.client), of_client[_i].sideband);
    upload_free(&run);
    run_to(0, of_client[_i].stage, UPLOAD_SERVER_STARTED);
    ck_assert_int_eq(run.client, of_client[_i].stage);
    ck_assert_uint_eq(sw_session_wants(&run.pair.client), of_client[_i].legacy);
}
END_TEST

static const struct {
    upload_server_stage stage;
    unsigned wants;
} of_server[] = {
    { UPLOAD_SERVER_READY, SW_WANT_READ },
    { UPLOAD_SERVER_COMMANDED, SW_WANT_READ | SW_WANT_APPLICATION },
    { UPLOAD_SERVER_ASKED, SW_WANT_READ | SW_WANT_APPLICATION },
    { UPLOAD_SERVER_EXITED, SW_WANT_READ | SW_WANT_SHUTDOWN },
    { UPLOAD_SERVER_OVER, 0 },
};

START_TEST(server)
{
    run_to(SW_FEATURES_ALL, UPLOAD_CLIENT_STARTED, of_server[_i].stage);
    ck_assert_int_eq(run.server, of_server[_i].stage);
    ck_assert_uint_eq(sw_session_wants(&run.pair.server), of_server[_i].wants);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("session, what it wants");
    TCase *tcase = suite_case(suite, "wants");

    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_loop_test(tcase, client, 0, COUNT(of_client));
    tcase_add_loop_test(tcase, server, 0, COUNT(of_server));
    return run_suite(suite);
}
