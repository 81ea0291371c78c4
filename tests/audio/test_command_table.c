/* Permissions, and the command tables of the deployed server. */
#include <sidewire/command.h>

#include <stdlib.h>
#include <string.h>

#include "suite.h"

/* ---- permissions ---- */

/* All sets, as bits. */
static const char *const sets[] = {
    "----", "a---", "-A--", "aA--", "--v-", "a-v-", "-Av-", "aAv-",
    "---V", "a--V", "-A-V", "aA-V", "--vV", "a-vV", "-AvV", "aAvV",
};

START_TEST(test_permissions)
{
    unsigned permissions = 99;
    char *out = malloc(SW_PERMISSIONS_TEXT_SIZE + 1);
    uint8_t *text = exact_copy(sets[_i], SW_PERMISSIONS_TEXT_SIZE);

    sw_permissions_format((unsigned)_i, out);
    ck_assert_str_eq(out, sets[_i]);
    sw_permissions_format((unsigned)_i | ~15u, out);
    ck_assert_str_eq(out, sets[_i]);
    ck_assert_int_eq(sw_permissions_parse((char *)text, SW_PERMISSIONS_TEXT_SIZE, &permissions),
                     SW_OK);
    ck_assert_uint_eq(permissions, (unsigned)_i);
    free(text);
    free(out);
}
END_TEST

START_TEST(test_permissions_refused)
{
    static const char *const texts[] = { "",     "-",    "---",  "-----", "aAvVx", "Aa--", "a--v",
                                         "VvAa", "    ", "a-v ", "rwrw",  "AAvV",  "aavV", "aAVV",
                                         "aAvv", "-a--" };

    for (int i = 0; i < COUNT(texts); i++) {
        size_t len = strlen(texts[i]);
        uint8_t *text = exact_copy(texts[i], len);
        unsigned permissions = 99;
        ck_assert_msg(sw_permissions_parse((char *)text, len, &permissions) == SW_E_PERMISSION,
                      "'%s'", texts[i]);
        ck_assert_uint_eq(permissions, 99);
        free(text);
    }
}
END_TEST

static const struct names_case {
    const char *text;
    int result;
    unsigned permissions;
} names_cases[] = {
    { "AFS_READ", SW_OK, 1 },
    { "AFS_WRITE", SW_OK, 2 },
    { "VSS_READ", SW_OK, 4 },
    { "VSS_WRITE", SW_OK, 8 },
    { "VSS_READ,AFS_READ", SW_OK, 5 },
    { "AFS_READ,AFS_WRITE,VSS_READ,VSS_WRITE", SW_OK, SW_PERMISSIONS_ALL },
    { "AFS_READ,AFS_READ", SW_OK, 1 },
    { "", SW_E_PERMISSION, 0 },
    { ",", SW_E_PERMISSION, 0 },
    { "AFS_READ,", SW_E_PERMISSION, 0 },
    { ",AFS_READ", SW_E_PERMISSION, 0 },
    { "AFS_READ,,VSS_READ", SW_E_PERMISSION, 0 },
    { "AFS_READ, VSS_READ", SW_E_PERMISSION, 0 },
    { " AFS_READ", SW_E_PERMISSION, 0 },
    { "AFS_READ ", SW_E_PERMISSION, 0 },
    { "AFS_REA", SW_E_PERMISSION, 0 },
    { "AFS_READX", SW_E_PERMISSION, 0 },
    { "afs_read", SW_E_PERMISSION, 0 },
    { "AFS_READ,VSS_PLAY", SW_E_PERMISSION, 0 },
    { "AFS_READ;VSS_READ", SW_E_PERMISSION, 0 },
};

START_TEST(test_permission_names)
{
    const struct names_case *c = &names_cases[_i];
    size_t len = strlen(c->text);
    uint8_t *text = exact_copy(c->text, len);
    unsigned permissions = 99;

    ck_assert_msg(sw_permissions_parse_names((char *)text, len, &permissions) == c->result,
                  "'%s'", c->text);
    ck_assert_uint_eq(permissions, c->result == SW_OK ? c->permissions : 99);
    free(text);
}
END_TEST

START_TEST(test_permissions_null)
{
    unsigned permissions = 99;

    sw_permissions_format(15, NULL);
    ck_assert_int_eq(sw_permissions_parse(NULL, 4, &permissions), SW_E_NULL);
    ck_assert_int_eq(sw_permissions_parse("aAvV", 4, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_permissions_parse(NULL, 0, &permissions), SW_E_PERMISSION);
    ck_assert_int_eq(sw_permissions_parse_names(NULL, 8, &permissions), SW_E_NULL);
    ck_assert_int_eq(sw_permissions_parse_names("AFS_READ", 8, NULL), SW_E_NULL);
    ck_assert_int_eq(sw_permissions_parse_names(NULL, 0, &permissions), SW_E_PERMISSION);
    ck_assert_uint_eq(permissions, 99);
}
END_TEST

/* Allowed exactly if no bit needed is missing. */
START_TEST(test_allowed)
{
    sw_command command = { "x", 0, 0, "x", "x", "x\n" };

    for (unsigned needed = 0; needed <= SW_PERMISSIONS_ALL; needed++)
        for (unsigned given = 0; given <= SW_PERMISSIONS_ALL; given++) {
            command.permissions = needed;
            ck_assert_int_eq(sw_command_allowed(&command, given), (needed | given) == given);
        }
    ck_assert_int_eq(sw_command_allowed(NULL, SW_PERMISSIONS_ALL), 0);
}
END_TEST

/* ---- the deployed server's tables ---- */

enum { A = SW_AFS_READ, AW = SW_AFS_READ | SW_AFS_WRITE, V = SW_VSS_READ, W = SW_VSS_WRITE };

static const struct expected {
    const sw_command_table *table;
    const char *name;
    unsigned permissions;
    int takes_data;
} expected[] = {
    { &sw_server_commands, "help", 0, 0 },     { &sw_server_commands, "si", 0, 0 },
    { &sw_server_commands, "version", 0, 0 },  { &sw_server_commands, "stat", V, 0 },
    { &sw_server_commands, "sender", V | W, 0 }, { &sw_server_commands, "play", V | W, 0 },
    { &sw_server_commands, "stop", V | W, 0 }, { &sw_server_commands, "pause", V | W, 0 },
    { &sw_server_commands, "next", V | W, 0 }, { &sw_server_commands, "nomore", V | W, 0 },
    { &sw_server_commands, "ff", V | W, 0 },   { &sw_server_commands, "jmp", V | W, 0 },
    { &sw_server_commands, "hup", W, 0 },      { &sw_server_commands, "term", V | W, 0 },

    { &sw_afs_commands, "add", AW, 0 },        { &sw_afs_commands, "addatt", AW, 0 },
    { &sw_afs_commands, "addimg", AW, 1 },     { &sw_afs_commands, "addlyr", AW, 1 },
    { &sw_afs_commands, "addmood", AW, 1 },    { &sw_afs_commands, "addpl", AW, 1 },
    { &sw_afs_commands, "cpsi", AW, 0 },       { &sw_afs_commands, "init", AW, 0 },
    { &sw_afs_commands, "mvatt", AW, 0 },      { &sw_afs_commands, "mvimg", AW, 0 },
    { &sw_afs_commands, "mvlyr", AW, 0 },      { &sw_afs_commands, "mvmood", AW, 0 },
    { &sw_afs_commands, "mvpl", AW, 0 },       { &sw_afs_commands, "rm", AW, 0 },
    { &sw_afs_commands, "rmatt", AW, 0 },      { &sw_afs_commands, "rmimg", AW, 0 },
    { &sw_afs_commands, "rmlyr", AW, 0 },      { &sw_afs_commands, "rmmood", AW, 0 },
    { &sw_afs_commands, "rmpl", AW, 0 },       { &sw_afs_commands, "select", AW, 0 },
    { &sw_afs_commands, "setatt", AW, 0 },     { &sw_afs_commands, "touch", AW, 0 },
    { &sw_afs_commands, "catimg", A, 0 },      { &sw_afs_commands, "catlyr", A, 0 },
    { &sw_afs_commands, "catmood", A, 0 },     { &sw_afs_commands, "catpl", A, 0 },
    { &sw_afs_commands, "check", A, 0 },       { &sw_afs_commands, "ls", A, 0 },
    { &sw_afs_commands, "lsatt", A, 0 },       { &sw_afs_commands, "lsimg", A, 0 },
    { &sw_afs_commands, "lslyr", A, 0 },       { &sw_afs_commands, "lsmood", A, 0 },
    { &sw_afs_commands, "lspl", A, 0 },
};

START_TEST(test_expected)
{
    const struct expected *e = &expected[_i];
    size_t len = strlen(e->name);
    uint8_t *name = exact_copy(e->name, len);
    const sw_command *command = sw_command_find(e->table, (char *)name, len);

    ck_assert_msg(command != NULL, "no command '%s'", e->name);
    ck_assert_str_eq(command->name, e->name);
    ck_assert_uint_eq(command->permissions, e->permissions);
    ck_assert_int_eq(command->takes_data, e->takes_data);
    free(name);
}
END_TEST

START_TEST(test_tables)
{
    ck_assert_str_eq(sw_server_commands.handler, "server");
    ck_assert_str_eq(sw_afs_commands.handler, "afs");
    ck_assert_uint_eq(sw_server_commands.count, 14);
    ck_assert_uint_eq(sw_afs_commands.count, 33);
    ck_assert_int_eq(COUNT(expected), 14 + 33);
}
END_TEST

/* The command at an index over both tables. */
static const sw_command *command_at(size_t i)
{
    return i < sw_server_commands.count ? &sw_server_commands.commands[i]
                                        : &sw_afs_commands.commands[i - sw_server_commands.count];
}

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
    ck_assert_msg(c->help[help_len - 1] == '\n' && c->help[help_len - 2] != '\n', "%s: '%s'",
                  c->name, c->help);
    ck_assert_uint_eq(c->permissions & ~(unsigned)SW_PERMISSIONS_ALL, 0);
    ck_assert(c->takes_data == 0 || c->takes_data == 1);
}

START_TEST(test_texts)
{
    size_t count = sw_server_commands.count + sw_afs_commands.count;

    for (size_t i = 0; i < count; i++) {
        check_texts(command_at(i));
        for (size_t k = 0; k < i; k++)
            ck_assert_str_ne(command_at(i)->name, command_at(k)->name);
    }
}
END_TEST

/* ---- lookup ---- */

START_TEST(test_find)
{
    static const sw_command commands[] = {
        { "one", 0, 0, "one", "first", "help\n" },
        { "oneself", 0, 0, "oneself", "second", "help\n" },
        { "two", 0, 0, "two", "third", "help\n" },
        { "one", 0, 0, "one", "the first again", "help\n" },
    };
    static const sw_command_table table = { "test", commands, 4 };
    static const sw_command_table empty = { "test", NULL, 0 };
    static const struct {
        const char *name;
        const sw_command *found;
    } cases[] = {
        { "one", &commands[0] }, { "oneself", &commands[1] }, { "two", &commands[2] },
        { "", NULL },            { "on", NULL },              { "ones", NULL },
        { "oneselfs", NULL },    { "One", NULL },             { "two ", NULL },
        { " two", NULL },        { "three", NULL },
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

/* ---- messages ---- */

START_TEST(test_messages)
{
    ck_assert_str_eq(SW_MESSAGE_INVALID_COMMAND, "invalid command");
    ck_assert_str_eq(SW_MESSAGE_SYNTAX, "syntax error in command");
    ck_assert_str_eq(SW_MESSAGE_PERMISSION, "permission denied");
    ck_assert_str_eq(SW_MESSAGE_NO_AUDIO_FILE, "no audio file");
    ck_assert_str_eq(SW_MESSAGE_SENDER_COMMAND, "command not supported by this sender");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("command table");
    TCase *permissions = suite_case(suite, "permissions");
    TCase *tables = suite_case(suite, "tables");

    tcase_add_loop_test(permissions, test_permissions, 0, COUNT(sets));
    tcase_add_test(permissions, test_permissions_refused);
    tcase_add_loop_test(permissions, test_permission_names, 0, COUNT(names_cases));
    tcase_add_test(permissions, test_permissions_null);
    tcase_add_test(permissions, test_allowed);
    tcase_add_loop_test(tables, test_expected, 0, COUNT(expected));
    tcase_add_test(tables, test_tables);
    tcase_add_test(tables, test_texts);
    tcase_add_test(tables, test_find);
    tcase_add_test(tables, test_messages);
    return run_suite(suite);
}
