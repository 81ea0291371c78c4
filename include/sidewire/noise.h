/* SPDX-License-Identifier: ISC */
/* The Noise handshake of a sealed session: Noise_NX, revision 34 of the Noise Protocol Framework, in
 * either role, alone usable [sealed, section 2]. It is made of two messages:
 *
 *     -> e, payload               initiator (client); the payload is clear
 *     <- e, ee, s, es, payload    responder (server)
 *
 * Without frames, which are the caller's. A machine: errors stay, and wipe its secrets. */
#ifndef SIDEWIRE_NOISE_H
#define SIDEWIRE_NOISE_H

#include <sidewire/crypto.h>
#include <sidewire/error.h>

SW_BEGIN_DECLS

/* Protocols, as one bit each, in the order of preference. */
typedef enum sw_suite {
    SW_SUITE_AESGCM = 1,     /* Noise_NX_25519_AESGCM_SHA256 */
    SW_SUITE_CHACHAPOLY = 2, /* Noise_NX_25519_ChaChaPoly_SHA256 */
    SW_SUITES_ALL = 3
} sw_suite;

enum {
    SW_NOISE_KEY_SIZE = SW_AEAD_KEY_SIZE,
    SW_NOISE_HASH_SIZE = SW_SHA256_SIZE,
    /* bytes of the two messages beside their payloads */
    SW_NOISE_OVERHEAD_1 = SW_X25519_SIZE,
    SW_NOISE_OVERHEAD_2 = 2 * SW_X25519_SIZE + 2 * SW_AEAD_TAG_SIZE
};

/* Fields are private, but these: hash is the handshake hash, final and no secret once the handshake
 * is done; peer_ephemeral and peer_static are the peer's public keys once read. */
typedef struct sw_noise {
    const sw_crypto *crypto;
    const sw_x25519_key *own_static;
    sw_suite suite;
    int state;
    sw_error error;
    uint8_t hash[SW_NOISE_HASH_SIZE], chaining_key[SW_SHA256_SIZE];
    uint8_t peer_ephemeral[SW_X25519_SIZE], peer_static[SW_X25519_SIZE];
    sw_x25519_key ephemeral;
    union {
        uint64_t align_integer;
        void *align_pointer;
        uint8_t prologue[SW_SHA256_STATE_SIZE]; /* its hash, while it comes in */
        uint8_t key[SW_NOISE_KEY_SIZE];
    } u;
} sw_noise;

/* Starts an initiator, or a responder with its static key, which stays the caller's until the
 * handshake is done. SW_E_NULL, SW_E_CONFIG: no suite; SW_E_BACKEND: a table without what is needed;
 * SW_E_HASH. */
SW_API int sw_noise_initiator(sw_noise *noise, const sw_crypto *crypto, sw_suite suite);
SW_API int sw_noise_responder(sw_noise *noise, const sw_crypto *crypto, sw_suite suite,
                              const sw_x25519_key *own_static);

/* The next bytes of the prologue, in as many calls as wanted, all before the first message.
 * SW_E_NULL, SW_E_STATE, SW_E_HASH. */
SW_API int sw_noise_prologue(sw_noise *noise, const uint8_t *data, size_t len);

/* Writes this side's message around the payload to out[0..cap): *written becomes its overhead plus
 * len. Draws the ephemeral key from the table's random. payload does not overlap out, unless it is
 * where it goes: behind the first SW_NOISE_OVERHEAD_1 bytes, or SW_NOISE_OVERHEAD_2 less a tag.
 * SW_E_NULL, SW_E_STATE, SW_E_SPACE, SW_E_LOW_ORDER, SW_E_RANDOM, SW_E_X25519, SW_E_AEAD, SW_E_HASH. */
SW_API int sw_noise_write(sw_noise *noise, const uint8_t *payload, size_t len, uint8_t *out, size_t cap,
                          size_t *written);

/* Reads the peer's message, which is decrypted in place; *payload points into it. Nothing of a message
 * that does not verify is given out: SW_E_NOISE, and the message is wiped. SW_E_FRAME_SIZE: it is too
 * short; SW_E_NULL, SW_E_STATE, SW_E_LOW_ORDER, SW_E_X25519, SW_E_AEAD, SW_E_HASH. */
SW_API int sw_noise_read(sw_noise *noise, uint8_t *message, size_t len, uint8_t **payload, size_t *payload_len);

/* After both messages: the keys of what the initiator sends and of what the responder sends. Wipes
 * all secrets; hash and peer_static stay. SW_E_NULL, SW_E_STATE, SW_E_HASH. */
SW_API int sw_noise_split(sw_noise *noise, uint8_t from_initiator[SW_NOISE_KEY_SIZE],
                          uint8_t from_responder[SW_NOISE_KEY_SIZE]);

/* The error that happened, with its values; its code is SW_OK if there was none. */
SW_API sw_error sw_noise_error(const sw_noise *noise);

/* NULL and repeated calls are fine; also of a struct that is zero. */
SW_API void sw_noise_wipe(sw_noise *noise);

/* "noise_nx_25519_aesgcm_sha256": the feature that stands for a suite. Static; NULL: no suite. */
SW_API const char *sw_suite_name(sw_suite suite);

SW_END_DECLS
#endif
