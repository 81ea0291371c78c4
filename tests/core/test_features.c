/* SPDX-License-Identifier: ISC */
/* Lists of features and auth requests: both directions, limits and every error. */
#include <sidewire/handshake.h>

#include <stdlib.h>
#include <string.h>

#include "suite.h"

#define TEXT(literal) literal, sizeof(literal) - 1

enum { S = SW_FEATURE_SIDEBAND, A = SW_FEATURE_AES_CTR128, H = SW_FEATURE_SHA256 };

/* ---- lists of features ---- */

static const struct list_case {
    const char *text;
    size_t len;
    int result;
    unsigned features;
    uint64_t value, limit; /* of the error */
} list_cases[] = {
    { TEXT(""), SW_OK, 0, 0, 0 },
    { TEXT("sideband"), SW_OK, S, 0, 0 },
    { TEXT("sideband,aes_ctr128"), SW_OK, S | A, 0, 0 },
    { TEXT("sideband,sha256"), SW_OK, S | H, 0, 0 },
    { TEXT("sideband,aes_ctr128,sha256"), SW_OK, S | A | H, 0, 0 },
    { TEXT("sha256,aes_ctr128,sideband"), SW_OK, S | A | H, 0, 0 },
    { TEXT("sideband,sideband,sideband"), SW_OK, S, 0, 0 },
    { TEXT("aes_ctr128"), SW_E_FEATURE_SET, 0, A, 0 },
    { TEXT("sha256"), SW_E_FEATURE_SET, 0, H, 0 },
    { TEXT("sha256,aes_ctr128"), SW_E_FEATURE_SET, 0, A | H, 0 },
    { TEXT("telepathy"), SW_E_FEATURE, 0, 0, 9 },
    { TEXT("sideband,telepathy"), SW_E_FEATURE, 0, 9, 9 },
    { TEXT("telepathy,sideband"), SW_E_FEATURE, 0, 0, 9 },
    { TEXT(","), SW_E_FEATURE, 0, 0, 0 },
    { TEXT("sideband,"), SW_E_FEATURE, 0, 9, 0 },
    { TEXT(",sideband"), SW_E_FEATURE, 0, 0, 0 },
    { TEXT("sideband,,sha256"), SW_E_FEATURE, 0, 9, 0 },
    { TEXT("sideband, sha256"), SW_E_FEATURE, 0, 9, 7 },
    { TEXT(" sideband"), SW_E_FEATURE, 0, 0, 9 },
    { TEXT("sideband "), SW_E_FEATURE, 0, 0, 9 },
    { TEXT("sideband\n"), SW_E_FEATURE, 0, 0, 9 },
    { TEXT("sideband\0"), SW_E_FEATURE, 0, 0, 9 },
    { TEXT("sideban"), SW_E_FEATURE, 0, 0, 7 },
    { TEXT("sideband2"), SW_E_FEATURE, 0, 0, 9 },
    { TEXT("Sideband"), SW_E_FEATURE, 0, 0, 8 },
};

START_TEST(test_parse_list)
{
    const struct list_case *c = &list_cases[_i];
    uint8_t *text = exact_copy(c->text, c->len);
    unsigned features = 99;
    sw_error error;

    ck_assert_msg(sw_features_parse((char *)text, c->len, &features, &error) == c->result, "'%s'", c->text);
    ck_assert_uint_eq(features, c->result == SW_OK ? c->features : 99);
    check_error(c->text, error, c->result, c->value, c->limit);
    ck_assert_int_eq(sw_features_parse((char *)text, c->len, &features, NULL), c->result);
    free(text);
}
END_TEST

/* By set, as bits. */
static const struct set_case {
    const char *text;
    sw_cipher_kind cipher;
    size_t response_size;
} set_cases[] = {
    { "", SW_CIPHER_RC4, 20 },
    { "sideband", SW_CIPHER_RC4, 20 },
    { "aes_ctr128", SW_CIPHER_AES_CTR128, 20 },
    { "sideband,aes_ctr128", SW_CIPHER_AES_CTR128, 20 },
    { "sha256", SW_CIPHER_RC4, 32 },
    { "sideband,sha256", SW_CIPHER_RC4, 32 },
    { "aes_ctr128,sha256", SW_CIPHER_AES_CTR128, 32 },
    { "sideband,aes_ctr128,sha256", SW_CIPHER_AES_CTR128, 32 },
};

START_TEST(test_sets)
{
    const struct set_case *c = &set_cases[_i];
    size_t len = strlen(c->text);

    ck_assert_uint_le(len, SW_FEATURES_TEXT_MAX);
    for (size_t cap = 0; cap <= len + 1; cap++) {
        char *out = malloc(cap + 1);
        memset(out, '#', cap + 1);
        ck_assert_uint_eq(sw_features_format((unsigned)_i, out, cap), cap < len ? 0 : len);
        if (cap >= len)
            ck_assert_mem_eq(out, c->text, len);
        ck_assert_int_eq(out[cap], '#');
        free(out);
    }
    ck_assert_int_eq(sw_features_cipher((unsigned)_i), c->cipher);
    ck_assert_uint_eq(sw_features_response_size((unsigned)_i), c->response_size);
}
END_TEST

START_TEST(test_list_null)
{
    unsigned features = 99;

    ck_assert_int_eq(sw_features_parse(NULL, 1, &features, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_features_parse("sideband", 8, NULL, NULL), SW_E_NULL);
    ck_assert_uint_eq(features, 99);
    ck_assert_int_eq(sw_features_parse(NULL, 0, &features, NULL), SW_OK);
    ck_assert_uint_eq(features, 0);
    ck_assert_uint_eq(sw_features_format(S, NULL, 100), 0);
    ck_assert_uint_eq(sw_features_format(S, NULL, 0), 0);
}
END_TEST

/* ---- requests ---- */

static const struct request_case {
    const char *text;
    size_t len;
    int result;
    const char *user;
    unsigned features;
    uint64_t value, limit; /* of the error: places are those in the list */
} request_cases[] = {
    { TEXT("auth rsa bob"), SW_OK, "bob", 0, 0, 0 },
    { TEXT("auth rsa b"), SW_OK, "b", 0, 0, 0 },
    { TEXT("auth rsa bob "), SW_OK, "bob", 0, 0, 0 },
    { TEXT("auth rsa bob sideband"), SW_OK, "bob", S, 0, 0 },
    { TEXT("auth rsa bob sideband,aes_ctr128"), SW_OK, "bob", S | A, 0, 0 },
    { TEXT("auth rsa bob sha256,aes_ctr128,sideband"), SW_OK, "bob", S | A | H, 0, 0 },
    { TEXT("auth rsa bob sideband,sideband"), SW_OK, "bob", S, 0, 0 },
    { TEXT("auth rsa sideband"), SW_OK, "sideband", 0, 0, 0 },
    { TEXT("auth rsa a,b sideband"), SW_OK, "a,b", S, 0, 0 },
    { TEXT("auth rsa \xc3\xa4\xff sideband"), SW_OK, "\xc3\xa4\xff", S, 0, 0 },
    { TEXT(""), SW_E_REQUEST_PREFIX, NULL, 0, 0, 0 },
    { TEXT("auth rsa"), SW_E_REQUEST_PREFIX, NULL, 0, 0, 0 },
    { TEXT("auth rsA bob"), SW_E_REQUEST_PREFIX, NULL, 0, 0, 0 },
    { TEXT("Auth rsa bob"), SW_E_REQUEST_PREFIX, NULL, 0, 0, 0 },
    { TEXT(" auth rsa bob"), SW_E_REQUEST_PREFIX, NULL, 0, 0, 0 },
    { TEXT("auth  rsa bob"), SW_E_REQUEST_PREFIX, NULL, 0, 0, 0 },
    { TEXT("auth rsa\tbob"), SW_E_REQUEST_PREFIX, NULL, 0, 0, 0 },
    { TEXT("auth dsa bob"), SW_E_REQUEST_PREFIX, NULL, 0, 0, 0 },
    { TEXT("GET / HTTP/1.1\r\n"), SW_E_REQUEST_PREFIX, NULL, 0, 0, 0 },
    { TEXT("auth rsa "), SW_E_REQUEST_NAME, NULL, 0, 0, 0 },
    { TEXT("auth rsa  "), SW_E_REQUEST_NAME, NULL, 0, 0, 0 },
    { TEXT("auth rsa  bob"), SW_E_REQUEST_NAME, NULL, 0, 0, 0 },
    { TEXT("auth rsa  sideband"), SW_E_REQUEST_NAME, NULL, 0, 0, 0 },
    { TEXT("auth rsa bob\n"), SW_E_REQUEST_NAME, NULL, 0, 0, 0 },
    { TEXT("auth rsa bob\r"), SW_E_REQUEST_NAME, NULL, 0, 0, 0 },
    { TEXT("auth rsa bob\0"), SW_E_REQUEST_NAME, NULL, 0, 0, 0 },
    { TEXT("auth rsa b\0b sideband"), SW_E_REQUEST_NAME, NULL, 0, 0, 0 },
    { TEXT("auth rsa \n sideband"), SW_E_REQUEST_NAME, NULL, 0, 0, 0 },
    { TEXT("auth rsa bob telepathy"), SW_E_FEATURE, NULL, 0, 0, 9 },
    { TEXT("auth rsa bob sideband,telepathy"), SW_E_FEATURE, NULL, 0, 9, 9 },
    { TEXT("auth rsa bob  sideband"), SW_E_FEATURE, NULL, 0, 0, 9 },
    { TEXT("auth rsa bob sideband "), SW_E_FEATURE, NULL, 0, 0, 9 },
    { TEXT("auth rsa bob sideband sha256"), SW_E_FEATURE, NULL, 0, 0, 15 },
    { TEXT("auth rsa bob sideband,"), SW_E_FEATURE, NULL, 0, 9, 0 },
    { TEXT("auth rsa bob sideband\n"), SW_E_FEATURE, NULL, 0, 0, 9 },
    { TEXT("auth rsa bob ,"), SW_E_FEATURE, NULL, 0, 0, 0 },
    { TEXT("auth rsa bob aes_ctr128"), SW_E_FEATURE_SET, NULL, 0, A, 0 },
    { TEXT("auth rsa bob sha256"), SW_E_FEATURE_SET, NULL, 0, H, 0 },
};

START_TEST(test_parse_request)
{
    const struct request_case *c = &request_cases[_i];
    uint8_t *text = exact_copy(c->text, c->len);
    sw_request request;
    sw_error error = { 1, 2, 3 };
    int result = sw_request_parse(text, c->len, &request, &error);

    ck_assert_msg(result == c->result, "'%s': %d", c->text, result);
    check_error(c->text, error, c->result, c->value, c->limit);
    if (c->result == SW_OK) {
        ck_assert_uint_eq(request.user_len, strlen(c->user));
        ck_assert_ptr_eq(request.user, (const char *)text + 9);
        ck_assert_mem_eq(request.user, c->user, request.user_len);
        ck_assert_uint_eq(request.features, c->features);
    }
    ck_assert_int_eq(sw_request_parse(text, c->len, &request, NULL), c->result);
    free(text);
}
END_TEST

/* At every capacity, and back. */
START_TEST(test_round_trip)
{
    static const unsigned sets[] = { 0, S, S | A, S | H, S | A | H };
    static const char *const texts[] = {
        "auth rsa bob",
        "auth rsa bob sideband",
        "auth rsa bob sideband,aes_ctr128",
        "auth rsa bob sideband,sha256",
        "auth rsa bob sideband,aes_ctr128,sha256",
    };
    size_t need = strlen(texts[_i]);

    for (size_t cap = 0; cap <= need + 1; cap++) {
        uint8_t *out = malloc(cap + 1);
        uint8_t *untouched = malloc(cap + 1);
        size_t len = 99;
        sw_request request;
        sw_error error = { 1, 2, 3 };
        memset(out, '#', cap + 1);
        memset(untouched, '#', cap + 1);
        ck_assert_int_eq(sw_request_format("bob", sets[_i], out, cap, &len, &error),
                         cap < need ? SW_E_SPACE : SW_OK);
        if (cap < need)
            check_error("space", error, SW_E_SPACE, cap, need);
        else
            check_error("written", error, SW_OK, 0, 0);
        ck_assert_uint_eq(len, cap < need ? 0 : need);
        ck_assert_mem_eq(out, texts[_i], len);
        ck_assert_mem_eq(out + len, untouched + len, cap + 1 - len);
        if (len > 0) {
            ck_assert_int_eq(sw_request_parse(out, len, &request, NULL), SW_OK);
            ck_assert_uint_eq(request.features, sets[_i]);
            ck_assert_uint_eq(request.user_len, 3);
        }
        free(untouched);
        free(out);
    }
}
END_TEST

static const struct format_case {
    const char *user;
    unsigned features;
    int result;
} format_cases[] = {
    { "", 0, SW_E_USER_NAME },        { " ", 0, SW_E_USER_NAME },       { "a b", S, SW_E_USER_NAME },
    { "a ", 0, SW_E_USER_NAME },      { "a\n", 0, SW_E_USER_NAME },     { "\na", 0, SW_E_USER_NAME },
    { "a\r", 0, SW_E_USER_NAME },     { "a\rb", 0, SW_E_USER_NAME },    { "a", A, SW_E_FEATURE_SET },
    { "a", H, SW_E_FEATURE_SET },     { "a", A | H, SW_E_FEATURE_SET }, { "a", 8, SW_E_FEATURE_SET },
    { "a", S | 8, SW_E_FEATURE_SET }, { "a", ~0u, SW_E_FEATURE_SET },
};

START_TEST(test_format_refused)
{
    const struct format_case *c = &format_cases[_i];
    uint8_t out[100] = { 0 };
    size_t len = 99;

    ck_assert_int_eq(sw_request_format(c->user, c->features, out, sizeof(out), &len, NULL), c->result);
    ck_assert_uint_eq(len, 0);
    ck_assert_uint_eq(out[0], 0);
}
END_TEST

/* The longest name that fits with these features, and all that are longer by little. */
START_TEST(test_request_limit)
{
    unsigned features = _i ? S | A | H : 0;
    size_t name_len = _i ? 4096 - 9 - 27 : 4096 - 9;
    char *user = malloc(SW_REQUEST_MAX + 2);
    uint8_t *out = malloc(SW_REQUEST_MAX + 1);
    size_t len = 99;
    sw_request request;
    sw_error error;

    memset(user, 'u', SW_REQUEST_MAX + 1);
    for (size_t n = SW_REQUEST_MAX + 1; n > name_len; n--) {
        user[n] = '\0';
        ck_assert_int_eq(sw_request_format(user, features, out, SW_REQUEST_MAX + 1, &len, &error), SW_E_USER_NAME);
        check_error("name", error, SW_E_USER_NAME, SW_REQUEST_MAX + n - name_len, SW_REQUEST_MAX);
        ck_assert_uint_eq(len, 0);
    }
    user[name_len] = '\0';
    ck_assert_int_eq(sw_request_format(user, features, out, SW_REQUEST_MAX, &len, NULL), SW_OK);
    ck_assert_uint_eq(len, SW_REQUEST_MAX);
    ck_assert_int_eq(sw_request_parse(out, len, &request, &error), SW_OK);
    ck_assert_uint_eq(request.user_len, name_len);
    ck_assert_uint_eq(request.features, features);
    out[SW_REQUEST_MAX] = 'x';
    ck_assert_int_eq(sw_request_parse(out, len + 1, &request, &error), SW_E_REQUEST_SIZE);
    check_error("size", error, SW_E_REQUEST_SIZE, SW_REQUEST_MAX + 1, SW_REQUEST_MAX);
    free(out);
    free(user);
}
END_TEST

START_TEST(test_request_null)
{
    uint8_t out[20] = { 0 };
    size_t len = 99;
    sw_request request;
    sw_error error = { 1, 2, 3 };

    ck_assert_int_eq(sw_request_parse(NULL, 1, &request, &error), SW_E_NULL);
    check_error("no text", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_request_parse(out, 1, NULL, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_request_parse(NULL, 0, &request, &error), SW_E_REQUEST_PREFIX);
    check_error("nothing", error, SW_E_REQUEST_PREFIX, 0, 0);

    ck_assert_int_eq(sw_request_format(NULL, S, out, sizeof(out), &len, NULL), SW_E_NULL);
    ck_assert_uint_eq(len, 0);
    ck_assert_int_eq(sw_request_format("bob", S, out, sizeof(out), NULL, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_request_format("bob", S, NULL, 1, &len, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_request_format("bob", S, NULL, 0, &len, NULL), SW_E_SPACE);
    ck_assert_uint_eq(len, 0);
    ck_assert_uint_eq(out[0], 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("features");
    TCase *lists = suite_case(suite, "lists");
    TCase *requests = suite_case(suite, "requests");

    tcase_add_loop_test(lists, test_parse_list, 0, COUNT(list_cases));
    tcase_add_loop_test(lists, test_sets, 0, COUNT(set_cases));
    tcase_add_test(lists, test_list_null);
    tcase_add_loop_test(requests, test_parse_request, 0, COUNT(request_cases));
    tcase_add_loop_test(requests, test_round_trip, 0, 5);
    tcase_add_loop_test(requests, test_format_refused, 0, COUNT(format_cases));
    tcase_add_loop_test(requests, test_request_limit, 0, 2);
    tcase_add_test(requests, test_request_null);
    return run_suite(suite);
}
