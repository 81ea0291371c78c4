/* SPDX-License-Identifier: ISC */
/* All backends that were built: by name, and each compared with each other. */
#include <sidewire/backends.h>
#include <sidewire/keys.h>

#include <stdlib.h>
#include <string.h>

#include "suite.h"
#include "support.h"

enum { BACKENDS_MAX = 3 };

static sw_crypto *backends[BACKENDS_MAX];
static size_t count;

static void setup(void)
{
    for (count = 0; sw_backend_name(count) != NULL; count++) {
        ck_assert_uint_lt(count, BACKENDS_MAX);
        backends[count] = sw_backend_new(sw_backend_name(count));
        ck_assert_msg(backends[count] != NULL, "no %s", sw_backend_name(count));
    }
    ck_assert_uint_gt(count, 0);
}

static void teardown(void)
{
    for (size_t i = 0; i < count; i++)
        sw_backend_free(backends[i]);
}

/* ---- names ---- */

START_TEST(test_names)
{
    const char *built = getenv("SIDEWIRE_BACKENDS"); /* as the build was configured */
    sw_crypto *crypto = sw_backend_new(NULL);
    char names[100] = "";

    ck_assert_ptr_nonnull(built);
    for (size_t i = 0; i < count; i++) {
        ck_assert_str_eq(backends[i]->name, sw_backend_name(i));
        strcat(strcat(names, i > 0 ? "," : ""), sw_backend_name(i));
    }
    ck_assert_str_eq(names, built);
    ck_assert_ptr_null(sw_backend_name(count + 1));
    ck_assert_ptr_null(sw_backend_name(SIZE_MAX));
    ck_assert_ptr_nonnull(crypto);
    ck_assert_str_eq(crypto->name, sw_backend_name(0));
    sw_backend_free(crypto);
    sw_backend_free(NULL);
}
END_TEST

static const char *const strangers[] = { "", "nosuch", "mbed", "OPENSSL", "gcrypt ", "mbedtls,openssl" };

START_TEST(test_strangers)
{
    ck_assert_ptr_null(sw_backend_new(strangers[_i]));
}
END_TEST

/* ---- hashes ---- */

START_TEST(test_hashes)
{
    static uint8_t in[300];

    for (size_t i = 0; i < sizeof(in); i++)
        in[i] = (uint8_t)(i * 7);
    for (size_t size = 0; size <= sizeof(in); size++) {
        uint8_t wanted[SW_SHA256_SIZE], hash[SW_SHA256_SIZE];
        for (size_t i = 0; i < count; i++) {
            const sw_crypto *c = backends[i];
            ck_assert_int_eq(c->sha1(c->ctx, i == 0 ? wanted : hash, in, size), 0);
            if (i > 0)
                ck_assert_mem_eq(hash, wanted, SW_SHA1_SIZE);
        }
        for (size_t i = 0; i < count; i++) {
            const sw_crypto *c = backends[i];
            ck_assert_int_eq(c->sha256(c->ctx, i == 0 ? wanted : hash, in, size), 0);
            if (i > 0)
                ck_assert_mem_eq(hash, wanted, SW_SHA256_SIZE);
        }
    }
}
END_TEST

/* ---- RSA ---- */

static const char *const key_names[] = { "bob", "carol", "alice" }; /* 2048, 3072, 4096 bits */
static const uint8_t plain[SW_RSA_MAX_SIZE] = "What one backend encrypts, another decrypts.";

static int fixed_seed(void *ctx, uint8_t *out, size_t size)
{
    (void)ctx;
    memset(out, 0x5a, size);
    return 0;
}

/* With the same seed the same bytes come out. */
START_TEST(test_same_block)
{
    sw_public_key key;
    sw_rsa_public public;
    uint8_t wanted[SW_RSA_MAX_SIZE], block[SW_RSA_MAX_SIZE];

    vector_public_key(key_names[_i], &key);
    public = sw_public_key_view(&key);
    for (size_t size = 0; size <= public.n_size - SW_OAEP_OVERHEAD; size += 107)
        for (size_t i = 0; i < count; i++) {
            sw_crypto table = *backends[i];
            table.random = fixed_seed;
            ck_assert_int_eq(table.oaep_encrypt(&table, &public, plain, size, i == 0 ? wanted : block), 0);
            if (i > 0)
                ck_assert_mem_eq(block, wanted, public.n_size);
        }
}
END_TEST

static void check_decrypt(const sw_crypto *crypto, const sw_rsa_private *key, const uint8_t *block, size_t wanted)
{
    uint8_t out[SW_RSA_MAX_SIZE];
    size_t size = 0;

    ck_assert_int_eq(crypto->oaep_decrypt(crypto, key, block, out, sizeof(out), &size), 0);
    ck_assert_uint_eq(size, wanted);
    if (size > 0)
        ck_assert_mem_eq(out, plain, size);
}

/* Each decrypts what each encrypted, with a prepared key and without. */
START_TEST(test_each_for_each)
{
    sw_private_key key;
    sw_rsa_private private;
    sw_rsa_public public;
    uint8_t block[SW_RSA_MAX_SIZE];

    vector_private_key(key_names[_i], &key);
    private = sw_private_key_view(&key);
    public = (sw_rsa_public){ key.n, key.e, key.n_size, key.e_size };
    for (size_t to = 0; to < count; to++) {
        const sw_crypto *c = backends[to];
        sw_rsa_private prepared = private;

        prepared.prepared = c->key_prepare(c->ctx, &private);
        ck_assert_ptr_nonnull(prepared.prepared);
        for (size_t from = 0; from < count; from++) {
            size_t size = from == to ? public.n_size - SW_OAEP_OVERHEAD : 128;
            ck_assert_int_eq(backends[from]->oaep_encrypt(backends[from], &public, plain, size, block), 0);
            check_decrypt(c, &private, block, size);
            check_decrypt(c, &prepared, block, size);
        }
        c->key_forget(c->ctx, prepared.prepared);
    }
    sw_private_key_wipe(&key);
}
END_TEST

/* ---- AES ---- */

enum { STREAM_SIZE = 256 * 1024 };

/* The last bytes of the first counter; the others are 0xff if that is to carry so far. */
static const struct counter_case {
    size_t ones;
    uint8_t last;
} counter_cases[] = {
    { 0, 0 },     /* from zero */
    { 3, 0xf0 },  /* carries into the third byte after 16 blocks */
    { 4, 0xfd },  /* out of 32 bits, after 3 blocks */
    { 4, 0x80 },  /* out of 32 bits, after 128 blocks */
    { 8, 0xf9 },  /* out of 64 bits */
    { 16, 0xfe }, /* out of all */
    { 16, 0x01 },
};

/* Whole blocks in pieces that grow. */
static void make_stream(const sw_crypto *c, const uint8_t *counter, uint8_t *stream)
{
    static const uint8_t key[SW_AES_KEY_SIZE] = "the key of both";
    void *state = malloc(c->aes_state_size);
    size_t at = 0;

    memset(stream, 0, STREAM_SIZE);
    ck_assert_int_eq(c->aes_init(c->ctx, state, key, counter), 0);
    for (size_t n = SW_AES_BLOCK_SIZE; at < STREAM_SIZE; at += n, n += 5 * SW_AES_BLOCK_SIZE) {
        if (n > STREAM_SIZE - at)
            n = STREAM_SIZE - at;
        ck_assert_int_eq(c->aes_apply(c->ctx, state, stream + at, stream + at, n), 0);
    }
    c->aes_wipe(c->ctx, state);
    free(state);
}

/* A stream of one block at a time, with the counter added up here, is what all have to give. */
static void make_wanted(const sw_crypto *c, const uint8_t *first, uint8_t *stream)
{
    static const uint8_t key[SW_AES_KEY_SIZE] = "the key of both";
    uint8_t counter[SW_AES_BLOCK_SIZE];
    void *state = malloc(c->aes_state_size);

    memset(stream, 0, STREAM_SIZE);
    memcpy(counter, first, sizeof(counter));
    for (size_t at = 0; at < STREAM_SIZE; at += SW_AES_BLOCK_SIZE) {
        int i = SW_AES_BLOCK_SIZE;
        ck_assert(c->aes_init(c->ctx, state, key, counter) == 0);
        ck_assert(c->aes_apply(c->ctx, state, stream + at, stream + at, SW_AES_BLOCK_SIZE) == 0);
        c->aes_wipe(c->ctx, state);
        while (i > 0 && ++counter[--i] == 0)
            ;
    }
    free(state);
}

START_TEST(test_streams)
{
    const struct counter_case *c = &counter_cases[_i];
    uint8_t *wanted = malloc(STREAM_SIZE), *stream = malloc(STREAM_SIZE);
    uint8_t counter[SW_AES_BLOCK_SIZE] = { 0 };

    memset(counter + SW_AES_BLOCK_SIZE - c->ones, 0xff, c->ones);
    counter[SW_AES_BLOCK_SIZE - 1] = c->last;
    make_wanted(backends[0], counter, wanted);
    for (size_t i = 0; i < count; i++) {
        make_stream(backends[i], counter, stream);
        ck_assert_msg(memcmp(stream, wanted, STREAM_SIZE) == 0, "%s differs", backends[i]->name);
    }
    free(stream);
    free(wanted);
}
END_TEST

/* Two states at a time do not disturb each other, and one may be wiped before the other. */
START_TEST(test_two_states)
{
    static const uint8_t counter[SW_AES_BLOCK_SIZE] = { 0 };
    static const uint8_t keys[2][SW_AES_KEY_SIZE] = { "one", "another" };

    for (size_t i = 0; i < count; i++) {
        const sw_crypto *c = backends[i];
        void *states[2] = { malloc(c->aes_state_size), malloc(c->aes_state_size) };
        uint8_t together[2][64] = { { 0 } }, alone[64] = { 0 };

        for (int k = 0; k < 2; k++)
            ck_assert_int_eq(c->aes_init(c->ctx, states[k], keys[k], counter), 0);
        for (int n = 0; n < 4; n++)
            for (int k = 0; k < 2; k++)
                ck_assert_int_eq(c->aes_apply(c->ctx, states[k], together[k] + 16 * n, together[k] + 16 * n, 16),
                                 0);
        ck_assert_mem_ne(together[0], together[1], 64);
        c->aes_wipe(c->ctx, states[0]);
        ck_assert_int_eq(c->aes_init(c->ctx, states[0], keys[0], counter), 0);
        ck_assert_int_eq(c->aes_apply(c->ctx, states[0], alone, alone, 64), 0);
        ck_assert_mem_eq(alone, together[0], 64);
        for (int k = 0; k < 2; k++) {
            c->aes_wipe(c->ctx, states[k]);
            free(states[k]);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("backends");
    TCase *tcase = suite_case(suite, "all");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_names);
    tcase_add_loop_test(tcase, test_strangers, 0, COUNT(strangers));
    tcase_add_test(tcase, test_hashes);
    tcase_add_loop_test(tcase, test_same_block, 0, COUNT(key_names));
    tcase_add_loop_test(tcase, test_each_for_each, 0, COUNT(key_names));
    tcase_add_loop_test(tcase, test_streams, 0, COUNT(counter_cases));
    tcase_add_test(tcase, test_two_states);
    return run_suite(suite);
}
