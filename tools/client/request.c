#include "request.h"

#include <string.h>

const sw_command *known_command(const char *name)
{
    size_t len = strlen(name);
    const sw_command *command = sw_command_find(&sw_server_commands, name, len);

    return command != NULL ? command : sw_command_find(&sw_afs_commands, name, len);
}
