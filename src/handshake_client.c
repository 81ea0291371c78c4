/* SPDX-License-Identifier: ISC */
/* The client's half of the handshake [protocol, sections 2 to 5]. */
#include "handshake_internal.h"

#include <string.h>

#include "error_internal.h"

/* A key without a public half of another can do both; that other one can sign. */
static int has_key(const sw_client_config *config)
{
    return config->key.n != NULL || (config->public_key != NULL && (config->policy.features & SW_FEATURES_SEALED));
}

static int start(sw_handshake *handshake, const sw_client_config *config, uint8_t *scratch, size_t cap,
                 sw_noise *noise, uint16_t limit)
{
    size_t len;
    int result;

    if (handshake == NULL)
        return SW_E_NULL;
    memset(handshake, 0, sizeof(*handshake));
    if (config == NULL || config->user == NULL || !has_key(config))
        return SW_E_NULL;
    handshake->noise = noise;
    handshake->own_limit = limit;
    result = swi_handshake_check(handshake, config->crypto, &config->policy, scratch, cap);
    /* a bad name shows now, not when the greeting is there */
    if (result == SW_OK)
        result = sw_request_format(config->user, config->policy.features & SW_FEATURES_ALL, scratch, cap, &len,
                                   &handshake->error);
    if (result < 0)
        return result;
    handshake->client = config;
    swi_handshake_begin(handshake, scratch, cap, CLIENT_GREETING);
    return swi_sealed_listen(handshake);
}

int swi_handshake_client(sw_handshake *handshake, const sw_client_config *config, uint8_t *scratch, size_t cap,
                         sw_noise *noise, uint16_t limit)
{
    return swi_handshake_result(handshake, start(handshake, config, scratch, cap, noise, limit));
}

int sw_handshake_client(sw_handshake *handshake, const sw_client_config *config, uint8_t *scratch, size_t cap)
{
    return swi_handshake_client(handshake, config, scratch, cap, NULL, 0);
}

/* The greeting is over: ask for what both sides want. */
static int greeting_done(sw_handshake *handshake)
{
    const sw_client_config *config = handshake->client;
    unsigned features = handshake->greeting.features & config->policy.features;
    int result;

    if (features & SW_FEATURES_SEALED)
        return swi_sealed_request(handshake, features & SW_FEATURES_SEALED);
    swi_sealed_drop(handshake);
    if (swi_policy_is_sealed_only(&config->policy))
        return SW_E_NOT_SEALED;
    if (config->key.n == NULL)
        return SW_E_KEY_NOT_RSA;
    if (!(features & SW_FEATURE_SIDEBAND))
        features = 0;
    result = swi_handshake_policy_check(&config->policy, features);
    if (result == SW_OK)
        result = sw_request_format(config->user, features, handshake->scratch, handshake->cap, &handshake->len,
                                   &handshake->error);
    if (result < 0)
        return result;
    handshake->features = features;
    handshake->state = CLIENT_REQUEST;
    return SW_OK;
}

static int recv_greeting(sw_handshake *handshake, const uint8_t *in, size_t len, size_t *used)
{
    int result = sw_greeting_feed(&handshake->greeting, in, len, used);

    if (result < 0)
        return swi_error_set(&handshake->error, result, SW_GREETING_MAX + 1, SW_GREETING_MAX);
    if (swi_sealed_hear(handshake, in, *used) < 0)
        return SW_E_HASH;
    return result == 1 ? greeting_done(handshake) : SW_OK;
}

static int recv_challenge(sw_handshake *handshake, uint8_t *in, size_t len, size_t *used)
{
    const sw_rsa_private *key = &handshake->client->key;
    int result = swi_handshake_collect(handshake, SW_BAND_CHALLENGE, key->n_size, in, len, used);

    if (result <= 0)
        return result;
    result = sw_challenge_open(&handshake->challenge, handshake->client->crypto, key, handshake->features,
                               handshake->scratch, handshake->len, &handshake->error);
    if (result < 0)
        return result;
    /* a client that may seal comes here because it saw no offer, or none that it could use */
    if (handshake->challenge.has_notice && (handshake->client->policy.features & SW_FEATURES_SEALED))
        return SW_E_STRIPPED;
    memcpy(swi_handshake_body(handshake), handshake->challenge.response, handshake->challenge.response_size);
    return swi_handshake_send_body(handshake, SW_BAND_CHALLENGE_RESPONSE, handshake->challenge.response_size,
                                   CLIENT_RESPONSE);
}

int swi_client_recv(sw_handshake *handshake, uint8_t *in, size_t len, size_t *used)
{
    if (handshake->state == CLIENT_GREETING)
        return recv_greeting(handshake, in, len, used);
    if (handshake->state == CLIENT_SEALED_REPLY)
        return swi_sealed_recv_reply(handshake, in, len, used);
    return recv_challenge(handshake, in, len, used);
}

int swi_client_greeting_end(sw_handshake *handshake)
{
    const sw_greeting *greeting = &handshake->greeting;

    if (handshake->state == CLIENT_GREETING && greeting->lines > 0 && greeting->column == 0)
        return greeting_done(handshake);
    return SW_OK;
}
