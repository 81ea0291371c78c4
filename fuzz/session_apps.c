/* SPDX-License-Identifier: ISC */
#include "session_apps.h"

#include "check.h"
#include "../tests/support/send_command.h"

/* ---- the client's application ---- */

/* With a backend that does not fail, which is the application's own. */
static void sign(chosen_pair *pair, const sw_event *event)
{
    int is_ed25519 = pair->choices.key & KEY_ED25519;
    uint8_t blob[SW_SSH_SIGNATURE_MAX];
    fake_crypto own;
    size_t len;

    fake_crypto_init(&own, FUZZ_CLIENT_SEED);
    check_result("signing",
                 sw_ssh_sign(&own.table, is_ed25519 ? NULL : &pair->client_config.key,
                             is_ed25519 ? &pair->ed25519 : NULL, event->message, SW_SSHSIG_SIZE, blob,
                             sizeof(blob), &len),
                 SW_OK);
    (void)sw_session_sign(&pair->client.session, blob, len);
}

void client_app_event(chosen_pair *pair, int type, const sw_event *event)
{
    trace *seen = &pair->client.seen;

    switch (type) {
    case SW_EVENT_SERVER_KEY:
        trace_note(seen, 's', 0);
        check_bytes("the server's key", event->server_key, SW_X25519_SIZE, pair->server_key.public_half,
                    SW_X25519_SIZE);
        (void)sw_session_accept(&pair->client.session, 1);
        break;
    case SW_EVENT_SIGN:
        trace_note(seen, 'g', 0);
        sign(pair, event);
        break;
    case SW_EVENT_READY:
        trace_note(seen, 'r', sw_session_features(&pair->client.session));
        pair->ready = 1;
        break;
    case SW_EVENT_DATA: trace_banded(seen, event->chunk.band, event->chunk.data, event->chunk.len); break;
    case SW_EVENT_AWAITING_DATA: trace_note(seen, 'a', 0); break;
    case SW_EVENT_EXIT:
        trace_note(seen, 'x', (uint64_t)event->status);
        check_number("wants after the exit", sw_session_wants(&pair->client.session), 0);
        break;
    default: check(0, "the client gets a client's events");
    }
}

static int client_command(chosen_pair *pair)
{
    sw_session *session = &pair->client.session;

    return pair->choices.flags & SESSION_EXPECT
               ? send_upload_command(session, (const char *const *)pair->argv, pair->argc)
               : send_command(session, (const char *const *)pair->argv, pair->argc);
}

/* Queues the next piece of the upload. 1, 0 or an error. */
static int send_upload(chosen_pair *pair)
{
    size_t left = chosen_pair_upload_len(pair) - pair->upload_at;
    size_t taken;
    int result =
        sw_session_send(&pair->client.session, SW_BAND_BLOB_DATA, chosen_pair_content(pair, left), left, &taken);

    check(taken <= left, "no more is taken than there is");
    check(result != 1 || left == 0 || taken > 0, "a packet of data has data");
    pair->upload_at += taken;
    if (result == 1 && left == 0)
        pair->upload_sent = 1;
    return result;
}

int client_app_act(chosen_pair *pair)
{
    sw_session *session = &pair->client.session;
    int result = 0;
    int moved = 0;

    while (pair->ready && (sw_session_wants(session) & SW_WANT_APPLICATION)) {
        if (pair->command_sent)
            result = send_upload(pair);
        else
            result = client_command(pair);
        if (result <= 0)
            break;
        pair->command_sent = 1;
        moved = 1;
    }
    return moved;
}

/* ---- the server's application ---- */

static void server_command(chosen_pair *pair, const sw_event *event)
{
    trace *seen = &pair->server.seen;
    sw_argument argv[SESSION_ARGS_MAX];
    sw_command_info info;
    int result = sw_session_arguments(&pair->server.session, event, argv, SESSION_ARGS_MAX, &info, NULL);

    trace_note(seen, 'm', (uint64_t)result);
    for (size_t i = 0; result == SW_OK && i < info.count; i++) {
        trace_note(seen, 'v', argv[i].len);
        trace_add(seen, argv[i].data, argv[i].len);
    }
    pair->stage = pair->choices.flags & SESSION_UPLOAD ? STAGE_ASK : STAGE_REPLY;
}

void server_app_event(chosen_pair *pair, int type, const sw_event *event)
{
    sw_session *session = &pair->server.session;
    trace *seen = &pair->server.seen;

    switch (type) {
    case SW_EVENT_KEY:
        trace_note(seen, 'k', event->user_len);
        trace_add(seen, event->user, event->user_len);
        if (event->key != NULL)
            check(sw_ssh_key_is(&pair->public_key, event->key, event->key_len), "the user's key is offered");
        sw_session_key(session, pair->choices.key & KEY_UNKNOWN ? NULL : &pair->public_key);
        break;
    case SW_EVENT_READY: trace_note(seen, 'r', sw_session_features(session)); break;
    case SW_EVENT_REFUSED: trace_note(seen, 'f', (uint64_t)event->status); break;
    case SW_EVENT_COMMAND: server_command(pair, event); break;
    case SW_EVENT_DATA:
        if (pair->stage != STAGE_UPLOAD)
            break; /* refused, but on its way: how much of it depends on the cuts */
        trace_banded(seen, event->chunk.band, event->chunk.data, event->chunk.len);
        if (event->chunk.size == 0) {
            trace_note(seen, 'u', 0);
            pair->stage = STAGE_REPLY;
        }
        break;
    default: check(0, "the server gets a server's events");
    }
}

static int send_reply(chosen_pair *pair)
{
    uint8_t band = chosen_pair_reply_band(pair, pair->reply);
    size_t left = chosen_pair_reply_len(pair, pair->reply) - pair->reply_at;
    size_t taken;
    int result = 1;

    if (band != 0) {
        result = sw_session_send(&pair->server.session, band, chosen_pair_content(pair, left), left, &taken);
        check(taken <= left, "no more is taken than there is");
        check(result != 1 || left == 0 || taken > 0, "a packet of data has data");
        pair->reply_at += taken;
        left -= taken;
    }
    if (result == 1 && (band == 0 || left == 0)) {
        pair->reply++;
        pair->reply_at = 0;
    }
    return result;
}

static int server_step(chosen_pair *pair)
{
    sw_session *session = &pair->server.session;
    size_t taken;
    int result;

    if (pair->stage == STAGE_ASK) {
        result = sw_session_send(session, SW_BAND_AWAITING_DATA, NULL, 0, &taken);
        if (result > 0)
            pair->stage = pair->choices.flags & SESSION_REFUSE ? STAGE_REPLY : STAGE_UPLOAD;
        return result;
    }
    if (pair->stage == STAGE_UPLOAD)
        return 0;
    if (pair->reply < SESSION_REPLIES)
        return send_reply(pair);
    result = sw_session_exit(session, pair->choices.flags & SESSION_EXIT_FAILURE);
    if (result > 0)
        pair->stage = STAGE_OVER;
    return result;
}

int server_app_act(chosen_pair *pair)
{
    int moved = 0;

    while ((sw_session_wants(&pair->server.session) & SW_WANT_APPLICATION) && pair->stage != STAGE_COMMAND &&
           server_step(pair) > 0)
        moved = 1;
    return moved;
}
