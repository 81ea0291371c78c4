/* SPDX-License-Identifier: ISC */
/* Whole outputs, byte for byte. SIDEWIRE_WRITE_GOLDEN=1 writes the files anew, for somebody to look
 * at the difference. */
#include "scratch.h"
#include "suite.h"
#include "support.h"
#include "tools.h"
#include "whole_output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *words;
    const char *file;
} outputs[] = {
    { "text", "text.txt" },   { "colour", "colour.txt" },
    { "hex", "hex.txt" },     { "conversation", "conversation.txt" },
    { "stats", "stats.txt" }, { "json", "sessions.json" },
    { "html", "page.html" },
};

static const char *golden_path(const char *file)
{
    return source_path(scratch_format("tests/dump_output/golden/%s", file));
}

/* Copies a page without style, script and digests, which other tests look at. */
static const char *without_script(const char *page)
{
    static const struct {
        const char *begin, *end;
    } cuts[] = {
        { "<style>\n", "</style>" },
        { "<script>\n", "</script>" },
        { "script-src 'sha256-", "'" },
        { "style-src 'sha256-", "'" },
    };
    char *out = scratch_allocate(strlen(page) + 1);

    strcpy(out, page);
    for (int i = 0; i < COUNT(cuts); i++) {
        char *begin = strstr(out, cuts[i].begin);
        char *end;

        ck_assert_msg(begin != NULL, "no %s", cuts[i].begin);
        begin += strlen(cuts[i].begin);
        end = strstr(begin, cuts[i].end);
        ck_assert_ptr_nonnull(end);
        memmove(begin, end, strlen(end) + 1);
    }
    return out;
}

static void write_golden(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");

    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
}

/* Names the first line that differs. */
static void compare(const char *file, const char *seen, const char *golden)
{
    for (int line = 1;; line++) {
        size_t seen_len = strcspn(seen, "\n");
        size_t len = strcspn(golden, "\n");

        if (seen_len != len || memcmp(seen, golden, len) != 0)
            ck_abort_msg("%s:%d: expected\n%.*s\nseen\n%.*s", file, line, (int)len, golden, (int)seen_len, seen);
        ck_assert_int_eq(seen[len], golden[len]);
        if (seen[len] == '\0')
            return;
        seen += len + 1;
        golden += len + 1;
    }
}

START_TEST(golden)
{
    const char *seen = print_all(outputs[_i].words);
    const char *path = golden_path(outputs[_i].file);

    if (strcmp(outputs[_i].words, "html") == 0)
        seen = without_script(seen);
    if (getenv("SIDEWIRE_WRITE_GOLDEN") != NULL)
        write_golden(path, seen);
    compare(outputs[_i].file, seen, scratch_read(path, NULL));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("output golden");

    tcase_add_loop_test(e2e_case(suite, "golden"), golden, 0, COUNT(outputs));
    return e2e_main(suite);
}
