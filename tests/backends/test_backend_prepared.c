/* SPDX-License-Identifier: ISC */
/* Prepared private keys of a backend. */
#include <sidewire/keys.h>

#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "support.h"
#include "tested_backend.h"

static const char *const key_names[] = { "bob", "carol", "alice" }; /* 2048, 3072, 4096 bits */
enum { KEY_COUNT = 3, TEXT_SIZE = 128 };

/* Blinding is renewed after 32 of OpenSSL's decryptions, for the smallest key: large ones take eight times as long. */
static const int times[KEY_COUNT] = { 20, 3, 3 };

static sw_crypto *crypto;
static sw_private_key keys[KEY_COUNT];
static uint8_t blocks[KEY_COUNT][SW_RSA_MAX_SIZE];
static uint8_t text[TEXT_SIZE];

static void setup(void)
{
    crypto = tested_backend();
    ck_assert_int_eq(crypto->random(crypto->ctx, text, sizeof(text)), 0);
    for (int i = 0; i < KEY_COUNT; i++) {
        sw_rsa_public public;
        vector_private_key(key_names[i], &keys[i]);
        public = (sw_rsa_public){ keys[i].n, keys[i].e, keys[i].n_size, keys[i].e_size };
        ck_assert_int_eq(crypto->oaep_encrypt(crypto, &public, text, sizeof(text), blocks[i]), 0);
    }
}

static void teardown(void)
{
    sw_backend_free(crypto);
}

static sw_rsa_private prepare(int i)
{
    sw_rsa_private key = sw_private_key_view(&keys[i]);

    ck_assert_ptr_null(key.prepared);
    key.prepared = crypto->key_prepare(crypto->ctx, &key);
    ck_assert_ptr_nonnull(key.prepared);
    return key;
}

static int decrypt(const sw_rsa_private *key, const uint8_t *block, size_t cap)
{
    uint8_t *in = exact_copy(block, key->n_size);
    uint8_t *out = malloc(cap);
    size_t size = 0;
    int result = crypto->oaep_decrypt(crypto, key, in, out, cap, &size);

    if (result == 0) {
        ck_assert_uint_eq(size, TEXT_SIZE);
        ck_assert_mem_eq(out, text, TEXT_SIZE);
    }
    free(out);
    free(in);
    return result;
}

/* Often, so that blinding is renewed on the way, and with refused blocks between. */
START_TEST(test_often)
{
    sw_rsa_private key = prepare(_i);
    uint8_t block[SW_RSA_MAX_SIZE];

    for (int i = 0; i < times[_i]; i++) {
        ck_assert_int_eq(decrypt(&key, blocks[_i], TEXT_SIZE), 0);
        memcpy(block, blocks[_i], key.n_size);
        block[key.n_size - 1] ^= 1;
        ck_assert_int_gt(decrypt(&key, block, key.n_size), 0);
        ck_assert_int_gt(decrypt(&key, blocks[_i], TEXT_SIZE - 1), 0);
        ck_assert_int_gt(decrypt(&key, key.n, key.n_size), 0);
        memset(block, 0xff, sizeof(block));
        ck_assert_int_gt(decrypt(&key, block, key.n_size), 0);
    }
    crypto->key_forget(crypto->ctx, key.prepared);
}
END_TEST

/* Several at a time, one of them twice, forgotten in another order, and keys that are not. */
START_TEST(test_several)
{
    sw_rsa_private prepared[KEY_COUNT + 1];

    for (int i = 0; i < KEY_COUNT; i++)
        prepared[i] = prepare(i);
    prepared[KEY_COUNT] = prepare(0);
    for (int i = 0; i < KEY_COUNT; i++) {
        sw_rsa_private bare = sw_private_key_view(&keys[i]);
        ck_assert_int_eq(decrypt(&prepared[i], blocks[i], TEXT_SIZE), 0);
        ck_assert_int_eq(decrypt(&bare, blocks[i], TEXT_SIZE), 0);
    }
    crypto->key_forget(crypto->ctx, prepared[0].prepared);
    ck_assert_int_eq(decrypt(&prepared[KEY_COUNT], blocks[0], TEXT_SIZE), 0);
    for (int i = 1; i <= KEY_COUNT; i++)
        crypto->key_forget(crypto->ctx, prepared[i].prepared);
}
END_TEST

/* The numbers may be elsewhere by then: a prepared key has copies. */
START_TEST(test_copied)
{
    sw_private_key *copy = malloc(sizeof(*copy));
    sw_rsa_private key;
    void *prepared;

    *copy = keys[0];
    key = sw_private_key_view(copy);
    prepared = crypto->key_prepare(crypto->ctx, &key);
    ck_assert_ptr_nonnull(prepared);
    sw_private_key_wipe(copy);
    free(copy);
    key = sw_private_key_view(&keys[0]);
    key.prepared = prepared;
    ck_assert_int_eq(decrypt(&key, blocks[0], TEXT_SIZE), 0);
    crypto->key_forget(crypto->ctx, prepared);
}
END_TEST

static int no_random(void *ctx, uint8_t *out, size_t size)
{
    (void)ctx;
    (void)out;
    (void)size;
    return -1;
}

/* Blinding is the backend's business, and is not drawn from the table. */
START_TEST(test_without_random)
{
    sw_rsa_private key = prepare(0);
    sw_crypto table = *crypto;
    uint8_t out[TEXT_SIZE];
    size_t size;

    table.random = no_random;
    ck_assert_int_eq(table.oaep_decrypt(&table, &key, blocks[0], out, sizeof(out), &size), 0);
    ck_assert_mem_eq(out, text, TEXT_SIZE);
    crypto->key_forget(crypto->ctx, key.prepared);
}
END_TEST

/* Keys that cannot be used are refused here already. */
START_TEST(test_refused)
{
    static const uint8_t one[] = { 1 }, two[] = { 2 };
    static uint8_t large[SW_RSA_MAX_SIZE + 1];
    sw_private_key key = keys[0];
    uint8_t *const numbers[] = { key.n, key.d, key.p, key.q };
    const size_t sizes[] = { key.n_size, key.d_size, key.p_size, key.q_size };
    sw_rsa_private view = { 0 };

    ck_assert_ptr_null(crypto->key_prepare(crypto->ctx, &view));
    for (int i = 0; i < COUNT(numbers); i++) {
        view = sw_private_key_view(&key);
        numbers[i][sizes[i] - 1] ^= 2;
        ck_assert_msg(crypto->key_prepare(crypto->ctx, &view) == NULL, "number %d", i);
        numbers[i][sizes[i] - 1] ^= 2;
    }
    view.e = two;
    view.e_size = 1;
    ck_assert_ptr_null(crypto->key_prepare(crypto->ctx, &view));
    view = sw_private_key_view(&key);
    view.p = one;
    view.p_size = 1;
    view.q = view.n;
    view.q_size = view.n_size;
    ck_assert_ptr_null(crypto->key_prepare(crypto->ctx, &view));
    view = sw_private_key_view(&key);
    view.q = view.p;
    view.q_size = view.p_size;
    ck_assert_ptr_null(crypto->key_prepare(crypto->ctx, &view));
    memset(large, 0xff, sizeof(large));
    view = sw_private_key_view(&key);
    view.d = large;
    view.d_size = sizeof(large);
    ck_assert_ptr_null(crypto->key_prepare(crypto->ctx, &view));
}
END_TEST

/* Which prime comes first does not matter. */
START_TEST(test_order_of_primes)
{
    sw_rsa_private key = sw_private_key_view(&keys[0]);
    const uint8_t *p = key.p;
    size_t size = key.p_size;

    key.p = key.q;
    key.p_size = key.q_size;
    key.q = p;
    key.q_size = size;
    ck_assert_int_eq(decrypt(&key, blocks[0], TEXT_SIZE), 0);
    key.prepared = crypto->key_prepare(crypto->ctx, &key);
    ck_assert_ptr_nonnull(key.prepared);
    ck_assert_int_eq(decrypt(&key, blocks[0], TEXT_SIZE), 0);
    crypto->key_forget(crypto->ctx, key.prepared);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("backend prepared");
    TCase *tcase = suite_case(suite, "keys");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_often, 0, KEY_COUNT);
    tcase_add_test(tcase, test_several);
    tcase_add_test(tcase, test_copied);
    tcase_add_test(tcase, test_without_random);
    tcase_add_test(tcase, test_refused);
    tcase_add_test(tcase, test_order_of_primes);
    return run_suite(suite);
}
