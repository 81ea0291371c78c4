#include "connection.h"

#include "commands/commands.h"
#include "log.h"
#include "server.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WRITES_A_TURN = 16 };

/* A line of the log about this connection. */
static void tell(const connection *c, log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void tell(const connection *c, log_level level, const char *format, ...)
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

static int is_socket(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && S_ISSOCK(status.st_mode);
}

connection *connection_new(server *s, int in, int out, const char *peer,
                           int64_t now)
{
    connection *c = calloc(1, sizeof(*c));
    int result;

    if (c == NULL) {
        log_event(LEVEL_ERROR, "%s: %s", peer, strerror(errno));
        return NULL;
    }
    result = sw_session_server(&c->session, &s->config, c->rx,
                               sizeof(c->rx), c->tx, sizeof(c->tx));
    if (result < 0) {
        log_event(LEVEL_ERROR, "%s: %s", peer, sw_error_text(result));
        free(c);
        return NULL;
    }
    c->server = s;
    c->in = in;
    c->out = out;
    c->out_is_socket = is_socket(out);
    c->deadline = now + s->options->handshake_timeout * 1000;
    c->recording = recording_begin(s->recorder, in, 1);
    if (keylog_is_wanted(&s->keylog))
        sw_session_log_keys(&c->session, &c->keys);
    snprintf(c->label, sizeof(c->label), "%s", peer);
    tell(c, LEVEL_INFO, "connected");
    return c;
}

void connection_free(connection *c)
{
    tell(c, LEVEL_INFO, "closed");
    sw_session_wipe(&c->session);
    recording_end(c->recording);
    reply_free(&c->reply);
    if (c->task.release != NULL)
        c->task.release(c->task.state);
    close(c->in);
    if (c->out >= 0 && c->out != c->in)
        close(c->out);
    free(c);
}

/* Has the peer been sent everything? */
static int is_over(const connection *c)
{
    unsigned wants = sw_session_wants(&c->session);

    return wants == 0 || (wants & SW_WANT_SHUTDOWN);
}

int connection_succeeded(const connection *c)
{
    return c->reply.exited && sw_session_error(&c->session).code == SW_OK && is_over(c);
}

/* Is it the peer's turn to send? */
static int is_uploading(const connection *c)
{
    return c->task.receive != NULL && !(sw_session_wants(&c->session) & SW_WANT_WRITE) &&
           reply_is_waiting(&c->reply);
}

/* ---- ends ---- */

/* Tells the peer that nothing more comes, and waits for it to close. */
static void linger(connection *c, int64_t now)
{
    shutdown(c->out, SHUT_WR);
    recording_we_ended(c->recording);
    if (!c->out_is_socket && c->out != c->in) {
        close(c->out);
        c->out = -1;
    }
    c->phase = c->at_end ? PHASE_OVER : PHASE_LINGER;
    c->deadline = now + LINGER_MS;
}

/* The session failed: the log says why, the peer is not told. */
static void fail(connection *c, int64_t now)
{
    sw_error error = sw_session_error(&c->session);
    char text[256];

    if (c->reply.out_of_memory) {
        tell(c, LEVEL_ERROR, "no memory for the reply");
    } else if (error.code == SW_E_AUTH) {
        tell(c, LEVEL_WARNING, "authentication failed: %s",
             c->known ? "wrong key" : "unknown user");
    } else {
        sw_error_format(&error, text, sizeof(text));
        tell(c, sw_error_is_peer(error.code) ? LEVEL_NOTICE : LEVEL_ERROR, "%s", text);
    }
    linger(c, now);
}

static void lose_peer(connection *c, const char *what, int error_number)
{
    tell(c, c->phase == PHASE_LINGER ? LEVEL_DEBUG : LEVEL_NOTICE, "%s: %s", what, strerror(error_number));
    recording_broken(c->recording);
    c->phase = PHASE_OVER;
}

static void expire(connection *c)
{
    if (c->phase == PHASE_HANDSHAKE)
        tell(c, LEVEL_NOTICE, "no command within %ld s",
             c->server->options->handshake_timeout);
    else if (c->phase == PHASE_RUNNING && is_uploading(c))
        tell(c, LEVEL_NOTICE, "sent nothing of its upload for %ld s",
             c->server->options->upload_timeout);
    else if (c->phase == PHASE_RUNNING)
        tell(c, LEVEL_NOTICE, "took no output for %ld s",
             c->server->options->write_timeout);
    else
        tell(c, LEVEL_DEBUG, "did not close within %d ms", LINGER_MS);
    c->phase = PHASE_OVER;
}

/* ---- bytes ---- */

static int is_transient(int error_number)
{
    return error_number == EAGAIN || error_number == EINTR;
}

/* Poll found something to read, so this does not block. */
static void read_input(connection *c)
{
    static uint8_t discarded[4096];
    uint8_t *space = discarded;
    size_t room = sizeof(discarded);
    ssize_t n;

    if (c->phase != PHASE_LINGER)
        space = sw_session_rx_space(&c->session, &room);
    if (room == 0)
        return;
    n = read(c->in, space, room);
    if (n < 0 && !is_transient(errno))
        lose_peer(c, "read", errno);
    if (n > 0)
        recording_received(c->recording, space, (size_t)n);
    if (n == 0) {
        recording_peer_ended(c->recording);
        c->at_end = 1;
    }
    if (n == 0 && c->phase == PHASE_LINGER)
        c->phase = PHASE_OVER;
    if (n < 0 || c->phase >= PHASE_LINGER)
        return;
    if (n == 0) {
        sw_session_rx_end(&c->session);
    } else {
        sw_session_rx_commit(&c->session, (size_t)n);
        sw_session_burst_end(&c->session); /* as deployed servers take a request */
        if (is_uploading(c))
            c->deadline = -1; /* progress: set anew if more is to come */
    }
}

/* Descriptors handed in may be blocking: sockets are told not to, and a pipe that poll found
 * writable has room for PIPE_BUF. */
static ssize_t write_some(const connection *c, const uint8_t *data, size_t len)
{
    if (c->out_is_socket)
        return send(c->out, data, len, MSG_DONTWAIT | MSG_NOSIGNAL);
    return write(c->out, data, len < PIPE_BUF ? len : PIPE_BUF);
}

/* Writes once. Returns whether all there was is gone. */
static int write_output(connection *c)
{
    size_t len;
    const uint8_t *data = sw_session_tx_bytes(&c->session, &len);
    ssize_t n;

    if (len == 0)
        return 0;
    n = write_some(c, data, len);
    if (n < 0 && !is_transient(errno))
        lose_peer(c, "write", errno);
    if (n <= 0)
        return 0;
    recording_sent(c->recording, data, (size_t)n);
    sw_session_tx_drain(&c->session, (size_t)n);
    if (c->phase == PHASE_RUNNING)
        c->deadline = -1; /* progress: set anew if more is pending */
    return (size_t)n == len;
}

/* ---- events ---- */

static void answer_key(connection *c, const sw_event *event)
{
    const user *u = user_list_find(&c->server->users, event->user,
                                   event->user_len);
    size_t end = strlen(c->label);
    char quoted[LABEL_MAX];

    snprintf(c->label + end, sizeof(c->label) - end, ": user %s",
             log_quote(quoted, sizeof(quoted), event->user,
                       event->user_len < USER_NAME_MAX ? event->user_len : USER_NAME_MAX));
    c->known = u != NULL;
    c->permissions = u != NULL ? u->permissions : 0;
    sw_session_key(&c->session, u != NULL ? &u->key : NULL);
}

/* For who decrypts captures. The session goes on without. */
static void log_keys(connection *c)
{
    keylog *log = &c->server->keylog;
    int error = keylog_append(log, &c->keys);

    sw_secrets_wipe(&c->keys);
    if (error != 0)
        log_event(LEVEL_ERROR, KEYLOG_VARIABLE ": %s: %s; no more keys are logged", log->path,
                  strerror(error));
}

static void log_authenticated(connection *c)
{
    char features[SW_FEATURES_TEXT_MAX];
    size_t len = sw_features_format(sw_session_features(&c->session), features,
                                    sizeof(features));

    c->authenticated = 1;
    c->server->authenticated++;
    tell(c, LEVEL_INFO, "authenticated (%.*s)", len > 0 ? (int)len : 6,
         len > 0 ? features : "legacy");
}

/* A piece of an upload. After an early refusal nobody wants the rest. */
static void receive(connection *c, const sw_chunk *chunk)
{
    if (c->task.receive != NULL && !reply_is_finished(&c->reply))
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
            log_authenticated(c);
            log_keys(c);
        } else if (type == SW_EVENT_COMMAND) {
            c->phase = PHASE_RUNNING;
            c->deadline = -1;
            command_run(c, &event);
            break;
        } else if (type == SW_EVENT_DATA) {
            receive(c, &event.chunk);
        } else if (type == SW_EVENT_CLOSED) {
            c->peer_left = 1;
        }
    }
    return type;
}

/* Lets the command say what it has to say by now, and hands it to the session: as reply_send. */
static int answer(connection *c, int64_t now)
{
    if (c->task.resume != NULL && reply_is_waiting(&c->reply))
        c->task.resume(c, now);
    return reply_send(&c->reply, &c->session);
}

/* How long the peer may be still from now on. */
static void set_deadline(connection *c, int64_t now)
{
    const server_options *options = c->server->options;
    size_t pending;

    sw_session_tx_bytes(&c->session, &pending);
    if (c->phase != PHASE_RUNNING || c->deadline >= 0)
        return;
    if (pending > 0)
        c->deadline = now + options->write_timeout * 1000;
    else if (is_uploading(c))
        c->deadline = now + options->upload_timeout * 1000;
}

/* Moves the session on as far as it goes without the peer. A command is answered before anything
 * behind it is looked at: what follows an exit does not matter. */
static void process(connection *c, int64_t now)
{
    int type, sent;

    do {
        sent = 0;
        type = take_events(c);
        if (type >= 0 && c->phase == PHASE_RUNNING)
            sent = answer(c, now);
    } while (type >= 0 && (sent > 0 || type == SW_EVENT_COMMAND));
    if (type < 0 || sent < 0) {
        fail(c, now);
        return;
    }
    if (is_over(c)) {
        linger(c, now);
        return;
    }
    if (c->peer_left && c->task.ends_with_peer) {
        tell(c, LEVEL_INFO, "left");
        c->phase = PHASE_OVER;
        return;
    }
    set_deadline(c, now);
}

/* Moves the session on. What that makes for a socket which took all before goes out at once, without
 * a poll, and so does what its going makes room for. Others get their turn after so many writes. */
static void process_and_write(connection *c, int64_t now)
{
    size_t pending;

    sw_session_tx_bytes(&c->session, &pending);
    process(c, now);
    for (int i = 0; i < WRITES_A_TURN && pending == 0 && c->out_is_socket; i++) {
        if (c->phase >= PHASE_LINGER || !write_output(c))
            return;
        process(c, now);
    }
}

/* ---- poll ---- */

int64_t connection_wake(const connection *c)
{
    int64_t wake = c->task.wake;

    if (wake == 0 || !reply_is_waiting(&c->reply))
        wake = INT64_MAX;
    return c->deadline >= 0 && c->deadline < wake ? c->deadline : wake;
}

size_t connection_poll(connection *c, struct pollfd *fds)
{
    unsigned wants = sw_session_wants(&c->session);
    size_t count = 0;

    if (c->phase == PHASE_LINGER)
        wants = SW_WANT_READ;
    if (wants & SW_WANT_READ)
        fds[count++] = (struct pollfd){ .fd = c->in, .events = POLLIN };
    if ((wants & SW_WANT_WRITE) && count > 0 && c->in == c->out)
        fds[0].events |= POLLOUT;
    else if (wants & SW_WANT_WRITE)
        fds[count++] = (struct pollfd){ .fd = c->out, .events = POLLOUT };
    c->polled = count;
    return count;
}

void connection_service(connection *c, const struct pollfd *fds, int64_t now)
{
    /* hang-ups and errors are for read and write to tell */
    for (size_t i = 0; i < c->polled; i++) {
        if ((fds[i].events & POLLIN) && (fds[i].revents & ~POLLOUT))
            read_input(c);
        if ((fds[i].events & POLLOUT) && (fds[i].revents & ~POLLIN) &&
            c->phase < PHASE_LINGER)
            write_output(c);
    }
    if (c->phase < PHASE_LINGER)
        process_and_write(c, now);
    if (c->phase != PHASE_OVER && c->deadline >= 0 &&
        now >= c->deadline)
        expire(c);
}
