/* SPDX-License-Identifier: ISC */
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
static void list_commands(reply *r)
{
    char permissions[SW_PERMISSIONS_TEXT_SIZE + 1];
    const char *group = NULL;

    for (size_t i = 0; i < sw_audio_commands.count; i++) {
        const sw_command *command = &sw_audio_commands.commands[i];
        if (group == NULL || strcmp(group, command->group) != 0)
            reply_begin(r, SW_BAND_OUTPUT);
        group = command->group;
        sw_permissions_format(command->permissions, permissions);
        reply_print(r, "%s\t%s\t%s\t%s\n", command->name, group, permissions, command->description);
    }
}

static void explain(reply *r, const sw_command *command)
{
    char permissions[SW_PERMISSIONS_TEXT_SIZE + 1];

    sw_permissions_format(command->permissions, permissions);
    reply_begin(r, SW_BAND_OUTPUT);
    reply_print(r, "%s - %s\n\nhandler: %s\npermissions: %s\nusage: %s\n\n%s", command->name, command->description,
                command->group, permissions, command->usage, command->help);
}

void command_help(connection *c, const sw_argument *argv, size_t argc)
{
    reply *r = &c->reply;
    const sw_command *command;

    if (argc == 1) {
        list_commands(r);
        reply_finish(r, 0);
        return;
    }
    command = sw_command_find(&sw_audio_commands, argv[1].data, argv[1].len);
    if (command == NULL) {
        reply_fail(r, sw_command_refusal(SW_E_COMMAND_UNKNOWN));
        return;
    }
    explain(r, command);
    reply_finish(r, 0);
}

void command_si(connection *c, const sw_argument *argv, size_t argc)
{
    const server *s = c->server;
    reply *r = &c->reply;
    long long up = (long long)(server_clock() - s->started) / 1000;

    (void)argv;
    (void)argc;
    reply_begin(r, SW_BAND_OUTPUT);
    reply_print(r, "version: %s\n", PROGRAM_VERSION);
    reply_print(r, "up time: %lld:%02lld:%02lld\n", up / 3600, up / 60 % 60, up % 60);
    reply_print(r, "played: %llu\n", (unsigned long long)s->playback->player.played);
    reply_print(r, "server pid: %ld\n", (long)getpid());
    reply_print(r, "afs pid: %ld\n", (long)getpid()); /* both are this one process */
    reply_print(r, "connections (active/accepted/total): %zu/%lu/%lu\n", s->active, s->authenticated, s->total);
    reply_print(r, "commands: %lu\n", s->commands);
    reply_print(r, "log level: %s\n", log_level_name(log_get_level()));
    reply_print(r, "supported audio formats: none, tracks are simulated\n");
    senders_print(&s->senders, r);
    reply_finish(r, 0);
}

void command_version(connection *c, const sw_argument *argv, size_t argc)
{
    reply *r = &c->reply;
    struct utsname system;

    (void)argv;
    (void)argc;
    reply_begin(r, SW_BAND_OUTPUT);
    reply_print(r, "%s\n", PROGRAM_VERSION);
    reply_print(r, "built: %s\n", SIDEWIRE_BUILD_DATE);
    if (uname(&system) == 0)
        reply_print(r, "system: %s %s %s\n", system.sysname, system.release, system.machine);
    reply_print(r, "compiler: %s\n", COMPILER);
    reply_finish(r, 0);
}
