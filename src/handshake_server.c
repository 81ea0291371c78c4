/* The server's half of the handshake [protocol, sections 2 to 5]. */
#include "handshake_internal.h"

#include <string.h>

#include "error_internal.h"
#include "secret.h"

static size_t fake_size(const sw_server_config *config)
{
    return config->fake_challenge_size > 0 ? config->fake_challenge_size : SW_FAKE_CHALLENGE_SIZE;
}

static int start(sw_handshake *handshake, const sw_server_config *config, uint8_t *scratch,
                 size_t cap)
{
    size_t decoy_size; /* 0: the default, for which there is room in the least scratch */
    int result;

    if (handshake == NULL)
        return SW_E_NULL;
    memset(handshake, 0, sizeof(*handshake));
    if (config == NULL)
        return SW_E_NULL;
    result = swi_handshake_check(handshake, config->crypto, &config->policy, scratch, cap);
    if (result < 0)
        return result;
    decoy_size = config->fake_challenge_size;
    if (decoy_size > 0 && (decoy_size < SW_RSA_MIN_BITS / 8 || decoy_size > SW_RSA_MAX_SIZE))
        return SW_E_CONFIG;
    /* the block and the decoy key stand in scratch together */
    if (cap < SW_HEADER_SIZE + 2 * decoy_size)
        return swi_error_set(&handshake->error, SW_E_SPACE, cap, SW_HEADER_SIZE + 2 * decoy_size);
    result = sw_greeting_format(config->banner, config->policy.features, scratch, cap,
                                &handshake->len, &handshake->error);
    if (result < 0)
        return result;
    handshake->server = config;
    swi_handshake_begin(handshake, scratch, cap, SERVER_GREETING);
    return SW_OK;
}

int sw_handshake_server(sw_handshake *handshake, const sw_server_config *config, uint8_t *scratch,
                        size_t cap)
{
    return swi_handshake_result(handshake, start(handshake, config, scratch, cap));
}

/* ---- request ---- */

/* A seed that is the server's secret and the user's name. */
static int seed_decoy(sw_handshake *handshake)
{
    const sw_server_config *config = handshake->server;
    const sw_crypto *crypto = config->crypto;
    uint8_t message[sizeof(config->fake_secret) + SW_SHA256_SIZE];
    int failed;

    memcpy(message, config->fake_secret, sizeof(config->fake_secret));
    failed = crypto->sha256(crypto->ctx, message + sizeof(config->fake_secret),
                            (const uint8_t *)handshake->user, handshake->user_len) < 0 ||
             crypto->sha256(crypto->ctx, handshake->decoy_seed, message, sizeof(message)) < 0;
    swi_secret_wipe(message, sizeof(message));
    return failed ? SW_E_HASH : SW_OK;
}

static int request_done(sw_handshake *handshake)
{
    const sw_policy *policy = &handshake->server->policy;
    sw_request request;
    int result = sw_request_parse(handshake->scratch, handshake->len, &request, &handshake->error);

    if (result < 0)
        return result;
    if (request.features & ~policy->features)
        return SW_E_FEATURE_OFFER;
    result = swi_handshake_policy_check(policy, request.features);
    if (result < 0)
        return result;
    handshake->features = request.features;
    handshake->user = request.user;
    handshake->user_len = request.user_len;
    handshake->state = SERVER_KEY;
    return seed_decoy(handshake);
}

static int ends_in_cr(const sw_handshake *handshake)
{
    return handshake->len > 0 && handshake->scratch[handshake->len - 1] == '\r';
}

static int recv_request(sw_handshake *handshake, const uint8_t *in, size_t len, size_t *used)
{
    const size_t limit = handshake->cap; /* at most SW_REQUEST_MAX, as SW_SCRATCH_FULL is */

    while (*used < len) {
        uint8_t byte = in[(*used)++];
        if (byte == '\n' && ends_in_cr(handshake))
            handshake->len--;
        if (byte == '\n' || byte == '\0')
            return request_done(handshake);
        if (handshake->len == limit)
            return swi_error_set(&handshake->error, SW_E_REQUEST_SIZE, limit + 1, limit);
        handshake->scratch[handshake->len++] = byte;
    }
    return SW_OK;
}

int swi_server_quiet(sw_handshake *handshake)
{
    if (handshake->state != SERVER_REQUEST || handshake->len == 0)
        return SW_OK;
    /* the LF of a CR LF is still to come */
    return ends_in_cr(handshake) ? SW_OK : request_done(handshake);
}

/* ---- challenge ---- */

const char *sw_handshake_user(const sw_handshake *handshake, size_t *len)
{
    if (len == NULL)
        return NULL;
    *len = 0;
    if (sw_handshake_step(handshake) != SW_STEP_KEY)
        return NULL;
    *len = handshake->user_len;
    return handshake->user;
}

/* Real primes have their two highest bits set, so a modulus begins like the product of two such. */
static void shape_modulus(uint8_t *modulus, size_t size)
{
    uint32_t p = 0xc000u | (uint32_t)modulus[0] << 8 | modulus[1];
    uint32_t q = 0xc000u | (uint32_t)modulus[2] << 8 | modulus[3];
    uint32_t top = p * q;

    for (unsigned i = 0; i < 4; i++)
        modulus[i] = (uint8_t)(top >> (24 - 8 * i));
    modulus[size - 1] |= 1;
}

/* Stretches the seed to a modulus that nobody has the factors of. */
static int make_decoy(sw_handshake *handshake, uint8_t *modulus, size_t size)
{
    const sw_crypto *crypto = handshake->server->crypto;
    uint8_t message[SW_SHA256_SIZE + 1];
    uint8_t block[SW_SHA256_SIZE];
    int result = 0;

    memcpy(message, handshake->decoy_seed, SW_SHA256_SIZE);
    for (size_t at = 0; at < size && result >= 0; at += SW_SHA256_SIZE) {
        message[SW_SHA256_SIZE] = (uint8_t)(at / SW_SHA256_SIZE);
        result = crypto->sha256(crypto->ctx, block, message, sizeof(message));
        memcpy(modulus + at, block, size - at < sizeof(block) ? size - at : sizeof(block));
    }
    shape_modulus(modulus, size);
    swi_secret_wipe(message, sizeof(message));
    swi_secret_wipe(block, sizeof(block));
    return result < 0 ? SW_E_HASH : SW_OK;
}

static int send_challenge(sw_handshake *handshake, const sw_public_key *key)
{
    static const uint8_t exponent[] = { 1, 0, 1 };
    size_t decoy_size = fake_size(handshake->server);
    uint8_t *decoy = handshake->scratch + handshake->cap - decoy_size;
    sw_rsa_public shown = { decoy, exponent, decoy_size, sizeof(exponent) };
    size_t needed;
    int result;

    handshake->known = key != NULL;
    if (key != NULL)
        shown = sw_public_key_view(key);
    needed = SW_HEADER_SIZE + shown.n_size + decoy_size;
    if (needed > handshake->cap)
        return swi_error_set(&handshake->error, SW_E_SPACE, handshake->cap, needed);
    /* made for a known user too: the work shall be the same */
    result = make_decoy(handshake, decoy, decoy_size);
    if (result == SW_OK)
        result = sw_challenge_create(&handshake->challenge, handshake->server->crypto, &shown,
                                     handshake->features, swi_handshake_body(handshake));
    if (result == SW_OK)
        result = swi_handshake_send_body(handshake, SW_BAND_CHALLENGE, shown.n_size,
                                        SERVER_CHALLENGE);
    return result;
}

int sw_handshake_key(sw_handshake *handshake, const sw_public_key *key)
{
    int result = swi_handshake_due(handshake, SW_STEP_KEY);

    if (result == SW_OK)
        result = send_challenge(handshake, key);
    return swi_handshake_result(handshake, result);
}

/* ---- response ---- */

/* One outcome for a wrong size, a wrong hash and an unknown user, and the same work. */
static int recv_response(sw_handshake *handshake, uint8_t *in, size_t len, size_t *used)
{
    const sw_secrets *challenge = &handshake->challenge;
    int result = swi_handshake_collect(handshake, SW_BAND_CHALLENGE_RESPONSE,
                                      challenge->response_size, in, len, used);
    int authentic;

    if (result <= 0)
        return result;
    /* both are filled up with zeros */
    authentic = swi_secret_equal(handshake->scratch, challenge->response,
                                sizeof(challenge->response));
    authentic &= handshake->len == challenge->response_size;
    authentic &= handshake->known;
    if (!authentic)
        return SW_E_AUTH;
    handshake->state = HANDSHAKE_DONE;
    return SW_OK;
}

int swi_server_recv(sw_handshake *handshake, uint8_t *in, size_t len, size_t *used)
{
    if (handshake->state == SERVER_REQUEST)
        return recv_request(handshake, in, len, used);
    return recv_response(handshake, in, len, used);
}
