/* SPDX-License-Identifier: ISC */
/* The server's loop: signals, what happens by time, and the end. */
#include "acceptor.h"
#include "deadline.h"
#include "log.h"
#include "report.h"
#include "server.h"

#include <signal.h>
#include <string.h>

enum { WATCHERS_A_TURN = 64 }; /* before others get their turn */

/* ---- the end ---- */

static void end_all(connection_list *list)
{
    while (list->oldest != NULL)
        connection_end(list->oldest);
}

static void stop(server *s)
{
    end_all(&s->strangers);
    end_all(&s->members);
    store_queue_stop(&s->queue);
    s->stop = 1;
}

static void on_grace_over(uv_timer_t *timer)
{
    server *s = timer->data;

    log_event(LEVEL_WARNING, "ends: %zu connections were not done in time", s->active);
    stop(s);
}

/* A reply that goes on for ever ends now, as if the peer had asked for so many rounds. */
static void end_members(server *s)
{
    connection *next;

    for (connection *c = s->members.oldest; c != NULL; c = next) {
        next = c->newer;
        if (c->phase == PHASE_HANDSHAKE) {
            connection_end(c);
        } else if (c->task.watches && c->phase == PHASE_RUNNING) {
            c->task.watches = 0;
            if (!reply_is_finished(&c->reply))
                reply_finish(&c->reply, 0);
            connection_continue(c);
        }
    }
}

void server_end(server *s)
{
    if (s->stop)
        return;
    if (s->is_ending || s->options->grace == 0) {
        s->is_ending = 1;
        acceptor_stop(s);
        stop(s);
        return;
    }
    s->is_ending = 1;
    acceptor_stop(s);
    end_all(&s->strangers);
    end_members(s);
    if (s->open == 0)
        s->stop = 1;
    else
        uv_timer_start(&s->grace_timer, on_grace_over, (uint64_t)s->options->grace * 1000, 0);
}

static void on_signal(uv_signal_t *handle, int number)
{
    server *s = handle->data;

    if (number == SIGHUP) {
        reload_by_signal(s);
        return;
    }
    log_event(LEVEL_NOTICE, "ends: %s", strsignal(number));
    server_end(s);
}

/* ---- watchers ---- */

static void on_watchers_turn(uv_idle_t *handle)
{
    server *s = handle->data;

    for (int i = 0; i < WATCHERS_A_TURN && s->next_watcher != NULL; i++) {
        connection *c = s->next_watcher;
        s->next_watcher = c->newer;
        if (c->task.watches && c->phase == PHASE_RUNNING)
            connection_continue(c);
    }
    if (s->next_watcher == NULL)
        uv_idle_stop(handle);
}

/* Events while a round is under way make one more round. */
static void tell_watchers(server *s)
{
    if (s->next_watcher != NULL || server_events(s) == s->events_seen)
        return;
    s->events_seen = server_events(s);
    s->next_watcher = s->members.oldest;
    if (s->next_watcher != NULL)
        uv_idle_start(&s->watchers_turn, on_watchers_turn);
}

/* ---- each turn ---- */

static void on_playback_time(uv_timer_t *timer)
{
    ((server *)timer->data)->playback_at = DEADLINE_NEVER;
}

/* What commands, jobs and the clock did to the player, before the loop waits. */
static void on_turn(uv_prepare_t *handle)
{
    server *s = handle->data;
    int64_t now = server_clock();
    int64_t wait, at;

    playback_run(s->playback, now);
    wait = playback_wait(s->playback, now);
    at = wait < 0 ? DEADLINE_NEVER : now + wait;
    if (at != s->playback_at) {
        s->playback_at = at;
        if (at == DEADLINE_NEVER)
            uv_timer_stop(&s->playback_timer);
        else
            uv_timer_start(&s->playback_timer, on_playback_time, (uint64_t)wait, 0);
    }
    tell_watchers(s);
    server_check_recorder(s);
}

/* ---- all of it ---- */

int server_catch_signals(server *s)
{
    static const int caught[SIGNALS] = { SIGHUP, SIGINT, SIGTERM };
    int result = 0;

    for (size_t i = 0; i < SIGNALS && result == 0; i++) {
        s->signals[i].data = s;
        result = uv_signal_start(&s->signals[i], on_signal, caught[i]);
    }
    if (result < 0)
        report("loop: %s", uv_strerror(result));
    return result < 0 ? STATUS_CONNECTION : STATUS_OK;
}

static int start_handles(server *s)
{
    int result = acceptor_start(s);

    s->turn.data = s->watchers_turn.data = s->playback_timer.data = s->grace_timer.data = s;
    uv_prepare_start(&s->turn, on_turn);
    return result;
}

int server_run(server *s)
{
    int is_single = s->listener_count == 0;
    int result = start_handles(s);

    if (result < 0) {
        report("loop: %s", uv_strerror(result));
        return STATUS_CONNECTION;
    }
    while (!s->stop)
        uv_run(&s->loop, UV_RUN_ONCE);
    return is_single && s->session_failed ? STATUS_CONNECTION : STATUS_OK;
}
