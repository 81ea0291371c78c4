/* SPDX-License-Identifier: ISC */
/* Listings of the blob store: orders, patterns, pages. */
#include "blob_support.h"

#include <stdio.h>
#include <stdlib.h>

#include "suite.h"

static const char *const listed[] = { "m", "B", "a\xff", "b", "ab", "a" };

static const struct query_case {
    int by_number, reverse;
    const char *pattern, *expected;
} query_cases[] = {
    { 0, 0, NULL, "2 B\n6 a\n5 ab\n3 a\xff\n4 b\n1 m\n" },
    { 0, 1, NULL, "1 m\n4 b\n3 a\xff\n5 ab\n6 a\n2 B\n" },
    { 1, 0, NULL, "1 m\n2 B\n3 a\xff\n4 b\n5 ab\n6 a\n" },
    { 1, 1, NULL, "6 a\n5 ab\n4 b\n3 a\xff\n2 B\n1 m\n" },
    { 0, 0, "*", "2 B\n6 a\n5 ab\n3 a\xff\n4 b\n1 m\n" },
    { 0, 0, "a*", "6 a\n5 ab\n3 a\xff\n" },
    { 0, 1, "a*", "3 a\xff\n5 ab\n6 a\n" },
    { 1, 0, "?", "1 m\n2 B\n4 b\n6 a\n" },
    { 1, 1, "[!a]", "4 b\n2 B\n1 m\n" },
    { 0, 0, "b", "4 b\n" },
    { 1, 0, "a*", "3 a\xff\n5 ab\n6 a\n" },
    { 1, 1, "a*", "6 a\n5 ab\n3 a\xff\n" },
    { 0, 0, "a\xff*", "3 a\xff\n" },
    { 0, 1, "a\xff", "3 a\xff\n" },
    { 0, 0, "a[b]", "5 ab\n" },
    { 0, 0, "a\\b", "5 ab\n" },
    { 0, 0, "\\a", "6 a\n" },
    { 0, 0, "x*", "" },
    { 1, 1, "", "" },
    { 0, 0, "\\", "" },
};

START_TEST(test_query)
{
    const struct query_case *c = &query_cases[_i];
    blob_store *store = open_store(NULL);
    blob_query query = { .table = BLOB_IMAGES, .by_number = c->by_number, .reverse = c->reverse };

    check_query(store, query, c->pattern, 3, "");
    for (int i = 0; i < COUNT(listed); i++)
        put_text(store, BLOB_IMAGES, listed[i], "");
    for (size_t cap = 1; cap <= (size_t)COUNT(listed) + 1; cap++)
        check_query(store, query, c->pattern, cap, c->expected);
    blob_store_close(store);
}
END_TEST

/* What happens between two pages concerns the entries behind the first one. */
START_TEST(test_change_between_pages)
{
    blob_store *store = open_store(NULL);
    blob_query query = { .table = BLOB_IMAGES };
    blob_entry entry;
    char seen[8];
    size_t count, len = 0;

    put_text(store, BLOB_IMAGES, "b", "");
    put_text(store, BLOB_IMAGES, "d", "");
    put_text(store, BLOB_IMAGES, "f", "");
    while (!query.done) {
        ck_assert_int_eq(blob_store_page(store, &query, &entry, 1, &count), BLOB_OK);
        if (count == 0)
            break;
        seen[len++] = entry.name[0];
        if (len == 1) {
            put_text(store, BLOB_IMAGES, "a", ""); /* too late */
            put_text(store, BLOB_IMAGES, "e", "");
            remove_number(store, BLOB_IMAGES, 1); /* where the page ended */
            remove_number(store, BLOB_IMAGES, 3);
        }
    }
    seen[len] = '\0';
    ck_assert_str_eq(seen, "bde");
    ck_assert_int_eq(query.done, 1);
    blob_store_close(store);
}
END_TEST

/* Only names that begin as all patterns do are looked at. */
START_TEST(test_prefixes)
{
    static const struct {
        sw_argument patterns[2];
        const char *last; /* that is looked at, by name */
        int count;
    } cases[] = {
        { { { "999", 3 } }, "999", 1 },
        { { { "12*", 3 } }, "1299", 111 },
        { { { "12*", 3 }, { "13?", 3 } }, "1999", 121 },
        { { { "5", 1 }, { "5*", 2 } }, "599", 111 },
        { { { "5", 1 }, { "6", 1 } }, "999", 2 },
        { { { "*5", 2 }, { "5", 1 } }, "999", 200 },
        { { { "nosuch", 6 } }, "", 0 },
    };
    blob_store *store = open_store(NULL);
    blob_entry entries[16];
    char name[16];

    for (int i = 0; i < 2000; i++) {
        snprintf(name, sizeof(name), "%d", i);
        put_text(store, BLOB_IMAGES, name, "");
    }
    for (int i = 0; i < COUNT(cases); i++) {
        blob_query query = { .table = BLOB_IMAGES };
        patterns wanted;
        size_t count, found = 0;

        ck_assert_int_eq(patterns_init(&wanted, cases[i].patterns, cases[i].patterns[1].data != NULL ? 2 : 1), 0);
        query.patterns = &wanted;
        while (!query.done) {
            ck_assert_int_eq(blob_store_page(store, &query, entries, 16, &count), BLOB_OK);
            found += count;
        }
        ck_assert_int_eq((int)found, cases[i].count);
        ck_assert_str_eq(query.last.name, cases[i].last);
        patterns_free(&wanted);
    }
    blob_store_close(store);
}
END_TEST

/* With costly patterns a page is over before its end, and all of them together find it. */
START_TEST(test_short_pages)
{
    enum { ENTRIES = 2000, PATTERNS = 5000 };
    blob_store *store = open_store(NULL);
    sw_argument *words = calloc(PATTERNS, sizeof(*words));
    blob_query query = { .table = BLOB_IMAGES };
    blob_entry entry;
    size_t count, pages = 0, found = 0;
    patterns wanted;
    char name[16];

    for (int i = 0; i < ENTRIES; i++) {
        snprintf(name, sizeof(name), "%d", i);
        put_text(store, BLOB_IMAGES, name, "");
    }
    for (int i = 0; i < PATTERNS; i++)
        words[i] = (sw_argument){ "*x", 2 };
    words[0] = (sw_argument){ "999", 3 };
    ck_assert_int_eq(patterns_init(&wanted, words, PATTERNS), 0);
    query.patterns = &wanted;
    for (; !query.done; pages++) {
        ck_assert_int_eq(blob_store_page(store, &query, &entry, 1, &count), BLOB_OK);
        found += count;
    }
    ck_assert_int_eq(entry.number, 1000);
    ck_assert_uint_eq(found, 1);
    ck_assert_uint_gt(pages, 4);
    patterns_free(&wanted);
    free(words);
    blob_store_close(store);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("blob_query");
    TCase *listings = suite_case(suite, "listings");

    tcase_add_loop_test(listings, test_query, 0, COUNT(query_cases));
    tcase_add_test(listings, test_change_between_pages);
    tcase_add_test(listings, test_prefixes);
    tcase_add_test(listings, test_short_pages);
    return run_suite(suite);
}
