/* SPDX-License-Identifier: ISC */
/* The Noise handshake of a sealed session, in frames: the request line, a message of the client, one of the
 * server [sealed, sections 1 and 2]. */
#include "handshake_internal.h"

#include <sidewire/record.h>

#include <string.h>

#include "error_internal.h"

static const char line_start[] = "auth ";
static const char plain_start[] = "auth rsa ";

enum {
    FRAME_HEADER_SIZE = 2,
    PAYLOAD_SIZE = 2, /* a record limit */
    LINE_START_LEN = sizeof(line_start) - 1,
    PLAIN_START_LEN = sizeof(plain_start) - 1,
    LINE_MAX = LINE_START_LEN + SW_FEATURE_NAME_MAX,
    MESSAGE_1_SIZE = SW_NOISE_OVERHEAD_1 + PAYLOAD_SIZE,
    MESSAGE_2_SIZE = SW_NOISE_OVERHEAD_2 + PAYLOAD_SIZE
};

static const struct {
    unsigned feature;
    sw_suite suite;
} suites[SWI_NOISES] = {
    { SW_FEATURE_NOISE_AESGCM, SW_SUITE_AESGCM },
    { SW_FEATURE_NOISE_CHACHAPOLY, SW_SUITE_CHACHAPOLY },
};

int swi_policy_is_sealed_only(const sw_policy *policy)
{
    return policy->require_sealed ||
           ((policy->features & SW_FEATURES_SEALED) && swi_handshake_policy_check(policy, policy->features) < 0);
}

static sw_noise *chosen(const sw_handshake *handshake)
{
    return &handshake->noise[handshake->noise_at];
}

void swi_sealed_drop(sw_handshake *handshake)
{
    if (handshake->noise == NULL)
        return;
    for (int i = 0; i < SWI_NOISES; i++)
        sw_noise_wipe(&handshake->noise[i]);
    handshake->noise = NULL;
}

/* ---- frames ---- */

static void write_number(uint8_t out[2], size_t number)
{
    out[0] = (uint8_t)(number >> 8);
    out[1] = (uint8_t)number;
}

static size_t read_number(const uint8_t in[2])
{
    return (size_t)in[0] << 8 | in[1];
}

/* Collects a frame whose message has `size` bytes in scratch. 1: it is whole. */
static int collect_frame(sw_handshake *handshake, size_t size, const uint8_t *in, size_t len, size_t *used)
{
    while (*used < len && handshake->len < FRAME_HEADER_SIZE + size) {
        handshake->scratch[handshake->len++] = in[(*used)++];
        if (handshake->len == FRAME_HEADER_SIZE && read_number(handshake->scratch) != size)
            return swi_error_set(&handshake->error, SW_E_FRAME_SIZE, read_number(handshake->scratch), size);
    }
    return handshake->len == FRAME_HEADER_SIZE + size;
}

/* Reads the message of the frame that is in scratch, and the peer's limit in it. */
static int read_message(sw_handshake *handshake, size_t size)
{
    uint8_t *payload;
    size_t payload_len;
    int result =
        sw_noise_read(chosen(handshake), handshake->scratch + FRAME_HEADER_SIZE, size, &payload, &payload_len);

    if (result < 0)
        return result;
    handshake->peer_limit = (uint16_t)read_number(payload);
    if (handshake->peer_limit < SW_RECORD_LIMIT_MIN)
        return swi_error_set(&handshake->error, SW_E_RECORD_LIMIT, handshake->peer_limit, SW_RECORD_LIMIT_MIN);
    return SW_OK;
}

/* Writes a frame around this side's message behind what is in scratch. */
static int write_message(sw_handshake *handshake, size_t size)
{
    uint8_t *frame = handshake->scratch + handshake->len;
    uint8_t payload[PAYLOAD_SIZE];
    size_t written;
    int result;

    write_number(payload, handshake->own_limit);
    write_number(frame, size);
    result =
        sw_noise_write(chosen(handshake), payload, sizeof(payload), frame + FRAME_HEADER_SIZE, size, &written);
    handshake->len += FRAME_HEADER_SIZE + size;
    return result;
}

/* The handshake is complete: what the session needs of it. */
static int take_results(sw_handshake *handshake, const uint8_t ephemeral[SW_X25519_SIZE])
{
    sw_noise *noise = chosen(handshake);
    sw_secrets *secrets = &handshake->challenge;

    memcpy(secrets->ephemeral, ephemeral, SW_X25519_SIZE);
    memcpy(handshake->hash, noise->hash, sizeof(handshake->hash));
    return sw_noise_split(noise, secrets->client_key, secrets->server_key);
}

/* ---- client ---- */

int swi_sealed_listen(sw_handshake *handshake)
{
    const sw_client_config *config = handshake->client;
    int result = SW_OK;

    if (!(config->policy.features & SW_FEATURES_SEALED))
        handshake->noise = NULL;
    if (handshake->noise == NULL)
        return SW_OK;
    for (int i = 0; i < SWI_NOISES && result == SW_OK; i++)
        if (config->policy.features & suites[i].feature)
            result = sw_noise_initiator(&handshake->noise[i], config->crypto, suites[i].suite);
    return result;
}

int swi_sealed_hear(sw_handshake *handshake, const uint8_t *greeting, size_t len)
{
    int result = SW_OK;

    for (int i = 0; i < SWI_NOISES && handshake->noise != NULL && result == SW_OK; i++)
        if (handshake->noise[i].crypto != NULL)
            result = sw_noise_prologue(&handshake->noise[i], greeting, len);
    return result;
}

/* Writes the line of a suite, without its LF, and returns its length. */
static size_t write_line(char out[LINE_MAX], unsigned feature)
{
    memcpy(out, line_start, LINE_START_LEN);
    return LINE_START_LEN + sw_features_format(feature, out + LINE_START_LEN, LINE_MAX - LINE_START_LEN);
}

int swi_sealed_request(sw_handshake *handshake, unsigned feature)
{
    uint8_t which = feature & SW_FEATURE_NOISE_AESGCM ? 0 : 1;
    size_t len = write_line((char *)handshake->scratch, suites[which].feature);
    int result;

    handshake->noise_at = which;
    sw_noise_wipe(&handshake->noise[1 - which]);
    handshake->scratch[len++] = '\n';
    handshake->len = len;
    handshake->features = SW_FEATURE_SIDEBAND | suites[which].feature;
    handshake->state = CLIENT_SEALED_REQUEST;
    result = sw_noise_prologue(chosen(handshake), handshake->scratch, len);
    return result < 0 ? result : write_message(handshake, MESSAGE_1_SIZE);
}

int swi_sealed_recv_reply(sw_handshake *handshake, const uint8_t *in, size_t len, size_t *used)
{
    int result = collect_frame(handshake, MESSAGE_2_SIZE, in, len, used);

    if (result <= 0)
        return result;
    result = read_message(handshake, MESSAGE_2_SIZE);
    if (result < 0)
        return result;
    memcpy(handshake->server_key, chosen(handshake)->peer_static, SW_X25519_SIZE);
    handshake->state = CLIENT_SERVER_KEY;
    return SW_OK;
}

static int accept_server(sw_handshake *handshake, int accept)
{
    uint8_t ephemeral[SW_X25519_SIZE];

    if (!accept)
        return SW_E_SERVER_KEY;
    memcpy(ephemeral, chosen(handshake)->ephemeral.public_half, sizeof(ephemeral));
    handshake->state = HANDSHAKE_DONE;
    return take_results(handshake, ephemeral);
}

int swi_handshake_accept(sw_handshake *handshake, int accept)
{
    int result = swi_handshake_due(handshake, SW_STEP_SERVER_KEY);

    if (result == SW_OK)
        result = accept_server(handshake, accept);
    return swi_handshake_result(handshake, result);
}

/* ---- server ---- */

/* How the request so far compares with the line of a suite: the bit of one that begins so, and with
 * is_whole, one that is so. */
static unsigned find_line(const sw_handshake *handshake, int is_whole)
{
    char line[LINE_MAX];

    if (handshake->noise == NULL)
        return 0;
    for (int i = 0; i < SWI_NOISES; i++) {
        size_t len = write_line(line, suites[i].feature);
        if ((handshake->server->policy.features & suites[i].feature) && handshake->len <= len &&
            (!is_whole || handshake->len == len) && memcmp(handshake->scratch, line, handshake->len) == 0)
            return suites[i].feature;
    }
    return 0;
}

unsigned swi_sealed_line_feature(const sw_handshake *handshake)
{
    return find_line(handshake, 1);
}

int swi_sealed_is_prefix(const sw_handshake *handshake)
{
    return find_line(handshake, 0) != 0;
}

int swi_sealed_may_begin(const sw_handshake *handshake)
{
    size_t n = handshake->len < PLAIN_START_LEN ? handshake->len : (size_t)PLAIN_START_LEN;

    if (handshake->noise == NULL || swi_sealed_is_prefix(handshake))
        return 1;
    return !swi_policy_is_sealed_only(&handshake->server->policy) &&
           memcmp(handshake->scratch, plain_start, n) == 0;
}

/* The prologue is the greeting as it was sent, and the line. */
int swi_sealed_requested(sw_handshake *handshake, unsigned feature)
{
    const sw_server_config *config = handshake->server;
    char line[LINE_MAX + 1];
    size_t line_len = write_line(line, feature);
    size_t len;
    int result;

    line[line_len++] = '\n';
    result = sw_greeting_format(config->banner, config->policy.features, handshake->scratch, handshake->cap, &len,
                                &handshake->error);
    if (result == SW_OK)
        result = sw_noise_responder(handshake->noise, config->crypto,
                                    suites[feature == SW_FEATURE_NOISE_AESGCM ? 0 : 1].suite, config->server_key);
    if (result == SW_OK)
        result = sw_noise_prologue(handshake->noise, handshake->scratch, len);
    if (result == SW_OK)
        result = sw_noise_prologue(handshake->noise, (const uint8_t *)line, line_len);
    handshake->len = 0;
    handshake->features = SW_FEATURE_SIDEBAND | feature;
    handshake->state = SERVER_SEALED_MESSAGE;
    return result;
}

int swi_sealed_recv_message(sw_handshake *handshake, const uint8_t *in, size_t len, size_t *used)
{
    uint8_t ephemeral[SW_X25519_SIZE];
    int result = collect_frame(handshake, MESSAGE_1_SIZE, in, len, used);

    if (result <= 0)
        return result;
    result = read_message(handshake, MESSAGE_1_SIZE);
    handshake->len = 0;
    if (result == SW_OK)
        result = write_message(handshake, MESSAGE_2_SIZE);
    if (result < 0)
        return result;
    memcpy(ephemeral, handshake->noise->peer_ephemeral, sizeof(ephemeral));
    handshake->state = SERVER_SEALED_REPLY;
    return take_results(handshake, ephemeral);
}
