/* SPDX-License-Identifier: ISC */
#include "client_internal.h"

#include "agent.h"
#include "deadline.h"
#include "private_file.h"
#include "report.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *why_plain(const arguments *args)
{
    if (args->plain)
        return "--plain asks for it";
    return args->policy.features & SW_FEATURES_SEALED ? "the server offers no better" : "--features asks for it";
}

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
        report("sealed, %s", features & SW_FEATURE_NOISE_AESGCM ? "AES-256-GCM" : "ChaCha20-Poly1305");
    else
        report("cipher: %s", ciphers[sw_features_cipher(features)]);
    if (!c->is_sealed)
        report("not sealed, so others can change what is said and read it later: %s", why_plain(c->args));
    if (!c->is_sealed && sw_features_cipher(features) != SW_CIPHER_AES_CTR128)
        report("the cipher is broken, so others can read it now");
    if (!c->is_sealed && !(features & SW_FEATURE_SHA256))
        report("the hash in the handshake is SHA-1, an old one");
    if (c->authenticated)
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
        report(KEYLOG_VARIABLE ": %s: %s", c->keylog.path, private_file_error(error));
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

/* The server took the user, so no other key will be needed. */
static void accepted(client *c)
{
    if (c->is_accepted)
        return;
    c->is_accepted = 1;
    *c->proof.all->first = c->is_sealed ? c->proof.signer_at : c->proof.decrypter_at;
    credentials_wipe(c->proof.all);
    if (c->args->verbose && c->is_sealed)
        report("authenticated as %s", c->args->user);
}

static int ready(client *c)
{
    c->is_ready = 1;
    c->authenticated = !c->is_sealed;
    if (c->authenticated)
        accepted(c);
    log_keys(c);
    if (c->args->verbose)
        tell_features(c);
    return send_command(c) == 0 ? RUNNING : STATUS_USAGE;
}

static int show(client *c, const sw_chunk *chunk)
{
    progress_clear(&c->upload.progress);
    return output_lend(&c->output, chunk->band, chunk->data, chunk->len) < 0 ? client_output_failed(c) : RUNNING;
}

/* What is to be sent was decided before the server was asked: else it could have the rest of a script
 * that comes from standard input. */
static int awaiting_data(client *c)
{
    if (c->upload.data < 0 && c->command != NULL)
        return client_failed(c, "the server asks for data, which this command does not send", "");
    if (c->upload.data < 0)
        return client_failed(c, "the server asks for data, but this command is not known to send any",
                             c->args->interactive ? "; < FILE sends one" : "; see --upload");
    c->upload.asked = 1;
    if (c->args->verbose) {
        client_begin_message(c);
        report("sending %s", c->upload.name);
    }
    return RUNNING;
}

/* Somebody may have had to be asked. */
static int server_key(client *c, const uint8_t *key)
{
    trust_answer answer = trust_decide(c->trust, key);

    c->is_sealed = 1;
    if (answer == TRUST_NO) {
        sw_session_accept(&c->session, 0);
        return STATUS_CONNECTION;
    }
    if (answer == TRUST_ASKED && c->args->in < 0)
        return CLIENT_AGAIN;
    if (answer == TRUST_ASKED && c->deadline != DEADLINE_NEVER)
        c->deadline = deadline_in(c->args->timeout * 1000);
    return sw_session_accept(&c->session, 1) < 0 ? client_session_failed(c) : RUNNING;
}

/* By the agent, or here with a key that the library's core does not use itself. */
static int sign(client *c, const uint8_t *message)
{
    const credential *signer = c->proof.signer;
    uint8_t signature[SW_SSH_SIGNATURE_MAX];
    char why[AGENT_WHY_SIZE];
    size_t len;
    int result;

    if (credential_is_in_agent(signer)) {
        if (agent_sign(&signer->half, message, SW_SSHSIG_SIZE, c->deadline, signature, sizeof(signature), &len,
                       why) < 0)
            return client_key_refused(c, why);
    } else {
        result = sw_ssh_sign(c->config.crypto, NULL, &signer->secret.ed25519, message, SW_SSHSIG_SIZE, signature,
                             sizeof(signature), &len);
        if (result < 0)
            return client_failed(c, sw_error_text(result), "");
    }
    result = sw_session_sign(&c->session, signature, len);
    if (result == SW_E_SIGNATURE)
        return client_key_refused(c,
                                  "the agent's signature is of a kind or size that does not fit the "
                                  "key (agents before OpenSSH 7.2 know SHA-1 alone)");
    return result < 0 ? client_session_failed(c) : RUNNING;
}

static int handle_event(client *c, int type, const sw_event *event)
{
    if (type == SW_EVENT_DATA || type == SW_EVENT_AWAITING_DATA || type == SW_EVENT_EXIT)
        accepted(c);
    switch (type) {
    case SW_EVENT_SERVER_KEY: return server_key(c, event->server_key);
    case SW_EVENT_SIGN: return sign(c, event->message);
    case SW_EVENT_READY: return ready(c);
    case SW_EVENT_DATA: return show(c, &event->chunk);
    case SW_EVENT_AWAITING_DATA: return awaiting_data(c);
    case SW_EVENT_EXIT: return event->status == 0 ? STATUS_OK : STATUS_FAILURE;
    case SW_EVENT_CLOSED: return client_closed(c);
    default: return client_session_failed(c);
    }
}

int client_handle_events(client *c)
{
    int status = RUNNING;
    sw_event event;

    while (status == RUNNING) {
        int type = sw_session_next(&c->session, &event);

        if (type != SW_EVENT_DATA && output_flush(&c->output) < 0)
            return client_output_failed(c);
        if (type == SW_EVENT_NEED_MORE)
            break;
        status = handle_event(c, type, &event);
    }
    return status;
}
