/* SPDX-License-Identifier: ISC */
/* Records over a backend that fails, callers who are wrong, and what is left in memory. */
#include <sidewire/record.h>

#include <string.h>

#include "fake_crypto.h"
#include "suite.h"

static const uint8_t key[SW_AEAD_KEY_SIZE] = { 1, 2, 3 };
static const sw_record zero;
static fake_crypto fake;

/* ---- failing backends ---- */

static unsigned wipes;

static void count_wipe(void *ctx, void *state)
{
    static fake_crypto plain;

    (void)ctx;
    wipes++;
    fake_crypto_init(&plain, 1);
    plain.table.aead_wipe(&fake, state);
}

enum { SEALED, OPENED };

/* Records of one kind over a change of keys, the third under the second key; what opens gets what a sender like it
 * sealed. */
static int run(sw_record *record, int kind)
{
    fake_crypto whole;
    sw_record sender;
    int result = sw_record_init(record, &fake.table, SW_SUITE_CHACHAPOLY, key, 256);

    fake_crypto_init(&whole, 3);
    ck_assert_int_eq(sw_record_init(&sender, &whole.table, SW_SUITE_CHACHAPOLY, key, 256), SW_OK);
    record->counter = sender.counter = 65534;
    for (int i = 0; i < 4 && result == SW_OK; i++) {
        uint8_t bytes[5 + SW_RECORD_OVERHEAD] = { 0 };
        uint8_t *text;
        size_t used, size;
        if (kind == SEALED) {
            result = sw_record_seal(record, bytes, 5);
        } else {
            ck_assert_int_eq(sw_record_seal(&sender, bytes, 5), SW_OK);
            result = sw_record_open(record, bytes, sizeof(bytes), &used, &text, &size);
            if (result == 1)
                result = SW_OK;
        }
    }
    sw_record_wipe(&sender);
    return result;
}

/* Each call fails in turn, and is the last one then. What was started is wiped, once. */
START_TEST(test_failing_backend)
{
    uint8_t bytes[5 + SW_RECORD_OVERHEAD] = { 0 };
    size_t n = 1;
    int result;

    do {
        sw_record record;
        size_t started;
        fake_crypto_init(&fake, 3);
        fake.table.aead_wipe = count_wipe;
        fake.fail_at = n;
        wipes = 0;
        result = run(&record, _i);
        started = fake.counts[FAKE_AEAD_START];
        if (fake.calls < n) {
            ck_assert_int_eq(result, SW_OK);
        } else {
            ck_assert_int_eq(result, SW_E_AEAD);
            ck_assert_uint_eq(fake.calls, n);
            check_error("failed", sw_record_error(&record), SW_E_AEAD, 0, 0);
            ck_assert_int_eq(sw_record_seal(&record, bytes, 5), SW_E_AEAD);
            ck_assert_mem_eq(record.key, zero.key, sizeof(zero.key));
            if (fake.log[fake.logged - 1].operation == FAKE_AEAD_START)
                started--;
            ck_assert_uint_eq(fake.calls, n);
        }
        sw_record_wipe(&record);
        ck_assert_mem_eq(&record, &zero, sizeof(zero));
        sw_record_wipe(&record);
        ck_assert_uint_eq(wipes, started);
        ck_assert_uint_eq(fake.aead_states, 0);
        n++;
    } while (result != SW_OK);
    ck_assert_uint_eq(n, 9); /* seven calls, and none that fails */
}
END_TEST

/* ---- keys ---- */

static const uint8_t *last_sealed;
static unsigned seals, starts;

static int remember_seal(void *ctx, void *state, const uint8_t nonce[SW_AEAD_NONCE_SIZE], const uint8_t *ad,
                         size_t ad_size, uint8_t *text, size_t size)
{
    static fake_crypto plain;

    last_sealed = text;
    seals++;
    fake_crypto_init(&plain, 1);
    return plain.table.aead_seal(ctx, state, nonce, ad, ad_size, text, size);
}

static int look_at_start(void *ctx, void *state, sw_aead kind, const uint8_t k[SW_AEAD_KEY_SIZE])
{
    static fake_crypto plain;

    if (seals > 0) /* what was sealed is the key, while it is this record's alone now */
        ck_assert_mem_eq(last_sealed, zero.key, SW_AEAD_KEY_SIZE);
    starts++;
    fake_crypto_init(&plain, 1);
    return plain.table.aead_start(ctx, state, kind, k);
}

/* A new key is in one place only once it is used. */
START_TEST(test_new_key_once)
{
    uint8_t bytes[5 + SW_RECORD_OVERHEAD] = { 0 };
    sw_record record;

    fake_crypto_init(&fake, 3);
    fake.table.aead_seal = remember_seal;
    fake.table.aead_start = look_at_start;
    seals = starts = 0;
    ck_assert_int_eq(sw_record_init(&record, &fake.table, SW_SUITE_AESGCM, key, 256), SW_OK);
    record.counter = 65535;
    ck_assert_int_eq(sw_record_seal(&record, bytes, 5), SW_OK);
    ck_assert_uint_eq(seals, 2);
    ck_assert_uint_eq(starts, 2);
    sw_record_wipe(&record);
}
END_TEST

/* ---- callers ---- */

/* Errors that have no values say zero for them. */
static void check_init(sw_record *record, const sw_crypto *c, sw_suite suite, const uint8_t *k, int code)
{
    ck_assert_int_eq(sw_record_init(record, c, suite, k, 256), code);
    check_error("init", sw_record_error(record), code, 0, 0);
}

START_TEST(test_misuse)
{
    const sw_crypto *crypto = &fake.table;
    sw_crypto poor;
    uint8_t *text, byte[64] = { 0 };
    size_t used, size;
    sw_record record = { 0 };

    fake_crypto_init(&fake, 3);
    poor = *crypto;
    ck_assert_int_eq(sw_record_seal(NULL, byte, 1), SW_E_NULL);
    ck_assert_int_eq(sw_record_open(NULL, byte, 1, &used, &text, &size), SW_E_NULL);
    ck_assert_int_eq(sw_record_seal(&record, byte, 1), SW_E_STATE);
    ck_assert_int_eq(sw_record_init(NULL, crypto, SW_SUITE_AESGCM, key, 256), SW_E_NULL);
    check_init(&record, NULL, SW_SUITE_AESGCM, key, SW_E_NULL);
    check_init(&record, crypto, SW_SUITE_AESGCM, NULL, SW_E_NULL);
    check_init(&record, crypto, SW_SUITES_ALL, key, SW_E_CONFIG);
    poor.aead_state_size = SW_AEAD_STATE_SIZE + 1;
    check_init(&record, &poor, SW_SUITE_AESGCM, key, SW_E_BACKEND);
    poor.aead_state_size = SW_AEAD_STATE_SIZE;
    check_init(&record, &poor, SW_SUITE_AESGCM, key, SW_OK);
    poor.aead_start = NULL;
    check_init(&record, &poor, SW_SUITE_AESGCM, key, SW_E_BACKEND);
    ck_assert_int_eq(sw_record_init(&record, crypto, SW_SUITE_AESGCM, key, 256), SW_OK);
    ck_assert_int_eq(sw_record_open(&record, NULL, 0, &used, &text, &size), 0);
    ck_assert_int_eq(sw_record_open(&record, NULL, 1, &used, &text, &size), SW_E_NULL);
    check_error("open", sw_record_error(&record), SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_record_init(&record, crypto, SW_SUITE_AESGCM, key, 256), SW_OK);
    ck_assert_int_eq(sw_record_seal(&record, NULL, 1), SW_E_NULL);
    check_error("seal", sw_record_error(&record), SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_record_error(NULL).code, SW_E_NULL);
    sw_record_wipe(NULL);
    sw_record_wipe(&record);
    sw_record_wipe(&record);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record errors");
    TCase *tcase = suite_case(suite, "errors");

    tcase_add_loop_test(tcase, test_failing_backend, 0, 2);
    tcase_add_test(tcase, test_new_key_once);
    tcase_add_test(tcase, test_misuse);
    return run_suite(suite);
}
