/* SPDX-License-Identifier: ISC */
/* Can a stranger who asks for many names tell which of them have users? By what is in the challenges, with a real backend:
 * for each of some statistics the area under the ROC curve is what chance alone makes of it. Time is looked at by
 * tests/hostile/test_hostile_timing.c. */
#include "suite.h"
#include "support.h"
#include "tested_backend.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES = 250, TRIES = 8, SIZE = 256, HALF = SIZE / 2, HEADER = SW_HEADER_SIZE };

static sw_crypto *backend, crypto;
static uint64_t drawn;

/* The same draw each time, so that the outcome is, too. */
static uint64_t draw(void)
{
    uint64_t z = drawn += 0x9e3779b97f4a7c15;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static int draw_bytes(void *ctx, uint8_t *out, size_t size)
{
    (void)ctx;
    for (size_t i = 0; i < size; i++)
        out[i] = (uint8_t)draw();
    return 0;
}

static void setup(void)
{
    backend = tested_backend();
    crypto = *backend;
    crypto.random = draw_bytes;
    drawn = 1;
}

static void teardown(void)
{
    sw_backend_free(backend);
}

/* ---- users ---- */

/* An odd number from `least` / 2^32 of the largest up: a prime for all that is seen here. */
static void make_factor(uint8_t out[HALF], uint32_t least)
{
    uint32_t top = (uint32_t)(least + ((((uint64_t)1 << 32) - least) * (draw() >> 32) >> 32));

    draw_bytes(NULL, out, HALF);
    for (int i = 0; i < 4; i++)
        out[i] = (uint8_t)(top >> (24 - 8 * i));
    out[HALF - 1] |= 1;
}

/* The key that a key maker would make of two such factors. */
static void make_key(sw_public_key *key, uint32_t least)
{
    static const uint8_t exponent[] = { 1, 0, 1 };
    uint8_t p[HALF], q[HALF];

    memset(key, 0, sizeof(*key));
    make_factor(p, least);
    make_factor(q, least);
    for (size_t i = HALF; i-- > 0;) {
        unsigned carry = 0;
        for (size_t k = HALF; k-- > 0;) {
            carry += p[i] * (unsigned)q[k] + key->n[i + k + 1];
            key->n[i + k + 1] = (uint8_t)carry;
            carry >>= 8;
        }
        key->n[i] = (uint8_t)carry;
    }
    key->type = SW_KEY_RSA;
    key->bits = 8 * SIZE;
    key->n_size = SIZE;
    key->e_size = sizeof(exponent);
    memcpy(key->e, exponent, sizeof(exponent));
}

/* ---- challenges ---- */

static void ask(const char *name, const sw_public_key *known, uint8_t block[SIZE])
{
    static uint8_t scratch[SW_SCRATCH_FULL];
    sw_server_config config = { .crypto = &crypto,
                                .policy = { SW_FEATURES_ALL, 0, 0, 0, 0 },
                                .decoy_secret = { 1 } };
    sw_handshake server;
    char request[64];
    const uint8_t *out;
    size_t len, used;

    snprintf(request, sizeof(request), "auth rsa %s sideband,aes_ctr128,sha256\n", name);
    ck_assert_int_eq(sw_handshake_server(&server, &config, scratch, sizeof(scratch)), SW_OK);
    sw_handshake_output(&server, &len);
    ck_assert_int_eq(sw_handshake_sent(&server, len), SW_OK);
    ck_assert_int_eq(sw_handshake_recv(&server, (uint8_t *)request, strlen(request), &used), SW_OK);
    ck_assert_int_eq(sw_handshake_key(&server, known), SW_OK);
    out = sw_handshake_output(&server, &len);
    ck_assert_uint_eq(len, HEADER + SIZE);
    memcpy(block, out + HEADER, SIZE);
    sw_handshake_wipe(&server);
}

/* ---- what may be noticed about a name ---- */

enum { LARGEST, LEAST, LAST_BYTES, BITS, ALIKE, STATISTICS };
static const char *const titles[STATISTICS] = { "largest first digits", "least first digits", "last digits",
                                                "bits set", "bits that challenges share" };

static double digits(const uint8_t *block)
{
    double value = 0;

    for (int i = 6; i >= 0; i--)
        value = (value + block[i]) / 256;
    return value;
}

static unsigned bits_of(const uint8_t *block, const uint8_t *mask)
{
    unsigned n = 0;

    for (int i = 0; i < 8 * SIZE; i++)
        n += (block[i / 8] ^ mask[i / 8]) >> i % 8 & 1;
    return n;
}

static void observe(const char *name, const sw_public_key *known, double seen[STATISTICS])
{
    static const uint8_t zeros[SIZE];
    uint8_t block[SIZE], before[SIZE] = { 0 };

    memset(seen, 0, STATISTICS * sizeof(*seen));
    seen[LEAST] = 1;
    for (int i = 0; i < TRIES; i++) {
        ask(name, known, block);
        seen[LARGEST] = fmax(seen[LARGEST], digits(block));
        seen[LEAST] = fmin(seen[LEAST], digits(block));
        seen[LAST_BYTES] += digits(block + SIZE - 7);
        seen[BITS] += bits_of(block, zeros);
        seen[ALIKE] += i > 0 ? bits_of(block, before) : 0;
        memcpy(before, block, SIZE);
    }
}

/* How often a user's value is above that of nobody. */
static double area(double users[NAMES][STATISTICS], double others[NAMES][STATISTICS], int which)
{
    double wins = 0;

    for (int i = 0; i < NAMES; i++)
        for (int k = 0; k < NAMES; k++)
            wins += users[i][which] > others[k][which] ? 1 : users[i][which] < others[k][which] ? 0 : 0.5;
    return wins / (NAMES * NAMES);
}

/* Asks for all names, in turn. least: of the factors of users' keys. */
static void compare(uint32_t least, double areas[STATISTICS])
{
    static double users[NAMES][STATISTICS], others[NAMES][STATISTICS];
    sw_public_key key;
    char name[32];

    for (int i = 0; i < NAMES; i++) {
        make_key(&key, least);
        snprintf(name, sizeof(name), "user%d", 2 * i + i % 2);
        observe(name, &key, users[i]);
        snprintf(name, sizeof(name), "user%d", 2 * i + 1 - i % 2);
        observe(name, NULL, others[i]);
    }
    for (int k = 0; k < STATISTICS; k++)
        areas[k] = area(users, others, k);
}

/* Four times the standard deviation of what chance makes of it. */
static double chance(void)
{
    return 4 * sqrt((2.0 * NAMES + 1) / (12.0 * NAMES * NAMES));
}

START_TEST(users_are_not_told_from_others)
{
    double areas[STATISTICS];

    compare(0xb504f334, areas);
    for (int k = 0; k < STATISTICS; k++)
        ck_assert_msg(fabs(areas[k] - 0.5) <= chance(), "%s: %f, where chance is within %f of 0.5", titles[k],
                      areas[k], chance());
}
END_TEST

/* The measure sees what it is for: keys whose factors are all near the largest. */
START_TEST(other_keys_are_told)
{
    double areas[STATISTICS];

    compare(0xfff00000, areas);
    ck_assert_double_gt(areas[LARGEST], 0.5 + chance());
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("handshake names");
    TCase *tcase = suite_case(suite, "names");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, users_are_not_told_from_others);
    tcase_add_test(tcase, other_keys_are_told);
    return run_suite(suite);
}
