/* SPDX-License-Identifier: ISC */
#include "any.h"

static int any_random(void *ctx, uint8_t *out, size_t size)
{
    any_bytes(out, size);
    return any_result();
}

static int any_sha1(void *ctx, uint8_t out[SW_SHA1_SIZE], const uint8_t *in, size_t size)
{
    /*@ assert size == 0 || \valid_read(in + (0 .. size - 1)); */
    any_bytes(out, SW_SHA1_SIZE);
    return any_result();
}

static int any_sha256(void *ctx, uint8_t out[SW_SHA256_SIZE], const uint8_t *in, size_t size)
{
    /*@ assert size == 0 || \valid_read(in + (0 .. size - 1)); */
    any_bytes(out, SW_SHA256_SIZE);
    return any_result();
}

static int any_encrypt(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t *in, size_t size,
                       uint8_t *out)
{
    /*@ assert \valid_read(in + (0 .. size - 1)); */
    /*@ assert \valid_read(key->n + (0 .. key->n_size - 1)); */
    /*@ assert \valid_read(key->e + (0 .. key->e_size - 1)); */
    any_bytes(out, key->n_size);
    return any_result();
}

static int any_decrypt(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t *in, uint8_t *out,
                       size_t cap, size_t *size)
{
    /*@ assert \valid_read(in + (0 .. key->n_size - 1)); */
    any_bytes(out, cap);
    *size = any_size(cap);
    return any_result();
}

static int any_aes_init(void *ctx, void *state, const uint8_t key[SW_AES_KEY_SIZE],
                        const uint8_t counter[SW_AES_BLOCK_SIZE])
{
    /*@ assert \valid_read(key + (0 .. SW_AES_KEY_SIZE - 1)); */
    /*@ assert \valid_read(counter + (0 .. SW_AES_BLOCK_SIZE - 1)); */
    any_bytes(state, SW_AES_STATE_SIZE);
    return any_result();
}

static int any_aes_apply(void *ctx, void *state, uint8_t *out, const uint8_t *in, size_t n)
{
    /*@ assert n % SW_AES_BLOCK_SIZE == 0; */
    /*@ assert n == 0 || \valid_read(in + (0 .. n - 1)); */
    any_bytes(state, SW_AES_STATE_SIZE);
    any_bytes(out, n);
    return any_result();
}

static void any_aes_wipe(void *ctx, void *state)
{
    memset(state, 0, SW_AES_STATE_SIZE);
}

static int any_sha256_start(void *ctx, void *state)
{
    any_bytes(state, SW_SHA256_STATE_SIZE);
    return any_result();
}

static int any_sha256_update(void *ctx, void *state, const uint8_t *in, size_t size)
{
    /*@ assert size == 0 || \valid_read(in + (0 .. size - 1)); */
    any_bytes(state, SW_SHA256_STATE_SIZE);
    return any_result();
}

static int any_sha256_finish(void *ctx, void *state, uint8_t out[SW_SHA256_SIZE])
{
    memset(state, 0, SW_SHA256_STATE_SIZE);
    any_bytes(out, SW_SHA256_SIZE);
    return any_result();
}

static void any_sha256_wipe(void *ctx, void *state)
{
    memset(state, 0, SW_SHA256_STATE_SIZE);
}

static int any_x25519_public(void *ctx, uint8_t out[SW_X25519_SIZE], const uint8_t secret[SW_X25519_SIZE])
{
    /*@ assert \valid_read(secret + (0 .. SW_X25519_SIZE - 1)); */
    any_bytes(out, SW_X25519_SIZE);
    return any_result();
}

static int any_x25519(void *ctx, uint8_t out[SW_X25519_SIZE], const sw_x25519_key *own,
                      const uint8_t peer[SW_X25519_SIZE])
{
    /*@ assert \valid_read(own); */
    /*@ assert \valid_read(peer + (0 .. SW_X25519_SIZE - 1)); */
    any_bytes(out, SW_X25519_SIZE);
    return any_result();
}

static int any_aead_start(void *ctx, void *state, sw_aead kind, const uint8_t key[SW_AEAD_KEY_SIZE])
{
    /*@ assert \valid_read(key + (0 .. SW_AEAD_KEY_SIZE - 1)); */
    any_bytes(state, SW_AEAD_STATE_SIZE);
    return any_result();
}

static int any_aead_seal(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                         size_t ad_size, uint8_t *text, size_t size)
{
    /*@ assert \valid_read(nonce + (0 .. SW_AEAD_NONCE_SIZE - 1)); */
    /*@ assert ad_size == 0 || \valid_read(ad + (0 .. ad_size - 1)); */
    any_bytes(state, SW_AEAD_STATE_SIZE);
    any_bytes(text, size + SW_AEAD_TAG_SIZE);
    return any_result();
}

static int any_aead_seal_from(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                              size_t ad_size, uint8_t *text, size_t head, const uint8_t *data, size_t size)
{
    /*@ assert \valid_read(nonce + (0 .. SW_AEAD_NONCE_SIZE - 1)); */
    /*@ assert ad_size == 0 || \valid_read(ad + (0 .. ad_size - 1)); */
    /*@ assert head % SW_AEAD_BLOCK_SIZE == 0; */
    /*@ assert \valid_read(data + (0 .. size - 1)); */
    any_bytes(state, SW_AEAD_STATE_SIZE);
    any_bytes(text, head + size + SW_AEAD_TAG_SIZE);
    return any_result();
}

static int any_aead_open(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                         size_t ad_size, uint8_t *text, size_t size)
{
    /*@ assert \valid_read(nonce + (0 .. SW_AEAD_NONCE_SIZE - 1)); */
    /*@ assert ad_size == 0 || \valid_read(ad + (0 .. ad_size - 1)); */
    /*@ assert \valid_read(text + (0 .. size + SW_AEAD_TAG_SIZE - 1)); */
    any_bytes(state, SW_AEAD_STATE_SIZE);
    any_bytes(text, size);
    return any_result();
}

static void any_aead_wipe(void *ctx, void *state)
{
    memset(state, 0, SW_AEAD_STATE_SIZE);
}

const sw_crypto any_crypto = {
    .name = "any",
    .random = any_random,
    .sha1 = any_sha1,
    .sha256 = any_sha256,
    .oaep_encrypt = any_encrypt,
    .oaep_decrypt = any_decrypt,
    .aes_state_size = SW_AES_STATE_SIZE,
    .aes_init = any_aes_init,
    .aes_apply = any_aes_apply,
    .aes_wipe = any_aes_wipe,
    .sha256_state_size = SW_SHA256_STATE_SIZE,
    .sha256_start = any_sha256_start,
    .sha256_update = any_sha256_update,
    .sha256_finish = any_sha256_finish,
    .sha256_wipe = any_sha256_wipe,
    .x25519_public = any_x25519_public,
    .x25519 = any_x25519,
    .aead_state_size = SW_AEAD_STATE_SIZE,
    .aead_start = any_aead_start,
    .aead_seal = any_aead_seal,
    .aead_seal_from = any_aead_seal_from,
    .aead_open = any_aead_open,
    .aead_wipe = any_aead_wipe,
};
