/* Which command it is, whether the user may run it, and who does. */
#include "commands.h"

#include "log.h"
#include "server.h"

#include <string.h>

#define MESSAGE_NOT_PROVIDED "not provided by this server"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { LOGGED_NAME_MAX = 64 };   /* bytes of a command's name */

const sw_command_table *const command_tables[COMMAND_TABLES] = {
    &sw_server_commands, &sw_afs_commands
};

static const struct handler {
    const char *name;
    int is_bare;                 /* takes no arguments */
    command_handler *run;
} handlers[] = {
    { "help", 0, command_help },
    { "si", 1, command_si },
    { "version", 1, command_version },
    { "stat", 0, command_stat },
    { "sender", 0, command_sender },
    { "play", 1, command_play },
    { "stop", 1, command_stop },
    { "pause", 1, command_pause },
    { "next", 1, command_next },
    { "nomore", 1, command_nomore },
    { "ff", 0, command_ff },
    { "jmp", 0, command_jmp },
    { "hup", 1, command_hup },
    { "term", 1, command_term },
    { "addimg", 0, command_blob_add },
    { "addlyr", 0, command_blob_add },
    { "addmood", 0, command_blob_add },
    { "addpl", 0, command_blob_add },
    { "catimg", 0, command_blob_cat },
    { "catlyr", 0, command_blob_cat },
    { "catmood", 0, command_blob_cat },
    { "catpl", 0, command_blob_cat },
    { "lsimg", 0, command_blob_ls },
    { "lslyr", 0, command_blob_ls },
    { "lsmood", 0, command_blob_ls },
    { "lspl", 0, command_blob_ls },
    { "mvimg", 0, command_blob_mv },
    { "mvlyr", 0, command_blob_mv },
    { "mvmood", 0, command_blob_mv },
    { "mvpl", 0, command_blob_mv },
    { "rmimg", 0, command_blob_rm },
    { "rmlyr", 0, command_blob_rm },
    { "rmmood", 0, command_blob_rm },
    { "rmpl", 0, command_blob_rm },
};

const sw_command *command_find(const sw_argument *name, const sw_command_table **table)
{
    for (size_t i = 0; i < COMMAND_TABLES; i++) {
        const sw_command *command = sw_command_find(command_tables[i], name->data, name->len);
        *table = command_tables[i];
        if (command != NULL)
            return command;
    }
    return NULL;
}

static const struct handler *find_handler(const char *name)
{
    for (size_t i = 0; i < COUNT(handlers); i++)
        if (strcmp(handlers[i].name, name) == 0)
            return &handlers[i];
    return NULL;
}

/* A command that has all permissions it needs. */
static void run(connection *c, const sw_command *command, const sw_argument *argv,
                size_t argc)
{
    const struct handler *handler = find_handler(command->name);

    if (handler == NULL)
        reply_fail(&c->reply, MESSAGE_NOT_PROVIDED);
    else if (handler->is_bare && sw_no_arguments(argv, argc, NULL) < 0)
        reply_fail(&c->reply, SW_MESSAGE_SYNTAX);
    else
        handler->run(c, argv, argc);
}

static void log_command(const connection *c, const sw_argument *name,
                        const char *outcome)
{
    int len = name->len < LOGGED_NAME_MAX ? (int)name->len : LOGGED_NAME_MAX;

    log_event(LEVEL_INFO, "%s: command '%.*s'%s", c->label, len, name->data, outcome);
}

void command_run(connection *c, const sw_event *event)
{
    server *s = c->server;
    sw_argument *argv = s->arguments;
    const sw_command_table *table;
    const sw_command *command;
    sw_command_info arguments;
    int result = sw_session_arguments(&c->session, event, argv, SW_COMMAND_MAX,
                                      &arguments, NULL);

    s->commands++;
    if (result < 0) {
        log_event(LEVEL_INFO, "%s: %s", c->label, sw_error_text(result));
        reply_fail(&c->reply, result == SW_E_COMMAND_EMPTY ? SW_MESSAGE_INVALID_COMMAND
                   : SW_MESSAGE_SYNTAX);
        return;
    }
    command = command_find(&argv[0], &table);
    if (command == NULL) {
        log_command(c, &argv[0], ": unknown");
        reply_fail(&c->reply, SW_MESSAGE_INVALID_COMMAND);
    } else if (!sw_command_allowed(command, c->permissions)) {
        log_command(c, &argv[0], ": denied");
        reply_fail(&c->reply, SW_MESSAGE_PERMISSION);
    } else {
        log_command(c, &argv[0], "");
        run(c, command, argv, arguments.count);
    }
}
