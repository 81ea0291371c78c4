/* SPDX-License-Identifier: ISC */
/* Reading the user list again, and the key files that it names: in the thread, since any of them may be on a
 * disk or server that is slow. */
#ifndef SIDEWIRE_SERVER_RELOAD_H
#define SIDEWIRE_SERVER_RELOAD_H

#include "store_queue.h"
#include "user_list.h"

typedef struct server server;

typedef struct reload {
    store_job job; /* first, so that it may be a task's state */
    server *server;
    user_list users; /* that were read */
    int result;      /* 0: these are the server's; -1: the old ones stay */
    char why[256];
    int is_under_way, is_due_again; /* for signals */
} reload;

/* For SIGHUP. What comes of it is logged. */
void reload_by_signal(server *s);

/* For a command, whose task it becomes. */
void reload_by_command(connection *c);

#endif
