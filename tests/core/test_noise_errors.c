/* SPDX-License-Identifier: ISC */
/* The Noise handshake when something is wrong: changed messages, points of low order, failing backends,
 * misuse. Nothing is given out, errors stay, and no secret is left. */
#include <sidewire/noise.h>

#include <string.h>

#include "fake_crypto.h"
#include "suite.h"

enum { PAYLOAD = 7 };

typedef struct pair {
    fake_crypto fakes[2]; /* initiator's, responder's */
    sw_noise initiator, responder;
    sw_x25519_key own_static;
    uint8_t first[SW_NOISE_OVERHEAD_1 + PAYLOAD], second[SW_NOISE_OVERHEAD_2 + PAYLOAD];
    uint8_t keys[2][SW_NOISE_KEY_SIZE];
} pair;

static void pair_start(pair *p)
{
    memset(p, 0, sizeof(*p));
    for (int i = 0; i < 2; i++)
        fake_crypto_init(&p->fakes[i], 5u + (unsigned)i);
    memset(p->own_static.secret, 9, sizeof(p->own_static.secret));
    p->fakes[1].table.x25519_public(&p->fakes[1], p->own_static.public_half, p->own_static.secret);
}

static int begin(pair *p)
{
    int result = sw_noise_initiator(&p->initiator, &p->fakes[0].table, SW_SUITE_AESGCM);

    if (result == SW_OK)
        result = sw_noise_prologue(&p->initiator, (const uint8_t *)"hello", 5);
    return result;
}

static int begin_responder(pair *p)
{
    int result = sw_noise_responder(&p->responder, &p->fakes[1].table, SW_SUITE_AESGCM, &p->own_static);

    if (result == SW_OK)
        result = sw_noise_prologue(&p->responder, (const uint8_t *)"hello", 5);
    return result;
}

static int send_first(pair *p)
{
    size_t written;

    return sw_noise_write(&p->initiator, (const uint8_t *)"payload", PAYLOAD, p->first, sizeof(p->first),
                          &written);
}

static int answer(pair *p)
{
    uint8_t *payload;
    size_t len;
    int result = sw_noise_read(&p->responder, p->first, sizeof(p->first), &payload, &len);

    return result != SW_OK ? result
                           : sw_noise_write(&p->responder, payload, len, p->second, sizeof(p->second), &len);
}

static int receive(pair *p)
{
    uint8_t *payload;
    size_t len;
    int result = sw_noise_read(&p->initiator, p->second, sizeof(p->second), &payload, &len);

    if (result != SW_OK) {
        ck_assert_ptr_null(payload);
        ck_assert_uint_eq(len, 0);
        return result;
    }
    ck_assert_mem_eq(payload, "payload", PAYLOAD);
    return sw_noise_split(&p->initiator, p->keys[0], p->keys[1]);
}

/* Nothing secret is left, and every call says the same. */
static void check_failed(sw_noise *noise, const sw_noise *zero, int code)
{
    uint8_t *payload, byte[256] = { 0 };
    size_t len;

    ck_assert_mem_eq(&noise->ephemeral, &zero->ephemeral, sizeof(noise->ephemeral));
    ck_assert_mem_eq(noise->chaining_key, zero->chaining_key, sizeof(noise->chaining_key));
    ck_assert_mem_eq(&noise->u, &zero->u, sizeof(noise->u));
    ck_assert_int_eq(sw_noise_prologue(noise, byte, 1), code);
    ck_assert_int_eq(sw_noise_read(noise, byte, sizeof(byte), &payload, &len), code);
    ck_assert_int_eq(sw_noise_write(noise, byte, 0, byte, sizeof(byte), &len), code);
    ck_assert_int_eq(sw_noise_split(noise, byte, byte), code);
}

static const sw_noise zero;

/* Each byte of either message changed: the initiator sees it, as it sees another prologue. */
START_TEST(test_changed)
{
    size_t size = _i ? sizeof(((pair *)0)->second) : sizeof(((pair *)0)->first);

    for (size_t i = 0; i < size; i++) {
        static const uint8_t zeros[SW_NOISE_OVERHEAD_2 + PAYLOAD];
        pair p;
        pair_start(&p);
        ck_assert_int_eq(begin(&p), SW_OK);
        ck_assert_int_eq(begin_responder(&p), SW_OK);
        ck_assert_int_eq(send_first(&p), SW_OK);
        if (_i == 0)
            p.first[i] ^= 1;
        ck_assert_int_eq(answer(&p), SW_OK);
        if (_i == 1)
            p.second[i] ^= 0x80;
        ck_assert_int_eq(receive(&p), SW_E_NOISE);
        ck_assert_mem_eq(p.second, zeros, sizeof(zeros));
        check_failed(&p.initiator, &zero, SW_E_NOISE);
        ck_assert_uint_eq(p.fakes[0].aead_states + p.fakes[0].sha256_states, 0);
    }
}
END_TEST

START_TEST(test_another_prologue)
{
    pair p;

    pair_start(&p);
    ck_assert_int_eq(begin(&p), SW_OK);
    ck_assert_int_eq(sw_noise_prologue(&p.initiator, (const uint8_t *)"!", 1), SW_OK);
    ck_assert_int_eq(begin_responder(&p), SW_OK);
    ck_assert_int_eq(send_first(&p), SW_OK);
    ck_assert_int_eq(answer(&p), SW_OK);
    ck_assert_int_eq(receive(&p), SW_E_NOISE);
}
END_TEST

/* Too short by any number of bytes. */
START_TEST(test_short)
{
    for (size_t len = 0; len < SW_NOISE_OVERHEAD_2; len++) {
        uint8_t *payload;
        size_t payload_len;
        pair p;
        pair_start(&p);
        ck_assert_int_eq(begin(&p), SW_OK);
        ck_assert_int_eq(begin_responder(&p), SW_OK);
        ck_assert_int_eq(send_first(&p), SW_OK);
        if (len < SW_NOISE_OVERHEAD_1) {
            ck_assert_int_eq(sw_noise_read(&p.responder, p.first, len, &payload, &payload_len), SW_E_FRAME_SIZE);
            check_failed(&p.responder, &zero, SW_E_FRAME_SIZE);
            check_error("first", sw_noise_error(&p.responder), SW_E_FRAME_SIZE, len, SW_NOISE_OVERHEAD_1);
        }
        ck_assert_int_eq(sw_noise_read(&p.initiator, p.second, len, &payload, &payload_len), SW_E_FRAME_SIZE);
        check_failed(&p.initiator, &zero, SW_E_FRAME_SIZE);
        check_error("second", sw_noise_error(&p.initiator), SW_E_FRAME_SIZE, len, SW_NOISE_OVERHEAD_2);
    }
}
END_TEST

/* Zeros in the place of e, of either side, and of s. What a real backend makes of the points of low
 * order is in test_backend_sealed.c. */
START_TEST(test_low_order)
{
    pair p;

    pair_start(&p);
    ck_assert_int_eq(begin(&p), SW_OK);
    if (_i == 2)
        memset(p.own_static.public_half, 0, SW_X25519_SIZE);
    ck_assert_int_eq(begin_responder(&p), SW_OK);
    ck_assert_int_eq(send_first(&p), SW_OK);
    if (_i == 0) {
        memset(p.first, 0, SW_X25519_SIZE);
        ck_assert_int_eq(answer(&p), SW_E_LOW_ORDER);
        check_failed(&p.responder, &zero, SW_E_LOW_ORDER);
        return;
    }
    ck_assert_int_eq(answer(&p), SW_OK);
    if (_i == 1)
        memset(p.second, 0, SW_X25519_SIZE);
    ck_assert_int_eq(receive(&p), SW_E_LOW_ORDER);
    check_failed(&p.initiator, &zero, SW_E_LOW_ORDER);
}
END_TEST

static int run(pair *p)
{
    int result = begin(p);

    if (result == SW_OK)
        result = begin_responder(p);
    if (result == SW_OK)
        result = send_first(p);
    if (result == SW_OK)
        result = answer(p);
    if (result == SW_OK)
        result = receive(p);
    return result == SW_OK ? sw_noise_split(&p->responder, p->keys[0], p->keys[1]) : result;
}

/* Every call of the initiator's backend, and of the responder's, fails in turn. */
START_TEST(test_failing_backend)
{
    size_t n = 1;
    int result;

    do {
        pair p;
        pair_start(&p);
        p.fakes[_i].calls = 0;
        p.fakes[_i].fail_at = n++;
        result = run(&p);
        if (result != SW_OK) {
            ck_assert_int_le(result, SW_E_RANDOM);
            check_failed(_i == 0 ? &p.initiator : &p.responder, &zero, result);
        }
        sw_noise_wipe(&p.initiator);
        sw_noise_wipe(&p.responder);
        ck_assert_uint_eq(p.fakes[_i].aead_states + p.fakes[_i].sha256_states, 0);
    } while (result != SW_OK);
    ck_assert_uint_gt(n, 40);
}
END_TEST

/* Calls that do not belong to a state. */
START_TEST(test_states)
{
    uint8_t *payload, byte[256] = { 0 };
    size_t len;
    pair p;

    pair_start(&p);
    ck_assert_int_eq(sw_noise_prologue(&p.initiator, byte, 1), SW_E_STATE);
    pair_start(&p);
    begin(&p);
    ck_assert_int_eq(sw_noise_read(&p.initiator, byte, sizeof(byte), &payload, &len), SW_E_STATE);
    check_failed(&p.initiator, &zero, SW_E_STATE);
    begin_responder(&p);
    ck_assert_int_eq(sw_noise_write(&p.responder, byte, 1, byte, sizeof(byte), &len), SW_E_STATE);
    begin(&p);
    ck_assert_int_eq(send_first(&p), SW_OK);
    ck_assert_int_eq(sw_noise_prologue(&p.initiator, byte, 1), SW_E_STATE);
    begin(&p);
    ck_assert_int_eq(sw_noise_split(&p.initiator, p.keys[0], p.keys[1]), SW_E_STATE);
    pair_start(&p);
    ck_assert_int_eq(run(&p), SW_OK);
    ck_assert_int_eq(sw_noise_split(&p.initiator, p.keys[0], p.keys[1]), SW_E_STATE);
}
END_TEST

START_TEST(test_misuse)
{
    sw_crypto poor;
    uint8_t *payload, byte[64] = { 0 };
    size_t len;
    pair p;

    pair_start(&p);
    poor = p.fakes[0].table;
    poor.x25519 = NULL;
    ck_assert_int_eq(sw_noise_initiator(NULL, &poor, SW_SUITE_AESGCM), SW_E_NULL);
    ck_assert_int_eq(sw_noise_initiator(&p.initiator, NULL, SW_SUITE_AESGCM), SW_E_NULL);
    ck_assert_int_eq(sw_noise_initiator(&p.initiator, &poor, SW_SUITE_AESGCM), SW_E_BACKEND);
    ck_assert_int_eq(sw_noise_initiator(&p.initiator, &p.fakes[0].table, (sw_suite)0), SW_E_CONFIG);
    ck_assert_int_eq(sw_noise_initiator(&p.initiator, &p.fakes[0].table, (sw_suite)3), SW_E_CONFIG);
    ck_assert_int_eq(sw_noise_responder(&p.responder, &p.fakes[1].table, SW_SUITE_AESGCM, NULL), SW_E_NULL);
    check_failed(&p.responder, &zero, SW_E_NULL);
    begin(&p);
    ck_assert_int_eq(sw_noise_prologue(&p.initiator, NULL, 0), SW_OK);
    ck_assert_int_eq(sw_noise_prologue(&p.initiator, NULL, 1), SW_E_NULL);
    begin(&p);
    ck_assert_int_eq(sw_noise_write(&p.initiator, NULL, 1, byte, sizeof(byte), &len), SW_E_NULL);
    begin(&p);
    ck_assert_int_eq(sw_noise_write(&p.initiator, NULL, 0, byte, sizeof(byte), NULL), SW_E_NULL);
    begin(&p);
    ck_assert_int_eq(sw_noise_write(&p.initiator, byte, 1, byte, SW_NOISE_OVERHEAD_1, &len), SW_E_SPACE);
    check_error("room", sw_noise_error(&p.initiator), SW_E_SPACE, SW_NOISE_OVERHEAD_1, SW_NOISE_OVERHEAD_1 + 1);
    begin_responder(&p);
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
    tcase_add_test(tcase, test_states);
    tcase_add_test(tcase, test_misuse);
    return run_suite(suite);
}
