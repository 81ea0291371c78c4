/* What the peer's bytes mean: one function for each state [protocol, sections 7 to 9]. */
#include "session_internal.h"

#include <string.h>

#include "error_internal.h"

/* ---- what comes in ---- */

/* What is taken in each state under sideband. */
static const struct {
    uint8_t band;       /* the only one, or SW_BAND_ANY: that is looked at later */
    int16_t at_end;     /* what the end of the stream means: an event or an error */
} packets[] = {
    [CLIENT_PROCEED] = { SW_BAND_PROCEED, SW_E_AUTH_REFUSED },
    [CLIENT_READY] = { SW_BAND_ANY, SW_E_NO_EXIT },
    [CLIENT_RUNNING] = { SW_BAND_ANY, SW_E_NO_EXIT },
    [CLIENT_UPLOADING] = { SW_BAND_ANY, SW_E_NO_EXIT },
    [SERVER_COMMAND] = { SW_BAND_COMMAND, SW_E_NO_COMMAND },
    [SERVER_RUNNING] = { SW_BAND_ANY, SW_EVENT_CLOSED },
    [SERVER_UPLOADING] = { SW_BAND_BLOB_DATA, SW_E_UPLOAD },
};

/* The same for legacy mode. */
static const struct {
    uint8_t band;       /* that text is given out on */
    int16_t at_end;
    uint32_t max;       /* bytes taken at once; 1: what is behind the end must stay as it is */
} texts[] = {
    [CLIENT_PROCEED] = { SW_BAND_PROCEED, SW_E_AUTH_REFUSED, 1 },
    [CLIENT_READY] = { SW_BAND_OUTPUT, SW_EVENT_CLOSED, UINT32_MAX },
    [CLIENT_EXPECTING] = { SW_BAND_OUTPUT, SW_EVENT_CLOSED, 1 },
    [CLIENT_RUNNING] = { SW_BAND_OUTPUT, SW_EVENT_CLOSED, UINT32_MAX },
    [CLIENT_UPLOADING] = { SW_BAND_OUTPUT, SW_EVENT_CLOSED, UINT32_MAX },
    [CLIENT_UPLOADED] = { SW_BAND_OUTPUT, SW_EVENT_CLOSED, UINT32_MAX },
    [SERVER_COMMAND] = { SW_BAND_COMMAND, SW_E_NO_COMMAND, 1 },
    [SERVER_RUNNING] = { SW_BAND_BLOB_DATA, SW_EVENT_CLOSED, UINT32_MAX },
    [SERVER_UPLOADING] = { SW_BAND_BLOB_DATA, SW_EVENT_DATA, UINT32_MAX },
};

static int wrong_band(sw_session *session, const sw_chunk *chunk, unsigned expected)
{
    return swi_error_set(&session->error, SW_E_BAND, chunk->band, expected);
}

/* NULL without a buffer. */
static uint8_t *rx_at(const sw_session *session, size_t position)
{
    return session->rx != NULL ? session->rx + position : NULL;
}

/* next_chunk, next_text and next_input return SW_EVENT_DATA, SW_EVENT_NEED_MORE, an error, or what
 * the end of the stream means. */

/* Sideband: the next chunk. */
static int next_chunk(sw_session *session, sw_chunk *chunk)
{
    unsigned state = session->state;
    size_t used;
    int result = sw_decoder_next(&session->decoder, rx_at(session, session->rx_start),
                                 session->rx_end - session->rx_start, &used, chunk);

    session->rx_start += used;
    if (result > 0)
        return packets[state].band == SW_BAND_ANY || packets[state].band == chunk->band
                   ? SW_EVENT_DATA
                   : wrong_band(session, chunk, packets[state].band);
    if (result == 0 && !session->eof)
        return SW_EVENT_NEED_MORE;
    session->error = sw_decoder_end(&session->decoder);
    return session->error.code < 0 ? session->error.code : packets[state].at_end;
}

/* All that was taken since the last event, as a chunk. */
static void fill_chunk(const sw_session *session, sw_chunk *chunk, uint8_t band)
{
    chunk->band = band;
    chunk->size = (uint32_t)(session->rx_start - session->rx_keep);
    chunk->len = chunk->size;
    chunk->offset = 0;
    chunk->data = rx_at(session, session->rx_keep);
}

/* Legacy mode: the next bytes, behind those that made no event yet; just those at the end of the
 * stream. */
static int next_text(sw_session *session, sw_chunk *chunk)
{
    unsigned state = session->state;
    uint8_t *data = rx_at(session, session->rx_start);
    size_t n = session->rx_end - session->rx_start;
    int result;

    if (n > texts[state].max)
        n = texts[state].max;
    result = sw_cipher_apply(&session->in, data, data, n);
    if (result < 0)
        return result;
    session->rx_start += n;
    fill_chunk(session, chunk, texts[state].band);
    if (n > 0)
        return SW_EVENT_DATA;
    return session->eof ? texts[state].at_end : SW_EVENT_NEED_MORE;
}

static int next_input(sw_session *session, sw_chunk *chunk)
{
    return session->is_legacy ? next_text(session, chunk) : next_chunk(session, chunk);
}

/* On a band that never has a body. */
static int not_empty(sw_session *session, const sw_chunk *chunk)
{
    return swi_error_set(&session->error, SW_E_NOT_EMPTY, chunk->size, chunk->band);
}

/* ---- client ---- */

/* Legacy mode: takes bytes as long as they are those of `text`, and returns `whole` when that is
 * complete; or SW_EVENT_DATA at the first byte that differs, all of them in the chunk. */
static int next_match(sw_session *session, sw_chunk *chunk, const char *text, int whole)
{
    do {
        int result = next_text(session, chunk);
        if (result != SW_EVENT_DATA || chunk->data[chunk->len - 1] != (uint8_t)text[chunk->len - 1])
            return result;
    } while (text[chunk->len] != '\0');
    return whole;
}

static int proceed_sideband(sw_session *session, sw_chunk *chunk)
{
    int result = next_chunk(session, chunk);

    if (result != SW_EVENT_DATA)
        return result;
    if (chunk->size > 0)
        return not_empty(session, chunk);
    return SW_EVENT_READY;
}

static int proceed_legacy(sw_session *session, sw_chunk *chunk)
{
    int result = next_match(session, chunk, SW_LEGACY_PROCEED, SW_EVENT_READY);

    return result == SW_EVENT_DATA ? SW_E_PROCEED : result;
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
    if (session->state == CLIENT_READY || chunk->band < SW_BAND_AWAITING_DATA ||
        chunk->band > SW_BAND_EXIT_FAILURE)
        return wrong_band(session, chunk, SW_BAND_OUTPUT);
    /* left are AWAITING_DATA and the two exits */
    if (chunk->size > 0)
        return not_empty(session, chunk);
    if (chunk->band == SW_BAND_AWAITING_DATA)
        return SW_EVENT_AWAITING_DATA;
    event->status = chunk->band == SW_BAND_EXIT_SUCCESS ? 0 : 1;
    return SW_EVENT_EXIT;
}

/* Legacy mode: the request for the upload comes first or never. What may be its beginning is held
 * back, and given out if it is not. */
static int next_request(sw_session *session, sw_chunk *chunk)
{
    int result = next_match(session, chunk, SW_LEGACY_AWAITING_DATA, SW_EVENT_AWAITING_DATA);

    if (result > 0)
        session->state = CLIENT_RUNNING;
    return result == SW_EVENT_CLOSED && chunk->len > 0 ? SW_EVENT_DATA : result;
}

static int next_reply(sw_session *session, sw_event *event)
{
    int result = session->state == CLIENT_EXPECTING ? next_request(session, &event->chunk)
                                                    : next_input(session, &event->chunk);

    if (result == SW_EVENT_DATA)
        result = client_packet(session, event);
    if (result == SW_EVENT_AWAITING_DATA)
        session->state = CLIENT_UPLOADING;
    if (result >= SW_EVENT_EXIT) {
        session->state = SESSION_OVER;
        session->tx_start = session->tx_end; /* the server takes nothing any more */
    }
    return result;
}

/* ---- server ---- */

uint32_t swi_session_command_limit(const sw_session *session)
{
    return session->rx_cap < SW_COMMAND_MAX ? (uint32_t)session->rx_cap : SW_COMMAND_MAX;
}

/* Takes a part of the command. Returns whether that was the last one. */
static int ends_command(sw_session *session, const sw_chunk *chunk)
{
    if (session->is_legacy)
        return chunk->len == swi_session_command_limit(session) ||
               sw_command_legacy_complete(chunk->data, chunk->len);
    if (sw_chunk_is_first(chunk)) /* leaves the header behind */
        session->rx_keep = session->rx_start - chunk->len;
    return sw_chunk_is_last(chunk);
}

/* A legacy command that does not end within the limit is given out all the same: its syntax is
 * wrong, which is reported to the peer. */
static int next_command(sw_session *session, sw_event *event)
{
    sw_chunk *chunk = &event->chunk;

    do {
        int result = next_input(session, chunk);
        if (result <= 0)
            return result;
    } while (!ends_command(session, chunk));
    fill_chunk(session, chunk, SW_BAND_COMMAND);
    session->state = SERVER_RUNNING;
    sw_decoder_set_limit(&session->decoder, UINT32_MAX);
    return SW_EVENT_COMMAND;
}

/* In legacy mode whatever comes is taken for an upload, and the end of the stream ends it: an empty
 * chunk comes there, as from an empty packet. */
static int next_upload(sw_session *session, sw_event *event)
{
    const sw_chunk *chunk = &event->chunk;
    int result = next_input(session, &event->chunk);

    if (result != SW_EVENT_DATA)
        return result;
    if (session->state == SERVER_RUNNING && !session->is_legacy)
        return swi_error_set(&session->error, SW_E_UNEXPECTED, chunk->band, 0);
    if (chunk->size == 0)
        session->state = SERVER_RUNNING;
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
    int result = swi_session_queue(session, SW_BAND_PROCEED, NULL, 0);

    if (result < 0)
        return result;
    session->state = SERVER_COMMAND;
    return SW_EVENT_READY;
}

static int begin_encryption(sw_session *session, sw_event *event)
{
    int result;

    session->features = sw_handshake_features(&session->handshake);
    session->is_legacy = !(session->features & SW_FEATURE_SIDEBAND);
    if (session->keys != NULL)
        *session->keys = session->handshake.challenge;
    result = sw_handshake_finish(&session->handshake, &session->in, &session->out);
    if (result < 0)
        return result;
    sw_decoder_init(&session->decoder,
                    session->is_server ? swi_session_command_limit(session) : UINT32_MAX);
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
        session->rx_keep = session->rx_start;
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
    case CLIENT_EXPECTING:
    case CLIENT_RUNNING:
    case CLIENT_UPLOADING:
    case CLIENT_UPLOADED:
        return next_reply(session, event);
    case SERVER_COMMAND:
        return next_command(session, event);
    case SERVER_RUNNING:
    case SERVER_UPLOADING:
        return next_upload(session, event);
    case SERVER_EXITING:
        return next_exiting(session);
    default:
        return SW_EVENT_CLOSED;
    }
}

int sw_session_next(sw_session *session, sw_event *event)
{
    int result = swi_session_check(session);

    if (result == SW_OK) {
        result = next_event(session, event);
        if (result != SW_EVENT_NEED_MORE) /* what is incomplete is kept */
            session->rx_keep = session->rx_start;
    }
    return swi_session_result(session, result);
}
