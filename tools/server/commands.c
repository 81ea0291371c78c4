#include "commands.h"

#include "log.h"
#include "server.h"

#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define PROGRAM_VERSION "sidewire-server " SIDEWIRE_VERSION
#define MESSAGE_NOT_PROVIDED "not provided by this server"

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* Answers through connection->reply. The arguments go away when it returns; the command goes on
 * until reply_finish. */
typedef void command_handler(struct server *server, struct connection *connection,
                             const sw_argument *argv, size_t argc);

static const sw_command_table *const tables[] = { &sw_server_commands, &sw_afs_commands };
enum {
    TABLE_COUNT = sizeof(tables) / sizeof(tables[0]),
    LOGGED_NAME_MAX = 64         /* bytes of a command's name */
};

/* The command, and the table it is in; or NULL. */
static const sw_command *find_command(const sw_argument *name, const sw_command_table **table)
{
    for (size_t i = 0; i < TABLE_COUNT; i++) {
        const sw_command *command = sw_command_find(tables[i], name->data, name->len);
        *table = tables[i];
        if (command != NULL)
            return command;
    }
    return NULL;
}

/* ---- help ---- */

/* One packet for each group. */
static void list_commands(struct reply *reply)
{
    char permissions[SW_PERMISSIONS_TEXT_SIZE + 1];

    for (size_t i = 0; i < TABLE_COUNT; i++) {
        reply_begin(reply, SW_BAND_OUTPUT);
        for (size_t j = 0; j < tables[i]->count; j++) {
            const sw_command *command = &tables[i]->commands[j];
            sw_permissions_format(command->permissions, permissions);
            reply_print(reply, "%s\t%s\t%s\t%s\n", command->name, tables[i]->handler, permissions,
                        command->description);
        }
    }
    reply_finish(reply, 0);
}

static void run_help(struct server *server, struct connection *connection,
                     const sw_argument *argv, size_t argc)
{
    struct reply *reply = &connection->reply;
    char permissions[SW_PERMISSIONS_TEXT_SIZE + 1];
    const sw_command_table *table;
    const sw_command *command;

    (void)server;
    if (argc == 1) {
        list_commands(reply);
        return;
    }
    command = find_command(&argv[1], &table);
    if (command == NULL) {
        reply_fail(reply, SW_MESSAGE_INVALID_COMMAND);
        return;
    }
    sw_permissions_format(command->permissions, permissions);
    reply_begin(reply, SW_BAND_OUTPUT);
    reply_print(reply, "%s - %s\n\nhandler: %s\npermissions: %s\nusage: %s\n\n%s", command->name,
                command->description, table->handler, permissions, command->usage, command->help);
    reply_finish(reply, 0);
}

/* ---- si, version, term ---- */

static void run_si(struct server *server, struct connection *connection, const sw_argument *argv,
                   size_t argc)
{
    struct reply *reply = &connection->reply;
    long long up = (long long)(server_clock() - server->started) / 1000;

    (void)argv;
    (void)argc;
    reply_begin(reply, SW_BAND_OUTPUT);
    reply_print(reply, "version: %s\n", PROGRAM_VERSION);
    reply_print(reply, "up time: %lld:%02lld:%02lld\n", up / 3600, up / 60 % 60, up % 60);
    reply_print(reply, "played: 0 (this server has no player)\n");
    reply_print(reply, "server pid: %ld\n", (long)getpid());
    reply_print(reply, "afs pid: none (this server has no audio file selector)\n");
    reply_print(reply, "connections (active/accepted/total): %zu/%lu/%lu\n", server->active,
                server->authenticated, server->total);
    reply_print(reply, "commands: %lu\n", server->commands);
    reply_print(reply, "log level: %s\n", log_level_name(log_get_level()));
    reply_print(reply, "supported audio formats: none\n");
    reply_print(reply, "senders: none\n");
    reply_finish(reply, 0);
}

static void run_version(struct server *server, struct connection *connection,
                        const sw_argument *argv, size_t argc)
{
    struct reply *reply = &connection->reply;
    struct utsname system;

    (void)server;
    (void)argv;
    (void)argc;
    reply_begin(reply, SW_BAND_OUTPUT);
    reply_print(reply, "%s\n", PROGRAM_VERSION);
    reply_print(reply, "built: %s\n", SIDEWIRE_BUILD_DATE);
    if (uname(&system) == 0)
        reply_print(reply, "system: %s %s %s\n", system.sysname, system.release, system.machine);
    reply_print(reply, "compiler: %s\n", COMPILER);
    reply_finish(reply, 0);
}

static void run_term(struct server *server, struct connection *connection, const sw_argument *argv,
                     size_t argc)
{
    (void)server;
    (void)argv;
    (void)argc;
    log_event(LEVEL_NOTICE, "%s: ends the server", connection->label);
    connection->ends_server = 1;
    reply_finish(&connection->reply, 0);
}

/* ---- all ---- */

static const struct {
    const char *name;
    size_t max_argc;             /* the command's name included; above is a syntax error */
    command_handler *run;
} handlers[] = {
    { "help", 2, run_help },
    { "si", 1, run_si },
    { "term", 1, run_term },
    { "version", 1, run_version },
};

static void dispatch(struct server *server, struct connection *connection, const char *name,
                     const sw_argument *argv, size_t argc)
{
    for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++) {
        if (strcmp(handlers[i].name, name) != 0)
            continue;
        if (argc > handlers[i].max_argc)
            reply_fail(&connection->reply, SW_MESSAGE_SYNTAX);
        else
            handlers[i].run(server, connection, argv, argc);
        return;
    }
    reply_fail(&connection->reply, MESSAGE_NOT_PROVIDED);
}

static void log_command(const struct connection *connection, const sw_argument *name,
                        const char *outcome)
{
    int len = name->len < LOGGED_NAME_MAX ? (int)name->len : LOGGED_NAME_MAX;

    log_event(LEVEL_INFO, "%s: command '%.*s'%s", connection->label, len, name->data, outcome);
}

void command_run(struct server *server, struct connection *connection, const sw_event *event)
{
    sw_argument *argv = server->arguments;
    const sw_command_table *table;
    const sw_command *command;
    sw_arguments arguments;
    int result = sw_session_arguments(&connection->session, event, argv, SW_COMMAND_MAX,
                                      &arguments, NULL);

    server->commands++;
    if (result < 0) {
        log_event(LEVEL_INFO, "%s: %s", connection->label, sw_error_text(result));
        reply_fail(&connection->reply, result == SW_E_COMMAND_EMPTY ? SW_MESSAGE_INVALID_COMMAND
                                                                    : SW_MESSAGE_SYNTAX);
        return;
    }
    command = find_command(&argv[0], &table);
    if (command == NULL) {
        log_command(connection, &argv[0], ": unknown");
        reply_fail(&connection->reply, SW_MESSAGE_INVALID_COMMAND);
    } else if (!sw_command_allowed(command, connection->permissions)) {
        log_command(connection, &argv[0], ": denied");
        reply_fail(&connection->reply, SW_MESSAGE_PERMISSION);
    } else {
        log_command(connection, &argv[0], "");
        dispatch(server, connection, command->name, argv, arguments.count);
    }
}
