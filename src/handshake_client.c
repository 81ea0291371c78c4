/* The client's half of the handshake [protocol, sections 2 to 5]. */
#include "handshake_internal.h"

#include <string.h>

#include "error_internal.h"

static int start(sw_handshake *handshake, const sw_client_config *config, uint8_t *scratch,
                 size_t cap)
{
    size_t len;
    int result;

    if (handshake == NULL)
        return SW_E_NULL;
    memset(handshake, 0, sizeof(*handshake));
    if (config == NULL || config->user == NULL || config->key == NULL)
        return SW_E_NULL;
    result = swi_handshake_check(handshake, config->crypto, &config->policy, scratch, cap);
    /* a bad name shows now, not when the greeting is there */
    if (result == SW_OK)
        result = sw_request_format(config->user, config->policy.features, scratch, cap, &len,
                                   &handshake->error);
    if (result < 0)
        return result;
    handshake->client = config;
    swi_handshake_begin(handshake, scratch, cap, CLIENT_GREETING);
    return SW_OK;
}

int sw_handshake_client(sw_handshake *handshake, const sw_client_config *config, uint8_t *scratch,
                        size_t cap)
{
    return swi_handshake_result(handshake, start(handshake, config, scratch, cap));
}

/* The greeting is over: ask for what both sides want. */
static int greeting_done(sw_handshake *handshake)
{
    const sw_client_config *config = handshake->client;
    unsigned features = handshake->greeting.features & config->policy.features;
    int result;

    if (!(features & SW_FEATURE_SIDEBAND))
        features = 0;
    result = swi_handshake_policy_check(&config->policy, features);
    if (result == SW_OK)
        result = sw_request_format(config->user, features, handshake->scratch, handshake->cap,
                                   &handshake->len, &handshake->error);
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
    return result == 1 ? greeting_done(handshake) : SW_OK;
}

static int recv_challenge(sw_handshake *handshake, uint8_t *in, size_t len, size_t *used)
{
    sw_rsa_private key = sw_private_key_view(handshake->client->key);
    int result = swi_handshake_collect(handshake, SW_BAND_CHALLENGE, key.n_size, in, len, used);

    if (result <= 0)
        return result;
    key.prepared = handshake->client->prepared_key;
    result = sw_challenge_open(&handshake->challenge, handshake->client->crypto, &key,
                               handshake->features, handshake->scratch, handshake->len,
                               &handshake->error);
    if (result < 0)
        return result;
    memcpy(swi_handshake_body(handshake), handshake->challenge.response,
           handshake->challenge.response_size);
    return swi_handshake_send_body(handshake, SW_BAND_CHALLENGE_RESPONSE,
                                  handshake->challenge.response_size, CLIENT_RESPONSE);
}

int swi_client_recv(sw_handshake *handshake, uint8_t *in, size_t len, size_t *used)
{
    if (handshake->state == CLIENT_GREETING)
        return recv_greeting(handshake, in, len, used);
    return recv_challenge(handshake, in, len, used);
}

int swi_client_quiet(sw_handshake *handshake)
{
    const sw_greeting *greeting = &handshake->greeting;

    if (handshake->state == CLIENT_GREETING && greeting->lines > 0 && greeting->column == 0)
        return greeting_done(handshake);
    return SW_OK;
}
