/* SPDX-License-Identifier: ISC */
#include "refusals.h"

#include "deadline.h"
#include "platform.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { UNREAD_MAX = 65536 }; /* bytes of a peer that are taken before the end */

static void close_oldest(refusals *r)
{
    int fd = r->waiting[r->first].fd;
    char unread[4096];
    size_t taken = 0;
    ssize_t n;

    while (taken < UNREAD_MAX && (n = recv(fd, unread, sizeof(unread), MSG_DONTWAIT)) > 0)
        taken += (size_t)n;
    close(fd);
    r->first = (r->first + 1) % REFUSALS_MAX;
    r->count--;
}

static void on_time(uv_timer_t *timer)
{
    refusals *r = timer->data;

    while (r->count > 0 && deadline_left(r->waiting[r->first].until) == 0)
        close_oldest(r);
    if (r->count > 0)
        uv_timer_start(timer, on_time, (uint64_t)deadline_left(r->waiting[r->first].until), 0);
}

void refusals_init(refusals *r, uv_loop_t *loop)
{
    *r = (refusals){ .count = 0 };
    uv_timer_init(loop, &r->timer);
    r->timer.data = r;
}

void refusals_add(refusals *r, int fd, const char *text)
{
    ssize_t sent = platform_send(fd, text, strlen(text));

    (void)sent; /* whoever does not take it is refused all the same */
    shutdown(fd, SHUT_WR);
    if (r->count == REFUSALS_MAX)
        close_oldest(r);
    r->waiting[(r->first + r->count) % REFUSALS_MAX] = (refused_peer){ fd, deadline_in(REFUSAL_MS) };
    r->count++;
    if (r->count == 1)
        uv_timer_start(&r->timer, on_time, REFUSAL_MS, 0);
}

void refusals_end(refusals *r)
{
    while (r->count > 0)
        close_oldest(r);
}
