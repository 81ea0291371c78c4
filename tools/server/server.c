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

/* Unknown users seem to have keys as the known ones do. */
static void take_users(server *s, user_list users)
{
    user_list_free(&s->users);
    s->users = users;
    s->config.key_kinds = users.key_kinds;
    s->config.key_kind_count = users.key_kind_count;
}

int server_reload(server *s)
{
    const char *path = s->options->user_list;
    user_list users = { .users = NULL };
    char why[256];

    if (user_list_load(&users, path, why, sizeof(why)) < 0) {
        log_event(LEVEL_WARNING, "%s: %s: the old list stays", path, why);
        return -1;
    }
    take_users(s, users);
    log_event(LEVEL_NOTICE, "%s: read again, users: %zu", path, users.count);
    return 0;
}

uint64_t server_events(const server *s)
{
    return s->playback->player.events + s->database_events;
}

void server_count_event(server *s)
{
    s->database_events++;
}

/* ---- connections ---- */

int server_add_connection(server *s, int in, int out, const char *peer, int64_t now)
{
    connection *c = connection_new(s, in, out, peer, now);

    if (c == NULL)
        return -1;
    c->next = s->connections;
    s->connections = c;
    s->active++;
    s->total++;
    return 0;
}

void server_remove_connection(server *s, connection **link)
{
    connection *c = *link;

    if (c->ends_server)
        s->stop = 1;
    if (!connection_succeeded(c))
        s->session_failed = 1;
    *link = c->next;
    s->active--;
    connection_free(c);
}

void server_check_recorder(server *s)
{
    int error = recorder_failure(s->recorder);

    if (error != 0)
        log_event(LEVEL_ERROR, "%s: %s; nothing more is recorded", s->options->record,
                  strerror(error));
}

/* ---- start ---- */

static int fill_config(server *s)
{
    const server_options *options = s->options;
    sw_server_config *config = &s->config;
    uint8_t rx[SW_SESSION_RX_MIN], tx[SW_SCRATCH_FULL];
    sw_session trial;
    int result;

    s->crypto = sw_backend_new(options->crypto);
    if (s->crypto == NULL) {
        report("crypto: no memory or no entropy");
        return STATUS_CONNECTION;
    }
    log_event(LEVEL_DEBUG, "crypto: %s", s->crypto->name);
    config->crypto = s->crypto;
    config->policy = options->policy;
    config->banner = options->banner;
    if (s->crypto->random(s->crypto->ctx, config->decoy_secret,
                          sizeof(config->decoy_secret)) < 0) {
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

static int read_users(server *s)
{
    const char *path = s->options->user_list;
    user_list users = { .users = NULL };
    char why[256];

    if (user_list_load(&users, path, why, sizeof(why)) < 0) {
        report("%s: %s", path, why);
        return STATUS_USAGE;
    }
    take_users(s, users);
    if (s->users.count == 0)
        log_event(LEVEL_WARNING, "%s: no users, nobody can log in", path);
    return STATUS_OK;
}

/* Tracks and senders, which are simulated. */
static int prepare_simulation(server *s)
{
    if ((s->playback->count == 0 && playback_add_built_in(s->playback) < 0) ||
        senders_init(&s->senders, &sw_senders) < 0) {
        report_system("start", errno);
        return STATUS_CONNECTION;
    }
    return STATUS_OK;
}

static int open_database(server *s)
{
    const char *path = s->options->database;
    char why[512];

    if (blob_store_open(&s->blobs, path, why, sizeof(why)) == 0)
        return STATUS_OK;
    report("%s: %s", path != NULL ? path : "temporary database", why);
    return STATUS_CONNECTION;
}

static int prepare_records(server *s)
{
    const char *path = s->options->record;
    char why[256];

    keylog_init(&s->keylog);
    if (path == NULL)
        return STATUS_OK;
    s->recorder = s->options->inetd ? recorder_join(path, why, sizeof(why))
                                              : recorder_open(path, why, sizeof(why));
    if (s->recorder == NULL)
        report("--record: %s: %s", path, why);
    return s->recorder == NULL ? STATUS_USAGE : STATUS_OK;
}

static int prepare_loop(server *s)
{
    size_t max = (size_t)s->options->max_connections;

    s->polls = calloc(POLL_CONNECTIONS + 2 * max, sizeof(*s->polls));
    if (s->polls == NULL) {
        report_system("start", errno);
        return STATUS_CONNECTION;
    }
    s->polls[POLL_SIGNALS].fd = signals_open();
    s->polls[POLL_SIGNALS].events = POLLIN;
    if (s->polls[POLL_SIGNALS].fd < 0) {
        report_system("signals", errno);
        return STATUS_CONNECTION;
    }
    return STATUS_OK;
}

static int attach(server *s)
{
    const server_options *options = s->options;
    char peer[PEER_NAME_MAX];

    peer_name(options->in, peer, sizeof(peer));
    if (server_add_connection(s, options->in, options->out, peer, s->started) < 0)
        return STATUS_CONNECTION;
    return STATUS_OK;
}

int server_start(server *s, const server_options *options)
{
    int status;

    memset(s, 0, sizeof(*s));
    s->options = options;
    s->playback = options->playback;
    s->listener = -1;
    s->started = server_clock();
    status = fill_config(s);
    if (status == STATUS_OK)
        status = read_users(s);
    if (status == STATUS_OK)
        status = prepare_simulation(s);
    if (status == STATUS_OK)
        status = open_database(s);
    if (status == STATUS_OK)
        status = prepare_loop(s);
    if (status == STATUS_OK)
        status = prepare_records(s);
    if (status != STATUS_OK)
        return status;
    if (options->in >= 0)
        return attach(s);
    return listener_open(options->address, options->port, &s->listener);
}

void server_free(server *s)
{
    while (s->connections != NULL)
        server_remove_connection(s, &s->connections);
    server_check_recorder(s);
    recorder_close(s->recorder);
    if (s->listener >= 0)
        close(s->listener);
    signals_close();
    free(s->polls);
    user_list_free(&s->users);
    senders_free(&s->senders);
    blob_store_close(s->blobs);
    sw_backend_free(s->crypto);
    explicit_bzero(s->config.decoy_secret, sizeof(s->config.decoy_secret));
}
