/* The step machine: what does not depend on the role. */
#include "handshake_internal.h"

#include <string.h>

#include "secret.h"

int handshake_fail_with(sw_handshake *handshake, sw_error error)
{
    sw_challenge_wipe(&handshake->challenge);
    if (handshake->scratch != NULL)
        secret_wipe(handshake->scratch, handshake->cap);
    handshake->error = error;
    return error.code;
}

int handshake_fail(sw_handshake *handshake, int code)
{
    sw_error error = { code, 0, 0 };

    return handshake_fail_with(handshake, error);
}

int handshake_config_check(const sw_crypto *crypto, const sw_policy *policy)
{
    unsigned features = policy->features;

    if (crypto == NULL)
        return SW_E_NULL;
    if (crypto->struct_size < sizeof(*crypto) || features > SW_FEATURES_ALL)
        return SW_E_CONFIG;
    if (features != 0 && !(features & SW_FEATURE_SIDEBAND))
        return SW_E_CONFIG;
    /* the best these features can lead to must be allowed */
    return handshake_policy_check(policy, features) < 0 ? SW_E_CONFIG : SW_OK;
}

int handshake_policy_check(const sw_policy *policy, unsigned features)
{
    if (!(features & SW_FEATURE_SIDEBAND))
        return policy->allow_legacy ? SW_OK : SW_E_LEGACY_REFUSED;
    if (sw_features_cipher(features) == SW_CIPHER_RC4 && !policy->allow_rc4)
        return SW_E_RC4_REFUSED;
    return SW_OK;
}

/* ---- messages ---- */

uint8_t *handshake_body(const sw_handshake *handshake)
{
    return handshake->scratch + (handshake->features & SW_FEATURE_SIDEBAND ? SW_HEADER_SIZE : 0);
}

int handshake_send_body(sw_handshake *handshake, uint8_t band, size_t size, unsigned state)
{
    uint8_t *body = handshake_body(handshake);

    handshake->len = size;
    if (body != handshake->scratch) {
        sw_encoder encoder;
        sw_encoder_init(&encoder);
        sw_encoder_packet(&encoder, band, body, (uint32_t)size, handshake->scratch, handshake->cap,
                          &handshake->len);
    }
    handshake->sent = 0;
    handshake->state = state;
    return SW_OK;
}

void handshake_await(sw_handshake *handshake, uint32_t limit, unsigned state)
{
    sw_decoder_init(&handshake->decoder, limit);
    secret_wipe(handshake->scratch, handshake->cap);
    handshake->len = 0;
    handshake->state = state;
}

static void keep_bytes(sw_handshake *handshake, const uint8_t *in, size_t n, size_t keep)
{
    if (handshake->len < keep)
        memcpy(handshake->scratch + handshake->len, in,
               n < keep - handshake->len ? n : keep - handshake->len);
    handshake->len += n;
}

static int collect_packet(sw_handshake *handshake, uint8_t band, size_t keep, uint8_t *in,
                          size_t len, size_t *used)
{
    sw_chunk chunk;
    int result = sw_decoder_next(&handshake->decoder, in, len, used, &chunk);

    if (result < 0)
        return handshake_fail_with(handshake, sw_decoder_error(&handshake->decoder));
    if (result == 0)
        return 0;
    if (chunk.band != band) {
        sw_error error = { SW_E_BAND, chunk.band, band };
        return handshake_fail_with(handshake, error);
    }
    if (chunk.len > 0)
        keep_bytes(handshake, chunk.data, chunk.len, keep);
    return sw_chunk_is_last(&chunk);
}

int handshake_collect(sw_handshake *handshake, uint8_t band, size_t size, size_t keep,
                      uint8_t *in, size_t len, size_t *used)
{
    if (handshake->features & SW_FEATURE_SIDEBAND)
        return collect_packet(handshake, band, keep, in, len, used);
    *used = len < size - handshake->len ? len : size - handshake->len;
    if (*used > 0)
        keep_bytes(handshake, in, *used, keep);
    return handshake->len == size;
}

/* ---- public calls ---- */

int sw_handshake_step(const sw_handshake *handshake)
{
    if (handshake == NULL)
        return SW_E_NULL;
    if (handshake->error.code < 0)
        return handshake->error.code;
    switch (handshake->state) {
    case CLIENT_GREETING:
    case CLIENT_CHALLENGE:
    case SERVER_REQUEST:
    case SERVER_RESPONSE:
        return SW_STEP_RECV;
    case CLIENT_REQUEST:
    case CLIENT_RESPONSE:
    case SERVER_GREETING:
    case SERVER_CHALLENGE:
        return SW_STEP_SEND;
    case SERVER_KEY:
        return SW_STEP_KEY;
    case HANDSHAKE_DONE:
        return SW_STEP_DONE;
    default:
        return SW_E_STATE; /* never started, or finished */
    }
}

/* SW_OK if that step is due; a wrong call is an error that stays. */
static int due(sw_handshake *handshake, int step)
{
    int now = sw_handshake_step(handshake);

    if (now < 0)
        return now;
    return now == step ? SW_OK : handshake_fail(handshake, SW_E_STATE);
}

int sw_handshake_recv(sw_handshake *handshake, uint8_t *in, size_t len, size_t *used)
{
    int result = due(handshake, SW_STEP_RECV);

    if (used != NULL)
        *used = 0;
    if (result < 0)
        return result;
    if (used == NULL || (in == NULL && len > 0))
        return handshake_fail(handshake, SW_E_NULL);
    if (len == 0)
        return SW_OK;
    return handshake->client != NULL ? client_recv(handshake, in, len, used)
                                     : server_recv(handshake, in, len, used);
}

int sw_handshake_quiet(sw_handshake *handshake)
{
    int step = sw_handshake_step(handshake);

    if (step < 0)
        return step;
    if (step != SW_STEP_RECV)
        return SW_OK;
    return handshake->client != NULL ? client_quiet(handshake) : server_quiet(handshake);
}

int sw_handshake_end(sw_handshake *handshake)
{
    int step = sw_handshake_step(handshake);
    sw_error error = { SW_E_CLOSED, 0, 0 };

    if (step < 0)
        return step;
    if (sw_decoder_end(&handshake->decoder) == SW_E_TRUNCATED)
        error = sw_decoder_truncation(&handshake->decoder);
    return handshake_fail_with(handshake, error);
}

const uint8_t *sw_handshake_output(const sw_handshake *handshake, size_t *len)
{
    if (len != NULL)
        *len = 0;
    if (len == NULL || sw_handshake_step(handshake) != SW_STEP_SEND)
        return NULL;
    *len = handshake->len - handshake->sent;
    return handshake->scratch + handshake->sent;
}

int sw_handshake_sent(sw_handshake *handshake, size_t n)
{
    int result = due(handshake, SW_STEP_SEND);

    if (result < 0)
        return result;
    if (n > handshake->len - handshake->sent) {
        sw_error error = { SW_E_SPACE, handshake->len - handshake->sent, n };
        return handshake_fail_with(handshake, error);
    }
    handshake->sent += n;
    if (handshake->sent < handshake->len)
        return SW_OK;
    if (handshake->client != NULL)
        client_sent(handshake);
    else
        server_sent(handshake);
    return SW_OK;
}

unsigned sw_handshake_features(const sw_handshake *handshake)
{
    return handshake == NULL ? 0 : handshake->features;
}

int sw_handshake_finish(sw_handshake *handshake, sw_cipher *in, sw_cipher *out)
{
    int result = due(handshake, SW_STEP_DONE);
    const sw_crypto *crypto;
    sw_cipher_kind kind;
    uint8_t *in_key, *out_key;

    if (result < 0)
        return result;
    if (in == NULL || out == NULL)
        return handshake_fail(handshake, SW_E_NULL);
    crypto = handshake->client != NULL ? handshake->client->crypto : handshake->server->crypto;
    kind = sw_features_cipher(handshake->features);
    in_key = handshake->challenge.client_key;
    out_key = handshake->challenge.server_key;
    if (handshake->client != NULL) {
        in_key = handshake->challenge.server_key;
        out_key = handshake->challenge.client_key;
    }
    result = sw_cipher_init(in, kind, crypto, in_key);
    if (result < 0)
        return handshake_fail(handshake, result);
    result = sw_cipher_init(out, kind, crypto, out_key);
    if (result < 0) {
        sw_cipher_wipe(in);
        return handshake_fail(handshake, result);
    }
    sw_handshake_wipe(handshake);
    return SW_OK;
}

sw_error sw_handshake_error(const sw_handshake *handshake)
{
    sw_error error = { SW_E_NULL, 0, 0 };

    return handshake == NULL ? error : handshake->error;
}

void sw_handshake_wipe(sw_handshake *handshake)
{
    if (handshake == NULL)
        return;
    if (handshake->scratch != NULL)
        secret_wipe(handshake->scratch, handshake->cap);
    secret_wipe(handshake, sizeof(*handshake));
}
