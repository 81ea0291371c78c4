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

const sw_crypto any_crypto = {
    .name = "any",
    .random = any_random,
    .sha1 = any_sha1,
    .sha256 = any_sha256,
    .oaep_encrypt = any_encrypt,
    .oaep_decrypt = any_decrypt,
};
