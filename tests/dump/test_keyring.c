/* SPDX-License-Identifier: ISC */
/* Private keys that a backend prepares, or fails to: then they are used as they are. */
#include "watch/keyring.h"

#include "fake_crypto.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS = 3 };

/* ---- a backend that prepares all keys but one ---- */

static int prepared, forgotten, fails_at;

static void *prepare(void *ctx, const sw_rsa_private *key)
{
    (void)ctx;
    return prepared++ == fails_at ? NULL : memcpy(malloc(key->d_size), key->d, key->d_size);
}

static void forget(void *ctx, void *of)
{
    (void)ctx;
    forgotten++;
    free(of);
}

/* ---- keys ---- */

static sw_public_key public_halves[KEYS];

static void fill(keyring *ring)
{
    memset(ring, 0, sizeof(*ring));
    ring->keys = calloc(KEYS, sizeof(*ring->keys));
    ring->count = KEYS;
    for (unsigned i = 0; i < KEYS; i++)
        fake_key_pair(&ring->keys[i].key, &public_halves[i], 2048, i);
}

/* What is encrypted for a key is decrypted by what the ring has of it. */
static void check_opens(const sw_crypto *crypto, const keyring *ring, int which)
{
    sw_rsa_public for_key = sw_public_key_view(&public_halves[which]);
    sw_rsa_private key = keyring_view(&ring->keys[which]);
    uint8_t block[256], text[16];
    size_t size;

    ck_assert_int_eq(key.prepared == NULL, which == fails_at);
    ck_assert_int_eq(crypto->oaep_encrypt(crypto, &for_key, (const uint8_t *)"secret", 6, block), 0);
    ck_assert_int_eq(crypto->oaep_decrypt(crypto, &key, block, text, sizeof(text), &size), 0);
    ck_assert_uint_eq(size, 6);
    ck_assert_mem_eq(text, "secret", 6);
}

START_TEST(each_fails)
{
    fake_crypto fake;
    keyring ring;

    fake_crypto_init(&fake, 1);
    fake.table.key_prepare = prepare;
    fake.table.key_forget = forget;
    prepared = forgotten = 0;
    fails_at = _i; /* the last time: none */
    fill(&ring);
    keyring_prepare(&ring, &fake.table);
    ck_assert_int_eq(prepared, KEYS);
    for (int i = 0; i < KEYS; i++)
        check_opens(&fake.table, &ring, i);
    keyring_clear(&ring);
    ck_assert_int_eq(forgotten, _i < KEYS ? KEYS - 1 : KEYS);
    ck_assert_uint_eq(ring.count, 0);
    ck_assert_ptr_null(ring.keys);
}
END_TEST

/* A backend need not prepare any. */
START_TEST(none_prepared)
{
    fake_crypto fake;
    keyring ring;

    fake_crypto_init(&fake, 1);
    fill(&ring);
    keyring_prepare(&ring, &fake.table);
    for (int i = 0; i < KEYS; i++)
        ck_assert_ptr_null(keyring_view(&ring.keys[i]).prepared);
    keyring_clear(&ring);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("keyring");
    TCase *tcase = suite_case(suite, "prepared");

    tcase_add_loop_test(tcase, each_fails, 0, KEYS + 1);
    tcase_add_test(tcase, none_prepared);
    return run_suite(suite);
}
