/* SPDX-License-Identifier: ISC */
#include "pkcs1.h"

#include <string.h>

/* DigestInfo of SHA-256 without the hash (RFC 8017, section 9.2, note 1). */
static const uint8_t digest_info[] = { 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                       0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20 };

enum { ENCODED_SIZE = sizeof(digest_info) + SW_SHA256_SIZE };

int swi_pkcs1_encode(uint8_t *block, size_t block_size, const uint8_t hash[SW_SHA256_SIZE])
{
    size_t filling;

    if (block_size < SW_RSA_MIN_BITS / 8 || block_size > SW_RSA_MAX_SIZE)
        return -1;
    filling = block_size - ENCODED_SIZE - 1;
    block[0] = 0;
    block[1] = 1;
    memset(block + 2, 0xff, filling - 2);
    block[filling] = 0;
    memcpy(block + filling + 1, digest_info, sizeof(digest_info));
    memcpy(block + filling + 1 + sizeof(digest_info), hash, SW_SHA256_SIZE);
    return 0;
}

int swi_pkcs1_below(const uint8_t *a, const uint8_t *b, size_t size)
{
    return memcmp(a, b, size) < 0;
}

int swi_pkcs1_check(const uint8_t *block, size_t block_size, const uint8_t hash[SW_SHA256_SIZE])
{
    uint8_t expected[SW_RSA_MAX_SIZE];

    if (swi_pkcs1_encode(expected, block_size, hash) < 0)
        return 1;
    return memcmp(block, expected, block_size) != 0;
}
