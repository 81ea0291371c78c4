/* What the peer's bytes mean: one function for each state [protocol, sections 7 to 9]. */
#include "session_internal.h"

#include <string.h>

#include "error_internal.h"

/* ---- what came in ---- */

static int wrong_band(sw_session *session, const sw_chunk *chunk, unsigned expected)
{
    return sw_error_set(&session->error, SW_E_BAND, chunk->band, expected);
}

/* Both return SW_EVENT_DATA, SW_EVENT_NEED_MORE, an error, or `at_end` at the end of the stream. */

/* Sideband: the next chunk, which must be on `band` unless that is SW_BAND_ANY. */
static int next_chunk(sw_session *session, sw_chunk *chunk, uint8_t band, int at_end)
{
    size_t used;
    int result = sw_decoder_next(&session->decoder, session->rx + session->rx_start,
                                 session->rx_end - session->rx_start, &used, chunk);

    session->rx_start += used;
    if (result > 0)
        return band == SW_BAND_ANY || band == chunk->band ? SW_EVENT_DATA
                                                          : wrong_band(session, chunk, band);
    if (result == 0 && !session->eof)
        return SW_EVENT_NEED_MORE;
    session->error = sw_decoder_truncation(&session->decoder);
    return session->error.code < 0 ? session->error.code : at_end;
}

static void fill_chunk(sw_chunk *chunk, uint8_t band, uint8_t *data, size_t len)
{
    chunk->band = band;
    chunk->size = (uint32_t)len;
    chunk->offset = 0;
    chunk->len = (uint32_t)len;
    chunk->data = data;
}

/* Legacy mode: the next bytes, at most `max`, as a chunk on `band`. */
static int next_text(sw_session *session, sw_chunk *chunk, uint8_t band, uint32_t max, int at_end)
{
    uint8_t *data = session->rx + session->rx_start;
    size_t n = session->rx_end - session->rx_start;
    int result;

    if (n > max)
        n = max;
    if (n == 0)
        return session->eof ? at_end : SW_EVENT_NEED_MORE;
    result = sw_cipher_apply(&session->in, data, data, n);
    if (result < 0)
        return result;
    session->rx_start += n;
    fill_chunk(chunk, band, data, n);
    return SW_EVENT_DATA;
}

/* On a band that never has a body. */
static int not_empty(sw_session *session, const sw_chunk *chunk)
{
    return sw_error_set(&session->error, SW_E_NOT_EMPTY, chunk->size, chunk->band);
}

/* ---- client ---- */

static int proceed_sideband(sw_session *session, sw_chunk *chunk)
{
    int result = next_chunk(session, chunk, SW_BAND_PROCEED, SW_E_AUTH_REFUSED);

    if (result != SW_EVENT_DATA)
        return result;
    if (chunk->size > 0)
        return not_empty(session, chunk);
    return SW_EVENT_READY;
}

static int proceed_legacy(sw_session *session, sw_chunk *chunk)
{
    static const char text[] = SW_LEGACY_PROCEED;

    while (session->proceed_seen < sizeof(text) - 1) {
        int result = next_text(session, chunk, SW_BAND_PROCEED, 1, SW_E_AUTH_REFUSED);
        if (result != SW_EVENT_DATA)
            return result;
        if (*chunk->data != (uint8_t)text[session->proceed_seen++])
            return SW_E_PROCEED;
    }
    return SW_EVENT_READY;
}

static int next_proceed(sw_session *session, sw_event *event)
{
    int result = session->is_legacy ? proceed_legacy(session, &event->chunk)
                                    : proceed_sideband(session, &event->chunk);

    if (result == SW_EVENT_READY)
        session->state = CLIENT_READY;
    return result;
}

static int client_packet(sw_session *session, sw_event *event)
{
    const sw_chunk *chunk = &event->chunk;

    if (chunk->band >= SW_BAND_OUTPUT && chunk->band <= SW_BAND_EMERG_LOG)
        return SW_EVENT_DATA;
    if (session->state != CLIENT_RUNNING || chunk->band < SW_BAND_AWAITING_DATA ||
        chunk->band > SW_BAND_EXIT_FAILURE)
        return wrong_band(session, chunk, SW_BAND_OUTPUT);
    /* left are AWAITING_DATA and the two exits */
    if (chunk->size > 0)
        return not_empty(session, chunk);
    if (chunk->band == SW_BAND_AWAITING_DATA) {
        session->uploading = 1;
        return SW_EVENT_AWAITING_DATA;
    }
    event->status = chunk->band == SW_BAND_EXIT_SUCCESS ? 0 : 1;
    session->state = SESSION_OVER;
    session->tx_start = session->tx_end; /* the server takes nothing any more */
    return SW_EVENT_EXIT;
}

static int next_reply(sw_session *session, sw_event *event)
{
    sw_chunk *chunk = &event->chunk;
    int result = session->is_legacy
                     ? next_text(session, chunk, SW_BAND_OUTPUT, UINT32_MAX, SW_EVENT_CLOSED)
                     : next_chunk(session, chunk, SW_BAND_ANY, SW_E_NO_EXIT);

    if (result == SW_EVENT_CLOSED)
        session->state = SESSION_OVER;
    return result == SW_EVENT_DATA ? client_packet(session, event) : result;
}

/* ---- server ---- */

static size_t command_limit(const sw_session *session)
{
    return session->rx_cap < SW_COMMAND_MAX ? session->rx_cap : SW_COMMAND_MAX;
}

/* The command is [rx_keep, rx_start); it stays there until the buffer is used again. */
static int give_command(sw_session *session, sw_event *event)
{
    fill_chunk(&event->chunk, SW_BAND_COMMAND, session->rx + session->rx_keep,
               session->rx_start - session->rx_keep);
    session->state = SERVER_RUNNING;
    sw_decoder_set_limit(&session->decoder, UINT32_MAX);
    return SW_EVENT_COMMAND;
}

static int next_command_sideband(sw_session *session, sw_event *event)
{
    const sw_chunk *chunk = &event->chunk;
    int result;

    while ((result = next_chunk(session, &event->chunk, SW_BAND_COMMAND, SW_E_NO_COMMAND)) > 0) {
        if (sw_chunk_is_first(chunk)) /* leaves the header behind */
            session->rx_keep = session->rx_start - chunk->len;
        if (sw_chunk_is_last(chunk))
            return give_command(session, event);
    }
    return result;
}

/* A command that does not end within the limit is given out all the same: its syntax is wrong,
 * which is reported to the peer. */
static int next_command_legacy(sw_session *session, sw_event *event)
{
    int result;

    /* byte by byte: what is behind the command must stay as it is */
    while ((result = next_text(session, &event->chunk, SW_BAND_COMMAND, 1, SW_E_NO_COMMAND)) > 0) {
        size_t len = session->rx_start - session->rx_keep;
        if (len == command_limit(session) ||
            sw_command_legacy_complete(session->rx + session->rx_keep, len))
            return give_command(session, event);
    }
    return result;
}

/* The end of the stream ends an upload in legacy mode, where whatever comes is taken for one. */
static int next_upload_legacy(sw_session *session, sw_event *event)
{
    int result = next_text(session, &event->chunk, SW_BAND_BLOB_DATA, UINT32_MAX, SW_EVENT_CLOSED);

    if (result == SW_EVENT_CLOSED && session->uploading) {
        session->uploading = 0;
        event->chunk.band = SW_BAND_BLOB_DATA;
        result = SW_EVENT_DATA;
    }
    return result;
}

static int next_upload_sideband(sw_session *session, sw_event *event)
{
    const sw_chunk *chunk = &event->chunk;
    int result = session->uploading
                     ? next_chunk(session, &event->chunk, SW_BAND_BLOB_DATA, SW_E_UPLOAD)
                     : next_chunk(session, &event->chunk, SW_BAND_ANY, SW_EVENT_CLOSED);

    if (result != SW_EVENT_DATA)
        return result;
    if (!session->uploading)
        return sw_error_set(&session->error, SW_E_UNEXPECTED, chunk->band, 0);
    if (chunk->size == 0)
        session->uploading = 0;
    return SW_EVENT_DATA;
}

static int next_exiting(sw_session *session)
{
    if (session->tx_start < session->tx_end)
        return SW_EVENT_NEED_MORE;
    session->state = SESSION_OVER;
    return SW_EVENT_CLOSED;
}

/* ---- handshake ---- */

static int begin_server(sw_session *session)
{
    int result = sw_session_queue(session, SW_BAND_PROCEED, NULL, 0);

    if (result < 0)
        return result;
    session->rx_keep = session->rx_start;
    session->state = SERVER_COMMAND;
    return SW_EVENT_READY;
}

static int begin_encryption(sw_session *session, sw_event *event)
{
    int result;

    session->features = sw_handshake_features(&session->handshake);
    session->is_legacy = !(session->features & SW_FEATURE_SIDEBAND);
    result = sw_handshake_finish(&session->handshake, &session->in, &session->out);
    if (result < 0)
        return result;
    sw_decoder_init(&session->decoder,
                    session->is_server ? (uint32_t)command_limit(session) : UINT32_MAX);
    sw_encoder_init(&session->encoder);
    sw_decoder_set_cipher(&session->decoder, &session->in);
    sw_encoder_set_cipher(&session->encoder, &session->out);
    if (session->is_server)
        return begin_server(session);
    session->state = CLIENT_PROCEED;
    return next_proceed(session, event);
}

/* One step of receiving. Returns 1 if the machine went on, 0 if it waits, or an error. */
static int feed_handshake(sw_session *session)
{
    size_t waiting = session->rx_end - session->rx_start;
    size_t used = 0;
    int result;

    if (waiting > 0) {
        result = sw_handshake_recv(&session->handshake, session->rx + session->rx_start, waiting,
                                   &used);
        session->rx_start += used;
    } else if (session->quiet) {
        session->quiet = 0;
        result = sw_handshake_quiet(&session->handshake);
    } else if (session->eof) {
        result = sw_handshake_end(&session->handshake);
    } else {
        return 0;
    }
    return result < 0 ? result : 1;
}

static int next_handshake(sw_session *session, sw_event *event)
{
    int result = 1;

    while (result > 0) {
        switch (sw_handshake_step(&session->handshake)) {
        case SW_STEP_RECV:
            result = feed_handshake(session);
            break;
        case SW_STEP_KEY:
            event->user = sw_handshake_user(&session->handshake, &event->user_len);
            return SW_EVENT_KEY;
        case SW_STEP_DONE:
            return begin_encryption(session, event);
        default:
            return SW_EVENT_NEED_MORE;
        }
    }
    return result;
}

/* ---- all ---- */

static int next_event(sw_session *session, sw_event *event)
{
    if (event == NULL)
        return SW_E_NULL;
    memset(event, 0, sizeof(*event));
    switch (session->state) {
    case SESSION_HANDSHAKE:
        return next_handshake(session, event);
    case CLIENT_PROCEED:
        return next_proceed(session, event);
    case CLIENT_READY:
    case CLIENT_RUNNING:
        return next_reply(session, event);
    case SERVER_COMMAND:
        return session->is_legacy ? next_command_legacy(session, event)
                                  : next_command_sideband(session, event);
    case SERVER_RUNNING:
        return session->is_legacy ? next_upload_legacy(session, event)
                                  : next_upload_sideband(session, event);
    case SERVER_EXITING:
        return next_exiting(session);
    default:
        return SW_EVENT_CLOSED;
    }
}

int sw_session_next(sw_session *session, sw_event *event)
{
    int result = sw_session_check(session);

    if (result == SW_OK) {
        result = next_event(session, event);
        if (session->state != SERVER_COMMAND) /* which is kept until it is complete */
            session->rx_keep = session->rx_start;
    }
    return sw_session_result(session, result);
}
