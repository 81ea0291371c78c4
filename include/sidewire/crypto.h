/* The table of functions that a crypto backend provides. */
#ifndef SIDEWIRE_CRYPTO_H
#define SIDEWIRE_CRYPTO_H

#include <sidewire/api.h>

SW_BEGIN_DECLS

enum {
    SW_SHA1_SIZE = 20,
    SW_SHA256_SIZE = 32,
    SW_AES_KEY_SIZE = 16,
    SW_AES_BLOCK_SIZE = 16,
    SW_AES_STATE_SIZE = 352,     /* room for a backend's AES-CTR state, bytes */
    SW_RSA_MIN_BITS = 2048,
    SW_RSA_MAX_BITS = 8192,
    SW_RSA_MAX_SIZE = SW_RSA_MAX_BITS / 8,
    SW_OAEP_OVERHEAD = 2 * SW_SHA1_SIZE + 2
};

/* RSA numbers as unsigned big-endian bytes without leading zeros. A view: the
 * numbers belong to whoever made it, usually a key of keys.h. */
typedef struct sw_rsa_public {
    const uint8_t *n, *e;
    size_t n_size, e_size;       /* n_size is the block size, in bytes */
} sw_rsa_public;

typedef struct sw_rsa_private {
    const uint8_t *n, *e, *d, *p, *q;
    size_t n_size, e_size, d_size, p_size, q_size;
    void *prepared;              /* of key_prepare of the backend that is to use it, or NULL */
} sw_rsa_private;

/* Every function returns 0, or a negative number on failure; the core turns
 * that into a code of its own, naming the operation. ctx is passed on as given
 * and may be NULL if the backend needs none. No function keeps a pointer. */
typedef struct sw_crypto {
    const char *name;
    void *ctx;

    int (*random)(void *ctx, uint8_t *out, size_t size);
    int (*sha1)(void *ctx, uint8_t out[SW_SHA1_SIZE], const uint8_t *in, size_t size);
    int (*sha256)(void *ctx, uint8_t out[SW_SHA256_SIZE], const uint8_t *in, size_t size);

    /* OAEP with SHA-1, MGF1-SHA-1 and an empty label [protocol, section 4].
     * encrypt: writes key->n_size bytes; its only randomness is one call of
     * this table's own random for a 20-byte seed.
     * decrypt: in has key->n_size bytes; out has room for `cap` bytes and
     * *size is what came out. A result > 0 means that the padding check
     * failed or that the text does not fit, < 0 that the operation did. */
    int (*oaep_encrypt)(const struct sw_crypto *crypto, const sw_rsa_public *key,
                        const uint8_t *in, size_t size, uint8_t *out);
    int (*oaep_decrypt)(const struct sw_crypto *crypto, const sw_rsa_private *key,
                        const uint8_t *in, uint8_t *out, size_t cap, size_t *size);

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
} sw_crypto;

SW_END_DECLS
#endif
