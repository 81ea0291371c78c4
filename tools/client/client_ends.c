/* SPDX-License-Identifier: ISC */
#include "client_internal.h"

#include "report.h"
#include "stranger.h"
#include "text_lines.h"

#include <stdio.h>
#include <string.h>

void client_begin_message(client *c)
{
    progress_clear(&c->upload.progress);
    output_end_line(&c->output);
}

int client_failed(client *c, const char *why, const char *hint)
{
    client_begin_message(c);
    report("%s: %s%s", c->peer, why, hint);
    return STATUS_CONNECTION;
}

/* The same for what the server decided: the command has failed. */
static int refused(client *c, const char *why)
{
    client_failed(c, why, "");
    return STATUS_FAILURE;
}

int client_key_refused(client *c, const char *why)
{
    snprintf(c->refusal, sizeof(c->refusal), "%s", why);
    return c->is_sealed ? CLIENT_KEY_REFUSED_SEALED : CLIENT_KEY_REFUSED_PLAIN;
}

/* Errors that another key of the user may not meet with. */
static int is_about_key(int code)
{
    return code == SW_E_USER_REFUSED || code == SW_E_AUTH_REFUSED || code == SW_E_CHALLENGE ||
           code == SW_E_CHALLENGE_SIZE || code == SW_E_KEY_NOT_RSA;
}

/* The first line of the server, as far as it came. */
static int first_line_length(const client *c)
{
    const uint8_t *lf = memchr(c->wire.first, '\n', c->wire.first_len);
    size_t len = lf != NULL ? (size_t)(lf - c->wire.first) : c->wire.first_len;

    return (int)text_line_length((const char *)c->wire.first, len);
}

int client_session_failed(client *c)
{
    sw_error error = sw_session_error(&c->session);
    char text[256];
    char line[sizeof(text) + WIRE_FIRST_MAX + 32];

    sw_error_format(&error, text, sizeof(text));
    if (is_about_key(error.code))
        return client_key_refused(c, text);
    if (error.code == SW_E_NOT_SEALED && c->trust->is_known)
        return client_failed(c, "this server is known to seal its sessions, and offers none now", "; see --plain");
    if (error.code == SW_E_LEGACY_REFUSED)
        return client_failed(c, text, "; see --allow-legacy");
    if (error.code == SW_E_CLOSED && c->wire.sent == 0 && c->wire.first_len > 0) {
        snprintf(line, sizeof(line), "%s, after the server said '%.*s'", text, first_line_length(c),
                 (const char *)c->wire.first);
        return client_failed(c, line, "");
    }
    if (error.code == SW_E_SHA1_REFUSED)
        return client_failed(c, text, "; see --allow-sha1");
    return client_failed(c, text, error.code == SW_E_RC4_REFUSED ? "; see --allow-rc4" : "");
}

static int takes_data(const client *c)
{
    return c->command != NULL && c->command->takes_data;
}

/* One that wants no more of an upload closes, too, which may well be a reset. */
int client_closed(client *c)
{
    if (c->upload.asked && !c->upload.complete)
        return refused(c, "connection closed before all data was sent");
    if (c->wire.broken != 0)
        return client_failed(c, strerror(c->wire.broken), "");
    if (!c->command_sent)
        return client_failed(c, "connection closed before the command was sent", "");
    if (takes_data(c) && !c->upload.asked)
        return refused(c, "connection closed without a request for the data");
    return STATUS_OK;
}

int client_check_stranger(client *c)
{
    const char *kind = c->wire.sent == 0 ? stranger_kind(c->wire.first, c->wire.first_len) : NULL;
    char why[WIRE_FIRST_MAX + 80];

    if (kind == NULL)
        return RUNNING;
    if (c->wire.first[0] == '\0')
        snprintf(why, sizeof(why), "this is %s, no audio server", kind);
    else
        snprintf(why, sizeof(why), "this is %s, no audio server: it says '%.*s'", kind, first_line_length(c),
                 (const char *)c->wire.first);
    return client_failed(c, why, "");
}

int client_timed_out(client *c)
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
        return client_failed(c, line, "; see --allow-legacy if this is an audio server");
    }
    if (c->wire.sent == 0 && c->wire.received > 0) {
        snprintf(line, sizeof(line), "%s, only '%.*s'", why, first_line_length(c), (const char *)c->wire.first);
        return client_failed(c, line, "; see --timeout");
    }
    return client_failed(c, why, "; see --timeout");
}
