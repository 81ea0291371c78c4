/* sender. */
#include "commands.h"

#include "server.h"

void command_sender(struct connection *connection, const sw_argument *argv, size_t argc)
{
    senders_command(&connection->server->senders, argv, argc, &connection->reply);
}
