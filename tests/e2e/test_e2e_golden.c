/* SPDX-License-Identifier: ISC */
/* Golden files: their reader, and the comparison of what came with what they say. */
#include "golden.h"
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <string.h>

/* ---- reader ---- */

static const struct {
    const char *text, *problem;
} malformed[] = {
    { "", "no steps" },
    { "# $ si\n\nserver: --track one=1\n", "no steps" },
    { "$ si\n% si\n", "line 2: unknown directive" },
    { "$ si\n>text\n", "line 2: unknown directive" },
    { "$ si\nserver end\n", "line 2: unknown directive" },
    { "$\n", "line 1: words are missing" },
    { "$ help \"si\n", "line 1: a quote *" },
    { "$ help 'si\n", "line 1: a quote *" },
    { "$ help \\y\n", "line 1: a quote *" },
    { "$ help \\x00\n", "line 1: a quote *" },
    { "$ help {BYTES 3}\n", "line 1: a quote *" },
    { "> text\n$ si\n", "line 1: belongs to no step" },
    { "$ si\n[aes]\n> text\n", "line 3: belongs to no step" },
    { "$ si\n> {TYPO}\n", "line 2: an escape or a placeholder *" },
    { "$ si\n> {NUMBER\n", "line 2: an escape or a placeholder *" },
    { "$ si\n> {}\n", "line 2: an escape or a placeholder *" },
    { "$ si\n> {BYTES 0}\n", "line 2: an escape or a placeholder *" },
    { "$ si\n> {BYTES 9999999999}\n", "line 2: an escape or a placeholder *" },
    { "$ si\n> {LINES 0}\n", "line 2: an escape or a placeholder *" },
    { "$ si\n> {FROM 1}\n", "line 2: an escape or a placeholder *" },
    { "$ si\n> {NUMBER 1}\n", "line 2: an escape or a placeholder *" },
    { "$ si\n> {BYTES -1}\n", "line 2: an escape or a placeholder *" },
    { "$ si\n! \\xA0\n", "line 2: an escape or a placeholder *" },
    { "$ si\n! \\x1\n", "line 2: an escape or a placeholder *" },
    { "$ si\n< {ANY}\n", "line 2: an escape or a placeholder *" },
    { "$ si\n< \\", NULL },
    { "$ si\n> text \n", "line 2: ends with a blank; *" },
    { "$ si\n> a\tb\n", "line 2: has bytes that are not printable ASCII" },
    { "$ si\n> \xc3\xbc\n", "line 2: has bytes that are not printable ASCII" },
    { "$ si\n= \n", "line 2: ends with a blank; *" },
    { "$ si\n=\n", "line 2: not a first exit status of its step" },
    { "$ si\n= 1x\n", "line 2: not a first exit status of its step" },
    { "$ si\n= 256\n", "line 2: not a first exit status of its step" },
    { "$ si\n= 0\n= 0\n", "line 3: not a first exit status of its step" },
    { "[]\n$ si\n", "line 1: not a mark of the next step" },
    { "[aes\n$ si\n", "line 1: not a mark of the next step" },
    { "[aes]\n[rc4]\n$ si\n", "line 2: not a mark of the next step" },
    { "[aes sideband]\n$ si\n", "line 1: unknown mode" },
    { "[legacy refuses]\n$ si\n", "line 1: unknown mode" },
    { "[legacy refuses x]\n$ si\n", "line 1: unknown mode" },
    { "[legacy refuses 12]\n$ si\n", "line 1: unknown mode" },
    { "[legacy uncut]\n$ si\n", "line 1: unknown mode" },
    { "$ si\n[aes]\n", "a mark without its step" },
    { "server: a\nserver: b\n$ si\n", "line 2: server: comes once, before the steps" },
    { "$ si\nserver: a\n", "line 2: server: comes once, before the steps" },
    { "each: a\neach: b\n$ si\n", "line 2: each: comes once, before the steps" },
    { "$ si\neach: a\n", "line 2: each: comes once, before the steps" },
    { "$ si {EACH}\n", "line 1: a quote *" },
    { "each: a\n$ si\n> {EACHES}\n", "line 3: an escape or a placeholder *" },
    { "server ends\n$ si\n", "line 1: before the steps" },
    { "$ term\nserver ends\n$ si\n", "line 3: behind the end of the server" },
};

START_TEST(reader_refuses)
{
    const char *expected = malformed[_i].problem;
    golden_file file;
    const char *problem = golden_read(&file, malformed[_i].text, 0);

    expect_match(malformed[_i].text, problem != NULL ? problem : "fine", expected != NULL ? expected : "fine");
}
END_TEST

START_TEST(words)
{
    static const char *const expected[] = {
        "help", "", "a b'", "\\x41{", "AbC d", "a\xc3\n\t\"'\\{", "axxx",
    };
    golden_file file;
    const command_line *read;

    ck_assert_pstr_eq(golden_read(&file,
                                  "$  help ''  \"a b'\" '\\x41{' \\x41b\"C d\" "
                                  "a\\xc3\\n\\t\\\"\\'\\\\\\{ a{X 3}\n",
                                  0),
                      NULL);
    read = &file.steps->words;
    ck_assert_uint_eq(read->argc, COUNT(expected));
    for (int i = 0; i < COUNT(expected); i++)
        ck_assert_str_eq(read->argv[i], expected[i]);
}
END_TEST

START_TEST(words_of_each)
{
    static const char text[] = "each: a 'b c'\nserver: -{EACH}\n$ si{EACH}s '{EACH}{EACH}'\n";
    golden_file file;

    ck_assert_pstr_eq(golden_read(&file, text, 0), NULL);
    ck_assert_uint_eq(file.each.argc, 2);
    ck_assert_str_eq(file.server.argv[0], "-a");
    ck_assert_str_eq(file.steps->words.argv[0], "sias");
    ck_assert_str_eq(file.steps->words.argv[1], "aa");
    ck_assert_pstr_eq(golden_read(&file, text, 1), NULL);
    ck_assert_str_eq(file.steps->words.argv[2], "b cb c");
}
END_TEST

START_TEST(reader_limits_steps)
{
    const char *text = "";
    golden_file file;

    for (int i = 0; i < GOLDEN_STEPS_MAX; i++)
        text = scratch_format("%s$ si\n", text);
    ck_assert_ptr_null(golden_read(&file, text, 0));
    ck_assert_str_eq(golden_read(&file, scratch_format("%s$ si\n", text), 0),
                     scratch_format("line %d: too many steps", GOLDEN_STEPS_MAX + 1));
}
END_TEST

/* ---- comparison ---- */

#define DIFFERENCE(line, expected, seen) "line " line ":\nexpected: " expected "\nseen:     " seen

/* The server of these has the process id 77 and version 1.2, and started in second 1000. */
static const struct {
    const char *expected; /* lines of a step behind `$ si` */
    const char *seen, *difference;
} comparisons[] = {
    { "", "", NULL },
    { "", "x\n", DIFFERENCE("1", "(nothing more)", "x") },
    { "> a\n> b\n", "a\nb\n", NULL },
    { "> a\n> b\n", "a\n", DIFFERENCE("3", "b", "(nothing)") },
    { "> a\n", "a\nb\tc{\\\x1b", DIFFERENCE("2", "(nothing more)", "b\\tc\\{\\\\\\x1b\\") },
    { "> a\n", "a", DIFFERENCE("2", "a", "a\\") },
    { "> a\\\n", "a", NULL },
    { "> a\\\n", "a\n", DIFFERENCE("2", "(nothing more)", "") },
    { "> a\\\n> b\n", "ab\n", NULL },
    { ">\n", "\n", NULL },
    { ">\n", "", DIFFERENCE("2", "", "(nothing)") },
    { "> \\t\\x20\\{\\\\\n", "\t {\\\n", NULL },
    { "> {PID} {VERSION}\n", "77 1.2\n", NULL },
    { "> {PID}\n", "78\n", DIFFERENCE("2", "{PID}", "78") },
    { "> {VERSION}\n", "1.3\n", DIFFERENCE("2", "{VERSION}", "1.3") },
    { "> a{NUMBER}0b{NUMBER}\n", "a1200b3\n", NULL },
    { "> a{NUMBER}\n", "a\n", DIFFERENCE("2", "a{NUMBER}", "a") },
    { "> {NUMBER}\n", "1x\n", DIFFERENCE("2", "{NUMBER}", "1x") },
    { "> a{ANY}c\n", "a c c\n", NULL },
    { "> a{ANY}c\n", "ac\n", DIFFERENCE("2", "a{ANY}c", "ac") },
    { "> {ANY}c\n", "a\nc\n", DIFFERENCE("2", "{ANY}c", "a") },
    { "> {TIME}\n", "1000.0\n", NULL },
    { "> {TIME}\n", "999.5\n", DIFFERENCE("2", "{TIME}", "999.5") },
    { "> {TIME}\n", "99999999999.5\n", DIFFERENCE("2", "{TIME}", "99999999999.5") },
    { "> {TIME}\n", "1000.\n", DIFFERENCE("2", "{TIME}", "1000.") },
    { "> {TIME}\n", "1000.1234567\n", DIFFERENCE("2", "{TIME}", "1000.1234567") },
    { "> {FROM 9 TO 10}:{FROM 0 TO 1}\n", "10:0\n", NULL },
    { "> {FROM 9 TO 10}\n", "8\n", DIFFERENCE("2", "{FROM 9 TO 10}", "8") },
    { "> {FROM 9 TO 10}\n", "11\n", DIFFERENCE("2", "{FROM 9 TO 10}", "11") },
    { "> {FROM 0 TO 1}\n", "-\n", DIFFERENCE("2", "{FROM 0 TO 1}", "-") },
    { "> {LINES 1}\n> {LINES 2}\n> d\n", "a\nb\n\nd\n", NULL },
    { "> {LINES 1}\n> d\n", "\nd\n", NULL },
    { "> {LINES 2}\n", "a\nb", DIFFERENCE("2", "{LINES 2}", "a") },
    { "> {DATE}\n", "Jan 01 1970\n", NULL },
    { "> {DATE}\n", "Jan 02 1970\n", DIFFERENCE("2", "{DATE}", "Jan 02 1970") },
    { "> {X 3}x\n> \\\n", "xxxx\n", NULL },
    { "> {X 3}\n", "xxxx\n", DIFFERENCE("2", "{X 3}", "xxxx") },
    { "> {LENGTH} 02:playing\n", "000b 02:playing\n", NULL },
    { "> {LENGTH} 02:\n", "0004 02:\n", NULL },
    { "> {LENGTH} 02:\n", "0003 02:\n", DIFFERENCE("2", "{LENGTH} 02:", "0003 02:") },
    { "> {LENGTH}\n", "0004", DIFFERENCE("2", "{LENGTH}", "0004\\") },
};

static const golden_values values = { "77", "1.2", 1000 };

/* With lines of one step, behind its command. */
static const char *compare_output(const char *lines, const char *seen, size_t len)
{
    golden_file file;

    ck_assert_ptr_null(golden_read(&file, scratch_format("$ si\n%s", lines), 0));
    return golden_compare(file.steps->output, 1, seen, len, &values);
}

START_TEST(comparison)
{
    const char *seen = comparisons[_i].seen;

    ck_assert_pstr_eq(compare_output(comparisons[_i].expected, seen, strlen(seen)), comparisons[_i].difference);
}
END_TEST

START_TEST(pattern)
{
    size_t len;
    golden_file file;
    const char *bytes;

    ck_assert_ptr_null(golden_read(&file, "$ si\n< {BYTES 3}\\\n< {BYTES 3000}\n", 0));
    bytes = golden_input(file.steps->input, &len);
    ck_assert_uint_eq(len, 3004);
    ck_assert_int_eq(memcmp(bytes, "\0\7\16\0\7\16\25", 7), 0);
    ck_assert_int_eq(memcmp(bytes + 3, bytes + 3 + 256, 256) != 0, 1);
    ck_assert_int_eq(bytes[3003], '\n');
    ck_assert_ptr_null(compare_output("> {BYTES 3}\\\n> {BYTES 3000}\n", bytes, len));
    ck_assert_ptr_nonnull(compare_output("> {BYTES 3}\\\n> {BYTES 3001}\n", bytes, len));
    ck_assert_ptr_nonnull(compare_output("> {BYTES 3}\\\n> {BYTES 2999}\n", bytes, len));
    ck_assert_ptr_nonnull(compare_output("> {BYTES 4}\\\n> {BYTES 2999}\n", bytes, len));
    ck_assert_str_eq(compare_output("> {BYTES 4}\n", bytes, 3), DIFFERENCE("2", "{BYTES 4}", "\\x00\\x07\\x0e\\"));
}
END_TEST

/* ---- legacy mode ---- */

#define CLOSED "sidewire-client: 127.0.0.1:1: connection closed "

static const struct {
    const char *step;
    int status; /* seen */
    const char *output, *error;
    int expected; /* status */
} legacy_steps[] = {
    { "$ si\n", 0, "", "", 0 },
    { "$ si\n> a\n! remote: b\n! c\n! remote: \\\n= 1\n", 0, "a\nb\n", "c\n", 0 },
    { "$ si\n! sidewire-client: c\n= 2\n", 2, "", "sidewire-client: c\n", 2 },
    { "[legacy refuses 3]\n$ si\n> a\n! remote: b\n= 1\n", 2, "",
      "sidewire-client: command: argument cannot be carried in legacy mode: argument 3\n", 2 },
    { "[legacy unasked]\n$ addimg\n! remote: b\n= 1\n", 0, "b\n", CLOSED "without a request for the data\n", 1 },
    { "[legacy cut]\n$ addimg\n! remote: b\n= 1\n", 0, "b\n", "", 0 },
    { "[legacy cut]\n$ addimg\n! remote: b\n= 1\n", 1, "b\n", CLOSED "before all data was sent\n", 1 },
};

START_TEST(legacy_derivation)
{
    const char *output = legacy_steps[_i].output;
    const char *error = legacy_steps[_i].error;
    golden_file file;
    golden_step step;

    ck_assert_pstr_eq(golden_read(&file, legacy_steps[_i].step, 0), NULL);
    step = golden_for_legacy(file.steps, legacy_steps[_i].status);
    ck_assert_pstr_eq(golden_compare(step.output, 0, output, strlen(output), &values), NULL);
    ck_assert_pstr_eq(golden_compare(step.error, 0, error, strlen(error), &values), NULL);
    ck_assert_int_eq(step.status, legacy_steps[_i].expected);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e golden");

    tcase_add_loop_test(e2e_case(suite, "malformed"), reader_refuses, 0, COUNT(malformed));
    tcase_add_test(e2e_case(suite, "words"), words);
    tcase_add_test(e2e_case(suite, "each"), words_of_each);
    tcase_add_test(e2e_case(suite, "steps"), reader_limits_steps);
    tcase_add_loop_test(e2e_case(suite, "comparison"), comparison, 0, COUNT(comparisons));
    tcase_add_test(e2e_case(suite, "pattern"), pattern);
    tcase_add_loop_test(e2e_case(suite, "legacy"), legacy_derivation, 0, COUNT(legacy_steps));
    return e2e_main(suite);
}
