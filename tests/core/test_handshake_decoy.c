/* SPDX-License-Identifier: ISC */
/* The key that an unknown user is given a challenge for, as the backend sees it: nothing that repeats. */
#include "handshake_server_fixture.h"
#include "suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = SW_SHA256_SIZE, NAMES = 4 };

/* What the backend was asked to encrypt for, last. */
static uint8_t modulus[SW_RSA_MAX_SIZE];
static size_t modulus_size;
static uint64_t exponent;
static int (*encrypt)(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t *in, size_t size,
                      uint8_t *out);

static int watched_encrypt(const sw_crypto *crypto, const sw_rsa_public *key, const uint8_t *in, size_t size,
                           uint8_t *out)
{
    memcpy(modulus, key->n, key->n_size);
    modulus_size = key->n_size;
    exponent = 0;
    ck_assert_uint_ne(key->e[0], 0);
    for (size_t i = 0; i < key->e_size; i++)
        exponent = exponent << 8 | key->e[i];
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
    sw_key_kind kind = { (uint16_t)(8 * size), 65537, 1 };

    config.key_kinds = &kind;
    config.key_kind_count = 1;
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

            ck_assert_msg(memcmp(one + skipped, other + skipped, BLOCK - 8) != 0, "blocks %zu and %zu are equal",
                          b, a);
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

/* Asks for a name that nobody has, with what the config has now. */
static void ask_for(unsigned number)
{
    char request[64];
    bytes block;

    snprintf(request, sizeof(request), "auth rsa user%u sideband", number);
    block = server_challenge(request, NULL);
    bytes_free(&block);
    sw_handshake_wipe(&server);
}

/* How far up in [2^(bits-1), 2^bits) the modulus is: 0.5 to 1, as a part of the upper end. */
static double place(unsigned bits)
{
    uint64_t top = 0;

    for (int i = 0; i < 8; i++)
        top = top << 8 | modulus[i];
    return (double)(top << (8 * modulus_size - bits)) / 18446744073709551616.0;
}

/* The part of real moduli that lies below x, for primes that are uniform from sqrt(1/2) to 1:
 * the area under the hyperbola pq = x, worked out by hand in the limits. */
static double real_part_below(double x)
{
    const double least = sqrt(0.5);
    double high = x / least < 1 ? x / least : 1;
    double low = x > least ? x : least; /* p from here to `high` is cut by the hyperbola */
    double area;

    if (x <= 0.5)
        return 0;
    if (x <= least)
        area = x * log(high / least) - least * (high - least);
    else
        area = (low - least) * (1 - least) + x * log(1 / low) - least * (1 - low);
    return area / ((1 - least) * (1 - least));
}

/* A stranger who collects moduli of names must not tell those of real keys by where they lie: the
 * largest distance between the two distributions stays below what 4000 samples of the same have but
 * once in a thousand times (Kolmogorov: 1.95 / sqrt(4000)). */
START_TEST(lie_as_real_moduli)
{
    enum { SAMPLES = 4000, CELLS = 64 };
    static const uint16_t sizes[] = { 2048, 2049, 3071 };
    sw_key_kind kind = { sizes[_i], 65537, 1 };
    unsigned below[CELLS + 1] = { 0 };

    config.key_kinds = &kind;
    config.key_kind_count = 1;
    for (unsigned i = 0; i < SAMPLES; i++) {
        double at;
        ask_for(i);
        at = place(kind.bits);
        ck_assert_double_ge(at, 0.5);
        ck_assert_uint_eq(modulus[modulus_size - 1] & 1, 1);
        for (int k = 0; k <= CELLS; k++)
            below[k] += at < 0.5 + 0.5 * k / CELLS;
    }
    for (int k = 0; k <= CELLS; k++)
        ck_assert_double_eq_tol((double)below[k] / SAMPLES, real_part_below(0.5 + 0.5 * k / CELLS), 0.031);
}
END_TEST

/* Behind the first 32 bits there is nothing but chance, and nothing that goes with where the modulus lies:
 * the time of a division depends on the first 64. */
START_TEST(free_behind_the_beginning)
{
    enum { SAMPLES = 4000, FROM = 32, TO = 128 };
    sw_key_kind kind = { 2048, 65537, 1 };
    unsigned set[2][TO] = { { 0 } };
    unsigned count[2] = { 0 };

    config.key_kinds = &kind;
    config.key_kind_count = 1;
    for (unsigned i = 0; i < SAMPLES; i++) {
        int is_high;
        ask_for(i);
        is_high = place(kind.bits) > 0.71;
        count[is_high]++;
        for (int bit = FROM; bit < TO; bit++)
            set[is_high][bit] += modulus[bit / 8] >> (7 - bit % 8) & 1;
    }
    for (int is_high = 0; is_high < 2; is_high++)
        for (int bit = FROM; bit < TO; bit++) /* five standard deviations */
            ck_assert_double_eq_tol((double)set[is_high][bit] / count[is_high], 0.5, 2.5 / sqrt(count[is_high]));
}
END_TEST

/* Sizes and exponents come as often as users have them, each name with one of its own. */
START_TEST(kinds_as_users_have_them)
{
    static const sw_key_kind kinds[] = { { 2048, 65537, 6 }, { 3072, 65537, 3 }, { 2048, 0x100000001, 1 } };
    enum { SAMPLES = 2000, KINDS = 3 };
    unsigned seen[KINDS] = { 0 };

    config.key_kinds = kinds;
    config.key_kind_count = KINDS;
    for (unsigned i = 0; i < SAMPLES; i++) {
        size_t first_size;
        uint64_t first_exponent;
        int found = 0;
        ask_for(i);
        first_size = modulus_size;
        first_exponent = exponent;
        for (int k = 0; k < KINDS; k++) {
            int same = modulus_size == kinds[k].bits / 8u && exponent == kinds[k].exponent;
            seen[k] += (unsigned)same;
            found += same;
        }
        ck_assert_int_eq(found, 1);
        if (i % 100 == 0) {
            ask_for(i);
            ck_assert_uint_eq(modulus_size, first_size);
            ck_assert_uint_eq(exponent, first_exponent);
        }
    }
    for (int k = 0; k < KINDS; k++)
        ck_assert_double_eq_tol((double)seen[k] / SAMPLES, kinds[k].users / 10.0, 0.05);
}
END_TEST

/* ---- byte for byte ---- */

static uint8_t seed[SW_SHA256_SIZE]; /* that the modulus is stretched from: hashed with a number behind it */
static uint8_t stretched[SW_RSA_MAX_SIZE];
static int (*hash)(void *ctx, uint8_t out[SW_SHA256_SIZE], const uint8_t *in, size_t size);

static int watched_hash(void *ctx, uint8_t out[SW_SHA256_SIZE], const uint8_t *in, size_t size)
{
    int result = hash(ctx, out, in, size);

    if (size == SW_SHA256_SIZE + 1) {
        memcpy(seed, in, SW_SHA256_SIZE);
        memcpy(stretched + (size_t)in[SW_SHA256_SIZE] * SW_SHA256_SIZE, out, SW_SHA256_SIZE);
    }
    return result;
}

static uint64_t number_at(size_t at)
{
    uint64_t number = 0;

    for (size_t i = 0; i < 4; i++)
        number = number * 256 + seed[at + i];
    return number;
}

/* A prime's first 32 bits, from the square root of a half up. */
static uint64_t prime_of(size_t at)
{
    const uint64_t range = UINT64_C(0x100000000), least = 3037000500;

    return least + (range - least) * number_at(at) / range;
}

/* The seed's first number chooses the kind, the next two make the modulus' first 32 bits; the rest is what the
 * seed is stretched to, made odd. */
START_TEST(all_of_the_seed)
{
    static const sw_key_kind kinds[] = { { 2048, 65537, 5 }, { 2056, 3, 3 }, { 2050, 5, 2 }, { 4096, 17, 6 } };
    const uint64_t users = 16;

    hash = fake.table.sha256;
    fake.table.sha256 = watched_hash;
    config.key_kinds = kinds;
    config.key_kind_count = COUNT(kinds);
    for (unsigned i = 0; i < 200; i++) {
        const sw_key_kind *kind = kinds;
        uint64_t chosen, top;
        ask_for(i);
        for (chosen = users * number_at(0) / UINT64_C(0x100000000); chosen >= kind->users; kind++)
            chosen -= kind->users;
        ck_assert_uint_eq(exponent, kind->exponent);
        ck_assert_uint_eq(modulus_size, (kind->bits + 7u) / 8);
        top = prime_of(4) * prime_of(8) >> (8 * modulus_size - kind->bits);
        for (size_t byte = 0; byte < 4; byte++)
            ck_assert_uint_eq(modulus[byte], (uint8_t)(top >> (56 - 8 * byte)));
        ck_assert_mem_eq(modulus + 4, stretched + 4, modulus_size - 5);
        ck_assert_uint_eq(modulus[modulus_size - 1], stretched[modulus_size - 1] | 1);
    }
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
    tcase_add_loop_test(tcase, lie_as_real_moduli, 0, 3);
    tcase_add_test(tcase, free_behind_the_beginning);
    tcase_add_test(tcase, kinds_as_users_have_them);
    tcase_add_test(tcase, all_of_the_seed);
    return run_suite(suite);
}
