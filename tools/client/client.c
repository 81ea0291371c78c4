#include "client.h"

#include "deadline.h"
#include "output.h"
#include "report.h"
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BUFFER_SIZE = 65536,         /* holds any command, and any packet of an upload */
    UPLOAD_SIZE = 32768,         /* bytes of an upload in one packet */
    RUNNING = -1                 /* in place of an exit status */
};

struct client {
    const arguments *args;
    sw_private_key *key;
    sw_client_config config;
    sw_session session;
    output output;
    wire wire;
    const char *peer;            /* how messages name the server */
    int authenticated;
    int64_t deadline;            /* of the handshake */
    int64_t legacy_at;           /* when a greeting that stopped behind a line is a legacy one */
    uint8_t rx[BUFFER_SIZE], tx[BUFFER_SIZE], upload[UPLOAD_SIZE];
};

client *client_new(const arguments *args, const sw_crypto *crypto, sw_private_key *key)
{
    client *c = calloc(1, sizeof(*c));
    sw_error error;
    int result;

    if (c == NULL) {
        report_system("session", errno);
        return NULL;
    }
    c->args = args;
    c->key = key;
    c->config.struct_size = sizeof(c->config);
    c->config.crypto = crypto;
    c->config.policy = args->policy;
    c->config.user = args->user;
    c->config.key = key;
    result = sw_session_client(&c->session, &c->config, c->rx, sizeof(c->rx), c->tx,
                               sizeof(c->tx));
    if (result < 0) {
        error = sw_session_error(&c->session);
        report_error(result == SW_E_USER_NAME ? "--user" : "session", &error);
        client_free(c);
        return NULL;
    }
    return c;
}

void client_free(client *c)
{
    if (c == NULL)
        return;
    sw_session_wipe(&c->session);
    free(c);
}

/* ---- ends ---- */

static int failed(client *c, const char *why, const char *hint)
{
    output_end_line(&c->output);
    report("%s: %s%s", c->peer, why, hint);
    return STATUS_CONNECTION;
}

static int session_failed(client *c)
{
    sw_error error = sw_session_error(&c->session);
    char text[256];

    sw_error_format(&error, text, sizeof(text));
    if (error.code == SW_E_LEGACY_REFUSED)
        return failed(c, text, "; see --allow-legacy");
    return failed(c, text, error.code == SW_E_RC4_REFUSED ? "; see --allow-rc4" : "");
}

/* Legacy mode, where closing is all that a server says at the end. */
static int closed(client *c)
{
    size_t unsent;

    if (c->wire.broken != 0)
        return failed(c, strerror(c->wire.broken), "");
    sw_session_tx_bytes(&c->session, &unsent);
    if (unsent > 0)
        return failed(c, "connection closed before the command was sent", "");
    return STATUS_OK;
}

static int timed_out(client *c)
{
    const char *why = "handshake not completed in time";

    if (c->wire.received == 0)
        why = "no greeting came in time";
    else if (c->wire.sent == 0)
        why = "no complete greeting came in time";
    if (c->wire.sent == 0 && c->wire.line_ended && !c->args->policy.allow_legacy)
        return failed(c, why, ", only its first line; see --allow-legacy");
    return failed(c, why, "; see --timeout");
}

/* ---- events ---- */

static void tell_features(const client *c)
{
    static const char *const ciphers[] = { "none", "RC4", "AES-128-CTR" };
    unsigned features = sw_session_features(&c->session);
    char list[SW_FEATURES_TEXT_MAX];
    size_t len = sw_features_format(features, list, sizeof(list));

    if (sw_session_is_legacy(&c->session))
        report("legacy mode, without features");
    else
        report("features: %.*s", (int)len, list);
    report("cipher: %s", ciphers[sw_features_cipher(features)]);
    report("authenticated as %s", c->args->user);
}

static int authenticated(client *c)
{
    sw_error error;

    c->authenticated = 1;
    sw_private_key_wipe(c->key);
    if (c->args->verbose)
        tell_features(c);
    /* nothing else waits in tx, so this does not block */
    if (sw_session_command(&c->session, c->args->command, c->args->command_count) > 0)
        return RUNNING;
    error = sw_session_error(&c->session);
    report_error("command", &error);
    return STATUS_USAGE;
}

static int handle_event(client *c, int type, const sw_event *event)
{
    switch (type) {
    case SW_EVENT_READY:
        return authenticated(c);
    case SW_EVENT_DATA:
        return output_write(&c->output, event->chunk.band, event->chunk.data, event->chunk.len) < 0
                   ? STATUS_CONNECTION
                   : RUNNING;
    case SW_EVENT_AWAITING_DATA:
        if (c->args->verbose)
            report("sending standard input");
        return RUNNING;
    case SW_EVENT_EXIT:
        return event->status == 0 ? STATUS_OK : STATUS_FAILURE;
    case SW_EVENT_CLOSED:
        return closed(c);
    default:
        return session_failed(c);
    }
}

static int handle_events(client *c)
{
    int status = RUNNING;
    int type;
    sw_event event;

    while (status == RUNNING &&
           (type = sw_session_next(&c->session, &event)) != SW_EVENT_NEED_MORE)
        status = handle_event(c, type, &event);
    return status;
}

/* ---- upload ---- */

/* Read only when all before it is sent: the session then takes a whole packet. */
static int wants_upload(const client *c, unsigned wants)
{
    return c->authenticated && (wants & SW_WANT_APPLICATION) && !(wants & SW_WANT_WRITE);
}

static int upload_some(client *c)
{
    ssize_t n = read(STDIN_FILENO, c->upload, sizeof(c->upload));
    size_t taken;

    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return RUNNING;
    if (n < 0) {
        output_end_line(&c->output);
        report_system("standard input", errno);
        return STATUS_CONNECTION;
    }
    /* the empty packet of an empty read is the end */
    if (sw_session_send(&c->session, SW_BAND_BLOB_DATA, c->upload, (size_t)n, &taken) < 0)
        return session_failed(c);
    return RUNNING;
}

/* ---- waiting ---- */

/* A greeting that may be complete: it is, in legacy mode, if nothing more comes for a while. */
static void watch_greeting(client *c)
{
    int complete = c->args->policy.allow_legacy && c->wire.sent == 0 && c->wire.line_ended;

    c->legacy_at = complete ? deadline_in(c->args->legacy_wait) : DEADLINE_NEVER;
}

static int check_time(client *c)
{
    if (c->authenticated)
        return RUNNING;
    if (deadline_left(c->deadline) == 0)
        return timed_out(c);
    if (deadline_left(c->legacy_at) == 0) {
        c->legacy_at = DEADLINE_NEVER;
        sw_session_rx_quiet(&c->session);
    }
    return RUNNING;
}

static int read_wire(client *c)
{
    int error = wire_read(&c->wire, &c->session);

    watch_greeting(c);
    return error == 0 ? RUNNING : failed(c, strerror(error), "");
}

/* A server that takes nothing may have said why, so reading goes on; a handshake cannot. */
static int write_wire(client *c)
{
    int error = wire_write(&c->wire, &c->session);

    c->legacy_at = DEADLINE_NEVER;
    return error == 0 || c->authenticated ? RUNNING : failed(c, strerror(error), "");
}

static int wait_and_transfer(client *c)
{
    unsigned wants = sw_session_wants(&c->session);
    int64_t until = c->authenticated ? DEADLINE_NEVER : deadline_sooner(c->deadline, c->legacy_at);
    struct pollfd fds[] = {
        { wants & SW_WANT_READ ? c->wire.in : -1, POLLIN, 0 },
        { wants & SW_WANT_WRITE && !c->wire.cannot_write ? c->wire.out : -1, POLLOUT, 0 },
        { wants_upload(c, wants) ? STDIN_FILENO : -1, POLLIN, 0 }
    };
    int status = RUNNING;

    if (poll(fds, 3, deadline_left(until)) < 0 && errno != EINTR)
        return failed(c, strerror(errno), "");
    if (fds[1].revents != 0)
        status = write_wire(c);
    if (status == RUNNING && fds[2].revents != 0)
        status = upload_some(c);
    if (status == RUNNING && fds[0].revents != 0)
        status = read_wire(c);
    return status == RUNNING ? check_time(c) : status;
}

int client_run(client *c, const char *peer, int in, int out, int64_t deadline)
{
    int status;

    c->peer = peer;
    c->deadline = deadline;
    wire_init(&c->wire, in, out);
    output_init(&c->output, c->args->raw);
    while ((status = handle_events(c)) == RUNNING && (status = wait_and_transfer(c)) == RUNNING)
        ;
    if (status != STATUS_OK && status != STATUS_FAILURE)
        return status;
    if (output_end(&c->output) < 0)
        return STATUS_CONNECTION;
    if (c->args->verbose && !sw_session_is_legacy(&c->session))
        report("exit status %d", status);
    return status;
}
