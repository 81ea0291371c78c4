#include "server.h"

#include "listener.h"
#include "log.h"
#include "report.h"
#include "signals.h"

#include <sidewire/mbedtls.h>

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    ACCEPT_BATCH = 64,           /* connections accepted before the others get their turn */
    ACCEPT_PAUSE_MS = 1000,      /* after the system ran out of something */
    POLL_SIGNALS = 0,            /* places in server->polls */
    POLL_LISTENER = 1,
    POLL_CONNECTIONS = 2
};

int64_t server_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- signals ---- */

static void reload_users(struct server *server)
{
    const char *path = server->options->user_list;
    struct user_list users = { NULL, 0 };
    char why[256];

    if (user_list_load(&users, path, why, sizeof(why)) < 0) {
        log_event(LEVEL_WARNING, "%s: %s: the old list stays", path, why);
        return;
    }
    user_list_free(&server->users);
    server->users = users;
    log_event(LEVEL_NOTICE, "%s: read again, users: %zu", path, users.count);
}

static void obey_signals(struct server *server)
{
    int number;

    while ((number = signals_next()) != 0) {
        if (number == SIGHUP) {
            reload_users(server);
        } else {
            log_event(LEVEL_NOTICE, "ends: %s", strsignal(number));
            server->stop = 1;
        }
    }
}

/* ---- start ---- */

static int fill_config(struct server *server)
{
    const struct server_options *options = server->options;
    sw_server_config *config = &server->config;
    uint8_t rx[SW_SESSION_RX_MIN], tx[SW_SCRATCH_FULL];
    sw_session trial;
    int result;

    server->crypto = sw_mbedtls_new();
    if (server->crypto == NULL) {
        report("crypto: no memory or no entropy");
        return STATUS_CONNECTION;
    }
    config->struct_size = sizeof(*config);
    config->crypto = server->crypto;
    config->policy = options->policy;
    config->banner = options->banner;
    config->fake_challenge_size = (size_t)options->fake_challenge_size;
    if (server->crypto->random(server->crypto->ctx, config->fake_secret,
                               sizeof(config->fake_secret)) < 0) {
        report("crypto: %s", sw_error_text(SW_E_RANDOM));
        return STATUS_CONNECTION;
    }
    /* what the library would refuse at each connection is better known now */
    result = sw_session_server(&trial, config, rx, sizeof(rx), tx, sizeof(tx));
    sw_session_wipe(&trial);
    if (result < 0)
        report("options: %s", sw_error_text(result));
    return result < 0 ? STATUS_USAGE : STATUS_OK;
}

static int read_users(struct server *server)
{
    const char *path = server->options->user_list;
    char why[256];

    if (user_list_load(&server->users, path, why, sizeof(why)) < 0) {
        report("%s: %s", path, why);
        return STATUS_USAGE;
    }
    if (server->users.count == 0)
        log_event(LEVEL_WARNING, "%s: no users, nobody can log in", path);
    return STATUS_OK;
}

static int prepare_loop(struct server *server)
{
    size_t max = (size_t)server->options->max_connections;

    server->polls = calloc(POLL_CONNECTIONS + 2 * max, sizeof(*server->polls));
    server->arguments = calloc(SW_COMMAND_MAX, sizeof(*server->arguments));
    if (server->polls == NULL || server->arguments == NULL) {
        report_system("start", errno);
        return STATUS_CONNECTION;
    }
    server->polls[POLL_SIGNALS].fd = signals_open();
    server->polls[POLL_SIGNALS].events = POLLIN;
    if (server->polls[POLL_SIGNALS].fd < 0) {
        report_system("signals", errno);
        return STATUS_CONNECTION;
    }
    return STATUS_OK;
}

static int add_connection(struct server *server, int in, int out, const char *peer, int64_t now)
{
    struct connection *connection = connection_new(server, in, out, peer, now);

    if (connection == NULL)
        return -1;
    connection->next = server->connections;
    server->connections = connection;
    server->active++;
    server->total++;
    return 0;
}

static int attach(struct server *server)
{
    const struct server_options *options = server->options;
    char peer[PEER_NAME_MAX];

    peer_name(options->in, peer, sizeof(peer));
    if (add_connection(server, options->in, options->out, peer, server->started) < 0)
        return STATUS_CONNECTION;
    return STATUS_OK;
}

int server_start(struct server *server, const struct server_options *options)
{
    int status;

    memset(server, 0, sizeof(*server));
    server->options = options;
    server->listener = -1;
    server->started = server_clock();
    status = fill_config(server);
    if (status == STATUS_OK)
        status = read_users(server);
    if (status == STATUS_OK)
        status = prepare_loop(server);
    if (status != STATUS_OK)
        return status;
    if (options->in >= 0)
        return attach(server);
    return listener_open(options->address, options->port, &server->listener);
}

/* ---- loop ---- */

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
        if (server->active == max || add_connection(server, fd, fd, peer, now) < 0)
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

/* The milliseconds that poll may take: until the next deadline. -1: any. */
static int patience(const struct server *server, int64_t now)
{
    int64_t next = now < server->pause_until ? server->pause_until : INT64_MAX;

    for (const struct connection *c = server->connections; c != NULL; c = c->next)
        if (c->deadline >= 0 && c->deadline < next)
            next = c->deadline;
    if (next == INT64_MAX)
        return -1;
    if (next <= now)
        return 0;
    return next - now < INT_MAX ? (int)(next - now) : INT_MAX;
}

static void remove_connection(struct server *server, struct connection **link)
{
    struct connection *connection = *link;

    if (connection->ends_server)
        server->stop = 1;
    if (!connection_succeeded(connection))
        server->session_failed = 1;
    *link = connection->next;
    server->active--;
    connection_free(connection);
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
            remove_connection(server, link);
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
        service_connections(server, now);
        if (server->polls[POLL_LISTENER].revents != 0)
            accept_connections(server, now);
    }
    return is_single && server->session_failed ? STATUS_CONNECTION : STATUS_OK;
}

void server_free(struct server *server)
{
    while (server->connections != NULL)
        remove_connection(server, &server->connections);
    if (server->listener >= 0)
        close(server->listener);
    signals_close();
    free(server->polls);
    free(server->arguments);
    user_list_free(&server->users);
    sw_mbedtls_free(server->crypto);
    explicit_bzero(server->config.fake_secret, sizeof(server->config.fake_secret));
}
