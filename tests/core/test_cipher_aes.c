/* SPDX-License-Identifier: ISC */
/* AES-128-CTR: what the core asks of a backend, and what it makes of it at every split. */
#include "cipher_support.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t key[SW_CIPHER_KEY_SIZE] = {
    0x1a, 0xda, 0x31, 0xd5, 0xcf, 0x68, 0x82, 0x21, 0xc1, 0x09, 0x16, 0x39, 0x08, 0xeb, 0xe5, 0x1d,
    0xeb, 0xb4, 0x62, 0x27, 0xc6, 0xcc, 0x8b, 0x37, 0x64, 0x19, 0x10, 0x83, 0x32, 0x22, 0x77, 0x2a,
};

static void start_aes(sw_cipher *cipher, recorder *r)
{
    record(r);
    ck_assert_int_eq(sw_cipher_init(cipher, SW_CIPHER_AES_CTR128, &r->crypto, key), SW_OK);
}

START_TEST(test_aes_calls)
{
    recorder r;
    sw_cipher cipher;
    uint8_t work[SW_AES_AHEAD_SIZE] = { 1, 2, 3 };

    start_aes(&cipher, &r);
    ck_assert_mem_eq(r.key, key, SW_AES_KEY_SIZE);
    ck_assert_mem_eq(r.counter, key + SW_AES_KEY_SIZE, SW_AES_BLOCK_SIZE);
    ck_assert_uint_eq((uintptr_t)r.state % _Alignof(uint64_t), 0);
    ck_assert_uint_eq((uintptr_t)r.state % _Alignof(void *), 0);
    ck_assert_int_eq(sw_cipher_apply(&cipher, work, work, 3), SW_OK);
    ck_assert_uint_eq(work[0], 1 ^ recorded_byte(0));
    ck_assert_uint_eq(work[2], 3 ^ recorded_byte(2));
    ck_assert_int_eq(sw_cipher_apply(&cipher, NULL, NULL, 0), SW_OK);
    ck_assert_uint_eq(r.applies, 1);
    r.fail_at = 2; /* no call, no failure */
    ck_assert_int_eq(sw_cipher_apply(&cipher, work, work, SW_AES_AHEAD_SIZE - 3), SW_OK);
    ck_assert_int_eq(sw_cipher_apply(&cipher, work, work, 1), SW_E_AES);
    sw_cipher_wipe(&cipher);
    ck_assert_uint_eq(r.wipes, 1);
    check_wiped(&cipher);
    sw_cipher_wipe(&cipher);
    ck_assert_uint_eq(r.wipes, 1);
}
END_TEST

/* How often the backend is asked for pieces of one size, in a row from the start. */
static const struct call_case {
    size_t size;
    unsigned pieces, applies;
} call_cases[] = {
    { 1, SW_AES_AHEAD_SIZE, 1 },
    { 5, 51, 1 },
    { SW_AES_AHEAD_SIZE, 1, 1 }, /* none is made ahead for it */
    { SW_AES_AHEAD_SIZE, 3, 3 },
    { SW_AES_AHEAD_SIZE + 1, 1, 2 },
    { 16384, 1, 1 },
    { 16384 + 5, 1, 2 },
    { 16384 + 5, 2, 4 }, /* what is left of the first helps the second to a block's end */
};

START_TEST(test_aes_call_counts)
{
    const struct call_case *c = &call_cases[_i];
    uint8_t *work = calloc(1, c->size);
    recorder r;
    sw_cipher cipher;

    start_aes(&cipher, &r);
    for (unsigned i = 0; i < c->pieces; i++)
        ck_assert_int_eq(sw_cipher_apply(&cipher, work, work, c->size), SW_OK);
    ck_assert_uint_eq(r.applies, c->applies);
    free(work);
}
END_TEST

enum { AES_STREAM = 3 * SW_AES_AHEAD_SIZE + 3 * SW_AES_BLOCK_SIZE + 5 };

/* The stream in three pieces, each in place or from another buffer. */
static void check_aes_cut(size_t a, size_t b, int in_place)
{
    uint8_t stream[AES_STREAM] = { 0 };
    recorder r;
    sw_cipher cipher;

    start_aes(&cipher, &r);
    draw(&cipher, stream, a, in_place);
    draw(&cipher, stream + a, b - a, in_place);
    draw(&cipher, stream + b, AES_STREAM - b, in_place);
    for (size_t i = 0; i < AES_STREAM; i++)
        if (stream[i] != recorded_byte(i))
            ck_abort_msg("AES key stream cut at %zu and %zu differs at %zu", a, b, i);
}

/* Every two cuts of which the second is within some blocks of the first, and every one cut. */
START_TEST(test_aes_splits)
{
    for (size_t a = 0; a <= AES_STREAM; a++)
        for (size_t b = a; b <= AES_STREAM && b <= a + 2 * SW_AES_BLOCK_SIZE + 1; b++)
            check_aes_cut(a, b, _i);
    for (size_t n = SW_AES_AHEAD_SIZE - 1; n <= SW_AES_AHEAD_SIZE + SW_AES_BLOCK_SIZE; n++)
        for (size_t a = 0; a <= AES_STREAM - n; a++)
            check_aes_cut(a, a + n, _i);
}
END_TEST

START_TEST(test_aes_bytewise)
{
    uint8_t stream[AES_STREAM] = { 0 };
    recorder r;
    sw_cipher cipher;

    start_aes(&cipher, &r);
    for (size_t i = 0; i < AES_STREAM; i++) {
        draw(&cipher, stream + i, 1, 1);
        ck_assert_uint_eq(stream[i], recorded_byte(i));
    }
}
END_TEST

/* Calls of each kind: blocks of the text, and key stream ahead, first and behind blocks. A cipher that
 * failed goes on failing: its key stream would be one that was used before, or none. */
START_TEST(test_aes_each_call_fails)
{
    static const size_t sizes[] = { SW_AES_AHEAD_SIZE, 3, AES_STREAM };
    uint8_t *work = calloc(1, AES_STREAM);
    recorder r;
    sw_cipher cipher;

    for (unsigned fail_at = 1; fail_at <= 4; fail_at++) {
        int result = SW_OK;

        start_aes(&cipher, &r);
        r.fail_at = fail_at;
        for (size_t i = 0; result == SW_OK && i < COUNT(sizes); i++)
            result = sw_cipher_apply(&cipher, work, work, sizes[i]);
        ck_assert_int_eq(result, SW_E_AES);
        ck_assert_uint_eq(r.applies, fail_at);
        ck_assert_uint_eq(r.wipes, 1);
        for (size_t i = 0; i < COUNT(sizes); i++) {
            memset(work, 0x77, sizes[i]);
            ck_assert_int_eq(sw_cipher_apply(&cipher, work, work, sizes[i]), SW_E_AES);
            for (size_t k = 0; k < sizes[i]; k++)
                ck_assert_uint_eq(work[k], 0x77);
        }
        ck_assert_uint_eq(r.applies, fail_at);
        sw_cipher_wipe(&cipher);
        ck_assert_uint_eq(r.wipes, 1);
        check_wiped(&cipher);
    }
    free(work);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cipher, AES");
    TCase *aes = suite_case(suite, "AES");

    tcase_add_test(aes, test_aes_calls);
    tcase_add_loop_test(aes, test_aes_call_counts, 0, COUNT(call_cases));
    tcase_add_loop_test(aes, test_aes_splits, 0, 2);
    tcase_add_test(aes, test_aes_bytewise);
    tcase_add_test(aes, test_aes_each_call_fails);
    return run_suite(suite);
}
