/* SPDX-License-Identifier: ISC */
/* A table of commands that is a daemon's own: lookup, permissions, numbers of arguments. */
#include <sidewire/command.h>

#include <stdlib.h>
#include <string.h>

#include "suite.h"

/* ---- lookup by name ---- */

START_TEST(test_find)
{
    static const sw_command commands[] = {
        { .name = "one", .id = 1 },
        { .name = "oneself", .id = 2 },
        { .name = "two", .id = 3 },
        { .name = "one", .id = 4 },
    };
    static const sw_command_table table = { commands, 4 };
    static const sw_command_table empty = { NULL, 0 };
    static const struct {
        const char *name;
        const sw_command *found;
    } cases[] = {
        { "one", &commands[0] }, { "oneself", &commands[1] },
        { "two", &commands[2] }, { "", NULL },
        { "on", NULL },          { "ones", NULL },
        { "oneselfs", NULL },    { "One", NULL },
        { "two ", NULL },        { " two", NULL },
        { "three", NULL },
    };

    for (int i = 0; i < COUNT(cases); i++) {
        size_t len = strlen(cases[i].name);
        uint8_t *name = exact_copy(cases[i].name, len);
        ck_assert_ptr_eq(sw_command_find(&table, (char *)name, len), cases[i].found);
        ck_assert_ptr_null(sw_command_find(&empty, (char *)name, len));
        free(name);
    }
    ck_assert_ptr_null(sw_command_find(&table, "two\0", 4));
    ck_assert_ptr_null(sw_command_find(&table, "two", 0));
    ck_assert_ptr_null(sw_command_find(NULL, "two", 3));
    ck_assert_ptr_null(sw_command_find(&table, NULL, 3));
    ck_assert_ptr_null(sw_command_find(&table, NULL, 0));
}
END_TEST

/* ---- may this user run it? ---- */

enum { LOOK = 1, CHANGE = 2, BOTH = 3, ARGUMENTS = 5 };

static const sw_command daemon_commands[] = {
    { .name = "ping", .id = 10, .most = SW_ARGUMENTS_ANY },
    { .name = "show", .id = 11, .permissions = LOOK, .most = 1 },
    { .name = "set", .id = 12, .permissions = BOTH, .least = 2, .most = 2 },
    { .name = "drop", .id = 13, .permissions = CHANGE, .least = 1, .most = SW_ARGUMENTS_ANY },
};
static const sw_command_table daemon_table = { daemon_commands, COUNT(daemon_commands) };

static const char invalid[] = "invalid command";
static const char denied[] = "permission denied";
static const char syntax[] = "syntax error in command";

static const struct check_case {
    const char *name;
    size_t argc;
    unsigned permissions;
    int result;
    const char *refusal;
    int id;                /* 0: no command */
    uint64_t value, limit; /* of the error */
} check_cases[] = {
    { "ping", 1, 0, SW_OK, NULL, 10, 0, 0 },
    { "ping", 5, 0, SW_OK, NULL, 10, 0, 0 },
    { "show", 1, LOOK, SW_OK, NULL, 11, 0, 0 },
    { "show", 2, BOTH, SW_OK, NULL, 11, 0, 0 },
    { "show", 3, LOOK, SW_E_COMMAND_ARGUMENTS, syntax, 11, 2, 1 },
    { "show", 1, 0, SW_E_COMMAND_DENIED, denied, 11, LOOK, 0 },
    { "show", 1, CHANGE, SW_E_COMMAND_DENIED, denied, 11, LOOK, CHANGE },
    { "show", 3, CHANGE, SW_E_COMMAND_DENIED, denied, 11, LOOK, CHANGE }, /* learns nothing about arguments */
    { "set", 3, BOTH, SW_OK, NULL, 12, 0, 0 },
    { "set", 3, BOTH | 0x80000000, SW_OK, NULL, 12, 0, 0 },
    { "set", 3, LOOK, SW_E_COMMAND_DENIED, denied, 12, BOTH, LOOK },
    { "set", 3, CHANGE, SW_E_COMMAND_DENIED, denied, 12, BOTH, CHANGE },
    { "set", 2, BOTH, SW_E_COMMAND_ARGUMENTS, syntax, 12, 1, 2 },
    { "set", 4, BOTH, SW_E_COMMAND_ARGUMENTS, syntax, 12, 3, 2 },
    { "drop", 1, CHANGE, SW_E_COMMAND_ARGUMENTS, syntax, 13, 0, 1 },
    { "drop", 2, CHANGE, SW_OK, NULL, 13, 0, 0 },
    { "drop", 5, CHANGE, SW_OK, NULL, 13, 0, 0 },
    { "", 1, BOTH, SW_E_COMMAND_UNKNOWN, invalid, 0, 0, 0 },
    { "pin", 1, BOTH, SW_E_COMMAND_UNKNOWN, invalid, 0, 3, 0 },
    { "pings", 1, BOTH, SW_E_COMMAND_UNKNOWN, invalid, 0, 5, 0 },
    { "ping", 0, BOTH, SW_E_COMMAND_UNKNOWN, invalid, 0, 0, 0 },
};

START_TEST(test_check)
{
    const struct check_case *c = &check_cases[_i];
    uint8_t *name = exact_copy(c->name, strlen(c->name));
    sw_argument argv[ARGUMENTS] = { { (char *)name, strlen(c->name) } };
    const sw_command *command = daemon_commands;
    const char *refusal = "?";
    sw_error error;

    ck_assert_int_eq(sw_command_check(&daemon_table, argv, c->argc, c->permissions, &command, &refusal, &error),
                     c->result);
    check_error(c->name, error, c->result, c->value, c->limit);
    if (c->refusal == NULL)
        ck_assert_ptr_null(refusal);
    else
        ck_assert_str_eq(refusal, c->refusal);
    ck_assert_int_eq(command != NULL ? command->id : 0, c->id);
    ck_assert_int_eq(sw_command_check(&daemon_table, argv, c->argc, c->permissions, &command, NULL, NULL),
                     c->result);
    free(name);
}
END_TEST

/* Allowed exactly if no bit that is needed is missing, for all sets of four. */
START_TEST(test_permissions)
{
    sw_command row = { .name = "x" };
    const sw_command_table table = { &row, 1 };
    const sw_argument argv[] = { { "x", 1 } };
    const sw_command *command;

    for (unsigned needed = 0; needed < 16; needed++)
        for (unsigned given = 0; given < 16; given++) {
            row.permissions = needed;
            ck_assert_int_eq(sw_command_check(&table, argv, 1, given, &command, NULL, NULL),
                             (needed | given) == given ? SW_OK : SW_E_COMMAND_DENIED);
        }
}
END_TEST

/* More arguments than the number that stands for any number. */
START_TEST(test_any_arguments)
{
    size_t argc = (size_t)SW_ARGUMENTS_ANY + 2;
    sw_argument *argv = calloc(argc, sizeof(*argv));
    const sw_command *command;

    argv[0] = (sw_argument){ "ping", 4 };
    ck_assert_int_eq(sw_command_check(&daemon_table, argv, argc, 0, &command, NULL, NULL), SW_OK);
    free(argv);
}
END_TEST

START_TEST(test_check_null)
{
    const sw_argument argv[] = { { "ping", 4 } };
    const sw_command *command = daemon_commands;
    const char *refusal = NULL;
    sw_error error = { 1, 2, 3 };

    ck_assert_int_eq(sw_command_check(NULL, argv, 1, BOTH, &command, &refusal, &error), SW_E_NULL);
    check_error("no table", error, SW_E_NULL, 0, 0);
    ck_assert_ptr_null(command);
    ck_assert_str_eq(refusal, invalid);
    ck_assert_int_eq(sw_command_check(&daemon_table, NULL, 1, BOTH, &command, NULL, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_command_check(&daemon_table, argv, 1, BOTH, NULL, NULL, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_command_check(&daemon_table, NULL, 0, BOTH, &command, &refusal, NULL),
                     SW_E_COMMAND_UNKNOWN);
}
END_TEST

/* What decoders and readers of arguments find wrong is told, too. */
START_TEST(test_refusal)
{
    ck_assert_str_eq(sw_command_refusal(SW_E_COMMAND_EMPTY), invalid);
    ck_assert_str_eq(sw_command_refusal(SW_E_COMMAND_UNKNOWN), invalid);
    ck_assert_str_eq(sw_command_refusal(SW_E_COMMAND_DENIED), denied);
    ck_assert_str_eq(sw_command_refusal(SW_E_COMMAND_SYNTAX), syntax);
    ck_assert_str_eq(sw_command_refusal(SW_E_COMMAND_SIZE), syntax);
    ck_assert_str_eq(sw_command_refusal(SW_E_COMMAND_COUNT), syntax);
    ck_assert_str_eq(sw_command_refusal(SW_E_COMMAND_ARGUMENTS), syntax);
    ck_assert_str_eq(sw_command_refusal(-1000), syntax);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("command table");
    TCase *tcase = suite_case(suite, "command table");

    tcase_add_test(tcase, test_find);
    tcase_add_loop_test(tcase, test_check, 0, COUNT(check_cases));
    tcase_add_test(tcase, test_permissions);
    tcase_add_test(tcase, test_any_arguments);
    tcase_add_test(tcase, test_check_null);
    tcase_add_test(tcase, test_refusal);
    return run_suite(suite);
}
