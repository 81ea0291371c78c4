/* SPDX-License-Identifier: ISC */
/* The numbers in a key. */
#include <string.h>

#include "key_builder.h"
#include "key_parse.h"
#include "suite.h"

static void check_same(const uint8_t *number, size_t size, const blob *expected)
{
    size_t sign = expected->data[0] == 0;

    ck_assert_uint_eq(size, expected->len - sign);
    ck_assert_mem_eq(number, expected->data + sign, size);
}

static void check_views(const sw_private_key *key)
{
    sw_rsa_private view = sw_private_key_view(key);

    ck_assert_ptr_eq(view.n, key->n);
    ck_assert_ptr_eq(view.e, key->e);
    ck_assert_ptr_eq(view.d, key->d);
    ck_assert_ptr_eq(view.p, key->p);
    ck_assert_ptr_eq(view.q, key->q);
    ck_assert_uint_eq(view.n_size, key->n_size);
    ck_assert_uint_eq(view.e_size, key->e_size);
    ck_assert_uint_eq(view.d_size, key->d_size);
    ck_assert_uint_eq(view.p_size, key->p_size);
    ck_assert_uint_eq(view.q_size, key->q_size);
}

static const unsigned good_bits[] = { 2048, 2064, 3072, 4096, 8176, 8192 };

START_TEST(numbers_arrive)
{
    key_form form = (key_form)(_i % FORM_COUNT);
    unsigned bits = good_bits[_i / FORM_COUNT];
    key_model model = model_make(bits);
    sw_private_key key;
    sw_error error;

    ck_assert_int_eq(parse_model(form, &model, &key, &error), SW_OK);
    ck_assert_uint_eq(key.bits, bits);
    check_same(key.n, key.n_size, &model.number[NUMBER_N]);
    check_same(key.e, key.e_size, &model.number[NUMBER_E]);
    if (form_is_private(form)) {
        check_same(key.d, key.d_size, &model.number[NUMBER_D]);
        check_same(key.p, key.p_size, &model.number[NUMBER_P]);
        check_same(key.q, key.q_size, &model.number[NUMBER_Q]);
        check_views(&key);
        sw_private_key_wipe(&key);
        for (size_t i = 0; i < sizeof(key); i++)
            ck_assert_uint_eq(((const uint8_t *)&key)[i], 0);
    }
    model_free(&model);
}
END_TEST

START_TEST(public_view)
{
    key_model model = model_make(2048);
    blob text = build_text(FORM_SPKI, &model);
    sw_public_key key;
    sw_rsa_public view;

    ck_assert_int_eq(sw_public_key_parse(&key, (const char *)text.data, text.len, NULL), SW_OK);
    view = sw_public_key_view(&key);
    ck_assert_ptr_eq(view.n, key.n);
    ck_assert_ptr_eq(view.e, key.e);
    ck_assert_uint_eq(view.n_size, 256);
    ck_assert_uint_eq(view.e_size, 3);
    blob_free(&text);
    model_free(&model);
}
END_TEST

/* A modulus of these many bytes with this first byte. */
static const struct {
    size_t size;
    unsigned first;
    int code;
    uint64_t bits;
} moduli[] = {
    { 256, 0x7f, SW_E_KEY_SMALL, 2047 },   { 256, 0x01, SW_E_KEY_SMALL, 2041 },
    { 128, 0x40, SW_E_KEY_SMALL, 1023 },   { 2, 0x01, SW_E_KEY_SMALL, 9 },
    { 1025, 0x01, SW_E_KEY_LARGE, 8193 },  { 1025, 0x7f, SW_E_KEY_LARGE, 8199 },
    { 2048, 0x7f, SW_E_KEY_LARGE, 16383 }, { 8192, 0x40, SW_E_KEY_LARGE, 65535 },
    { 8193, 0x01, SW_E_KEY_LARGE, 65537 },
};

START_TEST(size_of_the_modulus)
{
    key_form form = (key_form)(_i % FORM_COUNT);
    size_t row = (size_t)_i / FORM_COUNT;
    int code = moduli[row].code;
    key_model model = model_make(2048);
    sw_private_key key;
    sw_error error;

    /* even and of another product, too: neither matters as much as the size */
    model_set_size(&model, NUMBER_N, moduli[row].size, moduli[row].first, 0x06);
    ck_assert_int_eq(parse_model(form, &model, &key, &error), code);
    check_error("size", error, code, moduli[row].bits, code == SW_E_KEY_SMALL ? SW_RSA_MIN_BITS : SW_RSA_MAX_BITS);
    model_free(&model);
}
END_TEST

/* A number that is too large has to be there at all. */
START_TEST(large_and_truncated)
{
    key_form form = (key_form)_i;
    key_model model = model_make(2048);
    blob text;
    sw_private_key key;
    sw_error error;

    model_set_size(&model, NUMBER_N, 1025, 1, 1);
    text = build_text(form, &model);
    ck_assert_int_eq(parse_key(form_is_private(form), text.data, 1000, &key, &error), SW_E_KEY_TRUNCATED);
    blob_free(&text);
    model_free(&model);
}
END_TEST

/* Numbers of a 2048-bit key, by size, first and last byte; a single byte is the last one. */
static const struct {
    int which;
    size_t size;
    unsigned first, last;
    int code;
} numbers[] = {
    { NUMBER_N, 0, 0, 0, SW_E_KEY_DAMAGED },      /* empty */
    { NUMBER_N, 1, 0, 0x00, SW_E_KEY_DAMAGED },   /* zero */
    { NUMBER_N, 1, 0, 0x81, SW_E_KEY_DAMAGED },   /* negative */
    { NUMBER_N, 256, 0x80, 1, SW_E_KEY_DAMAGED }, /* negative */
    { NUMBER_N, 257, 0xff, 1, SW_E_KEY_DAMAGED }, /* negative */
    { NUMBER_N, 257, 0x00, 1, SW_E_KEY_SMALL },   /* a zero too many counts for nothing */
    { NUMBER_N, 257, 0x01, 2, SW_E_KEY_DAMAGED }, /* even */
    { NUMBER_E, 0, 0, 0, SW_E_KEY_DAMAGED },
    { NUMBER_E, 1, 0, 0x00, SW_E_KEY_DAMAGED },
    { NUMBER_E, 1, 0, 0x01, SW_E_KEY_DAMAGED },        /* one */
    { NUMBER_E, 1, 0, 0x02, SW_E_KEY_DAMAGED },        /* even */
    { NUMBER_E, 3, 0x01, 0x00, SW_E_KEY_DAMAGED },     /* even */
    { NUMBER_E, 1, 0, 0x83, SW_E_KEY_DAMAGED },        /* negative */
    { NUMBER_E, 2, 0x00, 0x03, SW_OK },                /* a zero too many */
    { NUMBER_E, 9, 0x01, 0x01, SW_E_KEY_UNSUPPORTED }, /* too long for us */
    { NUMBER_E, 300, 0x01, 0x01, SW_E_KEY_UNSUPPORTED },
    { NUMBER_E, 1, 0, 0x03, SW_OK },
    { NUMBER_E, 2, 0x01, 0x01, SW_OK },
    { NUMBER_E, 8, 0x7f, 0x01, SW_OK },
    { NUMBER_D, 0, 0, 0, SW_E_KEY_DAMAGED },
    { NUMBER_D, 1, 0, 0x00, SW_E_KEY_DAMAGED },
    { NUMBER_D, 256, 0x80, 1, SW_E_KEY_DAMAGED },
    { NUMBER_D, 256, 0x00, 1, SW_OK },            /* a zero too many */
    { NUMBER_D, 256, 0x5a, 2, SW_E_KEY_DAMAGED }, /* even */
    { NUMBER_D, 257, 0x01, 1, SW_E_KEY_DAMAGED }, /* above the modulus */
    { NUMBER_D, 1024, 0x01, 1, SW_E_KEY_DAMAGED },
    { NUMBER_D, 1025, 0x01, 1, SW_E_KEY_DAMAGED },
    { NUMBER_D, 5000, 0x01, 1, SW_E_KEY_DAMAGED },
    { NUMBER_D, 255, 0x01, 1, SW_OK },
    { NUMBER_P, 0, 0, 0, SW_E_KEY_DAMAGED },
    { NUMBER_P, 1, 0, 0x00, SW_E_KEY_DAMAGED },
    { NUMBER_P, 128, 0x80, 1, SW_E_KEY_DAMAGED },
    { NUMBER_P, 129, 0x00, 1, SW_E_KEY_DAMAGED },
    { NUMBER_P, 128, 0x71, 1, SW_E_KEY_DAMAGED }, /* another product */
    { NUMBER_P, 1, 0, 0x01, SW_E_KEY_DAMAGED },
    { NUMBER_P, 512, 0x01, 1, SW_E_KEY_DAMAGED },
    { NUMBER_P, 513, 0x01, 1, SW_E_KEY_DAMAGED }, /* too long */
    { NUMBER_Q, 0, 0, 0, SW_E_KEY_DAMAGED },
    { NUMBER_Q, 1, 0, 0x00, SW_E_KEY_DAMAGED },
    { NUMBER_Q, 128, 0x80, 1, SW_E_KEY_DAMAGED },
    { NUMBER_Q, 129, 0x00, 1, SW_E_KEY_DAMAGED },
    { NUMBER_Q, 128, 0x71, 1, SW_E_KEY_DAMAGED },
    { NUMBER_Q, 1, 0, 0x01, SW_E_KEY_DAMAGED },
    { NUMBER_Q, 513, 0x01, 1, SW_E_KEY_DAMAGED },
};

START_TEST(changed_number)
{
    key_form form = (key_form)(_i % FORM_COUNT);
    size_t row = (size_t)_i / FORM_COUNT;
    key_model model = model_make(2048);
    sw_private_key key;
    sw_error error;

    model_set_size(&model, numbers[row].which, numbers[row].size, numbers[row].first, numbers[row].last);
    if (numbers[row].which <= NUMBER_E || form_is_private(form))
        ck_assert_int_eq(parse_model(form, &model, &key, &error), numbers[row].code);
    if (numbers[row].code == SW_E_KEY_UNSUPPORTED)
        check_error("number", error, SW_E_KEY_UNSUPPORTED, 0, 0);
    model_free(&model);
}
END_TEST

/* Exponents with the top bit set, hence with a zero byte in front. */
static const struct {
    const char *bytes;
    size_t size;
} high_exponents[] = {
    { "\x00\xff\xff\xff\xff\xff\xff\xff\xff", 9 },
    { "\x00\x80\x01", 3 },
    { "\x00\x81", 2 },
};

START_TEST(exponent_with_top_bit)
{
    key_form form = (key_form)(_i % FORM_COUNT);
    size_t row = (size_t)_i / FORM_COUNT;
    key_model model = model_make(2048);
    sw_private_key key;
    sw_error error;

    model_set(&model, NUMBER_E, high_exponents[row].bytes, high_exponents[row].size);
    ck_assert_int_eq(parse_model(form, &model, &key, &error), SW_OK);
    check_same(key.e, key.e_size, &model.number[NUMBER_E]);
    model_free(&model);
}
END_TEST

/* d as large as the modulus, at each of its ends a bit more or less, and the same for the byte below. */
static const struct {
    size_t from_end;
    int change, below, code;
} d_near_n[] = {
    { 2, 0, 0, SW_E_KEY_DAMAGED },
    { 3, 1, 0, SW_E_KEY_DAMAGED },
    { 3, -1, 0, SW_OK },
    { 256, 1, 0, SW_E_KEY_DAMAGED },
    { 256, 1, -1, SW_E_KEY_DAMAGED },
    { 256, -1, 0, SW_OK },
    { 256, -1, 1, SW_OK },
    { 256, 0, -1, SW_OK },
};

START_TEST(d_compared_with_modulus)
{
    key_model model = model_make(2048);
    blob *d = &model.number[NUMBER_D];
    uint8_t *byte;
    sw_private_key key;
    sw_error error;

    model_set(&model, NUMBER_D, model.number[NUMBER_N].data, model.number[NUMBER_N].len);
    byte = d->data + d->len - d_near_n[_i].from_end;
    ck_assert(byte[0] > 0 && byte[0] < 0xff && byte[1] > 0 && byte[1] < 0xff); /* so that nothing carries */
    byte[0] = (uint8_t)(byte[0] + d_near_n[_i].change);
    byte[1] = (uint8_t)(byte[1] + d_near_n[_i].below);
    ck_assert_int_eq(parse_model(FORM_PKCS1, &model, &key, &error), d_near_n[_i].code);
    model_free(&model);
}
END_TEST

/* p and q of these sizes and with this first byte (a single byte is 1), and their product; it has
 * one byte less than both together if they begin with a 1. */
static const struct {
    size_t p_size, q_size;
    unsigned first;
    int code;
} factors[] = {
    { 128, 129, 0x7e, SW_OK },
    { 200, 57, 0x7e, SW_OK },
    { 57, 200, 0x7e, SW_OK },
    { 512, 2, 0x7e, SW_OK },
    { 512, 512, 0x7e, SW_OK },
    { 129, 129, 0x01, SW_OK },
    { 512, 2, 0x01, SW_OK },
    { 1, 300, 0x7e, SW_E_KEY_DAMAGED },
    { 300, 1, 0x7e, SW_E_KEY_DAMAGED },
    { 513, 100, 0x7e, SW_E_KEY_DAMAGED },
    { 100, 513, 0x7e, SW_E_KEY_DAMAGED },
};

START_TEST(product_of_factors)
{
    key_form form = (key_form)(_i % (FORM_OPENSSH + 1));
    size_t row = (size_t)_i / (FORM_OPENSSH + 1);
    key_model model = model_make(2048);
    sw_private_key key;
    sw_error error;

    model_set_size(&model, NUMBER_P, factors[row].p_size, factors[row].first, 0x01);
    model_set_size(&model, NUMBER_Q, factors[row].q_size, factors[row].first, 0x01);
    model_multiply(&model);
    ck_assert_int_eq(parse_model(form, &model, &key, &error), factors[row].code);
    model_free(&model);
}
END_TEST

/* A wrong bit anywhere in the modulus shows. */
START_TEST(product_is_checked_whole)
{
    key_model model = model_make(2048);
    blob *n = &model.number[NUMBER_N];
    sw_private_key key;
    sw_error error;

    for (size_t i = 1; i < n->len; i++) {
        n->data[i] ^= 0x10;
        ck_assert_int_eq(parse_model(FORM_PKCS1, &model, &key, &error), SW_E_KEY_DAMAGED);
        n->data[i] ^= 0x10;
    }
    ck_assert_int_eq(parse_model(FORM_PKCS1, &model, &key, &error), SW_OK);
    model_free(&model);
}
END_TEST

#define LOOP(tests, test, count) tcase_add_loop_test(tests, test, 0, (int)(count))
#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

int main(void)
{
    Suite *suite = suite_create("key numbers");
    TCase *tests = suite_case(suite, "numbers");

    LOOP(tests, numbers_arrive, ROWS(good_bits) * FORM_COUNT);
    tcase_add_test(tests, public_view);
    LOOP(tests, size_of_the_modulus, ROWS(moduli) * FORM_COUNT);
    LOOP(tests, large_and_truncated, FORM_COUNT);
    LOOP(tests, changed_number, ROWS(numbers) * FORM_COUNT);
    LOOP(tests, exponent_with_top_bit, ROWS(high_exponents) * FORM_COUNT);
    LOOP(tests, d_compared_with_modulus, ROWS(d_near_n));
    LOOP(tests, product_of_factors, ROWS(factors) * (FORM_OPENSSH + 1));
    tcase_add_test(tests, product_is_checked_whole);
    return run_suite(suite);
}
