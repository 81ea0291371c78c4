/* RSA key files to RSA numbers [protocol, section 4]. */
#ifndef SIDEWIRE_KEYS_H
#define SIDEWIRE_KEYS_H

#include <sidewire/crypto.h>
#include <sidewire/error.h>

SW_BEGIN_DECLS

enum { SW_RSA_MAX_EXPONENT_SIZE = 8 };

/* Unsigned big-endian numbers without leading zeros. Fields may be read. */
typedef struct sw_public_key {
    uint16_t bits;              /* of the modulus */
    uint16_t n_size, e_size;    /* bytes */
    uint8_t n[SW_RSA_MAX_SIZE];
    uint8_t e[SW_RSA_MAX_EXPONENT_SIZE];
} sw_public_key;

typedef struct sw_private_key {
    uint16_t bits;
    uint16_t n_size, e_size, d_size, p_size, q_size;
    uint8_t n[SW_RSA_MAX_SIZE];
    uint8_t e[SW_RSA_MAX_EXPONENT_SIZE];
    uint8_t d[SW_RSA_MAX_SIZE];
    uint8_t p[SW_RSA_MAX_SIZE / 2];
    uint8_t q[SW_RSA_MAX_SIZE / 2];
} sw_private_key;

/* Reads a public key from a file's text[0..len), which needs no NUL: the first key
 * found of the forms `ssh-rsa BASE64 [comment]`, PEM `PUBLIC KEY`, PEM `RSA PUBLIC KEY`.
 * Returns SW_OK, SW_E_NULL, or one of SW_E_KEY_*; *key is then zero, and *error
 * (may be NULL) has the code with its values. No pointer into text is kept. */
SW_API int sw_public_key_parse(sw_public_key *key, const char *text, size_t len, sw_error *error);

/* Likewise a private key without passphrase: PEM PKCS#1 (`RSA PRIVATE KEY`), PKCS#8
 * (`PRIVATE KEY`), or OpenSSH's container (`OPENSSH PRIVATE KEY`). On failure nothing of the
 * key is left in *key. */
SW_API int sw_private_key_parse(sw_private_key *key, const char *text, size_t len, sw_error *error);

SW_API void sw_private_key_wipe(sw_private_key *key);

/* Views for the backend; valid as long as the key stays where it is. */
SW_API sw_rsa_public sw_public_key_view(const sw_public_key *key);
SW_API sw_rsa_private sw_private_key_view(const sw_private_key *key);

SW_END_DECLS
#endif
