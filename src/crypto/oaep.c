/* SPDX-License-Identifier: ISC */
#include "oaep.h"

#include <string.h>

/* Block: a zero, the masked seed, the masked data block. That is the hash of the label, zeros, a
 * one, and the text. */
enum { SEED_AT = 1, DATA_AT = SEED_AT + SW_SHA1_SIZE };

static const uint8_t label_hash[SW_SHA1_SIZE] = { 0xda, 0x39, 0xa3, 0xee, 0x5e, 0x6b, 0x4b, 0x0d, 0x32, 0x55,
                                                  0xbf, 0xef, 0x95, 0x60, 0x18, 0x90, 0xaf, 0xd8, 0x07, 0x09 };

static void wipe(volatile uint8_t *p, size_t n)
{
    while (n > 0)
        p[--n] = 0;
}

/* Xors target with MGF1 of source. */
static int mask(void *ctx, swi_oaep_sha1 sha1, uint8_t *target, size_t target_size, const uint8_t *source,
                size_t source_size)
{
    uint8_t in[SW_RSA_MAX_SIZE + 4], hash[SW_SHA1_SIZE];
    int result = 0;

    memcpy(in, source, source_size);
    memset(in + source_size, 0, 4);
    for (size_t at = 0; at < target_size && result == 0; at += SW_SHA1_SIZE) {
        size_t n = target_size - at < SW_SHA1_SIZE ? target_size - at : SW_SHA1_SIZE;
        in[source_size + 3] = (uint8_t)(at / SW_SHA1_SIZE); /* SW_RSA_MAX_SIZE has 52 hashes */
        result = sha1(ctx, hash, in, source_size + 4) == 0 ? 0 : -1;
        for (size_t i = 0; i < n; i++)
            target[at + i] ^= hash[i];
    }
    wipe(in, source_size);
    wipe(hash, sizeof(hash));
    return result;
}

int swi_oaep_encode(const sw_crypto *crypto, swi_oaep_sha1 sha1, uint8_t *block, size_t block_size,
                    const uint8_t *in, size_t size)
{
    uint8_t *seed, *data;
    size_t data_size;

    if (block_size > SW_RSA_MAX_SIZE || block_size < SW_OAEP_OVERHEAD || size > block_size - SW_OAEP_OVERHEAD)
        return -1;
    seed = block + SEED_AT;
    data = block + DATA_AT;
    data_size = block_size - DATA_AT;
    if (crypto->random(crypto->ctx, seed, SW_SHA1_SIZE) < 0)
        return -1;
    block[0] = 0;
    memcpy(data, label_hash, SW_SHA1_SIZE);
    memset(data + SW_SHA1_SIZE, 0, data_size - SW_SHA1_SIZE - size);
    data[data_size - size - 1] = 1;
    if (size > 0)
        memcpy(data + data_size - size, in, size);
    if (mask(crypto->ctx, sha1, data, data_size, seed, SW_SHA1_SIZE) < 0)
        return -1;
    return mask(crypto->ctx, sha1, seed, SW_SHA1_SIZE, data, data_size);
}

/* 1 if x is 0, else 0, for x below 2^31. */
static uint32_t is_zero(uint32_t x)
{
    return (x - 1) >> 31;
}

/* Where the text begins in the data block; 0: it is none. */
static size_t find_text(uint8_t first, const uint8_t *data, size_t data_size)
{
    uint32_t good = is_zero(first);
    uint32_t searching = 1;
    uint32_t begin = 0;

    for (size_t i = 0; i < SW_SHA1_SIZE; i++)
        good &= is_zero((uint32_t)data[i] ^ label_hash[i]);
    for (size_t i = SW_SHA1_SIZE; i < data_size; i++) {
        uint32_t here = searching & is_zero((uint32_t)data[i] ^ 1);
        begin |= (0 - here) & (uint32_t)(i + 1);
        searching &= 1 ^ here;
        good &= 1 ^ (searching & (1 ^ is_zero(data[i])));
    }
    good &= 1 ^ searching;
    return (0 - good) & begin;
}

int swi_oaep_decode(void *ctx, swi_oaep_sha1 sha1, uint8_t *block, size_t block_size, uint8_t *out, size_t cap,
                    size_t *size)
{
    uint8_t *seed, *data;
    size_t data_size, begin;

    if (block_size > SW_RSA_MAX_SIZE || block_size < SW_OAEP_OVERHEAD)
        return -1;
    seed = block + SEED_AT;
    data = block + DATA_AT;
    data_size = block_size - DATA_AT;
    if (mask(ctx, sha1, seed, SW_SHA1_SIZE, data, data_size) < 0 ||
        mask(ctx, sha1, data, data_size, seed, SW_SHA1_SIZE) < 0)
        return -1;
    begin = find_text(block[0], data, data_size);
    if (begin == 0 || data_size - begin > cap)
        return 1;
    *size = data_size - begin;
    if (*size > 0)
        memcpy(out, data + begin, *size);
    return 0;
}
