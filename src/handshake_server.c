/* SPDX-License-Identifier: ISC */
/* The server's half of the handshake [protocol, sections 2 to 5]. */
#include "handshake_internal.h"

#include <string.h>

#include "error_internal.h"
#include "secret.h"

/* ---- decoys: keys that unknown users seem to have ---- */

static const sw_key_kind usual_kind = { SW_RSA_MIN_BITS, 65537, 1 };

/* Those of the config, or the usual one. */
static const sw_key_kind *kinds_of(const sw_server_config *config, size_t *count)
{
    if (config->key_kind_count == 0) {
        *count = 1;
        return &usual_kind;
    }
    *count = config->key_kind_count;
    return config->key_kinds;
}

static size_t modulus_size(const sw_key_kind *kind)
{
    return (kind->bits + 7u) / 8;
}

static int kind_is_usable(const sw_key_kind *kind)
{
    return kind->bits >= SW_RSA_MIN_BITS && kind->bits <= SW_RSA_MAX_BITS && kind->users > 0 &&
           kind->exponent >= 3 && (kind->exponent & 1);
}

static int is_zero(const uint8_t *bytes, size_t n)
{
    unsigned any = 0;

    for (size_t i = 0; i < n; i++)
        any |= bytes[i];
    return any == 0;
}

static int check_decoys(sw_handshake *handshake, const sw_server_config *config, size_t cap)
{
    size_t count;
    const sw_key_kind *kinds = kinds_of(config, &count);

    if (is_zero(config->decoy_secret, sizeof(config->decoy_secret)))
        return SW_E_DECOY_SECRET;
    if (kinds == NULL)
        return SW_E_NULL;
    for (size_t i = 0; i < count; i++) {
        size_t needed = SW_HEADER_SIZE + 2 * modulus_size(&kinds[i]);
        if (!kind_is_usable(&kinds[i]))
            return SW_E_CONFIG;
        /* the block and the decoy key stand in scratch together */
        if (cap < needed)
            return swi_error_set(&handshake->error, SW_E_SPACE, cap, needed);
    }
    return SW_OK;
}

static uint32_t read_number(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* One kind for each name, each as often as users have it. */
static const sw_key_kind *choose_kind(const sw_handshake *handshake)
{
    size_t count;
    const sw_key_kind *kind = kinds_of(handshake->server, &count);
    uint64_t users = 0;
    uint64_t chosen;

    for (size_t i = 0; i < count; i++)
        users += kind[i].users;
    chosen = users * read_number(handshake->decoy_seed) >> 32;
    for (; chosen >= kind->users; kind++)
        chosen -= kind->users;
    return kind;
}

/* The highest 32 bits of a prime as key makers choose it: uniform from 2^31.5 up [FIPS 186-4, B.3]. */
static uint64_t prime_top(const uint8_t *random)
{
    const uint64_t least = 0xb504f334;

    return least + (((1ull << 32) - least) * read_number(random) >> 32);
}

/* Makes random bytes begin as a product of two such primes does, which has one bit less in half of all
 * cases: its moduli are those with as many bits as wanted. Behind the first 32 bits they are as random as those
 * of a product are; the last bits of a product of two numbers of 32 bits are not, and time depends on them. */
static void shape_modulus(uint8_t *modulus, const sw_key_kind *kind, const uint8_t *random)
{
    size_t size = modulus_size(kind);
    uint64_t top = prime_top(random) * prime_top(random + 4) >> (8 * size - kind->bits);

    for (unsigned i = 0; i < 4; i++)
        modulus[i] = (uint8_t)(top >> (56 - 8 * i));
    modulus[size - 1] |= 1;
}

/* Stretches the seed to a modulus that nobody has the factors of. */
static int make_decoy(const sw_handshake *handshake, const sw_key_kind *kind, uint8_t *modulus)
{
    const sw_crypto *crypto = handshake->server->crypto;
    size_t size = modulus_size(kind);
    uint8_t message[SW_SHA256_SIZE + 1];
    uint8_t block[SW_SHA256_SIZE];
    int result = 0;

    memcpy(message, handshake->decoy_seed, SW_SHA256_SIZE);
    for (size_t at = 0; at < size && result >= 0; at += SW_SHA256_SIZE) {
        message[SW_SHA256_SIZE] = (uint8_t)(at / SW_SHA256_SIZE);
        result = crypto->sha256(crypto->ctx, block, message, sizeof(message));
        memcpy(modulus + at, block, size - at < sizeof(block) ? size - at : sizeof(block));
    }
    shape_modulus(modulus, kind, handshake->decoy_seed + 4); /* before it is the kind */
    swi_secret_wipe(message, sizeof(message));
    swi_secret_wipe(block, sizeof(block));
    return result < 0 ? SW_E_HASH : SW_OK;
}

/* Without leading zeros. Returns its size. */
static size_t write_exponent(uint8_t out[SW_RSA_MAX_EXPONENT_SIZE], uint64_t exponent)
{
    size_t size = 0;

    for (unsigned bits = 8 * SW_RSA_MAX_EXPONENT_SIZE; bits > 0; bits -= 8)
        if (exponent >> (bits - 8) != 0)
            out[size++] = (uint8_t)(exponent >> (bits - 8));
    return size;
}

/* ---- start ---- */

static int start(sw_handshake *handshake, const sw_server_config *config, uint8_t *scratch, size_t cap,
                 sw_noise *noise, uint16_t limit)
{
    int result;

    if (handshake == NULL)
        return SW_E_NULL;
    memset(handshake, 0, sizeof(*handshake));
    if (config == NULL)
        return SW_E_NULL;
    if ((config->policy.features & SW_FEATURES_SEALED) && config->server_key == NULL)
        return SW_E_NULL;
    handshake->noise = config->policy.features & SW_FEATURES_SEALED ? noise : NULL;
    handshake->own_limit = limit;
    result = swi_handshake_check(handshake, config->crypto, &config->policy, scratch, cap);
    if (result == SW_OK && !swi_policy_is_sealed_only(&config->policy))
        result = check_decoys(handshake, config, cap);
    if (result == SW_OK)
        result = sw_greeting_format(config->banner, config->policy.features, scratch, cap, &handshake->len,
                                    &handshake->error);
    if (result < 0)
        return result;
    handshake->server = config;
    swi_handshake_begin(handshake, scratch, cap, SERVER_GREETING);
    return SW_OK;
}

int swi_handshake_server(sw_handshake *handshake, const sw_server_config *config, uint8_t *scratch, size_t cap,
                         sw_noise *noise, uint16_t limit)
{
    return swi_handshake_result(handshake, start(handshake, config, scratch, cap, noise, limit));
}

int sw_handshake_server(sw_handshake *handshake, const sw_server_config *config, uint8_t *scratch, size_t cap)
{
    return swi_handshake_server(handshake, config, scratch, cap, NULL, 0);
}

/* ---- request ---- */

/* A seed that is the server's secret and the user's name. */
static int seed_decoy(sw_handshake *handshake)
{
    const sw_server_config *config = handshake->server;
    const sw_crypto *crypto = config->crypto;
    uint8_t message[sizeof(config->decoy_secret) + SW_SHA256_SIZE];
    int failed;

    memcpy(message, config->decoy_secret, sizeof(config->decoy_secret));
    failed = crypto->sha256(crypto->ctx, message + sizeof(config->decoy_secret), (const uint8_t *)handshake->user,
                            handshake->user_len) < 0 ||
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
        return swi_error_set(&handshake->error, SW_E_FEATURE_OFFER, request.features, policy->features);
    result = swi_handshake_policy_check(policy, request.features);
    if (result < 0)
        return result;
    swi_sealed_drop(handshake);
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
        unsigned feature = byte == '\n' ? swi_sealed_line_feature(handshake) : 0;
        if (feature != 0)
            return swi_sealed_requested(handshake, feature);
        if (byte == '\n' && ends_in_cr(handshake))
            handshake->len--;
        if (byte == '\n' || byte == '\0')
            return request_done(handshake);
        if (handshake->len == limit)
            return swi_error_set(&handshake->error, SW_E_REQUEST_SIZE, limit + 1, limit);
        handshake->scratch[handshake->len++] = byte;
        if (!swi_sealed_may_begin(handshake))
            return SW_E_REQUEST_PREFIX;
    }
    return SW_OK;
}

int swi_server_burst_end(sw_handshake *handshake)
{
    if (handshake->state != SERVER_REQUEST || handshake->len == 0 || swi_sealed_is_prefix(handshake))
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

static int send_challenge(sw_handshake *handshake, const sw_public_key *key)
{
    const sw_key_kind *kind = choose_kind(handshake);
    size_t decoy_size = modulus_size(kind);
    uint8_t *decoy = handshake->scratch + handshake->cap - decoy_size;
    uint8_t exponent[SW_RSA_MAX_EXPONENT_SIZE];
    sw_rsa_public shown = { decoy, exponent, decoy_size, write_exponent(exponent, kind->exponent) };
    size_t needed;
    int result;

    if (key != NULL && key->type != SW_KEY_RSA)
        key = NULL; /* he has no key for plain sessions */
    handshake->known = key != NULL;
    if (key != NULL)
        shown = sw_public_key_view(key);
    needed = SW_HEADER_SIZE + shown.n_size + decoy_size;
    if (needed > handshake->cap)
        return swi_error_set(&handshake->error, SW_E_SPACE, handshake->cap, needed);
    /* made for a known user too: the work shall be the same */
    result = make_decoy(handshake, kind, decoy);
    if (result == SW_OK)
        result =
            sw_challenge_create(&handshake->challenge, handshake->server->crypto, &shown,
                                handshake->features | (handshake->server->policy.features & SW_FEATURES_SEALED),
                                swi_handshake_body(handshake));
    if (result == SW_OK)
        result = swi_handshake_send_body(handshake, SW_BAND_CHALLENGE, shown.n_size, SERVER_CHALLENGE);
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
    int result =
        swi_handshake_collect(handshake, SW_BAND_CHALLENGE_RESPONSE, challenge->response_size, in, len, used);
    int authentic;

    if (result <= 0)
        return result;
    /* both are filled up with zeros */
    authentic = swi_secret_equal(handshake->scratch, challenge->response, sizeof(challenge->response));
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
    if (handshake->state == SERVER_SEALED_MESSAGE)
        return swi_sealed_recv_message(handshake, in, len, used);
    return recv_response(handshake, in, len, used);
}
