/* SPDX-License-Identifier: ISC */
/* The Noise handshake: calls in their order, what is left in memory, payloads and shared secrets that are nearly nothing. */
#include <string.h>

#include "noise_fixture.h"
#include "suite.h"

static const sw_noise zero;

/* Calls that do not belong to a state. */
START_TEST(test_states)
{
    uint8_t *payload, byte[256] = { 0 };
    size_t len;
    noise_pair p;

    noise_pair_start(&p);
    ck_assert_int_eq(sw_noise_prologue(&p.initiator, byte, 1), SW_E_STATE);
    noise_pair_start(&p);
    noise_pair_begin(&p);
    ck_assert_int_eq(sw_noise_read(&p.initiator, byte, sizeof(byte), &payload, &len), SW_E_STATE);
    noise_check_forgotten(&p.initiator);
    ck_assert_int_eq(sw_noise_prologue(&p.initiator, byte, 1), SW_E_STATE); /* it stays */
    noise_pair_begin_responder(&p);
    ck_assert_int_eq(sw_noise_write(&p.responder, byte, 1, byte, sizeof(byte), &len), SW_E_STATE);
    noise_pair_begin(&p);
    ck_assert_int_eq(noise_pair_send(&p), SW_OK);
    ck_assert_int_eq(sw_noise_prologue(&p.initiator, byte, 1), SW_E_STATE);
    noise_pair_begin(&p);
    ck_assert_int_eq(sw_noise_split(&p.initiator, p.keys[0], p.keys[1]), SW_E_STATE);
    noise_pair_start(&p);
    ck_assert_int_eq(noise_pair_run(&p), SW_OK);
    noise_check_forgotten(&p.initiator);
    noise_check_forgotten(&p.responder);
    ck_assert_int_eq(sw_noise_split(&p.initiator, p.keys[0], p.keys[1]), SW_E_STATE);
    sw_noise_wipe(&p.initiator);
    sw_noise_wipe(&p.responder);
    ck_assert_mem_eq(&p.initiator, &zero, sizeof(zero));
    ck_assert_mem_eq(&p.responder, &zero, sizeof(zero));
}
END_TEST

/* As large as there is room for, or larger. */
START_TEST(test_state_sizes)
{
    sw_crypto *table;
    noise_pair p;

    for (size_t more = 0; more < 2; more++) {
        int expected = more ? SW_E_BACKEND : SW_OK;
        noise_pair_start(&p);
        table = &p.fakes[0].table;
        table->sha256_state_size = SW_SHA256_STATE_SIZE + more;
        ck_assert_int_eq(sw_noise_initiator(&p.initiator, table, SW_SUITE_AESGCM), expected);
        sw_noise_wipe(&p.initiator);
        noise_pair_start(&p);
        table->aead_state_size = SW_AEAD_STATE_SIZE + more;
        ck_assert_int_eq(sw_noise_initiator(&p.initiator, table, SW_SUITE_AESGCM), expected);
        sw_noise_wipe(&p.initiator);
    }
}
END_TEST

static unsigned wipes;

static void count_wipe(void *ctx, void *state)
{
    fake_crypto *fake = ctx;

    wipes++;
    fake->sha256_states--;
    memset(state, 0, fake->table.sha256_state_size);
}

/* What the backend started is wiped once. */
START_TEST(test_wiped_once)
{
    noise_pair p;

    noise_pair_start(&p);
    p.fakes[0].table.sha256_wipe = count_wipe;
    ck_assert_int_eq(noise_pair_begin(&p), SW_OK);
    wipes = 0;
    ck_assert_int_eq(sw_noise_prologue(&p.initiator, NULL, 1), SW_E_NULL);
    ck_assert_uint_eq(wipes, 1);
    sw_noise_wipe(&p.initiator);
    ck_assert_uint_eq(wipes, 1);
    ck_assert_int_eq(noise_pair_begin(&p), SW_OK);
    sw_noise_wipe(&p.initiator);
    sw_noise_wipe(&p.initiator);
    ck_assert_uint_eq(wipes, 2);
}
END_TEST

/* Payloads of no byte, and of few. */
START_TEST(test_payloads)
{
    static const uint8_t text[] = "xy";
    size_t size = (size_t)_i, written, len;
    uint8_t message[SW_NOISE_OVERHEAD_2 + 2], *payload;
    noise_pair p;

    noise_pair_start(&p);
    ck_assert_int_eq(noise_pair_begin(&p), SW_OK);
    ck_assert_int_eq(noise_pair_begin_responder(&p), SW_OK);
    for (int i = 0; i < 2; i++) {
        memset(message, '#', sizeof(message));
        ck_assert_int_eq(
            sw_noise_write(i ? &p.responder : &p.initiator, text, size, message, sizeof(message), &written),
            SW_OK);
        ck_assert_uint_eq(written, (i ? SW_NOISE_OVERHEAD_2 : SW_NOISE_OVERHEAD_1) + size);
        ck_assert_int_eq(sw_noise_read(i ? &p.initiator : &p.responder, message, written, &payload, &len), SW_OK);
        ck_assert_uint_eq(len, size);
        if (size > 0)
            ck_assert_mem_eq(payload, text, size);
    }
}
END_TEST

static size_t any_at;

static int share_one_bit(void *ctx, uint8_t out[SW_X25519_SIZE], const sw_x25519_key *own,
                         const uint8_t peer[SW_X25519_SIZE])
{
    (void)ctx;
    (void)own;
    (void)peer;
    memset(out, 0, SW_X25519_SIZE);
    out[any_at] = 0x80;
    return 0;
}

/* One bit is enough not to be zero, wherever it is. */
START_TEST(test_one_bit_shared)
{
    noise_pair p;

    any_at = (size_t)_i;
    noise_pair_start(&p);
    for (int i = 0; i < 2; i++)
        p.fakes[i].table.x25519 = share_one_bit;
    ck_assert_int_eq(noise_pair_run(&p), SW_OK);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("noise states");
    TCase *tcase = suite_case(suite, "states");

    tcase_add_test(tcase, test_states);
    tcase_add_test(tcase, test_state_sizes);
    tcase_add_test(tcase, test_wiped_once);
    tcase_add_loop_test(tcase, test_payloads, 0, 3);
    tcase_add_loop_test(tcase, test_one_bit_shared, 0, SW_X25519_SIZE);
    return run_suite(suite);
}
