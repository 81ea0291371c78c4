/* The server's loop: waits for descriptors and for time, and lets everybody have their turn. */
#include "server.h"

#include "listener.h"
#include "log.h"
#include "report.h"
#include "signals.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum {
    ACCEPT_BATCH = 64,           /* connections accepted before the others get their turn */
    ACCEPT_PAUSE_MS = 1000       /* after the system ran out of something */
};

static void obey_signals(server *s)
{
    int number;

    while ((number = signals_next()) != 0) {
        if (number == SIGHUP) {
            server_reload(s);
        } else {
            log_event(LEVEL_NOTICE, "ends: %s", strsignal(number));
            s->stop = 1;
        }
    }
}

static void accept_connections(server *s, int64_t now)
{
    size_t max = (size_t)s->options->max_connections;
    char peer[PEER_NAME_MAX];

    for (int i = 0; i < ACCEPT_BATCH; i++) {
        int fd = listener_accept(s->listener, peer, sizeof(peer));
        if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
            log_event(LEVEL_ERROR, "accept: %s", strerror(errno));
            s->pause_until = now + ACCEPT_PAUSE_MS;
        }
        if (fd < 0)
            return;
        if (s->active == max)
            log_event(LEVEL_WARNING, "%s: refused, there are %zu connections", peer, max);
        if (s->active == max || server_add_connection(s, fd, fd, peer, now) < 0)
            close(fd);
    }
}

/* Fills s->polls: in the order of the list, so that each finds its places again. */
static nfds_t prepare_polls(server *s, int64_t now)
{
    struct pollfd *listener = &s->polls[POLL_LISTENER];
    nfds_t count = POLL_CONNECTIONS;

    listener->fd = now < s->pause_until ? -1 : s->listener;
    listener->events = POLLIN;
    for (connection *c = s->connections; c != NULL; c = c->next)
        count += connection_poll(c, &s->polls[count]);
    return count;
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* The milliseconds that poll may take: until there is something to do by time. -1: any. */
static int patience(const server *s, int64_t now)
{
    int64_t next = now < s->pause_until ? s->pause_until : INT64_MAX;
    int64_t t = playback_wait(s->playback, now);

    if (server_events(s) != s->events_seen)
        return 0;
    if (t >= 0)
        next = sooner(next, now + t);
    for (const connection *c = s->connections; c != NULL; c = c->next)
        next = sooner(next, connection_wake(c));
    if (next == INT64_MAX)
        return -1;
    if (next <= now)
        return 0;
    return next - now < INT_MAX ? (int)(next - now) : INT_MAX;
}

static void service_connections(server *s, int64_t now)
{
    connection **link = &s->connections;
    const struct pollfd *polls = s->polls + POLL_CONNECTIONS;

    while (*link != NULL) {
        size_t polled = (*link)->polled;
        connection_service(*link, polls, now);
        polls += polled;
        if ((*link)->phase == PHASE_OVER)
            server_remove_connection(s, link);
        else
            link = &(*link)->next;
    }
}

int server_run(server *s)
{
    int is_single = s->listener < 0;

    while (!s->stop && (!is_single || s->connections != NULL)) {
        int64_t now = server_clock();
        nfds_t count = prepare_polls(s, now);
        int found = poll(s->polls, count, patience(s, now));

        if (found < 0 && errno == EINTR)
            continue;
        if (found < 0) {
            report_system("poll", errno);
            return STATUS_CONNECTION;
        }
        if (s->polls[POLL_SIGNALS].revents != 0)
            obey_signals(s);
        now = server_clock();
        playback_run(s->playback, now);
        s->events_seen = server_events(s);
        service_connections(s, now);
        server_check_recorder(s);
        if (s->polls[POLL_LISTENER].revents != 0)
            accept_connections(s, now);
    }
    return is_single && s->session_failed ? STATUS_CONNECTION : STATUS_OK;
}

