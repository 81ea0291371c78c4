/* SPDX-License-Identifier: ISC */
/* sender. */
#include "commands.h"

#include "server.h"

void command_sender(connection *c, const sw_argument *argv, size_t argc)
{
    senders_command(&c->server->senders, argv, argc, &c->reply);
}
