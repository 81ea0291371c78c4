/* SPDX-License-Identifier: ISC */
/* The commands on the blob tables: what each answers, and what the table holds afterwards. */
#include "blob_server.h"

#include "scratch.h"
#include "suite.h"

#include <string.h>

/* ---- answers ---- */

static const struct answer_case {
    const char *words[WORDS_MAX];
    const char *output, *errors;
    const char *after; /* all images; NULL: as before */
} answer_cases[] = {
    { { "lsimg" }, "a\na b\nb\nc\n", "", NULL },
    { { "lsimg", "-l" }, "2 a\n4 a b\n1 b\n3 c\n", "", NULL },
    { { "lsimg", "-i" }, "b\na\nc\na b\n", "", NULL },
    { { "lsimg", "-r" }, "c\nb\na b\na\n", "", NULL },
    { { "lsimg", "-r", "-i", "-l" }, "4 a b\n3 c\n2 a\n1 b\n", "", NULL },
    { { "lsimg", "-l", "-l" }, "2 a\n4 a b\n1 b\n3 c\n", "", NULL },
    { { "lsimg", "a*" }, "a\na b\n", "", NULL },
    { { "lsimg", "-r", "a*", "[!ab]" }, "c\na b\na\n", "", NULL },
    { { "lsimg", "a", "a*" }, "a\na b\n", "", NULL },
    { { "lsimg", "x", "c" }, "c\n", "", NULL },
    { { "lsimg", "x*" }, "", NO_MATCHES, NULL },
    { { "lsimg", "A" }, "", NO_MATCHES, NULL },
    { { "lsimg", "" }, "", NO_MATCHES, NULL },
    { { "lsimg", "-" }, "", NO_MATCHES, NULL },
    { { "lsimg", "a", "-l" }, "a\n", "", NULL },
    { { "lsimg", "--" }, "a\na b\nb\nc\n", "", NULL },
    { { "lsimg", "-l", "--", "c" }, "3 c\n", "", NULL },
    { { "lsimg", "--", "-l" }, "", NO_MATCHES, NULL },
    { { "lsimg", "-x" }, "", SYNTAX, NULL },
    { { "lsimg", "-il" }, "", SYNTAX, NULL },
    { { "lsimg", "--l" }, "", SYNTAX, NULL },
    { { "lsimg", "-l", "-L", "a" }, "", SYNTAX, NULL },
    { { "lslyr" }, "", "", NULL },
    { { "lslyr", "-l" }, "", "", NULL },
    { { "lslyr", "--" }, "", "", NULL },
    { { "lslyr", "*" }, "", NO_MATCHES, NULL },
    { { "lsmood" }, "", "", NULL },
    { { "lspl" }, "", "", NULL },

    { { "catimg" }, "", SYNTAX, NULL },
    { { "catimg", "*" }, "AxBB", "", NULL },
    { { "catimg", "b", "a" }, "ABB", "", NULL },
    { { "catimg", "a", "a", "[a]" }, "A", "", NULL },
    { { "catimg", "c" }, "", "", NULL },
    { { "catimg", "x", "b" }, "BB", "", NULL },
    { { "catimg", "x" }, "", NO_MATCHES, NULL },
    { { "catimg", "-l" }, "", NO_MATCHES, NULL },
    { { "catlyr", "*" }, "", NO_MATCHES, NULL },
    { { "catmood", "*" }, "", NO_MATCHES, NULL },
    { { "catpl", "*" }, "", NO_MATCHES, NULL },

    { { "mvimg" }, "", SYNTAX, NULL },
    { { "mvimg", "a" }, "", SYNTAX, NULL },
    { { "mvimg", "a", "x", "y" }, "", SYNTAX, NULL },
    { { "mvimg", "a", "x" }, "", "", "1 b\n2 x\n3 c\n4 a b\n" },
    { { "mvimg", "a b", "gr\xc3\xbc\xc3\x9f" }, "", "", "1 b\n2 a\n3 c\n4 gr\xc3\xbc\xc3\x9f\n" },
    { { "mvimg", "a", long_name + 1 }, "", "", NULL },
    { { "mvimg", "a", "a" }, "", "", IMAGES },
    { { "mvimg", "a", "b" }, "", EXISTS, NULL },
    { { "mvimg", "x", "y" }, "", NO_MATCHES, NULL },
    { { "mvimg", "x", "a" }, "", NO_MATCHES, NULL },
    { { "mvimg", "x", "x" }, "", NO_MATCHES, NULL },
    { { "mvimg", "a*", "y" }, "", NO_MATCHES, NULL },
    { { "mvimg", "a", "" }, "", BAD_NAME, NULL },
    { { "mvimg", "a", "x\ny" }, "", BAD_NAME, NULL },
    { { "mvimg", "a", "\x1b[0m" }, "", BAD_NAME, NULL },
    { { "mvimg", "a", "x\x7f" }, "", BAD_NAME, NULL },
    { { "mvimg", "a", long_name }, "", BAD_NAME, NULL },
    { { "mvlyr", "a", "x" }, "", NO_MATCHES, NULL },

    { { "rmimg" }, "", SYNTAX, NULL },
    { { "rmimg", "a" }, "", "", "1 b\n3 c\n4 a b\n" },
    { { "rmimg", "a*" }, "", "", "1 b\n3 c\n" },
    { { "rmimg", "x", "c", "[ab]", "a" }, "", "", "4 a b\n" },
    { { "rmimg", "*" }, "", "", "" },
    { { "rmimg", "x" }, "", NO_MATCHES, NULL },
    { { "rmimg", "" }, "", NO_MATCHES, NULL },
    { { "rmlyr", "*" }, "", NO_MATCHES, NULL },

    { { "addimg" }, "", SYNTAX, NULL },
    { { "addimg", "x", "y" }, "", SYNTAX, NULL },
    { { "addimg", "" }, "", BAD_NAME, NULL },
    { { "addimg", "\t" }, "", BAD_NAME, NULL },
    { { "addimg", long_name }, "", BAD_NAME, NULL },
};

START_TEST(test_answer)
{
    const struct answer_case *c = &answer_cases[_i];
    int changes = (c->words[0][0] == 'm' || c->words[0][0] == 'r') && c->errors[0] == '\0';

    expect_words(c->words, c->output, c->errors);
    ck_assert_int_eq(blob_server_events(), changes);
    if (c->after != NULL || !changes)
        check_entries(blob_server_store(), BLOB_IMAGES, c->after != NULL ? c->after : IMAGES);
}
END_TEST

/* Each table has its own commands. */
START_TEST(test_tables)
{
    static const char *const tables[BLOB_TABLES][5] = {
        { "addimg", "lsimg", "catimg", "mvimg", "rmimg" },
        { "addlyr", "lslyr", "catlyr", "mvlyr", "rmlyr" },
        { "addmood", "lsmood", "catmood", "mvmood", "rmmood" },
        { "addpl", "lspl", "catpl", "mvpl", "rmpl" },
    };
    const char *const *names = tables[_i];
    connection *c = blob_server_begin_upload(names[0], "new");

    c->task.receive(c, (const uint8_t *)"text", 4);
    c->task.receive(c, NULL, 0);
    expect_answer(c, "", "");
    for (int i = 0; i < BLOB_TABLES; i++)
        expect_words((const char *const[]){ tables[i][1], "new", NULL }, i == _i ? "new\n" : "",
                     i == _i ? "" : NO_MATCHES);
    expect_words((const char *const[]){ names[2], "new", NULL }, "text", "");
    expect_words((const char *const[]){ names[3], "new", "newer", NULL }, "", "");
    expect_words((const char *const[]){ names[4], "newer", NULL }, "", "");
    expect_words((const char *const[]){ names[4], "newer", NULL }, "", NO_MATCHES);
    ck_assert_int_eq(blob_server_events(), 3);
}
END_TEST

/* The longest pattern, and one byte more. */
START_TEST(test_long_pattern)
{
    static const char *const names[] = { "lsimg", "catimg", "rmimg" };
    static char pattern[PATTERN_MAX + 2];
    const char *words[] = { names[_i], pattern, NULL };

    memset(pattern, '*', PATTERN_MAX + 1);
    expect_words(words, "", "pattern too long\n");
    pattern[PATTERN_MAX] = '\0';
    expect_words(words, (const char *const[]){ "a\na b\nb\nc\n", "AxBB", "" }[_i], "");
}
END_TEST

/* ---- failures ---- */

static const struct {
    const char *words[WORDS_MAX];
} failing[] = {
    { { "lsimg" } },           { { "lsimg", "*" } }, { { "catimg", "*" } },
    { { "mvimg", "a", "x" } }, { { "rmimg", "a" } }, { { "addimg", "a" } },
};

/* Somebody else has the database for themselves. */
START_TEST(test_failure)
{
    connection *c;
    sqlite3 *other;

    make_ours();
    blob_server_open(PATH);
    other = open_as_other();
    run_sql(other, "BEGIN EXCLUSIVE");
    c = blob_server_run_words(failing[_i].words);
    if (c->task.receive != NULL) {
        reply_free(&c->reply);
        c->task.receive(c, NULL, 0);
    }
    expect_answer(c, "", DATABASE);
    ck_assert_int_eq(blob_server_events(), 0);
    run_sql(other, "ROLLBACK");
    ck_assert_int_eq(sqlite3_close(other), SQLITE_OK);
    check_entries(blob_server_store(), BLOB_IMAGES, "1 a\n");
    check_contents(blob_server_store(), BLOB_IMAGES, 1, "contents", 8);
    blob_server_stop();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("blob_commands");
    TCase *answers = suite_case(suite, "answers");
    TCase *failures = suite_case(suite, "failures");
    int status;

    tcase_add_checked_fixture(answers, blob_server_start, blob_server_stop);
    tcase_add_loop_test(answers, test_answer, 0, COUNT(answer_cases));
    tcase_add_loop_test(answers, test_long_pattern, 0, 3);
    tcase_add_loop_test(answers, test_tables, 0, BLOB_TABLES);
    tcase_add_checked_fixture(failures, scratch_enter, scratch_leave);
    tcase_add_loop_test(failures, test_failure, 0, COUNT(failing));
    if (scratch_open() < 0)
        return 1;
    status = run_suite(suite);
    scratch_close();
    return status;
}
