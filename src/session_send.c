/* What goes out: packets, or bare text in legacy mode [protocol, sections 8 and 9]. */
#include "session_internal.h"

#include <string.h>

/* Moves what waits to the front if that makes room. Returns the room. */
static size_t make_room(sw_session *session, size_t wanted)
{
    size_t pending = session->tx_end - session->tx_start;

    if (session->tx_start > 0 && session->tx_cap - session->tx_end < wanted) {
        memmove(session->tx, session->tx + session->tx_start, pending);
        session->tx_start = 0;
        session->tx_end = pending;
    }
    return session->tx_cap - session->tx_end;
}

int session_queue(sw_session *session, uint8_t band, const uint8_t *data, size_t len)
{
    uint8_t *out = session->tx + session->tx_end;
    size_t room = session->tx_cap - session->tx_end;
    size_t written = 0;
    int result;

    if (!session->is_legacy) {
        result = sw_encoder_packet(&session->encoder, band, data, (uint32_t)len, out, room,
                                   &written);
        if (result < 0)
            return session_fail_with(session, sw_encoder_error(&session->encoder));
        session->tx_end += written;
        return result;
    }
    if (room < len)
        return 0;
    result = sw_cipher_apply(&session->out, out, data, len);
    if (result < 0)
        return session_fail(session, result);
    session->tx_end += len;
    return 1;
}

/* ---- command ---- */

int sw_session_command(sw_session *session, const char *const *argv, size_t argc)
{
    int result = session_check(session);
    size_t header, room, len;
    sw_error error;
    uint8_t *body;

    if (result < 0)
        return result;
    if (session->state != CLIENT_READY)
        return session_fail(session, SW_E_STATE);
    header = session->is_legacy ? 0 : SW_HEADER_SIZE;
    room = make_room(session, session->tx_cap);
    if (room < header)
        return 0;
    /* encoded where the packet's body goes, then encrypted in place */
    body = session->tx + session->tx_end + header;
    if (session->is_legacy)
        result = sw_command_encode_legacy(argv, argc, body, room, &len, &error);
    else
        result = sw_command_encode(argv, argc, body, room - header, &len, &error);
    if (result == SW_E_SPACE && session->tx_start < session->tx_end)
        return 0;
    if (result < 0)
        return session_fail_with(session, error);
    result = session_queue(session, SW_BAND_COMMAND, body, len);
    if (result > 0)
        session->state = CLIENT_RUNNING;
    return result;
}

int sw_session_arguments(const sw_session *session, const sw_event *event, sw_argument *argv,
                         size_t max, sw_arguments *out, sw_error *error)
{
    if (session == NULL || event == NULL) {
        if (error != NULL)
            error->code = SW_E_NULL;
        return SW_E_NULL;
    }
    if (session->is_legacy)
        return sw_command_decode_legacy(event->chunk.data, event->chunk.len, argv, max, out, error);
    return sw_command_decode(event->chunk.data, event->chunk.len, argv, max, out, error);
}

/* ---- data ---- */

static int may_send(const sw_session *session, uint8_t band, size_t len)
{
    if (session->state == CLIENT_RUNNING)
        return session->uploading && band == SW_BAND_BLOB_DATA;
    if (session->state != SERVER_RUNNING)
        return 0;
    if (band == SW_BAND_AWAITING_DATA)
        return len == 0;
    return band >= SW_BAND_OUTPUT && band <= SW_BAND_EMERG_LOG;
}

/* A packet that fits whole, or fills an empty buffer: no crumbs. */
static int send_some(sw_session *session, uint8_t band, const uint8_t *data, size_t len,
                     size_t *taken)
{
    size_t header = session->is_legacy ? 0 : SW_HEADER_SIZE;
    size_t wanted = len < session->tx_cap ? len + header : session->tx_cap;
    size_t room = make_room(session, wanted);
    int result;

    if (room < len + header) {
        if (session->tx_start < session->tx_end)
            return 0;
        len = room - header;
    }
    result = session_queue(session, band, data, len);
    if (result > 0)
        *taken = len;
    return result;
}

int sw_session_send(sw_session *session, uint8_t band, const void *data, size_t len, size_t *taken)
{
    int result = session_check(session);

    if (taken != NULL)
        *taken = 0;
    if (result < 0)
        return result;
    if (taken == NULL || (data == NULL && len > 0))
        return session_fail(session, SW_E_NULL);
    if (!may_send(session, band, len))
        return session_fail(session, SW_E_STATE);
    if (session->is_legacy && band == SW_BAND_AWAITING_DATA) {
        const char *text = LEGACY_AWAITING_DATA;
        make_room(session, strlen(text));
        result = session_queue(session, band, (const uint8_t *)text, strlen(text));
    } else {
        result = send_some(session, band, data, len, taken);
    }
    if (result > 0 && band == SW_BAND_AWAITING_DATA)
        session->uploading = 1;
    if (result > 0 && band == SW_BAND_BLOB_DATA && len == 0)
        session->uploading = 0;
    return result;
}

int sw_session_exit(sw_session *session, int status)
{
    int result = session_check(session);

    if (result < 0)
        return result;
    if (session->state != SERVER_RUNNING)
        return session_fail(session, SW_E_STATE);
    if (!session->is_legacy) {
        make_room(session, SW_HEADER_SIZE);
        result = session_queue(session, status == 0 ? SW_BAND_EXIT_SUCCESS : SW_BAND_EXIT_FAILURE,
                               NULL, 0);
        if (result <= 0)
            return result;
    }
    session->state = SERVER_EXITING;
    return 1;
}
