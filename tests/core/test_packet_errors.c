/* SPDX-License-Identifier: ISC */
/* Packet decoder and encoder: every error, which stays. */
#include <sidewire/packet.h>

#include <stdlib.h>
#include <string.h>

#include "packet_support.h"
#include "suite.h"

/* ---- decoder ---- */

/* After an error every call says the same, takes nothing and touches nothing. */
static void check_decoder(const char *what, sw_decoder *decoder, int code, uint64_t value, uint64_t limit)
{
    static const uint8_t more[] = { 1, 0, 0, 0, 6, 'x' };
    uint8_t *in = exact_copy(more, sizeof(more));
    sw_cipher cipher;
    sw_chunk chunk;
    size_t used = 99;

    start_rc4(&cipher);
    ck_assert_msg(sw_decoder_next(decoder, in, sizeof(more), &used, &chunk) == code, "%s", what);
    ck_assert_uint_eq(used, 0);
    ck_assert_mem_eq(in, more, sizeof(more));
    ck_assert_int_eq(sw_decoder_next(decoder, NULL, 0, &used, &chunk), code);
    ck_assert_int_eq(sw_decoder_next(decoder, NULL, 1, NULL, NULL), code);
    ck_assert_int_eq(sw_decoder_set_cipher(decoder, &cipher), code);
    ck_assert_int_eq(sw_decoder_set_limit(decoder, 1000), code);
    ck_assert_int_eq(sw_decoder_end(decoder).code, code);
    ck_assert_uint_eq(sw_decoder_hint(decoder), 0);
    check_error(what, sw_decoder_error(decoder), code, value, limit);
    check_error(what, sw_decoder_end(decoder), code, value, limit);
    free(in);
}

/* What brings the error about, after `fed` bytes of a packet and under a cipher that
 * fails behind `good` bytes. */
enum { TAKE, NO_INPUT, NO_USED, NO_CHUNK, SET_CIPHER, SET_LIMIT };

static const struct decoder_case {
    const char *what;
    size_t fed;
    int good; /* bytes before the cipher fails; < 0: no cipher */
    int act, code;
    uint64_t value, limit;
} decoder_cases[] = {
    { "too large", 0, -1, TAKE, SW_E_PACKET_SIZE, 9, 8 },
    { "too large, header cut", 4, -1, TAKE, SW_E_PACKET_SIZE, 9, 8 },
    { "no input", 0, -1, NO_INPUT, SW_E_NULL, 0, 0 },
    { "no input in a header", 3, -1, NO_INPUT, SW_E_NULL, 0, 0 },
    { "nowhere to say what was used", 0, -1, NO_USED, SW_E_NULL, 0, 0 },
    { "nowhere to put a chunk", 0, -1, NO_CHUNK, SW_E_NULL, 0, 0 },
    { "new cipher in a header", 1, -1, SET_CIPHER, SW_E_STATE, 0, 0 },
    { "new cipher at a header's end", 4, -1, SET_CIPHER, SW_E_STATE, 0, 0 },
    { "new limit in a header", 1, -1, SET_LIMIT, SW_E_STATE, 0, 0 },
    { "cipher fails in a header", 0, 0, TAKE, SW_E_AES, 0, 0 },
    { "cipher fails later in a header", 2, 2, TAKE, SW_E_AES, 0, 0 },
    { "cipher fails within what it is given", 2, 4, TAKE, SW_E_AES, 0, 0 },
};

START_TEST(test_decoder)
{
    static const uint8_t wire[] = { 9, 0, 0, 0, SW_BAND_OUTPUT, 'b', 'o', 'd', 'y' };
    const struct decoder_case *c = &decoder_cases[_i];
    uint8_t *in = exact_copy(wire, sizeof(wire));
    uint8_t *next = in + c->fed;
    size_t len = sizeof(wire) - c->fed;
    size_t used = 99;
    int result = 0;
    sw_cipher cipher;
    sw_decoder decoder;
    sw_chunk chunk;

    sw_decoder_init(&decoder, 8);
    if (c->good >= 0) {
        start_failing(&cipher, (size_t)c->good);
        ck_assert_int_eq(sw_decoder_set_cipher(&decoder, &cipher), SW_OK);
    }
    if (c->fed > 0)
        ck_assert_int_eq(sw_decoder_next(&decoder, in, c->fed, &used, &chunk), 0);
    switch (c->act) {
    case TAKE: result = sw_decoder_next(&decoder, next, len, &used, &chunk); break;
    case NO_INPUT: result = sw_decoder_next(&decoder, NULL, 1, &used, &chunk); break;
    case NO_USED: result = sw_decoder_next(&decoder, next, len, NULL, &chunk); break;
    case NO_CHUNK: result = sw_decoder_next(&decoder, next, len, &used, NULL); break;
    case SET_CIPHER: result = sw_decoder_set_cipher(&decoder, NULL); break;
    case SET_LIMIT: result = sw_decoder_set_limit(&decoder, 100); break;
    default: ck_abort_msg("no such act");
    }
    ck_assert_msg(result == c->code, "%s: %d", c->what, result);
    if (c->act == NO_INPUT || c->act == NO_CHUNK || c->code == SW_E_AES)
        ck_assert_uint_eq(used, 0);
    ck_assert_mem_eq(in, wire, sizeof(wire));
    check_decoder(c->what, &decoder, c->code, c->value, c->limit);
    free(in);
}
END_TEST

/* The same within a body. */
START_TEST(test_decoder_in_body)
{
    static const int codes[] = { SW_E_STATE, SW_E_STATE, SW_E_NULL, SW_E_AES };
    static const uint8_t wire[] = { 4, 0, 0, 0, SW_BAND_OUTPUT, 'b', 'o', 'd', 'y' };

    for (size_t fed = 5; fed < sizeof(wire); fed++) {
        uint8_t *in = exact_copy(wire, sizeof(wire));
        size_t used = 99;
        int result;
        sw_cipher cipher;
        sw_decoder decoder;
        sw_chunk chunk;

        start_failing(&cipher, fed);
        sw_decoder_init(&decoder, 8);
        ck_assert_int_eq(sw_decoder_set_cipher(&decoder, &cipher), SW_OK);
        ck_assert_int_eq(sw_decoder_next(&decoder, in, fed, &used, &chunk), fed > 5);
        ck_assert_uint_eq(used, fed);
        if (_i == 0)
            result = sw_decoder_set_cipher(&decoder, &cipher);
        else if (_i == 1)
            result = sw_decoder_set_limit(&decoder, 8);
        else
            result = sw_decoder_next(&decoder, _i == 2 ? NULL : in + fed, sizeof(wire) - fed, &used, &chunk);
        ck_assert_int_eq(result, codes[_i]);
        check_decoder("in a body", &decoder, codes[_i], 0, 0);
        free(in);
    }
}
END_TEST

START_TEST(test_decoder_null)
{
    uint8_t byte = 0;
    size_t used = 99;
    sw_cipher cipher;
    sw_decoder decoder;
    sw_chunk chunk;

    start_rc4(&cipher);
    sw_decoder_init(NULL, 1);
    ck_assert_int_eq(sw_decoder_set_cipher(NULL, &cipher), SW_E_NULL);
    ck_assert_int_eq(sw_decoder_set_limit(NULL, 1), SW_E_NULL);
    ck_assert_int_eq(sw_decoder_next(NULL, &byte, 1, &used, &chunk), SW_E_NULL);
    ck_assert_uint_eq(used, 0);
    ck_assert_int_eq(sw_decoder_next(NULL, &byte, 1, NULL, &chunk), SW_E_NULL);
    ck_assert_uint_eq(sw_decoder_hint(NULL), 0);
    ck_assert_int_eq(sw_decoder_end(NULL).code, SW_E_NULL);
    check_error("error", sw_decoder_error(NULL), SW_E_NULL, 0, 0);
    check_error("truncation", sw_decoder_end(NULL), SW_E_NULL, 0, 0);

    sw_decoder_init(&decoder, 10);
    for (int mode = 0; mode < 2; mode++) { /* NULL, 0 between packets, clear and enciphered */
        ck_assert_int_eq(sw_decoder_set_cipher(&decoder, mode ? &cipher : NULL), SW_OK);
        ck_assert_int_eq(sw_decoder_next(&decoder, NULL, 0, &used, &chunk), 0);
        ck_assert_uint_eq(used, 0);
    }
    ck_assert_int_eq(sw_decoder_set_cipher(&decoder, NULL), SW_OK);
    for (size_t n = 1; n <= 8; n++) { /* and after each byte of a packet */
        static const uint8_t wire[8] = { 3, 0, 0, 0, 6, 'a', 'b', 'c' };
        byte = wire[n - 1];
        ck_assert_int_eq(sw_decoder_next(&decoder, &byte, 1, &used, &chunk), n > 5);
        ck_assert_int_eq(sw_decoder_next(&decoder, NULL, 0, &used, &chunk), 0);
        ck_assert_uint_eq(used, 0);
        ck_assert_int_eq(sw_decoder_end(&decoder).code, n < 8 ? SW_E_TRUNCATED : SW_OK);
    }
}
END_TEST

/* ---- encoder ---- */

/* After an error every call says the same and writes nothing. */
static void check_encoder(const char *what, sw_encoder *encoder, int code, uint64_t value, uint64_t limit)
{
    static const uint8_t before[12] = "twelve bytes";
    uint8_t *out = exact_copy(before, sizeof(before));
    size_t len = 99;

    ck_assert_msg(sw_encoder_begin(encoder, 6, 1, out) == code, "%s", what);
    ck_assert_int_eq(sw_encoder_begin(encoder, 6, 1, NULL), code);
    ck_assert_int_eq(sw_encoder_body(encoder, out, before, 1), code);
    ck_assert_int_eq(sw_encoder_body(encoder, NULL, NULL, 0), code);
    ck_assert_int_eq(sw_encoder_packet(encoder, 6, before, 1, out, sizeof(before), &len), code);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(sw_encoder_packet(encoder, 6, NULL, 0, NULL, 0, NULL), code);
    ck_assert_int_eq(sw_encoder_set_cipher(encoder, NULL), code);
    check_error(what, sw_encoder_error(encoder), code, value, limit);
    ck_assert_mem_eq(out, before, sizeof(before));
    free(out);
}

/* What brings the error about, in an encoder with `size` bytes announced and `done` of them
 * encoded; size 0: between packets. */
/* clang-format off */
enum {
    BEGIN, BEGIN_NO_HEADER, BODY, BODY_NO_OUT, BODY_NO_IN, BODY_MUCH, BODY_OVERLAP, NEW_CIPHER,
    PACKET, PACKET_NO_BODY, PACKET_NO_OUT, PACKET_NO_LEN, PACKET_OVERLAP
};
/* clang-format on */

static const struct encoder_case {
    const char *what;
    uint32_t size, done;
    int good; /* bytes before the cipher fails; < 0: no cipher */
    int act, code;
    uint64_t value, limit;
} encoder_cases[] = {
    { "begin within a body", 4, 0, -1, BEGIN, SW_E_STATE, 0, 0 },
    { "begin before a body's end", 4, 3, -1, BEGIN, SW_E_STATE, 0, 0 },
    { "packet within a body", 4, 3, -1, PACKET, SW_E_STATE, 0, 0 },
    { "new cipher within a body", 4, 0, -1, NEW_CIPHER, SW_E_STATE, 0, 0 },
    { "new cipher before a body's end", 4, 3, -1, NEW_CIPHER, SW_E_STATE, 0, 0 },
    { "no header", 0, 0, -1, BEGIN_NO_HEADER, SW_E_NULL, 0, 0 },
    { "no room for a body", 4, 1, -1, BODY_NO_OUT, SW_E_NULL, 0, 0 },
    { "no body", 4, 1, -1, BODY_NO_IN, SW_E_NULL, 0, 0 },
    { "a byte without packet", 0, 0, -1, BODY, SW_E_BODY, 1, 0 },
    { "a byte after a body's end", 4, 4, -1, BODY, SW_E_BODY, 1, 0 },
    { "a byte too many", 4, 0, -1, BODY_MUCH, SW_E_BODY, 5, 4 },
    { "several bytes too many", 4, 2, -1, BODY_MUCH, SW_E_BODY, 5, 2 },
    { "body overlaps output", 4, 0, -1, BODY_OVERLAP, SW_E_OVERLAP, 0, 0 },
    { "packet without body", 0, 0, -1, PACKET_NO_BODY, SW_E_NULL, 0, 0 },
    { "packet without output", 0, 0, -1, PACKET_NO_OUT, SW_E_NULL, 0, 0 },
    { "packet without length", 0, 0, -1, PACKET_NO_LEN, SW_E_NULL, 0, 0 },
    { "packet overlaps body", 0, 0, -1, PACKET_OVERLAP, SW_E_OVERLAP, 0, 0 },
    { "cipher fails in a header", 0, 0, 0, BEGIN, SW_E_AES, 0, 0 },
    { "cipher fails in a packet's header", 0, 0, 0, PACKET, SW_E_AES, 0, 0 },
    { "cipher fails in a packet's body", 0, 0, 5, PACKET, SW_E_AES, 0, 0 },
    { "cipher fails in a body", 4, 0, 5, BODY, SW_E_AES, 0, 0 },
    { "cipher fails later in a body", 4, 2, 7, BODY, SW_E_AES, 0, 0 },
};

static int encoder_act(int act, sw_encoder *encoder, uint8_t *room, size_t cap, size_t *len)
{
    static const uint8_t body[5] = "12345";

    switch (act) {
    case BEGIN: return sw_encoder_begin(encoder, 6, 0, room);
    case BEGIN_NO_HEADER: return sw_encoder_begin(encoder, 6, 0, NULL);
    case BODY: return sw_encoder_body(encoder, room, body, 1);
    case BODY_NO_OUT: return sw_encoder_body(encoder, NULL, body, 1);
    case BODY_NO_IN: return sw_encoder_body(encoder, room, NULL, 1);
    case BODY_MUCH: return sw_encoder_body(encoder, room, body, 5);
    case BODY_OVERLAP: return sw_encoder_body(encoder, room, room + 1, 2);
    case NEW_CIPHER: return sw_encoder_set_cipher(encoder, NULL);
    case PACKET: return sw_encoder_packet(encoder, 6, body, 5, room, cap, len);
    case PACKET_NO_BODY: return sw_encoder_packet(encoder, 6, NULL, 1, room, cap, len);
    case PACKET_NO_OUT: return sw_encoder_packet(encoder, 6, body, 1, NULL, cap, len);
    case PACKET_NO_LEN: return sw_encoder_packet(encoder, 6, body, 1, room, cap, NULL);
    case PACKET_OVERLAP: return sw_encoder_packet(encoder, 6, room, 1, room, cap, len);
    default: ck_abort_msg("no such act");
    }
    return 0;
}

START_TEST(test_encoder)
{
    static const uint8_t before[16] = "sixteen bytes ..";
    const struct encoder_case *c = &encoder_cases[_i];
    uint8_t *room = exact_copy(before, sizeof(before));
    uint8_t spent[SW_HEADER_SIZE];
    size_t len = 0;
    sw_cipher cipher;
    sw_encoder encoder;
    int result;

    sw_encoder_init(&encoder);
    if (c->good >= 0) {
        start_failing(&cipher, (size_t)c->good);
        ck_assert_int_eq(sw_encoder_set_cipher(&encoder, &cipher), SW_OK);
    }
    if (c->size > 0)
        ck_assert_int_eq(sw_encoder_begin(&encoder, 6, c->size, spent), SW_OK);
    if (c->done > 0)
        ck_assert_int_eq(sw_encoder_body(&encoder, spent, before, c->done), SW_OK);
    check_error("no error yet", sw_encoder_error(&encoder), SW_OK, 0, 0);
    result = encoder_act(c->act, &encoder, room, sizeof(before), &len);
    ck_assert_msg(result == c->code, "%s: %d", c->what, result);
    ck_assert_uint_eq(len, 0);
    if (c->code != SW_E_AES)
        ck_assert_mem_eq(room, before, sizeof(before));
    check_encoder(c->what, &encoder, c->code, c->value, c->limit);
    sw_encoder_init(&encoder); /* starts it again */
    ck_assert_int_eq(sw_encoder_begin(&encoder, 6, 0, room), SW_OK);
    free(room);
}
END_TEST

START_TEST(test_encoder_null)
{
    uint8_t out[8] = { 0 };
    size_t len = 99;
    sw_encoder encoder;

    sw_encoder_init(NULL);
    ck_assert_int_eq(sw_encoder_set_cipher(NULL, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_encoder_begin(NULL, 6, 0, out), SW_E_NULL);
    ck_assert_int_eq(sw_encoder_body(NULL, out, out, 1), SW_E_NULL);
    ck_assert_int_eq(sw_encoder_packet(NULL, 6, NULL, 0, out, sizeof(out), &len), SW_E_NULL);
    ck_assert_uint_eq(len, 0);
    check_error("error", sw_encoder_error(NULL), SW_E_NULL, 0, 0);

    sw_encoder_init(&encoder);
    ck_assert_int_eq(sw_encoder_body(&encoder, NULL, NULL, 0), SW_OK);
    ck_assert_int_eq(sw_encoder_body(&encoder, out, NULL, 0), SW_OK);
    ck_assert_int_eq(sw_encoder_body(&encoder, NULL, out, 0), SW_OK);
    ck_assert_int_eq(sw_encoder_packet(&encoder, 6, NULL, 0, NULL, 0, &len), 0);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(sw_encoder_packet(&encoder, 6, NULL, 0, out, sizeof(out), &len), 1);
    ck_assert_uint_eq(len, SW_HEADER_SIZE);
    check_error("none", sw_encoder_error(&encoder), SW_OK, 0, 0);
    ck_assert_int_eq(sw_encoder_packet(&encoder, 6, NULL, 0, NULL, 1, &len), SW_E_NULL);
    check_error("no output", sw_encoder_error(&encoder), SW_E_NULL, 0, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("packet errors");
    TCase *decoder = suite_case(suite, "decoder");
    TCase *encoder = suite_case(suite, "encoder");

    tcase_add_loop_test(decoder, test_decoder, 0, COUNT(decoder_cases));
    tcase_add_loop_test(decoder, test_decoder_in_body, 0, 4);
    tcase_add_test(decoder, test_decoder_null);
    tcase_add_loop_test(encoder, test_encoder, 0, COUNT(encoder_cases));
    tcase_add_test(encoder, test_encoder_null);
    return run_suite(suite);
}
