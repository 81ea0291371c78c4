/* SPDX-License-Identifier: ISC */
/* Error codes, their texts, and formatting with values. */
#include <sidewire/error.h>

#include <stdlib.h>
#include <string.h>

#include "suite.h"

/* Published numbers never change. */
static const struct {
    int code, number;
} codes[] = {
    { SW_OK, 0 },
    { SW_E_PACKET_SIZE, -100 },
    { SW_E_TRUNCATED, -101 },
    { SW_E_BAND, -102 },
    { SW_E_NOT_EMPTY, -103 },
    { SW_E_GREETING_SIZE, -104 },
    { SW_E_REQUEST_SIZE, -105 },
    { SW_E_REQUEST_PREFIX, -106 },
    { SW_E_REQUEST_NAME, -107 },
    { SW_E_FEATURE, -108 },
    { SW_E_FEATURE_OFFER, -109 },
    { SW_E_FEATURE_SET, -110 },
    { SW_E_LEGACY_REFUSED, -111 },
    { SW_E_RC4_REFUSED, -112 },
    { SW_E_CHALLENGE_SIZE, -113 },
    { SW_E_CHALLENGE, -114 },
    { SW_E_AUTH, -115 },
    { SW_E_AUTH_REFUSED, -116 },
    { SW_E_PROCEED, -117 },
    { SW_E_CLOSED, -118 },
    { SW_E_NO_EXIT, -119 },
    { SW_E_COMMAND_EMPTY, -120 },
    { SW_E_COMMAND_SYNTAX, -121 },
    { SW_E_COMMAND_SIZE, -122 },
    { SW_E_COMMAND_COUNT, -123 },
    { SW_E_NO_COMMAND, -124 },
    { SW_E_UPLOAD, -125 },
    { SW_E_UNEXPECTED, -126 },
    { SW_E_COMMAND_UNKNOWN, -127 },
    { SW_E_COMMAND_DENIED, -128 },
    { SW_E_COMMAND_ARGUMENTS, -129 },
    { SW_E_FRAME_SIZE, -170 },
    { SW_E_NOISE, -171 },
    { SW_E_LOW_ORDER, -172 },
    { SW_E_RECORD_LIMIT, -173 },
    { SW_E_RECORD_SIZE, -174 },
    { SW_E_RECORD, -175 },
    { SW_E_NOT_SEALED, -176 },
    { SW_E_STRIPPED, -177 },
    { SW_E_USER_REFUSED, -178 },
    { SW_E_USER_PACKET, -179 },
    { SW_E_SHA1_REFUSED, -180 },
    { SW_E_NULL, -200 },
    { SW_E_STATE, -201 },
    { SW_E_SPACE, -202 },
    { SW_E_OVERLAP, -203 },
    { SW_E_BODY, -204 },
    { SW_E_CONFIG, -205 },
    { SW_E_USER_NAME, -206 },
    { SW_E_LEGACY_ARGUMENT, -207 },
    { SW_E_CIPHER, -208 },
    { SW_E_KEY_FORMAT, -220 },
    { SW_E_KEY_TRUNCATED, -221 },
    { SW_E_KEY_DAMAGED, -222 },
    { SW_E_KEY_PASSPHRASE, -223 },
    { SW_E_KEY_OTHER, -224 },
    { SW_E_KEY_SMALL, -225 },
    { SW_E_KEY_LARGE, -226 },
    { SW_E_KEY_IS_PRIVATE, -227 },
    { SW_E_KEY_IS_PUBLIC, -228 },
    { SW_E_BANNER, -240 },
    { SW_E_DECOY_SECRET, -241 },
    { SW_E_ARGUMENT_NUL, -243 },
    { SW_E_BACKEND, -242 },
    { SW_E_KEY_UNSUPPORTED, -229 },
    { SW_E_KEY_NOT_RSA, -230 },
    { SW_E_KEY_NOT_X25519, -231 },
    { SW_E_SERVER_KEY, -250 },
    { SW_E_KEY_BACKEND, -251 },
    { SW_E_SIGNATURE, -252 },
    { SW_E_COUNTER, -253 },
    { SW_E_RANDOM, -300 },
    { SW_E_HASH, -301 },
    { SW_E_RSA_ENCRYPT, -302 },
    { SW_E_RSA_DECRYPT, -303 },
    { SW_E_AES, -304 },
    { SW_E_X25519, -305 },
    { SW_E_AEAD, -306 },
    { SW_E_SIGN, -307 },
    { SW_E_VERIFY, -308 },
};

enum { CODE_COUNT = sizeof(codes) / sizeof(codes[0]) };

static const char unknown[] = "unknown error";

START_TEST(test_numbers)
{
    for (size_t i = 0; i < CODE_COUNT; i++)
        ck_assert_int_eq(codes[i].code, codes[i].number);
}
END_TEST

START_TEST(test_texts)
{
    for (size_t i = 0; i < CODE_COUNT; i++) {
        const char *text = sw_error_text(codes[i].code);
        ck_assert_str_ne(text, unknown);
        ck_assert_str_ne(text, "");
        ck_assert_ptr_null(strchr(text, '\n'));
        ck_assert_ptr_null(strchr(text, '%'));
        for (size_t k = 0; k < i; k++)
            ck_assert_str_ne(text, sw_error_text(codes[k].code));
    }
}
END_TEST

/* The library knows the codes above and no others. */
START_TEST(test_unknown_codes)
{
    size_t known = 0;

    for (int code = -1000; code <= 1000; code++)
        known += strcmp(sw_error_text(code), unknown) != 0;
    ck_assert_uint_eq(known, CODE_COUNT);
    ck_assert_str_eq(sw_error_text(INT32_MIN), unknown);
    ck_assert_str_eq(sw_error_text(INT32_MAX), unknown);
}
END_TEST

/* Formats at every capacity: never more than that, always a NUL, always the whole length. */
static void check_format(const sw_error *error, const char *expected)
{
    size_t len = strlen(expected);

    ck_assert_uint_eq(sw_error_format(error, NULL, 0), len);
    ck_assert_uint_eq(sw_error_format(error, NULL, 100), len);
    for (size_t cap = 0; cap <= len + 2; cap++) {
        char *out = malloc(cap + 1); /* and a byte that must stay */
        size_t kept = cap == 0 ? 0 : cap <= len ? cap - 1 : len;
        ck_assert_ptr_nonnull(out);
        memset(out, '#', cap + 1);
        ck_assert_uint_eq(sw_error_format(error, out, cap), len);
        ck_assert_mem_eq(out, expected, kept);
        if (cap > 0)
            ck_assert_int_eq(out[kept], '\0');
        ck_assert_int_eq(out[cap], '#');
        free(out);
    }
}

static const struct {
    sw_error error;
    const char *text;
} formats[] = {
    { { SW_OK, 0, 0 }, "no error" },
    { { SW_OK, 5, 6 }, "no error" },
    { { SW_E_PACKET_SIZE, 70000, 4096 }, "packet too large: 70000 bytes, limit 4096" },
    { { SW_E_PACKET_SIZE, 1, 0 }, "packet too large: 1 bytes, limit 0" },
    { { SW_E_PACKET_SIZE, 0, 0 }, "packet too large" },
    { { SW_E_PACKET_SIZE, UINT64_MAX, 10 }, "packet too large: 18446744073709551615 bytes, limit 10" },
    { { SW_E_TRUNCATED, 3, 5 }, "connection closed in the middle of a packet: 3 of 5 bytes came" },
    { { SW_E_TRUNCATED, 0, UINT64_MAX },
      "connection closed in the middle of a packet: 0 of 18446744073709551615 bytes came" },
    { { SW_E_BAND, 0, 2 }, "packet on the wrong band: band 0, expected band 2" },
    { { SW_E_NOT_EMPTY, 9, 3 }, "packet with a body on a band that has none: band 3, 9 bytes" },
    { { SW_E_GREETING_SIZE, 4097, 4096 }, "greeting too long: 4097 bytes, limit 4096" },
    { { SW_E_REQUEST_SIZE, 4097, 4096 }, "auth request too long: 4097 bytes, limit 4096" },
    { { SW_E_CHALLENGE_SIZE, 255, 256 }, "challenge of the wrong size for this key: 255 bytes, the key has 256" },
    { { SW_E_COMMAND_SIZE, 32769, 32768 }, "command too long: 32769 bytes, limit 32768" },
    { { SW_E_COMMAND_COUNT, 15, 12 }, "too many arguments: 15 arguments, room for 12" },
    { { SW_E_UNEXPECTED, 16, 0 }, "packet where none is expected: band 16" },
    { { SW_E_SPACE, 0, 7 }, "buffer too small: 0 bytes, needed 7" },
    { { SW_E_BODY, 8, 7 }, "more body than announced: 8 bytes, 7 left" },
    { { SW_E_LEGACY_ARGUMENT, 0, 3 }, "argument cannot be carried in legacy mode: argument 0" },
    { { SW_E_KEY_SMALL, 1024, 2048 }, "key too small: 1024 bits, at least 2048 needed" },
    { { SW_E_KEY_LARGE, 16384, 8192 }, "key too large: 16384 bits, limit 8192" },
    { { SW_E_FRAME_SIZE, 35, 34 }, "handshake message of the wrong length: 35 bytes instead of 34" },
    { { SW_E_RECORD_LIMIT, 255, 256 }, "announced record limit out of range: 255, at least 256" },
    { { SW_E_RECORD_SIZE, 257, 256 }, "record of a length that is not allowed: 257 bytes, limit 256" },
    { { SW_E_NULL, 1, 2 }, "a needed pointer is NULL" },
    { { -999, 1, 2 }, "unknown error" },
    { { 1, 0, 0 }, "unknown error" },
};

START_TEST(test_format)
{
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        check_format(&formats[i].error, formats[i].text);
    check_format(NULL, "no error");
}
END_TEST

/* Without values every code formats as its text. */
START_TEST(test_format_without_values)
{
    for (size_t i = 0; i < CODE_COUNT; i++) {
        sw_error error = { codes[i].code, 0, 0 };
        check_format(&error, sw_error_text(codes[i].code));
    }
}
END_TEST

static const struct {
    int code, peer;
} ranges[] = {
    { INT32_MAX, 0 }, { 1, 0 },    { 0, 0 },    { -1, 0 },   { -99, 0 },  { -100, 1 },
    { -199, 1 },      { -200, 0 }, { -299, 0 }, { -300, 0 }, { -399, 0 }, { INT32_MIN, 0 },
};

/* The core's own codes are in the three ranges that the header names. */
START_TEST(test_ranges)
{
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
        ck_assert_int_eq(sw_error_is_peer(ranges[i].code), ranges[i].peer);
    for (size_t i = 1; i < CODE_COUNT; i++)
        ck_assert(codes[i].code <= -100 && codes[i].code > -400);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("error");
    TCase *tcase = suite_case(suite, "error");

    tcase_add_test(tcase, test_numbers);
    tcase_add_test(tcase, test_texts);
    tcase_add_test(tcase, test_unknown_codes);
    tcase_add_test(tcase, test_format);
    tcase_add_test(tcase, test_format_without_values);
    tcase_add_test(tcase, test_ranges);
    return run_suite(suite);
}
