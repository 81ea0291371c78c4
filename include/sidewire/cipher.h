/* SPDX-License-Identifier: ISC */
/* The stream ciphers of a plain session [protocol, section 6].
 *
 * Each direction has a key stream of its own, which both sides start from the same session key and move on by as
 * many bytes as are sent. Encrypting and decrypting are the same call:
 *
 *     sw_cipher_init(&cipher, SW_CIPHER_AES_CTR128, crypto, secrets.client_key);
 *     sw_cipher_apply(&cipher, bytes, bytes, len);        any number of times, any lengths
 *     sw_cipher_wipe(&cipher);
 *
 * Decoder and encoder of packet.h make these calls themselves. Those who apply a cipher to bytes of their own, as
 * legacy mode does, must not do so with one that is in use there. There is no integrity in any of this:
 * sealed sessions have records instead (record.h).
 *
 * A cipher is a machine: SW_E_AES stays, and the key is wiped with it. */
#ifndef SIDEWIRE_CIPHER_H
#define SIDEWIRE_CIPHER_H

#include <sidewire/crypto.h>

SW_BEGIN_DECLS

enum {
    SW_CIPHER_KEY_SIZE = 32, /* bytes of a session key, for either cipher */
    SW_AES_AHEAD_SIZE = 256, /* key stream that is made ahead of its use, bytes */
    SW_AES_CALL_UNIT = 64    /* a backend is asked for multiples of that, bytes */
};

typedef enum sw_cipher_kind {
    SW_CIPHER_NONE = 0,       /* never started, or wiped: gives SW_E_CIPHER */
    SW_CIPHER_RC4 = 1,        /* whole key, nothing dropped */
    SW_CIPHER_AES_CTR128 = 2, /* key[0..16) the key, key[16..32) the first counter block */
    SW_CIPHER_FAILED = 3      /* its backend failed: gives SW_E_AES, whatever is asked */
} sw_cipher_kind;

/* Private, as all of sw_cipher. */
typedef struct sw_rc4_state {
    uint8_t s[256];
    uint8_t i, j;
} sw_rc4_state;

typedef struct sw_aes_state {
    union {
        uint8_t backend[SW_AES_STATE_SIZE];
        uint64_t align_integer;
        void *align_pointer;
    };
    size_t used; /* bytes of ahead */
    uint8_t ahead[SW_AES_AHEAD_SIZE];
} sw_aes_state;

/* One direction's key stream, about 600 bytes. `kind` may be read, the rest is private. Not to be copied or moved
 * between init and wipe: the backend's state may have pointers into itself. */
typedef struct sw_cipher {
    sw_cipher_kind kind;
    const sw_crypto *crypto;
    union {
        sw_rc4_state rc4;
        sw_aes_state aes;
    } state;
} sw_cipher;

/* Starts a key stream from key[0..SW_CIPHER_KEY_SIZE), which is copied. `crypto` is used by AES only, and may be
 * NULL for RC4; it must stay until the wipe. SW_OK; SW_E_NULL; SW_E_CIPHER: no such kind, or a backend whose state
 * is larger than SW_AES_STATE_SIZE; SW_E_AES: the backend failed. After an error the cipher is wiped. */
SW_API int sw_cipher_init(sw_cipher *cipher, sw_cipher_kind kind, const sw_crypto *crypto, const uint8_t *key);

/* Encrypts or decrypts in[0..n) to out[0..n), and moves the key stream on by n. out is in, or does not overlap it.
 * SW_OK; SW_E_NULL and SW_E_OVERLAP: the call had no effect; SW_E_AES: the backend failed, the key is wiped,
 * and the same comes from then on; SW_E_CIPHER: the cipher was never started, or is wiped. No byte of out is to
 * be used after an error. */
SW_API int sw_cipher_apply(sw_cipher *cipher, uint8_t *out, const uint8_t *in, size_t n);

/* How many bytes to leave free at `at`, so that what a backend does of the next bytes of the stream begins with a
 * cache line: large pieces are some per cent faster then, with fast libraries. Any place will do otherwise. */
static inline size_t sw_cipher_lead(const sw_cipher *cipher, const uint8_t *at)
{
    if (cipher->kind != SW_CIPHER_AES_CTR128)
        return 0;
    return (size_t)(cipher->state.aes.used - (uintptr_t)at) % SW_AES_CALL_UNIT;
}

/* Forgets the key; the cipher is then of kind SW_CIPHER_NONE. NULL is fine, and so is a cipher that was wiped or
 * zeroed, but not one that is uninitialised memory. */
SW_API void sw_cipher_wipe(sw_cipher *cipher);

SW_END_DECLS
#endif
