/* Tables of status items: our own, lookup, and what a table must be. */
#include <sidewire/audio/status.h>

#include <stdlib.h>
#include <string.h>

#include "test_status.h"

/* Section 10, word by word. */
static const char *const names[] = {
    "file_size", "mtime", "status", "status_flags", "offset", "afs_mode", "stream_start",
    "current_time",
    "path", "directory", "basename", "score", "attributes_bitmap", "attributes_txt", "hash",
    "image_id", "image_name", "lyrics_id", "lyrics_name", "bitrate", "format", "frequency",
    "channels", "duration", "seconds_total", "num_played", "last_played", "techinfo", "artist",
    "title", "year", "album", "comment", "amplification", "chunk_time", "num_chunks",
    "max_chunk_size",
};

START_TEST(test_own_table)
{
    ck_assert_uint_eq(sw_status_items.count, (size_t)COUNT(names));
    for (size_t i = 0; i < (size_t)COUNT(names); i++) {
        const sw_status_item *item = &sw_status_items.items[i];
        ck_assert_str_eq(item->name, names[i]);
        ck_assert_uint_eq(item->number, i);
        ck_assert_ptr_eq(sw_status_find_number(&sw_status_items, item->number), item);
        ck_assert_ptr_eq(sw_status_find_name(&sw_status_items, names[i], strlen(names[i])), item);
    }
    ck_assert_str_eq(names[SW_STATUS_PLAYER_ITEMS - 1], "current_time");
    ck_assert_int_eq(sw_status_table_check(&sw_status_items), SW_OK);
}
END_TEST

static const sw_status_item few[] = { { 0xff, "one" }, { 0x00, "oneself" }, { 0x0a, "two" } };
static const sw_status_table few_table = { few, 3 };
static const sw_status_table empty_table = { NULL, 0 };

START_TEST(test_find_name)
{
    static const struct {
        const char *name;
        const sw_status_item *found;
    } cases[] = {
        { "one", &few[0] }, { "oneself", &few[1] }, { "two", &few[2] }, { "", NULL },
        { "on", NULL },     { "ones", NULL },       { "oneselfs", NULL }, { "One", NULL },
        { "two ", NULL },   { "three", NULL },
    };

    for (int i = 0; i < COUNT(cases); i++) {
        size_t len = strlen(cases[i].name);
        char *name = (char *)exact_copy(cases[i].name, len);
        ck_assert_ptr_eq(sw_status_find_name(&few_table, name, len), cases[i].found);
        ck_assert_ptr_null(sw_status_find_name(&empty_table, name, len));
        free(name);
    }
    ck_assert_ptr_null(sw_status_find_name(&few_table, "two\0", 4));
    ck_assert_ptr_null(sw_status_find_name(NULL, "two", 3));
    ck_assert_ptr_null(sw_status_find_name(&few_table, NULL, 3));
    ck_assert_ptr_null(sw_status_find_name(&few_table, NULL, 0));
}
END_TEST

START_TEST(test_find_number)
{
    ck_assert_ptr_eq(sw_status_find_number(&few_table, 0xff), &few[0]);
    ck_assert_ptr_eq(sw_status_find_number(&few_table, 0), &few[1]);
    ck_assert_ptr_eq(sw_status_find_number(&few_table, 10), &few[2]);
    ck_assert_ptr_null(sw_status_find_number(&few_table, 1));
    ck_assert_ptr_null(sw_status_find_number(&few_table, 0x10a));
    ck_assert_ptr_null(sw_status_find_number(&few_table, 256));
    ck_assert_ptr_null(sw_status_find_number(&empty_table, 0));
    ck_assert_ptr_null(sw_status_find_number(NULL, 0));
}
END_TEST

/* ---- what a table must be ---- */

#define LONGEST "a_name_of_exactly_31_characters"

static const struct table_case {
    const char *what;
    sw_status_item items[3];
    size_t count;
    int result;
} table_cases[] = {
    { "empty", { { 0, NULL } }, 0, SW_OK },
    { "one", { { 255, "a" } }, 1, SW_OK },
    { "any character", { { 0, "!#~A" }, { 1, "/" } }, 2, SW_OK },
    { "prefixes", { { 2, "abc" }, { 1, "ab" }, { 0, "abcd" } }, 3, SW_OK },
    { "longest", { { 0, LONGEST } }, 1, SW_OK },
    { "too long", { { 0, LONGEST "!" } }, 1, SW_E_CONFIG },
    { "no name", { { 0, "a" }, { 1, NULL } }, 2, SW_E_NULL },
    { "empty name", { { 0, "a" }, { 1, "" } }, 2, SW_E_CONFIG },
    { "blank", { { 0, "a b" } }, 1, SW_E_CONFIG },
    { "colon", { { 0, "a:" } }, 1, SW_E_CONFIG },
    { "line feed", { { 0, "a\n" } }, 1, SW_E_CONFIG },
    { "delete", { { 0, "a\x7f" } }, 1, SW_E_CONFIG },
    { "not ASCII", { { 0, "\xc3\xa4" } }, 1, SW_E_CONFIG },
    { "number twice", { { 3, "a" }, { 4, "b" }, { 3, "c" } }, 3, SW_E_CONFIG },
    { "name twice", { { 3, "a" }, { 4, "b" }, { 5, "b" } }, 3, SW_E_CONFIG },
    { "the same twice, not looked at", { { 3, "a" }, { 4, "b" }, { 3, "a" } }, 2, SW_OK },
};

START_TEST(test_check)
{
    const struct table_case *c = &table_cases[_i];
    sw_status_item *items = (sw_status_item *)(void *)
        exact_copy(c->items, c->count * sizeof(c->items[0]));
    const sw_status_table table = { items, c->count };
    sw_status_reader reader;
    size_t used;
    sw_status_slice slice;

    ck_assert_msg(sw_status_table_check(&table) == c->result, "%s", c->what);
    for (int form = SW_STATUS_HUMAN; form <= SW_STATUS_PARSER; form++) {
        int result = sw_status_reader_init(&reader, (sw_status_form)form, &table);
        ck_assert_msg(result == c->result, "%s", c->what);
        check_error(c->what, sw_status_reader_error(&reader), c->result, 0, 0);
        ck_assert_int_eq(sw_status_reader_next(&reader, NULL, 0, &used, &slice), c->result);
    }
    free(items);
}
END_TEST

START_TEST(test_check_null)
{
    static const sw_status_table no_items = { NULL, 1 };

    ck_assert_int_eq(sw_status_table_check(NULL), SW_E_NULL);
    ck_assert_int_eq(sw_status_table_check(&no_items), SW_E_NULL);
    ck_assert_int_eq(sw_status_table_check(&empty_table), SW_OK);
}
END_TEST

void add_status_table_tests(Suite *suite)
{
    TCase *tests = suite_case(suite, "tables");

    tcase_add_test(tests, test_own_table);
    tcase_add_test(tests, test_find_name);
    tcase_add_test(tests, test_find_number);
    tcase_add_loop_test(tests, test_check, 0, COUNT(table_cases));
    tcase_add_test(tests, test_check_null);
}
