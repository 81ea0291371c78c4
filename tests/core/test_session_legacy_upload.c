/* SPDX-License-Identifier: ISC */
/* Uploads of legacy mode, where their request looks like output and the stream's end is theirs; and
 * beside them the same uploads under sideband, where nothing of that is so. */
#include "session_upload.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

static upload_run run;

static void teardown(void)
{
    upload_free(&run);
}

/* ---- splits ---- */

static const upload_scenario scenarios[] = {
    { 0, 1, "", 1, 100, 0, "stored\n" },
    { 0, 1, "", 1, 0, 0, "" },
    { 0, 1, "", 1, 1, 0, "\nAwaiting Data." }, /* only the first one is a request */
    { 0, 1, "", 0, 0, 0, "permission denied\n" },
    { 0, 1, "", 0, 0, 0, "\nAwaiting data." },
    { 0, 1, "", 0, 0, 0, "" },
    { 0, 1, "busy\n", 1, 100, 0, "stored\n" }, /* not at the beginning: output */
    { 0, 0, "", 1, 100, 0, "stored\n" },       /* not expected: output */
    { 0, 0, "\nAwaiting Data.", 0, 0, 0, " Or not.\n" },
    { SW_FEATURES_ALL, 1, "", 1, 100, 0, "stored\n" },
    { SW_FEATURES_ALL, 0, "", 1, 100, 0, "stored\n" },
    { SW_FEATURES_ALL, 1, "\nAwaiting Data.", 0, 0, 0, "" },
};

static void finish(void)
{
    upload_finish(&run);
    upload_free(&run);
}

/* Delivers all at once, byte by byte, and then with each place of either stream as the only cut. */
START_TEST(every_split)
{
    static const size_t rx_sizes[] = { SW_SESSION_RX_MIN, 4096 };
    size_t rx_size = rx_sizes[_i % 2];
    const upload_scenario *s = &scenarios[_i / 2];
    size_t up, down;

    upload_start(&run, s, rx_size, SW_SESSION_TX_MIN);
    upload_finish(&run);
    up = run.up.sent.len;
    down = run.down.sent.len;
    upload_free(&run);
    upload_start(&run, s, rx_size, SW_SESSION_TX_MIN);
    run.step = 1;
    finish();
    for (size_t cut = 1; cut < up; cut++) {
        upload_start(&run, s, rx_size, SW_SESSION_TX_MIN);
        run.up.cut = cut;
        finish();
    }
    for (size_t cut = 1; cut < down; cut++) {
        upload_start(&run, s, rx_size, SW_SESSION_TX_MIN);
        run.down.cut = cut;
        finish();
    }
}
END_TEST

/* ---- what begins like the request ---- */

static const char request[] = SW_LEGACY_AWAITING_DATA;

/* Bytes are held back until one differs, or the end comes, and then come out as one chunk. */
START_TEST(beginnings)
{
    static const char *const ends[] = { "", "x", "\n", "x and more", "\nAwaiting Data." };
    size_t len = (size_t)_i;

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        char text[sizeof(request) + 16];
        upload_scenario s = { 0, 1, "", 0, 0, 0, text };
        size_t all = (size_t)snprintf(text, sizeof(text), "%.*s%s", (int)len, request, ends[i]);
        if (text[len] == request[len])
            continue; /* that is a longer beginning */
        for (size_t step = 0; step <= all; step++) {
            upload_start(&run, &s, SW_SESSION_RX_MIN, SW_SESSION_TX_MIN);
            run.step = step;
            upload_finish(&run);
            ck_assert_uint_eq(run.first_chunk, ends[i][0] != '\0' ? len + 1 : len);
            upload_free(&run);
        }
    }
}
END_TEST

/* ---- sizes ---- */

START_TEST(sizes)
{
    static const struct {
        size_t rx, tx;
    } buffers[] = {
        { SW_SESSION_RX_MIN, SW_SESSION_TX_MIN },
        { SW_SESSION_RX_MIN + 1, SW_SESSION_TX_MIN + 3 },
        { 40000, 40000 },
    };
    size_t tx = buffers[_i].tx;
    size_t lengths[] = { 0, 1, 63, 64, 65, tx - 1, tx, tx + 1, 2 * tx, UPLOAD_MAX };

    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        for (size_t mode = 0; mode < 2; mode++) {
            size_t len = lengths[i] < UPLOAD_MAX ? lengths[i] : UPLOAD_MAX;
            upload_scenario s = { mode == 0 ? 0 : SW_FEATURES_ALL, 1, "", 1, len, 0, "stored\n" };
            upload_start(&run, &s, buffers[_i].rx, tx);
            finish();
        }
    }
}
END_TEST

/* The server ends while the client has more to send than the connection takes. */
START_TEST(refused)
{
    for (size_t at = 1; at < 3 * SW_SESSION_TX_MIN; at += 97) {
        upload_scenario s = { _i == 0 ? 0 : SW_FEATURES_ALL, 1, "", 1, UPLOAD_MAX, at, "file too large\n" };
        size_t pending;
        upload_start(&run, &s, SW_SESSION_RX_MIN, SW_SESSION_TX_MIN);
        upload_finish(&run);
        ck_assert_uint_lt(run.upload_at, UPLOAD_MAX);
        ck_assert_uint_ge(run.uploaded, at);
        ck_assert_ptr_null(sw_session_tx_bytes(&run.pair.client, &pending));
        ck_assert_uint_eq(pending, 0);
        upload_free(&run);
    }
}
END_TEST

/* ---- time ---- */

static void run_to(unsigned features, upload_client_stage client, upload_server_stage server)
{
    upload_scenario s = { features, 1, "", 1, 100, 0, "stored\n" };

    upload_start(&run, &s, 4096, 4096);
    while (run.client < client || run.server < server)
        ck_assert(upload_round(&run));
}

/* Data may be sent between the request and the end of the upload only, and on its band only. */
START_TEST(sent_at_a_wrong_time)
{
    unsigned features = _i == 0 ? 0 : SW_FEATURES_ALL;
    size_t taken;

    for (int stage = 0; stage < UPLOAD_CLIENT_STAGES; stage++) {
        int expected = stage == UPLOAD_CLIENT_ASKED ? 1 : SW_E_STATE;
        for (size_t len = 0; len <= 1; len++) {
            run_to(features, (upload_client_stage)stage, UPLOAD_SERVER_STARTED);
            ck_assert_int_eq(sw_session_send(&run.pair.client, SW_BAND_BLOB_DATA, "x", len, &taken), expected);
            ck_assert_uint_eq(taken, expected == 1 ? len : 0);
            upload_free(&run);
        }
    }
    for (unsigned band = 0; band < SW_BAND_COUNT; band++) {
        run_to(features, UPLOAD_CLIENT_ASKED, UPLOAD_SERVER_STARTED);
        ck_assert_int_eq(sw_session_send(&run.pair.client, (uint8_t)band, "x", 1, &taken),
                         band == SW_BAND_BLOB_DATA ? 1 : SW_E_STATE);
        upload_free(&run);
    }
}
END_TEST

static Suite *legacy_upload_suite(void)
{
    Suite *suite = suite_create("session, uploads in legacy mode");
    TCase *tcase = suite_case(suite, "pair");

    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_loop_test(tcase, every_split, 0, 2 * COUNT(scenarios));
    tcase_add_loop_test(tcase, beginnings, 0, sizeof(request) - 1);
    tcase_add_loop_test(tcase, sizes, 0, 3);
    tcase_add_loop_test(tcase, refused, 0, 2);
    tcase_add_loop_test(tcase, sent_at_a_wrong_time, 0, 2);
    return suite;
}

int main(void)
{
    return run_suite(legacy_upload_suite());
}
