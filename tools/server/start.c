/* SPDX-License-Identifier: ISC */
/* The start of a server: what its options ask for, one thing after the other. */
#include "descriptors.h"
#include "hold_in.h"
#include "host_key.h"
#include "listener.h"
#include "log.h"
#include "options.h"
#include "report.h"
#include "secret_file.h"
#include "server.h"

#include <sidewire/backends.h>

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { MMAP_FROM = 65536 }; /* bytes of an allocation that is given back to the system when freed */

#define DEFAULT_ADDRESS "127.0.0.1"

static int draw(server *s, void *bytes, size_t len)
{
    if (s->crypto->random(s->crypto->ctx, bytes, len) >= 0)
        return STATUS_OK;
    report("crypto: %s", sw_error_text(SW_E_RANDOM));
    return STATUS_CONNECTION;
}

/* What decoys are made from: of a file, so that they stay the same. */
static int load_secret(server *s)
{
    const server_options *options = s->options;
    char why[256];
    char *path;
    int result;

    if (draw(s, s->config.decoy_secret, SECRET_SIZE) != STATUS_OK)
        return STATUS_CONNECTION;
    if (asprintf(&path, "%s%s", options->secret_file != NULL ? options->secret_file : options->user_list,
                 options->secret_file != NULL ? "" : ".secret") < 0) {
        report_system("start", ENOMEM);
        return STATUS_CONNECTION;
    }
    result = secret_file_load(path, s->config.decoy_secret, why, sizeof(why));
    if (result < 0)
        report("%s: %s; unknown users cannot be hidden without; see --secret-file", path, why);
    free(path);
    return result < 0 ? STATUS_USAGE : STATUS_OK;
}

/* With a key sessions are sealed, unless the options name other features. */
static int load_host_key(server *s)
{
    const char *path = s->options->host_key;
    char fingerprint[SW_FINGERPRINT_SIZE + 1];
    char why[256];

    if (path == NULL)
        return STATUS_OK;
    if (host_key_load(&s->host_key, s->crypto, path, why, sizeof(why)) < 0) {
        report("--host-key: %s: %s", path, why);
        return STATUS_USAGE;
    }
    s->config.server_key = &s->host_key;
    if (sw_fingerprint(s->crypto, s->host_key.public_half, sizeof(s->host_key.public_half), fingerprint) == SW_OK)
        log_event(LEVEL_NOTICE, "host key: %s (%s)", fingerprint, path);
    return STATUS_OK;
}

static int fill_config(server *s)
{
    const server_options *options = s->options;
    sw_server_config *config = &s->config;

    s->crypto = start_crypto(options->crypto);
    if (s->crypto == NULL)
        return STATUS_CONNECTION;
    log_event(LEVEL_DEBUG, "crypto: %s", s->crypto->name);
    config->crypto = s->crypto;
    config->policy = options->policy;
    if (load_host_key(s) != STATUS_OK)
        return STATUS_USAGE;
    config->banner = options->banner;
    return load_secret(s);
}

/* What the library would refuse at each connection is better known now. */
static int try_config(server *s)
{
    uint8_t rx[SW_SCRATCH_FULL], tx[SW_SCRATCH_FULL];
    sw_session trial;
    int result = sw_session_server(&trial, &s->config, rx, sizeof(rx), tx, sizeof(tx));

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
    server_take_users(s, users);
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

    if (blob_store_open(&s->blobs, path, why, sizeof(why)) == 0) {
        store_queue_init(&s->queue, &s->loop, s->blobs);
        return STATUS_OK;
    }
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
    s->recorder =
        s->options->inetd ? recorder_join(path, why, sizeof(why)) : recorder_open(path, why, sizeof(why));
    if (s->recorder == NULL)
        report("--record: %s: %s", path, why);
    if (keylog_is_wanted(&s->keylog))
        recorder_announce_keys(s->recorder);
    return s->recorder == NULL ? STATUS_USAGE : STATUS_OK;
}

/* Places for connections, and memory for what they say. */
static int prepare_places(server *s)
{
    const server_options *options = s->options;
    size_t wanted = (size_t)options->max_connections;
    size_t max = descriptors_provide(wanted);
    uint64_t seed;

    if (max < wanted)
        log_event(LEVEL_WARNING,
                  "--max-connections: %zu instead of %zu: the limit of open files "
                  "(ulimit -n) is too low",
                  max, wanted);
    if (draw(s, &seed, sizeof(seed)) != STATUS_OK)
        return STATUS_CONNECTION;
    admission_init(&s->admission, max, (size_t)options->per_source, (size_t)options->per_user, seed);
    mallopt(M_MMAP_THRESHOLD, MMAP_FROM); /* else what was freed once may stay with us */
    s->memory.limit = (size_t)options->memory_limit;
    s->rx_buffers.size = CONNECTION_RX_SIZE;
    s->tx_pools[TX_SMALL] = (buffer_pool){ .size = CONNECTION_TX_SMALL };
    s->tx_pools[TX_MEDIUM] = (buffer_pool){ .size = CONNECTION_TX_MEDIUM, .budget = &s->memory };
    s->tx_pools[TX_LARGE] = (buffer_pool){ .size = CONNECTION_TX_LARGE, .budget = &s->memory };
    return STATUS_OK;
}

static int prepare_loop(server *s)
{
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    int result;

    sigaction(SIGXFSZ, &ignore, NULL);    /* a file that may not grow is like a full disk */
    setenv("UV_THREADPOOL_SIZE", "1", 0); /* the queue of the database has one job at a time */
    server_expect_hold(s);
    result = uv_loop_init(&s->loop);
    if (result < 0) {
        report("loop: %s", uv_strerror(result));
        return STATUS_CONNECTION;
    }
    s->loop.data = s;
    for (size_t i = 0; i < SIGNALS; i++)
        uv_signal_init(&s->loop, &s->signals[i]);
    refusals_init(&s->refusals, &s->loop);
    uv_timer_init(&s->loop, &s->accept_pause);
    uv_timer_init(&s->loop, &s->playback_timer);
    uv_timer_init(&s->loop, &s->grace_timer);
    uv_prepare_init(&s->loop, &s->turn);
    uv_idle_init(&s->loop, &s->watchers_turn);
    return STATUS_OK;
}

static int attach(server *s)
{
    const server_options *options = s->options;
    struct sockaddr_storage nowhere = { .ss_family = AF_UNSPEC };
    char peer[PEER_NAME_MAX];

    if (listener_is_one(options->in)) {
        report(
            "--%s: descriptor %d is a socket that listens, not a connection: for inetd this is "
            "'nowait', for systemd 'Accept=yes'; without the option the server takes such sockets "
            "from systemd itself",
            options->inetd ? "inetd" : "fd", options->in);
        return STATUS_USAGE;
    }
    peer_name(options->in, peer, sizeof(peer));
    if (connection_new(s, options->in, options->out, peer, admission_stranger_comes(&s->admission, &nowhere), 1) ==
        NULL)
        return STATUS_CONNECTION;
    return STATUS_OK;
}

/* At the addresses of a service manager, or at that of the options. */
static int start_listening(server *s)
{
    const server_options *options = s->options;
    int is_told = options->address != NULL || options->port >= 0;
    int inherited = listeners_inherited(s->listener_fds, LISTENERS_MAX);
    int status;

    if (inherited < 0)
        return STATUS_USAGE;
    if (inherited > 0 && is_told) {
        report("--listen, --port: not with sockets of a service manager (LISTEN_FDS)");
        return STATUS_USAGE;
    }
    s->listener_count = (size_t)inherited;
    if (inherited > 0)
        return STATUS_OK;
    status = listener_open(options->address != NULL ? options->address : DEFAULT_ADDRESS,
                           options->port >= 0 ? options->port : DEFAULT_PORT, &s->listener_fds[0]);
    s->listener_count = status == STATUS_OK;
    return status;
}

int server_start(server *s, const server_options *options)
{
    static int (*const steps[])(server *) = { prepare_loop,   fill_config,        read_users,
                                              try_config,     prepare_simulation, open_database,
                                              prepare_places, prepare_records,    server_catch_signals };
    int status;

    memset(s, 0, sizeof(*s));
    s->options = options;
    s->playback = options->playback;
    s->started = server_clock();
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        status = steps[i](s);
        if (status != STATUS_OK)
            return status;
    }
    status = options->in >= 0 ? attach(s) : start_listening(s);
    if (status != STATUS_OK)
        return status;
    server_hold_in(s);
    for (size_t i = 0; i < s->listener_count; i++)
        listener_announce(s->listener_fds[i]);
    return STATUS_OK;
}
