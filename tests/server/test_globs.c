/* Shell globs: a table, all short patterns beside fnmatch, and patterns made to take long. */
#include "globs.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "suite.h"

static int matches(const char *pattern, const char *name)
{
    size_t len = strlen(name);
    uint8_t *text = exact_copy(pattern, strlen(pattern));
    uint8_t *subject = exact_copy(name, len);
    sw_argument argument = { (const char *)text, strlen(pattern) };
    struct globs *globs = globs_new(&argument, 1);
    int result;

    free(text); /* it has a copy */
    ck_assert_ptr_nonnull(globs);
    result = globs_match(globs, (const char *)subject, len);
    globs_free(globs);
    free(subject);
    return result;
}

/* ---- one by one ---- */

static const struct glob_case {
    const char *pattern, *name;
    int matches;
} glob_cases[] = {
    { "a", "a", 1 },
    { "a", "A", 0 },
    { "a", "ab", 0 },
    { "ab", "a", 0 },
    { "", "a", 0 },
    { "*", "a", 1 },
    { "*", ".hidden", 1 },
    { "*", "with/slash", 1 },
    { "*", "\xff\x01\n", 1 },
    { "a*", "a", 1 },
    { "a*", "abc", 1 },
    { "a*", "ba", 0 },
    { "*c", "abc", 1 },
    { "*c", "abcd", 0 },
    { "*b*", "abc", 1 },
    { "*b*", "ac", 0 },
    { "**b**", "b", 1 },
    { "a*b*c", "a.b.b.c", 1 },
    { "a*b*c", "a.c.b", 0 },
    { "*ab", "aab", 1 },
    { "*ab*ab", "abab", 1 },
    { "*ab*ab", "aab", 0 },
    { "?", "a", 1 },
    { "?", "\xc3", 1 },
    { "?", "\xc3\xa4", 0 },
    { "??", "\xc3\xa4", 1 },
    { "?*?", "a", 0 },
    { "?*?", "ab", 1 },
    { "[abc]", "b", 1 },
    { "[abc]", "d", 0 },
    { "[a-c]x", "cx", 1 },
    { "[a-c]", "B", 0 },
    { "[c-a]", "b", 0 },
    { "[a-]", "-", 1 },
    { "[-a]", "-", 1 },
    { "[a-c-e]", "d", 0 },
    { "[a-c-e]", "-", 1 },
    { "[!a]", "b", 1 },
    { "[!a]", "a", 0 },
    { "[!a]", "!", 1 },
    { "[^a]", "b", 1 },
    { "[^a]", "a", 0 },
    { "[!a]", "\xff", 1 },
    { "[!!]", "!", 0 },
    { "[a!]", "!", 1 },
    { "[]]", "]", 1 },
    { "[!]]", "]", 0 },
    { "[!]]", "a", 1 },
    { "[]-a]", "^", 1 },
    { "[*]", "*", 1 },
    { "[*]", "a", 0 },
    { "[?]", "a", 0 },
    { "[[]", "[", 1 },
    { "[\\]]", "]", 1 },
    { "[\\]]", "\\", 0 },
    { "[a\\-c]", "b", 0 },
    { "[a-\\c]", "b", 1 },
    { "[\xe0-\xff]", "\xf0", 1 },
    { "[/]", "/", 1 },
    { "[[:digit:]]", "7", 1 },
    { "[[:digit:]]", "a", 0 },
    { "[![:digit:]]", "a", 1 },
    { "[[:upper:][:digit:]_]", "_", 1 },
    { "[[:upper:][:digit:]_]", "Q", 1 },
    { "[[:upper:][:digit:]_]", "q", 0 },
    { "[[:alpha:]", "a", 0 },
    { "[:alpha:]", "l", 1 },
    { "[[=a=]b]", "a", 1 },
    { "[[.-.]]", "-", 1 },
    { "[[.a.]-c]", "b", 1 },
    { "[", "[", 1 },
    { "[a", "[a", 1 },
    { "[a", "a", 0 },
    { "[!", "[!", 1 },
    { "[]", "[]", 1 },
    { "[a\\", "[a\\", 0 },
    { "*[", "a[", 1 },
    { "]", "]", 1 },
    { "-", "-", 1 },
    { "\\*", "*", 1 },
    { "\\*", "a", 0 },
    { "\\?", "?", 1 },
    { "\\[a]", "[a]", 1 },
    { "\\a", "a", 1 },
    { "\\\\", "\\", 1 },
    { "a\\", "a", 0 },
    { "a\\", "a\\", 0 },
    { "\\", "\\", 0 },
};

/* What fnmatch says is what the table says. */
START_TEST(test_table)
{
    const struct glob_case *c = &glob_cases[_i];

    ck_assert_msg(matches(c->pattern, c->name) == c->matches, "'%s' and '%s': not %d", c->pattern,
                  c->name, c->matches);
    ck_assert_int_eq(fnmatch(c->pattern, c->name, 0) == 0, c->matches);
}
END_TEST

/* ---- all short patterns ---- */

enum { TEXT_MAX = 5 };

/* Text number n of those of one length over an alphabet. */
static void write_text(const char *alphabet, size_t len, unsigned long n, char *out)
{
    size_t letters = strlen(alphabet);

    for (size_t i = 0; i < len; i++, n /= letters)
        out[i] = alphabet[n % letters];
    out[len] = '\0';
}

static unsigned long count_texts(const char *alphabet, size_t len)
{
    return len == 0 ? 1 : strlen(alphabet) * count_texts(alphabet, len - 1);
}

static const struct alphabet_case {
    const char *pattern, *name;
    size_t pattern_len, name_len;
} alphabet_cases[] = {
    { "ab*?[]!-\\", "ab]-", 5, 3 },
    { "a*", "ab", 5, 5 },
    { "[]^-\\b", "[]^-\\b", 5, 1 },
};

static void compare_pattern(const struct alphabet_case *c, const char *pattern)
{
    sw_argument argument = { pattern, strlen(pattern) };
    struct globs *globs = globs_new(&argument, 1);
    char name[TEXT_MAX + 1];

    for (size_t len = 1; len <= c->name_len; len++)
        for (unsigned long n = 0; n < count_texts(c->name, len); n++) {
            write_text(c->name, len, n, name);
            if (globs_match(globs, name, len) != (fnmatch(pattern, name, 0) == 0))
                ck_abort_msg("'%s' and '%s': not as fnmatch", pattern, name);
        }
    globs_free(globs);
}

START_TEST(test_all)
{
    const struct alphabet_case *c = &alphabet_cases[_i];
    char pattern[TEXT_MAX + 1];

    for (size_t len = 0; len <= c->pattern_len; len++)
        for (unsigned long n = 0; n < count_texts(c->pattern, len); n++) {
            write_text(c->pattern, len, n, pattern);
            compare_pattern(c, pattern);
        }
}
END_TEST

/* ---- several patterns ---- */

START_TEST(test_several)
{
    static const sw_argument patterns[] = { { "x", 1 }, { "a*", 2 }, { "\\", 1 }, { "*z", 2 } };
    static const struct {
        const char *name;
        size_t count;            /* of the patterns, from which on it matches; 0: never */
    } cases[] = { { "x", 1 }, { "abc", 2 }, { "yz", 4 }, { "y", 0 } };

    for (int i = 0; i < COUNT(cases); i++)
        for (size_t count = 0; count <= (size_t)COUNT(patterns); count++) {
            struct globs *globs = globs_new(patterns, count);
            int expected = cases[i].count > 0 && count >= cases[i].count;
            ck_assert_int_eq(globs_match(globs, cases[i].name, strlen(cases[i].name)), expected);
            globs_free(globs);
        }
}
END_TEST

/* ---- limits ---- */

/* Patterns that match names of GLOB_NAME_MAX bytes, and no longer ones. */
START_TEST(test_longest)
{
    char *name = calloc(1, GLOB_NAME_MAX + 1);
    char *pattern = calloc(1, 2 * GLOB_NAME_MAX + 4);

    memset(name, 'x', GLOB_NAME_MAX);
    ck_assert_int_eq(matches(name, name), 1);
    for (size_t i = 0; i <= GLOB_NAME_MAX; i++) {
        ck_assert_int_eq(matches(pattern, name), i == GLOB_NAME_MAX);
        memcpy(pattern + 2 * i, "\\x", 2);
    }
    ck_assert_int_eq(matches(pattern, name), 0);
    memset(pattern, '*', 2 * GLOB_NAME_MAX + 3);
    ck_assert_int_eq(matches(pattern, name), 1);
    free(name);
    free(pattern);
}
END_TEST

/* A pattern of a whole command: `first`, then `part` as often as there is room for, then `last`. */
static const struct hostile_case {
    const char *first, *part, *last;
    size_t room;
    char letter;                 /* of the name */
} hostile_cases[] = {
    { "", "*", "b", SW_COMMAND_MAX, 'a' },
    { "", "*a", "b", SW_COMMAND_MAX, 'a' },
    { "", "*a", "b", 200, 'a' },
    { "*", "a", "b", 128, 'a' },
    { "*", "[a]", "b", 384, 'a' },
    { "", "*?", "b", SW_COMMAND_MAX, 'a' },
    { "*", "[", "", SW_COMMAND_MAX, '[' },
    { "*[[[[[[[[[[[[[[[[", "a", "", SW_COMMAND_MAX, '[' },
    { "", "*[", "", SW_COMMAND_MAX, '[' },
    { "", "[:", "", SW_COMMAND_MAX, '[' },
    { "", "[[:alpha:]", "", SW_COMMAND_MAX, 'a' },
    { "*[", "a", "b", SW_COMMAND_MAX, '[' },
    { "[!", "a", "", SW_COMMAND_MAX, '[' },
    { "", "\\", "", SW_COMMAND_MAX, '\\' },
};

/* Exponential and cubic ways of matching do not end within the time of a test. */
START_TEST(test_hostile)
{
    enum { NAMES = 1000 };
    const struct hostile_case *c = &hostile_cases[_i];
    char *pattern = calloc(1, SW_COMMAND_MAX + 1);
    char name[GLOB_NAME_MAX];
    sw_argument argument;
    struct globs *globs;
    size_t len = strlen(c->first);

    memset(name, c->letter, sizeof(name));
    memcpy(pattern, c->first, len);
    for (; len + strlen(c->part) + strlen(c->last) <= c->room; len += strlen(c->part))
        memcpy(pattern + len, c->part, strlen(c->part));
    memcpy(pattern + len, c->last, strlen(c->last));
    argument = (sw_argument){ pattern, len + strlen(c->last) };
    globs = globs_new(&argument, 1);
    for (int i = 0; i < NAMES; i++)
        ck_assert_int_eq(globs_match(globs, name, sizeof(name)), 0);
    ck_assert_uint_gt(globs_cost(globs), 0);
    ck_assert_uint_le(globs_cost(globs), (argument.len + 2) * GLOB_NAME_MAX);
    globs_free(globs);
    free(pattern);
}
END_TEST

/* As many patterns as a command can hold. */
START_TEST(test_most_patterns)
{
    sw_argument *patterns = calloc(SW_COMMAND_MAX, sizeof(*patterns));
    struct globs *globs;

    for (size_t i = 0; i < SW_COMMAND_MAX; i++)
        patterns[i] = (sw_argument){ "", 0 };
    globs = globs_new(patterns, SW_COMMAND_MAX);
    ck_assert_int_eq(globs_match(globs, "a", 1), 0);
    ck_assert_uint_ge(globs_cost(globs), SW_COMMAND_MAX);
    globs_free(globs);
    globs_free(NULL);
    free(patterns);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("globs");
    TCase *table = suite_case(suite, "table");
    TCase *limits = suite_case(suite, "limits");

    tcase_add_loop_test(table, test_table, 0, COUNT(glob_cases));
    tcase_add_loop_test(table, test_all, 0, COUNT(alphabet_cases));
    tcase_add_test(table, test_several);
    tcase_add_test(limits, test_longest);
    tcase_add_loop_test(limits, test_hostile, 0, COUNT(hostile_cases));
    tcase_add_test(limits, test_most_patterns);
    return run_suite(suite);
}
