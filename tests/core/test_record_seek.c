/* SPDX-License-Identifier: ISC */
/* What observers want of records: one of a later number, and whether bytes are the record of a number. And what sessions
 * want: a record of text that is elsewhere. */
#include "../../src/record_internal.h"

#include <stdlib.h>
#include <string.h>

#include "fake_crypto.h"
#include "suite.h"

enum { SIZE = 40, WHOLE = SIZE + SW_RECORD_OVERHEAD };

static const uint8_t key[SW_AEAD_KEY_SIZE] = { 1, 2, 3 };
static fake_crypto fake;

static void start(sw_record *record)
{
    ck_assert_int_eq(sw_record_init(record, &fake.table, SW_SUITE_AESGCM, key, 256), SW_OK);
}

/* The record of a number, as a sender makes it that seals the last one of each key before it. */
static void seal(uint64_t number, uint8_t bytes[WHOLE])
{
    sw_record sender;

    start(&sender);
    for (uint64_t last = 65535; last < number; last += 65536) {
        sender.counter = last;
        ck_assert_int_eq(sw_record_seal(&sender, bytes, 1), SW_OK);
    }
    sender.counter = number;
    memset(bytes + SW_RECORD_HEADER_SIZE, 'x', SIZE);
    ck_assert_int_eq(sw_record_seal(&sender, bytes, SIZE), SW_OK);
    sw_record_wipe(&sender);
}

static const struct seek_case {
    uint64_t from, to;
} seek_cases[] = {
    { 0, 0 },          { 0, 7 },          { 7, 7 },           { 65534, 65535 },   { 0, 65536 },
    { 65535, 65537 },  { 0, 65535 },      { 0, 131071 },      { 0, 131072 },      { 65536, 65540 },
    { 65540, 131080 }, { 65537, 200000 }, { 131072, 196607 }, { 131072, 196608 }, { 3, 400000 },
};

static void start_at(sw_record *record, uint64_t number)
{
    start(record);
    ck_assert_int_eq(swi_record_seek(record, number), SW_OK);
    ck_assert_uint_eq(record->counter, number);
}

/* What is due opens, and what comes behind it. */
START_TEST(test_seek)
{
    const struct seek_case *c = &seek_cases[_i];

    for (uint64_t more = 0; more < 2; more++) {
        uint8_t bytes[WHOLE];
        sw_record receiver;
        start_at(&receiver, c->from);
        ck_assert_int_eq(swi_record_seek(&receiver, c->to), SW_OK);
        for (uint64_t n = c->to; n <= c->to + more; n++) {
            seal(n, bytes);
            ck_assert_int_eq(
                swi_record_unseal(&receiver, bytes + SW_RECORD_HEADER_SIZE, WHOLE - SW_RECORD_HEADER_SIZE), SW_OK);
            ck_assert_int_eq(bytes[SW_RECORD_HEADER_SIZE], 'x');
        }
        sw_record_wipe(&receiver);
    }
}
END_TEST

static int fits(const sw_record *record, uint64_t number, const uint8_t bytes[WHOLE])
{
    uint8_t *text = exact_copy(bytes + SW_RECORD_HEADER_SIZE, WHOLE - SW_RECORD_HEADER_SIZE);
    int result = swi_record_fits(record, number, text, WHOLE - SW_RECORD_HEADER_SIZE);

    ck_assert_mem_eq(text, bytes + SW_RECORD_HEADER_SIZE, WHOLE - SW_RECORD_HEADER_SIZE);
    free(text);
    return result;
}

/* The bytes fit one number alone, and stay; so does the record. */
START_TEST(test_fits)
{
    const struct seek_case *c = &seek_cases[_i];
    uint8_t bytes[WHOLE];
    sw_record record;

    start_at(&record, c->from);
    seal(c->to, bytes);
    ck_assert_int_eq(fits(&record, c->to, bytes), 1);
    ck_assert_int_eq(fits(&record, c->to + 1, bytes), 0);
    ck_assert_int_eq(fits(&record, c->to + 65536, bytes), 0);
    for (size_t i = SW_RECORD_HEADER_SIZE; i < WHOLE; i++) {
        bytes[i] ^= 1;
        ck_assert_int_eq(fits(&record, c->to, bytes), 0);
        bytes[i] ^= 1;
    }
    ck_assert_uint_eq(record.counter, c->from);
    ck_assert_int_eq(fits(&record, c->to, bytes), 1);
    sw_record_wipe(&record);
    ck_assert_uint_eq(fake.aead_states, 0);
}
END_TEST

/* Each call fails in turn, over a change of keys; nothing is left of what was tried, and the record is as it was. */
START_TEST(test_fits_failing)
{
    uint8_t bytes[WHOLE], text[WHOLE];
    size_t n = 1;
    int result;

    seal(65537, bytes);
    do {
        sw_record record;
        start(&record);
        memcpy(text, bytes, WHOLE);
        fake.calls = 0;
        fake.fail_at = n++;
        result = swi_record_fits(&record, 65537, text + SW_RECORD_HEADER_SIZE, WHOLE - SW_RECORD_HEADER_SIZE);
        ck_assert_int_eq(result, fake.calls < fake.fail_at ? 1 : SW_E_AEAD);
        check_error("as it was", sw_record_error(&record), SW_OK, 0, 0);
        fake.fail_at = 0;
        ck_assert_uint_eq(fake.aead_states, 1);
        sw_record_wipe(&record);
    } while (result < 0);
    ck_assert_uint_eq(n, 7); /* two keys, and what makes the second; and twice the record */
}
END_TEST

/* Wherever the text is split between what is in place and what is not, the record is the same. */
START_TEST(test_seal_from)
{
    for (size_t size = 1; size <= SIZE; size++) {
        for (size_t head = 0; head <= size; head++) {
            uint8_t data[SIZE], whole[WHOLE] = { 0 }, split[WHOLE] = { 0 };
            sw_record one, other;
            for (size_t i = 0; i < SIZE; i++)
                data[i] = whole[SW_RECORD_HEADER_SIZE + i] = (uint8_t)(i + 1);
            memcpy(split + SW_RECORD_HEADER_SIZE, data, head);
            start(&one);
            start(&other);
            ck_assert_int_eq(sw_record_seal(&one, whole, size), SW_OK);
            ck_assert_int_eq(swi_record_seal_from(&other, split, head, data + head, size - head), SW_OK);
            ck_assert_mem_eq(whole, split, size + SW_RECORD_OVERHEAD);
            sw_record_wipe(&one);
            sw_record_wipe(&other);
        }
    }
}
END_TEST

static void setup(void)
{
    fake_crypto_init(&fake, 1);
}

int main(void)
{
    Suite *suite = suite_create("record seek");
    TCase *tcase = suite_case(suite, "observers");

    tcase_add_checked_fixture(tcase, setup, NULL);
    tcase_add_loop_test(tcase, test_seek, 0, COUNT(seek_cases));
    tcase_add_loop_test(tcase, test_fits, 0, COUNT(seek_cases));
    tcase_add_test(tcase, test_fits_failing);
    tcase_add_test(tcase, test_seal_from);
    return run_suite(suite);
}
