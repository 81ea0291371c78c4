/* SPDX-License-Identifier: ISC */
/* What the core wants of a crypto library: a table of functions, which a backend fills in.
 *
 * Most applications take a table that is there (<sidewire/backends.h>, <sidewire/mbedtls.h> and others) and hand it to
 * their configs. This header is for those who write one, for another library or for a chip. A table needs:
 *
 *     plain sessions       random, sha1, sha256, oaep_*, aes_*
 *     sealed sessions      these, and sha256_*, x25519*, aead_*, rsa_sign, rsa_verify
 *     Ed25519 users        ed25519_*, or NULL for all three
 *     faster keys          key_prepare, key_forget, or NULL for both
 *     sealing, no copy     aead_seal_from, or NULL
 *
 * What is missing is refused when a session starts (SW_E_BACKEND), not met in the middle of one. A table is read
 * only, and one serves any number of sessions, of as many threads as `ctx` and the library behind it allow.
 *
 * A function returns 0, or a negative number if it failed, which the core turns into a code of its own that names the
 * operation; checks return > 0 for 'it is wrong'. No function keeps a pointer. Room for states is the core's
 * (SW_*_STATE_SIZE), aligned for pointers and 64-bit integers, and is not moved between start and wipe. The tests in
 * tests/backends/ hold any table to all that is said here. */
#ifndef SIDEWIRE_CRYPTO_H
#define SIDEWIRE_CRYPTO_H

#include <sidewire/api.h>

SW_BEGIN_DECLS

enum {
    SW_SHA1_SIZE = 20,
    SW_SHA256_SIZE = 32,
    SW_AES_KEY_SIZE = 16,
    SW_AES_BLOCK_SIZE = 16,
    SW_AES_STATE_SIZE = 352, /* room for a backend's AES-CTR state, bytes */
    SW_RSA_MIN_BITS = 2048,
    SW_RSA_MAX_BITS = 8192,
    SW_RSA_MAX_SIZE = SW_RSA_MAX_BITS / 8,
    SW_OAEP_OVERHEAD = 2 * SW_SHA1_SIZE + 2,

    /* for sealed sessions */
    SW_SHA256_STATE_SIZE = 128, /* room for a backend's state of a hash under way */
    SW_X25519_SIZE = 32,        /* of a secret key, a public key and what two sides share */
    SW_AEAD_KEY_SIZE = 32,
    SW_AEAD_NONCE_SIZE = 12,
    SW_AEAD_TAG_SIZE = 16,
    SW_AEAD_BLOCK_SIZE = 16,
    SW_AEAD_STATE_SIZE = 456, /* room for a backend's state of a key in use */
    SW_ED25519_PUBLIC_SIZE = 32,
    SW_ED25519_SECRET_SIZE = 32, /* the seed that RFC 8032 calls the private key */
    SW_ED25519_SIGNATURE_SIZE = 64
};

/* Authenticated encryption with associated data, both with the sizes above. */
typedef enum sw_aead { SW_AEAD_AES256_GCM = 1, SW_AEAD_CHACHA20_POLY1305 = 2 } sw_aead;

/* RSA numbers as unsigned big-endian bytes without leading zeros. A view: the
 * numbers belong to whoever made it, usually a key of keys.h. */
typedef struct sw_rsa_public {
    const uint8_t *n, *e;
    size_t n_size, e_size; /* n_size is the block size, in bytes */
} sw_rsa_public;

typedef struct sw_rsa_private {
    const uint8_t *n, *e, *d, *p, *q;
    size_t n_size, e_size, d_size, p_size, q_size;
    void *prepared; /* of key_prepare of the backend that is to use it, or NULL */
} sw_rsa_private;

typedef struct sw_x25519_key {
    uint8_t secret[SW_X25519_SIZE];
    uint8_t public_half[SW_X25519_SIZE]; /* that belongs to it, by x25519_public */
} sw_x25519_key;

typedef struct sw_ed25519_key {
    uint8_t secret[SW_ED25519_SECRET_SIZE];
    uint8_t public_half[SW_ED25519_PUBLIC_SIZE];
} sw_ed25519_key;

typedef struct sw_crypto {
    const char *name; /* for people */
    void *ctx;        /* passed on as given; NULL if the backend needs none */

    /* random: size bytes that nobody can guess. The others: the hash of in[0..size). */
    int (*random)(void *ctx, uint8_t *out, size_t size);
    int (*sha1)(void *ctx, uint8_t out[SW_SHA1_SIZE], const uint8_t *in, size_t size);
    int (*sha256)(void *ctx, uint8_t out[SW_SHA256_SIZE], const uint8_t *in, size_t size);

    /* OAEP with SHA-1, MGF1-SHA-1 and an empty label [protocol, section 4].
     * encrypt: writes key->n_size bytes; its only randomness is one call of
     * this table's own random for a 20-byte seed.
     * decrypt: in has key->n_size bytes; out has room for `cap` bytes and
     * *size is what came out. A result > 0 means that the padding check
     * failed or that the text does not fit, < 0 that the operation did. */
    int (*oaep_encrypt)(const struct sw_crypto *crypto, const sw_rsa_public *key, const uint8_t *in, size_t size,
                        uint8_t *out);
    int (*oaep_decrypt)(const struct sw_crypto *crypto, const sw_rsa_private *key, const uint8_t *in, uint8_t *out,
                        size_t cap, size_t *size);

    /* AES-128-CTR, 128-bit big-endian counter. `state` has aes_state_size
     * bytes (at most SW_AES_STATE_SIZE), aligned for pointers and 64-bit
     * integers, and is not moved between init and wipe. apply: out equals in or
     * does not overlap it; n is a multiple of SW_AES_BLOCK_SIZE, the key stream
     * goes on where it stopped. Parts of blocks are the core's business. */
    size_t aes_state_size;
    int (*aes_init)(void *ctx, void *state, const uint8_t key[SW_AES_KEY_SIZE],
                    const uint8_t counter[SW_AES_BLOCK_SIZE]);
    int (*aes_apply)(void *ctx, void *state, uint8_t *out, const uint8_t *in, size_t n);
    void (*aes_wipe)(void *ctx, void *state);

    /* Optional, both or neither (NULL): what a backend computes from a private
     * key before it can use it, done once by whoever uses a key often, and kept
     * in `prepared` beside the same numbers, which decrypting still looks at. prepare: NULL on failure; copies
     * what it wants of the key. forget wipes the copy. Not for two threads at a time. */
    void *(*key_prepare)(void *ctx, const sw_rsa_private *key);
    void (*key_forget)(void *ctx, void *prepared);

    /* ---- for sealed sessions [sealed, all of it] ---- */

    /* SHA-256 in pieces. `state` as that of AES: sha256_state_size bytes, at most
     * SW_SHA256_STATE_SIZE, aligned alike and not moved. start may be followed by any number of
     * updates and has to be followed by finish, or by wipe when the hash is not wanted any more or
     * a call failed. finish wipes whether it fails or not. */
    size_t sha256_state_size;
    int (*sha256_start)(void *ctx, void *state);
    int (*sha256_update)(void *ctx, void *state, const uint8_t *in, size_t size);
    int (*sha256_finish)(void *ctx, void *state, uint8_t out[SW_SHA256_SIZE]);
    void (*sha256_wipe)(void *ctx, void *state);

    /* X25519 (RFC 7748): the public half of a secret, and what own->secret shares with a peer's
     * public half. Any 32 bytes are a public half. Where the result is all zeros it is given like
     * any other: the core refuses it. */
    int (*x25519_public)(void *ctx, uint8_t out[SW_X25519_SIZE], const uint8_t secret[SW_X25519_SIZE]);
    int (*x25519)(void *ctx, uint8_t out[SW_X25519_SIZE], const sw_x25519_key *own,
                  const uint8_t peer[SW_X25519_SIZE]);

    /* A key in use by one direction of a session: `state` as that of AES, with aead_state_size bytes,
     * at most SW_AEAD_STATE_SIZE. After start, whether it fails or not, wipe is allowed and after
     * success it is needed. seal: encrypts text[0..size) in place and writes the tag behind it.
     * open: the reverse; > 0: the tag is not that of key, nonce, associated data and text, and what
     * is in text then is not to be used. Optional (NULL), as it saves a copy of what is large: seal_from, which does
     * as seal does, but of the text only text[0..head) is in place, and data[0..size) is what goes on behind it; these
     * do not overlap. head is a multiple of SW_AEAD_BLOCK_SIZE. */
    size_t aead_state_size;
    int (*aead_start)(void *ctx, void *state, sw_aead kind, const uint8_t key[SW_AEAD_KEY_SIZE]);
    int (*aead_seal)(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                     size_t ad_size, uint8_t *text, size_t size);
    int (*aead_seal_from)(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                          size_t ad_size, uint8_t *text, size_t head, const uint8_t *data, size_t size);
    int (*aead_open)(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                     size_t ad_size, uint8_t *text, size_t size);
    void (*aead_wipe)(void *ctx, void *state);

    /* RSA PKCS #1 v1.5 with SHA-256 (RFC 8017, section 8.2) of a message whose hash is given; the
     * signature has key->n_size bytes. verify: > 0 if it is not that of the key for the hash. Draws
     * nothing from the table's random. */
    int (*rsa_sign)(const struct sw_crypto *crypto, const sw_rsa_private *key, const uint8_t hash[SW_SHA256_SIZE],
                    uint8_t *signature);
    int (*rsa_verify)(const struct sw_crypto *crypto, const sw_rsa_public *key, const uint8_t hash[SW_SHA256_SIZE],
                      const uint8_t *signature);

    /* Optional, all or none (NULL): Ed25519 (RFC 8032): the public half of a secret, and signatures of
     * a message. verify: > 0 as above. */
    int (*ed25519_public)(void *ctx, uint8_t out[SW_ED25519_PUBLIC_SIZE],
                          const uint8_t secret[SW_ED25519_SECRET_SIZE]);
    int (*ed25519_sign)(void *ctx, const sw_ed25519_key *key, const uint8_t *message, size_t size,
                        uint8_t signature[SW_ED25519_SIGNATURE_SIZE]);
    int (*ed25519_verify)(void *ctx, const uint8_t key[SW_ED25519_PUBLIC_SIZE], const uint8_t *message,
                          size_t size, const uint8_t signature[SW_ED25519_SIGNATURE_SIZE]);
} sw_crypto;

SW_END_DECLS
#endif
