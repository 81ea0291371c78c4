/* SPDX-License-Identifier: ISC */
/* RSA-OAEP of a backend: against itself, against the openssl command, and bad keys. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp, rmdir */

#include <sidewire/keys.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "suite.h"
#include "tested_backend.h"

/* ---- keys made by openssl, once for all tests ---- */

static const unsigned key_bits[] = { 2048, 3072, 4096 };
enum { KEY_COUNT = 3 };

static char folder[] = "/tmp/sidewire-rsa-XXXXXX";
static sw_private_key keys[KEY_COUNT];
static sw_crypto *crypto;

static void openssl(const char *arguments)
{
    char command[512];

    snprintf(command, sizeof(command), "cd %s && openssl %s >openssl.log 2>&1", folder, arguments);
    ck_assert_msg(system(command) == 0, "'openssl %s' failed", arguments);
}

static void write_file(const char *name, const uint8_t *data, size_t len)
{
    char path[100];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(data, 1, len, file), len);
    ck_assert_int_eq(fclose(file), 0);
}

static size_t read_file(const char *name, uint8_t *data, size_t cap)
{
    char path[100];
    FILE *file;
    size_t len;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "rb");
    ck_assert_ptr_nonnull(file);
    len = fread(data, 1, cap, file);
    fclose(file);
    return len;
}

static void make_key(unsigned bits, sw_private_key *key)
{
    char arguments[50], name[20];
    uint8_t pem[8192];
    size_t len;

    snprintf(arguments, sizeof(arguments), "genrsa -out %u.pem %u", bits, bits);
    openssl(arguments);
    snprintf(name, sizeof(name), "%u.pem", bits);
    len = read_file(name, pem, sizeof(pem));
    ck_assert_int_eq(sw_private_key_parse(key, (const char *)pem, len, NULL), SW_OK);
    ck_assert_uint_eq(key->bits, bits);
}

static void setup(void)
{
    ck_assert_ptr_nonnull(mkdtemp(folder));
    for (size_t i = 0; i < KEY_COUNT; i++)
        make_key(key_bits[i], &keys[i]);
    crypto = tested_backend();
}

static void teardown(void)
{
    static const char *const files[] = { "2048.pem", "3072.pem", "4096.pem", "openssl.log", "in", "out" };

    for (int i = 0; i < COUNT(files); i++) {
        char path[100];
        snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
        unlink(path);
    }
    rmdir(folder);
    sw_backend_free(crypto);
}

static sw_rsa_public public_half(const sw_private_key *key)
{
    sw_rsa_public half = { key->n, key->e, key->n_size, key->e_size };

    return half;
}

/* ---- round trips ---- */

static const uint8_t plain[1024] = "Plain text of a challenge, and many bytes that are zero.";

/* Decrypts with a buffer of exactly `cap` bytes. */
static int decrypt(const sw_rsa_private *key, const uint8_t *block, uint8_t *out, size_t cap, size_t *size)
{
    uint8_t *in = exact_copy(block, key->n_size);
    uint8_t *room = malloc(cap);
    int result;

    *size = 0;
    result = crypto->oaep_decrypt(crypto, key, in, room, cap, size);
    if (result == 0) {
        ck_assert_uint_le(*size, cap);
        if (*size > 0)
            memcpy(out, room, *size);
    }
    free(room);
    free(in);
    return result;
}

/* Every kind of length; room for the text that is too small, exact, and larger. */
START_TEST(test_round_trip)
{
    sw_rsa_public public = public_half(&keys[_i]);
    sw_rsa_private private = sw_private_key_view(&keys[_i]);
    const size_t most = public.n_size - SW_OAEP_OVERHEAD;
    const size_t sizes[] = { 0, 1, 64, 128, most - 1, most };
    uint8_t *block = malloc(public.n_size);
    uint8_t out[1024];
    size_t size;

    for (int i = 0; i < COUNT(sizes); i++) {
        size_t n = sizes[i];
        uint8_t *in = exact_copy(plain, n);
        ck_assert_int_eq(crypto->oaep_encrypt(crypto, &public, in, n, block), 0);
        ck_assert_int_eq(decrypt(&private, block, out, n + 1, &size), 0);
        ck_assert_uint_eq(size, n);
        ck_assert_mem_eq(out, plain, n);
        ck_assert_int_eq(decrypt(&private, block, out, n, &size), 0);
        if (n > 0)
            ck_assert_int_gt(decrypt(&private, block, out, n - 1, &size), 0);
        free(in);
    }
    ck_assert_int_lt(crypto->oaep_encrypt(crypto, &public, plain, most + 1, block), 0);
    ck_assert_int_lt(crypto->oaep_encrypt(crypto, &public, plain, public.n_size, block), 0);
    free(block);
}
END_TEST

/* ---- openssl as the other side ---- */

static void pkeyutl(const char *action, unsigned bits)
{
    char arguments[300];

    snprintf(arguments, sizeof(arguments),
             "pkeyutl %s -inkey %u.pem -in in -out out -pkeyopt rsa_padding_mode:oaep"
             " -pkeyopt rsa_oaep_md:sha1 -pkeyopt rsa_mgf1_md:sha1",
             action, bits);
    openssl(arguments);
}

START_TEST(test_openssl_decrypts)
{
    sw_rsa_public public = public_half(&keys[_i]);
    uint8_t *block = malloc(public.n_size);
    uint8_t out[1024];

    ck_assert_int_eq(crypto->oaep_encrypt(crypto, &public, plain, 128, block), 0);
    write_file("in", block, public.n_size);
    pkeyutl("-decrypt", key_bits[_i]);
    ck_assert_uint_eq(read_file("out", out, sizeof(out)), 128);
    ck_assert_mem_eq(out, plain, 128);
    free(block);
}
END_TEST

START_TEST(test_openssl_encrypts)
{
    sw_rsa_private private = sw_private_key_view(&keys[_i]);
    uint8_t block[1024], out[1024];
    size_t size;

    write_file("in", plain, 128);
    pkeyutl("-encrypt", key_bits[_i]);
    ck_assert_uint_eq(read_file("out", block, sizeof(block)), private.n_size);
    ck_assert_int_eq(decrypt(&private, block, out, 128, &size), 0);
    ck_assert_uint_eq(size, 128);
    ck_assert_mem_eq(out, plain, 128);
}
END_TEST

/* ---- blocks that no one encrypted ---- */

START_TEST(test_bad_blocks)
{
    sw_rsa_private private = sw_private_key_view(&keys[_i]);
    size_t n = private.n_size;
    uint8_t *block = malloc(n);
    uint8_t out[1024];
    size_t size;

    memset(block, 0xff, n); /* above the modulus */
    ck_assert_int_gt(decrypt(&private, block, out, n, &size), 0);
    memcpy(block, private.n, n); /* the modulus */
    ck_assert_int_gt(decrypt(&private, block, out, n, &size), 0);
    block[n - 1]--; /* the largest number below: it is odd */
    ck_assert_int_gt(decrypt(&private, block, out, n, &size), 0);
    memset(block, 0, n);
    ck_assert_int_gt(decrypt(&private, block, out, n, &size), 0);
    block[n - 1] = 1;
    ck_assert_int_gt(decrypt(&private, block, out, n, &size), 0);
    for (int i = 0; i < (_i == 0 ? 20 : 3); i++) { /* large keys take eight times as long */
        ck_assert_int_eq(crypto->random(crypto->ctx, block, n), 0);
        ck_assert_int_gt(decrypt(&private, block, out, n, &size), 0);
    }
    free(block);
}
END_TEST

/* ---- randomness: one call, of the table's own function, for the seed ---- */

static unsigned seed_calls;
static size_t seed_size;
static uint8_t seed_byte;
static int seed_result;

static int fixed_seed(void *ctx, uint8_t *out, size_t size)
{
    (void)ctx;
    seed_calls++;
    seed_size = size;
    memset(out, seed_byte, size);
    return seed_result;
}

START_TEST(test_seed)
{
    sw_rsa_public public = public_half(&keys[0]);
    sw_rsa_private private = sw_private_key_view(&keys[0]);
    sw_crypto table = *crypto;
    uint8_t first[256], again[256], other[256], out[256];
    size_t size;

    table.random = fixed_seed;
    ck_assert_int_eq(table.oaep_encrypt(&table, &public, plain, 128, first), 0);
    ck_assert_uint_eq(seed_calls, 1);
    ck_assert_uint_eq(seed_size, SW_SHA1_SIZE);
    ck_assert_int_eq(table.oaep_encrypt(&table, &public, plain, 128, again), 0);
    ck_assert_mem_eq(first, again, sizeof(first));
    seed_byte = 1;
    ck_assert_int_eq(table.oaep_encrypt(&table, &public, plain, 128, other), 0);
    ck_assert_mem_ne(first, other, sizeof(first));
    ck_assert_uint_eq(seed_calls, 3);
    ck_assert_int_eq(table.oaep_decrypt(&table, &private, other, out, sizeof(out), &size), 0);
    ck_assert_uint_eq(seed_calls, 3);
    seed_result = -5;
    ck_assert_int_lt(table.oaep_encrypt(&table, &public, plain, 128, other), 0);
    ck_assert_uint_eq(seed_calls, 4);
}
END_TEST

/* ---- bad keys ---- */

static uint8_t odd[257]; /* a modulus behind a leading zero */
static const uint8_t three[] = { 3 }, two[] = { 2 }, one[] = { 1 }, zero[] = { 0 };

static const struct bad_public {
    const char *what;
    sw_rsa_public key;
} bad_publics[] = {
    { "nothing", { NULL, NULL, 0, 0 } },
    { "no modulus", { NULL, three, 0, 1 } },
    { "no exponent", { odd + 1, NULL, 256, 0 } },
    { "leading zero", { odd, three, 257, 1 } },
    { "even modulus", { odd + 1, three, 255, 1 } },
    { "modulus 0", { zero, three, 1, 1 } },
    { "modulus 3", { three, three, 1, 1 } },
    { "exponent 0", { odd + 1, zero, 256, 1 } },
    { "exponent 1", { odd + 1, one, 256, 1 } },
    { "exponent 2", { odd + 1, two, 256, 1 } },
};

START_TEST(test_bad_public)
{
    uint8_t block[257];
    const sw_rsa_public good = { odd + 1, three, 256, 1 };

    odd[1] = 0x80;
    odd[256] = 1;
    ck_assert_int_eq(crypto->oaep_encrypt(crypto, &good, plain, 128, block), 0);
    ck_assert_msg(crypto->oaep_encrypt(crypto, &bad_publics[_i].key, plain, 128, block) < 0, "%s",
                  bad_publics[_i].what);
}
END_TEST

/* Numbers that contradict each other: a bit of one of them flipped, or one from another key. */
START_TEST(test_bad_private)
{
    sw_private_key key = keys[0];
    sw_rsa_private view = sw_private_key_view(&key);
    sw_rsa_private nothing;
    uint8_t *const numbers[] = { key.n, key.d, key.p, key.q };
    const size_t sizes[] = { key.n_size, key.d_size, key.p_size, key.q_size };
    sw_rsa_public public = public_half(&keys[0]);
    uint8_t block[256], out[256];
    size_t size;

    ck_assert_int_eq(crypto->oaep_encrypt(crypto, &public, plain, 128, block), 0);
    ck_assert_int_eq(decrypt(&view, block, out, 256, &size), 0);
    for (int i = 0; i < COUNT(numbers); i++) {
        numbers[i][sizes[i] / 2] ^= 4;
        ck_assert_msg(decrypt(&view, block, out, 256, &size) < 0, "number %d", i);
        numbers[i][sizes[i] / 2] ^= 4;
    }
    view.p = keys[1].p;
    view.p_size = keys[1].p_size;
    ck_assert_int_lt(decrypt(&view, block, out, 256, &size), 0);
    view = sw_private_key_view(&key);
    view.e = three;
    view.e_size = 1;
    ck_assert_int_lt(decrypt(&view, block, out, 256, &size), 0);
    memset(&nothing, 0, sizeof(nothing));
    ck_assert_int_lt(crypto->oaep_decrypt(crypto, &nothing, block, out, 256, &size), 0);
    view = sw_private_key_view(&key);
    view.n = view.d = view.p = view.q = NULL;
    view.n_size = view.d_size = view.p_size = view.q_size = 0;
    ck_assert_int_lt(crypto->oaep_decrypt(crypto, &view, block, out, 256, &size), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("backend RSA");
    TCase *tcase = suite_case(suite, "RSA");

    tcase_add_unchecked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_round_trip, 0, KEY_COUNT);
    tcase_add_loop_test(tcase, test_openssl_decrypts, 0, KEY_COUNT);
    tcase_add_loop_test(tcase, test_openssl_encrypts, 0, KEY_COUNT);
    tcase_add_loop_test(tcase, test_bad_blocks, 0, KEY_COUNT);
    tcase_add_test(tcase, test_seed);
    tcase_add_loop_test(tcase, test_bad_public, 0, COUNT(bad_publics));
    tcase_add_test(tcase, test_bad_private);
    return run_suite(suite);
}
