/* SPDX-License-Identifier: ISC */
/* Where a request ends in a stream, and what it says with and without an end mark. */
#include "watch/request_text.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#define REQUEST "auth rsa eve"
enum { REQUEST_LEN = sizeof(REQUEST) - 1 };

/* ---- its size ---- */

/* What is behind the request, and how much of all that belongs to it. */
static const struct {
    const char *behind;
    size_t len, size;
    int sure;
} ends[] = {
    { "", 0, REQUEST_LEN, 0 },
    { "\n", 1, REQUEST_LEN + 1, 0 },
    { "\0", 1, REQUEST_LEN + 1, 0 }, /* its end mark, or the first byte of a header */
    { "\0\x14\0\0\2", 5, REQUEST_LEN + 1, 1 },
    { "\x14\0\0\0\2", 5, REQUEST_LEN, 1 }, /* a response of 20 bytes */
    { "\x14\0\0\0", 4, REQUEST_LEN + 2, 0 },
    { "\x14\0\0\0\2more", 9, REQUEST_LEN, 1 },
    { "\0\x14\0\0\0\2", 6, REQUEST_LEN + 1, 1 }, /* an end mark, then a response */
    { "\x14\0\0\0\1", 5, REQUEST_LEN + 2, 1 },   /* another packet */
    { "\x14\0\1\0\2", 5, REQUEST_LEN + 2, 1 },
    { "\x14\0\0\1\2", 5, REQUEST_LEN + 2, 1 },
};

START_TEST(sizes)
{
    char text[64] = REQUEST;
    uint8_t *exact;
    int sure = 7;

    memcpy(text + REQUEST_LEN, ends[_i].behind, ends[_i].len);
    exact = exact_copy(text, REQUEST_LEN + ends[_i].len);
    ck_assert_uint_eq(request_size(exact, REQUEST_LEN + ends[_i].len, &sure), ends[_i].size);
    ck_assert_int_eq(sure, ends[_i].sure);
    free(exact);
}
END_TEST

START_TEST(no_text)
{
    static const uint8_t response[] = { 0, 0, 0, 0, 2 };
    int sure = 7;

    ck_assert_uint_eq(request_size(NULL, 0, &sure), 0);
    ck_assert_int_eq(sure, 0);
    ck_assert_uint_eq(request_size(response, sizeof(response), &sure), 1); /* nothing is before its header */
    ck_assert_int_eq(sure, 1);
}
END_TEST

/* ---- what it says ---- */

static const struct {
    const char *text;
    size_t len;
    int code;
    const char *user;
} texts[] = {
    { REQUEST, REQUEST_LEN, SW_OK, "eve" },
    { REQUEST "\0", REQUEST_LEN + 1, SW_OK, "eve" },
    { REQUEST "\n", REQUEST_LEN + 1, SW_OK, "eve" },
    { REQUEST "\r\n", REQUEST_LEN + 2, SW_OK, "eve" },
    { REQUEST "\0\0", REQUEST_LEN + 2, SW_E_REQUEST_NAME, "" }, /* one of them is taken off */
    { REQUEST "\n\n", REQUEST_LEN + 2, SW_E_REQUEST_NAME, "" },
    { REQUEST "\r", REQUEST_LEN + 1, SW_E_REQUEST_NAME, "" },
    { "", 0, SW_E_REQUEST_PREFIX, "" },
    { "\0", 1, SW_E_REQUEST_PREFIX, "" },
    { "\n", 1, SW_E_REQUEST_PREFIX, "" },
    { "\r\n", 2, SW_E_REQUEST_PREFIX, "" },
};

START_TEST(marks)
{
    uint8_t *exact = exact_copy(texts[_i].text, texts[_i].len);
    sw_request request;

    ck_assert_int_eq(request_parse(exact, texts[_i].len, &request, NULL), texts[_i].code);
    ck_assert_uint_eq(request.user_len, strlen(texts[_i].user));
    if (texts[_i].code == SW_OK)
        ck_assert_mem_eq(request.user, texts[_i].user, request.user_len);
    free(exact);
}
END_TEST

/* The longest, with each end mark: the mark is not one of its bytes. */
START_TEST(longest)
{
    static const char *const behind[] = { "", "\n", "\r\n" };
    char text[SW_REQUEST_MAX + 8];
    sw_request request;
    size_t len = SW_REQUEST_MAX + strlen(behind[_i]);

    memset(text, 'e', sizeof(text));
    memcpy(text, "auth rsa ", 9);
    memcpy(text + SW_REQUEST_MAX, behind[_i], strlen(behind[_i]));
    ck_assert_int_eq(request_parse((uint8_t *)text, len, &request, NULL), SW_OK);
    ck_assert_uint_eq(request.user_len, SW_REQUEST_MAX - 9);
    text[SW_REQUEST_MAX] = 'e';
    ck_assert_int_eq(request_parse((uint8_t *)text, SW_REQUEST_MAX + 1, &request, NULL), SW_E_REQUEST_SIZE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump request text");
    TCase *tcase = suite_case(suite, "text");

    tcase_add_loop_test(tcase, sizes, 0, COUNT(ends));
    tcase_add_test(tcase, no_text);
    tcase_add_loop_test(tcase, marks, 0, COUNT(texts));
    tcase_add_loop_test(tcase, longest, 0, 3);
    return run_suite(suite);
}
