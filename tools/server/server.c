#include "server.h"

#include "blob_store.h"
#include "listener.h"
#include "log.h"
#include "report.h"
#include "signals.h"

#include <sidewire/backends.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int64_t server_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int server_reload(struct server *server)
{
    const char *path = server->options->user_list;
    struct user_list users = { NULL, 0 };
    char why[256];

    if (user_list_load(&users, path, why, sizeof(why)) < 0) {
        log_event(LEVEL_WARNING, "%s: %s: the old list stays", path, why);
        return -1;
    }
    user_list_free(&server->users);
    server->users = users;
    log_event(LEVEL_NOTICE, "%s: read again, users: %zu", path, users.count);
    return 0;
}

uint64_t server_events(const struct server *server)
{
    return server->playback->player.events + server->database_events;
}

void server_count_event(struct server *server)
{
    server->database_events++;
}

/* ---- connections ---- */

int server_add_connection(struct server *server, int in, int out, const char *peer, int64_t now)
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

void server_remove_connection(struct server *server, struct connection **link)
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

void server_check_recorder(struct server *server)
{
    int error = recorder_failure(server->recorder);

    if (error != 0)
        log_event(LEVEL_ERROR, "%s: %s; nothing more is recorded", server->options->record,
                  strerror(error));
}

/* ---- start ---- */

static int fill_config(struct server *server)
{
    const struct server_options *options = server->options;
    sw_server_config *config = &server->config;
    uint8_t rx[SW_SESSION_RX_MIN], tx[SW_SCRATCH_FULL];
    sw_session trial;
    int result;

    server->crypto = sw_backend_new(options->crypto);
    if (server->crypto == NULL) {
        report("crypto: no memory or no entropy");
        return STATUS_CONNECTION;
    }
    log_event(LEVEL_DEBUG, "crypto: %s", server->crypto->name);
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

/* Tracks and senders, which are simulated. */
static int prepare_simulation(struct server *server)
{
    if ((server->playback->count == 0 && playback_add_built_in(server->playback) < 0) ||
        senders_init(&server->senders, &sw_senders) < 0) {
        report_system("start", errno);
        return STATUS_CONNECTION;
    }
    return STATUS_OK;
}

static int open_database(struct server *server)
{
    const char *path = server->options->database;
    char why[512];

    if (blob_store_open(&server->blobs, path, why, sizeof(why)) == 0)
        return STATUS_OK;
    report("%s: %s", path != NULL ? path : "temporary database", why);
    return STATUS_CONNECTION;
}

static int prepare_records(struct server *server)
{
    const char *path = server->options->record;
    char why[256];

    keylog_init(&server->keylog);
    if (path == NULL)
        return STATUS_OK;
    server->recorder = server->options->inetd ? recorder_join(path, why, sizeof(why))
                                              : recorder_open(path, why, sizeof(why));
    if (server->recorder == NULL)
        report("--record: %s: %s", path, why);
    return server->recorder == NULL ? STATUS_USAGE : STATUS_OK;
}

static int prepare_loop(struct server *server)
{
    size_t max = (size_t)server->options->max_connections;

    server->polls = calloc(POLL_CONNECTIONS + 2 * max, sizeof(*server->polls));
    if (server->polls == NULL) {
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

static int attach(struct server *server)
{
    const struct server_options *options = server->options;
    char peer[PEER_NAME_MAX];

    peer_name(options->in, peer, sizeof(peer));
    if (server_add_connection(server, options->in, options->out, peer, server->started) < 0)
        return STATUS_CONNECTION;
    return STATUS_OK;
}

int server_start(struct server *server, const struct server_options *options)
{
    int status;

    memset(server, 0, sizeof(*server));
    server->options = options;
    server->playback = options->playback;
    server->listener = -1;
    server->started = server_clock();
    status = fill_config(server);
    if (status == STATUS_OK)
        status = read_users(server);
    if (status == STATUS_OK)
        status = prepare_simulation(server);
    if (status == STATUS_OK)
        status = open_database(server);
    if (status == STATUS_OK)
        status = prepare_loop(server);
    if (status == STATUS_OK)
        status = prepare_records(server);
    if (status != STATUS_OK)
        return status;
    if (options->in >= 0)
        return attach(server);
    return listener_open(options->address, options->port, &server->listener);
}

void server_free(struct server *server)
{
    while (server->connections != NULL)
        server_remove_connection(server, &server->connections);
    server_check_recorder(server);
    recorder_close(server->recorder);
    if (server->listener >= 0)
        close(server->listener);
    signals_close();
    free(server->polls);
    user_list_free(&server->users);
    senders_free(&server->senders);
    blob_store_close(server->blobs);
    sw_backend_free(server->crypto);
    explicit_bzero(server->config.fake_secret, sizeof(server->config.fake_secret));
}
