/* help, si, version. */
#include "commands.h"

#include "log.h"
#include "server.h"

#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define PROGRAM_VERSION "sidewire-server " SIDEWIRE_VERSION

#ifdef __clang__
#define COMPILER __VERSION__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* One packet for each group, whose commands stand together. */
static void list_commands(struct reply *reply)
{
    char permissions[SW_PERMISSIONS_TEXT_SIZE + 1];
    const char *group = NULL;

    for (size_t i = 0; i < sw_audio_commands.count; i++) {
        const sw_command *command = &sw_audio_commands.commands[i];
        if (group == NULL || strcmp(group, command->group) != 0)
            reply_begin(reply, SW_BAND_OUTPUT);
        group = command->group;
        sw_permissions_format(command->permissions, permissions);
        reply_print(reply, "%s\t%s\t%s\t%s\n", command->name, group, permissions,
                    command->description);
    }
}

static void explain(struct reply *reply, const sw_command *command)
{
    char permissions[SW_PERMISSIONS_TEXT_SIZE + 1];

    sw_permissions_format(command->permissions, permissions);
    reply_begin(reply, SW_BAND_OUTPUT);
    reply_print(reply, "%s - %s\n\nhandler: %s\npermissions: %s\nusage: %s\n\n%s", command->name,
                command->description, command->group, permissions, command->usage, command->help);
}

void command_help(struct connection *connection, const sw_argument *argv, size_t argc)
{
    struct reply *reply = &connection->reply;
    const sw_command *command;

    if (argc == 1) {
        list_commands(reply);
        reply_finish(reply, 0);
        return;
    }
    command = sw_command_find(&sw_audio_commands, argv[1].data, argv[1].len);
    if (command == NULL) {
        reply_fail(reply, sw_command_refusal(SW_E_COMMAND_UNKNOWN));
        return;
    }
    explain(reply, command);
    reply_finish(reply, 0);
}

void command_si(struct connection *connection, const sw_argument *argv, size_t argc)
{
    const struct server *server = connection->server;
    struct reply *reply = &connection->reply;
    long long up = (long long)(server_clock() - server->started) / 1000;

    (void)argv;
    (void)argc;
    reply_begin(reply, SW_BAND_OUTPUT);
    reply_print(reply, "version: %s\n", PROGRAM_VERSION);
    reply_print(reply, "up time: %lld:%02lld:%02lld\n", up / 3600, up / 60 % 60, up % 60);
    reply_print(reply, "played: %llu\n", (unsigned long long)server->playback->player.played);
    reply_print(reply, "server pid: %ld\n", (long)getpid());
    reply_print(reply, "afs pid: %ld\n", (long)getpid()); /* both are this one process */
    reply_print(reply, "connections (active/accepted/total): %zu/%lu/%lu\n", server->active,
                server->authenticated, server->total);
    reply_print(reply, "commands: %lu\n", server->commands);
    reply_print(reply, "log level: %s\n", log_level_name(log_get_level()));
    reply_print(reply, "supported audio formats: none, tracks are simulated\n");
    senders_print(&server->senders, reply);
    reply_finish(reply, 0);
}

void command_version(struct connection *connection, const sw_argument *argv, size_t argc)
{
    struct reply *reply = &connection->reply;
    struct utsname system;

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
