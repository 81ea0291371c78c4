/* SPDX-License-Identifier: ISC */
/* Lines of a stream: any bytes, any length. */
#include "line_reader.h"

#include "suite.h"

#include <stdlib.h>
#include <string.h>

static char line[LINE_MAX_SIZE];

static FILE *stream_of(const char *text, size_t len)
{
    FILE *stream = tmpfile();

    ck_assert_ptr_nonnull(stream);
    ck_assert_uint_eq(fwrite(text, 1, len, stream), len);
    rewind(stream);
    return stream;
}

static const struct {
    const char *text;
    size_t len;
    const char *lines[3];
    size_t lens[3];
} cases[] = {
    { "", 0, { NULL }, { 0 } },
    { "a", 1, { "a" }, { 1 } },
    { "a\n", 2, { "a" }, { 1 } },
    { "a\nbc\n", 5, { "a", "bc" }, { 1, 2 } },
    { "\n\na", 3, { "", "", "a" }, { 0, 0, 1 } },
    { "a\0b\n\0", 5, { "a\0b", "\0" }, { 3, 1 } },
    { "a\r\n\xff", 4, { "a", "\xff" }, { 1, 1 } },
    { "\r\na\r\r\nb\r", 8, { "", "a\r", "b" }, { 0, 2, 1 } },
};

START_TEST(lines)
{
    FILE *stream = stream_of(cases[_i].text, cases[_i].len);
    size_t len;

    for (int i = 0; i < 3 && cases[_i].lines[i] != NULL; i++) {
        ck_assert_int_eq(line_read(stream, line, &len), LINE_READ);
        ck_assert_uint_eq(len, cases[_i].lens[i]);
        ck_assert_mem_eq(line, cases[_i].lines[i], len);
    }
    ck_assert_int_eq(line_read(stream, line, &len), LINE_END);
    fclose(stream);
}
END_TEST

/* Of the greatest size, and one more: that one is skipped whole. */
START_TEST(long_lines)
{
    for (size_t more = 0; more <= 1; more++) {
        size_t size = LINE_MAX_SIZE + more;
        char *text = malloc(size + 3);
        FILE *stream;
        size_t len;

        memset(text, 'x', size);
        memcpy(text + size, "\nb\n", 3);
        stream = stream_of(text, size + 3);
        ck_assert_int_eq(line_read(stream, line, &len), more == 0 ? LINE_READ : LINE_TOO_LONG);
        ck_assert_uint_eq(len, LINE_MAX_SIZE);
        ck_assert_int_eq(line_read(stream, line, &len), LINE_READ);
        ck_assert_uint_eq(len, 1);
        ck_assert_int_eq(line_read(stream, line, &len), LINE_END);
        fclose(stream);
        free(text);
    }
}
END_TEST

START_TEST(reading_fails)
{
    FILE *stream = fopen("/tmp", "re");
    size_t len;

    ck_assert_ptr_nonnull(stream);
    ck_assert_int_eq(line_read(stream, line, &len), LINE_FAILED);
    fclose(stream);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client line reader");

    tcase_add_loop_test(suite_case(suite, "lines"), lines, 0, COUNT(cases));
    tcase_add_test(suite_case(suite, "long"), long_lines);
    tcase_add_test(suite_case(suite, "failure"), reading_fails);
    return run_suite(suite);
}
