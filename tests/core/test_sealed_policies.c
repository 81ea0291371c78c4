/* SPDX-License-Identifier: ISC */
/* Sealed sessions of two of ours: servers that are not accepted, greetings that somebody changed, and what policies and
 * configurations decide. */
#include <string.h>

#include "sealed_pair.h"
#include "suite.h"

/* ---- servers and policies ---- */

/* Nothing is sent to a server that is not accepted, not even the user's name. */
START_TEST(test_rejected_server)
{
    sealed_pair p;

    sealed_pair_start(&p, SW_KEY_ED25519);
    p.reject_server = 1;
    sealed_pair_run(&p);
    ck_assert_int_eq(p.client_result, SW_E_SERVER_KEY);
    ck_assert_int_eq(p.server_result, SW_E_CLOSED);
    ck_assert_uint_eq(p.to_server.len, sizeof("auth noise_nx_25519_aesgcm_sha256\n") - 1 + 36);
    sealed_pair_free(&p);
    sealed_pair_expect_wiped(&p);
}
END_TEST

/* Takes the suites out of the greeting. */
static void strip(sealed_pair *p, int from_server, bytes *piece)
{
    static const char offer[] = ",noise_nx_25519_aesgcm_sha256,noise_nx_25519_chachapoly_sha256\n";
    size_t n = sizeof(offer) - 1;

    if (!from_server || piece->len < n || p->relay_context != NULL)
        return;
    p->relay_context = p;
    ck_assert_mem_eq(piece->data + piece->len - n, offer, n);
    piece->len -= n;
    bytes_append(piece, "\n", 1);
}

/* And all of the second line. */
static void strip_line(sealed_pair *p, int from_server, bytes *piece)
{
    uint8_t *end = from_server ? memchr(piece->data, '\n', piece->len) : NULL;

    if (end == NULL || p->relay_context != NULL)
        return;
    p->relay_context = p;
    piece->len = (size_t)(end + 1 - piece->data);
}

/* A client that may do both finds the notice, and sends nothing to it; one that requires a sealed
 * session does not even ask; one that forbids sealed sessions is served. */
START_TEST(test_stripped)
{
    sealed_pair p;

    sealed_pair_start(&p, SW_KEY_RSA);
    p.client_config.policy.features = SW_FEATURES_ALL | (_i == 2 ? 0 : SW_FEATURES_SEALED);
    p.client_config.policy.require_sealed = _i == 1;
    p.relay = strip;
    sealed_pair_run(&p);
    if (_i == 0) {
        ck_assert_int_eq(p.client_result, SW_E_STRIPPED);
        ck_assert_int_eq(p.server_result, SW_E_CLOSED);
        ck_assert_mem_eq(p.to_server.data, "auth rsa eve sideband,aes_ctr128,sha256", p.to_server.len);
    } else if (_i == 1) {
        ck_assert_int_eq(p.client_result, SW_E_NOT_SEALED);
        ck_assert_uint_eq(p.to_server.len, 0);
    } else {
        sealed_pair_expect_done(&p);
        ck_assert_uint_eq(sw_session_features(&p.client) & SW_FEATURES_SEALED, 0);
    }
    sealed_pair_free(&p);
    sealed_pair_expect_wiped(&p);
}
END_TEST

/* Legacy mode too: the caller says that no second line comes. */
START_TEST(test_stripped_to_legacy)
{
    sealed_pair p;

    sealed_pair_start(&p, SW_KEY_RSA);
    p.client_config.policy = (sw_policy){ SW_FEATURES_ALL | SW_FEATURES_SEALED, 1, 1, 0, 0 };
    p.server_config.policy.allow_legacy = 1;
    p.relay = strip_line;
    p.greeting_ends = 1;
    sealed_pair_run(&p);
    ck_assert_int_eq(p.client_result, SW_E_STRIPPED);
    ck_assert_mem_eq(p.to_server.data, "auth rsa eve", p.to_server.len);
    sealed_pair_free(&p);
    sealed_pair_expect_wiped(&p);
}
END_TEST

/* Whoever changes the greeting in between, and leaves the suites, makes the handshake fail. */
static void change_banner(sealed_pair *p, int from_server, bytes *piece)
{
    if (from_server && p->relay_context == NULL) {
        p->relay_context = p;
        piece->data[0] ^= 1;
    }
}

START_TEST(test_changed_greeting)
{
    sealed_pair p;

    sealed_pair_start(&p, SW_KEY_ED25519);
    p.relay = change_banner;
    sealed_pair_run(&p);
    ck_assert_int_eq(p.client_result, SW_E_NOISE);
    ck_assert_int_eq(p.events[SW_EVENT_SERVER_KEY], 0);
    sealed_pair_free(&p);
}
END_TEST

/* A plain session with a server that seals, of a client that does not know of it, and the reverse. */
START_TEST(test_plain)
{
    sealed_pair p;

    sealed_pair_start(&p, SW_KEY_RSA);
    p.client_config.policy = (sw_policy){ SW_FEATURES_ALL, 0, 0, 0, 0 };
    if (_i == 1)
        p.server_config.policy.require_sealed = 1;
    if (_i == 2) {
        p.client_config.policy.features |= SW_FEATURES_SEALED;
        p.server_config.policy.features = SW_FEATURES_ALL;
    }
    sealed_pair_run(&p);
    if (_i != 1)
        sealed_pair_expect_done(&p);
    else
        ck_assert_int_eq(p.server_result, SW_E_REQUEST_PREFIX);
    sealed_pair_free(&p);
    sealed_pair_expect_wiped(&p);
}
END_TEST

/* A user who has no RSA key cannot have a plain session. */
START_TEST(test_ed25519_needs_sealing)
{
    sealed_pair p;

    sealed_pair_start(&p, SW_KEY_ED25519);
    p.client_config.policy = (sw_policy){ SW_FEATURES_ALL | SW_FEATURES_SEALED, 0, 0, 0, 0 };
    p.server_config.policy.features = SW_FEATURES_ALL;
    sealed_pair_run(&p);
    ck_assert_int_eq(p.client_result, SW_E_KEY_NOT_RSA);
    ck_assert_uint_eq(p.to_server.len, 0);
    sealed_pair_free(&p);
}
END_TEST

/* ---- requests ---- */

/* What a server that seals makes of a first burst: SW_OK, it waits for more. */
static const struct request_case {
    const char *text;
    int plain_too, result;
} request_cases[] = {
    { "auth noise", 1, SW_OK },
    { "auth noise_nx_25519_aesgcm_sha256", 1, SW_OK },
    { "auth noise_nx_25519_aesgcm_sha256\n", 1, SW_OK },
    { "auth ", 1, SW_OK },
    { "auth noise_nx_25519_aesgcm_sha256\r\n", 1, SW_E_REQUEST_PREFIX },
    { "auth noise_nx_25519_aesgcm_sha512\n", 1, SW_E_REQUEST_PREFIX },
    { "auth noise\n", 1, SW_E_REQUEST_PREFIX },
    { "auth rsb", 1, SW_E_REQUEST_PREFIX },
    { "auth rsax\r", 1, SW_E_REQUEST_PREFIX }, /* at once, not when the line is whole */
    { "auth rsa ", 0, SW_E_REQUEST_PREFIX },
    { "auth r", 0, SW_E_REQUEST_PREFIX },
    { "auth rsa eve sideband,noise_nx_25519_aesgcm_sha256", 1, SW_E_FEATURE },
    { "x", 1, SW_E_REQUEST_PREFIX },
};

START_TEST(test_requests)
{
    const struct request_case *c = &request_cases[_i];
    uint8_t rx[2048], tx[2048];
    sw_session server;
    sw_event event;
    size_t len;
    sealed_pair p;

    sealed_pair_start(&p, SW_KEY_RSA);
    p.server_config.policy.require_sealed = !c->plain_too;
    ck_assert_int_eq(sw_session_server(&server, &p.server_config, rx, sizeof(rx), tx, sizeof(tx)), SW_OK);
    sw_session_tx_bytes(&server, &len);
    ck_assert_int_eq(sw_session_tx_drain(&server, len), SW_OK);
    ck_assert_uint_eq(wired_give(&server, c->text, strlen(c->text)), strlen(c->text));
    ck_assert_int_eq(sw_session_burst_end(&server), SW_OK);
    ck_assert_int_eq(sw_session_next(&server, &event), c->result);
    sw_session_wipe(&server);
    sealed_pair_free(&p);
    sealed_pair_expect_wiped(&p);
}
END_TEST

/* ---- configs ---- */

START_TEST(test_configs)
{
    uint8_t rx[4096], tx[4096];
    sw_session s;
    sealed_pair p;

    sealed_pair_start(&p, SW_KEY_ED25519);
    p.server_config.server_key = NULL;
    ck_assert_int_eq(sw_session_server(&s, &p.server_config, rx, 4096, tx, 4096), SW_E_NULL);
    p.client_config.record_limit = 255;
    ck_assert_int_eq(sw_session_client(&s, &p.client_config, rx, 4096, tx, 4096), SW_E_CONFIG);
    p.client_config.record_limit = 4095;
    ck_assert_int_eq(sw_session_client(&s, &p.client_config, rx, 4096, tx, 4096), SW_E_SPACE);
    p.client_config.record_limit = 0;
    ck_assert_int_eq(sw_session_client(&s, &p.client_config, rx, 257, tx, 4096), SW_E_SPACE);
    ck_assert_int_eq(sw_session_client(&s, &p.client_config, rx, 258, tx, 512), SW_OK);
    sw_session_wipe(&s);
    ck_assert_int_eq(sw_session_client(&s, &p.client_config, rx, 258, tx, 511), SW_E_SPACE);
    p.client_config.policy = (sw_policy){ SW_FEATURES_ALL, 0, 0, 0, 1 };
    p.client_config.key = sw_private_key_view(&p.keys.rsa);
    ck_assert_int_eq(sw_session_client(&s, &p.client_config, rx, 4096, tx, 4096), SW_E_CONFIG);
    p.client_config.policy = (sw_policy){ SW_FEATURES_SEALED, 0, 0, 0, 1 };
    p.client_fake.table.aead_start = NULL;
    ck_assert_int_eq(sw_session_client(&s, &p.client_config, rx, 4096, tx, 4096), SW_E_BACKEND);
    sealed_pair_free(&p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sealed policies");
    TCase *tcase = suite_case(suite, "pair");

    tcase_add_test(tcase, test_rejected_server);
    tcase_add_loop_test(tcase, test_stripped, 0, 3);
    tcase_add_test(tcase, test_stripped_to_legacy);
    tcase_add_test(tcase, test_changed_greeting);
    tcase_add_loop_test(tcase, test_plain, 0, 3);
    tcase_add_test(tcase, test_ed25519_needs_sealing);
    tcase_add_loop_test(tcase, test_requests, 0, COUNT(request_cases));
    tcase_add_test(tcase, test_configs);
    return run_suite(suite);
}
