/* SPDX-License-Identifier: ISC */
/* Which words may follow, for every place in a line. */
#include "completion.h"

#include "suite.h"

#include <sidewire/audio.h>

#include <stdio.h>
#include <string.h>

static const struct {
    const char *words[4];
    const char *prefix;
    const char *candidates; /* separated by blanks */
    size_t common;
} cases[] = {
    /* commands */
    { { NULL }, "ver", "version", 7 },
    { { NULL }, "version", "version", 7 },
    { { NULL }, "versions", "", 0 },
    { { NULL }, "VER", "", 0 },
    { { NULL }, "s", "select sender setatt si stat stop", 1 },
    { { NULL }, "se", "select sender setatt", 2 },
    { { NULL }, "add", "add addatt addimg addlyr addmood addpl", 3 },
    { { NULL }, "rmi", "rmimg", 5 },
    { { NULL }, "q", "quit", 4 },
    { { NULL }, "e", "exit", 4 },
    { { NULL }, " ", "", 0 },
    /* their arguments */
    { { "help" }, "f", "ff", 2 },
    { { "help" }, "q", "", 0 },
    { { "help" }, "catm", "catmood", 7 },
    { { "help", "ff" }, "", "", 0 },
    { { "Help" }, "f", "", 0 },
    { { "si" }, "", "", 0 },
    { { "stat" }, "-", "", 0 },
    { { "addimg" }, "", "", 0 },
    { { "nosuch" }, "", "", 0 },
    /* senders */
    { { "sender" }, "", "dccp http udp", 0 },
    { { "sender" }, "u", "udp", 3 },
    { { "sender" }, "x", "", 0 },
    { { "sender", "http" }, "", "allow deny help off on", 0 },
    { { "sender", "udp" }, "", "add delete help off on", 0 },
    { { "sender", "dccp" }, "", "add allow delete deny help off on", 0 },
    { { "sender", "dccp" }, "de", "delete deny", 2 },
    { { "sender", "dccp" }, "del", "delete", 6 },
    { { "sender", "udp" }, "al", "", 0 },
    { { "sender", "http" }, "o", "off on", 1 },
    { { "sender", "http" }, "help", "help", 4 },
    { { "sender", "HTTP" }, "", "", 0 },
    { { "sender", "nosuch" }, "", "", 0 },
    { { "sender", "http", "allow" }, "", "", 0 },
    { { "sender", "udp", "help" }, "h", "", 0 },
};

START_TEST(candidates)
{
    char text[1024] = "";
    size_t count = 0;
    completion c;

    while (count < 4 && cases[_i].words[count] != NULL)
        count++;
    memset(&c, 0xff, sizeof(c));
    completion_find(&c, cases[_i].words, count, cases[_i].prefix);
    for (size_t i = 0; i < c.count; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i > 0 ? " " : "", c.candidates[i]);
    ck_assert_str_eq(text, cases[_i].candidates);
    ck_assert_uint_eq(c.common, cases[_i].common);
}
END_TEST

static int contains(const completion *c, const char *name)
{
    for (size_t i = 0; i < c->count; i++)
        if (strcmp(c->candidates[i], name) == 0)
            return 1;
    return 0;
}

/* Nothing at all typed: every command is there, once, in order. */
START_TEST(all_commands)
{
    static const char *const help[] = { "help" };
    size_t total = sw_audio_commands.count;

    for (size_t count = 0; count <= 1; count++) {
        completion c;

        completion_find(&c, help, count, "");
        for (size_t i = 0; i < total; i++)
            if (!contains(&c, sw_audio_commands.commands[i].name))
                ck_abort_msg("no candidate: %s", sw_audio_commands.commands[i].name);
        ck_assert_uint_eq(c.count, count == 0 ? total + 2 : total); /* quit and exit */
        for (size_t i = 1; i < c.count; i++)
            ck_assert_str_lt(c.candidates[i - 1], c.candidates[i]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("client completion");

    tcase_add_loop_test(suite_case(suite, "candidates"), candidates, 0, COUNT(cases));
    tcase_add_test(suite_case(suite, "all commands"), all_commands);
    return run_suite(suite);
}
