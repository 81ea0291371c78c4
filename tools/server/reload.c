/* SPDX-License-Identifier: ISC */
#include "reload.h"

#include "log.h"
#include "server.h"

#include <stdlib.h>

/* In the thread. */
static void load(store_job *job, blob_store *store)
{
    reload *r = (reload *)job;

    (void)store;
    r->result = user_list_load(&r->users, r->server->options->user_list, r->why, sizeof(r->why));
}

/* Half a list and none at all change nothing. */
static void take(reload *r)
{
    const char *path = r->server->options->user_list;

    if (r->result < 0) {
        log_event(LEVEL_WARNING, "%s: %s: the old list stays", path, r->why);
    } else if (r->users.count == 0) {
        log_event(LEVEL_WARNING, "%s: no users, nobody could log in: the old list stays", path);
        user_list_free(&r->users);
        r->result = -1;
    } else {
        log_event(LEVEL_NOTICE, "%s: read again, users: %zu", path, r->users.count);
        server_take_users(r->server, r->users);
        r->users = (user_list){ .users = NULL };
    }
}

/* ---- SIGHUP ---- */

static void finish_signal(store_job *job)
{
    reload *r = (reload *)job;
    int is_due_again = r->is_due_again;

    take(r);
    r->is_under_way = r->is_due_again = 0;
    if (is_due_again)
        reload_by_signal(r->server);
}

void reload_by_signal(server *s)
{
    reload *r = &s->reload;

    if (r->is_under_way) { /* what was read of it may be old by now */
        r->is_due_again = 1;
        return;
    }
    *r = (reload){ .job = { .work = load, .done = finish_signal }, .server = s, .is_under_way = 1 };
    store_queue_add(&s->queue, &r->job);
}

/* ---- hup ---- */

static void finish_command(store_job *job)
{
    reload *r = (reload *)job;

    take(r);
    if (r->result < 0)
        reply_fail(&job->connection->reply, "user list refused, the old one stays; see the log");
    else
        reply_finish(&job->connection->reply, 0);
}

void reload_by_command(connection *c)
{
    reload *r = calloc(1, sizeof(*r));

    if (r == NULL) {
        reply_give_up(&c->reply);
        return;
    }
    r->job = (store_job){ .connection = c, .work = load, .done = finish_command };
    r->server = c->server;
    c->task = (task){ .state = r, .release = free };
    store_queue_add(&c->server->queue, &r->job);
}
