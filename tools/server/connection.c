#include "connection.h"

#include "commands/commands.h"
#include "log.h"
#include "server.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WRITES_A_TURN = 16 };

static int is_socket(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

struct connection *connection_new(struct server *server, int in, int out, const char *peer,
                                  int64_t now)
{
    struct connection *connection = calloc(1, sizeof(*connection));
    int result;

    if (connection == NULL) {
        log_event(LEVEL_ERROR, "%s: %s", peer, strerror(errno));
        return NULL;
    }
    result = sw_session_server(&connection->session, &server->config, connection->rx,
                               sizeof(connection->rx), connection->tx, sizeof(connection->tx));
    if (result < 0) {
        log_event(LEVEL_ERROR, "%s: %s", peer, sw_error_text(result));
        free(connection);
        return NULL;
    }
    connection->server = server;
    connection->in = in;
    connection->out = out;
    connection->out_is_socket = is_socket(out);
    connection->deadline = now + server->options->handshake_timeout * 1000;
    connection->recording = recording_begin(server->recorder, in, 1);
    if (keylog_is_wanted(&server->keylog))
        sw_session_log_keys(&connection->session, &connection->keys);
    snprintf(connection->label, sizeof(connection->label), "%s", peer);
    log_event(LEVEL_INFO, "%s: connected", peer);
    return connection;
}

void connection_free(struct connection *connection)
{
    log_event(LEVEL_INFO, "%s: closed", connection->label);
    sw_session_wipe(&connection->session);
    recording_end(connection->recording);
    reply_free(&connection->reply);
    if (connection->task.release != NULL)
        connection->task.release(connection->task.state);
    close(connection->in);
    if (connection->out >= 0 && connection->out != connection->in)
        close(connection->out);
    free(connection);
}

int connection_succeeded(const struct connection *connection)
{
    return connection->reply.exited && sw_session_error(&connection->session).code == SW_OK &&
           sw_session_wants(&connection->session) == 0;
}

/* Is it the peer's turn to send? */
static int is_uploading(const struct connection *connection)
{
    size_t pending;

    sw_session_tx_bytes(&connection->session, &pending);
    return connection->task.receive != NULL && pending == 0 &&
           reply_is_waiting(&connection->reply);
}

/* ---- ends ---- */

/* Tells the peer that nothing more comes, and waits for it to close. */
static void linger(struct connection *connection, int64_t now)
{
    shutdown(connection->out, SHUT_WR);
    recording_we_ended(connection->recording);
    if (!connection->out_is_socket && connection->out != connection->in) {
        close(connection->out);
        connection->out = -1;
    }
    connection->phase = connection->at_end ? PHASE_OVER : PHASE_LINGER;
    connection->deadline = now + LINGER_MS;
}

/* The session failed: the log says why, the peer is not told. */
static void fail(struct connection *connection, int64_t now)
{
    sw_error error = sw_session_error(&connection->session);
    char text[256];

    if (connection->reply.out_of_memory) {
        log_event(LEVEL_ERROR, "%s: no memory for the reply", connection->label);
    } else if (error.code == SW_E_AUTH) {
        log_event(LEVEL_WARNING, "%s: authentication failed: %s", connection->label,
                  connection->known ? "wrong response" : "unknown user");
    } else {
        sw_error_format(&error, text, sizeof(text));
        log_event(sw_error_is_peer(error.code) ? LEVEL_NOTICE : LEVEL_ERROR, "%s: %s",
                  connection->label, text);
    }
    linger(connection, now);
}

static void lose_peer(struct connection *connection, const char *what, int error_number)
{
    log_event(connection->phase == PHASE_LINGER ? LEVEL_DEBUG : LEVEL_NOTICE, "%s: %s: %s",
              connection->label, what, strerror(error_number));
    recording_broken(connection->recording);
    connection->phase = PHASE_OVER;
}

static void expire(struct connection *connection)
{
    if (connection->phase == PHASE_HANDSHAKE)
        log_event(LEVEL_NOTICE, "%s: no command within %ld s", connection->label,
                  connection->server->options->handshake_timeout);
    else if (connection->phase == PHASE_RUNNING && is_uploading(connection))
        log_event(LEVEL_NOTICE, "%s: sent nothing of its upload for %ld s", connection->label,
                  connection->server->options->upload_timeout);
    else if (connection->phase == PHASE_RUNNING)
        log_event(LEVEL_NOTICE, "%s: took no output for %ld s", connection->label,
                  connection->server->options->write_timeout);
    else
        log_event(LEVEL_DEBUG, "%s: did not close within %d ms", connection->label, LINGER_MS);
    connection->phase = PHASE_OVER;
}

/* ---- bytes ---- */

static int is_transient(int error_number)
{
    return error_number == EAGAIN || error_number == EINTR;
}

/* Poll found something to read, so this does not block. */
static void read_input(struct connection *connection)
{
    static uint8_t discarded[4096];
    uint8_t *space = discarded;
    size_t room = sizeof(discarded);
    ssize_t n;

    if (connection->phase != PHASE_LINGER)
        space = sw_session_rx_space(&connection->session, &room);
    if (room == 0)
        return;
    n = read(connection->in, space, room);
    if (n < 0 && !is_transient(errno))
        lose_peer(connection, "read", errno);
    if (n > 0)
        recording_received(connection->recording, space, (size_t)n);
    if (n == 0) {
        recording_peer_ended(connection->recording);
        connection->at_end = 1;
    }
    if (n == 0 && connection->phase == PHASE_LINGER)
        connection->phase = PHASE_OVER;
    if (n < 0 || connection->phase >= PHASE_LINGER)
        return;
    if (n == 0) {
        sw_session_rx_end(&connection->session);
    } else {
        sw_session_rx_commit(&connection->session, (size_t)n);
        sw_session_rx_quiet(&connection->session); /* as deployed servers take a request */
        if (is_uploading(connection))
            connection->deadline = -1; /* progress: set anew if more is to come */
    }
}

/* Descriptors handed in may be blocking: sockets are told not to, and a pipe that poll found
 * writable has room for PIPE_BUF. */
static ssize_t write_some(const struct connection *connection, const uint8_t *data, size_t len)
{
    if (connection->out_is_socket)
        return send(connection->out, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    return write(connection->out, data, len < PIPE_BUF ? len : PIPE_BUF);
}

/* Writes once. Returns whether all there was is gone. */
static int write_output(struct connection *connection)
{
    size_t len;
    const uint8_t *data = sw_session_tx_bytes(&connection->session, &len);
    ssize_t n;

    if (len == 0)
        return 0;
    n = write_some(connection, data, len);
    if (n < 0 && !is_transient(errno))
        lose_peer(connection, "write", errno);
    if (n <= 0)
        return 0;
    recording_sent(connection->recording, data, (size_t)n);
    sw_session_tx_drain(&connection->session, (size_t)n);
    if (connection->phase == PHASE_RUNNING)
        connection->deadline = -1; /* progress: set anew if more is pending */
    return (size_t)n == len;
}

/* ---- events ---- */

static void answer_key(struct connection *connection, const sw_event *event)
{
    const struct user *user = user_list_find(&connection->server->users, event->user,
                                             event->user_len);
    int len = event->user_len < USER_NAME_MAX ? (int)event->user_len : USER_NAME_MAX;
    size_t end = strlen(connection->label);

    snprintf(connection->label + end, sizeof(connection->label) - end, ": user '%.*s'", len,
             event->user);
    connection->known = user != NULL;
    connection->permissions = user != NULL ? user->permissions : 0;
    sw_session_key(&connection->session, user != NULL ? &user->key : NULL);
}

/* For who decrypts captures. The session goes on without. */
static void log_keys(struct connection *connection)
{
    keylog *log = &connection->server->keylog;
    int error = keylog_append(log, &connection->keys);

    sw_secrets_wipe(&connection->keys);
    if (error != 0)
        log_event(LEVEL_ERROR, KEYLOG_VARIABLE ": %s: %s; no more keys are logged", log->path,
                  strerror(error));
}

static void log_authenticated(struct connection *connection)
{
    char features[SW_FEATURES_TEXT_MAX];
    size_t len = sw_features_format(sw_session_features(&connection->session), features,
                                    sizeof(features));

    connection->server->authenticated++;
    log_event(LEVEL_INFO, "%s: authenticated (%.*s)", connection->label, len > 0 ? (int)len : 6,
              len > 0 ? features : "legacy");
}

/* A piece of an upload. After an early refusal nobody wants the rest. */
static void receive(struct connection *connection, const sw_chunk *chunk)
{
    if (connection->task.receive != NULL && !reply_is_finished(&connection->reply))
        connection->task.receive(connection, chunk->data, chunk->len);
}

/* Takes the events there are, up to a command. Returns the last one, or an error. */
static int take_events(struct connection *connection)
{
    sw_event event;
    int type;

    while ((type = sw_session_next(&connection->session, &event)) > 0) {
        if (type == SW_EVENT_KEY) {
            answer_key(connection, &event);
        } else if (type == SW_EVENT_READY) {
            log_authenticated(connection);
            log_keys(connection);
        } else if (type == SW_EVENT_COMMAND) {
            connection->phase = PHASE_RUNNING;
            connection->deadline = -1;
            command_run(connection, &event);
            break;
        } else if (type == SW_EVENT_DATA) {
            receive(connection, &event.chunk);
        } else if (type == SW_EVENT_CLOSED) {
            break;
        }
    }
    return type;
}

/* Lets the command say what it has to say by now, and hands it to the session: as reply_send. */
static int answer(struct connection *connection, int64_t now)
{
    if (connection->task.resume != NULL && reply_is_waiting(&connection->reply))
        connection->task.resume(connection, now);
    return reply_send(&connection->reply, &connection->session);
}

/* How long the peer may be still from now on. */
static void set_deadline(struct connection *connection, int64_t now)
{
    const struct server_options *options = connection->server->options;
    size_t pending;

    sw_session_tx_bytes(&connection->session, &pending);
    if (connection->phase != PHASE_RUNNING || connection->deadline >= 0)
        return;
    if (pending > 0)
        connection->deadline = now + options->write_timeout * 1000;
    else if (is_uploading(connection))
        connection->deadline = now + options->upload_timeout * 1000;
}

/* Moves the session on as far as it goes without the peer. A command is answered before anything
 * behind it is looked at: what follows an exit does not matter. */
static void process(struct connection *connection, int64_t now)
{
    int type, sent;

    do {
        sent = 0;
        type = take_events(connection);
        if (type >= 0 && connection->phase == PHASE_RUNNING)
            sent = answer(connection, now);
    } while (type >= 0 && (sent > 0 || type == SW_EVENT_COMMAND));
    if (type < 0 || sent < 0) {
        fail(connection, now);
        return;
    }
    if (type == SW_EVENT_CLOSED && sw_session_wants(&connection->session) == 0) {
        linger(connection, now);
        return;
    }
    if (type == SW_EVENT_CLOSED && connection->task.ends_with_peer) {
        log_event(LEVEL_INFO, "%s: left", connection->label);
        connection->phase = PHASE_OVER;
        return;
    }
    set_deadline(connection, now);
}

/* Moves the session on. What that makes for a socket which took all before goes out at once, without
 * a poll, and so does what its going makes room for. Others get their turn after so many writes. */
static void process_and_write(struct connection *connection, int64_t now)
{
    size_t pending;

    sw_session_tx_bytes(&connection->session, &pending);
    process(connection, now);
    for (int i = 0; i < WRITES_A_TURN && pending == 0 && connection->out_is_socket; i++) {
        if (connection->phase >= PHASE_LINGER || !write_output(connection))
            return;
        process(connection, now);
    }
}

/* ---- poll ---- */

int64_t connection_wake(const struct connection *connection)
{
    int64_t wake = connection->task.wake;

    if (wake == 0 || !reply_is_waiting(&connection->reply))
        wake = INT64_MAX;
    return connection->deadline >= 0 && connection->deadline < wake ? connection->deadline : wake;
}

size_t connection_poll(struct connection *connection, struct pollfd *fds)
{
    unsigned wants = sw_session_wants(&connection->session);
    size_t count = 0;

    if (connection->phase == PHASE_LINGER)
        wants = SW_WANT_READ;
    if (wants & SW_WANT_READ)
        fds[count++] = (struct pollfd){ .fd = connection->in, .events = POLLIN };
    if ((wants & SW_WANT_WRITE) && count > 0 && connection->in == connection->out)
        fds[0].events |= POLLOUT;
    else if (wants & SW_WANT_WRITE)
        fds[count++] = (struct pollfd){ .fd = connection->out, .events = POLLOUT };
    connection->polled = count;
    return count;
}

void connection_service(struct connection *connection, const struct pollfd *fds, int64_t now)
{
    /* hang-ups and errors are for read and write to tell */
    for (size_t i = 0; i < connection->polled; i++) {
        if ((fds[i].events & POLLIN) && (fds[i].revents & ~POLLOUT))
            read_input(connection);
        if ((fds[i].events & POLLOUT) && (fds[i].revents & ~POLLIN) &&
            connection->phase < PHASE_LINGER)
            write_output(connection);
    }
    if (connection->phase < PHASE_LINGER)
        process_and_write(connection, now);
    if (connection->phase != PHASE_OVER && connection->deadline >= 0 &&
        now >= connection->deadline)
        expire(connection);
}
