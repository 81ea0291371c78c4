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

static void obey_signals(struct server *server)
{
    int number;

    while ((number = signals_next()) != 0) {
        if (number == SIGHUP) {
            server_reload(server);
        } else {
            log_event(LEVEL_NOTICE, "ends: %s", strsignal(number));
            server->stop = 1;
        }
    }
}

static void accept_connections(struct server *server, int64_t now)
{
    size_t max = (size_t)server->options->max_connections;
    char peer[PEER_NAME_MAX];

    for (int i = 0; i < ACCEPT_BATCH; i++) {
        int fd = listener_accept(server->listener, peer, sizeof(peer));
        if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)) {
            log_event(LEVEL_ERROR, "accept: %s", strerror(errno));
            server->pause_until = now + ACCEPT_PAUSE_MS;
        }
        if (fd < 0)
            return;
        if (server->active == max)
            log_event(LEVEL_WARNING, "%s: refused, there are %zu connections", peer, max);
        if (server->active == max || server_add_connection(server, fd, fd, peer, now) < 0)
            close(fd);
    }
}

/* Fills server->polls: in the order of the list, so that each finds its places again. */
static nfds_t prepare_polls(struct server *server, int64_t now)
{
    struct pollfd *listener = &server->polls[POLL_LISTENER];
    nfds_t count = POLL_CONNECTIONS;

    listener->fd = now < server->pause_until ? -1 : server->listener;
    listener->events = POLLIN;
    for (struct connection *c = server->connections; c != NULL; c = c->next)
        count += connection_poll(c, &server->polls[count]);
    return count;
}

static int64_t sooner(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* The milliseconds that poll may take: until there is something to do by time. -1: any. */
static int patience(const struct server *server, int64_t now)
{
    int64_t next = now < server->pause_until ? server->pause_until : INT64_MAX;
    int64_t track = playback_wait(server->playback, now);

    if (server_events(server) != server->events_seen)
        return 0;
    if (track >= 0)
        next = sooner(next, now + track);
    for (const struct connection *c = server->connections; c != NULL; c = c->next)
        next = sooner(next, connection_wake(c));
    if (next == INT64_MAX)
        return -1;
    if (next <= now)
        return 0;
    return next - now < INT_MAX ? (int)(next - now) : INT_MAX;
}

static void service_connections(struct server *server, int64_t now)
{
    struct connection **link = &server->connections;
    const struct pollfd *polls = server->polls + POLL_CONNECTIONS;

    while (*link != NULL) {
        size_t polled = (*link)->polled;
        connection_service(*link, polls, now);
        polls += polled;
        if ((*link)->phase == PHASE_OVER)
            server_remove_connection(server, link);
        else
            link = &(*link)->next;
    }
}

int server_run(struct server *server)
{
    int is_single = server->listener < 0;

    while (!server->stop && (!is_single || server->connections != NULL)) {
        int64_t now = server_clock();
        nfds_t count = prepare_polls(server, now);
        int found = poll(server->polls, count, patience(server, now));

        if (found < 0 && errno == EINTR)
            continue;
        if (found < 0) {
            report_system("poll", errno);
            return STATUS_CONNECTION;
        }
        if (server->polls[POLL_SIGNALS].revents != 0)
            obey_signals(server);
        now = server_clock();
        playback_run(server->playback, now);
        server->events_seen = server_events(server);
        service_connections(server, now);
        server_check_recorder(server);
        if (server->polls[POLL_LISTENER].revents != 0)
            accept_connections(server, now);
    }
    return is_single && server->session_failed ? STATUS_CONNECTION : STATUS_OK;
}

