/* SPDX-License-Identifier: ISC */
/* The handshake within a session, and the ciphers or records that it leads to [protocol, sections 2 to 7]. */
#include "session_internal.h"

int swi_session_begin_server(sw_session *session)
{
    int result = swi_session_queue(session, SW_BAND_PROCEED, NULL, 0);

    session->state = SERVER_COMMAND;
    return result < 0 ? result : SW_EVENT_READY;
}

static int begin_sealed(sw_session *session, sw_event *event)
{
    int result = swi_sealed_begin(session);

    if (result < 0)
        return result;
    return session->state == SERVER_PROOF ? swi_sealed_next_proof(session, event)
                                          : swi_sealed_next_sign(session, event);
}

static int begin_encryption(sw_session *session, sw_event *event)
{
    int is_server = session->handshake.server != NULL;
    int result;

    session->features = sw_handshake_features(&session->handshake);
    if (session->keys != NULL)
        *session->keys = session->handshake.challenge;
    if (swi_session_is_sealed(session))
        return begin_sealed(session, event);
    result = sw_handshake_finish(&session->handshake, &session->channel.plain.in, &session->channel.plain.out);
    if (result < 0)
        return result;
    session->channel_kind = CHANNEL_PLAIN;
    sw_decoder_init(&session->decoder, is_server ? swi_session_command_limit(session) : UINT32_MAX);
    session->rx_raw = session->rx_end - session->rx_start;
    if (is_server)
        return swi_session_begin_server(session);
    session->state = CLIENT_PROCEED;
    return swi_session_next_proceed(session, event);
}

/* One step of receiving. Returns 1 if the machine went on, 0 if it waits, or an error. */
static int feed_handshake(sw_session *session)
{
    size_t waiting = session->rx_end - session->rx_start;
    size_t used = 0;
    int result;

    if (waiting > 0) {
        result = sw_handshake_recv(&session->handshake, session->rx + session->rx_start, waiting, &used);
        session->rx_start += used;
        session->rx_keep = session->rx_start;
    } else if (session->pause) {
        session->pause = 0;
        result = session->handshake.server != NULL ? sw_handshake_burst_end(&session->handshake)
                                                   : sw_handshake_greeting_end(&session->handshake);
    } else if (session->eof) {
        result = sw_handshake_end(&session->handshake);
    } else {
        return 0;
    }
    return result < 0 ? result : 1;
}

int swi_session_next_handshake(sw_session *session, sw_event *event)
{
    int result = 1;

    while (result > 0) {
        switch (sw_handshake_step(&session->handshake)) {
        case SW_STEP_RECV: result = feed_handshake(session); break;
        case SW_STEP_KEY:
            event->user = sw_handshake_user(&session->handshake, &event->user_len);
            return SW_EVENT_KEY;
        case SW_STEP_SERVER_KEY: event->server_key = session->handshake.server_key; return SW_EVENT_SERVER_KEY;
        case SW_STEP_DONE: return begin_encryption(session, event);
        default: return SW_EVENT_NEED_MORE;
        }
    }
    return result;
}
