/* The key that an unknown user is given a challenge for, as the backend sees it: nothing that repeats. */
#include "handshake_server_fixture.h"
#include "suite.h"

#include <string.h>

enum { BLOCK = SW_SHA256_SIZE, NAMES = 4 };

/* What the backend was asked to encrypt for, last. */
static uint8_t modulus[SW_RSA_MAX_SIZE];
static size_t modulus_size;
static int (*encrypt)(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t *in,
                      size_t size, uint8_t *out);

static int watched_encrypt(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t *in,
                           size_t size, uint8_t *out)
{
    memcpy(modulus, key->n, key->n_size);
    modulus_size = key->n_size;
    return encrypt(crypto, key, in, size, out);
}

static void watch(void)
{
    encrypt = fake.table.oaep_encrypt;
    fake.table.oaep_encrypt = watched_encrypt;
}

static void make_decoy(const char *name, size_t size, uint8_t *out)
{
    char request[64] = "auth rsa ";
    bytes block;

    config.fake_challenge_size = size;
    strcat(strcat(request, name), " sideband");
    block = server_challenge(request, NULL);
    bytes_free(&block);
    ck_assert_uint_eq(modulus_size, size);
    memcpy(out, modulus, size);
}

/* Whole blocks of the hash are compared, but for the first and the last: they are shaped. */
static void check_blocks_differ(const uint8_t *decoys, size_t count, size_t size)
{
    for (size_t a = 0; a < count; a++) {
        for (size_t b = 0; b < a; b++) {
            const uint8_t *one = decoys + a * BLOCK, *other = decoys + b * BLOCK;
            int is_shaped = a % (size / BLOCK) == 0 || b % (size / BLOCK) == 0;
            size_t skipped = is_shaped ? 8 : 0;

            ck_assert_msg(memcmp(one + skipped, other + skipped, BLOCK - 8) != 0,
                          "blocks %zu and %zu are equal", b, a);
        }
    }
}

START_TEST(no_block_twice)
{
    static const size_t sizes[] = { 256, 512, 1024 };
    static const char *const names[NAMES] = { "eve", "eva", "mallory", "e" };
    uint8_t decoys[NAMES * 1024];
    size_t size = sizes[_i];

    for (size_t i = 0; i < NAMES; i++)
        make_decoy(names[i], size, decoys + i * size);
    check_blocks_differ(decoys, NAMES * size / BLOCK, size);
}
END_TEST

START_TEST(same_each_time)
{
    uint8_t first[512], second[512];

    make_decoy("eve", sizeof(first), first);
    make_decoy("eva", sizeof(second), second);
    make_decoy("eve", sizeof(second), second);
    ck_assert_mem_eq(first, second, sizeof(first));
}
END_TEST

/* As many bits as are set in half of all positions, give or take: 4096 fair coins are within 1856
 * and 2240 but once in 10^8 times, and these are always the same. */
START_TEST(bits_as_of_a_hash)
{
    uint8_t decoy[512];
    unsigned set = 0;

    make_decoy("eve", sizeof(decoy), decoy);
    for (size_t i = 0; i < 8 * sizeof(decoy); i++)
        set += decoy[i / 8] >> i % 8 & 1;
    ck_assert_uint_ge(set, 1856);
    ck_assert_uint_le(set, 2240);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("handshake decoy");
    TCase *tcase = suite_case(suite, "decoy");

    tcase_add_checked_fixture(tcase, server_setup, server_teardown);
    tcase_add_checked_fixture(tcase, watch, NULL);
    tcase_add_loop_test(tcase, no_block_twice, 0, 3);
    tcase_add_test(tcase, same_each_time);
    tcase_add_test(tcase, bits_as_of_a_hash);
    return run_suite(suite);
}
