/* SPDX-License-Identifier: ISC */
/* SSH's encodings of keys and signatures, as users of sealed sessions have them and agents speak them
 * [sealed, section 4]. Strings are a length of four bytes, big-endian, and so many bytes. */
#ifndef SIDEWIRE_SSH_H
#define SIDEWIRE_SSH_H

#include <sidewire/keys.h>

SW_BEGIN_DECLS

enum {
    SW_SSH_KEY_MAX = 1056,       /* bytes of a public key's blob, at most */
    SW_SSH_SIGNATURE_MAX = 1044, /* of a signature's blob */
    SW_SSHSIG_SIZE = 73          /* of what is signed */
};

/* A public key's blob, as in the base64 of its one-line form, by views into it. */
typedef struct sw_ssh_key {
    sw_key_type type;
    sw_rsa_public rsa;
    const uint8_t *ed25519;
} sw_ssh_key;

/* Reads blob[0..len) in its one canonical form, with the limits of section 4. SW_E_NULL,
 * SW_E_KEY_DAMAGED, SW_E_KEY_OTHER, SW_E_KEY_SMALL, SW_E_KEY_LARGE, SW_E_KEY_UNSUPPORTED (exponent). */
SW_API int sw_ssh_key_read(sw_ssh_key *key, const uint8_t *blob, size_t len);
/* Writes the blob of a key to out[0..cap), and its length to *len; SW_SSH_KEY_MAX is always enough.
 * SW_E_NULL; SW_E_SPACE: *len is what it needs; SW_E_KEY_OTHER: there is none in *key. */
SW_API int sw_ssh_key_write(const sw_public_key *key, uint8_t *out, size_t cap, size_t *len);
/* Whether the blob is that of the key; the time depends on the sizes only. */
SW_API int sw_ssh_key_is(const sw_public_key *key, const uint8_t *blob, size_t len);

/* The body of the packet that proves a user, by views into it. */
typedef struct sw_ssh_proof {
    const char *user;               /* not NUL-terminated */
    const uint8_t *key, *signature; /* blobs */
    size_t user_len, key_len, signature_len;
} sw_ssh_proof;

/* Three strings and nothing behind them, which are not looked at: SW_OK, SW_E_NULL, or SW_E_USER_PACKET. */
SW_API int sw_ssh_proof_read(sw_ssh_proof *proof, const uint8_t *body, size_t len);

/* What a user signs: OpenSSH's SSHSIG structure for the namespace "sidewire-auth", over the handshake
 * hash of the channel and the user's name. SW_E_NULL, SW_E_HASH. */
SW_API int sw_sshsig_message(const sw_crypto *crypto, const uint8_t hash[SW_SHA256_SIZE], const char *user,
                             size_t user_len, uint8_t out[SW_SSHSIG_SIZE]);

/* Signs a message; the blob, of the form in which agents give it, goes to out[0..cap). RSA: `rsa` is
 * the key; Ed25519: `ed25519`; the other one is NULL. SW_E_NULL, SW_E_HASH, SW_E_SIGN;
 * SW_E_SPACE: *len is what it needs; SW_E_KEY_BACKEND: Ed25519, which the backend has not. */
SW_API int sw_ssh_sign(const sw_crypto *crypto, const sw_rsa_private *rsa, const sw_ed25519_key *ed25519,
                       const uint8_t *message, size_t size, uint8_t *out, size_t cap, size_t *len);
/* Checks one. 0: it is the key's for the message; > 0: it is not; SW_E_HASH, SW_E_VERIFY;
 * SW_E_KEY_BACKEND as above. */
SW_API int sw_ssh_verify(const sw_crypto *crypto, const sw_ssh_key *key, const uint8_t *message, size_t size,
                         const uint8_t *signature, size_t len);

SW_END_DECLS
#endif
