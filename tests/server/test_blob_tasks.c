/* SPDX-License-Identifier: ISC */
/* Uploads, and commands that take more than one turn. */
#include "blob_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

/* ---- uploads ---- */

/* Sends more of data, in slices. Stops when the command is over. */
static void upload(connection *c, const uint8_t *data, size_t len, size_t slice)
{
    for (size_t at = 0; at < len && !reply_is_finished(&c->reply); at += slice) {
        size_t n = len - at < slice ? len - at : slice;
        uint8_t *exact = exact_copy(data + at, n);
        c->task.receive(c, exact, n);
        free(exact);
    }
}

static void end_upload(connection *c)
{
    ck_assert_int_eq(reply_is_finished(&c->reply), 0);
    c->task.receive(c, (const uint8_t *)"", 0);
    expect_answer(c, "", "");
}

static uint8_t *make_contents(size_t size)
{
    uint8_t *data = malloc(size + 1);

    for (size_t i = 0; i < size; i++)
        data[i] = (uint8_t)(i * 7 + i / 256);
    return data;
}

static const struct upload_case {
    size_t size, slice;
} upload_cases[] = {
    { 0, 1 },
    { 1, 1 },
    { 4096, 4096 },
    { 4097, 1 },
    { 12345, 77 },
    { UPLOAD_LIMIT - 1, 9999 },
    { UPLOAD_LIMIT, 1 },
    { UPLOAD_LIMIT, 32768 },
    { UPLOAD_LIMIT, UPLOAD_LIMIT },
};

START_TEST(test_upload)
{
    const struct upload_case *k = &upload_cases[_i];
    uint8_t *data = make_contents(k->size);
    connection *c = blob_server_begin_upload("addimg", "new");

    upload(c, data, k->size, k->slice);
    ck_assert_int_eq(blob_server_events(), 0);
    end_upload(c);
    ck_assert_int_eq(blob_server_events(), 1);
    check_contents(blob_server_store(), BLOB_IMAGES, 5, data, k->size);
    free(data);
}
END_TEST

static const struct upload_case refused_cases[] = {
    { UPLOAD_LIMIT + 1, 1 },
    { 2 * UPLOAD_LIMIT, UPLOAD_LIMIT },
    { UPLOAD_LIMIT + 1, UPLOAD_LIMIT + 1 },
    { 5 * UPLOAD_LIMIT, 32768 },
};

/* It is refused with the first slice that is too much, and not before. */
START_TEST(test_too_large)
{
    const struct upload_case *k = &refused_cases[_i];
    uint8_t *data = make_contents(k->size);
    connection *c = blob_server_begin_upload("addimg", "a");
    size_t good = UPLOAD_LIMIT / k->slice * k->slice;

    upload(c, data, good, k->slice);
    ck_assert_int_eq(reply_is_finished(&c->reply), 0);
    upload(c, data + good, k->slice, k->slice);
    ck_assert_int_eq(reply_is_finished(&c->reply), 1);
    expect_answer(c, "", TOO_LARGE);
    ck_assert_int_eq(blob_server_events(), 0);
    check_entries(blob_server_store(), BLOB_IMAGES, IMAGES);
    check_contents(blob_server_store(), BLOB_IMAGES, 2, "A", 1);
    free(data);
}
END_TEST

/* At any moment before the end nothing has happened. */
START_TEST(test_abandoned)
{
    connection *c = blob_server_begin_upload("addimg", "a");

    if (_i > 0)
        upload(c, (const uint8_t *)"partial", 7, (size_t)_i);
    blob_server_free(c);
    check_entries(blob_server_store(), BLOB_IMAGES, IMAGES);
    check_contents(blob_server_store(), BLOB_IMAGES, 2, "A", 1);
    ck_assert_int_eq(blob_server_events(), 0);
}
END_TEST

/* Of the same name: the last one to end stays. */
START_TEST(test_two_uploads)
{
    int same = _i;
    uint8_t *data = make_contents(UPLOAD_LIMIT);
    connection *one = blob_server_begin_upload("addimg", "x");
    connection *two = blob_server_begin_upload("addimg", same ? "x" : "y");

    upload(two, data, 1000, 1000);
    for (size_t at = 0; at < 50000; at += 1000) {
        upload(one, data + at, 1000, 300);
        upload(two, data + 1000 + at, 1000, 900);
    }
    end_upload(two);
    end_upload(one);
    check_entries(blob_server_store(), BLOB_IMAGES, same ? IMAGES "5 x\n" : IMAGES "5 y\n6 x\n");
    check_contents(blob_server_store(), BLOB_IMAGES, same ? 5 : 6, data, 50000);
    if (!same)
        check_contents(blob_server_store(), BLOB_IMAGES, 5, data, 51000);
    ck_assert_int_eq(blob_server_events(), 2);
    free(data);
}
END_TEST

/* ---- over time ---- */

/* Goes on until there is something to send: how many turns it takes to find what matches depends on the time that a turn takes. */
static void resume_until_sent(connection *c)
{
    for (int turns = 0; reply_is_waiting(&c->reply); turns++) {
        ck_assert_int_lt(turns, 1000);
        blob_server_resume(c);
    }
}

/* Large entries go one after the other, each longer than what a session takes at once. */
START_TEST(test_cat_large)
{
    enum { SIZE = 100000 };
    static const char *const words[] = { "catlyr", "*", NULL };
    blob_store *store = blob_server_store();
    connection *c = blob_server_run_words(words);
    char *expected = calloc(1, 2 * SIZE + 1);

    memset(expected, 'x', SIZE);
    memset(expected + SIZE, 'y', SIZE);
    ck_assert_int_eq(blob_store_put(store, BLOB_LYRICS, "2", 1, expected + SIZE, SIZE), BLOB_OK);
    ck_assert_int_eq(blob_store_put(store, BLOB_LYRICS, "1", 1, expected, SIZE), BLOB_OK);
    resume_until_sent(c);
    ck_assert_int_eq(reply_is_finished(&c->reply), 0);
    expect_answer(c, expected, "");
    free(expected);
}
END_TEST

/* Begins to write the images a, b and c: it knows that these match, and has written a. */
static connection *begin_cat(void)
{
    static const char *const words[] = { "catimg", "?", NULL };
    connection *c = blob_server_run_words(words);

    resume_until_sent(c);
    return c;
}

START_TEST(test_cat_changes)
{
    blob_store *store = blob_server_store();
    connection *c = begin_cat();

    remove_number(store, BLOB_IMAGES, 1);
    put_text(store, BLOB_IMAGES, "c", "new");
    put_text(store, BLOB_IMAGES, "d", "too late");
    expect_answer(c, "Anew", "");
}
END_TEST

START_TEST(test_cat_all_gone)
{
    blob_store *store = blob_server_store();
    connection *c = begin_cat();

    remove_number(store, BLOB_IMAGES, 1);
    remove_number(store, BLOB_IMAGES, 3);
    expect_answer(c, "A", "");
}
END_TEST

/* More entries than are looked up at once. */
START_TEST(test_many)
{
    enum { ENTRIES = 1000 };
    char *listing = calloc(ENTRIES, 16);
    size_t len = 0;
    char name[16];

    for (int i = 0; i < ENTRIES; i++) {
        snprintf(name, sizeof(name), "%04d", i);
        put_text(blob_server_store(), BLOB_MOODS, name, "");
        len += (size_t)sprintf(listing + len, "%d %s\n", i + 1, name);
    }
    expect_words((const char *const[]){ "lsmood", "-l", NULL }, listing, "");
    expect_words((const char *const[]){ "lsmood", "-r", "0?99", "*000", NULL },
                 "0999\n0899\n0799\n0699\n0599\n0499\n0399\n0299\n0199\n0099\n0000\n", "");
    expect_words((const char *const[]){ "catmood", "*", NULL }, "", "");
    expect_words((const char *const[]){ "rmmood", "?[1-9]??", "??[1-9]?", "*[1-9]", NULL }, "", "");
    check_entries(blob_server_store(), BLOB_MOODS, "1 0000\n");
    free(listing);
}
END_TEST

/* With costly patterns the others get their turn in between: it asks to be called again at once,
 * and has said nothing. */
START_TEST(test_costly)
{
    enum { PATTERNS = 31, NAMES = 4 };
    static const char *const names[] = { "lsmood", "catmood", "rmmood" };
    static char pattern[PATTERN_MAX + 1], name[BLOB_NAME_MAX + 1];
    sw_argument argv[PATTERNS + 1] = { { names[_i], strlen(names[_i]) } };
    connection *c;
    int turns = 0;

    memset(name, 'a', BLOB_NAME_MAX);
    for (int i = 0; i < NAMES; i++) {
        name[0] = (char)('a' + i);
        put_text(blob_server_store(), BLOB_MOODS, name, "");
    }
    for (size_t i = 0; i < PATTERN_MAX; i++)
        pattern[i] = "*[[:"[i % 4];
    for (int i = 1; i <= PATTERNS; i++)
        argv[i] = (sw_argument){ pattern, PATTERN_MAX };
    c = blob_server_run(argv, PATTERNS + 1);
    while (blob_server_resume(c), !reply_is_finished(&c->reply)) {
        ck_assert_int_eq(reply_is_waiting(&c->reply), 1);
        turns++;
    }
    ck_assert_int_ge(turns, 1);
    expect_answer(c, "", NO_MATCHES);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("blob_tasks");
    TCase *uploads = suite_case(suite, "uploads");
    TCase *over_time = suite_case(suite, "over time");

    tcase_add_checked_fixture(uploads, blob_server_start, blob_server_stop);
    tcase_add_loop_test(uploads, test_upload, 0, COUNT(upload_cases));
    tcase_add_loop_test(uploads, test_too_large, 0, COUNT(refused_cases));
    tcase_add_loop_test(uploads, test_abandoned, 0, 3);
    tcase_add_loop_test(uploads, test_two_uploads, 0, 2);
    tcase_add_checked_fixture(over_time, blob_server_start, blob_server_stop);
    tcase_add_test(over_time, test_cat_large);
    tcase_add_test(over_time, test_cat_changes);
    tcase_add_test(over_time, test_cat_all_gone);
    tcase_add_test(over_time, test_many);
    tcase_add_loop_test(over_time, test_costly, 0, 3);
    return run_suite(suite);
}
