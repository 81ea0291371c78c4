/* SPDX-License-Identifier: ISC */
#include "server.h"

#include "acceptor.h"
#include "log.h"
#include "platform.h"
#include "private_file.h"

#include <sidewire/backends.h>

#include <string.h>
#include <time.h>

enum { KEYLOG_PAUSE_MS = 60000 }; /* between two lines that it cannot be written */

int64_t server_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Ed25519 is for sealed sessions, and not every library has it. */
static void warn_of_keys(const server *s)
{
    const char *problem = NULL;
    size_t count = 0;

    for (size_t i = 0; i < s->users.count; i++)
        count += s->users.users[i].key.type == SW_KEY_ED25519;
    if (s->config.server_key == NULL)
        problem = "nothing is sealed without --host-key";
    else if (s->crypto->ed25519_verify == NULL)
        problem = "the crypto library cannot verify them; openssl and gcrypt can";
    if (count > 0 && problem != NULL)
        log_event(LEVEL_WARNING, "%s: %zu Ed25519 keys are of no use: %s", s->options->user_list, count, problem);
}

/* Unknown users seem to have keys as the known ones do. */
void server_take_users(server *s, user_list users)
{
    user_list_free(&s->users);
    s->users = users;
    s->config.key_kinds = users.key_kinds;
    s->config.key_kind_count = users.key_kind_count;
    warn_of_keys(s);
}

uint64_t server_events(const server *s)
{
    return s->playback->player.events + s->database_events;
}

void server_count_event(server *s)
{
    s->database_events++;
}

void server_check_recorder(server *s)
{
    int error = recorder_failure(s->recorder);

    if (error != 0)
        log_event(LEVEL_ERROR, "%s: %s; nothing more is recorded", s->options->record, strerror(error));
}

void server_log_keys(server *s, const sw_secrets *keys)
{
    int64_t now = server_clock();
    int error = keylog_append(&s->keylog, keys);

    recorder_keys(s->recorder, keys);
    server_check_recorder(s);
    if (error == 0 || (s->keylog_told != 0 && now - s->keylog_told < KEYLOG_PAUSE_MS))
        return;
    s->keylog_told = now;
    log_event(LEVEL_ERROR, KEYLOG_VARIABLE ": %s: %s; it is tried again with the next session", s->keylog.path,
              private_file_error(error));
}

/* ---- end ---- */

static void close_handle(uv_handle_t *handle, void *unused)
{
    (void)unused;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

/* Connections have handles, and perhaps a job that is not done. */
static void close_loop(server *s)
{
    if (s->loop.data == NULL)
        return;
    while (s->strangers.oldest != NULL)
        connection_end(s->strangers.oldest);
    while (s->members.oldest != NULL)
        connection_end(s->members.oldest);
    store_queue_stop(&s->queue);
    acceptor_stop(s);
    refusals_end(&s->refusals);
    while (s->open > 0)
        uv_run(&s->loop, UV_RUN_ONCE);
    uv_walk(&s->loop, close_handle, NULL);
    uv_run(&s->loop, UV_RUN_DEFAULT);
    uv_loop_close(&s->loop);
}

void server_free(server *s)
{
    close_loop(s);
    server_check_recorder(s);
    recorder_close(s->recorder);
    buffer_pool_free(&s->rx_buffers);
    for (int i = 0; i < TX_SIZES; i++)
        buffer_pool_free(&s->tx_pools[i]);
    admission_free(&s->admission);
    user_list_free(&s->users);
    senders_free(&s->senders);
    blob_store_close(s->blobs);
    sw_backend_free(s->crypto);
    sw_server_key_wipe(&s->host_key);
    platform_wipe(s->config.decoy_secret, sizeof(s->config.decoy_secret));
}
