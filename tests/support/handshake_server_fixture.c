/* SPDX-License-Identifier: ISC */
#include "handshake_server_fixture.h"

#include "suite.h"

#include <stdlib.h>
#include <string.h>

sw_private_key private_key;
sw_public_key public_key;
fake_crypto fake;
sw_server_config config;
sw_handshake server;
uint8_t *scratch;

void server_setup(void)
{
    fake_crypto_init(&fake, 2);
    fake_key_pair(&private_key, &public_key, 2048, 3);
    memset(&config, 0, sizeof(config));
    config.crypto = &fake.table;
    config.policy = (sw_policy){ SW_FEATURES_ALL, 1, 1, 1, 0 };
    config.decoy_secret[0] = 1;
    scratch = malloc(SW_SCRATCH_FULL);
    ck_assert_ptr_nonnull(scratch);
}

void server_teardown(void)
{
    sw_handshake_wipe(&server);
    free(scratch);
}

void fixture_server_start(size_t cap)
{
    size_t len;

    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, cap), SW_OK);
    ck_assert_ptr_nonnull(sw_handshake_output(&server, &len));
    ck_assert_int_eq(sw_handshake_sent(&server, len), SW_OK);
}

int server_feed(const void *data, size_t len, size_t step, size_t *taken)
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

static void ask(const char *text)
{
    fixture_server_start(SW_SCRATCH_FULL);
    server_feed(text, strlen(text), 0, NULL);
    ck_assert_int_eq(sw_handshake_burst_end(&server), SW_OK);
    ck_assert_int_eq(sw_handshake_step(&server), SW_STEP_KEY);
}

bytes server_challenge(const char *text, const sw_public_key *known)
{
    const uint8_t *out;
    size_t len;

    ask(text);
    ck_assert_int_eq(sw_handshake_key(&server, known), SW_OK);
    out = sw_handshake_output(&server, &len);
    return bytes_copy(out, len);
}
