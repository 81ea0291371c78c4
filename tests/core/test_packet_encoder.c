/* SPDX-License-Identifier: ISC */
/* Packet encoder: what it writes, when a packet does not fit, and which buffers may overlap. */
#include <sidewire/packet.h>

#include <stdlib.h>
#include <string.h>

#include "packet_support.h"
#include "suite.h"

/* ---- bytes ---- */

static const struct packet_case {
    uint8_t band;
    uint32_t size;
    uint8_t header[SW_HEADER_SIZE];
} packet_cases[] = {
    { SW_BAND_EXIT_SUCCESS, 0, { 0, 0, 0, 0, 14 } }, { SW_BAND_OUTPUT, 1, { 1, 0, 0, 0, 6 } },
    { SW_BAND_ANY, 255, { 0xff, 0, 0, 0, 0 } },      { SW_BAND_BLOB_DATA, 256, { 0, 1, 0, 0, 16 } },
    { 128, 4096, { 0, 0x10, 0, 0, 128 } },           { 255, 65537, { 1, 0, 1, 0, 255 } },
};

static uint8_t *numbered(uint32_t size)
{
    uint8_t *body = malloc(size);

    for (uint32_t i = 0; i < size; i++)
        body[i] = (uint8_t)(i % 251);
    return body;
}

/* In one call, in clear and enciphered, from elsewhere and from its place in the output. */
START_TEST(test_packet)
{
    const struct packet_case *c = &packet_cases[_i / 4];
    int under_rc4 = _i & 1;
    int in_place = _i & 2;
    uint8_t *body = numbered(c->size);
    size_t whole = SW_HEADER_SIZE + c->size;
    uint8_t *out = calloc(1, whole);
    stream plain = { NULL, 0 };
    stream wire;
    size_t len;
    sw_cipher here, there;
    sw_encoder encoder;

    start_rc4(&here);
    start_rc4(&there);
    stream_append(&plain, c->header, SW_HEADER_SIZE);
    stream_append(&plain, body, c->size);
    wire = encrypted(under_rc4 ? &there : NULL, &plain);
    if (c->size > 0)
        memcpy(out + SW_HEADER_SIZE, body, c->size);
    sw_encoder_init(&encoder);
    ck_assert_int_eq(sw_encoder_set_cipher(&encoder, under_rc4 ? &here : NULL), SW_OK);
    ck_assert_int_eq(
        sw_encoder_packet(&encoder, c->band, in_place ? out + SW_HEADER_SIZE : body, c->size, out, whole, &len),
        1);
    ck_assert_uint_eq(len, whole);
    ck_assert_mem_eq(out, wire.data, wire.len);
    stream_free(&plain);
    stream_free(&wire);
    free(body);
    free(out);
}
END_TEST

/* A header alone may announce anything; the body may come in any number of calls. */
START_TEST(test_begin)
{
    static const uint8_t largest[SW_HEADER_SIZE] = { 0xff, 0xff, 0xff, 0xff, 6 };
    uint8_t *header = malloc(SW_HEADER_SIZE);
    uint8_t *room = numbered(3);
    sw_encoder encoder;

    for (int i = 0; i < COUNT(packet_cases); i++) {
        const struct packet_case *c = &packet_cases[i];
        sw_encoder_init(&encoder);
        ck_assert_int_eq(sw_encoder_begin(&encoder, c->band, c->size, header), SW_OK);
        ck_assert_mem_eq(header, c->header, SW_HEADER_SIZE);
    }
    sw_encoder_init(&encoder);
    ck_assert_int_eq(sw_encoder_begin(&encoder, SW_BAND_OUTPUT, UINT32_MAX, header), SW_OK);
    ck_assert_mem_eq(header, largest, SW_HEADER_SIZE);
    sw_encoder_init(&encoder);
    ck_assert_int_eq(sw_encoder_begin(&encoder, SW_BAND_OUTPUT, 4, header), SW_OK);
    ck_assert_int_eq(sw_encoder_body(&encoder, room, room, 3), SW_OK);
    ck_assert_int_eq(sw_encoder_body(&encoder, room, room, 0), SW_OK);
    ck_assert_int_eq(sw_encoder_body(&encoder, room, room, 1), SW_OK);
    ck_assert_int_eq(sw_encoder_body(&encoder, room, room, 0), SW_OK);
    ck_assert_int_eq(sw_encoder_begin(&encoder, SW_BAND_OUTPUT, 0, header), SW_OK);
    ck_assert_int_eq(sw_encoder_set_cipher(&encoder, NULL), SW_OK);
    free(header);
    free(room);
}
END_TEST

/* ---- room ---- */

/* Too little room: nothing is written and no key stream spent; the next packet reads well. */
START_TEST(test_room)
{
    static const uint8_t body[7] = "7 bytes";
    enum { WHOLE = SW_HEADER_SIZE + sizeof(body) };
    stream plain = { NULL, 0 };
    sw_cipher here, there;
    sw_encoder encoder;
    uint8_t *out = malloc(WHOLE);
    size_t len = 99;
    reader r;

    stream_packet(&plain, SW_BAND_OUTPUT, body, sizeof(body));
    start_rc4(&here);
    start_rc4(&there);
    sw_encoder_init(&encoder);
    ck_assert_int_eq(sw_encoder_set_cipher(&encoder, &here), SW_OK);
    for (size_t cap = 0; cap < WHOLE; cap++) {
        uint8_t *small = malloc(cap + 1);
        uint8_t *untouched = malloc(cap + 1);
        memset(small, '#', cap + 1);
        memset(untouched, '#', cap + 1);
        ck_assert_int_eq(sw_encoder_packet(&encoder, SW_BAND_OUTPUT, body, sizeof(body), small, cap, &len), 0);
        ck_assert_uint_eq(len, 0);
        ck_assert_mem_eq(small, untouched, cap + 1);
        free(small);
        free(untouched);
    }
    ck_assert_int_eq(sw_encoder_packet(&encoder, SW_BAND_OUTPUT, body, UINT32_MAX, out, WHOLE, &len), 0);
    ck_assert_int_eq(sw_encoder_packet(&encoder, SW_BAND_OUTPUT, body, sizeof(body), out, WHOLE, &len), 1);
    ck_assert_uint_eq(len, WHOLE);
    reader_start(&r, 100, &there);
    reader_feed(&r, out, WHOLE);
    reader_finish(&r, &plain);
    stream_free(&plain);
    free(out);
}
END_TEST

/* ---- overlap ---- */

/* Places in one block of 32 bytes: out and body of sw_encoder_packet, body of 8. */
static const struct place_case {
    size_t out, body;
    int result;
} place_cases[] = {
    { 8, 13, 1 }, /* where it belongs */
    { 8, 12, SW_E_OVERLAP },
    { 8, 14, SW_E_OVERLAP },
    { 8, 8, SW_E_OVERLAP },  /* under the header */
    { 8, 1, SW_E_OVERLAP },  /* its last byte under the header's first */
    { 8, 0, 1 },             /* ends where the output begins */
    { 8, 20, SW_E_OVERLAP }, /* its first byte where the last one is written */
    { 8, 21, 1 },            /* behind what is written, though within the room */
    { 0, 24, 1 },
};

START_TEST(test_packet_overlap)
{
    enum { ROOM = 32, BODY = 8 };
    const struct place_case *c = &place_cases[_i];
    uint8_t *room = numbered(ROOM);
    uint8_t *before = exact_copy(room, ROOM);
    stream plain = { NULL, 0 };
    stream wire;
    sw_cipher here, there;
    sw_encoder encoder;
    size_t len = 99;

    start_rc4(&here);
    start_rc4(&there);
    sw_encoder_init(&encoder);
    ck_assert_int_eq(sw_encoder_set_cipher(&encoder, &here), SW_OK);
    ck_assert_int_eq(sw_encoder_packet(&encoder, 6, room + c->body, BODY, room + c->out, ROOM - c->out, &len),
                     c->result);
    if (c->result < 0) {
        ck_assert_uint_eq(len, 0);
        ck_assert_mem_eq(room, before, ROOM);
        /* no key stream was spent */
        sw_encoder_init(&encoder);
        ck_assert_int_eq(sw_encoder_set_cipher(&encoder, &here), SW_OK);
        ck_assert_int_eq(
            sw_encoder_packet(&encoder, 6, before + c->body, BODY, room + c->out, ROOM - c->out, &len), 1);
    }
    ck_assert_uint_eq(len, SW_HEADER_SIZE + BODY);
    stream_packet(&plain, 6, before + c->body, BODY);
    wire = encrypted(&there, &plain);
    ck_assert_mem_eq(room + c->out, wire.data, wire.len);
    memcpy(room + c->out, before + c->out, wire.len);
    ck_assert_mem_eq(room, before, ROOM); /* nothing else was written */
    stream_free(&plain);
    stream_free(&wire);
    free(before);
    free(room);
}
END_TEST

/* Likewise of sw_encoder_body, 8 bytes. */
static const struct place_case body_cases[] = {
    { 8, 8, SW_OK },         { 8, 7, SW_E_OVERLAP }, { 8, 9, SW_E_OVERLAP }, { 8, 1, SW_E_OVERLAP },
    { 8, 15, SW_E_OVERLAP }, { 8, 0, SW_OK },        { 8, 16, SW_OK },
};

START_TEST(test_body_overlap)
{
    enum { ROOM = 24, BODY = 8 };
    const struct place_case *c = &body_cases[_i / 2];
    uint8_t *room = numbered(ROOM);
    uint8_t *before = exact_copy(room, ROOM);
    uint8_t header[SW_HEADER_SIZE];
    sw_cipher here, there;
    sw_encoder encoder;

    start_rc4(&here);
    start_rc4(&there);
    sw_encoder_init(&encoder);
    ck_assert_int_eq(sw_encoder_set_cipher(&encoder, _i % 2 ? &here : NULL), SW_OK);
    ck_assert_int_eq(sw_encoder_begin(&encoder, 6, BODY, header), SW_OK);
    ck_assert_int_eq(sw_encoder_body(&encoder, room + c->out, room + c->body, BODY), c->result);
    if (c->result == SW_OK) {
        uint8_t expected[BODY];
        memcpy(expected, before + c->body, BODY);
        if (_i % 2) {
            uint8_t skipped[SW_HEADER_SIZE] = { 0 };
            ck_assert_int_eq(sw_cipher_apply(&there, skipped, skipped, sizeof(skipped)), SW_OK);
            ck_assert_int_eq(sw_cipher_apply(&there, expected, expected, BODY), SW_OK);
        }
        ck_assert_mem_eq(room + c->out, expected, BODY);
        memcpy(room + c->out, before + c->out, BODY);
    }
    ck_assert_mem_eq(room, before, ROOM);
    free(before);
    free(room);
}
END_TEST

/* ---- a cipher set between packets ---- */

START_TEST(test_set_cipher)
{
    stream clear = { NULL, 0 };
    stream secret = { NULL, 0 };
    stream wire;
    sw_cipher here, there;
    sw_encoder encoder;
    uint8_t out[32];
    size_t len;

    stream_packet(&clear, SW_BAND_CHALLENGE, "in clear", 8);
    stream_packet(&secret, SW_BAND_PROCEED, NULL, 0);
    start_rc4(&here);
    start_rc4(&there);
    wire = encrypted(&there, &secret);
    sw_encoder_init(&encoder);
    ck_assert_int_eq(
        sw_encoder_packet(&encoder, SW_BAND_CHALLENGE, (const uint8_t *)"in clear", 8, out, sizeof(out), &len), 1);
    ck_assert_mem_eq(out, clear.data, clear.len);
    ck_assert_int_eq(sw_encoder_set_cipher(&encoder, &here), SW_OK);
    ck_assert_int_eq(sw_encoder_begin(&encoder, SW_BAND_PROCEED, 0, out), SW_OK);
    ck_assert_mem_eq(out, wire.data, wire.len);
    ck_assert_int_eq(sw_encoder_set_cipher(&encoder, NULL), SW_OK);
    ck_assert_int_eq(sw_encoder_begin(&encoder, SW_BAND_PROCEED, 0, out), SW_OK);
    ck_assert_mem_eq(out, secret.data, secret.len);
    stream_free(&clear);
    stream_free(&secret);
    stream_free(&wire);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("packet encoder");
    TCase *tcase = suite_case(suite, "encoder");

    tcase_add_loop_test(tcase, test_packet, 0, 4 * COUNT(packet_cases));
    tcase_add_test(tcase, test_begin);
    tcase_add_test(tcase, test_room);
    tcase_add_loop_test(tcase, test_packet_overlap, 0, COUNT(place_cases));
    tcase_add_loop_test(tcase, test_body_overlap, 0, 2 * COUNT(body_cases));
    tcase_add_test(tcase, test_set_cipher);
    return run_suite(suite);
}
