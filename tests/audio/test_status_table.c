/* SPDX-License-Identifier: ISC */
/* Tables of status items: our own, lookup, and what a table must be. */
#include <sidewire/audio/status.h>

#include <stdlib.h>
#include <string.h>

#include "test_status.h"

/* Section 10, word by word. */
/* clang-format off */
static const char *const names[] = {
    "file_size", "mtime", "status", "status_flags", "offset", "afs_mode", "stream_start",
    "current_time",
    "path", "directory", "basename", "score", "attributes_bitmap", "attributes_txt", "hash",
    "image_id", "image_name", "lyrics_id", "lyrics_name", "bitrate", "format", "frequency",
    "channels", "duration", "seconds_total", "num_played", "last_played", "techinfo", "artist",
    "title", "year", "album", "comment", "amplification", "chunk_time", "num_chunks",
    "max_chunk_size",
};
/* clang-format on */

START_TEST(test_own_table)
{
    ck_assert_uint_eq(sw_status_items.count, (size_t)COUNT(names));
    for (size_t i = 0; i < (size_t)COUNT(names); i++) {
        const sw_status_item *item = &sw_status_items.items[i];
        ck_assert_str_eq(item->name, names[i]);
        ck_assert_uint_eq(item->number, i);
    }
    ck_assert_str_eq(names[SW_STATUS_PLAYER_ITEMS - 1], "current_time");
    ck_assert_int_eq(sw_status_table_check(&sw_status_items, NULL), SW_OK);
}
END_TEST

static const sw_status_item few[] = { { 0xff, "one" }, { 0x00, "oneself" }, { 0x0a, "two" } };
static const sw_status_table few_table = { few, 3 };
static const sw_status_table empty_table = { NULL, 0 };

/* A name or number of the table is told by the reader with the table's own text; any other is an error. */
static void check_lookup(sw_status_form form, const char *line, const sw_status_item *found, int error)
{
    size_t len = strlen(line), used;
    uint8_t *text = exact_copy(line, len);
    sw_status_reader reader;
    sw_status_slice slice;

    ck_assert_int_eq(sw_status_reader_init(&reader, form, &few_table), SW_OK);
    ck_assert_msg(sw_status_reader_next(&reader, text, len, &used, &slice) == (found ? 1 : error), "%s", line);
    if (found != NULL) {
        ck_assert_ptr_eq(slice.name, found->name);
        ck_assert_int_eq(slice.number, found->number);
    }
    free(text);
}

START_TEST(test_find_name)
{
    static const struct {
        const char *line;
        const sw_status_item *found;
    } cases[] = {
        { "one: x\n", &few[0] }, { "oneself: x\n", &few[1] }, { "two: x\n", &few[2] }, { ": x\n", NULL },
        { "on: x\n", NULL },     { "ones: x\n", NULL },       { "One: x\n", NULL },    { "three: x\n", NULL },
    };

    for (int i = 0; i < COUNT(cases); i++)
        check_lookup(SW_STATUS_HUMAN, cases[i].line, cases[i].found, SW_E_STATUS_NAME);
}
END_TEST

START_TEST(test_find_number)
{
    check_lookup(SW_STATUS_PARSER, "0005 ff:x\n", &few[0], 0);
    check_lookup(SW_STATUS_PARSER, "0005 00:x\n", &few[1], 0);
    check_lookup(SW_STATUS_PARSER, "0005 0a:x\n", &few[2], 0);
    check_lookup(SW_STATUS_PARSER, "0005 01:x\n", NULL, SW_E_STATUS_UNKNOWN);
    check_lookup(SW_STATUS_PARSER, "0005 0b:x\n", NULL, SW_E_STATUS_UNKNOWN);
}
END_TEST

/* ---- what a table must be ---- */

#define LONGEST "a_name_of_exactly_31_characters"

static const struct table_case {
    const char *what;
    sw_status_item items[3];
    size_t count;
    int result;
    size_t wrong; /* the item that is, with SW_E_CONFIG */
} table_cases[] = {
    { "empty", { { 0, NULL } }, 0, SW_OK, 0 },
    { "one", { { 255, "a" } }, 1, SW_OK, 0 },
    { "any character", { { 0, "!#~A" }, { 1, "/" } }, 2, SW_OK, 0 },
    { "prefixes", { { 2, "abc" }, { 1, "ab" }, { 0, "abcd" } }, 3, SW_OK, 0 },
    { "longest", { { 0, LONGEST } }, 1, SW_OK, 0 },
    { "too long", { { 0, LONGEST "!" } }, 1, SW_E_CONFIG, 0 },
    { "no name", { { 0, "a" }, { 1, NULL } }, 2, SW_E_NULL, 0 },
    { "empty name", { { 0, "a" }, { 1, "" } }, 2, SW_E_CONFIG, 1 },
    { "blank", { { 0, "a b" } }, 1, SW_E_CONFIG, 0 },
    { "colon", { { 0, "a:" } }, 1, SW_E_CONFIG, 0 },
    { "line feed", { { 0, "a\n" } }, 1, SW_E_CONFIG, 0 },
    { "delete", { { 0, "a\x7f" } }, 1, SW_E_CONFIG, 0 },
    { "not ASCII", { { 0, "\xc3\xa4" } }, 1, SW_E_CONFIG, 0 },
    { "number twice", { { 3, "a" }, { 4, "b" }, { 3, "c" } }, 3, SW_E_CONFIG, 2 },
    { "name twice", { { 3, "a" }, { 4, "b" }, { 5, "b" } }, 3, SW_E_CONFIG, 2 },
    { "the same twice, not looked at", { { 3, "a" }, { 4, "b" }, { 3, "a" } }, 2, SW_OK, 0 },
};

START_TEST(test_check)
{
    const struct table_case *c = &table_cases[_i];
    sw_status_item *items = (sw_status_item *)(void *)exact_copy(c->items, c->count * sizeof(c->items[0]));
    const sw_status_table table = { items, c->count };
    sw_status_reader reader;
    size_t used;
    sw_status_slice slice;
    uint64_t limit = c->result == SW_E_CONFIG ? c->count : 0;
    sw_error error;

    ck_assert_msg(sw_status_table_check(&table, &error) == c->result, "%s", c->what);
    check_error(c->what, error, c->result, c->wrong, limit);
    for (int form = SW_STATUS_HUMAN; form <= SW_STATUS_PARSER; form++) {
        int result = sw_status_reader_init(&reader, (sw_status_form)form, &table);
        ck_assert_msg(result == c->result, "%s", c->what);
        check_error(c->what, sw_status_reader_error(&reader), c->result, c->wrong, limit);
        ck_assert_int_eq(sw_status_reader_next(&reader, NULL, 0, &used, &slice), c->result);
    }
    free(items);
}
END_TEST

START_TEST(test_check_null)
{
    static const sw_status_table no_items = { NULL, 1 };
    sw_error error = { 1, 2, 3 };

    ck_assert_int_eq(sw_status_table_check(NULL, &error), SW_E_NULL);
    check_error("no table", error, SW_E_NULL, 0, 0);
    ck_assert_int_eq(sw_status_table_check(&no_items, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_status_table_check(&empty_table, NULL), SW_OK);
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
