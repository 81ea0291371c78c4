/* SPDX-License-Identifier: ISC */
/* Packet decoder: chunks, hints, ends and limits. Splits: test_packet_splits.c; errors:
 * test_packet_errors.c. */
#include <sidewire/packet.h>

#include <stdlib.h>
#include <string.h>

#include "fake_crypto.h"
#include "packet_support.h"
#include "suite.h"

/* ---- bands ---- */

START_TEST(test_band_names)
{
    static const char *const names[] = {
        "ANY",      "CHALLENGE", "CHALLENGE_RESPONSE", "PROCEED",       "COMMAND",     "AWAITING_DATA",
        "OUTPUT",   "DEBUG_LOG", "INFO_LOG",           "NOTICE_LOG",    "WARNING_LOG", "ERROR_LOG",
        "CRIT_LOG", "EMERG_LOG", "EXIT__SUCCESS",      "EXIT__FAILURE", "BLOB_DATA",   "AFS_CB_FAILURE",
    };

    ck_assert_uint_eq(SW_BAND_COUNT, sizeof(names) / sizeof(names[0]));
    for (unsigned i = 0; i < SW_BAND_COUNT; i++)
        ck_assert_str_eq(sw_band_name(i), names[i]);
    ck_assert_ptr_null(sw_band_name(SW_BAND_COUNT));
    ck_assert_ptr_null(sw_band_name(255));
    ck_assert_ptr_null(sw_band_name(UINT32_MAX));
    ck_assert_str_eq(sw_band_name(SW_BAND_EXIT_SUCCESS), "EXIT__SUCCESS");
    ck_assert_str_eq(sw_band_name(SW_BAND_BLOB_DATA), "BLOB_DATA");
}
END_TEST

/* ---- chunks ---- */

/* Two packets in one buffer: the first call takes the first and leaves the second as it is. */
START_TEST(test_second_packet_untouched)
{
    stream plain = { NULL, 0 };
    stream wire;
    sw_cipher here, there;
    sw_decoder decoder;
    sw_chunk chunk;
    size_t used;
    uint8_t *in;

    stream_packet(&plain, SW_BAND_OUTPUT, "first", 5);
    stream_packet(&plain, SW_BAND_OUTPUT, "second", 6);
    start_rc4(&here);
    start_rc4(&there);
    wire = encrypted(&there, &plain);
    in = exact_copy(wire.data, wire.len);
    sw_decoder_init(&decoder, 100);
    ck_assert_int_eq(sw_decoder_set_cipher(&decoder, &here), SW_OK);
    ck_assert_int_eq(sw_decoder_next(&decoder, in, wire.len, &used, &chunk), 1);
    ck_assert_uint_eq(used, 10);
    ck_assert_uint_eq(chunk.band, SW_BAND_OUTPUT);
    ck_assert_uint_eq(chunk.size, 5);
    ck_assert_uint_eq(chunk.offset, 0);
    ck_assert_uint_eq(chunk.len, 5);
    ck_assert_ptr_eq(chunk.data, in + 5);
    ck_assert_mem_eq(chunk.data, "first", 5);
    ck_assert_mem_eq(in + 10, wire.data + 10, wire.len - 10);
    ck_assert_int_eq(sw_decoder_next(&decoder, in + 10, wire.len - 10, &used, &chunk), 1);
    ck_assert_uint_eq(used, 11);
    ck_assert_mem_eq(chunk.data, "second", 6);
    free(in);
    stream_free(&plain);
    stream_free(&wire);
}
END_TEST

/* Zeros, which in clear are packets without a body, are the key stream under RC4. */
START_TEST(test_cipher_before_header)
{
    uint8_t in[20] = { 0 }, stream_bytes[sizeof(in)] = { 0 };
    uint32_t size = 0;
    sw_cipher here, there;
    sw_decoder decoder;
    sw_chunk chunk;
    size_t used;

    start_rc4(&here);
    start_rc4(&there);
    ck_assert_int_eq(sw_cipher_apply(&there, stream_bytes, stream_bytes, sizeof(in)), SW_OK);
    for (int i = 3; i >= 0; i--)
        size = size << 8 | stream_bytes[i];
    ck_assert_uint_gt(size, sizeof(in));
    sw_decoder_init(&decoder, UINT32_MAX);
    ck_assert_int_eq(sw_decoder_set_cipher(&decoder, &here), SW_OK);
    ck_assert_int_eq(sw_decoder_next(&decoder, in, sizeof(in), &used, &chunk), 1);
    ck_assert_uint_eq(used, sizeof(in));
    ck_assert_uint_eq(chunk.size, size);
    ck_assert_uint_eq(chunk.band, stream_bytes[4]);
    ck_assert_mem_eq(in, stream_bytes, sizeof(in));
}
END_TEST

/* A body of 4 GiB - 1 through a buffer of 1 KiB. */
START_TEST(test_largest_body)
{
    enum { BUFFER = 1024 };
    static const uint8_t header[SW_HEADER_SIZE] = { 0xff, 0xff, 0xff, 0xff, SW_BAND_OUTPUT };
    uint8_t *in = malloc(BUFFER);
    uint32_t expected = 0;
    sw_decoder decoder;
    sw_chunk chunk;
    size_t used;

    memcpy(in, header, sizeof(header));
    sw_decoder_init(&decoder, UINT32_MAX);
    ck_assert_int_eq(sw_decoder_next(&decoder, in, sizeof(header), &used, &chunk), 0);
    ck_assert_uint_eq(used, sizeof(header));
    ck_assert_uint_eq(sw_decoder_hint(&decoder), UINT32_MAX);
    check_error("header", sw_decoder_end(&decoder), SW_E_TRUNCATED, 5, 0x100000004);
    do {
        int result = sw_decoder_next(&decoder, in, BUFFER, &used, &chunk);
        if (result != 1 || chunk.size != UINT32_MAX || chunk.offset != expected || chunk.len != used ||
            chunk.data != in)
            ck_abort_msg("wrong chunk at offset %u", (unsigned)expected);
        expected += chunk.len;
    } while (!sw_chunk_is_last(&chunk));
    ck_assert_uint_eq(expected, UINT32_MAX);
    ck_assert_uint_eq(used, BUFFER - 1);
    ck_assert_int_eq(sw_decoder_end(&decoder).code, SW_OK);
    ck_assert_uint_eq(sw_decoder_hint(&decoder), SW_HEADER_SIZE);
    free(in);
}
END_TEST

/* Whoever reads exactly what the hint says makes one call for each header and each body. */
START_TEST(test_hint)
{
    static const size_t hints[] = { 5, 12, 5, 5, 1, 5, 5, 16, 5, 3 };
    stream plain = sample_packets();
    reader r;
    size_t pos = 0;

    reader_start(&r, 100, NULL);
    for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++) {
        ck_assert_uint_eq(sw_decoder_hint(&r.decoder), hints[i]);
        reader_feed(&r, plain.data + pos, hints[i]);
        pos += hints[i];
    }
    for (size_t left = 5; left > 3; left--) {
        ck_assert_uint_eq(sw_decoder_hint(&r.decoder), left);
        reader_feed(&r, plain.data + pos++, 1);
    }
    ck_assert_uint_eq(sw_decoder_hint(&r.decoder), 3);
    ck_assert_uint_eq(pos, plain.len);
    reader_finish(&r, &plain);
    stream_free(&plain);
}
END_TEST

/* Closed after each byte of a packet: fine before and after it, truncated within. The hint tells how
 * many bytes are missing from the header, from the body, or from the next header. */
START_TEST(test_end)
{
    enum { BODY = 7, WHOLE = SW_HEADER_SIZE + BODY };
    stream plain = { NULL, 0 };

    stream_packet(&plain, SW_BAND_OUTPUT, "7 bytes", BODY);
    for (size_t n = 0; n <= WHOLE; n++) {
        size_t end = n < SW_HEADER_SIZE ? SW_HEADER_SIZE : WHOLE; /* of the part under way */
        reader r;
        reader_start(&r, 100, NULL);
        if (n == WHOLE)
            end = WHOLE + SW_HEADER_SIZE;
        if (n > 0)
            reader_feed(&r, plain.data, n);
        check_error("no error", sw_decoder_error(&r.decoder), SW_OK, 0, 0);
        ck_assert_uint_eq(sw_decoder_hint(&r.decoder), end - n);
        if (n == 0 || n == WHOLE) {
            ck_assert_int_eq(sw_decoder_end(&r.decoder).code, SW_OK);
            check_error("between", sw_decoder_end(&r.decoder), SW_OK, 0, 0);
        } else {
            ck_assert_int_eq(sw_decoder_end(&r.decoder).code, SW_E_TRUNCATED);
            check_error("within", sw_decoder_end(&r.decoder), SW_E_TRUNCATED, n, end);
        }
        stream_free(&r.seen);
    }
    stream_free(&plain);
}
END_TEST

/* ---- limits ---- */

/* clang-format off */
static const struct limit_case {
    uint32_t limit, size;
    int accepted;
} limit_cases[] = {
    { 0, 0, 1 },           { 0, 1, 0 },
    { 1, 1, 1 },           { 1, 2, 0 },
    { 4096, 4096, 1 },     { 4096, 4097, 0 },
    { 32768, 32768, 1 },   { 32768, 32769, 0 },
    { 0, UINT32_MAX, 0 },  { 4096, UINT32_MAX, 0 },
    { UINT32_MAX, UINT32_MAX, 1 }, { UINT32_MAX - 1, UINT32_MAX, 0 },
    { 255, 256, 0 },       { 65535, 65536, 0 },
    { 0xffffff, 0x1000000, 0 },
};
/* clang-format on */

/* A header above the limit is an error that takes the header and no byte behind it, wherever
 * the header is cut; and under a cipher what is behind it stays as it came. */
static void check_limit(const struct limit_case *c, size_t cut, int set_later, int under_rc4)
{
    stream plain = { NULL, 0 };
    stream wire;
    sw_cipher here, there;
    sw_decoder decoder;
    sw_chunk chunk;
    size_t used;
    uint8_t *in;
    int result;

    start_rc4(&here);
    start_rc4(&there);
    stream_header(&plain, SW_BAND_OUTPUT, c->size);
    stream_append(&plain, "behind", 6);
    wire = encrypted(under_rc4 ? &there : NULL, &plain);
    in = exact_copy(wire.data, wire.len);
    sw_decoder_init(&decoder, set_later ? 12345 : c->limit);
    if (set_later)
        ck_assert_int_eq(sw_decoder_set_limit(&decoder, c->limit), SW_OK);
    ck_assert_int_eq(sw_decoder_set_cipher(&decoder, under_rc4 ? &here : NULL), SW_OK);
    ck_assert_int_eq(sw_decoder_next(&decoder, in, cut, &used, &chunk), 0);
    ck_assert_uint_eq(used, cut);
    result = sw_decoder_next(&decoder, in + cut, wire.len - cut, &used, &chunk);
    if (c->accepted) {
        ck_assert_int_eq(result, 1);
        ck_assert_uint_eq(chunk.size, c->size);
    } else {
        ck_assert_int_eq(result, SW_E_PACKET_SIZE);
        ck_assert_uint_eq(used, SW_HEADER_SIZE - cut);
        ck_assert_mem_eq(in + SW_HEADER_SIZE, wire.data + SW_HEADER_SIZE, 6);
        check_error("limit", sw_decoder_error(&decoder), SW_E_PACKET_SIZE, c->size, c->limit);
    }
    free(in);
    stream_free(&plain);
    stream_free(&wire);
}

START_TEST(test_limit)
{
    for (size_t cut = 0; cut < SW_HEADER_SIZE; cut++)
        for (int variant = 0; variant < 4; variant++)
            check_limit(&limit_cases[_i], cut, variant & 1, variant & 2);
}
END_TEST

/* A new limit holds from the next packet on. */
START_TEST(test_set_limit)
{
    stream plain = { NULL, 0 };
    reader r;

    stream_packet(&plain, SW_BAND_OUTPUT, "1234", 4);
    reader_start(&r, 4, NULL);
    reader_feed(&r, plain.data, plain.len);
    reader_finish(&r, &plain);
    ck_assert_int_eq(sw_decoder_set_limit(&r.decoder, 3), SW_OK);
    {
        sw_chunk chunk;
        size_t used;
        ck_assert_int_eq(sw_decoder_next(&r.decoder, plain.data, plain.len, &used, &chunk), SW_E_PACKET_SIZE);
    }
    sw_decoder_init(&r.decoder, 4); /* starts it again */
    reader_feed(&r, plain.data, plain.len);
    reader_finish(&r, &plain);
    stream_free(&plain);
}
END_TEST

/* A backend that counts its calls. */
static fake_crypto counted;

/* Packets behind each other in a buffer: the cipher of a large body may run on over bytes behind it, in one
 * call for each packet, but those are as they came when the packet is given out. */
START_TEST(one_call_a_packet)
{
    enum { BODY = 1024, PACKETS = 20, SIZE = SW_HEADER_SIZE + BODY };
    static const uint8_t key[SW_CIPHER_KEY_SIZE] = "any key will do, that is 32 long";
    static uint8_t wire[PACKETS * SIZE + SW_AES_CALL_UNIT + SW_HEADER_SIZE], copy[sizeof(wire)], body[BODY];
    sw_cipher in, out;
    sw_encoder encoder;
    sw_decoder decoder;
    sw_chunk chunk;
    size_t len, used, before;

    fake_crypto_init(&counted, 1);
    ck_assert_int_eq(sw_cipher_init(&in, SW_CIPHER_AES_CTR128, &counted.table, key), SW_OK);
    ck_assert_int_eq(sw_cipher_init(&out, SW_CIPHER_AES_CTR128, &counted.table, key), SW_OK);
    sw_encoder_init(&encoder);
    sw_decoder_init(&decoder, BODY);
    sw_encoder_set_cipher(&encoder, &out);
    sw_decoder_set_cipher(&decoder, &in);
    memset(wire, 0x5a, sizeof(wire));
    for (size_t i = 0; i < PACKETS; i++) {
        uint8_t *at = wire + i * SIZE;
        memset(at + SW_HEADER_SIZE, (int)i, BODY);
        memcpy(copy, at + SIZE, 64);
        before = counted.counts[FAKE_AES_APPLY];
        ck_assert_int_eq(sw_encoder_packet(&encoder, SW_BAND_OUTPUT, at + SW_HEADER_SIZE, BODY, at,
                                           sizeof(wire) - i * SIZE, &len),
                         1);
        if (i > 0) /* the first header makes key stream */
            ck_assert_uint_eq(counted.counts[FAKE_AES_APPLY], before + 1);
        ck_assert_mem_eq(at + SIZE, copy, 64);
    }
    memcpy(copy, wire, sizeof(wire));
    for (size_t i = 0; i < PACKETS; i++) {
        uint8_t *at = wire + i * SIZE;
        before = counted.counts[FAKE_AES_APPLY];
        ck_assert_int_eq(sw_decoder_next(&decoder, at, sizeof(wire) - i * SIZE, &used, &chunk), 1);
        if (i > 0)
            ck_assert_uint_eq(counted.counts[FAKE_AES_APPLY], before + 1);
        ck_assert_uint_eq(used, SIZE);
        memset(body, (int)i, BODY);
        ck_assert_mem_eq(chunk.data, body, BODY);
        ck_assert_mem_eq(at + SIZE, copy + (i + 1) * SIZE, sizeof(wire) - (i + 1) * SIZE);
    }
    sw_cipher_wipe(&in);
    sw_cipher_wipe(&out);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("packet decoder");
    TCase *chunks = suite_case(suite, "chunks");
    TCase *limits = suite_case(suite, "limits");

    tcase_add_test(chunks, test_band_names);
    tcase_add_test(chunks, test_second_packet_untouched);
    tcase_add_test(chunks, test_cipher_before_header);
    tcase_add_test(chunks, test_largest_body);
    tcase_add_test(chunks, one_call_a_packet);
    tcase_add_test(chunks, test_hint);
    tcase_add_test(chunks, test_end);
    tcase_add_loop_test(limits, test_limit, 0, COUNT(limit_cases));
    tcase_add_test(limits, test_set_limit);
    return run_suite(suite);
}
