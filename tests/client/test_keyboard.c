/* SPDX-License-Identifier: ISC */
/* Characters of a terminal, in the C locale and in UTF-8: none is lost unseen. */
#include "keyboard.h"

#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *locale, *bytes;
    const wchar_t *text;
    int is_foreign;
} inputs[] = {
    { "C", "abc\n", L"abc\n", 0 },
    { "C", "na\xc3\xafve\n", L"na??ve\n", 1 },
    { "C", "\xff\n", L"?\n", 1 },
    { "C.UTF-8", "na\xc3\xafve\n", L"na\u00efve\n", 0 },
    { "C.UTF-8", "\xe2\x82\xac\xf0\x9f\x98\x80", L"\u20ac\U0001f600", 0 },
    { "C.UTF-8", "na\xefve\n", L"na\ufffdve\n", 1 }, /* as ISO 8859-1 has it */
    { "C.UTF-8", "\xc3\n", L"\ufffd\n", 1 },         /* the end of the line is seen all the same */
    { "C.UTF-8", "\xe2\x82\xc3\xaf", L"\ufffd\u00ef", 1 },
    { "C.UTF-8", "\xe2\x82", L"\ufffd", 1 },
    { "C.UTF-8", "\xc0\x80", L"\ufffd\ufffd", 1 },
};

static int pipe_of(const char *bytes)
{
    int ends[2];

    ck_assert_int_eq(pipe(ends), 0);
    ck_assert_int_eq(write(ends[1], bytes, strlen(bytes)), (int)strlen(bytes));
    close(ends[1]);
    return ends[0];
}

START_TEST(characters)
{
    keyboard k = { .fd = pipe_of(inputs[_i].bytes) };
    const wchar_t *text = inputs[_i].text;
    wchar_t character;

    ck_assert_ptr_nonnull(setlocale(LC_CTYPE, inputs[_i].locale));
    for (; *text != L'\0'; text++) {
        ck_assert_int_eq(keyboard_read(&k, &character), 1);
        ck_assert_int_eq((int)character, (int)*text);
    }
    ck_assert_int_eq(keyboard_read(&k, &character), 0);
    ck_assert_int_eq(k.was_foreign, inputs[_i].is_foreign);
    close(k.fd);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("keyboard");

    tcase_add_loop_test(suite_case(suite, "characters"), characters, 0, COUNT(inputs));
    return run_suite(suite);
}
