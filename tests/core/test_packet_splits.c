/* SPDX-License-Identifier: ISC */
/* Any split gives the same packets: in clear, under RC4, and under AES from the mbedTLS backend. */
#include <sidewire/packet.h>

#include <stdlib.h>

#include "packet_support.h"
#include "suite.h"
#include "tested_backend.h"

enum { MODE_CLEAR, MODE_RC4, MODE_AES, MODE_COUNT };

static sw_crypto *backend;
static sw_cipher cipher;

static void setup(void)
{
    backend = tested_backend();
}

static void teardown(void)
{
    sw_cipher_wipe(&cipher);
    sw_backend_free(backend);
}

/* Starts the key stream again; NULL for clear. */
static sw_cipher *start(int mode)
{
    static const uint8_t key[SW_CIPHER_KEY_SIZE] = "a key of AES, and its counter...";

    sw_cipher_wipe(&cipher);
    if (mode == MODE_CLEAR)
        return NULL;
    if (mode == MODE_RC4)
        start_rc4(&cipher);
    else
        ck_assert_int_eq(sw_cipher_init(&cipher, SW_CIPHER_AES_CTR128, backend, key), SW_OK);
    return &cipher;
}

/* Feeds [0, a), [a, b), [b, end). */
static void check_cuts(int mode, const stream *plain, const stream *wire, size_t a, size_t b)
{
    reader r;

    reader_start(&r, UINT32_MAX, start(mode));
    reader_feed(&r, wire->data, a);
    reader_feed(&r, wire->data + a, b - a);
    reader_feed(&r, wire->data + b, wire->len - b);
    reader_finish(&r, plain);
}

START_TEST(test_two_cuts)
{
    stream plain = sample_packets();
    stream wire = encrypted(start(_i), &plain);

    for (size_t a = 0; a <= wire.len; a++)
        for (size_t b = a; b <= wire.len; b++)
            check_cuts(_i, &plain, &wire, a, b);
    stream_free(&plain);
    stream_free(&wire);
}
END_TEST

/* Bodies whose length needs one byte and two, around block and byte boundaries. */
static stream long_packets(void)
{
    static const uint32_t sizes[] = { 0, 1, 15, 16, 17, 255, 256, 257, 0, 600 };
    uint8_t body[600];
    stream s = { NULL, 0 };

    for (size_t i = 0; i < sizeof(body); i++)
        body[i] = (uint8_t)(i * 7 + i / 256);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        stream_packet(&s, (uint8_t)i, body, sizes[i]);
    return s;
}

START_TEST(test_one_cut)
{
    stream plain = long_packets();
    stream wire = encrypted(start(_i), &plain);

    for (size_t a = 0; a <= wire.len; a++)
        check_cuts(_i, &plain, &wire, a, wire.len);
    stream_free(&plain);
    stream_free(&wire);
}
END_TEST

/* Pieces of one size: 1 is byte by byte. */
START_TEST(test_pieces)
{
    stream plain = long_packets();
    stream wire = encrypted(start(_i), &plain);

    for (size_t piece = 1; piece <= 40; piece++) {
        reader r;
        reader_start(&r, UINT32_MAX, start(_i));
        for (size_t pos = 0; pos < wire.len; pos += piece)
            reader_feed(&r, wire.data + pos, wire.len - pos < piece ? wire.len - pos : piece);
        reader_finish(&r, &plain);
    }
    stream_free(&plain);
    stream_free(&wire);
}
END_TEST

/* The bytes behind the last one taken may be under the next key: here they are. */
START_TEST(test_next_key)
{
    stream first = { NULL, 0 };
    stream second = { NULL, 0 };
    stream wire = { NULL, 0 };
    stream rest;
    size_t used;
    sw_chunk chunk;
    sw_decoder decoder;

    stream_packet(&first, SW_BAND_CHALLENGE, "clear", 5);
    stream_packet(&second, SW_BAND_OUTPUT, "secret", 6);
    rest = encrypted(start(_i), &second);
    stream_append(&wire, first.data, first.len);
    stream_append(&wire, rest.data, rest.len);
    sw_decoder_init(&decoder, 100);
    ck_assert_int_eq(sw_decoder_next(&decoder, wire.data, wire.len, &used, &chunk), 1);
    ck_assert_uint_eq(used, first.len);
    ck_assert_mem_eq(wire.data + used, rest.data, rest.len);
    ck_assert_int_eq(sw_decoder_set_cipher(&decoder, start(_i)), SW_OK);
    ck_assert_int_eq(sw_decoder_next(&decoder, wire.data + used, rest.len, &used, &chunk), 1);
    ck_assert_uint_eq(used, rest.len);
    ck_assert_uint_eq(chunk.band, SW_BAND_OUTPUT);
    ck_assert_uint_eq(chunk.len, 6);
    ck_assert_mem_eq(chunk.data, "secret", 6);
    stream_free(&first);
    stream_free(&second);
    stream_free(&rest);
    stream_free(&wire);
}
END_TEST

/* What the encoder makes is what the cipher makes of the plain stream, however a body is fed. */
START_TEST(test_encoder_cuts)
{
    static const uint8_t body[40] = "forty bytes of body, cut at every place";
    stream plain = { NULL, 0 };
    stream wire;

    stream_packet(&plain, SW_BAND_BLOB_DATA, body, sizeof(body));
    stream_packet(&plain, SW_BAND_BLOB_DATA, NULL, 0);
    wire = encrypted(start(_i), &plain);
    for (size_t cut = 0; cut <= sizeof(body); cut++) {
        uint8_t *out = malloc(wire.len);
        uint8_t *p = out + SW_HEADER_SIZE;
        sw_encoder encoder;
        sw_encoder_init(&encoder);
        ck_assert_int_eq(sw_encoder_set_cipher(&encoder, start(_i)), SW_OK);
        ck_assert_int_eq(sw_encoder_begin(&encoder, SW_BAND_BLOB_DATA, sizeof(body), out), SW_OK);
        ck_assert_int_eq(sw_encoder_body(&encoder, p, body, cut), SW_OK);
        ck_assert_int_eq(sw_encoder_body(&encoder, p + cut, body + cut, sizeof(body) - cut), SW_OK);
        ck_assert_int_eq(sw_encoder_begin(&encoder, SW_BAND_BLOB_DATA, 0, p + sizeof(body)), SW_OK);
        ck_assert_mem_eq(out, wire.data, wire.len);
        free(out);
    }
    stream_free(&plain);
    stream_free(&wire);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("packet splits");
    TCase *tcase = suite_case(suite, "splits");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_two_cuts, 0, MODE_COUNT);
    tcase_add_loop_test(tcase, test_one_cut, 0, MODE_COUNT);
    tcase_add_loop_test(tcase, test_pieces, 0, MODE_COUNT);
    tcase_add_loop_test(tcase, test_next_key, 0, MODE_COUNT);
    tcase_add_loop_test(tcase, test_encoder_cuts, 0, MODE_COUNT);
    return run_suite(suite);
}
