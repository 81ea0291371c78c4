/* SPDX-License-Identifier: ISC */
/* The step machine: what does not depend on the role. */
#include "handshake_internal.h"

#include <string.h>

#include "error_internal.h"
#include "secret.h"

int swi_handshake_result(sw_handshake *handshake, int result)
{
    if (result < 0 && handshake != NULL) {
        sw_secrets_wipe(&handshake->challenge);
        swi_sealed_drop(handshake);
        swi_secret_wipe(handshake->scratch, handshake->cap);
        handshake->error.code = result;
    }
    return result;
}

/* Met now rather than in the middle of a session. */
static int is_complete(const sw_crypto *crypto)
{
    return crypto->aes_state_size <= SW_AES_STATE_SIZE && crypto->random != NULL && crypto->sha1 != NULL &&
           crypto->sha256 != NULL && crypto->oaep_encrypt != NULL && crypto->oaep_decrypt != NULL &&
           crypto->aes_init != NULL && crypto->aes_apply != NULL && crypto->aes_wipe != NULL &&
           (crypto->key_prepare == NULL) == (crypto->key_forget == NULL);
}

static int is_complete_sealed(const sw_crypto *crypto)
{
    return crypto->sha256_state_size <= SW_SHA256_STATE_SIZE && crypto->aead_state_size <= SW_AEAD_STATE_SIZE &&
           crypto->sha256_start != NULL && crypto->x25519 != NULL && crypto->aead_start != NULL &&
           crypto->rsa_sign != NULL && crypto->rsa_verify != NULL;
}

int swi_handshake_check(sw_handshake *handshake, const sw_crypto *crypto, const sw_policy *policy,
                        const uint8_t *scratch, size_t cap)
{
    size_t least;

    if (crypto == NULL || scratch == NULL)
        return SW_E_NULL;
    if (!is_complete(crypto))
        return SW_E_BACKEND;
    if (!swi_features_consistent(policy->features))
        return SW_E_CONFIG;
    if ((policy->features & SW_FEATURES_SEALED) && !is_complete_sealed(crypto))
        return SW_E_BACKEND;
    /* the best these features can lead to must be allowed */
    if (policy->features & SW_FEATURES_SEALED
            ? handshake->noise == NULL
            : policy->require_sealed || swi_handshake_policy_check(policy, policy->features) < 0)
        return SW_E_CONFIG;
    least = swi_policy_is_sealed_only(policy) ? SW_SCRATCH_SEALED : SW_SCRATCH_MIN;
    if (cap < least)
        return swi_error_set(&handshake->error, SW_E_SPACE, cap, least);
    return SW_OK;
}

void swi_handshake_begin(sw_handshake *handshake, uint8_t *scratch, size_t cap, unsigned state)
{
    handshake->scratch = scratch;
    handshake->cap = cap < SW_SCRATCH_FULL ? cap : SW_SCRATCH_FULL;
    handshake->state = state;
}

int swi_handshake_policy_check(const sw_policy *policy, unsigned features)
{
    if (!(features & SW_FEATURE_SIDEBAND))
        return policy->allow_legacy ? SW_OK : SW_E_LEGACY_REFUSED;
    if (sw_features_cipher(features) == SW_CIPHER_RC4 && !policy->allow_rc4)
        return SW_E_RC4_REFUSED;
    /* a side that knows no better itself asks for it */
    if ((policy->features & ~features & SW_FEATURE_SHA256) && !policy->allow_rc4 && !policy->allow_sha1)
        return SW_E_SHA1_REFUSED;
    return SW_OK;
}

/* ---- messages ---- */

uint8_t *swi_handshake_body(const sw_handshake *handshake)
{
    return handshake->scratch + (handshake->features & SW_FEATURE_SIDEBAND ? SW_HEADER_SIZE : 0);
}

int swi_handshake_send_body(sw_handshake *handshake, uint8_t band, size_t size, unsigned state)
{
    uint8_t *body = swi_handshake_body(handshake);

    handshake->len = size;
    if (body != handshake->scratch) {
        sw_encoder encoder;
        sw_encoder_init(&encoder);
        sw_encoder_begin(&encoder, band, (uint32_t)size, handshake->scratch);
        handshake->len += SW_HEADER_SIZE;
    }
    handshake->state = state;
    return SW_OK;
}

/* A message was sent: goes on to the one that answers it, with all of scratch free. */
static void await_answer(sw_handshake *handshake)
{
    uint32_t limit = 0; /* of a packet's body */

    switch (handshake->state) {
    case SERVER_GREETING: handshake->state = SERVER_REQUEST; break;
    case CLIENT_REQUEST:
        handshake->state = CLIENT_CHALLENGE;
        limit = SW_CHALLENGE_MAX;
        break;
    case CLIENT_SEALED_REQUEST: handshake->state = CLIENT_SEALED_REPLY; break;
    case SERVER_CHALLENGE:
        handshake->state = SERVER_RESPONSE;
        limit = SW_RESPONSE_MAX;
        break;
    default: handshake->state = HANDSHAKE_DONE; break;
    }
    sw_decoder_init(&handshake->decoder, limit);
    swi_secret_wipe(handshake->scratch, handshake->cap);
    handshake->len = 0;
    handshake->sent = 0;
}

int swi_handshake_collect(sw_handshake *handshake, uint8_t band, size_t size, uint8_t *in, size_t len,
                          size_t *used)
{
    sw_chunk chunk;

    if (handshake->features & SW_FEATURE_SIDEBAND) {
        int result = sw_decoder_next(&handshake->decoder, in, len, used, &chunk);
        handshake->error = handshake->decoder.error;
        if (result <= 0)
            return result;
        if (chunk.band != band)
            return swi_error_set(&handshake->error, SW_E_BAND, chunk.band, band);
    } else {
        chunk.size = (uint32_t)size;
        chunk.offset = (uint32_t)handshake->len;
        chunk.len = (uint32_t)(len < size - handshake->len ? len : size - handshake->len);
        chunk.data = in;
        *used = chunk.len;
    }
    if (chunk.offset < handshake->cap) {
        size_t room = handshake->cap - chunk.offset;
        memcpy(handshake->scratch + chunk.offset, chunk.data, chunk.len < room ? chunk.len : room);
    }
    handshake->len += chunk.len;
    return sw_chunk_is_last(&chunk);
}

/* ---- public calls ---- */

int sw_handshake_step(const sw_handshake *handshake)
{
    static const uint8_t steps[] = {
        [CLIENT_GREETING] = SW_STEP_RECV,         [CLIENT_REQUEST] = SW_STEP_SEND,
        [CLIENT_CHALLENGE] = SW_STEP_RECV,        [CLIENT_RESPONSE] = SW_STEP_SEND,
        [CLIENT_SEALED_REQUEST] = SW_STEP_SEND,   [CLIENT_SEALED_REPLY] = SW_STEP_RECV,
        [CLIENT_SERVER_KEY] = SW_STEP_SERVER_KEY, [SERVER_GREETING] = SW_STEP_SEND,
        [SERVER_REQUEST] = SW_STEP_RECV,          [SERVER_KEY] = SW_STEP_KEY,
        [SERVER_CHALLENGE] = SW_STEP_SEND,        [SERVER_RESPONSE] = SW_STEP_RECV,
        [SERVER_SEALED_MESSAGE] = SW_STEP_RECV,   [SERVER_SEALED_REPLY] = SW_STEP_SEND,
        [HANDSHAKE_DONE] = SW_STEP_DONE,
    };

    if (handshake == NULL)
        return SW_E_NULL;
    if (handshake->error.code < 0)
        return handshake->error.code;
    if (handshake->state == HANDSHAKE_NEW)
        return SW_E_STATE; /* never started, or finished */
    return steps[handshake->state];
}

int swi_handshake_due(const sw_handshake *handshake, int step)
{
    int now = sw_handshake_step(handshake);

    if (now < 0)
        return now;
    return now == step ? SW_OK : SW_E_STATE;
}

static int receive(sw_handshake *handshake, uint8_t *in, size_t len, size_t *used)
{
    if (used == NULL || (in == NULL && len > 0))
        return SW_E_NULL;
    if (len == 0)
        return SW_OK;
    return handshake->client != NULL ? swi_client_recv(handshake, in, len, used)
                                     : swi_server_recv(handshake, in, len, used);
}

int sw_handshake_recv(sw_handshake *handshake, uint8_t *in, size_t len, size_t *used)
{
    int result = swi_handshake_due(handshake, SW_STEP_RECV);

    if (used != NULL)
        *used = 0;
    if (result == SW_OK)
        result = receive(handshake, in, len, used);
    return swi_handshake_result(handshake, result);
}

int sw_handshake_burst_end(sw_handshake *handshake)
{
    int result = sw_handshake_step(handshake);

    if (result == SW_STEP_RECV && handshake->server != NULL)
        result = swi_server_burst_end(handshake);
    return swi_handshake_result(handshake, result < 0 ? result : SW_OK);
}

int sw_handshake_greeting_end(sw_handshake *handshake)
{
    int result = sw_handshake_step(handshake);

    if (result > 0)
        result = handshake->client != NULL ? swi_client_greeting_end(handshake) : SW_E_STATE;
    return swi_handshake_result(handshake, result);
}

int sw_handshake_end(sw_handshake *handshake)
{
    int result = sw_handshake_step(handshake);

    if (result >= 0) {
        handshake->error = sw_decoder_end(&handshake->decoder);
        result = handshake->error.code < 0 ? handshake->error.code : SW_E_CLOSED;
    }
    return swi_handshake_result(handshake, result);
}

const uint8_t *sw_handshake_output(const sw_handshake *handshake, size_t *len)
{
    if (len == NULL)
        return NULL;
    *len = 0;
    if (sw_handshake_step(handshake) != SW_STEP_SEND)
        return NULL;
    *len = handshake->len - handshake->sent;
    return handshake->scratch + handshake->sent;
}

static int sent(sw_handshake *handshake, size_t n)
{
    size_t left = handshake->len - handshake->sent;

    if (n > left)
        return swi_error_set(&handshake->error, SW_E_SPACE, left, n);
    handshake->sent += n;
    if (n == left)
        await_answer(handshake);
    return SW_OK;
}

int sw_handshake_sent(sw_handshake *handshake, size_t n)
{
    int result = swi_handshake_due(handshake, SW_STEP_SEND);

    if (result == SW_OK)
        result = sent(handshake, n);
    return swi_handshake_result(handshake, result);
}

unsigned sw_handshake_features(const sw_handshake *handshake)
{
    return handshake == NULL ? 0 : handshake->features;
}

/* Starts the ciphers from client to server and back. */
static int finish(sw_handshake *handshake, sw_cipher *up, sw_cipher *down, const sw_crypto *crypto)
{
    sw_cipher_kind kind = sw_features_cipher(handshake->features);
    int result;

    result = sw_cipher_init(up, kind, crypto, handshake->challenge.client_key);
    if (result == SW_OK)
        result = sw_cipher_init(down, kind, crypto, handshake->challenge.server_key);
    if (result == SW_OK)
        sw_handshake_wipe(handshake);
    else
        sw_cipher_wipe(up);
    return result;
}

int sw_handshake_finish(sw_handshake *handshake, sw_cipher *in, sw_cipher *out)
{
    int result = swi_handshake_due(handshake, SW_STEP_DONE);

    /* so that both may be wiped whatever happens */
    if (in != NULL)
        swi_secret_wipe(in, sizeof(*in));
    if (out != NULL)
        swi_secret_wipe(out, sizeof(*out));
    if (result == SW_OK && (in == NULL || out == NULL))
        result = SW_E_NULL;
    if (result == SW_OK)
        result = handshake->client != NULL ? finish(handshake, out, in, handshake->client->crypto)
                                           : finish(handshake, in, out, handshake->server->crypto);
    return swi_handshake_result(handshake, result);
}

sw_error sw_handshake_error(const sw_handshake *handshake)
{
    return swi_error_of(handshake != NULL ? &handshake->error : NULL);
}

void sw_handshake_wipe(sw_handshake *handshake)
{
    if (handshake == NULL)
        return;
    swi_sealed_drop(handshake);
    swi_secret_wipe(handshake->scratch, handshake->cap);
    swi_secret_wipe(handshake, sizeof(*handshake));
}
