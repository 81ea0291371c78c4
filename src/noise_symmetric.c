/* SPDX-License-Identifier: ISC */
/* The symmetric state of a Noise handshake: its hash and its key [sealed, section 2; Noise, section 5.2]. */
#include "noise_internal.h"

#include <string.h>

#include "hmac.h"
#include "secret.h"

/* next = SHA-256(hash, data) */
static int hash_with(const sw_noise *noise, const uint8_t *data, size_t len, uint8_t next[SW_SHA256_SIZE])
{
    const sw_crypto *crypto = noise->crypto;
    union {
        uint64_t align_integer;
        void *align_pointer;
        uint8_t backend[SW_SHA256_STATE_SIZE];
    } state;

    if (crypto->sha256_start(crypto->ctx, state.backend) < 0 ||
        crypto->sha256_update(crypto->ctx, state.backend, noise->hash, sizeof(noise->hash)) < 0 ||
        crypto->sha256_update(crypto->ctx, state.backend, data, len) < 0) {
        crypto->sha256_wipe(crypto->ctx, state.backend);
        return SW_E_HASH;
    }
    return crypto->sha256_finish(crypto->ctx, state.backend, next) < 0 ? SW_E_HASH : SW_OK;
}

int swi_noise_mix_hash(sw_noise *noise, const uint8_t *data, size_t len)
{
    return hash_with(noise, data, len, noise->hash);
}

/* In the same time whatever they are. */
static uint8_t any_bit(const uint8_t shared[SW_X25519_SIZE])
{
    uint8_t any = 0;

    for (size_t i = 0; i < SW_X25519_SIZE; i++)
        any |= shared[i];
    return any;
}

/* Goes on from what a key of ours and one of the peer share. All zeros is what low-order points
 * give, whoever knows the secret. */
int swi_noise_mix_key(sw_noise *noise, const sw_x25519_key *own, const uint8_t peer[SW_X25519_SIZE])
{
    uint8_t shared[SW_X25519_SIZE];
    int result = SW_OK;

    if (noise->crypto->x25519(noise->crypto->ctx, shared, own, peer) < 0)
        result = SW_E_X25519;
    if (result == SW_OK && any_bit(shared) == 0)
        result = SW_E_LOW_ORDER;
    if (result == SW_OK && swi_hkdf(noise->crypto, noise->chaining_key, shared, sizeof(shared),
                                    noise->chaining_key, noise->u.key) < 0)
        result = SW_E_HASH;
    swi_secret_wipe(shared, sizeof(shared));
    return result;
}

typedef int (*aead_operation)(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                              size_t ad_size, uint8_t *text, size_t size);

/* Seals or opens a part of a message. Each key is used once in a handshake, with the first nonce.
 * < 0: the backend failed, > 0: it does not verify. */
static int run_aead(sw_noise *noise, aead_operation run, uint8_t *text, size_t size)
{
    static const uint8_t nonce[SW_AEAD_NONCE_SIZE];
    const sw_crypto *crypto = noise->crypto;
    union {
        uint64_t align_integer;
        void *align_pointer;
        uint8_t backend[SW_AEAD_STATE_SIZE];
    } state;
    int result;

    if (crypto->aead_start(crypto->ctx, state.backend, swi_suite_aead(noise->suite), noise->u.key) < 0)
        return -1;
    result = run(crypto->ctx, state.backend, nonce, noise->hash, sizeof(noise->hash), text, size);
    crypto->aead_wipe(crypto->ctx, state.backend);
    return result;
}

int swi_noise_encrypt_and_hash(sw_noise *noise, uint8_t *text, size_t size)
{
    if (run_aead(noise, noise->crypto->aead_seal, text, size) < 0)
        return SW_E_AEAD;
    return swi_noise_mix_hash(noise, text, size + SW_AEAD_TAG_SIZE);
}

/* Opening needs the hash as it was, and the next hash needs the text as it came. */
int swi_noise_decrypt_and_hash(sw_noise *noise, uint8_t *text, size_t size)
{
    uint8_t next[SW_SHA256_SIZE];
    int result = hash_with(noise, text, size + SW_AEAD_TAG_SIZE, next);

    if (result < 0)
        return result;
    result = run_aead(noise, noise->crypto->aead_open, text, size);
    memcpy(noise->hash, next, sizeof(next));
    if (result == 0)
        return SW_OK;
    return result < 0 ? SW_E_AEAD : SW_E_NOISE;
}
