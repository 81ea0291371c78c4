/* SPDX-License-Identifier: ISC */
/* Counts by key. */
#include "tally.h"

#include "suite.h"

#include <string.h>

static tally t;

static void setup(void)
{
    tally_init(&t, 0x0123456789abcdef);
}

static void teardown(void)
{
    tally_free(&t);
}

START_TEST(counts_of_nothing)
{
    ck_assert_uint_eq(tally_count(&t, "a", 1), 0);
    ck_assert_uint_eq(t.slot_count, 0); /* no memory yet */
    tally_drop(&t, NULL);
    ck_assert_uint_eq(t.entry_count, 0);
}
END_TEST

/* Keys that begin alike, and one that is empty. */
START_TEST(some_keys)
{
    static const char *const keys[] = { "", "a", "ab", "abc", "b", "aB" };
    tally_entry *entries[COUNT(keys)];

    for (int i = 0; i < COUNT(keys); i++)
        for (int times = 0; times <= i; times++)
            entries[i] = tally_add(&t, keys[i], strlen(keys[i]));
    ck_assert_uint_eq(t.entry_count, COUNT(keys));
    for (int i = 0; i < COUNT(keys); i++)
        ck_assert_uint_eq(tally_count(&t, keys[i], strlen(keys[i])), (size_t)i + 1);
    ck_assert_uint_eq(tally_count(&t, "abcd", 4), 0);
    ck_assert_ptr_eq(tally_add(&t, "abc", 3), entries[3]);
    ck_assert_uint_eq(tally_count(&t, "abc", 3), 5);
    for (int i = 0; i < COUNT(keys); i++)
        tally_drop(&t, entries[i]);
    ck_assert_uint_eq(t.entry_count, COUNT(keys) - 1); /* the first one had one only */
    ck_assert_uint_eq(tally_count(&t, "", 0), 0);
    ck_assert_uint_eq(tally_count(&t, "a", 1), 1);
    ck_assert_uint_eq(tally_count(&t, "abc", 3), 4);
}
END_TEST

/* As many slots as keys at least, and each key is found again, before and after it grew. */
START_TEST(many_keys)
{
    enum { KEYS = 1000 };
    static tally_entry *entries[KEYS];

    for (uint32_t i = 0; i < KEYS; i++) {
        entries[i] = tally_add(&t, &i, sizeof(i));
        ck_assert_ptr_nonnull(entries[i]);
        ck_assert_uint_eq(t.entry_count, i + 1);
        ck_assert_uint_ge(t.slot_count, t.entry_count);
        ck_assert_uint_le(t.slot_count, 64 + 2 * t.entry_count);
    }
    for (uint32_t i = 0; i < KEYS; i++)
        ck_assert_uint_eq(tally_count(&t, &i, sizeof(i)), 1);
    for (uint32_t i = 0; i < KEYS; i += 2)
        tally_drop(&t, entries[i]);
    ck_assert_uint_eq(t.entry_count, KEYS / 2);
    for (uint32_t i = 0; i < KEYS; i++)
        ck_assert_uint_eq(tally_count(&t, &i, sizeof(i)), i % 2);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tally");
    TCase *tcase = suite_case(suite, "counts");

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, counts_of_nothing);
    tcase_add_test(tcase, some_keys);
    tcase_add_test(tcase, many_keys);
    return run_suite(suite);
}
