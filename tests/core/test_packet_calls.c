/* SPDX-License-Identifier: ISC */
/* What a packet costs under AES: how many calls of the backend, and of how many bytes each. */
#include <sidewire/packet.h>

#include <stdlib.h>
#include <string.h>

#include "fake_crypto.h"
#include "suite.h"

enum { CALLS = 3 };

/* A body of `size` bytes behind a header, with `ahead` bytes of key stream left for it, and room behind it. The calls
 * are those for the body and for the five bytes that follow it. */
static const struct call_case {
    const char *what;
    size_t ahead, size, room;
    size_t calls[CALLS]; /* in place */
    size_t apart[CALLS]; /* from elsewhere, where the room does not matter */
} call_cases[] = {
    { "nothing", 0, 0, 100, { 256 }, { 256 } },
    { "as much as is ahead", 100, 100, 1000, { 256 }, { 256 } },
    { "less than is ahead", 100, 95, 1000, { 0 }, { 0 } },
    { "a byte more than is ahead", 100, 101, 1000, { 256 }, { 256 } },
    { "too little to run on", 0, 255, 1000, { 256, 256 }, { 256, 256 } },
    { "too little behind what is ahead", 100, 300, 1000, { 256 }, { 256 } },
    { "a byte too little behind it", 100, 355, 1000, { 256, 256 }, { 256, 256 } },
    { "enough to run on", 0, 256, 68, { 320 }, { 256, 256 } },
    { "enough behind what is ahead", 100, 356, 68, { 320 }, { 256, 256 } },
    { "the least behind the body", 0, 315, 68, { 320 }, { 256, 256 } },
    { "the most behind the body", 0, 316, 68, { 384 }, { 256, 256 } },
    { "something between", 0, 300, 68, { 320 }, { 256, 256 } },
    { "much room", 0, 300, 1000, { 320 }, { 256, 256 } },
    { "a large body", 0, 4096, 68, { 4160 }, { 4096, 256 } },
    { "no room", 0, 300, 0, { 256, 256 }, { 256, 256 } },
    { "nearly no room", 0, 300, 58, { 256, 256 }, { 256, 256 } },
    { "a byte too little room", 0, 300, 67, { 256, 256 }, { 256, 256 } },
    { "whole pieces without room", 0, 512, 67, { 512, 256 }, { 512, 256 } },
};

static const uint8_t key[SW_CIPHER_KEY_SIZE] = "any key will do, that is 32 long";

static void start(sw_cipher *cipher, fake_crypto *fake, size_t ahead)
{
    uint8_t spent[SW_AES_AHEAD_SIZE] = { 0 };
    size_t n = SW_AES_AHEAD_SIZE - SW_HEADER_SIZE - ahead;

    fake_crypto_init(fake, 1);
    ck_assert_int_eq(sw_cipher_init(cipher, SW_CIPHER_AES_CTR128, &fake->table, key), SW_OK);
    ck_assert_int_eq(sw_cipher_apply(cipher, spent, spent, n), SW_OK);
}

/* What there was of calls since `from`. */
static void check_calls(const char *what, const fake_crypto *fake, size_t from, const size_t calls[CALLS])
{
    size_t n = 0;

    while (n < CALLS && calls[n] > 0)
        n++;
    ck_assert_msg(fake->logged - from == n, "%s: %zu calls, not %zu", what, fake->logged - from, n);
    for (size_t i = 0; i < n; i++) {
        ck_assert_int_eq(fake->log[from + i].operation, FAKE_AES_APPLY);
        ck_assert_msg(fake->log[from + i].size == calls[i], "%s: call %zu of %zu bytes, not %zu", what, i,
                      fake->log[from + i].size, calls[i]);
    }
}

enum { DECODED, ENCODED_IN_PLACE, ENCODED, WAYS };

/* The packet is at `at`, of which `len` bytes are the caller's. */
static void pass(int way, sw_cipher *cipher, uint8_t *at, size_t len, const uint8_t *body, uint32_t size)
{
    sw_encoder encoder;
    sw_decoder decoder;
    sw_chunk chunk;
    size_t n;

    if (way == DECODED) {
        sw_decoder_init(&decoder, UINT32_MAX);
        ck_assert_int_eq(sw_decoder_set_cipher(&decoder, cipher), SW_OK);
        ck_assert_int_eq(sw_decoder_next(&decoder, at, len, &n, &chunk), 1);
        ck_assert_uint_eq(chunk.len, size);
    } else {
        sw_encoder_init(&encoder);
        ck_assert_int_eq(sw_encoder_set_cipher(&encoder, cipher), SW_OK);
        ck_assert_int_eq(sw_encoder_packet(&encoder, SW_BAND_OUTPUT,
                                           way == ENCODED_IN_PLACE ? at + SW_HEADER_SIZE : body, size, at, len,
                                           &n),
                         1);
    }
    ck_assert_uint_eq(n, SW_HEADER_SIZE + size);
}

/* The clear packet, and `room` bytes behind it. */
static uint8_t *packet_of(size_t size, size_t room)
{
    uint8_t *clear = malloc(SW_HEADER_SIZE + size + room);

    for (size_t i = 0; i < SW_HEADER_SIZE + size + room; i++)
        clear[i] = (uint8_t)(i * 7 + (i >> 8));
    clear[0] = (uint8_t)size;
    clear[1] = (uint8_t)(size >> 8);
    clear[2] = clear[3] = 0;
    clear[4] = SW_BAND_OUTPUT;
    return clear;
}

/* Whatever the calls, the packet is right, what is behind it as it was, and the key stream goes on. */
START_TEST(test_calls)
{
    const struct call_case *c = &call_cases[_i / WAYS];
    int way = _i % WAYS;
    size_t whole = SW_HEADER_SIZE + c->size, from;
    uint8_t *clear = packet_of(c->size, c->room), *wire = exact_copy(clear, whole), *work;
    uint8_t next[SW_HEADER_SIZE] = { 0 }, expected[SW_HEADER_SIZE] = { 0 };
    fake_crypto fakes[2];
    sw_cipher here, there;

    start(&here, &fakes[0], c->ahead);
    start(&there, &fakes[1], c->ahead);
    for (size_t i = 0; i < whole; i++)
        ck_assert_int_eq(sw_cipher_apply(&there, wire + i, wire + i, 1), SW_OK);
    ck_assert_int_eq(sw_cipher_apply(&there, expected, expected, sizeof(expected)), SW_OK);
    work = exact_copy(clear, whole + c->room);
    if (way == DECODED)
        memcpy(work, wire, whole);
    else if (way == ENCODED)
        memset(work, 0, whole);
    from = fakes[0].logged;
    pass(way, &here, work, whole + c->room, clear + SW_HEADER_SIZE, (uint32_t)c->size);
    ck_assert_mem_eq(work, way == DECODED ? clear : wire, whole);
    if (c->room > 0)
        ck_assert_mem_eq(work + whole, clear + whole, c->room);
    ck_assert_int_eq(sw_cipher_apply(&here, next, next, sizeof(next)), SW_OK);
    ck_assert_mem_eq(next, expected, sizeof(next));
    check_calls(c->what, &fakes[0], from, way == ENCODED ? c->apart : c->calls);
    sw_cipher_wipe(&here);
    sw_cipher_wipe(&there);
    free(clear);
    free(wire);
    free(work);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("packet calls");
    TCase *tcase = suite_case(suite, "calls");

    tcase_add_loop_test(tcase, test_calls, 0, WAYS * COUNT(call_cases));
    return run_suite(suite);
}
