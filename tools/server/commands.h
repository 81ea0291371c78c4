/* The commands this server has an answer to. */
#ifndef SIDEWIRE_SERVER_COMMANDS_H
#define SIDEWIRE_SERVER_COMMANDS_H

#include "connection.h"

/* Looks up and runs the command of a SW_EVENT_COMMAND [protocol, section 9]. */
void command_run(struct server *server, struct connection *connection, const sw_event *event);

#endif
