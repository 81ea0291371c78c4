/* What the peer's bytes mean: one function for each state [protocol, sections 7 to 9]. */
#include "session_internal.h"

#include <string.h>

#include "secret.h"

/* ---- helpers ---- */

static void take(sw_session *session, size_t n)
{
    session->rx_start += n;
    session->rx_keep = session->rx_start;
}

static int fail_band(sw_session *session, const sw_chunk *chunk, sw_band expected)
{
    sw_error error = { SW_E_BAND, chunk->band, (uint64_t)expected };

    return session_fail_with(session, error);
}

/* Bands that never have a body. */
static int check_empty(sw_session *session, const sw_chunk *chunk)
{
    sw_error error = { SW_E_NOT_EMPTY, chunk->size, chunk->band };

    return chunk->size > 0 ? session_fail_with(session, error) : SW_OK;
}

/* The next chunk of what came in, without dropping it from the buffer. 1, 0 or an error; at the end of
 * the stream SW_E_TRUNCATED, or `at_end` between packets. */
static int next_chunk(sw_session *session, sw_chunk *chunk, int at_end)
{
    size_t used;
    int result = sw_decoder_next(&session->decoder, session->rx + session->rx_start,
                                 session->rx_end - session->rx_start, &used, chunk);

    session->rx_start += used;
    if (result < 0)
        return session_fail_with(session, sw_decoder_error(&session->decoder));
    if (result > 0 || !session->eof)
        return result;
    if (sw_decoder_end(&session->decoder) == SW_E_TRUNCATED)
        return session_fail_with(session, sw_decoder_truncation(&session->decoder));
    return at_end < 0 ? session_fail(session, at_end) : 0;
}

/* Legacy mode: decrypts n of the bytes that came in. */
static int decrypt(sw_session *session, size_t n)
{
    uint8_t *p = session->rx + session->rx_start;
    int result = sw_cipher_apply(&session->in, p, p, n);

    if (result < 0)
        return session_fail(session, result);
    session->rx_start += n;
    return SW_OK;
}

static void give_slice(sw_event *event, uint8_t band, uint8_t *data, size_t len)
{
    event->chunk.band = band;
    event->chunk.size = (uint32_t)len;
    event->chunk.offset = 0;
    event->chunk.len = (uint32_t)len;
    event->chunk.data = data;
}

/* Legacy mode: all that came in as one slice, 0 if nothing did. */
static int next_raw(sw_session *session, sw_event *event, uint8_t band)
{
    size_t n = session->rx_end - session->rx_start;
    uint8_t *data = session->rx + session->rx_start;
    int result;

    if (n > UINT32_MAX)
        n = UINT32_MAX;
    if (n == 0)
        return 0;
    result = decrypt(session, n);
    if (result < 0)
        return result;
    take(session, 0);
    give_slice(event, band, data, n);
    return 1;
}

/* ---- handshake ---- */

static int begin_client(sw_session *session)
{
    session->state = CLIENT_PROCEED;
    return SW_EVENT_NEED_MORE;
}

static int begin_server(sw_session *session)
{
    const uint8_t *text = (const uint8_t *)LEGACY_PROCEED;
    size_t limit = session->rx_cap < SW_COMMAND_MAX ? session->rx_cap : SW_COMMAND_MAX;
    int result = sw_decoder_set_limit(&session->decoder, (uint32_t)limit);

    if (result == SW_OK)
        result = session_queue(session, SW_BAND_PROCEED, text,
                               session->is_legacy ? strlen(LEGACY_PROCEED) : 0);
    if (result < 0)
        return result;
    session->state = SERVER_COMMAND;
    return SW_EVENT_READY;
}

static int begin_encryption(sw_session *session)
{
    session->features = sw_handshake_features(&session->handshake);
    if (sw_handshake_finish(&session->handshake, &session->in, &session->out) < 0)
        return session_fail_with(session, sw_handshake_error(&session->handshake));
    session->is_legacy = !(session->features & SW_FEATURE_SIDEBAND);
    sw_decoder_init(&session->decoder, UINT32_MAX);
    sw_encoder_init(&session->encoder);
    sw_decoder_set_cipher(&session->decoder, &session->in);
    sw_encoder_set_cipher(&session->encoder, &session->out);
    return session->is_server ? begin_server(session) : begin_client(session);
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
        take(session, used);
    } else if (session->quiet) {
        session->quiet = 0;
        result = sw_handshake_quiet(&session->handshake);
    } else if (session->eof) {
        result = sw_handshake_end(&session->handshake);
    } else {
        return 0;
    }
    return result < 0 ? session_fail_with(session, sw_handshake_error(&session->handshake)) : 1;
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
            return begin_encryption(session);
        default:
            result = 0;
            break;
        }
    }
    return result < 0 ? result : SW_EVENT_NEED_MORE;
}

/* ---- client ---- */

static int proceed_sideband(sw_session *session)
{
    sw_chunk chunk;
    int result = next_chunk(session, &chunk, SW_E_AUTH_REFUSED);

    take(session, 0);
    if (result <= 0)
        return result;
    if (chunk.band != SW_BAND_PROCEED)
        return fail_band(session, &chunk, SW_BAND_PROCEED);
    return check_empty(session, &chunk) < 0 ? session->error.code : 1;
}

static int proceed_legacy(sw_session *session)
{
    const char *text = LEGACY_PROCEED;

    while (session->rx_start < session->rx_end) {
        const uint8_t *byte = session->rx + session->rx_start;
        int result = decrypt(session, 1);
        if (result < 0)
            return result;
        take(session, 0);
        if (*byte != (uint8_t)text[session->proceed_seen])
            return session_fail(session, SW_E_PROCEED);
        if (text[++session->proceed_seen] == '\0')
            return 1;
    }
    return session->eof ? session_fail(session, SW_E_AUTH_REFUSED) : 0;
}

static int next_proceed(sw_session *session)
{
    int result = session->is_legacy ? proceed_legacy(session) : proceed_sideband(session);

    if (result <= 0)
        return result;
    session->state = CLIENT_READY;
    return SW_EVENT_READY;
}

static int client_exit(sw_session *session, sw_event *event, const sw_chunk *chunk)
{
    if (check_empty(session, chunk) < 0)
        return session->error.code;
    event->status = chunk->band == SW_BAND_EXIT_SUCCESS ? 0 : 1;
    session->state = SESSION_OVER;
    session->tx_start = session->tx_end; /* the server takes nothing any more */
    return SW_EVENT_EXIT;
}

static int client_packet(sw_session *session, sw_event *event, const sw_chunk *chunk)
{
    if (chunk->band >= SW_BAND_OUTPUT && chunk->band <= SW_BAND_EMERG_LOG) {
        event->chunk = *chunk;
        return SW_EVENT_DATA;
    }
    if (session->state != CLIENT_RUNNING)
        return fail_band(session, chunk, SW_BAND_OUTPUT);
    if (chunk->band == SW_BAND_EXIT_SUCCESS || chunk->band == SW_BAND_EXIT_FAILURE)
        return client_exit(session, event, chunk);
    if (chunk->band != SW_BAND_AWAITING_DATA)
        return fail_band(session, chunk, SW_BAND_OUTPUT);
    if (check_empty(session, chunk) < 0)
        return session->error.code;
    session->uploading = 1;
    return SW_EVENT_AWAITING_DATA;
}

static int next_reply(sw_session *session, sw_event *event)
{
    sw_chunk chunk;
    int result;

    if (session->is_legacy) {
        result = next_raw(session, event, SW_BAND_OUTPUT);
        if (result != 0)
            return result < 0 ? result : SW_EVENT_DATA;
        if (!session->eof)
            return SW_EVENT_NEED_MORE;
        session->state = SESSION_OVER;
        return SW_EVENT_CLOSED;
    }
    result = next_chunk(session, &chunk, SW_E_NO_EXIT);
    take(session, 0);
    if (result <= 0)
        return result < 0 ? result : SW_EVENT_NEED_MORE;
    return client_packet(session, event, &chunk);
}

/* ---- server ---- */

/* The command is [rx_keep, rx_start); it stays there until the buffer is used again. */
static int give_command(sw_session *session, sw_event *event)
{
    give_slice(event, SW_BAND_COMMAND, session->rx + session->rx_keep,
               session->rx_start - session->rx_keep);
    take(session, 0);
    session->state = SERVER_RUNNING;
    sw_decoder_set_limit(&session->decoder, UINT32_MAX);
    return SW_EVENT_COMMAND;
}

static int next_command_sideband(sw_session *session, sw_event *event)
{
    sw_chunk chunk;
    int result;

    while ((result = next_chunk(session, &chunk, SW_E_NO_COMMAND)) > 0) {
        if (chunk.band != SW_BAND_COMMAND)
            return fail_band(session, &chunk, SW_BAND_COMMAND);
        if (sw_chunk_is_first(&chunk)) /* leaves the header behind */
            session->rx_keep = session->rx_start - chunk.len;
        if (sw_chunk_is_last(&chunk))
            return give_command(session, event);
    }
    return result < 0 ? result : SW_EVENT_NEED_MORE;
}

/* A command that does not end within the limit is given out all the same: its syntax is wrong,
 * which is reported to the peer. */
static int next_command_legacy(sw_session *session, sw_event *event)
{
    size_t limit = session->rx_cap < SW_COMMAND_MAX ? session->rx_cap : SW_COMMAND_MAX;

    while (session->rx_start < session->rx_end) {
        size_t len;
        int result = decrypt(session, 1);
        if (result < 0)
            return result;
        len = session->rx_start - session->rx_keep;
        if (len == limit || sw_command_legacy_complete(session->rx + session->rx_keep, len))
            return give_command(session, event);
    }
    return session->eof ? session_fail(session, SW_E_NO_COMMAND) : SW_EVENT_NEED_MORE;
}

static int next_upload_legacy(sw_session *session, sw_event *event)
{
    int result = next_raw(session, event, SW_BAND_BLOB_DATA);

    if (result != 0)
        return result < 0 ? result : SW_EVENT_DATA;
    if (!session->eof)
        return SW_EVENT_NEED_MORE;
    if (!session->uploading)
        return SW_EVENT_CLOSED;
    session->uploading = 0;
    give_slice(event, SW_BAND_BLOB_DATA, NULL, 0);
    return SW_EVENT_DATA;
}

static int next_upload_sideband(sw_session *session, sw_event *event)
{
    sw_chunk chunk;
    int result = next_chunk(session, &chunk, session->uploading ? SW_E_UPLOAD : 0);

    take(session, 0);
    if (result < 0)
        return result;
    if (result == 0)
        return session->eof ? SW_EVENT_CLOSED : SW_EVENT_NEED_MORE;
    if (!session->uploading) {
        sw_error error = { SW_E_UNEXPECTED, chunk.band, 0 };
        return session_fail_with(session, error);
    }
    if (chunk.band != SW_BAND_BLOB_DATA)
        return fail_band(session, &chunk, SW_BAND_BLOB_DATA);
    if (chunk.size == 0)
        session->uploading = 0;
    event->chunk = chunk;
    return SW_EVENT_DATA;
}

static int next_exiting(sw_session *session)
{
    if (session->tx_start < session->tx_end)
        return SW_EVENT_NEED_MORE;
    session->state = SESSION_OVER;
    return SW_EVENT_CLOSED;
}

/* ---- all ---- */

int sw_session_next(sw_session *session, sw_event *event)
{
    int result = session_check(session);

    if (result < 0)
        return result;
    if (event == NULL)
        return session_fail(session, SW_E_NULL);
    memset(event, 0, sizeof(*event));
    if (session->state == SESSION_HANDSHAKE) {
        result = next_handshake(session, event);
        if (result != SW_EVENT_NEED_MORE || session->state == SESSION_HANDSHAKE)
            return result;
    }
    switch (session->state) {
    case CLIENT_PROCEED:
        return next_proceed(session);
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
