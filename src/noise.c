/* SPDX-License-Identifier: ISC */
/* The handshake of either role [sealed, section 2]. */
#include "noise_internal.h"

#include <string.h>

#include "error_internal.h"
#include "hmac.h"
#include "secret.h"

/* NEW is what zeroed memory is. */
enum {
    NOISE_NEW = 0,
    INITIATOR_START,    /* the prologue comes in, then message 1 is written */
    INITIATOR_SENT,     /* message 2 is awaited */
    RESPONDER_START,    /* the prologue comes in, then message 1 is read */
    RESPONDER_RECEIVED, /* message 2 is to be written */
    NOISE_DONE,
    NOISE_SPLIT,
    NOISE_FAILED
};

static const struct suite {
    char protocol[33], feature[33];
} suites[] = {
    [SW_SUITE_AESGCM] = { "Noise_NX_25519_AESGCM_SHA256", "noise_nx_25519_aesgcm_sha256" },
    [SW_SUITE_CHACHAPOLY] = { "Noise_NX_25519_ChaChaPoly_SHA256", "noise_nx_25519_chachapoly_sha256" },
};

static int is_suite(sw_suite suite)
{
    return suite == SW_SUITE_AESGCM || suite == SW_SUITE_CHACHAPOLY;
}

const char *sw_suite_name(sw_suite suite)
{
    return is_suite(suite) ? suites[suite].feature : NULL;
}

/* ---- results ---- */

static void wipe_secrets(sw_noise *noise)
{
    if (noise->state == INITIATOR_START || noise->state == RESPONDER_START)
        noise->crypto->sha256_wipe(noise->crypto->ctx, noise->u.prologue);
    swi_secret_wipe(&noise->ephemeral, sizeof(noise->ephemeral));
    swi_secret_wipe(noise->chaining_key, sizeof(noise->chaining_key));
    swi_secret_wipe(&noise->u, sizeof(noise->u));
    noise->own_static = NULL;
}

static int finish(sw_noise *noise, int result)
{
    if (result < 0 && noise != NULL) {
        wipe_secrets(noise);
        noise->state = NOISE_FAILED;
        noise->error.code = result;
    }
    return result;
}

/* SW_OK, or the error to return: the call belongs to a state that is one of two. */
static int check(const sw_noise *noise, int state, int or_state)
{
    if (noise == NULL)
        return SW_E_NULL;
    if (noise->error.code < 0)
        return noise->error.code;
    return noise->state == state || noise->state == or_state ? SW_OK : SW_E_STATE;
}

/* ---- start ---- */

static int start(sw_noise *noise, const sw_crypto *crypto, sw_suite suite, int state)
{
    if (noise == NULL)
        return SW_E_NULL;
    memset(noise, 0, sizeof(*noise));
    if (crypto == NULL)
        return SW_E_NULL;
    if (!is_suite(suite))
        return SW_E_CONFIG;
    if (crypto->x25519 == NULL || crypto->aead_start == NULL || crypto->sha256_state_size > SW_SHA256_STATE_SIZE ||
        crypto->aead_state_size > SW_AEAD_STATE_SIZE)
        return SW_E_BACKEND;
    noise->crypto = crypto;
    noise->suite = suite;
    /* both names are as long as a hash at most, so they are hashes themselves */
    memcpy(noise->hash, suites[suite].protocol, sizeof(noise->hash));
    memcpy(noise->chaining_key, noise->hash, sizeof(noise->hash));
    noise->state = state;
    if (crypto->sha256_start(crypto->ctx, noise->u.prologue) < 0 ||
        crypto->sha256_update(crypto->ctx, noise->u.prologue, noise->hash, sizeof(noise->hash)) < 0)
        return SW_E_HASH;
    return SW_OK;
}

int sw_noise_initiator(sw_noise *noise, const sw_crypto *crypto, sw_suite suite)
{
    return finish(noise, start(noise, crypto, suite, INITIATOR_START));
}

int sw_noise_responder(sw_noise *noise, const sw_crypto *crypto, sw_suite suite, const sw_x25519_key *own_static)
{
    int result = start(noise, crypto, suite, RESPONDER_START);

    if (result == SW_OK && own_static == NULL)
        result = SW_E_NULL;
    if (result == SW_OK)
        noise->own_static = own_static;
    return finish(noise, result);
}

int sw_noise_prologue(sw_noise *noise, const uint8_t *data, size_t len)
{
    int result = check(noise, INITIATOR_START, RESPONDER_START);

    if (result == SW_OK && data == NULL && len > 0)
        result = SW_E_NULL;
    if (result == SW_OK && len > 0 &&
        noise->crypto->sha256_update(noise->crypto->ctx, noise->u.prologue, data, len) < 0)
        result = SW_E_HASH;
    return finish(noise, result);
}

static int end_prologue(sw_noise *noise, int next_state)
{
    const sw_crypto *crypto = noise->crypto;

    noise->state = next_state;
    return crypto->sha256_finish(crypto->ctx, noise->u.prologue, noise->hash) < 0 ? SW_E_HASH : SW_OK;
}

/* ---- messages ---- */

static int make_ephemeral(sw_noise *noise)
{
    const sw_crypto *crypto = noise->crypto;
    sw_x25519_key *e = &noise->ephemeral;

    if (crypto->random(crypto->ctx, e->secret, sizeof(e->secret)) < 0)
        return SW_E_RANDOM;
    if (crypto->x25519_public(crypto->ctx, e->public_half, e->secret) < 0)
        return SW_E_X25519;
    return swi_noise_mix_hash(noise, e->public_half, sizeof(e->public_half));
}

/* e, payload */
static int write_first(sw_noise *noise, uint8_t *out, size_t len)
{
    int result = end_prologue(noise, INITIATOR_SENT);

    if (result == SW_OK)
        result = make_ephemeral(noise);
    if (result == SW_OK)
        result = swi_noise_mix_hash(noise, out + SW_X25519_SIZE, len);
    if (result == SW_OK)
        memcpy(out, noise->ephemeral.public_half, SW_X25519_SIZE);
    return result;
}

/* e, ee, s, es, payload */
static int write_second(sw_noise *noise, uint8_t *out, size_t len)
{
    uint8_t *s = out + SW_X25519_SIZE;
    int result = make_ephemeral(noise);

    if (result == SW_OK)
        result = swi_noise_mix_key(noise, &noise->ephemeral, noise->peer_ephemeral);
    if (result == SW_OK) {
        memcpy(out, noise->ephemeral.public_half, SW_X25519_SIZE);
        memcpy(s, noise->own_static->public_half, SW_X25519_SIZE);
        result = swi_noise_encrypt_and_hash(noise, s, SW_X25519_SIZE);
    }
    if (result == SW_OK)
        result = swi_noise_mix_key(noise, noise->own_static, noise->peer_ephemeral);
    if (result == SW_OK)
        result = swi_noise_encrypt_and_hash(noise, s + SW_X25519_SIZE + SW_AEAD_TAG_SIZE, len);
    noise->state = NOISE_DONE;
    return result;
}

static int write_message(sw_noise *noise, const uint8_t *payload, size_t len, uint8_t *out, size_t cap,
                         size_t *written)
{
    size_t overhead = noise->state == INITIATOR_START ? SW_NOISE_OVERHEAD_1 : SW_NOISE_OVERHEAD_2;
    size_t at = noise->state == INITIATOR_START ? overhead : overhead - SW_AEAD_TAG_SIZE;
    int result;

    if (written == NULL || out == NULL || (payload == NULL && len > 0))
        return SW_E_NULL;
    if (cap < overhead || cap - overhead < len)
        return swi_error_set(&noise->error, SW_E_SPACE, cap, overhead + len);
    if (len > 0)
        memmove(out + at, payload, len);
    result = noise->state == INITIATOR_START ? write_first(noise, out, len) : write_second(noise, out, len);
    if (result == SW_OK)
        *written = overhead + len;
    return result;
}

int sw_noise_write(sw_noise *noise, const uint8_t *payload, size_t len, uint8_t *out, size_t cap, size_t *written)
{
    int result = check(noise, INITIATOR_START, RESPONDER_RECEIVED);

    if (written != NULL)
        *written = 0;
    if (result == SW_OK)
        result = write_message(noise, payload, len, out, cap, written);
    return finish(noise, result);
}

static int read_first(sw_noise *noise, uint8_t *message, size_t len)
{
    int result = end_prologue(noise, RESPONDER_RECEIVED);

    memcpy(noise->peer_ephemeral, message, SW_X25519_SIZE);
    if (result == SW_OK)
        result = swi_noise_mix_hash(noise, message, SW_X25519_SIZE);
    if (result == SW_OK)
        result = swi_noise_mix_hash(noise, message + SW_X25519_SIZE, len);
    return result;
}

static int read_second(sw_noise *noise, uint8_t *message, size_t len)
{
    uint8_t *s = message + SW_X25519_SIZE;
    int result = swi_noise_mix_hash(noise, message, SW_X25519_SIZE);

    memcpy(noise->peer_ephemeral, message, SW_X25519_SIZE);
    if (result == SW_OK)
        result = swi_noise_mix_key(noise, &noise->ephemeral, noise->peer_ephemeral);
    if (result == SW_OK)
        result = swi_noise_decrypt_and_hash(noise, s, SW_X25519_SIZE);
    if (result == SW_OK) {
        memcpy(noise->peer_static, s, SW_X25519_SIZE);
        result = swi_noise_mix_key(noise, &noise->ephemeral, noise->peer_static);
    }
    if (result == SW_OK)
        result = swi_noise_decrypt_and_hash(noise, s + SW_X25519_SIZE + SW_AEAD_TAG_SIZE, len);
    if (result < 0) {
        swi_secret_wipe(noise->peer_static, sizeof(noise->peer_static));
        swi_secret_wipe(message, SW_NOISE_OVERHEAD_2 + len);
    }
    noise->state = NOISE_DONE;
    return result;
}

static int read_message(sw_noise *noise, uint8_t *message, size_t len, uint8_t **payload, size_t *payload_len)
{
    int is_first = noise->state == RESPONDER_START;
    size_t overhead = is_first ? SW_NOISE_OVERHEAD_1 : SW_NOISE_OVERHEAD_2;
    int result;

    if (message == NULL || payload == NULL || payload_len == NULL)
        return SW_E_NULL;
    if (len < overhead)
        return swi_error_set(&noise->error, SW_E_FRAME_SIZE, len, overhead);
    result = is_first ? read_first(noise, message, len - overhead) : read_second(noise, message, len - overhead);
    if (result < 0)
        return result;
    *payload = message + (is_first ? overhead : overhead - SW_AEAD_TAG_SIZE);
    *payload_len = len - overhead;
    return SW_OK;
}

int sw_noise_read(sw_noise *noise, uint8_t *message, size_t len, uint8_t **payload, size_t *payload_len)
{
    int result = check(noise, INITIATOR_SENT, RESPONDER_START);

    if (payload != NULL)
        *payload = NULL;
    if (payload_len != NULL)
        *payload_len = 0;
    if (result == SW_OK)
        result = read_message(noise, message, len, payload, payload_len);
    return finish(noise, result);
}

/* ---- end ---- */

int sw_noise_split(sw_noise *noise, uint8_t from_initiator[SW_NOISE_KEY_SIZE],
                   uint8_t from_responder[SW_NOISE_KEY_SIZE])
{
    int result = check(noise, NOISE_DONE, NOISE_DONE);

    if (result == SW_OK && (from_initiator == NULL || from_responder == NULL))
        result = SW_E_NULL;
    if (result == SW_OK &&
        swi_hkdf(noise->crypto, noise->chaining_key, NULL, 0, from_initiator, from_responder) < 0)
        result = SW_E_HASH;
    if (result < 0)
        return finish(noise, result);
    wipe_secrets(noise);
    noise->state = NOISE_SPLIT;
    return SW_OK;
}

sw_error sw_noise_error(const sw_noise *noise)
{
    return swi_error_of(noise != NULL ? &noise->error : NULL);
}

void sw_noise_wipe(sw_noise *noise)
{
    if (noise == NULL)
        return;
    wipe_secrets(noise);
    swi_secret_wipe(noise, sizeof(*noise));
}
