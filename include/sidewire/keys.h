/* SPDX-License-Identifier: ISC */
/* Keys, from the files that people have [protocol, section 4; sealed, sections 4 and 7].
 *
 * Three kinds: a user's private key, which a client has; his public key, by which a server knows him; and the
 * X25519 key by which a sealed session shows which server it is. Reading is from memory, so whoever has a file reads
 * it first, and wipes that text if it was private. A key is a struct of fixed size, which owns its numbers:
 *
 *     sw_private_key_parse(&key, text, len, &error);
 *     config.key = sw_private_key_view(&key);                    a view: key must stay where it is
 *     ... sessions ...
 *     sw_private_key_wipe(&key);
 *
 * Keys of less than 2048 bits or more than 8192 are refused. What is wrong with a file is told by one of SW_E_KEY_*,
 * with values where they say something; error may be NULL everywhere. */
#ifndef SIDEWIRE_KEYS_H
#define SIDEWIRE_KEYS_H

#include <sidewire/crypto.h>
#include <sidewire/error.h>

SW_BEGIN_DECLS

enum { SW_RSA_MAX_EXPONENT_SIZE = 8 };

typedef enum sw_key_type {
    SW_KEY_NONE = 0,
    SW_KEY_RSA = 1,
    SW_KEY_ED25519 = 2 /* for sealed sessions only */
} sw_key_type;

/* RSA: unsigned big-endian numbers without leading zeros. Fields may be read; those of the other type
 * are zero. */
typedef struct sw_public_key {
    sw_key_type type;
    uint16_t bits;           /* of the modulus */
    uint16_t n_size, e_size; /* bytes */
    uint8_t n[SW_RSA_MAX_SIZE];
    uint8_t e[SW_RSA_MAX_EXPONENT_SIZE];
    uint8_t ed25519[SW_ED25519_PUBLIC_SIZE];
} sw_public_key;

/* Secret: to be wiped with sw_private_key_wipe. About 3 KiB. */
typedef struct sw_private_key {
    sw_key_type type;
    uint16_t bits;
    uint16_t n_size, e_size, d_size, p_size, q_size;
    uint8_t n[SW_RSA_MAX_SIZE];
    uint8_t e[SW_RSA_MAX_EXPONENT_SIZE];
    uint8_t d[SW_RSA_MAX_SIZE];
    uint8_t p[SW_RSA_MAX_SIZE / 2];
    uint8_t q[SW_RSA_MAX_SIZE / 2];
    sw_ed25519_key ed25519;
    uint8_t has_public_half; /* Ed25519: 0 if the file had none, see sw_private_key_public */
} sw_private_key;

/* Reads the first RSA or Ed25519 key in text[0..len), which needs no NUL: `ssh-rsa BASE64 [comment]` or
 * `ssh-ed25519 ...`, with the options of authorized_keys in front or not; RFC 4716; PEM `PUBLIC KEY` or `RSA PUBLIC
 * KEY`. A byte order mark, CR LF, and what stands before the key do not matter. SW_OK, SW_E_NULL, or one of
 * SW_E_KEY_*, and *key is zero. No pointer into text is kept. */
SW_API int sw_public_key_parse(sw_public_key *key, const char *text, size_t len, sw_error *error);

/* Likewise a private key without passphrase: PEM PKCS#1 (`RSA PRIVATE KEY`), PKCS#8 (`PRIVATE KEY`), or OpenSSH's
 * container (`OPENSSH PRIVATE KEY`). After an error nothing of the key is left in *key. */
SW_API int sw_private_key_parse(sw_private_key *key, const char *text, size_t len, sw_error *error);

/* The public half of a private key's file, also of OpenSSH's container with a passphrase, where it is
 * clear: for somebody else, an agent, that signs. SW_E_KEY_PASSPHRASE: it is encrypted with the rest;
 * SW_E_KEY_UNSUPPORTED: the file does not have it. */
SW_API int sw_public_key_of_private_file(sw_public_key *key, const char *text, size_t len, sw_error *error);

/* The public half of a private key. crypto is used for what PKCS#8 files of Ed25519 leave out, and may
 * be NULL otherwise. SW_OK; SW_E_NULL, SW_E_KEY_BACKEND, SW_E_SIGN. */
SW_API int sw_private_key_public(const sw_private_key *key, const sw_crypto *crypto, sw_public_key *out);

/* NULL is fine. */
SW_API void sw_private_key_wipe(sw_private_key *key);

/* The numbers of an RSA key, as configs and backends take them; valid as long as the key stays where it is. Of
 * a key of another type all sizes are 0; of NULL everything. */
SW_API sw_rsa_public sw_public_key_view(const sw_public_key *key);
SW_API sw_rsa_private sw_private_key_view(const sw_private_key *key);

/* ---- the key of a server that seals ---- */

enum {
    SW_SERVER_KEY_FILE_SIZE = 119, /* bytes of the text, without NUL */
    SW_SERVER_KEY_TEXT_SIZE = 44,  /* the public half in base64, as in files of known servers */
    SW_FINGERPRINT_SIZE = 50       /* "SHA256:" and 43 digits */
};

/* Reads the file of `openssl genpkey -algorithm X25519`, PKCS#8 in PEM. As sw_private_key_parse;
 * SW_E_KEY_NOT_X25519: another kind of key; SW_E_X25519. To be wiped with sw_server_key_wipe. */
SW_API int sw_server_key_parse(sw_x25519_key *key, const sw_crypto *crypto, const char *text, size_t len,
                               sw_error *error);
/* Makes a new one. SW_OK, SW_E_NULL, SW_E_RANDOM, SW_E_X25519. */
SW_API int sw_server_key_make(sw_x25519_key *key, const sw_crypto *crypto);
/* Writes such a file, without NUL; it is secret. */
SW_API void sw_server_key_write(const sw_x25519_key *key, char out[SW_SERVER_KEY_FILE_SIZE]);
SW_API void sw_server_key_wipe(sw_x25519_key *key);

/* The public half as text, without NUL, and back: 0, or SW_E_KEY_FORMAT, SW_E_NULL. */
SW_API void sw_server_key_text(const uint8_t public_half[SW_X25519_SIZE], char out[SW_SERVER_KEY_TEXT_SIZE]);
SW_API int sw_server_key_read(uint8_t public_half[SW_X25519_SIZE], const char *text, size_t len);

/* What people compare: "SHA256:" and the hash of some bytes in base64 without padding, NUL behind it; of
 * a server's public half, or of a user's key as sw_ssh_key_write has it. SW_OK, SW_E_NULL, SW_E_HASH. */
SW_API int sw_fingerprint(const sw_crypto *crypto, const uint8_t *bytes, size_t size,
                          char out[SW_FINGERPRINT_SIZE + 1]);

SW_END_DECLS
#endif
