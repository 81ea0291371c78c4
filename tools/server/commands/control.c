/* hup, term. */
#include "commands.h"

#include "log.h"
#include "server.h"

void command_hup(struct connection *connection, const sw_argument *argv, size_t argc)
{
    (void)argv;
    (void)argc;
    if (server_reload(connection->server) < 0)
        reply_fail(&connection->reply, "user list refused, the old one stays; see the log");
    else
        reply_finish(&connection->reply, 0);
}

void command_term(struct connection *connection, const sw_argument *argv, size_t argc)
{
    (void)argv;
    (void)argc;
    log_event(LEVEL_NOTICE, "%s: ends the server", connection->label);
    connection->ends_server = 1;
    reply_finish(&connection->reply, 0);
}
