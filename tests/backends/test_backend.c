/* SPDX-License-Identifier: ISC */
/* A backend through its table: hashes, AES-CTR, randomness. RSA: test_backend_rsa.c. */
#include <sidewire/cipher.h>
#include <sidewire/error.h>

#include <stdio.h>
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

START_TEST(test_table)
{
    ck_assert_uint_gt(crypto->aes_state_size, 0);
    ck_assert_uint_le(crypto->aes_state_size, SW_AES_STATE_SIZE);
    ck_assert(crypto->random != NULL && crypto->sha1 != NULL && crypto->sha256 != NULL);
    ck_assert(crypto->oaep_encrypt != NULL && crypto->oaep_decrypt != NULL);
    ck_assert(crypto->aes_init != NULL && crypto->aes_apply != NULL && crypto->aes_wipe != NULL);
    sw_backend_free(NULL);
}
END_TEST

/* ---- hashes ---- */

static void check_hex(const uint8_t *bytes, size_t n, const char *hex)
{
    char *text = malloc(2 * n + 1);

    for (size_t i = 0; i < n; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    ck_assert_str_eq(text, hex);
    free(text);
}

/* FIPS 180 examples: a text, so many times. */
static const struct hash_case {
    const char *text;
    size_t times;
    const char *sha1, *sha256;
} hash_cases[] = {
    { "", 1, "da39a3ee5e6b4b0d3255bfef95601890afd80709",
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
    { "abc", 1, "a9993e364706816aba3e25717850c26c9cd0d89d",
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "84983e441c3bd26ebaae4aa1f95129e5e54670f1",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    { "a", 1000000, "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
};

START_TEST(test_hash)
{
    const struct hash_case *c = &hash_cases[_i];
    size_t len = strlen(c->text);
    uint8_t *in = malloc(len * c->times);
    uint8_t *sha1 = malloc(SW_SHA1_SIZE);
    uint8_t *sha256 = malloc(SW_SHA256_SIZE);

    for (size_t i = 0; len > 0 && i < c->times; i++)
        memcpy(in + i * len, c->text, len);
    ck_assert_int_eq(crypto->sha1(crypto->ctx, sha1, in, len * c->times), 0);
    check_hex(sha1, SW_SHA1_SIZE, c->sha1);
    ck_assert_int_eq(crypto->sha256(crypto->ctx, sha256, in, len * c->times), 0);
    check_hex(sha256, SW_SHA256_SIZE, c->sha256);
    free(sha256);
    free(sha1);
    free(in);
}
END_TEST

START_TEST(test_hash_null)
{
    uint8_t out[SW_SHA256_SIZE];

    ck_assert_int_eq(crypto->sha1(crypto->ctx, out, NULL, 0), 0);
    check_hex(out, SW_SHA1_SIZE, hash_cases[0].sha1);
    ck_assert_int_eq(crypto->sha256(crypto->ctx, out, NULL, 0), 0);
    check_hex(out, SW_SHA256_SIZE, hash_cases[0].sha256);
}
END_TEST

/* ---- AES-128-CTR ---- */

/* SP 800-38A, F.5.1: key, first counter block, plain text, cipher text. */
static const uint8_t aes_key[SW_AES_KEY_SIZE] = { 0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
                                                  0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c };
static const uint8_t aes_counter[SW_AES_BLOCK_SIZE] = { 0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7,
                                                        0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff };
static const uint8_t aes_plain[64] = {
    0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a,
    0xae, 0x2d, 0x8a, 0x57, 0x1e, 0x03, 0xac, 0x9c, 0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf, 0x8e, 0x51,
    0x30, 0xc8, 0x1c, 0x46, 0xa3, 0x5c, 0xe4, 0x11, 0xe5, 0xfb, 0xc1, 0x19, 0x1a, 0x0a, 0x52, 0xef,
    0xf6, 0x9f, 0x24, 0x45, 0xdf, 0x4f, 0x9b, 0x17, 0xad, 0x2b, 0x41, 0x7b, 0xe6, 0x6c, 0x37, 0x10,
};
static const uint8_t aes_secret[64] = {
    0x87, 0x4d, 0x61, 0x91, 0xb6, 0x20, 0xe3, 0x26, 0x1b, 0xef, 0x68, 0x64, 0x99, 0x0d, 0xb6, 0xce,
    0x98, 0x06, 0xf6, 0x6b, 0x79, 0x70, 0xfd, 0xff, 0x86, 0x17, 0x18, 0x7b, 0xb9, 0xff, 0xfd, 0xff,
    0x5a, 0xe4, 0xdf, 0x3e, 0xdb, 0xd5, 0xd3, 0x5e, 0x5b, 0x4f, 0x09, 0x02, 0x0d, 0xb0, 0x3e, 0xab,
    0x1e, 0x03, 0x1d, 0xda, 0x2f, 0xbe, 0x03, 0xd1, 0x79, 0x21, 0x70, 0xa0, 0xf3, 0x00, 0x9c, 0xee,
};

/* One piece, from buffers of exact size. */
static void apply(void *state, uint8_t *out, const uint8_t *in, size_t n, int in_place)
{
    uint8_t *to = exact_copy(in, n);
    uint8_t *from = in_place ? to : exact_copy(in, n);

    if (n > 0 && crypto->aes_apply(crypto->ctx, state, to, from, n) != 0)
        ck_abort_msg("aes_apply failed");
    if (n > 0)
        memcpy(out, to, n);
    if (!in_place)
        free(from);
    free(to);
}

/* At every two cuts between blocks, encrypting and decrypting, in place and not. */
START_TEST(test_aes_splits)
{
    const uint8_t *in = _i & 1 ? aes_secret : aes_plain;
    const uint8_t *expected = _i & 1 ? aes_plain : aes_secret;
    void *state = malloc(crypto->aes_state_size);

    for (size_t a = 0; a <= 64; a += SW_AES_BLOCK_SIZE)
        for (size_t b = a; b <= 64; b += SW_AES_BLOCK_SIZE) {
            uint8_t out[64];
            if (crypto->aes_init(crypto->ctx, state, aes_key, aes_counter) != 0)
                ck_abort_msg("aes_init failed");
            apply(state, out, in, a, _i & 2);
            apply(state, out + a, in + a, b - a, _i & 2);
            apply(state, out + b, in + b, 64 - b, _i & 2);
            if (memcmp(out, expected, 64) != 0)
                ck_abort_msg("differs, cut at %zu and %zu", a, b);
            crypto->aes_wipe(crypto->ctx, state);
        }
    free(state);
}
END_TEST

/* Any number of blocks at once is as one at a time, also where the counter's carry goes through all of
 * its bytes. */
START_TEST(test_aes_blockwise)
{
    enum { BLOCKS = 40, SIZE = BLOCKS * SW_AES_BLOCK_SIZE };
    uint8_t counter[SW_AES_BLOCK_SIZE];
    uint8_t zeros[SIZE] = { 0 }, at_once[SIZE], one_by_one[SIZE];
    void *state = malloc(crypto->aes_state_size);

    memset(counter, 0xff, sizeof(counter));
    counter[SW_AES_BLOCK_SIZE - 1] = 0xf3;
    for (size_t n = SW_AES_BLOCK_SIZE; n <= SIZE; n += SW_AES_BLOCK_SIZE) {
        ck_assert_int_eq(crypto->aes_init(crypto->ctx, state, aes_key, counter), 0);
        apply(state, at_once, zeros, n, _i);
        crypto->aes_wipe(crypto->ctx, state);
        ck_assert_int_eq(crypto->aes_init(crypto->ctx, state, aes_key, counter), 0);
        for (size_t i = 0; i < n; i += SW_AES_BLOCK_SIZE)
            apply(state, one_by_one + i, zeros + i, SW_AES_BLOCK_SIZE, _i);
        crypto->aes_wipe(crypto->ctx, state);
        ck_assert_mem_eq(at_once, one_by_one, n);
    }
    memset(counter, 0, sizeof(counter)); /* what the counter is behind 13 blocks */
    ck_assert_int_eq(crypto->aes_init(crypto->ctx, state, aes_key, counter), 0);
    apply(state, one_by_one, zeros, SW_AES_BLOCK_SIZE, _i);
    crypto->aes_wipe(crypto->ctx, state);
    ck_assert_mem_eq(at_once + 13 * SW_AES_BLOCK_SIZE, one_by_one, SW_AES_BLOCK_SIZE);
    free(state);
}
END_TEST

/* The counter is one big-endian number of 128 bits. Key streams of three blocks. */
static const struct carry_case {
    size_t ones; /* so many bytes of 0xff at its end */
    const char *stream;
} carry_cases[] = {
    { 4,
      "33c14e7e92d8ebe55ee2d8d98a1e65326791ab9e2faeedef478d0e7c254011ae"
      "75e13c9374ce88c40b501401e84b548f" },
    { 9,
      "dacc9148febbffe342d5805537ea155ff644566de02f529aa57d9a6064ac0ab6"
      "81bca66820a2754afa4e7b135caed7a9" },
    { 16,
      "8af2860142f786f409307c1a3f7eaaac7df76b0c1ab899b33e42f047b91b546f"
      "57127d4034b1bebfaef466b9c7726fc6" },
};

START_TEST(test_aes_carry)
{
    const struct carry_case *c = &carry_cases[_i];
    uint8_t counter[SW_AES_BLOCK_SIZE] = { 0 };
    uint8_t stream[48] = { 0 };
    void *state = malloc(crypto->aes_state_size);

    memset(counter + SW_AES_BLOCK_SIZE - c->ones, 0xff, c->ones);
    ck_assert_int_eq(crypto->aes_init(crypto->ctx, state, aes_key, counter), 0);
    ck_assert_int_eq(crypto->aes_apply(crypto->ctx, state, stream, stream, sizeof(stream)), 0);
    check_hex(stream, sizeof(stream), c->stream);
    crypto->aes_wipe(crypto->ctx, state);
    free(state);
}
END_TEST

START_TEST(test_aes_wipe)
{
    uint8_t *state = malloc(crypto->aes_state_size);

    ck_assert_int_eq(crypto->aes_init(crypto->ctx, state, aes_key, aes_counter), 0);
    crypto->aes_wipe(crypto->ctx, state);
    for (size_t i = 0; i < crypto->aes_state_size; i++)
        ck_assert_uint_eq(state[i], 0);
    free(state);
}
END_TEST

/* The same through the core: the session key is the key and the counter. */
START_TEST(test_aes_cipher)
{
    uint8_t key[SW_CIPHER_KEY_SIZE];
    uint8_t *work = exact_copy(aes_plain, 64);
    sw_cipher cipher;

    memcpy(key, aes_key, sizeof(aes_key));
    memcpy(key + sizeof(aes_key), aes_counter, sizeof(aes_counter));
    ck_assert_int_eq(sw_cipher_init(&cipher, SW_CIPHER_AES_CTR128, crypto, key), SW_OK);
    ck_assert_int_eq(sw_cipher_apply(&cipher, work, work, 5), SW_OK);
    ck_assert_int_eq(sw_cipher_apply(&cipher, work + 5, work + 5, 59), SW_OK);
    ck_assert_mem_eq(work, aes_secret, 64);
    sw_cipher_wipe(&cipher);
    ck_assert_int_eq(cipher.kind, SW_CIPHER_NONE);
    free(work);
}
END_TEST

/* ---- randomness ---- */

/* CTR_DRBG gives 1 KiB at a time: the sizes are around that, and well above. */
static const size_t random_sizes[] = { 16, 20, 128, 1023, 1024, 1025, 2048, 5000 };

START_TEST(test_random)
{
    enum { PIECE = 16 };
    size_t size = random_sizes[_i];
    uint8_t *first = calloc(1, size);
    uint8_t *second = calloc(1, size);

    ck_assert_int_eq(crypto->random(crypto->ctx, first, size), 0);
    ck_assert_int_eq(crypto->random(crypto->ctx, second, size), 0);
    for (size_t i = 0; i + PIECE <= size; i++) /* nothing left out, nothing repeated */
        if (memcmp(first + i, second + i, PIECE) == 0 || (i > 0 && memcmp(first, first + i, PIECE) == 0))
            ck_abort_msg("not random at %zu of %zu", i, size);
    free(first);
    free(second);
}
END_TEST

START_TEST(test_random_more)
{
    uint8_t first[32], second[32];
    uint8_t seen = 0;
    sw_crypto *other = tested_backend();

    ck_assert_int_eq(crypto->random(crypto->ctx, first, sizeof(first)), 0);
    ck_assert_int_eq(other->random(other->ctx, second, sizeof(second)), 0);
    ck_assert_mem_ne(first, second, sizeof(first));
    sw_backend_free(other);
    ck_assert_int_eq(crypto->random(crypto->ctx, NULL, 0), 0);
    for (int i = 0; i < 1000; i++) { /* every bit comes */
        uint8_t byte;
        ck_assert_int_eq(crypto->random(crypto->ctx, &byte, 1), 0);
        seen |= byte;
    }
    ck_assert_uint_eq(seen, 0xff);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("backend");
    TCase *tcase = suite_case(suite, "table");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_table);
    tcase_add_loop_test(tcase, test_hash, 0, COUNT(hash_cases));
    tcase_add_test(tcase, test_hash_null);
    tcase_add_loop_test(tcase, test_aes_splits, 0, 4);
    tcase_add_loop_test(tcase, test_aes_blockwise, 0, 2);
    tcase_add_loop_test(tcase, test_aes_carry, 0, COUNT(carry_cases));
    tcase_add_test(tcase, test_aes_wipe);
    tcase_add_test(tcase, test_aes_cipher);
    tcase_add_loop_test(tcase, test_random, 0, COUNT(random_sizes));
    tcase_add_test(tcase, test_random_more);
    return run_suite(suite);
}
