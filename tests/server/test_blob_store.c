/* SPDX-License-Identifier: ISC */
/* The blob store: names, contents, numbers, and changes. */
#include "blob_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scratch.h"
#include "suite.h"

#define BYTES(text) text, sizeof(text) - 1

/* ---- names ---- */

static const struct name_case {
    const char *name;
    size_t len;
    blob_result result;
} name_cases[] = {
    { BYTES("a"), BLOB_OK },
    { BYTES("a blank"), BLOB_OK },
    { BYTES(" "), BLOB_OK },
    { BYTES("it's"), BLOB_OK },
    { BYTES("\"quoted\""), BLOB_OK },
    { BYTES("100%s%n"), BLOB_OK },
    { BYTES("'); DROP TABLE images; --"), BLOB_OK },
    { BYTES("two\nlines"), BLOB_OK },
    { BYTES("gr\xc3\xbc\xc3\x9f"), BLOB_OK },
    { BYTES("\xff\xfe\x80"), BLOB_OK },
    { BYTES("\x01\x7f"), BLOB_OK },
    { BYTES("*[?]\\"), BLOB_OK },
    { BYTES("12"), BLOB_OK },
    { long_name, 255, BLOB_OK },
    { BYTES(""), BLOB_BAD_NAME },
    { BYTES("a\0b"), BLOB_BAD_NAME },
    { BYTES("\0"), BLOB_BAD_NAME },
    { long_name, 256, BLOB_BAD_NAME },
};

START_TEST(test_names)
{
    const struct name_case *c = &name_cases[_i];
    blob_store *store = open_store(NULL);
    uint8_t *name = exact_copy(c->name, c->len);
    blob_query query = { .table = BLOB_IMAGES };
    blob_entry entries[2];
    size_t count;

    put_text(store, BLOB_IMAGES, "other", "1");
    ck_assert_int_eq(blob_store_put(store, BLOB_IMAGES, (char *)name, c->len, "2", 1), c->result);
    remove_number(store, BLOB_IMAGES, 1);
    free(name);
    ck_assert_int_eq(blob_store_page(store, &query, entries, 2, &count), BLOB_OK);
    ck_assert_uint_eq(count, c->result == BLOB_OK);
    if (c->result == BLOB_OK) {
        ck_assert_int_eq(entries[0].number, 2);
        ck_assert_uint_eq(entries[0].name_len, c->len);
        ck_assert_mem_eq(entries[0].name, c->name, c->len);
        check_contents(store, BLOB_IMAGES, 2, "2", 1);
    }
    blob_store_close(store);
}
END_TEST

START_TEST(test_rename_to)
{
    const struct name_case *c = &name_cases[_i];
    blob_store *store = open_store(NULL);
    sw_argument from = { BYTES("from") };
    sw_argument to = { c->name, c->len };
    sw_argument back = { BYTES("back") };

    put_text(store, BLOB_MOODS, "from", "x");
    ck_assert_int_eq(blob_store_rename(store, BLOB_MOODS, &from, &to), c->result);
    if (c->result == BLOB_OK)
        ck_assert_int_eq(blob_store_rename(store, BLOB_MOODS, &to, &back), BLOB_OK);
    check_entries(store, BLOB_MOODS, c->result == BLOB_OK ? "1 back\n" : "1 from\n");
    blob_store_close(store);
}
END_TEST

/* ---- contents ---- */

static const size_t sizes[] = { 0, 1, 2, 255, 4096, 100000, 5 << 20 };

/* Bytes of every value, in no simple order. */
static uint8_t *make_contents(size_t size)
{
    uint8_t *data = malloc(size + 1);
    uint32_t state = 1;

    for (size_t i = 0; i < size; i++) {
        state = state * 1664525U + 1013904223U;
        data[i] = (uint8_t)(state >> 24);
    }
    return data;
}

START_TEST(test_contents)
{
    blob_store *store = open_store("contents.db");
    size_t size = sizes[_i];
    uint8_t *data = make_contents(size);
    uint8_t *exact = exact_copy(data, size);
    uint8_t *none = data;
    size_t none_size = 99;

    ck_assert_int_eq(blob_store_put(store, BLOB_LYRICS, "x", 1, exact, size), BLOB_OK);
    free(exact);
    check_contents(store, BLOB_LYRICS, 1, data, size);
    blob_store_close(store);
    store = open_store("contents.db");
    check_contents(store, BLOB_LYRICS, 1, data, size);
    ck_assert_int_eq(get_contents(store, BLOB_LYRICS, 2, &none, &none_size), BLOB_MISSING);
    ck_assert_ptr_null(none);
    ck_assert_uint_eq(none_size, 0);
    blob_store_close(store);
    free(data);
}
END_TEST

START_TEST(test_no_data)
{
    blob_store *store = open_store(NULL);

    ck_assert_int_eq(blob_store_put(store, BLOB_LYRICS, "x", 1, NULL, 0), BLOB_OK);
    check_contents(store, BLOB_LYRICS, 1, NULL, 0);
    blob_store_close(store);
}
END_TEST

/* ---- numbers ---- */

START_TEST(test_replace)
{
    blob_store *store = open_store(NULL);

    put_text(store, BLOB_IMAGES, "a", "first");
    put_text(store, BLOB_IMAGES, "b", "other");
    put_text(store, BLOB_IMAGES, "a", "the second");
    check_entries(store, BLOB_IMAGES, "1 a\n2 b\n");
    check_contents(store, BLOB_IMAGES, 1, BYTES("the second"));
    check_contents(store, BLOB_IMAGES, 2, BYTES("other"));
    put_text(store, BLOB_IMAGES, "a", "");
    check_contents(store, BLOB_IMAGES, 1, NULL, 0);
    blob_store_close(store);
}
END_TEST

/* A number is not given again, not even the highest, nor after closing. */
START_TEST(test_numbers)
{
    blob_store *store = open_store("numbers.db");

    put_text(store, BLOB_IMAGES, "a", "");
    put_text(store, BLOB_IMAGES, "b", "");
    remove_number(store, BLOB_IMAGES, 2);
    put_text(store, BLOB_IMAGES, "b", "");
    check_entries(store, BLOB_IMAGES, "1 a\n3 b\n");
    remove_number(store, BLOB_IMAGES, 1);
    remove_number(store, BLOB_IMAGES, 3);
    check_entries(store, BLOB_IMAGES, "");
    blob_store_close(store);
    store = open_store("numbers.db");
    put_text(store, BLOB_IMAGES, "a", "");
    check_entries(store, BLOB_IMAGES, "4 a\n");
    blob_store_close(store);
}
END_TEST

START_TEST(test_tables)
{
    blob_store *store = open_store(NULL);
    char text[2] = "0";

    for (int table = 0; table < BLOB_TABLES; table++) {
        text[0] = (char)('0' + table);
        put_text(store, (blob_table)table, "same", text);
    }
    remove_number(store, BLOB_MOODS, 1);
    for (int table = 0; table < BLOB_TABLES; table++) {
        text[0] = (char)('0' + table);
        check_entries(store, (blob_table)table, table == BLOB_MOODS ? "" : "1 same\n");
        if (table != BLOB_MOODS)
            check_contents(store, (blob_table)table, 1, text, 1);
    }
    blob_store_close(store);
}
END_TEST

/* ---- changes ---- */

static const struct rename_case {
    const char *from, *to;
    blob_result result;
    const char *after;
} rename_cases[] = {
    { "a", "c", BLOB_OK, "1 c\n2 b\n" },      { "a", "b", BLOB_EXISTS, "1 a\n2 b\n" },
    { "a", "a", BLOB_OK, "1 a\n2 b\n" },      { "x", "c", BLOB_MISSING, "1 a\n2 b\n" },
    { "x", "a", BLOB_MISSING, "1 a\n2 b\n" }, { "x", "x", BLOB_MISSING, "1 a\n2 b\n" },
    { "", "c", BLOB_MISSING, "1 a\n2 b\n" },  { "A", "c", BLOB_MISSING, "1 a\n2 b\n" },
    { "*", "c", BLOB_MISSING, "1 a\n2 b\n" }, { "b", "A", BLOB_OK, "1 a\n2 A\n" },
    { "x", "", BLOB_BAD_NAME, "1 a\n2 b\n" },
};

START_TEST(test_rename)
{
    const struct rename_case *c = &rename_cases[_i];
    blob_store *store = open_store(NULL);
    sw_argument from = { c->from, strlen(c->from) };
    sw_argument to = { c->to, strlen(c->to) };

    put_text(store, BLOB_PLAYLISTS, "a", "1");
    put_text(store, BLOB_PLAYLISTS, "b", "2");
    ck_assert_int_eq(blob_store_rename(store, BLOB_PLAYLISTS, &from, &to), c->result);
    check_entries(store, BLOB_PLAYLISTS, c->after);
    check_contents(store, BLOB_PLAYLISTS, 1, "1", 1);
    check_contents(store, BLOB_PLAYLISTS, 2, "2", 1);
    /* whatever it was, the next change is not concerned */
    put_text(store, BLOB_PLAYLISTS, "d", "");
    blob_store_close(store);
}
END_TEST

static const struct remove_case {
    int64_t numbers[4];
    size_t count;
    const char *after;
} remove_cases[] = {
    { { 0 }, 0, "1 a\n2 b\n3 c\n" },
    { { 2 }, 1, "1 a\n3 c\n" },
    { { 3, 1 }, 2, "2 b\n" },
    { { 1, 2, 3 }, 3, "" },
    { { 4, 2, 99, 2 }, 4, "1 a\n3 c\n" },
    { { 0, -1, INT64_MAX, INT64_MIN }, 4, "1 a\n2 b\n3 c\n" },
};

START_TEST(test_remove)
{
    const struct remove_case *c = &remove_cases[_i];
    blob_store *store = open_store(NULL);

    put_text(store, BLOB_IMAGES, "a", "");
    put_text(store, BLOB_IMAGES, "b", "");
    put_text(store, BLOB_IMAGES, "c", "");
    ck_assert_int_eq(blob_store_remove(store, BLOB_IMAGES, c->numbers, c->count), BLOB_OK);
    check_entries(store, BLOB_IMAGES, c->after);
    blob_store_close(store);
}
END_TEST

/* ---- databases ---- */

START_TEST(test_private)
{
    blob_store *one = open_store(NULL);
    blob_store *two = open_store(NULL);

    put_text(one, BLOB_IMAGES, "a", "");
    check_entries(one, BLOB_IMAGES, "1 a\n");
    check_entries(two, BLOB_IMAGES, "");
    blob_store_close(one);
    blob_store_close(two);
    blob_store_close(NULL);
}
END_TEST

static long pages_read(void)
{
    static const char name[] = "syscr: ";
    char text[512] = "";
    FILE *io = fopen("/proc/self/io", "re");
    const char *line;

    ck_assert_ptr_nonnull(io);
    text[fread(text, 1, sizeof(text) - 1, io)] = '\0';
    fclose(io);
    line = strstr(text, name);
    ck_assert_ptr_nonnull(line);
    return strtol(line + strlen(name), NULL, 10);
}

/* A piece at the end of a large blob is found without reading what is before it. */
START_TEST(test_last_piece)
{
    enum { SIZE = 64 << 20, PIECE = 65536, PAGE = 65536 };
    uint8_t *data = calloc(1, SIZE);
    blob_store *store = open_store("large.db");
    blob_reading reading = { .number = 1 };
    size_t len;
    long before;

    ck_assert_ptr_nonnull(data);
    ck_assert_int_eq(blob_store_put(store, BLOB_IMAGES, "a", 1, data, SIZE), BLOB_OK);
    blob_store_close(store);
    store = open_store("large.db");
    reading.offset = SIZE - PIECE;
    before = pages_read();
    ck_assert_int_eq(blob_store_read(store, BLOB_IMAGES, &reading, data, PIECE, &len), BLOB_OK);
    ck_assert_uint_eq(len, PIECE);
    ck_assert_int_lt(pages_read() - before, SIZE / PAGE / 10);
    blob_store_close(store);
    free(data);
}
END_TEST

START_TEST(test_two_stores)
{
    blob_store *one = open_store("shared.db");
    blob_store *two = open_store("shared.db");
    sw_argument from = { BYTES("a") };
    sw_argument to = { BYTES("c") };
    uint8_t *data;
    size_t size;

    put_text(one, BLOB_IMAGES, "a", "one");
    put_text(two, BLOB_IMAGES, "b", "two");
    check_entries(one, BLOB_IMAGES, "1 a\n2 b\n");
    put_text(two, BLOB_IMAGES, "a", "new");
    check_contents(one, BLOB_IMAGES, 1, BYTES("new"));
    ck_assert_int_eq(blob_store_rename(two, BLOB_IMAGES, &from, &to), BLOB_OK);
    ck_assert_int_eq(blob_store_rename(one, BLOB_IMAGES, &from, &to), BLOB_MISSING);
    remove_number(one, BLOB_IMAGES, 2);
    ck_assert_int_eq(get_contents(two, BLOB_IMAGES, 2, &data, &size), BLOB_MISSING);
    blob_store_close(one);
    check_entries(two, BLOB_IMAGES, "1 c\n");
    blob_store_close(two);
}
END_TEST

static void add_name_tests(Suite *suite)
{
    TCase *names = suite_case(suite, "names");
    TCase *contents = suite_case(suite, "contents");

    tcase_add_loop_test(names, test_names, 0, COUNT(name_cases));
    tcase_add_loop_test(names, test_rename_to, 0, COUNT(name_cases));
    tcase_add_checked_fixture(contents, scratch_enter, scratch_leave);
    tcase_add_loop_test(contents, test_contents, 0, COUNT(sizes));
    tcase_add_test(contents, test_no_data);
    tcase_add_test(contents, test_replace);
    tcase_add_test(contents, test_numbers);
    tcase_add_test(contents, test_tables);
}

int main(void)
{
    Suite *suite = suite_create("blob_store");
    TCase *changes = suite_case(suite, "changes");
    TCase *databases = suite_case(suite, "databases");
    int status;

    add_name_tests(suite);
    tcase_add_loop_test(changes, test_rename, 0, COUNT(rename_cases));
    tcase_add_loop_test(changes, test_remove, 0, COUNT(remove_cases));
    tcase_add_checked_fixture(databases, scratch_enter, scratch_leave);
    tcase_add_test(databases, test_private);
    tcase_add_test(databases, test_two_stores);
    tcase_add_test(databases, test_last_piece);
    if (scratch_open() < 0)
        return 1;
    status = run_suite(suite);
    scratch_close();
    return status;
}
