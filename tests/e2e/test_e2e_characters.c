/* SPDX-License-Identifier: ISC */
/* What people see of bytes that are not ASCII: the same in all programs, as the locale has it. */
#include "scratch.h"
#include "suite.h"
#include "tools.h"

#include <stdlib.h>
#include <string.h>

#define KEY "schl\xc3\xbcssel" /* a user's own word */
#define TURNED                                                                                                    \
    "a\xe2\x80\xae"                                                                                               \
    "b\033[2J" /* turned around, and a cleared screen */

static const struct {
    const char *tool, *words, *end;
} messages[] = {
    { TOOL_CLIENT, "-u alice -k %s si", ": No such file or directory\n" },
    { TOOL_SERVER, "-p 0 -u %s", ": No such file or directory\n" },
    { TOOL_DUMP, "%s", ": No such file or directory\n" },
    { TOOL_DUMP, "-k %s capture", ": No such file or directory\n" },
    { TOOL_CLIENT, "--%s", ": unknown option; see --help\n" },
};

static const struct {
    const char *locale, *name, *shown;
} names[] = {
    { "C.UTF-8", KEY, KEY },
    { "C", KEY, "schl\\xc3\\xbcssel" },
    { "C.UTF-8", TURNED, "a\\xe2\\x80\\xaeb\\x1b[2J" },
    { "C", TURNED, "a\\xe2\\x80\\xaeb\\x1b[2J" },
};

START_TEST(names_in_messages)
{
    setenv("LC_ALL", names[_i].locale, 1);
    for (int i = 0; i < COUNT(messages); i++) {
        const char *percent = strstr(messages[i].words, "%s");
        const char *words = scratch_format("%.*s%s%s", (int)(percent - messages[i].words), messages[i].words,
                                           names[_i].name, percent + 2);
        process *p = tool_start(messages[i].tool, words);

        process_wait(p);
        if (strstr(process_err(p), scratch_format("%s%s", names[_i].shown, messages[i].end)) == NULL)
            ck_abort_msg("%s %s: %s", messages[i].tool, words, process_err(p));
    }
}
END_TEST

START_TEST(text_of_a_session)
{
    server s = server_start_local("--record capture");
    process *dump;

    setenv("LC_ALL", names[_i].locale, 1);
    client_expect(&s, "", scratch_format("nosuch %s", names[_i].name), 1, "", "remote: invalid command\n");
    server_stop(&s);
    dump = tool_start(TOOL_DUMP, "-k keys/alice capture");
    ck_assert_int_eq(process_wait(dump), 0);
    ck_assert_ptr_nonnull(strstr(process_out(dump), scratch_format("\"%s\"", names[_i].shown)));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("e2e characters");
    TCase *tcase = e2e_case(suite, "locales");

    tcase_add_loop_test(tcase, names_in_messages, 0, COUNT(names));
    tcase_add_loop_test(tcase, text_of_a_session, 0, COUNT(names));
    return e2e_main(suite);
}
