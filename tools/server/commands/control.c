/* SPDX-License-Identifier: ISC */
/* hup, term. */
#include "commands.h"

#include "log.h"
#include "server.h"

void command_hup(connection *c, const sw_argument *argv, size_t argc)
{
    (void)argv;
    (void)argc;
    reload_by_command(c);
}

void command_term(connection *c, const sw_argument *argv, size_t argc)
{
    (void)argv;
    (void)argc;
    log_event(LEVEL_NOTICE, "%s: ends the server", c->label);
    c->ends_server = 1;
    reply_finish(&c->reply, 0);
}
