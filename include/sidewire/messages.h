/* SPDX-License-Identifier: ISC */
/* The messages of a plain session's handshake, as functions without a memory of their own [protocol, sections 2 to 6].
 *
 * In the order in which they are said, and what each side does with them:
 *
 *     server                                          client
 *     sw_greeting_format          -- greeting -->     sw_greeting_feed, as it comes in pieces
 *     sw_request_parse            <-- request --      sw_request_format
 *     sw_challenge_create         -- challenge -->    sw_challenge_open
 *     compares with .response     <-- response --     sends the .response of its sw_secrets
 *
 * and then the ciphers of cipher.h start from the keys in sw_secrets. handshake.h makes these calls for those who
 * want both sides' rules kept; here is what test peers, and those who watch others' sessions, need instead.
 * examples/by_hand.c goes through all of it.
 *
 * Texts have no NUL behind them unless it is said. Sizes are in bytes. error may be NULL everywhere; NULL where
 * something is needed is SW_E_NULL, not mentioned again below. */
#ifndef SIDEWIRE_MESSAGES_H
#define SIDEWIRE_MESSAGES_H

#include <sidewire/cipher.h>
#include <sidewire/error.h>

SW_BEGIN_DECLS

enum {
    SW_FEATURE_SIDEBAND = 1,
    SW_FEATURE_AES_CTR128 = 2,
    SW_FEATURE_SHA256 = 4,
    SW_FEATURES_ALL = 7, /* of plain sessions */
    /* Sealed sessions, of one or both suites [sealed, section 1]: in a greeting or a policy; and what
     * was agreed on is one of them, with sideband */
    SW_FEATURE_NOISE_AESGCM = 8,
    SW_FEATURE_NOISE_CHACHAPOLY = 16,
    SW_FEATURES_SEALED = 24,
    SW_FEATURES_TEXT_MAX = 96, /* bytes of the longest list of features */
    SW_FEATURE_NAME_MAX = 40,

    SW_GREETING_MAX = 4096, /* bytes, both lines */
    SW_REQUEST_MAX = 4096,
    SW_CHALLENGE_SIZE = 128 /* of the plain text */
};

/* Texts of legacy mode, under the cipher [sections 7 and 9.4]; from memory [M]. */
#define SW_LEGACY_PROCEED "Proceed."
#define SW_LEGACY_AWAITING_DATA "\nAwaiting Data."

/* ---- features ---- */

/* Reads `sideband,aes_ctr128,...`: known names separated by commas, no blanks; an empty text is 0. SW_OK;
 * SW_E_FEATURE: a name is unknown or empty (value: where it begins in the text, limit: its length);
 * SW_E_FEATURE_SET: aes_ctr128 or sha256 without sideband (value: the features). *features is set on success
 * only. */
SW_API int sw_features_parse(const char *text, size_t len, unsigned *features, sw_error *error);

/* Writes the list to out[0..cap). Returns its length, at most SW_FEATURES_TEXT_MAX; 0 if it does not fit. */
SW_API size_t sw_features_format(unsigned features, char *out, size_t cap);

/* What these features mean for a session: its cipher, and the bytes of the hash that is the response. */
SW_API sw_cipher_kind sw_features_cipher(unsigned features);
SW_API size_t sw_features_response_size(unsigned features);

/* ---- greeting ---- */

/* Incremental reader of a greeting [section 2]. features and lines may be read. */
typedef struct sw_greeting {
    unsigned features; /* announced and known; complete when feed returned 1 */
    uint16_t size;     /* bytes seen */
    uint16_t lines;    /* complete lines before the features line */
    uint8_t column, in_features, token_len;
    char token[SW_FEATURE_NAME_MAX];
} sw_greeting;

/* Writes a greeting to out[0..cap), and its length to *len: the banner (a string, one line without its LF; NULL:
 * the library's own), and a line with the features, which is left out for 0, as legacy servers do. SW_OK;
 * SW_E_FEATURE_SET (value: the features); SW_E_SPACE (value: cap, limit: bytes needed); SW_E_BANNER: more than one
 * line, what readers would take for the line of features, or too long (value: bytes of the greeting, limit:
 * SW_GREETING_MAX). After an error *len is 0. */
SW_API int sw_greeting_format(const char *banner, unsigned features, uint8_t *out, size_t cap, size_t *len,
                              sw_error *error);

SW_API void sw_greeting_init(sw_greeting *greeting);
/* Takes the next bytes of a greeting. 1: the features line is complete, and *used ends behind its LF; 0: all was
 * taken, more is needed. A legacy greeting has no second line, so what tells that it is over is that nothing more
 * comes. SW_E_GREETING_SIZE: more than SW_GREETING_MAX bytes. Not to be called again after 1 or an error. */
SW_API int sw_greeting_feed(sw_greeting *greeting, const uint8_t *in, size_t len, size_t *used);

/* ---- auth request ---- */

/* Auth request [section 3]. user points into the text that was parsed, and has no NUL. */
typedef struct sw_request {
    const char *user;
    size_t user_len;
    unsigned features;
} sw_request;

/* Parses in[0..len), a whole request without its optional end mark (NUL, LF, CR LF). SW_OK; SW_E_REQUEST_SIZE
 * (value: len, limit: SW_REQUEST_MAX); SW_E_REQUEST_PREFIX; SW_E_REQUEST_NAME; SW_E_FEATURE and SW_E_FEATURE_SET as
 * sw_features_parse, with places in the list of features. */
SW_API int sw_request_parse(const uint8_t *in, size_t len, sw_request *request, sw_error *error);
/* Writes a request without end mark to out[0..cap), and its length to *len. user is a string with NUL. SW_OK;
 * SW_E_FEATURE_SET (value: the features); SW_E_USER_NAME: empty, with a byte that no name can have, or too long
 * (value: bytes of the request, limit: SW_REQUEST_MAX); SW_E_SPACE (value: cap, limit: bytes needed). After an error
 * *len is 0. */
SW_API int sw_request_format(const char *user, unsigned features, uint8_t *out, size_t cap, size_t *len,
                             sw_error *error);

/* ---- challenge ---- */

/* What both sides share once the challenge is known [sections 4 to 6], or a channel is sealed. Secret: to be wiped
 * with sw_secrets_wipe. */
typedef struct sw_secrets {
    uint8_t client_key[SW_CIPHER_KEY_SIZE]; /* client to server */
    uint8_t server_key[SW_CIPHER_KEY_SIZE]; /* server to client */
    uint8_t response[SW_SHA256_SIZE];
    uint8_t response_size;             /* 0 in a sealed session, which has none */
    uint8_t has_notice;                /* 1: the challenge says that the server seals [sealed, section 5] */
    uint8_t ephemeral[SW_X25519_SIZE]; /* sealed: the client's, clear on the wire */
} sw_secrets;

/* Both sides pass the features agreed on; a server that seals adds the suites that it announced, and the challenge
 * then says so in itself (has_notice). After an error *secrets is wiped, here and below. */
/* Server: draws a challenge, and encrypts it to block[0..key->n_size). SW_OK; the backend's SW_E_RANDOM, SW_E_HASH,
 * SW_E_RSA_ENCRYPT. */
SW_API int sw_challenge_create(sw_secrets *secrets, const sw_crypto *crypto, const sw_rsa_public *key,
                               unsigned features, uint8_t *block);
/* Client: decrypts block[0..size). SW_OK; SW_E_CHALLENGE_SIZE (value: size, limit: key->n_size); SW_E_CHALLENGE: it is
 * not for this key; the backend's SW_E_RSA_DECRYPT, SW_E_HASH. */
SW_API int sw_challenge_open(sw_secrets *secrets, const sw_crypto *crypto, const sw_rsa_private *key,
                             unsigned features, const uint8_t *block, size_t size, sw_error *error);
/* NULL is fine. */
SW_API void sw_secrets_wipe(sw_secrets *secrets);

SW_END_DECLS
#endif
