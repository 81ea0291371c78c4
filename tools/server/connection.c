/* SPDX-License-Identifier: ISC */
/* The life of a connection: from its descriptors to its end, and what it waits for meanwhile. */
#include "connection_internal.h"

#include "deadline.h"
#include "server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

void connection_log(const connection *c, log_level level, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    if (c->authenticated)
        log_event(level, "%s: %s", c->label, text);
    else
        log_stranger(level, "%s: %s", c->label, text);
}

int connection_has_output(const connection *c)
{
    return (sw_session_wants(&c->session) & SW_WANT_WRITE) != 0;
}

int connection_is_uploading(const connection *c)
{
    return c->task.receive != NULL && !c->busy && !connection_has_output(c) && reply_is_waiting(&c->reply);
}

/* ---- end ---- */

static void free_if_done(connection *c)
{
    if (c->phase != PHASE_OVER || c->open_handles > 0 || c->busy)
        return;
    if (c->task.release != NULL)
        c->task.release(c->task.state);
    server_forget(c->server, c);
    free(c->user);
    free(c->label);
    free(c);
}

static void on_closed(uv_handle_t *handle)
{
    connection *c = handle->data;

    c->open_handles--;
    free_if_done(c);
}

int connection_has_sent_all(const connection *c)
{
    unsigned wants = sw_session_wants(&c->session);

    return wants == 0 || (wants & SW_WANT_SHUTDOWN);
}

/* The session is over, and with it all it holds but the task, which may be with the database. */
static void release_session(connection *c)
{
    if (c->released)
        return;
    c->released = 1;
    c->succeeded = c->reply.exited && sw_session_error(&c->session).code == SW_OK && connection_has_sent_all(c);
    sw_session_wipe(&c->session); /* and with it what is in c->keys */
    free(c->keys);
    c->keys = NULL;
    connection_drop_buffers(c);
    reply_free(&c->reply);
}

/* Flags that others see, too, are as they were. */
static void close_descriptor(int fd, int flags)
{
    if (flags >= 0)
        fcntl(fd, F_SETFL, flags);
    close(fd);
}

static void close_output(connection *c)
{
    if (c->out < 0 || c->out == c->in)
        return;
    if (c->poll_out.data != NULL)
        uv_close((uv_handle_t *)&c->poll_out, on_closed);
    close_descriptor(c->out, c->flags_out);
    c->out = -1;
}

void connection_linger(connection *c)
{
    shutdown(c->out, SHUT_WR);
    recording_we_ended(c->recording);
    if (!c->out_is_socket)
        close_output(c);
    release_session(c);
    c->phase = c->at_end ? PHASE_OVER : PHASE_LINGER;
    c->deadline = deadline_in(LINGER_MS);
}

/* Closes all; what is still with the database is waited for elsewhere. */
static void finish(connection *c)
{
    connection_log(c, LEVEL_INFO, "closed");
    server_leave(c->server, c);
    release_session(c);
    recording_end(c->recording);
    close_output(c);
    if (c->poll_in.data != NULL)
        uv_close((uv_handle_t *)&c->poll_in, on_closed);
    close_descriptor(c->in, c->flags_in);
    uv_close((uv_handle_t *)&c->timer, on_closed);
}

/* ---- waiting ---- */

static void on_ready(uv_poll_t *poll, int status, int events);
static void on_time(uv_timer_t *timer);

static void poll_for(uv_poll_t *poll, int *polled, int events)
{
    if (events == *polled)
        return;
    if (events == 0)
        uv_poll_stop(poll);
    else
        uv_poll_start(poll, events, on_ready);
    *polled = events;
}

static void wait_for_events(connection *c)
{
    unsigned wants = c->phase == PHASE_LINGER ? SW_WANT_READ : sw_session_wants(&c->session);
    int in = wants & SW_WANT_READ ? UV_READABLE : 0;
    int out = wants & SW_WANT_WRITE ? UV_WRITABLE : 0;

    if (c->in == c->out) {
        poll_for(&c->poll_in, &c->events_in, in | out);
        return;
    }
    poll_for(&c->poll_in, &c->events_in, in);
    if (c->out >= 0)
        poll_for(&c->poll_out, &c->events_out, out);
}

static void wait_for_time(connection *c)
{
    int64_t at = c->deadline;

    if (c->phase == PHASE_RUNNING && !c->busy && reply_is_waiting(&c->reply))
        at = deadline_sooner(at, c->task.wake);
    if (at == c->timer_at)
        return;
    c->timer_at = at;
    if (at == DEADLINE_NEVER)
        uv_timer_stop(&c->timer);
    else
        uv_timer_start(&c->timer, on_time, (uint64_t)deadline_left(at), 0);
}

static int has_passed(int64_t deadline)
{
    return deadline != DEADLINE_NEVER && deadline_left(deadline) == 0;
}

static void log_slow_upload(const connection *c)
{
    const server_options *options = c->server->options;

    if (has_passed(c->upload_began + options->upload_time * 1000))
        connection_log(c, LEVEL_NOTICE, "upload not done within %ld s", options->upload_time);
    else if (has_passed(connection_rate_deadline(c)))
        connection_log(c, LEVEL_NOTICE, "upload slower than %ld bytes a second", options->upload_rate);
    else
        connection_log(c, LEVEL_NOTICE, "sent nothing of its upload for %ld s", options->upload_timeout);
}

static void expire(connection *c)
{
    const server_options *options = c->server->options;

    if (c->phase == PHASE_HANDSHAKE)
        connection_log(c, LEVEL_NOTICE, "no command within %ld s", options->handshake_timeout);
    else if (c->phase == PHASE_RUNNING && c->upload_began != 0)
        log_slow_upload(c);
    else if (c->phase == PHASE_RUNNING)
        connection_log(c, LEVEL_NOTICE, "took no output for %ld s", options->write_timeout);
    else
        connection_log(c, LEVEL_DEBUG, "did not close within %d ms", LINGER_MS);
    c->phase = PHASE_OVER;
}

/* After whatever happened: its end, or what is waited for next. */
static void settle(connection *c)
{
    if (c->phase != PHASE_OVER && has_passed(c->deadline))
        expire(c);
    if (c->phase == PHASE_OVER) {
        finish(c);
        return;
    }
    if (c->phase < PHASE_LINGER)
        connection_take_buffers(c);
    wait_for_events(c);
    wait_for_time(c);
}

/* Hang-ups and errors, for which status is not 0, are for read and write to tell. */
static void on_ready(uv_poll_t *poll, int status, int events)
{
    connection *c = poll->data;
    int is_in = poll == &c->poll_in;
    int *polled = is_in ? &c->events_in : &c->events_out;

    if (status < 0) { /* and then it is not polled any more */
        events = *polled;
        *polled = 0;
    }
    if (events & UV_READABLE)
        connection_read(c);
    if ((events & UV_WRITABLE) && c->phase < PHASE_LINGER)
        connection_write(c);
    if (c->phase < PHASE_LINGER)
        connection_process(c);
    settle(c);
}

static void on_time(uv_timer_t *timer)
{
    connection *c = timer->data;

    c->timer_at = DEADLINE_NEVER; /* set anew in any case */
    connection_continue(c);
}

void connection_continue(connection *c)
{
    if (c->phase == PHASE_OVER)
        return;
    if (c->phase < PHASE_LINGER)
        connection_process(c);
    settle(c);
}

void connection_job_done(connection *c)
{
    c->busy = 0;
    if (c->released)
        reply_free(&c->reply); /* nobody takes what the job answered */
    if (c->phase == PHASE_OVER)
        free_if_done(c);
    else
        connection_continue(c);
}

void connection_end(connection *c)
{
    if (c->phase == PHASE_OVER)
        return;
    c->phase = PHASE_OVER;
    finish(c);
}

/* ---- start ---- */

static int is_socket(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

/* 0, or an error of uv. */
static int open_poll(connection *c, uv_poll_t *poll, int fd)
{
    int result = uv_poll_init(&c->server->loop, poll, fd);

    if (result < 0)
        return result;
    poll->data = c;
    c->open_handles++;
    return 0;
}

static int open_handles(connection *c)
{
    int result;

    uv_timer_init(&c->server->loop, &c->timer);
    c->timer.data = c;
    c->open_handles++;
    result = open_poll(c, &c->poll_in, c->in);
    if (result == 0 && c->out != c->in)
        result = open_poll(c, &c->poll_out, c->out);
    return result;
}

/* Buffers, and a session over them. NULL, or why not. */
static const char *start_session(connection *c)
{
    server *s = c->server;
    int result;

    c->rx = buffer_take(&s->rx_buffers);
    c->tx_pool = &s->tx_pools[TX_SMALL];
    c->tx = buffer_take(c->tx_pool);
    c->tx_cap = CONNECTION_TX_SMALL;
    if (c->rx == NULL || c->tx == NULL)
        return strerror(ENOMEM);
    result = sw_session_server(&c->session, &s->config, c->rx, CONNECTION_RX_SIZE, c->tx, CONNECTION_TX_SMALL);
    if (result < 0)
        return sw_error_text(result);
    if (!keylog_is_wanted(&s->keylog))
        return NULL;
    c->keys = calloc(1, sizeof(*c->keys));
    if (c->keys == NULL)
        return strerror(ENOMEM);
    sw_session_log_keys(&c->session, c->keys);
    return NULL;
}

static connection *allocate(server *s, int in, int out, const char *peer, const char **why)
{
    connection *c = calloc(1, sizeof(*c));

    *why = strerror(ENOMEM);
    if (c == NULL)
        return NULL;
    c->server = s;
    c->in = in;
    c->out = out;
    c->flags_in = c->flags_out = -1;
    c->out_is_socket = (unsigned char)is_socket(out);
    c->label = strdup(peer);
    if (c->label != NULL && (*why = start_session(c)) == NULL)
        return c;
    release_session(c);
    free(c->label);
    free(c);
    return NULL;
}

connection *connection_new(server *s, int in, int out, const char *peer, tally_entry *source, int shared)
{
    const char *why;
    connection *c = allocate(s, in, out, peer, &why);
    int result;

    if (c == NULL) {
        log_event(LEVEL_ERROR, "%s: %s", peer, why);
        admission_stranger_leaves(&s->admission, source);
        close(in);
        if (out != in)
            close(out);
        return NULL;
    }
    if (shared) {
        c->flags_in = fcntl(in, F_GETFL);
        c->flags_out = fcntl(out, F_GETFL);
    }
    c->counted = source;
    server_enter(s, c);
    result = open_handles(c);
    if (result < 0) {
        log_event(LEVEL_ERROR, "%s: cannot be waited for: %s", peer, uv_strerror(result));
        connection_end(c);
        return NULL;
    }
    c->deadline = deadline_in(s->options->handshake_timeout * 1000);
    c->recording = recording_begin(s->recorder, in, 1);
    connection_log(c, LEVEL_INFO, "connected");
    connection_continue(c); /* the greeting can go out at once */
    return c;
}
