/* SPDX-License-Identifier: ISC */
#include "handshake_pair.h"

#include <check.h>
#include <string.h>

const unsigned feature_sets[FEATURE_SETS] = {
    0,
    SW_FEATURE_SIDEBAND,
    SW_FEATURE_SIDEBAND | SW_FEATURE_AES_CTR128,
    SW_FEATURE_SIDEBAND | SW_FEATURE_SHA256,
    SW_FEATURES_ALL,
};

void pair_init(handshake_pair *pair, const sw_crypto *client_crypto, const sw_crypto *server_crypto,
               const sw_private_key *private_key, const sw_public_key *public_key, unsigned features)
{
    memset(pair, 0, sizeof(*pair));
    pair->client_config.crypto = client_crypto;
    pair->client_config.policy = (sw_policy){ features, 1, 1, 1, 0 };
    pair->client_config.user = "bob";
    pair->client_config.key = sw_private_key_view(private_key);
    pair->server_config.crypto = server_crypto;
    pair->server_config.policy = (sw_policy){ features, 1, 1, 1, 0 };
    pair->server_config.decoy_secret[0] = 1;
    pair->known = public_key;
    pair->from_client = bytes_copy(NULL, 0);
    pair->from_server = bytes_copy(NULL, 0);
}

/* Moves one side's output to the other. 1 if anything happened. */
static int send_to(handshake_pair *pair, sw_handshake *from, sw_handshake *to, bytes *log)
{
    size_t len;
    const uint8_t *out = sw_handshake_output(from, &len);
    bytes copy;

    if (out == NULL)
        return 0;
    if (pair->step > 0 && len > pair->step)
        len = pair->step;
    bytes_append(log, out, len);
    copy = bytes_copy(out, len);
    ck_assert_int_eq(sw_handshake_sent(from, len), SW_OK);
    for (size_t at = 0; at < len && sw_handshake_step(to) == SW_STEP_RECV;) {
        size_t used;
        if (sw_handshake_recv(to, copy.data + at, len - at, &used) < 0)
            break;
        at += used;
    }
    bytes_free(&copy);
    return 1;
}

static int answer_key(handshake_pair *pair)
{
    size_t len;
    const char *user;

    if (sw_handshake_step(&pair->server) != SW_STEP_KEY)
        return 0;
    user = sw_handshake_user(&pair->server, &len);
    ck_assert_uint_eq(len, strlen(pair->client_config.user));
    ck_assert_mem_eq(user, pair->client_config.user, len);
    sw_handshake_key(&pair->server, pair->known);
    return 1;
}

void pair_run(handshake_pair *pair)
{
    sw_handshake *client = &pair->client, *server = &pair->server;
    int going = 1;

    sw_handshake_client(client, &pair->client_config, pair->client_scratch, sizeof(pair->client_scratch));
    sw_handshake_server(server, &pair->server_config, pair->server_scratch, sizeof(pair->server_scratch));
    while (going) {
        going = send_to(pair, server, client, &pair->from_server);
        going |= send_to(pair, client, server, &pair->from_client);
        going |= answer_key(pair);
        if (!going && sw_handshake_step(client) == SW_STEP_RECV) {
            sw_handshake_greeting_end(client);
            going = sw_handshake_step(client) != SW_STEP_RECV;
        }
        if (!going && sw_handshake_step(server) == SW_STEP_RECV) {
            sw_handshake_burst_end(server);
            going = sw_handshake_step(server) != SW_STEP_RECV;
        }
    }
    if (sw_handshake_step(client) < 0 && sw_handshake_step(server) > 0)
        sw_handshake_end(server);
    if (sw_handshake_step(server) < 0 && sw_handshake_step(client) == SW_STEP_RECV)
        sw_handshake_end(client);
}

void pair_free(handshake_pair *pair)
{
    sw_handshake_wipe(&pair->client);
    sw_handshake_wipe(&pair->server);
    bytes_free(&pair->from_client);
    bytes_free(&pair->from_server);
}
