/* SPDX-License-Identifier: ISC */
#include "hmac.h"

#include <string.h>

#include "secret.h"

enum { BLOCK_SIZE = 64 }; /* of SHA-256 */

/* The hash of the key with a pad, then the message. */
static int hash_padded(const sw_crypto *crypto, const uint8_t *key, size_t key_size, uint8_t pad,
                       const uint8_t *message, size_t size, int more, uint8_t out[SW_SHA256_SIZE])
{
    union {
        uint64_t align_integer;
        void *align_pointer;
        uint8_t backend[SW_SHA256_STATE_SIZE];
    } state;
    uint8_t block[BLOCK_SIZE];
    uint8_t last = (uint8_t)more;
    void *ctx = crypto->ctx;
    int failed;

    for (size_t i = 0; i < BLOCK_SIZE; i++)
        block[i] = (uint8_t)((i < key_size ? key[i] : 0u) ^ pad);
    failed = crypto->sha256_start(ctx, state.backend) < 0 ||
             crypto->sha256_update(ctx, state.backend, block, sizeof(block)) < 0 ||
             crypto->sha256_update(ctx, state.backend, message, size) < 0 ||
             (more >= 0 && crypto->sha256_update(ctx, state.backend, &last, 1) < 0);
    swi_secret_wipe(block, sizeof(block));
    if (failed) {
        crypto->sha256_wipe(ctx, state.backend);
        return -1;
    }
    return crypto->sha256_finish(ctx, state.backend, out) < 0 ? -1 : 0;
}

int swi_hmac(const sw_crypto *crypto, const uint8_t *key, size_t key_size, const uint8_t *message, size_t size,
             int more, uint8_t out[SW_SHA256_SIZE])
{
    enum { INNER = 0x36, OUTER = 0x5c };
    uint8_t inner[SW_SHA256_SIZE];
    int result = hash_padded(crypto, key, key_size, INNER, message, size, more, inner);

    if (result == 0)
        result = hash_padded(crypto, key, key_size, OUTER, inner, sizeof(inner), -1, out);
    swi_secret_wipe(inner, sizeof(inner));
    return result;
}

int swi_hkdf(const sw_crypto *crypto, const uint8_t salt[SW_SHA256_SIZE], const uint8_t *input, size_t size,
             uint8_t first[SW_SHA256_SIZE], uint8_t second[SW_SHA256_SIZE])
{
    uint8_t extracted[SW_SHA256_SIZE];
    int result = swi_hmac(crypto, salt, SW_SHA256_SIZE, input, size, -1, extracted);

    if (result == 0)
        result = swi_hmac(crypto, extracted, sizeof(extracted), NULL, 0, 1, first);
    if (result == 0)
        result = swi_hmac(crypto, extracted, sizeof(extracted), first, SW_SHA256_SIZE, 2, second);
    swi_secret_wipe(extracted, sizeof(extracted));
    return result;
}
