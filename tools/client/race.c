/* SPDX-License-Identifier: ISC */
#include "race.h"

#include "deadline.h"
#include "platform.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct racers {
    const struct addrinfo *order[RACE_MAX];
    size_t count, next; /* addresses; the first that was not tried yet */
    struct pollfd running[RACE_MAX];
    const struct addrinfo *to[RACE_MAX];
    size_t running_count;
    int64_t next_at; /* when the next one starts */
    int error;       /* of the one that failed last */
    race_told *told;
} racers;

/* The first address of the other family than the one before it, or else the next one. */
static void put_in_order(racers *r, const struct addrinfo *addresses)
{
    const struct addrinfo *all[RACE_MAX];
    size_t left = 0;
    int family = AF_UNSPEC;

    for (; addresses != NULL && left < RACE_MAX; addresses = addresses->ai_next)
        all[left++] = addresses;
    for (r->count = 0; left > 0; left--) {
        size_t pick = 0;

        while (pick < left && all[pick]->ai_family == family)
            pick++;
        if (pick == left)
            pick = 0;
        family = all[pick]->ai_family;
        r->order[r->count++] = all[pick];
        for (size_t i = pick; i + 1 < left; i++)
            all[i] = all[i + 1];
    }
}

static void tell(const racers *r, const struct addrinfo *address, int error)
{
    if (r->told != NULL)
        r->told(address, error);
}

static int64_t now(void)
{
    return deadline_in(0);
}

static void failed(racers *r, const struct addrinfo *address, int fd, int error)
{
    if (fd >= 0)
        close(fd);
    r->error = error;
    r->next_at = now(); /* there is nothing to wait for */
    tell(r, address, error);
}

static void start_next(racers *r)
{
    const struct addrinfo *address = r->order[r->next++];
    int fd = platform_socket(address->ai_family, address->ai_socktype, address->ai_protocol);

    r->next_at = deadline_in(RACE_HEAD_START);
    if (fd < 0 || (connect(fd, address->ai_addr, address->ai_addrlen) < 0 && errno != EINPROGRESS)) {
        failed(r, address, fd, errno);
        return;
    }
    r->running[r->running_count] = (struct pollfd){ fd, POLLOUT, 0 };
    r->to[r->running_count++] = address;
}

static void forget(racers *r, size_t i)
{
    r->running_count--;
    r->running[i] = r->running[r->running_count];
    r->to[i] = r->to[r->running_count];
}

/* Looks at those that are ready. The socket of one that is connected, or -1. */
static int look(racers *r)
{
    for (size_t i = r->running_count; i-- > 0;) {
        int fd = r->running[i].fd;
        int error = 0;
        socklen_t size = sizeof(error);

        if (r->running[i].revents == 0)
            continue;
        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
            error = errno;
        if (error == 0)
            tell(r, r->to[i], 0);
        else
            failed(r, r->to[i], fd, error);
        forget(r, i);
        if (error == 0)
            return fd;
    }
    return -1;
}

static int run(racers *r, int64_t deadline)
{
    while (r->next < r->count || r->running_count > 0) {
        int64_t until = deadline;
        int n;

        if (r->next < r->count && (r->running_count == 0 || deadline_left(r->next_at) == 0)) {
            start_next(r);
            continue;
        }
        if (r->next < r->count)
            until = deadline_sooner(deadline, r->next_at);
        n = poll(r->running, r->running_count, deadline_left(until));
        if (n > 0) {
            int fd = look(r);
            if (fd >= 0)
                return fd;
        }
        if (deadline_left(deadline) == 0) {
            r->error = ETIMEDOUT;
            break;
        }
    }
    return -1;
}

int race(const struct addrinfo *addresses, int64_t deadline, race_told *told)
{
    racers r = { .told = told, .error = EADDRNOTAVAIL };
    int on = 1;
    int fd;

    put_in_order(&r, addresses);
    fd = run(&r, deadline);
    for (size_t i = 0; i < r.running_count; i++)
        close(r.running[i].fd);
    if (fd < 0) {
        errno = r.error;
        return -1;
    }
    /* a lost server ends a command that waits; short packets do not wait for each other */
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    return fd;
}
