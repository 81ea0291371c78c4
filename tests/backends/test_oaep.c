/* SPDX-License-Identifier: ISC */
/* OAEP as the backends do it that have it from src/crypto/oaep.c: against an encoder written here,
 * and everything that can be wrong with a block. */
#include "../src/crypto/oaep.h"

#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "tested_backend.h"

static sw_crypto *crypto;

static void setup(void)
{
    crypto = tested_backend();
}

static void teardown(void)
{
    sw_backend_free(crypto);
}

/* ---- an encoder that takes any data block ---- */

enum { HASH = SW_SHA1_SIZE };

/* Xors each byte on its own with that of the mask. */
static void apply_mask(uint8_t *target, size_t n, const uint8_t *seed, size_t seed_size)
{
    for (size_t i = 0; i < n; i++) {
        uint8_t *in = malloc(seed_size + 4), hash[HASH];
        memcpy(in, seed, seed_size);
        in[seed_size] = in[seed_size + 1] = in[seed_size + 2] = 0;
        in[seed_size + 3] = (uint8_t)(i / HASH);
        ck_assert(crypto->sha1(crypto->ctx, hash, in, seed_size + 4) == 0);
        target[i] ^= hash[i % HASH];
        free(in);
    }
}

static void encode(uint8_t *block, size_t size, uint8_t first, const uint8_t *data)
{
    block[0] = first;
    memset(block + 1, 0x5a, HASH);
    memcpy(block + 1 + HASH, data, size - 1 - HASH);
    apply_mask(block + 1 + HASH, size - 1 - HASH, block + 1, HASH);
    apply_mask(block + 1, HASH, block + 1 + HASH, size - 1 - HASH);
}

/* A data block with a text of n bytes 0xee. */
static void fill_data(uint8_t *data, size_t size, size_t n)
{
    memset(data, 0, size);
    ck_assert_int_eq(crypto->sha1(crypto->ctx, data, NULL, 0), 0);
    data[size - n - 1] = 1;
    memset(data + size - n, 0xee, n);
}

/* Decodes from and to memory of exact size. */
static int decode(const uint8_t *block, size_t block_size, uint8_t *out, size_t cap, size_t *size)
{
    uint8_t *work = exact_copy(block, block_size);
    uint8_t *text = malloc(cap);
    int result = swi_oaep_decode(crypto->ctx, crypto->sha1, work, block_size, text, cap, size);

    if (result == 0 && *size > 0)
        memcpy(out, text, *size);
    free(text);
    free(work);
    return result;
}

/* ---- good blocks ---- */

static int fixed_seed(void *ctx, uint8_t *out, size_t size)
{
    (void)ctx;
    ck_assert_uint_eq(size, HASH);
    memset(out, 0x5a, size);
    return 0;
}

static int no_seed(void *ctx, uint8_t *out, size_t size)
{
    (void)ctx;
    (void)out;
    (void)size;
    return -1;
}

static const size_t block_sizes[] = { SW_OAEP_OVERHEAD, SW_OAEP_OVERHEAD + 1, 64, 255, 256, 257, SW_RSA_MAX_SIZE };

/* Every length of text: encoded as here, and decoded; with just too little room, refused. */
START_TEST(test_lengths)
{
    const size_t size = block_sizes[_i];
    const size_t step = size > 300 ? 97 : 1;
    uint8_t data[SW_RSA_MAX_SIZE], wanted[SW_RSA_MAX_SIZE], out[SW_RSA_MAX_SIZE];
    uint8_t text[SW_RSA_MAX_SIZE];
    uint8_t *block = malloc(size);
    sw_crypto table = *crypto;
    size_t len;

    table.random = fixed_seed;
    memset(text, 0xee, sizeof(text));
    for (size_t n = 0; n <= size - SW_OAEP_OVERHEAD; n += step) {
        fill_data(data, size - 1 - HASH, n);
        encode(wanted, size, 0, data);
        ck_assert_int_eq(swi_oaep_encode(&table, crypto->sha1, block, size, text, n), 0);
        ck_assert_mem_eq(block, wanted, size);
        ck_assert_int_eq(decode(block, size, out, n, &len), 0);
        ck_assert_uint_eq(len, n);
        if (n > 0) {
            ck_assert_mem_eq(out, text, n);
            ck_assert_int_eq(decode(block, size, out, n - 1, &len), 1);
        }
    }
    ck_assert_int_eq(swi_oaep_encode(&table, crypto->sha1, block, size, text, size - SW_OAEP_OVERHEAD + 1), -1);
    ck_assert_int_eq(swi_oaep_encode(&table, crypto->sha1, block, size, text, SIZE_MAX), -1);
    free(block);
}
END_TEST

/* ---- bad blocks ---- */

enum { SIZE = 256, DATA = SIZE - 1 - HASH, TEXT = 100, ONE = DATA - TEXT - 1 };

/* Each bit of what has to be there: of the first byte, the hash, the zeros, and the one. */
START_TEST(test_each_bit)
{
    uint8_t data[DATA], block[SIZE], out[SIZE];
    size_t len;

    fill_data(data, DATA, TEXT);
    encode(block, SIZE, 0, data);
    ck_assert_int_eq(decode(block, SIZE, out, SIZE, &len), 0);
    encode(block, SIZE, (uint8_t)(1u << _i), data);
    ck_assert_int_eq(decode(block, SIZE, out, SIZE, &len), 1);
    for (size_t at = 0; at <= ONE; at++) {
        int is_earlier_one = _i == 0 && at >= HASH && at < ONE;
        data[at] ^= (uint8_t)(1u << _i);
        encode(block, SIZE, 0, data);
        if (decode(block, SIZE, out, SIZE, &len) != (is_earlier_one ? 0 : 1))
            ck_abort_msg("bit %d of byte %zu", _i, at);
        data[at] ^= (uint8_t)(1u << _i);
    }
    for (size_t at = ONE + 1; at < DATA; at++) { /* the text may be anything */
        data[at] ^= (uint8_t)(1u << _i);
        encode(block, SIZE, 0, data);
        if (decode(block, SIZE, out, SIZE, &len) != 0 || len != TEXT)
            ck_abort_msg("bit %d of byte %zu", _i, at);
        data[at] ^= (uint8_t)(1u << _i);
    }
}
END_TEST

START_TEST(test_no_one)
{
    uint8_t data[DATA], block[SIZE], out[SIZE];
    size_t len;

    fill_data(data, DATA, 0);
    encode(block, SIZE, 0, data);
    ck_assert_int_eq(decode(block, SIZE, out, 0, &len), 0);
    ck_assert_uint_eq(len, 0);
    data[DATA - 1] = 0;
    encode(block, SIZE, 0, data);
    ck_assert_int_eq(decode(block, SIZE, out, SIZE, &len), 1);
}
END_TEST

/* ---- what is nobody's block ---- */

static int no_sha1(void *ctx, uint8_t out[SW_SHA1_SIZE], const uint8_t *in, size_t size)
{
    (void)ctx;
    (void)out;
    (void)in;
    (void)size;
    return -1;
}

START_TEST(test_failures)
{
    uint8_t block[SW_RSA_MAX_SIZE + 1] = { 0 }, out[16];
    sw_crypto table = *crypto;
    size_t len;

    for (size_t size = 0; size < SW_OAEP_OVERHEAD; size++) {
        ck_assert_int_eq(swi_oaep_encode(crypto, crypto->sha1, block, size, NULL, 0), -1);
        ck_assert_int_eq(swi_oaep_decode(crypto->ctx, crypto->sha1, block, size, out, 16, &len), -1);
    }
    ck_assert_int_eq(swi_oaep_encode(crypto, crypto->sha1, block, sizeof(block), out, 16), -1);
    ck_assert_int_eq(swi_oaep_decode(crypto->ctx, crypto->sha1, block, sizeof(block), out, 16, &len), -1);
    ck_assert_int_eq(swi_oaep_encode(crypto, no_sha1, block, SIZE, out, 16), -1);
    ck_assert_int_eq(swi_oaep_decode(crypto->ctx, no_sha1, block, SIZE, out, 16, &len), -1);
    table.random = no_seed;
    ck_assert_int_eq(swi_oaep_encode(&table, crypto->sha1, block, SIZE, out, 16), -1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("OAEP");
    TCase *tcase = suite_case(suite, "blocks");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_lengths, 0, COUNT(block_sizes));
    tcase_add_loop_test(tcase, test_each_bit, 0, 8);
    tcase_add_test(tcase, test_no_one);
    tcase_add_test(tcase, test_failures);
    return run_suite(suite);
}
