/* SPDX-License-Identifier: ISC */
#include "invocation.h"

#include <string.h>

const sw_command *known_command(const char *name)
{
    return sw_command_find(&sw_audio_commands, name, strlen(name));
}
