/* SPDX-License-Identifier: ISC */
/* The commands of the deployed server. */
#include <sidewire/audio/commands.h>

#include <stdlib.h>
#include <string.h>

#include "suite.h"

enum {
    A = SW_AFS_READ,
    AW = SW_AFS_READ | SW_AFS_WRITE,
    V = SW_VSS_READ,
    W = SW_VSS_WRITE,
    ANY = SW_ARGUMENTS_ANY
};

static const struct expected {
    int id;
    const char *name, *group;
    unsigned permissions;
    unsigned least, most;
    int takes_data;
} expected[] = {
    { SW_AUDIO_HELP, "help", "server", 0, 0, 1, 0 },
    { SW_AUDIO_SI, "si", "server", 0, 0, 0, 0 },
    { SW_AUDIO_VERSION, "version", "server", 0, 0, 0, 0 },
    { SW_AUDIO_STAT, "stat", "server", V, 0, ANY, 0 },
    { SW_AUDIO_SENDER, "sender", "server", V | W, 0, ANY, 0 },
    { SW_AUDIO_PLAY, "play", "server", V | W, 0, 0, 0 },
    { SW_AUDIO_STOP, "stop", "server", V | W, 0, 0, 0 },
    { SW_AUDIO_PAUSE, "pause", "server", V | W, 0, 0, 0 },
    { SW_AUDIO_NEXT, "next", "server", V | W, 0, 0, 0 },
    { SW_AUDIO_NOMORE, "nomore", "server", V | W, 0, 0, 0 },
    { SW_AUDIO_FF, "ff", "server", V | W, 1, 1, 0 },
    { SW_AUDIO_JMP, "jmp", "server", V | W, 1, 1, 0 },
    { SW_AUDIO_HUP, "hup", "server", W, 0, 0, 0 },
    { SW_AUDIO_TERM, "term", "server", V | W, 0, 0, 0 },
    { SW_AUDIO_ADD, "add", "afs", AW, 1, ANY, 0 },
    { SW_AUDIO_ADDATT, "addatt", "afs", AW, 1, ANY, 0 },
    { SW_AUDIO_ADDIMG, "addimg", "afs", AW, 1, 1, 1 },
    { SW_AUDIO_ADDLYR, "addlyr", "afs", AW, 1, 1, 1 },
    { SW_AUDIO_ADDMOOD, "addmood", "afs", AW, 1, 1, 1 },
    { SW_AUDIO_ADDPL, "addpl", "afs", AW, 1, 1, 1 },
    { SW_AUDIO_CPSI, "cpsi", "afs", AW, 2, ANY, 0 },
    { SW_AUDIO_INIT, "init", "afs", AW, 0, ANY, 0 },
    { SW_AUDIO_MVATT, "mvatt", "afs", AW, 2, 2, 0 },
    { SW_AUDIO_MVIMG, "mvimg", "afs", AW, 2, 2, 0 },
    { SW_AUDIO_MVLYR, "mvlyr", "afs", AW, 2, 2, 0 },
    { SW_AUDIO_MVMOOD, "mvmood", "afs", AW, 2, 2, 0 },
    { SW_AUDIO_MVPL, "mvpl", "afs", AW, 2, 2, 0 },
    { SW_AUDIO_RM, "rm", "afs", AW, 1, ANY, 0 },
    { SW_AUDIO_RMATT, "rmatt", "afs", AW, 1, ANY, 0 },
    { SW_AUDIO_RMIMG, "rmimg", "afs", AW, 1, ANY, 0 },
    { SW_AUDIO_RMLYR, "rmlyr", "afs", AW, 1, ANY, 0 },
    { SW_AUDIO_RMMOOD, "rmmood", "afs", AW, 1, ANY, 0 },
    { SW_AUDIO_RMPL, "rmpl", "afs", AW, 1, ANY, 0 },
    { SW_AUDIO_SELECT, "select", "afs", AW, 1, 1, 0 },
    { SW_AUDIO_SETATT, "setatt", "afs", AW, 2, ANY, 0 },
    { SW_AUDIO_TOUCH, "touch", "afs", AW, 1, ANY, 0 },
    { SW_AUDIO_CATIMG, "catimg", "afs", A, 1, ANY, 0 },
    { SW_AUDIO_CATLYR, "catlyr", "afs", A, 1, ANY, 0 },
    { SW_AUDIO_CATMOOD, "catmood", "afs", A, 1, ANY, 0 },
    { SW_AUDIO_CATPL, "catpl", "afs", A, 1, ANY, 0 },
    { SW_AUDIO_CHECK, "check", "afs", A, 0, ANY, 0 },
    { SW_AUDIO_LS, "ls", "afs", A, 0, ANY, 0 },
    { SW_AUDIO_LSATT, "lsatt", "afs", A, 0, ANY, 0 },
    { SW_AUDIO_LSIMG, "lsimg", "afs", A, 0, ANY, 0 },
    { SW_AUDIO_LSLYR, "lslyr", "afs", A, 0, ANY, 0 },
    { SW_AUDIO_LSMOOD, "lsmood", "afs", A, 0, ANY, 0 },
    { SW_AUDIO_LSPL, "lspl", "afs", A, 0, ANY, 0 },
};

START_TEST(test_expected)
{
    const struct expected *e = &expected[_i];
    size_t len = strlen(e->name);
    uint8_t *name = exact_copy(e->name, len);
    const sw_command *command = sw_command_find(&sw_audio_commands, (char *)name, len);

    ck_assert_msg(command != NULL, "no command '%s'", e->name);
    ck_assert_str_eq(command->name, e->name);
    ck_assert_str_eq(command->group, e->group);
    ck_assert_int_eq(command->id, e->id);
    ck_assert_uint_eq(command->permissions, e->permissions);
    ck_assert_uint_eq(command->least, e->least);
    ck_assert_uint_eq(command->most, e->most);
    ck_assert_int_eq(command->takes_data, e->takes_data);
    free(name);
}
END_TEST

/* An id is the place in the table, and commands of one group stand together. */
START_TEST(test_order)
{
    size_t groups = 0;

    ck_assert_uint_eq(sw_audio_commands.count, SW_AUDIO_COMMAND_COUNT);
    ck_assert_int_eq(COUNT(expected), SW_AUDIO_COMMAND_COUNT);
    for (size_t i = 0; i < sw_audio_commands.count; i++) {
        const sw_command *command = &sw_audio_commands.commands[i];
        ck_assert_int_eq(command->id, (int)i);
        groups += i == 0 || strcmp(command->group, command[-1].group) != 0;
    }
    ck_assert_uint_eq(groups, 2);
}
END_TEST

static void check_texts(const sw_command *c)
{
    size_t len = strlen(c->name);
    size_t help_len = strlen(c->help);

    ck_assert_uint_gt(len, 0);
    ck_assert_msg(strncmp(c->usage, c->name, len) == 0, "%s: '%s'", c->name, c->usage);
    ck_assert_msg(c->usage[len] == '\0' || c->usage[len] == ' ', "%s: '%s'", c->name, c->usage);
    ck_assert_ptr_null(strchr(c->usage, '\n'));
    ck_assert_str_ne(c->description, "");
    ck_assert_ptr_null(strchr(c->description, '\n'));
    ck_assert_uint_gt(help_len, 1);
    ck_assert_msg(c->help[help_len - 1] == '\n' && c->help[help_len - 2] != '\n', "%s: '%s'", c->name, c->help);
    ck_assert_uint_eq(c->permissions & ~(unsigned)SW_PERMISSIONS_ALL, 0);
    ck_assert(c->takes_data == 0 || c->takes_data == 1);
}

START_TEST(test_texts)
{
    for (size_t i = 0; i < sw_audio_commands.count; i++) {
        check_texts(&sw_audio_commands.commands[i]);
        for (size_t k = 0; k < i; k++)
            ck_assert_str_ne(sw_audio_commands.commands[i].name, sw_audio_commands.commands[k].name);
    }
}
END_TEST

START_TEST(test_messages)
{
    ck_assert_str_eq(SW_MESSAGE_NO_AUDIO_FILE, "no audio file");
    ck_assert_str_eq(SW_MESSAGE_SENDER_COMMAND, "command not supported by this sender");
    ck_assert_str_eq(SW_MESSAGE_FILE_TOO_LARGE, "file too large");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("audio commands");
    TCase *tcase = suite_case(suite, "audio commands");

    tcase_add_loop_test(tcase, test_expected, 0, COUNT(expected));
    tcase_add_test(tcase, test_order);
    tcase_add_test(tcase, test_texts);
    tcase_add_test(tcase, test_messages);
    return run_suite(suite);
}
