/* SPDX-License-Identifier: ISC */
/* The Noise handshake when something is wrong: changed messages, points of low order, failing backends,
 * misuse. Nothing is given out, errors stay, and no secret is left. */
#include <string.h>

#include "noise_fixture.h"
#include "suite.h"

/* Nothing secret is left, and every call says the same. */
static void check_failed(sw_noise *noise, int code)
{
    uint8_t *payload, byte[256] = { 0 };
    size_t len;

    noise_check_forgotten(noise);
    ck_assert_int_eq(sw_noise_prologue(noise, byte, 1), code);
    ck_assert_int_eq(sw_noise_read(noise, byte, sizeof(byte), &payload, &len), code);
    ck_assert_int_eq(sw_noise_write(noise, byte, 0, byte, sizeof(byte), &len), code);
    ck_assert_int_eq(sw_noise_split(noise, byte, byte), code);
}

/* Each byte of either message changed: the initiator sees it, as it sees another prologue. */
START_TEST(test_changed)
{
    size_t size = _i ? sizeof(((noise_pair *)0)->second) : sizeof(((noise_pair *)0)->first);

    for (size_t i = 0; i < size; i++) {
        static const uint8_t zeros[SW_NOISE_OVERHEAD_2 + NOISE_PAYLOAD];
        noise_pair p;
        noise_pair_start(&p);
        ck_assert_int_eq(noise_pair_begin(&p), SW_OK);
        ck_assert_int_eq(noise_pair_begin_responder(&p), SW_OK);
        ck_assert_int_eq(noise_pair_send(&p), SW_OK);
        if (_i == 0)
            p.first[i] ^= 1;
        ck_assert_int_eq(noise_pair_answer(&p), SW_OK);
        if (_i == 1)
            p.second[i] ^= 0x80;
        ck_assert_int_eq(noise_pair_receive(&p), SW_E_NOISE);
        ck_assert_mem_eq(p.second, zeros, sizeof(zeros));
        check_failed(&p.initiator, SW_E_NOISE);
        ck_assert_mem_eq(p.initiator.peer_static, zeros, SW_X25519_SIZE);
        ck_assert_uint_eq(p.fakes[0].aead_states + p.fakes[0].sha256_states, 0);
    }
}
END_TEST

START_TEST(test_another_prologue)
{
    noise_pair p;

    noise_pair_start(&p);
    ck_assert_int_eq(noise_pair_begin(&p), SW_OK);
    ck_assert_int_eq(sw_noise_prologue(&p.initiator, (const uint8_t *)"!", 1), SW_OK);
    ck_assert_int_eq(noise_pair_begin_responder(&p), SW_OK);
    ck_assert_int_eq(noise_pair_send(&p), SW_OK);
    ck_assert_int_eq(noise_pair_answer(&p), SW_OK);
    ck_assert_int_eq(noise_pair_receive(&p), SW_E_NOISE);
}
END_TEST

/* Too short by any number of bytes. */
START_TEST(test_short)
{
    for (size_t len = 0; len < SW_NOISE_OVERHEAD_2; len++) {
        uint8_t *payload;
        size_t payload_len;
        noise_pair p;
        noise_pair_start(&p);
        ck_assert_int_eq(noise_pair_begin(&p), SW_OK);
        ck_assert_int_eq(noise_pair_begin_responder(&p), SW_OK);
        ck_assert_int_eq(noise_pair_send(&p), SW_OK);
        if (len < SW_NOISE_OVERHEAD_1) {
            ck_assert_int_eq(sw_noise_read(&p.responder, p.first, len, &payload, &payload_len), SW_E_FRAME_SIZE);
            check_failed(&p.responder, SW_E_FRAME_SIZE);
            check_error("first", sw_noise_error(&p.responder), SW_E_FRAME_SIZE, len, SW_NOISE_OVERHEAD_1);
        }
        ck_assert_int_eq(sw_noise_read(&p.initiator, p.second, len, &payload, &payload_len), SW_E_FRAME_SIZE);
        check_failed(&p.initiator, SW_E_FRAME_SIZE);
        check_error("second", sw_noise_error(&p.initiator), SW_E_FRAME_SIZE, len, SW_NOISE_OVERHEAD_2);
    }
}
END_TEST

/* Zeros in the place of e, of either side, and of s. What a real backend makes of the points of low
 * order is in test_backend_sealed.c. */
START_TEST(test_low_order)
{
    noise_pair p;

    noise_pair_start(&p);
    ck_assert_int_eq(noise_pair_begin(&p), SW_OK);
    if (_i == 2)
        memset(p.own_static.public_half, 0, SW_X25519_SIZE);
    ck_assert_int_eq(noise_pair_begin_responder(&p), SW_OK);
    ck_assert_int_eq(noise_pair_send(&p), SW_OK);
    if (_i == 0) {
        memset(p.first, 0, SW_X25519_SIZE);
        ck_assert_int_eq(noise_pair_answer(&p), SW_E_LOW_ORDER);
        check_failed(&p.responder, SW_E_LOW_ORDER);
        return;
    }
    ck_assert_int_eq(noise_pair_answer(&p), SW_OK);
    if (_i == 1)
        memset(p.second, 0, SW_X25519_SIZE);
    ck_assert_int_eq(noise_pair_receive(&p), SW_E_LOW_ORDER);
    check_failed(&p.initiator, SW_E_LOW_ORDER);
}
END_TEST

static int error_of(fake_operation operation)
{
    switch (operation) {
    case FAKE_RANDOM: return SW_E_RANDOM;
    case FAKE_X25519:
    case FAKE_X25519_PUBLIC: return SW_E_X25519;
    case FAKE_AEAD_START:
    case FAKE_AEAD_SEAL:
    case FAKE_AEAD_OPEN: return SW_E_AEAD;
    default: return SW_E_HASH;
    }
}

/* Every call of the initiator's backend, and of the responder's, fails in turn, and is the last one then. */
START_TEST(test_failing_backend)
{
    size_t n = 1;
    int result;

    do {
        noise_pair p;
        fake_crypto *fake = &p.fakes[_i];
        noise_pair_start(&p);
        fake->calls = fake->logged = 0;
        fake->fail_at = n++;
        result = noise_pair_run(&p);
        if (fake->calls < fake->fail_at) {
            ck_assert_int_eq(result, SW_OK);
        } else {
            ck_assert_uint_eq(fake->calls, fake->fail_at);
            ck_assert_int_eq(result, error_of(fake->log[fake->logged - 1].operation));
            check_failed(_i == 0 ? &p.initiator : &p.responder, result);
        }
        sw_noise_wipe(&p.initiator);
        sw_noise_wipe(&p.responder);
        ck_assert_uint_eq(fake->aead_states + fake->sha256_states, 0);
    } while (result != SW_OK);
    ck_assert_uint_gt(n, 40);
}
END_TEST

START_TEST(test_misuse)
{
    sw_crypto poor;
    uint8_t *payload, byte[64] = { 0 };
    size_t calls, len = 99;
    noise_pair p;

    noise_pair_start(&p);
    poor = p.fakes[0].table;
    poor.x25519 = NULL;
    ck_assert_int_eq(sw_noise_initiator(NULL, &poor, SW_SUITE_AESGCM), SW_E_NULL);
    ck_assert_int_eq(sw_noise_initiator(&p.initiator, NULL, SW_SUITE_AESGCM), SW_E_NULL);
    ck_assert_int_eq(sw_noise_initiator(&p.initiator, &poor, SW_SUITE_AESGCM), SW_E_BACKEND);
    ck_assert_int_eq(sw_noise_initiator(&p.initiator, &p.fakes[0].table, (sw_suite)0), SW_E_CONFIG);
    ck_assert_int_eq(sw_noise_initiator(&p.initiator, &p.fakes[0].table, (sw_suite)3), SW_E_CONFIG);
    ck_assert_int_eq(sw_noise_responder(&p.responder, &p.fakes[1].table, SW_SUITE_AESGCM, NULL), SW_E_NULL);
    check_failed(&p.responder, SW_E_NULL);
    noise_pair_begin(&p);
    calls = p.fakes[0].calls;
    ck_assert_int_eq(sw_noise_prologue(&p.initiator, NULL, 0), SW_OK);
    ck_assert_uint_eq(p.fakes[0].calls, calls); /* of nothing there is nothing to hash */
    ck_assert_int_eq(sw_noise_prologue(&p.initiator, NULL, 1), SW_E_NULL);
    noise_pair_begin(&p);
    ck_assert_int_eq(sw_noise_write(&p.initiator, NULL, 1, byte, sizeof(byte), &len), SW_E_NULL);
    noise_pair_begin(&p);
    ck_assert_int_eq(sw_noise_write(&p.initiator, NULL, 0, byte, sizeof(byte), NULL), SW_E_NULL);
    noise_pair_begin(&p);
    ck_assert_int_eq(sw_noise_write(&p.initiator, byte, 1, byte, SW_NOISE_OVERHEAD_1, &len), SW_E_SPACE);
    ck_assert_uint_eq(len, 0);
    check_error("room", sw_noise_error(&p.initiator), SW_E_SPACE, SW_NOISE_OVERHEAD_1, SW_NOISE_OVERHEAD_1 + 1);
    noise_pair_begin_responder(&p);
    ck_assert_int_eq(sw_noise_error(&p.responder).code, SW_OK);
    ck_assert_int_eq(sw_noise_error(NULL).code, SW_E_NULL);
    ck_assert_int_eq(sw_noise_read(&p.responder, NULL, 40, &payload, &len), SW_E_NULL);
    ck_assert_int_eq(sw_noise_read(NULL, byte, 40, &payload, &len), SW_E_NULL);
    ck_assert_ptr_null(sw_suite_name((sw_suite)0));
    sw_noise_wipe(NULL);
    sw_noise_wipe(&p.responder);
    sw_noise_wipe(&p.responder);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("noise errors");
    TCase *tcase = suite_case(suite, "errors");

    tcase_add_loop_test(tcase, test_changed, 0, 2);
    tcase_add_test(tcase, test_another_prologue);
    tcase_add_test(tcase, test_short);
    tcase_add_loop_test(tcase, test_low_order, 0, 3);
    tcase_add_loop_test(tcase, test_failing_backend, 0, 2);
    tcase_add_test(tcase, test_misuse);
    return run_suite(suite);
}
