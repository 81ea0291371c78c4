/* SPDX-License-Identifier: ISC */
/* Records: limits, rekeying, and whatever can happen to a record on its way. Errors: test_record_errors.c; observers:
 * test_record_seek.c. */
#include <stdlib.h>
#include <string.h>

#include "fake_crypto.h"
#include "noise_vectors.h"
#include "suite.h"
#include "tested_backend.h"

static sw_crypto *crypto;
static rekey_vector rekeys[REKEY_VECTORS];
static const uint8_t key[SW_AEAD_KEY_SIZE] = { 1, 2, 3 };

static void setup(void)
{
    crypto = tested_backend();
    rekey_vectors_load(rekeys);
}

static void teardown(void)
{
    rekey_vectors_free(rekeys);
    sw_backend_free(crypto);
}

static sw_suite suite_of(int i)
{
    return i ? SW_SUITE_CHACHAPOLY : SW_SUITE_AESGCM;
}

typedef struct pipe {
    sw_record sender, receiver;
} pipe;

static void pipe_start(pipe *p, const sw_crypto *c, sw_suite suite, uint16_t limit)
{
    ck_assert_int_eq(sw_record_init(&p->sender, c, suite, key, limit), SW_OK);
    ck_assert_int_eq(sw_record_init(&p->receiver, c, suite, key, limit), SW_OK);
}

static void pipe_end(pipe *p)
{
    sw_record_wipe(&p->sender);
    sw_record_wipe(&p->receiver);
}

/* A record of `size` bytes that are all `fill`. */
static bytes seal(sw_record *record, size_t size, int fill)
{
    bytes b = { malloc(size + SW_RECORD_OVERHEAD), size + SW_RECORD_OVERHEAD };

    memset(b.data + SW_RECORD_HEADER_SIZE, fill, size);
    ck_assert_int_eq(sw_record_seal(record, b.data, size), SW_OK);
    return b;
}

static int open_bytes(sw_record *record, bytes *b, size_t *size)
{
    uint8_t *text = NULL;
    size_t used = 0;
    int result = sw_record_open(record, b->data, b->len, &used, &text, size);

    if (result == 1) {
        ck_assert_ptr_eq(text, b->data + SW_RECORD_HEADER_SIZE);
        ck_assert_uint_eq(used, *size + SW_RECORD_OVERHEAD);
    } else {
        ck_assert_ptr_null(text);
        ck_assert_uint_eq(used, 0);
    }
    return result;
}

static void check_opens(sw_record *record, bytes *b, size_t expected, int fill)
{
    size_t size;

    ck_assert_int_eq(open_bytes(record, b, &size), 1);
    ck_assert_uint_eq(size, expected);
    for (size_t i = 0; i < size; i++)
        ck_assert_int_eq(b->data[SW_RECORD_HEADER_SIZE + i], fill);
}

/* It fails like this, its keys are gone, and it says so for ever. */
static void check_fails(sw_record *record, bytes *b, int code)
{
    static const uint8_t zeros[SW_AEAD_KEY_SIZE];
    size_t size;

    ck_assert_int_eq(open_bytes(record, b, &size), code);
    ck_assert_int_eq(open_bytes(record, b, &size), code);
    ck_assert_int_eq(sw_record_error(record).code, code);
    if (code != SW_E_RECORD_SIZE)
        check_error("no values", sw_record_error(record), code, 0, 0);
    ck_assert_mem_eq(record->key, zeros, sizeof(zeros));
}

/* ---- limits ---- */

static const struct limit_case {
    uint16_t limit;
    size_t size;
    int code;
} limit_cases[] = {
    { 256, 0, SW_E_RECORD_SIZE },     { 256, 1, SW_OK },       { 256, 240, SW_OK },
    { 256, 241, SW_E_RECORD_SIZE },   { 257, 241, SW_OK },     { 4096, 4080, SW_OK },
    { 4096, 4081, SW_E_RECORD_SIZE }, { 65535, 65519, SW_OK }, { 65535, 65520, SW_E_RECORD_SIZE },
};

START_TEST(test_sizes_sent)
{
    const struct limit_case *c = &limit_cases[_i];
    uint8_t *record = calloc(1, c->size + SW_RECORD_OVERHEAD);
    size_t size;
    pipe p;

    pipe_start(&p, crypto, SW_SUITE_AESGCM, c->limit);
    ck_assert_int_eq(sw_record_seal(&p.sender, record, c->size), c->code);
    if (c->code == SW_OK) {
        bytes b = { record, c->size + SW_RECORD_OVERHEAD };
        ck_assert_int_eq(open_bytes(&p.receiver, &b, &size), 1);
        ck_assert_uint_eq(size, c->size);
    }
    pipe_end(&p);
    free(record);
}
END_TEST

/* The length alone decides, before anything behind it has come. */
static const struct header_case {
    uint16_t limit, n;
    int code;
} header_cases[] = {
    { 256, 0, SW_E_RECORD_SIZE },
    { 256, 16, SW_E_RECORD_SIZE },
    { 256, 17, 0 },
    { 256, 256, 0 },
    { 256, 257, SW_E_RECORD_SIZE },
    { 256, 65535, SW_E_RECORD_SIZE },
    { 65535, 65535, 0 },
    { 65534, 65535, SW_E_RECORD_SIZE },
    { 300, 301, SW_E_RECORD_SIZE },
};

START_TEST(test_sizes_received)
{
    const struct header_case *c = &header_cases[_i];
    uint8_t header[] = { (uint8_t)(c->n >> 8), (uint8_t)c->n };
    bytes part = bytes_copy(header, 1), whole = bytes_copy(header, 2);
    size_t size;
    pipe p;

    pipe_start(&p, crypto, SW_SUITE_CHACHAPOLY, c->limit);
    ck_assert_int_eq(open_bytes(&p.receiver, &part, &size), 0);
    ck_assert_int_eq(open_bytes(&p.receiver, &whole, &size), c->code);
    if (c->code < 0)
        check_error("header", sw_record_error(&p.receiver), c->code, c->n, c->n < 17 ? 17 : c->limit);
    pipe_end(&p);
    bytes_free(&part);
    bytes_free(&whole);
}
END_TEST

START_TEST(test_limits_refused)
{
    sw_record record;

    ck_assert_int_eq(sw_record_init(&record, crypto, SW_SUITE_AESGCM, key, 255), SW_E_CONFIG);
    ck_assert_int_eq(sw_record_init(&record, crypto, SW_SUITE_AESGCM, key, 0), SW_E_CONFIG);
    sw_record_wipe(&record);
}
END_TEST

/* Until the last byte is there nothing happens to those that are. */
START_TEST(test_parts)
{
    pipe p;
    bytes b, copy;
    size_t size;

    pipe_start(&p, crypto, suite_of(_i), 4096);
    b = seal(&p.sender, 100, 'x');
    copy = bytes_copy(b.data, b.len);
    for (size_t len = 0; len < b.len; len++) {
        bytes part = { b.data, len };
        ck_assert_int_eq(open_bytes(&p.receiver, &part, &size), 0);
        ck_assert_mem_eq(b.data, copy.data, b.len);
    }
    check_opens(&p.receiver, &b, 100, 'x');
    bytes_free(&b);
    bytes_free(&copy);
    pipe_end(&p);
}
END_TEST

/* ---- on its way ---- */

/* Each bit of a record changed. A length that became larger is not whole any more: nothing is given
 * out. Behind a changed one nothing opens. */
START_TEST(test_changed)
{
    enum { SIZE = 40 };

    for (size_t i = 0; i < SIZE + SW_RECORD_OVERHEAD; i++)
        for (unsigned bit = 1; bit < 0x100; bit <<= 1) {
            pipe p;
            bytes b;
            size_t size;
            int result;
            pipe_start(&p, crypto, suite_of(_i), 4096);
            b = seal(&p.sender, SIZE, 'y');
            b.data[i] ^= (uint8_t)bit;
            result = open_bytes(&p.receiver, &b, &size);
            if (result > 0 || (result == 0 && i >= SW_RECORD_HEADER_SIZE))
                ck_abort_msg("byte %zu, bit %u: %d", i, bit, result);
            if (i >= SW_RECORD_HEADER_SIZE)
                for (size_t k = 0; k < b.len; k++)
                    ck_assert_uint_eq(b.data[k], 0);
            bytes_free(&b);
            pipe_end(&p);
        }
}
END_TEST

enum { RECORDS = 4 };

/* What a receiver gets instead of records 0, 1, 2, 3, and how many of them it opens. */
static const struct order_case {
    const char *what;
    int order[RECORDS];
    int opens;
} order_cases[] = {
    { "as sent", { 0, 1, 2, 3 }, 4 },     { "first dropped", { 1, 2, 3, 3 }, 0 },
    { "doubled", { 0, 0, 1, 2 }, 1 },     { "swapped", { 0, 2, 1, 3 }, 1 },
    { "one dropped", { 0, 1, 3, 3 }, 2 }, { "back to the first", { 0, 1, 2, 0 }, 3 },
};

START_TEST(test_order)
{
    const struct order_case *c = &order_cases[_i];
    bytes sent[RECORDS];
    pipe p;

    pipe_start(&p, crypto, suite_of(_i & 1), 4096);
    for (int i = 0; i < RECORDS; i++)
        sent[i] = seal(&p.sender, 10, i);
    for (int i = 0; i < RECORDS; i++) {
        bytes copy = bytes_copy(sent[c->order[i]].data, sent[c->order[i]].len);
        if (i < c->opens)
            check_opens(&p.receiver, &copy, 10, i);
        else
            check_fails(&p.receiver, &copy, SW_E_RECORD);
        bytes_free(&copy);
    }
    for (int i = 0; i < RECORDS; i++)
        bytes_free(&sent[i]);
    pipe_end(&p);
}
END_TEST

/* A record of the other direction, or of another session, or suite. */
START_TEST(test_another_key)
{
    uint8_t other[SW_AEAD_KEY_SIZE] = { 1, 2, 4 };
    sw_record receiver;
    bytes b;
    pipe p;

    pipe_start(&p, crypto, suite_of(_i), 4096);
    b = seal(&p.sender, 10, 0);
    ck_assert_int_eq(sw_record_init(&receiver, crypto, suite_of(_i), other, 4096), SW_OK);
    check_fails(&receiver, &b, SW_E_RECORD);
    bytes_free(&b);
    pipe_end(&p);
    pipe_start(&p, crypto, suite_of(_i), 4096);
    b = seal(&p.sender, 10, 0);
    ck_assert_int_eq(sw_record_init(&receiver, crypto, suite_of(!_i), key, 4096), SW_OK);
    check_fails(&receiver, &b, SW_E_RECORD);
    bytes_free(&b);
    pipe_end(&p);
}
END_TEST

/* ---- rekeying ---- */

START_TEST(test_rekey_vectors)
{
    const rekey_vector *v = &rekeys[_i];
    sw_record sender, receiver;

    ck_assert_int_eq(sw_record_init(&sender, crypto, v->suite, v->key.data, 4096), SW_OK);
    ck_assert_int_eq(sw_record_init(&receiver, crypto, v->suite, v->key.data, 4096), SW_OK);
    sender.counter = receiver.counter = v->counter;
    for (size_t i = 0; i < v->record_count; i++) {
        bytes b = bytes_copy("\0", SW_RECORD_HEADER_SIZE);
        const bytes *text = &v->records[i].text;
        uint8_t *opened;
        size_t used, size;
        bytes_append(&b, text->data, text->len);
        bytes_append(&b, "0123456789abcdef", SW_RECORD_TAG_SIZE);
        ck_assert_int_eq(sw_record_seal(&sender, b.data, text->len), SW_OK);
        ck_assert_uint_eq(b.len, v->records[i].sealed.len);
        ck_assert_mem_eq(b.data, v->records[i].sealed.data, b.len);
        ck_assert_int_eq(sw_record_open(&receiver, b.data, b.len, &used, &opened, &size), 1);
        ck_assert_mem_eq(opened, text->data, size);
        ck_assert_mem_eq(sender.key, v->second_key.data, SW_AEAD_KEY_SIZE);
        bytes_free(&b);
    }
    sw_record_wipe(&sender);
    sw_record_wipe(&receiver);
}
END_TEST

/* Through three keys, one record after the other. */
START_TEST(test_rekey_long)
{
    uint8_t *text, record[1 + SW_RECORD_OVERHEAD];
    size_t used, size;
    fake_crypto fake;
    pipe p;

    fake_crypto_init(&fake, 1);
    pipe_start(&p, &fake.table, SW_SUITE_AESGCM, 256);
    for (unsigned i = 0; i < 3u << 16; i++) {
        record[SW_RECORD_HEADER_SIZE] = (uint8_t)i;
        if (sw_record_seal(&p.sender, record, 1) != SW_OK ||
            sw_record_open(&p.receiver, record, sizeof(record), &used, &text, &size) != 1 || text[0] != (uint8_t)i)
            ck_abort_msg("record %u", i);
    }
    ck_assert_uint_eq(fake.counts[FAKE_AEAD_START], 2 + 2 * 3);
    ck_assert_uint_eq(fake.aead_states, 2);
    pipe_end(&p);
    ck_assert_uint_eq(fake.aead_states, 0);
}
END_TEST

START_TEST(test_last_counter)
{
    size_t size;
    bytes b;
    pipe p;

    pipe_start(&p, crypto, suite_of(_i), 4096);
    p.sender.counter = p.receiver.counter = UINT64_MAX - 1;
    b = seal(&p.sender, 5, 'z');
    check_opens(&p.receiver, &b, 5, 'z');
    ck_assert_int_eq(sw_record_seal(&p.sender, b.data, 5), SW_E_COUNTER);
    check_error("sealed", sw_record_error(&p.sender), SW_E_COUNTER, 0, 0);
    b.data[0] = 0;
    b.data[1] = 21;
    ck_assert_int_eq(open_bytes(&p.receiver, &b, &size), SW_E_COUNTER);
    bytes_free(&b);
    pipe_end(&p);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("record");
    TCase *tcase = suite_case(suite, "records");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_sizes_sent, 0, COUNT(limit_cases));
    tcase_add_loop_test(tcase, test_sizes_received, 0, COUNT(header_cases));
    tcase_add_test(tcase, test_limits_refused);
    tcase_add_loop_test(tcase, test_parts, 0, 2);
    tcase_add_loop_test(tcase, test_changed, 0, 2);
    tcase_add_loop_test(tcase, test_order, 0, COUNT(order_cases));
    tcase_add_loop_test(tcase, test_another_key, 0, 2);
    tcase_add_loop_test(tcase, test_rekey_vectors, 0, REKEY_VECTORS);
    tcase_add_test(tcase, test_rekey_long);
    tcase_add_loop_test(tcase, test_last_counter, 0, 2);
    return run_suite(suite);
}
