/* SPDX-License-Identifier: ISC */
/* Counts by key. */
#include "tally.h"

#include "suite.h"

#include <stdio.h>
#include <string.h>

static tally t;

static void setup(void)
{
    memset(&t, 0x5a, sizeof(t));
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

/* ---- spreading ---- */

enum { SPREAD_KEYS = 1000 };

/* Addresses that count up from the right, from the left, and text. */
static size_t key_of(int kind, uint32_t i, char key[16])
{
    memset(key, 0, 16);
    if (kind == 2)
        return (size_t)snprintf(key, 16, "user%u", i);
    for (int byte = 0; byte < 4; byte++)
        key[kind == 0 ? 15 - byte : byte] = (char)(i >> 8 * byte);
    return 16;
}

/* How many slots are in use. */
static size_t fill(tally *all, int kind, uint64_t seed)
{
    size_t used = 0;
    char key[16];

    tally_init(all, seed);
    for (uint32_t i = 0; i < SPREAD_KEYS; i++) {
        size_t len = key_of(kind, i, key);
        ck_assert_ptr_nonnull(tally_add(all, key, len));
    }
    for (size_t i = 0; i < all->slot_count; i++)
        used += all->slots[i] != NULL;
    return used;
}

/* As at random: of 1024 slots 1000 keys take about 639, and those that two seeds take have about 0.62 in common. */
START_TEST(keys_are_spread)
{
    static const uint64_t seeds[] = { 1, 2, UINT64_C(1) << 63, UINT64_C(0x0123456789abcdef) };
    tally all[COUNT(seeds)];

    for (int i = 0; i < COUNT(seeds); i++) {
        size_t common = 0, used = fill(&all[i], _i, seeds[i]);

        ck_assert_uint_eq(all[i].slot_count, 1024);
        ck_assert_uint_gt(used, 590);
        ck_assert_uint_lt(used, 690);
        for (size_t slot = 0; i > 0 && slot < 1024; slot++)
            common += all[i].slots[slot] != NULL && all[i - 1].slots[slot] != NULL;
        ck_assert_uint_lt(common, 470);
    }
    for (int i = 0; i < COUNT(seeds); i++)
        tally_free(&all[i]);
    ck_assert_uint_eq(all[0].entry_count + all[0].slot_count + all[0].seed, 0);
    ck_assert_ptr_null(all[0].slots);
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
    tcase_add_loop_test(tcase, keys_are_spread, 0, 3);
    return run_suite(suite);
}
