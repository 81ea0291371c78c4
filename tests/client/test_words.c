/* SPDX-License-Identifier: ISC */
/* Lines split into words: what comes out, and where and why a line is refused. */
#include "words.h"

#include "suite.h"

#include <stdlib.h>
#include <string.h>

/* A line in a block of exactly its size. */
static int split(words *w, const char *line, size_t len, words_error *error)
{
    char *copy = (char *)exact_copy(line, len);
    int result = words_split(w, copy, len, error);

    free(copy); /* the words must not lie there */
    return result;
}

/* ---- accepted ---- */

static const struct {
    const char *line;
    const char *argv[5];
    const char *file;
    int file_in_home;
} accepted[] = {
    { "", { NULL }, NULL, 0 },
    { "   \t ", { NULL }, NULL, 0 },
    { "# si", { NULL }, NULL, 0 },
    { " \t#si 'not closed", { NULL }, NULL, 0 },
    { "si", { "si" }, NULL, 0 },
    { "  si\t ", { "si" }, NULL, 0 },
    { "stat -n=1 --", { "stat", "-n=1", "--" }, NULL, 0 },
    { "ls a#b #c", { "ls", "a#b", "#c" }, NULL, 0 },
    { "ls * $HOME > x;y|z", { "ls", "*", "$HOME", ">", "x;y|z" }, NULL, 0 },
    { "ls 'a b' \"c d\" e\\ f", { "ls", "a b", "c d", "e f" }, NULL, 0 },
    { "ls '' \"\" x''y", { "ls", "", "", "xy" }, NULL, 0 },
    { "ls a'b'\"c\"\\d", { "ls", "abcd" }, NULL, 0 },
    { "ls '\\' '\"' '<' '#'", { "ls", "\\", "\"", "<", "#" }, NULL, 0 },
    { "ls \"\\\"\\\\\\$\\`\" \"\\a\\n'<\"", { "ls", "\"\\$`", "\\a\\n'<" }, NULL, 0 },
    { "ls \\' \\\" \\\\ \\<", { "ls", "'", "\"", "\\", "<" }, NULL, 0 },
    { "'' x", { "", "x" }, NULL, 0 },
    { "'#' x", { "#", "x" }, NULL, 0 },
    { "ls \r\v\xc3\xa4\xff", { "ls", "\r\v\xc3\xa4\xff" }, NULL, 0 },

    { "addimg x < cover", { "addimg", "x" }, "cover", 0 },
    { "addimg x <cover  ", { "addimg", "x" }, "cover", 0 },
    { "addimg x<cover", { "addimg", "x" }, "cover", 0 },
    { "addimg x <\t'a < b' ", { "addimg", "x" }, "a < b", 0 },
    { "addimg x < ~/cover", { "addimg", "x" }, "cover", 1 },
    { "addimg x <~/'my cover'", { "addimg", "x" }, "my cover", 1 },
    { "addimg x < '~/cover'", { "addimg", "x" }, "~/cover", 0 },
    { "addimg x < \\~/cover", { "addimg", "x" }, "~/cover", 0 },
    { "addimg x < ~cover", { "addimg", "x" }, "~cover", 0 },
    { "addimg ~/x < a~/b", { "addimg", "~/x" }, "a~/b", 0 },
};

START_TEST(line_is_split)
{
    const char *line = accepted[_i].line;
    words_error error = { "", 0 };
    words w;
    size_t n = 0;

    if (split(&w, line, strlen(line), &error) < 0)
        ck_abort_msg("'%s' refused: %s", line, error.why);
    for (; n < 5 && accepted[_i].argv[n] != NULL && n < w.argc; n++)
        ck_assert_str_eq(w.argv[n], accepted[_i].argv[n]);
    ck_assert_msg(n == 5 || accepted[_i].argv[n] == NULL, "'%s': word %zu is missing", line, n);
    ck_assert_uint_eq(w.argc, n);
    ck_assert_ptr_null(w.argv[n]);
    ck_assert_pstr_eq(w.file, accepted[_i].file);
    ck_assert_int_eq(w.file_in_home, accepted[_i].file_in_home);
    words_free(&w);
}
END_TEST

/* ---- refused ---- */

#define NOT_CLOSED "quote not closed"
#define NO_FILE "no file name follows"

static const struct {
    const char *line;
    size_t len; /* 0: up to the NUL */
    size_t column;
    const char *why;
} refused[] = {
    { "'", 0, 1, NOT_CLOSED },
    { "si '", 0, 4, NOT_CLOSED },
    { "si 'a b", 0, 4, NOT_CLOSED },
    { "si a\"b c'd'", 0, 5, NOT_CLOSED },
    { "si \"a\\\"", 0, 4, NOT_CLOSED },
    { "si \"a\\", 0, 4, NOT_CLOSED },
    { "si 'a'\"b\"'c", 0, 10, NOT_CLOSED },
    { "\xc3\xa4\xe2\x82\xac '", 0, 4, NOT_CLOSED },
    { "si a\\", 0, 5, "nothing follows the backslash" },
    { "addimg x <", 0, 10, NO_FILE },
    { "addimg x <  ", 0, 10, NO_FILE },
    { "addimg x < ''", 0, 10, NO_FILE },
    { "addimg x < ~/", 0, 10, NO_FILE },
    { "addimg x << a", 0, 10, NO_FILE },
    { "addimg x < 'a", 0, 12, NOT_CLOSED },
    { "addimg x < a b", 0, 14, "the line goes on behind the file" },
    { "addimg x < a < b", 0, 14, "the line goes on behind the file" },
    { "addimg x < a# b", 0, 15, "the line goes on behind the file" },
    { "< a", 0, 1, "no command in front of the file" },
    { " < a addimg x", 0, 2, "no command in front of the file" },
    { "\0", 1, 1, "NUL byte" },
    { "si a\0b", 6, 5, "NUL byte" },
    { "# si\0", 5, 5, "NUL byte" },
};

START_TEST(line_is_refused)
{
    const char *line = refused[_i].line;
    size_t len = refused[_i].len > 0 ? refused[_i].len : strlen(line);
    words_error error = { "", 0 };
    words w;

    ck_assert_int_eq(split(&w, line, len, &error), -1);
    ck_assert_str_eq(error.why, refused[_i].why);
    ck_assert_uint_eq(error.column, refused[_i].column);
}
END_TEST

/* ---- any size ---- */

/* As many words as fit into a line, and one word as long as the line. */
START_TEST(large_lines)
{
    static const char patterns[][3] = { "a ", "aa", "a<", "''", "\\a" };
    enum { SIZE = 100000 };
    char *line = malloc(SIZE);

    for (int i = 0; i < COUNT(patterns); i++) {
        for (size_t len = SIZE - 2; len <= SIZE; len++) {
            words_error error;
            words w;

            for (size_t n = 0; n < len; n++)
                line[n] = patterns[i][n % 2];
            if (split(&w, line, len, &error) < 0)
                continue;
            ck_assert_uint_eq(w.argc, i == 0 ? (len + 1) / 2 : 1);
            words_free(&w);
        }
    }
    free(line);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client words");

    tcase_add_loop_test(suite_case(suite, "accepted"), line_is_split, 0, COUNT(accepted));
    tcase_add_loop_test(suite_case(suite, "refused"), line_is_refused, 0, COUNT(refused));
    tcase_add_test(suite_case(suite, "large"), large_lines);
    return run_suite(suite);
}
