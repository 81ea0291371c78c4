/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "error_internal.h"
#include "handshake_internal.h"
#include "text.h"
#include "secret.h"

/* ---- features ---- */

static const char *const feature_names[] = {
    "sideband", "aes_ctr128", "sha256", "noise_nx_25519_aesgcm_sha256", "noise_nx_25519_chachapoly_sha256", NULL
};

int swi_features_consistent(unsigned features)
{
    unsigned plain = features & SW_FEATURES_ALL;

    if (features & ~(unsigned)(SW_FEATURES_ALL | SW_FEATURES_SEALED))
        return 0;
    return plain == 0 || (plain & SW_FEATURE_SIDEBAND);
}

int sw_features_parse(const char *text, size_t len, unsigned *features, sw_error *error)
{
    unsigned set = 0;
    size_t at, name_len;

    if (features == NULL || (text == NULL && len > 0))
        return swi_error_set(error, SW_E_NULL, 0, 0);
    if (len > 0 && !swi_names_parse(feature_names, text, len, &set, &at, &name_len))
        return swi_error_set(error, SW_E_FEATURE, at, name_len);
    if (!swi_features_consistent(set))
        return swi_error_set(error, SW_E_FEATURE_SET, set, 0);
    *features = set;
    return swi_error_set(error, SW_OK, 0, 0);
}

size_t sw_features_format(unsigned features, char *out, size_t cap)
{
    swi_text list = { out, cap, 0 };

    if (out == NULL)
        return 0;
    swi_text_names(&list, feature_names, features);
    return list.len <= cap ? list.len : 0;
}

sw_cipher_kind sw_features_cipher(unsigned features)
{
    return features & SW_FEATURE_AES_CTR128 ? SW_CIPHER_AES_CTR128 : SW_CIPHER_RC4;
}

size_t sw_features_response_size(unsigned features)
{
    return features & SW_FEATURE_SHA256 ? SW_SHA256_SIZE : SW_SHA1_SIZE;
}

/* ---- greeting ---- */

static const char default_banner[] = "This is sidewire, version " SW_VERSION ".";
static const char features_prefix[] = "Features: "; /* of the second line */
enum { FEATURES_PREFIX_LEN = sizeof(features_prefix) - 1 };

int sw_greeting_format(const char *banner, unsigned features, uint8_t *out, size_t cap, size_t *len,
                       sw_error *error)
{
    char list[SW_FEATURES_TEXT_MAX];
    size_t list_len, banner_len, need;

    if (len != NULL)
        *len = 0;
    if (len == NULL || (out == NULL && cap > 0))
        return swi_error_set(error, SW_E_NULL, 0, 0);
    if (!swi_features_consistent(features))
        return swi_error_set(error, SW_E_FEATURE_SET, features, 0);
    if (banner == NULL)
        banner = default_banner;
    banner_len = strlen(banner);
    list_len = sw_features_format(features, list, sizeof(list));
    /* without features, a second line would say that we are no legacy server */
    need = banner_len + 1 + (features != 0 ? FEATURES_PREFIX_LEN + list_len + 1 : 0);
    if (need > SW_GREETING_MAX)
        return swi_error_set(error, SW_E_BANNER, need, SW_GREETING_MAX);
    if (strchr(banner, '\n') != NULL || strncmp(banner, features_prefix, FEATURES_PREFIX_LEN) == 0)
        return swi_error_set(error, SW_E_BANNER, 0, 0);
    if (need > cap)
        return swi_error_set(error, SW_E_SPACE, cap, need);
    *len = need;
    memcpy(out, banner, banner_len); /* core.NonNullParamChecker: cap is not 0 */
    out += banner_len;
    *out++ = '\n';
    if (features != 0) {
        memcpy(out, features_prefix, FEATURES_PREFIX_LEN);
        out += FEATURES_PREFIX_LEN;
        memcpy(out, list, list_len);
        out[list_len] = '\n';
    }
    return swi_error_set(error, SW_OK, 0, 0);
}

void sw_greeting_init(sw_greeting *greeting)
{
    if (greeting != NULL)
        memset(greeting, 0, sizeof(*greeting));
}

/* One byte of the features list. Unknown names are passed over. */
static void greeting_list_byte(sw_greeting *greeting, char c)
{
    if (c == ',' || c == '\n' || c == '\r') {
        greeting->features |= swi_name_bit(feature_names, greeting->token, greeting->token_len);
        greeting->token_len = 0;
    } else if (greeting->token_len < sizeof(greeting->token)) { /* no known name fills it */
        greeting->token[greeting->token_len++] = c;
    }
}

/* Returns 1 at the end of the features line. */
static int greeting_byte(sw_greeting *greeting, char c)
{
    if (greeting->in_features) {
        greeting_list_byte(greeting, c);
        return c == '\n';
    }
    if (c == '\n') {
        greeting->lines++;
        greeting->column = 0;
    } else if (greeting->column < FEATURES_PREFIX_LEN && c == features_prefix[greeting->column]) {
        greeting->in_features = ++greeting->column == FEATURES_PREFIX_LEN;
    } else {
        greeting->column = FEATURES_PREFIX_LEN; /* another line */
    }
    return 0;
}

int sw_greeting_feed(sw_greeting *greeting, const uint8_t *in, size_t len, size_t *used)
{
    if (used != NULL)
        *used = 0;
    if (greeting == NULL || used == NULL || (in == NULL && len > 0))
        return SW_E_NULL;
    for (size_t i = 0; i < len; i++) {
        if (greeting->size == SW_GREETING_MAX)
            return SW_E_GREETING_SIZE;
        greeting->size++;
        *used = i + 1;
        if (greeting_byte(greeting, (char)in[i]))
            return 1;
    }
    return 0;
}

/* ---- auth request ---- */

static const char request_prefix[] = "auth rsa "; /* from memory [M] */
enum { REQUEST_PREFIX_LEN = sizeof(request_prefix) - 1 };

/* The bytes that end a name or a request cannot be in a name. */
static int valid_user_name(const char *name, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (name[i] == ' ' || name[i] == '\n' || name[i] == '\r' || name[i] == '\0')
            return 0;
    return len > 0;
}

static int parse_request(const char *text, size_t len, sw_request *request, sw_error *error)
{
    const char *user, *blank;
    size_t rest, user_len;

    if (len < REQUEST_PREFIX_LEN || memcmp(text, request_prefix, REQUEST_PREFIX_LEN) != 0)
        return swi_error_set(error, SW_E_REQUEST_PREFIX, 0, 0);
    user = text + REQUEST_PREFIX_LEN;
    rest = len - REQUEST_PREFIX_LEN;
    blank = memchr(user, ' ', rest);
    user_len = blank != NULL ? (size_t)(blank - user) : rest;
    if (!valid_user_name(user, user_len))
        return swi_error_set(error, SW_E_REQUEST_NAME, 0, 0);
    if (blank != NULL) {
        size_t list_len = rest - user_len - 1;
        int result = sw_features_parse(blank + 1, list_len, &request->features, error);
        if (result < 0)
            return result;
        if (request->features & SW_FEATURES_SEALED) /* unknown here: it has a request of its own */
            return swi_error_set(error, SW_E_FEATURE, 0, list_len);
    }
    request->user = user;
    request->user_len = user_len;
    return swi_error_set(error, SW_OK, 0, 0);
}

int sw_request_parse(const uint8_t *in, size_t len, sw_request *request, sw_error *error)
{
    if (request == NULL)
        return swi_error_set(error, SW_E_NULL, 0, 0);
    memset(request, 0, sizeof(*request));
    if (len > SW_REQUEST_MAX)
        return swi_error_set(error, SW_E_REQUEST_SIZE, len, SW_REQUEST_MAX);
    if (in == NULL && len > 0)
        return swi_error_set(error, SW_E_NULL, 0, 0);
    return parse_request((const char *)in, len, request, error);
}

int sw_request_format(const char *user, unsigned features, uint8_t *out, size_t cap, size_t *len, sw_error *error)
{
    char list[1 + SW_FEATURES_TEXT_MAX]; /* behind a blank */
    size_t user_len, list_len, need;

    if (len != NULL)
        *len = 0;
    if (user == NULL || len == NULL || (out == NULL && cap > 0))
        return swi_error_set(error, SW_E_NULL, 0, 0);
    if (!swi_features_consistent(features) || (features & SW_FEATURES_SEALED))
        return swi_error_set(error, SW_E_FEATURE_SET, features, 0);
    user_len = strlen(user);
    list_len = sw_features_format(features, list + 1, sizeof(list) - 1);
    if (list_len > 0)
        list_len++;
    list[0] = ' ';
    need = REQUEST_PREFIX_LEN + user_len + list_len;
    if (!valid_user_name(user, user_len))
        return swi_error_set(error, SW_E_USER_NAME, 0, 0);
    if (need > SW_REQUEST_MAX)
        return swi_error_set(error, SW_E_USER_NAME, need, SW_REQUEST_MAX);
    if (need > cap)
        return swi_error_set(error, SW_E_SPACE, cap, need);
    memcpy(out, request_prefix, REQUEST_PREFIX_LEN); /* core.NonNullParamChecker: cap is not 0 */
    memcpy(out + REQUEST_PREFIX_LEN, user, user_len);
    memcpy(out + REQUEST_PREFIX_LEN + user_len, list, list_len);
    *len = need;
    return swi_error_set(error, SW_OK, 0, 0);
}

/* ---- challenge ---- */

enum { CHALLENGE_HASHED = 64 }; /* the rest of the plain text is the two keys */

/* Stands at the end of what is hashed if the server seals [sealed, section 5]. */
static const char notice[] = "NOISE_NX";
enum { NOTICE_SIZE = sizeof(notice) - 1, NOTICE_AT = CHALLENGE_HASHED - NOTICE_SIZE };

static int challenge_fill(sw_secrets *challenge, const sw_crypto *crypto, unsigned features,
                          const uint8_t plain[SW_CHALLENGE_SIZE])
{
    int result;

    memcpy(challenge->client_key, plain + CHALLENGE_HASHED, SW_CIPHER_KEY_SIZE);
    memcpy(challenge->server_key, plain + CHALLENGE_HASHED + SW_CIPHER_KEY_SIZE, SW_CIPHER_KEY_SIZE);
    challenge->has_notice = memcmp(plain + NOTICE_AT, notice, NOTICE_SIZE) == 0;
    challenge->response_size = (uint8_t)sw_features_response_size(features);
    if (features & SW_FEATURE_SHA256)
        result = crypto->sha256(crypto->ctx, challenge->response, plain, CHALLENGE_HASHED);
    else
        result = crypto->sha1(crypto->ctx, challenge->response, plain, CHALLENGE_HASHED);
    if (result >= 0)
        return SW_OK;
    sw_secrets_wipe(challenge);
    return SW_E_HASH;
}

int sw_challenge_create(sw_secrets *challenge, const sw_crypto *crypto, const sw_rsa_public *key,
                        unsigned features, uint8_t *block)
{
    uint8_t plain[SW_CHALLENGE_SIZE];
    int result;

    sw_secrets_wipe(challenge);
    if (challenge == NULL || crypto == NULL || key == NULL || block == NULL)
        return SW_E_NULL;
    result = crypto->random(crypto->ctx, plain, sizeof(plain));
    if (features & SW_FEATURES_SEALED)
        memcpy(plain + NOTICE_AT, notice, NOTICE_SIZE);
    if (result < 0)
        result = SW_E_RANDOM;
    else if (crypto->oaep_encrypt(crypto, key, plain, sizeof(plain), block) < 0)
        result = SW_E_RSA_ENCRYPT;
    else
        result = challenge_fill(challenge, crypto, features, plain);
    swi_secret_wipe(plain, sizeof(plain));
    return result;
}

static int challenge_decrypt(sw_secrets *challenge, const sw_crypto *crypto, const sw_rsa_private *key,
                             unsigned features, const uint8_t *block)
{
    uint8_t plain[SW_CHALLENGE_SIZE];
    size_t size = 0;
    int result = crypto->oaep_decrypt(crypto, key, block, plain, sizeof(plain), &size);

    if (result < 0)
        result = SW_E_RSA_DECRYPT;
    else if (result > 0 || size != sizeof(plain))
        result = SW_E_CHALLENGE;
    else
        result = challenge_fill(challenge, crypto, features, plain);
    swi_secret_wipe(plain, sizeof(plain));
    return result;
}

int sw_challenge_open(sw_secrets *challenge, const sw_crypto *crypto, const sw_rsa_private *key, unsigned features,
                      const uint8_t *block, size_t size, sw_error *error)
{
    int result = SW_E_NULL;

    sw_secrets_wipe(challenge);
    if (challenge != NULL && crypto != NULL && key != NULL && block != NULL) {
        if (size != key->n_size)
            return swi_error_set(error, SW_E_CHALLENGE_SIZE, size, key->n_size);
        result = challenge_decrypt(challenge, crypto, key, features, block);
    }
    return swi_error_set(error, result, 0, 0);
}

void sw_secrets_wipe(sw_secrets *challenge)
{
    if (challenge != NULL)
        swi_secret_wipe(challenge, sizeof(*challenge));
}
