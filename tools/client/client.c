/* SPDX-License-Identifier: ISC */
#include "client_internal.h"

#include "deadline.h"
#include "report.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

client *client_new(const arguments *args, const invocation *i, const sw_crypto *crypto, const proof *p, trust *t)
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
    c->proof = *p;
    c->config.crypto = crypto;
    c->config.policy = args->policy;
    c->trust = t;
    if (!args->plain && t->is_known)
        c->config.policy.require_sealed = 1;
    c->config.user = args->user;
    if (p->decrypter != NULL)
        c->config.key = sw_private_key_view(&p->decrypter->secret);
    if (p->signer != NULL && p->signer != p->decrypter)
        c->config.public_key = &p->signer->half;
    result = sw_session_client(&c->session, &c->config, c->rx, sizeof(c->rx), c->tx, sizeof(c->tx));
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

/* Something came or went: as long as that again may pass until the next. */
static void watch_idle(client *c)
{
    c->idle_at = c->args->idle_timeout > 0 ? deadline_in(c->args->idle_timeout * 1000) : DEADLINE_NEVER;
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
        client_begin_message(c);
        report_system(c->upload.name, error);
        return STATUS_CONNECTION;
    }
    if (result < 0)
        return client_session_failed(c);
    watch_idle(c); /* the server has waited for us up to now */
    return RUNNING;
}

/* ---- waiting ---- */

/* A greeting that may be complete: it is, in legacy mode, if nothing more comes for a while. To say so of one that was
 * complete anyway does nothing. */
static void watch_greeting(client *c)
{
    int complete = c->args->policy.allow_legacy && c->wire.sent == 0 && c->wire.line_ended;

    c->legacy_at = complete ? deadline_in(c->args->legacy_wait) : DEADLINE_NEVER;
}

static int idle(client *c)
{
    char why[64];

    snprintf(why, sizeof(why), "nothing came for %ld seconds", c->args->idle_timeout);
    return client_failed(c, why, "; see --idle-timeout");
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
        return client_timed_out(c);
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
    if (error == 0 && client_check_stranger(c) != RUNNING)
        return STATUS_CONNECTION;
    return error == 0 ? RUNNING : client_failed(c, strerror(error), "");
}

/* A server that takes nothing may have said why, so reading goes on; a handshake cannot. */
static int write_wire(client *c)
{
    int error = wire_write(&c->wire, &c->session);

    watch_idle(c);
    if (error != 0 && !c->is_ready)
        return client_failed(c, strerror(error), "");
    if (c->is_ready && !(sw_session_wants(&c->session) & SW_WANT_WRITE))
        c->command_sent = 1;
    return RUNNING;
}

static int end_sending(client *c)
{
    int error = wire_end_sending(&c->wire);

    return error == 0 ? RUNNING : client_failed(c, "the upload cannot be ended: ", strerror(error));
}

static int wait_and_transfer(client *c)
{
    unsigned wants = sw_session_wants(&c->session);
    struct pollfd fds[] = { { wants & SW_WANT_READ ? c->wire.in : -1, POLLIN, 0 },
                            { wants & SW_WANT_WRITE && !c->wire.cannot_write ? c->wire.out : -1, POLLOUT, 0 },
                            { wants_upload(c, wants) ? c->upload.data : -1, POLLIN, 0 } };
    int status = RUNNING;

    if (wants & SW_WANT_SHUTDOWN && !c->wire.sending_ended)
        return end_sending(c);
    if (poll(fds, 3, deadline_left(patience(c, wants))) < 0 && errno != EINTR)
        return client_failed(c, strerror(errno), "");
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
    client_begin_message(c);
    report("%s: %s; nothing more is recorded", c->args->record, strerror(error));
}

int client_output_failed(const client *c)
{
    return c->output.reader_gone ? STATUS_READER_GONE : STATUS_CONNECTION;
}

int client_run(client *c, const char *peer, int in, int out, int64_t deadline)
{
    int status;

    c->peer = peer;
    c->deadline = deadline;
    wire_init(&c->wire, in, out);
    c->wire.recording = recording_begin(c->args->recorder, in, 0);
    output_init(&c->output, c->args->raw);
    c->output.quiet_pipe = c->args->quiet_pipe;
    upload_init(&c->upload, c->invocation);
    while ((status = client_handle_events(c)) == RUNNING && (status = wait_and_transfer(c)) == RUNNING)
        check_recorder(c);
    recording_end(c->wire.recording);
    check_recorder(c);
    progress_clear(&c->upload.progress);
    if (status != STATUS_OK && status != STATUS_FAILURE)
        return status;
    if (output_end(&c->output, c->invocation->end_line) < 0)
        return client_output_failed(c);
    if (c->args->verbose && !sw_session_is_legacy(&c->session))
        report("exit status %d", status);
    return status;
}

const char *client_refusal(const client *c)
{
    return c->refusal;
}
