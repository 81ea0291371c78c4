/* SPDX-License-Identifier: ISC */
/* What the bytes of a connection mean: the session's events, the command, and its reply. */
#include "connection_internal.h"

#include "commands/commands.h"
#include "deadline.h"
#include "listener.h"
#include "server.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WRITES_A_TURN = 16 };

#define MESSAGE_USER_FULL "server is full: too many connections of this user, try again later"

/* ---- failure ---- */

/* The log says why, the peer is not told. */
static void fail(connection *c)
{
    sw_error error = sw_session_error(&c->session);
    char text[256];

    if (c->reply.out_of_memory) {
        connection_log(c, LEVEL_ERROR, "no memory for the reply");
    } else if (error.code == SW_E_AUTH) {
        connection_log(c, LEVEL_WARNING, "authentication failed: %s", c->known ? "wrong key" : "unknown user");
    } else {
        sw_error_format(&error, text, sizeof(text));
        connection_log(c, sw_error_is_peer(error.code) ? LEVEL_NOTICE : LEVEL_ERROR, "%s", text);
    }
    connection_linger(c);
}

/* ---- events ---- */

/* The log knows who asks from now on. */
static void add_to_label(connection *c, const char *name, size_t len)
{
    char quoted[LABEL_MAX];
    char *label;

    log_quote(quoted, sizeof(quoted), name, len < USER_NAME_MAX ? len : USER_NAME_MAX);
    if (asprintf(&label, "%s: user %s", c->label, quoted) < 0)
        return; /* it goes on as before */
    free(c->label);
    c->label = label;
}

static void answer_key(connection *c, const sw_event *event)
{
    const user_list *users = &c->server->users;
    sw_public_key key; /* his own, or of somebody who stands in for him */
    const user *u;

    if (event->key == NULL)
        u = user_list_find(users, event->user, event->user_len, &key);
    else
        u = user_list_find_key(users, event->user, event->user_len, event->key, event->key_len, &key);

    add_to_label(c, event->user, event->user_len);
    c->known = u != NULL;
    c->permissions = u != NULL ? u->permissions : 0;
    c->user = strndup(event->user, event->user_len); /* known or not: the time shall not tell */
    sw_session_key(&c->session, u != NULL ? &key : NULL);
}

/* A sealed session tells its client, after which it is over. */
static void log_refusal(const connection *c, int code)
{
    if (code == SW_E_AUTH)
        connection_log(c, LEVEL_WARNING, "authentication failed: %s", c->known ? "wrong key" : "unknown user");
    else
        connection_log(c, LEVEL_WARNING, "authentication failed: %s", sw_error_text(code));
}

/* For who decrypts captures. The session goes on without. */
static void log_keys(connection *c)
{
    if (c->keys == NULL)
        return;
    server_log_keys(c->server, c->keys);
    sw_secrets_wipe(c->keys);
}

static void take_login(connection *c)
{
    char features[SW_FEATURES_TEXT_MAX];
    size_t len = sw_features_format(sw_session_features(&c->session), features, sizeof(features));

    c->authenticated = 1;
    c->server->authenticated++;
    connection_log(c, LEVEL_INFO, "authenticated (%.*s)", len > 0 ? (int)len : 6, len > 0 ? features : "legacy");
    log_keys(c);
    if (c->user != NULL)
        server_accept_member(c->server, c, c->user, strlen(c->user));
}

static void take_command(connection *c, const sw_event *event)
{
    c->phase = PHASE_RUNNING;
    c->deadline = DEADLINE_NEVER;
    if (c->is_too_many) {
        connection_log(c, LEVEL_WARNING, "refused: %ld connections of this user are there",
                       c->server->options->per_user);
        reply_fail(&c->reply, MESSAGE_USER_FULL);
        return;
    }
    command_run(c, event);
    if (c->task.watches && c->out_is_socket)
        listener_keep_buffers_small(c->out);
}

/* A piece of an upload. After an early refusal nobody wants the rest. */
static void receive(connection *c, const sw_chunk *chunk)
{
    if (c->task.receive != NULL && !c->busy && !reply_is_finished(&c->reply))
        c->task.receive(c, chunk->data, chunk->len);
}

/* Takes the events there are, up to a command. Returns the last one, or an error. */
static int take_events(connection *c)
{
    sw_event event;
    int type;

    while ((type = sw_session_next(&c->session, &event)) > 0) {
        if (type == SW_EVENT_KEY) {
            answer_key(c, &event);
        } else if (type == SW_EVENT_READY) {
            take_login(c);
        } else if (type == SW_EVENT_REFUSED) {
            log_refusal(c, event.status);
        } else if (type == SW_EVENT_COMMAND) {
            take_command(c, &event);
            break;
        } else if (type == SW_EVENT_DATA) {
            receive(c, &event.chunk);
        } else if (type == SW_EVENT_CLOSED) {
            c->peer_left = 1;
        }
    }
    return type;
}

/* ---- replies ---- */

/* Watchers are told what is, not what was: they get the next round when the last one is gone. */
static int may_resume(const connection *c)
{
    int is_its_turn = c->task.reads_ahead ? reply_is_almost_waiting(&c->reply) : reply_is_waiting(&c->reply);

    return c->task.resume != NULL && !c->busy && is_its_turn && !(c->task.watches && connection_has_output(c));
}

/* Lets the command say what it has to say by now, and hands it to the session: as reply_send. */
static int answer(connection *c)
{
    if (may_resume(c))
        c->task.resume(c, server_clock());
    if (reply_is_idle(&c->reply))
        return 0;
    connection_lend_tx(c);
    return reply_send(&c->reply, &c->session);
}

int64_t connection_rate_deadline(const connection *c)
{
    long rate = c->server->options->upload_rate;

    return rate == 0 ? DEADLINE_NEVER
                     : c->upload_began + UPLOAD_RATE_FROM_MS + (int64_t)(c->uploaded * 1000 / (uint64_t)rate);
}

/* Of an upload: the next byte, all of it, and what the least rate allows for what has come. */
static int64_t upload_deadline(connection *c)
{
    const server_options *options = c->server->options;
    int64_t deadline = deadline_in(options->upload_timeout * 1000);

    if (c->upload_began == 0)
        c->upload_began = server_clock();
    deadline = deadline_sooner(deadline, c->upload_began + options->upload_time * 1000);
    return deadline_sooner(deadline, connection_rate_deadline(c));
}

/* How long the peer may be still from now on; anew, if it took or sent something. */
static void set_deadline(connection *c)
{
    const server_options *options = c->server->options;

    if (c->phase != PHASE_RUNNING || c->deadline != DEADLINE_NEVER)
        return;
    if (connection_has_output(c))
        c->deadline = deadline_in(options->write_timeout * 1000);
    else if (connection_is_uploading(c))
        c->deadline = upload_deadline(c);
}

/* Moves the session on as far as it goes without the peer. A command is answered before anything
 * behind it is looked at: what follows an exit does not matter. */
static void process(connection *c)
{
    int type, sent;

    do {
        sent = 0;
        type = take_events(c);
        if (type >= 0 && c->phase == PHASE_RUNNING)
            sent = answer(c);
    } while (sent > 0 || type == SW_EVENT_COMMAND);
    if (type < 0 || sent < 0) {
        fail(c);
        return;
    }
    if (connection_has_sent_all(c)) {
        connection_linger(c);
        return;
    }
    if (c->peer_left && c->task.watches) {
        connection_log(c, LEVEL_INFO, "left");
        c->phase = PHASE_OVER;
    }
}

/* What is made for a socket which took all before goes out at once, without waiting for room, and so
 * does what its going makes room for. Others get their turn after so many writes. */
void connection_process(connection *c)
{
    int is_blocked = connection_has_output(c);

    process(c);
    for (int i = 0; i < WRITES_A_TURN && !is_blocked && c->out_is_socket; i++) {
        if (c->phase >= PHASE_LINGER || !connection_write(c))
            break;
        process(c);
    }
    set_deadline(c);
}
