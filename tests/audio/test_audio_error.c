/* SPDX-License-Identifier: ISC */
/* Codes of the audio room, their texts, and that those of the core are told by the same calls. */
#include <sidewire/audio/error.h>

#include <stdlib.h>
#include <string.h>

#include "suite.h"

/* Published numbers never change. */
static const struct {
    int code, number;
} codes[] = {
    { SW_E_ARGUMENT_MISSING, -400 }, { SW_E_ARGUMENT_EXTRA, -401 },  { SW_E_ARGUMENT_UNKNOWN, -402 },
    { SW_E_ARGUMENT_NUMBER, -403 },  { SW_E_ARGUMENT_SMALL, -404 },  { SW_E_ARGUMENT_LARGE, -405 },
    { SW_E_ARGUMENT_ADDRESS, -406 }, { SW_E_ARGUMENT_TARGET, -407 }, { SW_E_SENDER, -408 },
    { SW_E_SENDER_COMMAND, -409 },   { SW_E_NO_AUDIO_FILE, -410 },   { SW_E_STATUS_LENGTH, -420 },
    { SW_E_STATUS_SHORT, -421 },     { SW_E_STATUS_BLANK, -422 },    { SW_E_STATUS_NUMBER, -423 },
    { SW_E_STATUS_UNKNOWN, -424 },   { SW_E_STATUS_COLON, -425 },    { SW_E_STATUS_NAME, -426 },
    { SW_E_STATUS_NAME_SIZE, -427 }, { SW_E_STATUS_END, -428 },      { SW_E_STATUS_TRUNCATED, -429 },
    { SW_E_STATUS_VALUE, -430 },     { SW_E_PERMISSION, -450 },      { SW_E_VALUE, -451 },
    { SW_E_STATUS_SIZE, -452 },      { SW_E_STATUS_LINE, -453 },
};

static const char unknown[] = "unknown error";
enum { TEXT_MAX = 200 };

/* Each has a text of its own, which the core does not know; and there are none but these. */
START_TEST(test_codes)
{
    char texts_of[COUNT(codes)][TEXT_MAX];

    for (int i = 0; i < COUNT(codes); i++) {
        sw_error error = { .code = codes[i].code };
        ck_assert_int_eq(codes[i].code, codes[i].number);
        ck_assert_uint_lt(sw_audio_error_format(&error, texts_of[i], TEXT_MAX), TEXT_MAX);
        ck_assert_str_ne(texts_of[i], unknown);
        ck_assert_ptr_null(strchr(texts_of[i], '%'));
        ck_assert_str_eq(sw_error_text(codes[i].code), unknown);
        for (int k = 0; k < i; k++)
            ck_assert_str_ne(texts_of[i], texts_of[k]);
    }
}
END_TEST

/* The core's codes stay as they are. */
START_TEST(test_chain)
{
    int known = 0;

    for (int code = -1000; code <= 1000; code++) {
        sw_error error = { code, 1, 2 };
        char text[TEXT_MAX], text_of_core[TEXT_MAX];
        sw_audio_error_format(&error, text, sizeof(text));
        sw_error_format(&error, text_of_core, sizeof(text_of_core));
        if (strcmp(text_of_core, unknown) != 0)
            ck_assert_str_eq(text, text_of_core);
        else
            known += strcmp(text, unknown) != 0;
    }
    ck_assert_int_eq(known, COUNT(codes));
}
END_TEST

static const struct {
    sw_error error;
    const char *text;
} formats[] = {
    { { SW_OK, 0, 0 }, "no error" },
    { { SW_E_SPACE, 0, 7 }, "buffer too small: 0 bytes, needed 7" },
    { { -999, 1, 2 }, "unknown error" },
    { { SW_E_ARGUMENT_MISSING, 1, 0 }, "argument missing: argument 1" },
    { { SW_E_ARGUMENT_EXTRA, 3, 2 }, "unexpected argument: argument 3, at most 2 allowed" },
    { { SW_E_ARGUMENT_EXTRA, 1, 0 }, "unexpected argument: argument 1, at most 0 allowed" },
    { { SW_E_ARGUMENT_NUMBER, 1, 0 }, "not a whole decimal number: argument 1" },
    { { SW_E_ARGUMENT_SMALL, 3, 1 }, "number too small: argument 3, at least 1 needed" },
    { { SW_E_ARGUMENT_LARGE, 3, 32 }, "number too large: argument 3, limit 32" },
    { { SW_E_VALUE, 3, 0 }, "value that cannot be written or used: argument 3" },
    { { SW_E_STATUS_LENGTH, 0, 1 }, "length of a status item is not hexadecimal: byte 0 as digit 1" },
    { { SW_E_STATUS_SHORT, 3, 4 }, "length of a status item too small: 3, at least 4" },
    { { SW_E_STATUS_BLANK, 9, 32 }, "status item without its blank: byte 9 instead of 32" },
    { { SW_E_STATUS_NUMBER, 103, 2 }, "number of a status item is not hexadecimal: byte 103 as digit 2" },
    { { SW_E_STATUS_UNKNOWN, 255, 37 }, "status item of unknown number: 255, the table has 37 items" },
    { { SW_E_STATUS_COLON, 10, 58 }, "status item without a colon: byte 10 instead of 58" },
    { { SW_E_STATUS_NAME, 5, 0 }, "status item of unknown name: of 5 bytes" },
    { { SW_E_STATUS_NAME_SIZE, 18, 17 }, "name of a status item too long: 18 bytes, limit 17" },
    { { SW_E_STATUS_END, 98, 10 }, "status item without a line feed behind its value: byte 98 instead of 10" },
    { { SW_E_STATUS_TRUNCATED, 7, 0 }, "output ends in the middle of a status item: 7 bytes of it came" },
    { { SW_E_STATUS_SIZE, 65532, 65531 }, "value of a status item too long: 65532 bytes, limit 65531" },
    { { SW_E_STATUS_LINE, 0, 1 }, "value of a status item with a line feed: byte 0 of 1" },
};

/* At every capacity: never more than that, always a NUL, always the whole length. */
START_TEST(test_format)
{
    const char *expected = formats[_i].text;
    size_t len = strlen(expected);

    for (size_t cap = 0; cap <= len + 2; cap++) {
        char *out = malloc(cap + 1);
        size_t kept = cap == 0 ? 0 : cap <= len ? cap - 1 : len;
        memset(out, '#', cap + 1);
        ck_assert_uint_eq(sw_audio_error_format(&formats[_i].error, out, cap), len);
        ck_assert_mem_eq(out, expected, kept);
        if (cap > 0)
            ck_assert_int_eq(out[kept], '\0');
        ck_assert_int_eq(out[cap], '#');
        free(out);
    }
    ck_assert_uint_eq(sw_audio_error_format(&formats[_i].error, NULL, 0), len);
}
END_TEST

START_TEST(test_format_null)
{
    char out[20];

    ck_assert_uint_eq(sw_audio_error_format(NULL, out, sizeof(out)), strlen("no error"));
    ck_assert_str_eq(out, "no error");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("audio error");
    TCase *tcase = suite_case(suite, "audio error");

    tcase_add_test(tcase, test_codes);
    tcase_add_test(tcase, test_chain);
    tcase_add_loop_test(tcase, test_format, 0, COUNT(formats));
    tcase_add_test(tcase, test_format_null);
    return run_suite(suite);
}
