/* SPDX-License-Identifier: ISC */
/* What an application says once about its side of its sessions. */
#ifndef SIDEWIRE_CONFIG_H
#define SIDEWIRE_CONFIG_H

#include <sidewire/crypto.h>
#include <sidewire/keys.h>
#include <sidewire/messages.h>

SW_BEGIN_DECLS

/* Configs: zero them, and set what is needed; 'required' is what zero is refused for. One config serves
 * any number of sessions. It and all it points to must stay, unchanged but for what is said below, until
 * the handshake of the last session is done (SW_EVENT_READY, or an error). What is wrong with a config is
 * told by the call that starts a session. */

/* What a side agrees to. Zero is refused, so one of these is required: features with sideband or with
 * sealed sessions in them, or allow_legacy. Sealed sessions are preferred where both sides can: without
 * SW_FEATURES_SEALED in the features they are forbidden. */
typedef struct sw_policy {
    unsigned features;  /* bits of SW_FEATURE_*: a server announces them, a client asks for
                                  * those of them that were announced. 0: legacy mode only */
    int allow_legacy;   /* 1: without sideband too, in legacy mode, which knows no cipher but RC4 */
    int allow_rc4;      /* 1: RC4 under sideband, for peers without AES; and SHA-1, which they have */
    int allow_sha1;     /* 1: SHA-1 in the handshake where the features have SHA-256, but the
                                  * peer's do not */
    int require_sealed; /* 1: nothing but sealed sessions */
} sw_policy;

typedef struct sw_client_config {
    const sw_crypto *crypto; /* required */
    sw_policy policy;
    const char *user;                /* required: NUL-terminated, not empty, without LF, CR and blanks */
    sw_rsa_private key;              /* required for plain sessions; in sealed ones it signs, unless
                                  * public_key is there: n and n_size; and what the backend needs to decrypt, all of
                                  * it with ours (sw_private_key_view makes it). `prepared` saves time
                                  * where a key is used often */
    const sw_public_key *public_key; /* sealed: the key that proves the user, where an agent, a token or
                                  * the application signs, see SW_EVENT_SIGN */
    uint16_t record_limit;           /* sealed: the largest record that the server may send, 256 to 65535 bytes
                                  * as section 2 counts them; 0: as the receive buffer allows */
} sw_client_config;

/* Keys that users have, and how many of them. */
typedef struct sw_key_kind {
    uint16_t bits;     /* of the modulus: 2048 to 8192 */
    uint64_t exponent; /* odd, 3 or more */
    uint32_t users;    /* 1 or more */
} sw_key_kind;

typedef struct sw_server_config {
    const sw_crypto *crypto; /* required */
    sw_policy policy;
    const char *banner; /* first line of the greeting, without its LF; NULL: the library's own */

    /* Names that no user has get challenges as well, for keys that nobody has, so that a stranger does
     * not learn who is known. */
    uint8_t decoy_secret[32];     /* required: random bytes, the same for the life of a server. Whoever
                                  * knows them tells unknown names from known ones */
    const sw_key_kind *key_kinds; /* the kinds of keys that the users have, one of which each unknown
                                  * name seems to have, as often as they do. May be exchanged between
                                  * calls; those names then seem to have other keys, so better seldom */
    size_t key_kind_count;        /* 0: all have 2048 bits and the exponent 65537 */

    const sw_x25519_key *server_key; /* required for sealed sessions, see sw_server_key_parse */
    uint16_t record_limit;           /* as that of a client, but 0: half of what the receive buffer allows, so
                                  * that there is room for a command in several records */
} sw_server_config;

SW_END_DECLS
#endif
