#include "client.h"

#include "deadline.h"
#include "keylog_writer.h"
#include "output.h"
#include "report.h"
#include "stranger.h"
#include "text_lines.h"
#include "upload.h"
#include "wire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    BUFFER_SIZE = 131072,        /* holds any command, and any packet of an upload */
    RUNNING = -1                 /* in place of an exit status */
};

struct client {
    const arguments *args;
    const invocation *invocation;
    const sw_command *command;   /* the one asked for; NULL: not a known one */
    sw_private_key *key;
    trust *trust;
    sw_client_config config;
    sw_session session;
    keylog keylog;
    sw_secrets keys;           /* of the session, if keylog wants them */
    output output;
    wire wire;
    upload upload;
    const char *peer;            /* how messages name the server */
    int is_ready;                /* the command may be sent; sealed: who we are was said with it */
    int authenticated;           /* the server has answered that */
    int command_sent;
    int64_t deadline;            /* of the handshake */
    int64_t idle_at;             /* when a server that says and takes nothing has had its time */
    int64_t legacy_at;           /* when a greeting that stopped behind a line is a legacy one */
    uint8_t rx[BUFFER_SIZE], tx[BUFFER_SIZE];
};

client *client_new(const arguments *args, const invocation *i, const sw_crypto *crypto,
                   sw_private_key *key, trust *t)
{
    client *c = calloc(1, sizeof(*c));
    sw_error error;
    int result;

    if (c == NULL) {
        report_system("session", errno);
        return NULL;
    }
    c->args = args;
    c->invocation = i;
    c->command = known_command(i->argv[0]);
    c->key = key;
    c->config.crypto = crypto;
    c->config.policy = args->policy;
    c->trust = t;
    if (!args->plain && t->is_known)
        c->config.policy.require_sealed = 1;
    c->config.user = args->user;
    c->config.key = sw_private_key_view(key);
    result = sw_session_client(&c->session, &c->config, c->rx, sizeof(c->rx), c->tx,
                               sizeof(c->tx));
    if (result < 0) {
        error = sw_session_error(&c->session);
        report_error(result == SW_E_USER_NAME ? "--user" : "session", &error);
        client_free(c);
        return NULL;
    }
    keylog_init(&c->keylog);
    if (keylog_is_wanted(&c->keylog))
        sw_session_log_keys(&c->session, &c->keys);
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

/* For messages of our own: they get a line of the terminal for themselves. */
static void begin_message(client *c)
{
    progress_clear(&c->upload.progress);
    output_end_line(&c->output);
}

static int failed(client *c, const char *why, const char *hint)
{
    begin_message(c);
    report("%s: %s%s", c->peer, why, hint);
    return STATUS_CONNECTION;
}

/* The same for what the server decided: the command has failed. */
static int refused(client *c, const char *why)
{
    failed(c, why, "");
    return STATUS_FAILURE;
}

static int session_failed(client *c)
{
    sw_error error = sw_session_error(&c->session);
    char text[256];

    sw_error_format(&error, text, sizeof(text));
    if (error.code == SW_E_NOT_SEALED && c->trust->is_known)
        return failed(c, "this server is known to seal its sessions, and offers none now",
                      "; see --plain");
    if (error.code == SW_E_LEGACY_REFUSED)
        return failed(c, text, "; see --allow-legacy");
    return failed(c, text, error.code == SW_E_RC4_REFUSED ? "; see --allow-rc4" : "");
}

static int takes_data(const client *c)
{
    return c->command != NULL && c->command->takes_data;
}

/* Legacy mode, where closing is all that a server says at the end. One that wants no more of an
 * upload closes, too, which may well be a reset. */
static int closed(client *c)
{
    if (c->upload.asked && !c->upload.complete)
        return refused(c, "connection closed before all data was sent");
    if (c->wire.broken != 0)
        return failed(c, strerror(c->wire.broken), "");
    if (!c->command_sent)
        return failed(c, "connection closed before the command was sent", "");
    if (takes_data(c) && !c->upload.asked)
        return refused(c, "connection closed without a request for the data");
    return STATUS_OK;
}

/* Its first line, as far as it came. */
static int first_line_length(const client *c)
{
    const uint8_t *lf = memchr(c->wire.first, '\n', c->wire.first_len);
    size_t len = lf != NULL ? (size_t)(lf - c->wire.first) : c->wire.first_len;

    return (int)text_line_length((const char *)c->wire.first, len);
}

/* A service of another kind would be waited for in vain. */
static int check_stranger(client *c)
{
    const char *kind = c->wire.sent == 0 ? stranger_kind(c->wire.first, c->wire.first_len) : NULL;
    char why[WIRE_FIRST_MAX + 64];

    if (kind == NULL)
        return RUNNING;
    snprintf(why, sizeof(why), "this is %s, no audio server: it says '%.*s'", kind,
             first_line_length(c), (const char *)c->wire.first);
    return failed(c, why, "");
}

static int timed_out(client *c)
{
    const char *why = "handshake not completed in time";
    char line[WIRE_FIRST_MAX + 64];

    if (c->wire.received == 0)
        why = "no greeting came in time";
    else if (c->wire.sent == 0)
        why = "no complete greeting came in time";
    if (c->wire.sent == 0 && c->wire.line_ended && !c->args->policy.allow_legacy) {
        snprintf(line, sizeof(line), "%s, only its first line, '%.*s'", why, first_line_length(c),
                 (const char *)c->wire.first);
        return failed(c, line, "; see --allow-legacy if this is an audio server");
    }
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
    if (features & SW_FEATURES_SEALED)
        report("sealed, %s", features & SW_FEATURE_NOISE_AESGCM ? "AES-256-GCM"
                                                                : "ChaCha20-Poly1305");
    else
        report("cipher: %s", ciphers[sw_features_cipher(features)]);
    report("authenticated as %s", c->args->user);
}

/* The session goes on without. */
static void log_keys(client *c)
{
    int error = keylog_append(&c->keylog, &c->keys);

    if (keylog_is_wanted(&c->keylog))
        recorder_keys(c->args->recorder, &c->keys);
    sw_secrets_wipe(&c->keys);
    if (error != 0)
        report(KEYLOG_VARIABLE ": %s: %s", c->keylog.path, strerror(error));
}

/* Nothing else waits in tx, so this does not block. 0, or -1 with the reason told. */
static int send_command(client *c)
{
    const invocation *call = c->invocation;
    sw_argument *slices = calloc(call->argc, sizeof(*slices));
    sw_error error;
    int result;

    if (slices == NULL) {
        report_system("command", errno);
        return -1;
    }
    for (size_t i = 0; i < call->argc; i++)
        slices[i] = sw_argument_of(call->argv[i]);
    result = sw_session_command(&c->session, slices, call->argc, call->data >= 0);
    free(slices);
    if (result > 0)
        return 0;
    error = sw_session_error(&c->session);
    report_error("command", &error);
    return -1;
}

static int ready(client *c)
{
    c->is_ready = 1;
    c->authenticated = !(sw_session_features(&c->session) & SW_FEATURES_SEALED);
    sw_private_key_wipe(c->key);
    log_keys(c);
    if (c->args->verbose)
        tell_features(c);
    return send_command(c) == 0 ? RUNNING : STATUS_USAGE;
}

static int show(client *c, const sw_chunk *chunk)
{
    progress_clear(&c->upload.progress);
    return output_lend(&c->output, chunk->band, chunk->data, chunk->len) < 0 ? STATUS_CONNECTION
                                                                             : RUNNING;
}

/* What is to be sent was decided before the server was asked: else it could have the rest of a script
 * that comes from standard input. */
static int awaiting_data(client *c)
{
    if (c->upload.data < 0 && c->command != NULL)
        return failed(c, "the server asks for data, which this command does not send", "");
    if (c->upload.data < 0)
        return failed(c, "the server asks for data, but this command is not known to send any",
                      c->args->interactive ? "; < FILE sends one" : "; see --upload");
    c->upload.asked = 1;
    if (c->args->verbose) {
        begin_message(c);
        report("sending %s", c->upload.name);
    }
    return RUNNING;
}

/* Somebody may have had to be asked. */
static int server_key(client *c, const uint8_t *key)
{
    trust_answer answer = trust_decide(c->trust, key);

    if (answer == TRUST_NO) {
        sw_session_accept(&c->session, 0);
        return STATUS_CONNECTION;
    }
    if (answer == TRUST_ASKED && c->args->in < 0)
        return CLIENT_AGAIN;
    if (answer == TRUST_ASKED && c->deadline != DEADLINE_NEVER)
        c->deadline = deadline_in(c->args->timeout * 1000);
    return sw_session_accept(&c->session, 1) < 0 ? session_failed(c) : RUNNING;
}

static int handle_event(client *c, int type, const sw_event *event)
{
    switch (type) {
    case SW_EVENT_SERVER_KEY:
        return server_key(c, event->server_key);
    case SW_EVENT_READY:
        return ready(c);
    case SW_EVENT_DATA:
        return show(c, &event->chunk);
    case SW_EVENT_AWAITING_DATA:
        return awaiting_data(c);
    case SW_EVENT_EXIT:
        return event->status == 0 ? STATUS_OK : STATUS_FAILURE;
    case SW_EVENT_CLOSED:
        return closed(c);
    default:
        return session_failed(c);
    }
}

/* What they show of the receive buffer is written before anything else is done: before messages of
 * ours, and before more is read to it. */
static int handle_events(client *c)
{
    int status = RUNNING;
    sw_event event;

    while (status == RUNNING) {
        int type = sw_session_next(&c->session, &event);

        if (type != SW_EVENT_DATA && output_flush(&c->output) < 0)
            return STATUS_CONNECTION;
        if (type == SW_EVENT_NEED_MORE)
            break;
        status = handle_event(c, type, &event);
    }
    return status;
}

/* ---- upload ---- */

/* Read only when all before it is sent: the session then takes a whole packet. */
static int wants_upload(const client *c, unsigned wants)
{
    return c->upload.asked && (wants & SW_WANT_APPLICATION) && !(wants & SW_WANT_WRITE);
}

static int send_upload(client *c)
{
    int result;

    if (!output_line_is_open(&c->output))
        progress_draw(&c->upload.progress, c->upload.given);
    result = upload_some(&c->upload, &c->session);
    if (result == UPLOAD_CANNOT_READ) {
        int error = errno;
        begin_message(c);
        report_system(c->upload.name, error);
        return STATUS_CONNECTION;
    }
    return result < 0 ? session_failed(c) : RUNNING;
}

/* ---- waiting ---- */

/* A greeting that may be complete: it is, in legacy mode, if nothing more comes for a while. */
static void watch_greeting(client *c)
{
    int complete = c->args->policy.allow_legacy && c->wire.sent == 0 && c->wire.line_ended;

    c->legacy_at = complete ? deadline_in(c->args->legacy_wait) : DEADLINE_NEVER;
}

/* Something came or went. */
static void watch_idle(client *c)
{
    c->idle_at = c->args->idle_timeout > 0 ? deadline_in(c->args->idle_timeout * 1000)
                                           : DEADLINE_NEVER;
}

static int idle(client *c)
{
    char why[64];

    snprintf(why, sizeof(why), "nothing came for %ld seconds", c->args->idle_timeout);
    return failed(c, why, "; see --idle-timeout");
}

/* Until when the server has time. When it waits for data of ours, it has. */
static int64_t patience(const client *c, unsigned wants)
{
    if (c->authenticated)
        return wants_upload(c, wants) ? DEADLINE_NEVER : c->idle_at;
    return deadline_sooner(c->deadline, c->legacy_at);
}

static int check_time(client *c, unsigned wants)
{
    if (c->authenticated)
        return deadline_left(patience(c, wants)) == 0 ? idle(c) : RUNNING;
    if (deadline_left(c->deadline) == 0)
        return timed_out(c);
    if (deadline_left(c->legacy_at) == 0) {
        c->legacy_at = DEADLINE_NEVER;
        sw_session_greeting_end(&c->session);
    }
    return RUNNING;
}

static int read_wire(client *c)
{
    int error = wire_read(&c->wire, &c->session);

    watch_greeting(c);
    watch_idle(c);
    if (c->is_ready)
        c->authenticated = 1;
    if (error == 0 && check_stranger(c) != RUNNING)
        return STATUS_CONNECTION;
    return error == 0 ? RUNNING : failed(c, strerror(error), "");
}

/* A server that takes nothing may have said why, so reading goes on; a handshake cannot. */
static int write_wire(client *c)
{
    int error = wire_write(&c->wire, &c->session);

    c->legacy_at = DEADLINE_NEVER;
    watch_idle(c);
    if (error != 0 && !c->is_ready)
        return failed(c, strerror(error), "");
    if (c->is_ready && !(sw_session_wants(&c->session) & SW_WANT_WRITE))
        c->command_sent = 1;
    return RUNNING;
}

static int end_sending(client *c)
{
    int error = wire_end_sending(&c->wire);

    return error == 0 ? RUNNING : failed(c, "the upload cannot be ended: ", strerror(error));
}

static int wait_and_transfer(client *c)
{
    unsigned wants = sw_session_wants(&c->session);
    struct pollfd fds[] = {
        { wants & SW_WANT_READ ? c->wire.in : -1, POLLIN, 0 },
        { wants & SW_WANT_WRITE && !c->wire.cannot_write ? c->wire.out : -1, POLLOUT, 0 },
        { wants_upload(c, wants) ? c->upload.data : -1, POLLIN, 0 }
    };
    int status = RUNNING;

    if (wants & SW_WANT_SHUTDOWN && !c->wire.sending_ended)
        return end_sending(c);
    if (poll(fds, 3, deadline_left(patience(c, wants))) < 0 && errno != EINTR)
        return failed(c, strerror(errno), "");
    if (fds[1].revents != 0)
        status = write_wire(c);
    if (status == RUNNING && fds[2].revents != 0)
        status = send_upload(c);
    if (status == RUNNING && fds[0].revents != 0)
        status = read_wire(c);
    return status == RUNNING ? check_time(c, sw_session_wants(&c->session)) : status;
}

/* The session goes on without. */
static void check_recorder(client *c)
{
    int error = recorder_failure(c->args->recorder);

    if (error == 0)
        return;
    begin_message(c);
    report("%s: %s; nothing more is recorded", c->args->record, strerror(error));
}

int client_run(client *c, const char *peer, int in, int out, int64_t deadline)
{
    int status;

    c->peer = peer;
    c->deadline = deadline;
    wire_init(&c->wire, in, out);
    c->wire.recording = recording_begin(c->args->recorder, in, 0);
    output_init(&c->output, c->args->raw);
    upload_init(&c->upload, c->invocation);
    while ((status = handle_events(c)) == RUNNING && (status = wait_and_transfer(c)) == RUNNING)
        check_recorder(c);
    recording_end(c->wire.recording);
    check_recorder(c);
    progress_clear(&c->upload.progress);
    if (status != STATUS_OK && status != STATUS_FAILURE)
        return status;
    if (output_end(&c->output, c->invocation->end_line) < 0)
        return STATUS_CONNECTION;
    if (c->args->verbose && !sw_session_is_legacy(&c->session))
        report("exit status %d", status);
    return status;
}
