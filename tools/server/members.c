/* SPDX-License-Identifier: ISC */
/* Which connections there are, and of what standing. */
#include "log.h"
#include "server.h"

#include <string.h>

static connection_list *list_of(server *s, const connection *c)
{
    return c->standing == MEMBER ? &s->members : &s->strangers;
}

static void append(connection_list *list, connection *c)
{
    c->older = list->newest;
    c->newer = NULL;
    if (list->newest != NULL)
        list->newest->newer = c;
    else
        list->oldest = c;
    list->newest = c;
}

static void take_out(connection_list *list, connection *c)
{
    if (c->older != NULL)
        c->older->newer = c->newer;
    else
        list->oldest = c->newer;
    if (c->newer != NULL)
        c->newer->older = c->older;
    else
        list->newest = c->older;
}

void server_enter(server *s, connection *c)
{
    append(&s->strangers, c);
    s->open++;
    s->active++;
    s->total++;
}

void server_leave(server *s, connection *c)
{
    if (s->next_watcher == c)
        s->next_watcher = c->newer;
    take_out(list_of(s, c), c);
    s->active--;
    if (c->standing == STRANGER)
        admission_stranger_leaves(&s->admission, c->counted);
    if (!c->succeeded)
        s->session_failed = 1;
    if (c->ends_server)
        server_end(s);
}

/* A member's place is free only now: whoever leaves while the database still works for him cannot come
 * back for more. */
void server_forget(server *s, connection *c)
{
    if (c->standing == MEMBER)
        admission_member_leaves(&s->admission, c->counted);
    s->open--;
    if (s->open == 0 && (s->listener_count == 0 || s->is_ending))
        s->stop = 1;
}

void server_accept_member(server *s, connection *c, const char *name, size_t len)
{
    if (!admission_may_join(&s->admission, name, len)) {
        c->is_too_many = 1;
        return;
    }
    take_out(&s->strangers, c);
    admission_stranger_leaves(&s->admission, c->counted);
    c->standing = MEMBER;
    c->counted = admission_member_comes(&s->admission, name, len);
    append(&s->members, c);
}
