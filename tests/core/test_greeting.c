/* SPDX-License-Identifier: ISC */
/* Reader of greetings: any split gives the same, look-alikes do not count, limits are exact. */
#include <sidewire/handshake.h>

#include <stdlib.h>
#include <string.h>

#include "suite.h"

#define LINE_1 "This is para_server, version 0.4.12.\n"
#define TEXT(literal) literal, sizeof(literal) - 1

enum { S = SW_FEATURE_SIDEBAND, A = SW_FEATURE_AES_CTR128, H = SW_FEATURE_SHA256 };

static const struct greeting_case {
    const char *text;
    size_t len;
    int result; /* of the feed that takes the last byte used */
    unsigned features, lines;
    size_t behind; /* bytes not taken */
} greeting_cases[] = {
    { TEXT(LINE_1 "Features: sideband\n"), 1, S, 1, 0 },
    { TEXT(LINE_1 "Features: sideband,aes_ctr128\n"), 1, S | A, 1, 0 },
    { TEXT(LINE_1 "Features: sideband,aes_ctr128,sha256\n"), 1, S | A | H, 1, 0 },
    { TEXT(LINE_1 "Features: sha256,sideband\n"), 1, S | H, 1, 0 },
    { TEXT(LINE_1 "Features: aes_ctr128\n"), 1, A, 1, 0 },
    { TEXT(LINE_1 "Features: sideband,sideband\n"), 1, S, 1, 0 },
    { TEXT(LINE_1 "Features: \n"), 1, 0, 1, 0 },
    { TEXT(LINE_1 "Features: ,,sideband,,\n"), 1, S, 1, 0 },

    /* what follows stays where it is */
    { TEXT(LINE_1 "Features: sideband\nX\0\xff,sha256\n"), 1, S, 1, 11 },

    /* not there yet, or never: legacy */
    { TEXT(""), 0, 0, 0, 0 },
    { TEXT("\n"), 0, 0, 1, 0 },
    { TEXT(LINE_1), 0, 0, 1, 0 },
    { TEXT(LINE_1 "Features: sideband"), 0, 0, 1, 0 },
    { TEXT(LINE_1 "Features:"), 0, 0, 1, 0 },
    { TEXT("This is para_server"), 0, 0, 0, 0 },

    /* unknown names */
    { TEXT(LINE_1 "Features: telepathy\n"), 1, 0, 1, 0 },
    { TEXT(LINE_1 "Features: telepathy,sideband,x\n"), 1, S, 1, 0 },
    { TEXT(LINE_1 "Features: sideban,sideband2,Sideband,SIDEBAND\n"), 1, 0, 1, 0 },
    { TEXT(LINE_1 "Features:  sideband\n"), 1, 0, 1, 0 },
    { TEXT(LINE_1 "Features: sideband \n"), 1, 0, 1, 0 },
    { TEXT(LINE_1 "Features: sideband, sha256\n"), 1, S, 1, 0 },
    { TEXT(LINE_1 "Features: sideband;sha256\n"), 1, 0, 1, 0 },
    { TEXT(LINE_1 "Features: side\0band,sha256\0\n"), 1, 0, 1, 0 },

    /* CR LF */
    { TEXT("Server\r\nFeatures: sideband,sha256\r\n"), 1, S | H, 1, 0 },
    { TEXT("Server\r\nFeatures: \r\n"), 1, 0, 1, 0 },

    /* lines that only look like it */
    { TEXT(LINE_1 "Features:x sideband\n"), 0, 0, 2, 0 },
    { TEXT(LINE_1 "Features:sideband\n"), 0, 0, 2, 0 },
    { TEXT(LINE_1 " Features: sideband\n"), 0, 0, 2, 0 },
    { TEXT(LINE_1 "features: sideband\n"), 0, 0, 2, 0 },
    { TEXT(LINE_1 "FFeatures: sideband\n"), 0, 0, 2, 0 },
    { TEXT(LINE_1 "Feature: sideband\n"), 0, 0, 2, 0 },
    { TEXT(LINE_1 "More Features: sideband\n"), 0, 0, 2, 0 },
    { TEXT(LINE_1 "Features:\tsideband\n"), 0, 0, 2, 0 },
    { TEXT("Server of many Features: sideband,sha256\nFeatures: aes_ctr128\n"), 1, A, 1, 0 },
    { TEXT("Features:\nFeatures: sideband\n"), 1, S, 1, 0 },

    /* the text of line 1 is free: it may be this one, or there may be more of them */
    { TEXT("Features: sideband\n"), 1, S, 0, 0 },
    { TEXT("Features: sideband\nFeatures: sha256\n"), 1, S, 0, 17 },
    { TEXT("\nFeatures: sideband\n"), 1, S, 1, 0 },
    { TEXT("\n\nFeatures\n \nFeatures: sideband\n"), 1, S, 4, 0 },
    { TEXT("\0\x80\xff\nFeatures: sideband\n"), 1, S, 1, 0 },
};

/* Feeds one piece from a buffer of exact size; adds to *total what it took. */
static int feed(sw_greeting *greeting, const char *piece, size_t len, size_t *total)
{
    uint8_t *in = exact_copy(piece, len);
    size_t used = SIZE_MAX;
    int result = sw_greeting_feed(greeting, in, len, &used);

    if (used > len || (result == 0 && used != len))
        ck_abort_msg("result %d, %zu of %zu bytes used", result, used, len);
    *total += used;
    free(in);
    return result;
}

static void check_end(const struct greeting_case *c, const sw_greeting *greeting, int result, size_t total)
{
    if (result != c->result || total != c->len - c->behind || greeting->lines != c->lines ||
        (result == 1 && greeting->features != c->features))
        ck_abort_msg("result %d, features %u, %u lines, %zu bytes used of '%s'", result, greeting->features,
                     (unsigned)greeting->lines, total, c->text);
}

START_TEST(test_splits)
{
    const struct greeting_case *c = &greeting_cases[_i];

    for (size_t a = 0; a <= c->len; a++)
        for (size_t b = a; b <= c->len; b++) {
            const size_t cuts[] = { 0, a, b, c->len };
            size_t total = 0;
            int result = 0;
            sw_greeting greeting;
            sw_greeting_init(&greeting);
            for (int i = 0; i < 3 && result == 0; i++)
                result = feed(&greeting, c->text + cuts[i], cuts[i + 1] - cuts[i], &total);
            check_end(c, &greeting, result, total);
        }
}
END_TEST

START_TEST(test_bytewise)
{
    const struct greeting_case *c = &greeting_cases[_i];
    size_t total = 0;
    int result = 0;
    sw_greeting greeting;

    memset(&greeting, 0xee, sizeof(greeting));
    sw_greeting_init(&greeting);
    for (size_t i = 0; i < c->len && result == 0; i++)
        result = feed(&greeting, c->text + i, 1, &total);
    check_end(c, &greeting, result, total);
}
END_TEST

/* Names longer than any counter of them: never one that we know. */
START_TEST(test_long_names)
{
    static const char prefix[] = LINE_1 "Features: ";
    static const char name[] = "sideband";
    enum { PREFIX = sizeof(prefix) - 1, NAME = sizeof(name) - 1, LONGEST = 600 };

    for (size_t n = 0; n <= LONGEST; n++)
        for (int before = 0; before < 2; before++) {
            char text[PREFIX + LONGEST + NAME + 8];
            size_t total = 0;
            sw_greeting greeting;
            memcpy(text, prefix, PREFIX);
            memset(text + PREFIX, 's', n + NAME);
            memcpy(text + PREFIX + (before ? n : 0), name, NAME);
            memcpy(text + PREFIX + n + NAME, ",sha256\n", 8);
            sw_greeting_init(&greeting);
            ck_assert_int_eq(feed(&greeting, text, PREFIX + n + NAME + 8, &total), 1);
            ck_assert_uint_eq(greeting.features, n == 0 ? S | H : H);
        }
}
END_TEST

/* ---- limit ---- */

/* A greeting of `len` bytes: line 1 makes up the length, or the list does. */
static char *long_greeting(size_t len, int in_list)
{
    static const char list[] = "\nFeatures: sideband,";
    enum { LIST = sizeof(list) - 1 };
    char *text = malloc(len);

    memset(text, 'x', len);
    memcpy(text + (in_list ? 1 : len - LIST - 1), list, LIST);
    text[len - 1] = '\n';
    return text;
}

START_TEST(test_largest)
{
    char *text = long_greeting(SW_GREETING_MAX, _i);

    for (size_t cut = 0; cut <= SW_GREETING_MAX; cut++) {
        size_t total = 0;
        int result;
        sw_greeting greeting;
        sw_greeting_init(&greeting);
        result = feed(&greeting, text, cut, &total);
        if (result == 0)
            result = feed(&greeting, text + cut, SW_GREETING_MAX - cut, &total);
        if (result != 1 || total != SW_GREETING_MAX || greeting.features != S)
            ck_abort_msg("cut at %zu: result %d, %zu bytes used", cut, result, total);
    }
    free(text);
}
END_TEST

/* One byte more: all that is allowed is taken, the byte beyond is not, and it stays so. */
START_TEST(test_too_large)
{
    char *text = long_greeting(SW_GREETING_MAX + 1, _i);

    for (size_t cut = 0; cut <= SW_GREETING_MAX; cut++) {
        size_t total = 0;
        sw_greeting greeting;
        sw_greeting_init(&greeting);
        if (feed(&greeting, text, cut, &total) != 0 ||
            feed(&greeting, text + cut, SW_GREETING_MAX + 1 - cut, &total) != SW_E_GREETING_SIZE ||
            total != SW_GREETING_MAX)
            ck_abort_msg("cut at %zu: %zu bytes used", cut, total);
        if (feed(&greeting, "\n", 1, &total) != SW_E_GREETING_SIZE || total != SW_GREETING_MAX)
            ck_abort_msg("the error does not stay");
    }
    free(text);
}
END_TEST

/* Lines without end, and nothing but ends of lines. */
START_TEST(test_endless)
{
    static const char fills[] = { 'F', '\n', '\0' };
    char *text = malloc(SW_GREETING_MAX);
    size_t total = 0;
    sw_greeting greeting;

    memset(text, fills[_i], SW_GREETING_MAX);
    sw_greeting_init(&greeting);
    ck_assert_int_eq(feed(&greeting, text, SW_GREETING_MAX, &total), 0);
    ck_assert_uint_eq(greeting.lines, fills[_i] == '\n' ? SW_GREETING_MAX : 0);
    ck_assert_int_eq(feed(&greeting, text, 1, &total), SW_E_GREETING_SIZE);
    ck_assert_uint_eq(total, SW_GREETING_MAX);
    free(text);
}
END_TEST

START_TEST(test_null)
{
    const uint8_t byte = 'x';
    size_t used = 99;
    sw_greeting greeting;

    sw_greeting_init(NULL);
    sw_greeting_init(&greeting);
    ck_assert_int_eq(sw_greeting_feed(NULL, &byte, 1, &used), SW_E_NULL);
    ck_assert_uint_eq(used, 0);
    ck_assert_int_eq(sw_greeting_feed(NULL, &byte, 1, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_greeting_feed(&greeting, &byte, 1, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_greeting_feed(&greeting, NULL, 1, &used), SW_E_NULL);
    ck_assert_int_eq(sw_greeting_feed(&greeting, NULL, 0, &used), 0);
    ck_assert_uint_eq(used, 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("greeting");
    TCase *splits = suite_case(suite, "splits");
    TCase *limits = suite_case(suite, "limits");

    tcase_add_loop_test(splits, test_splits, 0, COUNT(greeting_cases));
    tcase_add_loop_test(splits, test_bytewise, 0, COUNT(greeting_cases));
    tcase_add_test(splits, test_long_names);
    tcase_add_loop_test(limits, test_largest, 0, 2);
    tcase_add_loop_test(limits, test_too_large, 0, 2);
    tcase_add_loop_test(limits, test_endless, 0, 3);
    tcase_add_test(limits, test_null);
    return run_suite(suite);
}
