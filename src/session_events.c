/* SPDX-License-Identifier: ISC */
/* What the peer's bytes mean: one function for each state [protocol, sections 7 to 9]. */
#include "session_internal.h"

#include <string.h>

#include "cipher_internal.h"
#include "error_internal.h"

/* ---- what comes in ---- */

/* What is taken in each state. */
static const struct {
    uint8_t band;   /* the only one, or SW_BAND_ANY: that is looked at later */
    int16_t at_end; /* what the end of the stream means: an event or an error */
} inputs[] = {
    [CLIENT_PROCEED] = { SW_BAND_PROCEED, SW_E_AUTH_REFUSED },
    [CLIENT_SIGN] = { SW_BAND_ANY, SW_E_AUTH_REFUSED },
    [CLIENT_READY] = { SW_BAND_ANY, SW_E_NO_EXIT },
    [CLIENT_EXPECTING] = { SW_BAND_ANY, SW_E_NO_EXIT },
    [CLIENT_RUNNING] = { SW_BAND_ANY, SW_E_NO_EXIT },
    [CLIENT_UPLOADING] = { SW_BAND_ANY, SW_E_NO_EXIT },
    [CLIENT_UPLOADED] = { SW_BAND_ANY, SW_E_NO_EXIT },
    [SERVER_PROOF] = { SW_BAND_CHALLENGE_RESPONSE, SW_E_CLOSED },
    [SERVER_COMMAND] = { SW_BAND_COMMAND, SW_E_NO_COMMAND },
    [SERVER_RUNNING] = { SW_BAND_ANY, SW_EVENT_CLOSED },
    [SERVER_UPLOADING] = { SW_BAND_BLOB_DATA, SW_E_UPLOAD },
};

static int wrong_band(sw_session *session, const sw_chunk *chunk, unsigned expected)
{
    return swi_error_set(&session->error, SW_E_BAND, chunk->band, expected);
}

/* On a band that never has a body. */
static int not_empty(sw_session *session, const sw_chunk *chunk)
{
    return swi_error_set(&session->error, SW_E_NOT_EMPTY, chunk->size, chunk->band);
}

/* NULL without a buffer. */
static uint8_t *rx_at(const sw_session *session, size_t position)
{
    return session->rx != NULL ? session->rx + position : NULL;
}

void swi_session_fill_chunk(const sw_session *session, sw_chunk *chunk, uint8_t band)
{
    chunk->band = band;
    chunk->size = (uint32_t)(session->rx_start - session->rx_keep);
    chunk->len = chunk->size;
    chunk->offset = 0;
    chunk->data = rx_at(session, session->rx_keep);
}

/* All that came, by one call of the cipher, which stays the same from here on. */
static int decrypt(sw_session *session)
{
    size_t n = session->rx_raw;
    uint8_t *bytes = rx_at(session, session->rx_end - n);

    session->rx_raw = 0;
    return n > 0 ? swi_cipher_run(&session->channel.plain.in, bytes, bytes, n, 0) : SW_OK;
}

static int next_sideband(sw_session *session, sw_chunk *chunk)
{
    size_t used = 0;
    int result = decrypt(session);

    if (result < 0)
        return result;
    result = sw_decoder_next(&session->decoder, rx_at(session, session->rx_start),
                             session->rx_end - session->rx_start, &used, chunk);
    session->rx_start += used;
    if (result < 0)
        session->error = sw_decoder_error(&session->decoder);
    return result;
}

/* A legacy session says that it is over by closing. */
static int at_end(sw_session *session)
{
    int meaning = session->awaits_verdict ? SW_E_AUTH_REFUSED : inputs[session->state].at_end;

    session->error = sw_decoder_end(&session->decoder);
    if (session->error.code < 0)
        return session->error.code;
    if (swi_session_is_sealed(session) && swi_records_are_cut(session))
        return swi_error_set(&session->error, SW_E_TRUNCATED, 0, 0);
    return meaning == SW_E_NO_EXIT && swi_session_is_legacy(session) ? SW_EVENT_CLOSED : meaning;
}

/* SW_EVENT_DATA: the next packet, or a piece of one, is there, on a band that may come in this state.
 * Else SW_EVENT_NEED_MORE, an error, or what the end of the stream means. The sources of packets have
 * the contract of sw_decoder_next. */
int swi_session_next_packet(sw_session *session, sw_chunk *chunk)
{
    int result = swi_session_is_legacy(session)   ? swi_legacy_next(session, chunk)
                 : swi_session_is_sealed(session) ? swi_records_next(session, chunk)
                                                  : next_sideband(session, chunk);
    unsigned band = inputs[session->state].band;

    if (result > 0)
        return band == SW_BAND_ANY || band == chunk->band ? SW_EVENT_DATA : wrong_band(session, chunk, band);
    if (result == 0 && session->eof)
        return at_end(session);
    return result;
}

/* ---- client ---- */

int swi_session_next_proceed(sw_session *session, sw_event *event)
{
    int result = swi_session_next_packet(session, &event->chunk);

    if (result != SW_EVENT_DATA)
        return result;
    if (event->chunk.size > 0)
        return not_empty(session, &event->chunk);
    session->state = CLIENT_READY;
    return SW_EVENT_READY;
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

/* Sealed: the server's first packet. 1: it lets the client in. */
static int next_verdict(sw_session *session, sw_chunk *chunk)
{
    int result = swi_session_next_packet(session, chunk);

    if (result != SW_EVENT_DATA)
        return result;
    if (chunk->band != SW_BAND_PROCEED && chunk->band != SW_BAND_EXIT_FAILURE)
        return wrong_band(session, chunk, SW_BAND_PROCEED);
    if (chunk->size > 0)
        return not_empty(session, chunk);
    if (chunk->band == SW_BAND_EXIT_FAILURE)
        return SW_E_USER_REFUSED;
    session->awaits_verdict = 0;
    session->rx_keep = session->rx_start;
    return SW_EVENT_DATA;
}

static int next_reply(sw_session *session, sw_event *event)
{
    int result = SW_EVENT_DATA;

    if (session->awaits_verdict)
        result = next_verdict(session, &event->chunk);
    if (result == SW_EVENT_DATA)
        result = swi_session_next_packet(session, &event->chunk);
    if (result == SW_EVENT_DATA)
        result = client_packet(session, event);
    if (result == SW_EVENT_DATA && session->state == CLIENT_EXPECTING)
        session->state = CLIENT_RUNNING;
    if (result == SW_EVENT_AWAITING_DATA)
        session->state = CLIENT_UPLOADING;
    if (result >= SW_EVENT_EXIT) {
        session->state = SESSION_OVER;
        session->tx_start = session->tx_end; /* the server takes nothing any more */
        session->tx_clear = session->tx_open = 0;
    }
    return result;
}

/* ---- server ---- */

uint32_t swi_session_command_limit(const sw_session *session)
{
    return session->rx_cap < SW_COMMAND_MAX ? (uint32_t)session->rx_cap : SW_COMMAND_MAX;
}

/* The pieces of a command stay in the receive buffer until it is complete. */
static int next_command(sw_session *session, sw_event *event)
{
    sw_chunk *chunk = &event->chunk;

    do {
        int result = swi_session_next_packet(session, chunk);
        if (result <= 0)
            return result;
        if (sw_chunk_is_first(chunk)) /* leaves the header behind */
            session->rx_keep = session->rx_start - chunk->len;
    } while (!sw_chunk_is_last(chunk));
    swi_session_fill_chunk(session, chunk, SW_BAND_COMMAND);
    session->state = SERVER_RUNNING;
    sw_decoder_set_limit(&session->decoder, UINT32_MAX);
    return SW_EVENT_COMMAND;
}

/* In legacy mode whatever comes is taken for an upload. */
static int next_upload(sw_session *session, sw_event *event)
{
    const sw_chunk *chunk = &event->chunk;
    int result = swi_session_next_packet(session, &event->chunk);

    if (result != SW_EVENT_DATA)
        return result;
    if (session->state == SERVER_RUNNING && !swi_session_is_legacy(session))
        return swi_error_set(&session->error, SW_E_UNEXPECTED, chunk->band, 0);
    if (chunk->size == 0)
        session->state = SERVER_RUNNING;
    return SW_EVENT_DATA;
}

/* What still comes in is passed over until the peer closes. */
static int next_exiting(sw_session *session)
{
    session->rx_keep = session->rx_start = session->rx_end;
    session->rx_text = session->rx_skip = 0;
    if (!session->eof || session->tx_start < session->tx_end)
        return SW_EVENT_NEED_MORE;
    return SW_EVENT_CLOSED; /* told once; it is still a server's session, which SESSION_OVER would not say */
}

/* ---- all ---- */

static int next_event(sw_session *session, sw_event *event)
{
    memset(event, 0, sizeof(*event));
    switch (session->state) {
    case SESSION_LACKS_TX: return session->eof ? SW_E_CLOSED : SW_EVENT_NEED_MORE;
    case SESSION_HANDSHAKE: return swi_session_next_handshake(session, event);
    case CLIENT_SIGN: return swi_sealed_next_sign(session, event);
    case SERVER_PROOF: return swi_sealed_next_proof(session, event);
    case SERVER_VERDICT: return swi_sealed_next_verdict(session, event);
    case SERVER_REFUSED: return swi_sealed_next_refused(session, event);
    case SERVER_ADMITTED:
        sw_handshake_wipe(&session->handshake);
        sw_decoder_set_limit(&session->decoder, swi_session_command_limit(session));
        return swi_session_begin_server(session);
    case CLIENT_PROCEED: return swi_session_next_proceed(session, event);
    case CLIENT_READY:
        if (session->is_signed) {
            session->is_signed = 0;
            return SW_EVENT_READY;
        }
        return next_reply(session, event);
    case CLIENT_EXPECTING:
    case CLIENT_RUNNING:
    case CLIENT_UPLOADING:
    case CLIENT_UPLOADED: return next_reply(session, event);
    case SERVER_COMMAND: return next_command(session, event);
    case SERVER_RUNNING:
    case SERVER_UPLOADING: return next_upload(session, event);
    case SERVER_EXITING: return next_exiting(session);
    default: return SW_EVENT_CLOSED;
    }
}

/* The end is told once. */
static int closed_once(sw_session *session)
{
    if (session->told_closed)
        return SW_EVENT_NEED_MORE;
    session->told_closed = 1;
    return SW_EVENT_CLOSED;
}

/* An event that the application could not take, what it did take of it left out. */
static int next_deferred(sw_session *session, sw_event *event)
{
    memset(event, 0, sizeof(*event));
    event->chunk = session->last;
    event->chunk.data = rx_at(session, session->rx_keep);
    event->status = session->last.band == SW_BAND_EXIT_FAILURE;
    session->is_deferred = 0;
    return session->last_type;
}

static int next(sw_session *session, sw_event *event)
{
    int result;

    if (event == NULL)
        return SW_E_NULL;
    if (session->is_deferred)
        return next_deferred(session, event);
    result = next_event(session, event);
    return result == SW_EVENT_CLOSED ? closed_once(session) : result;
}

int sw_session_next(sw_session *session, sw_event *event)
{
    int result = swi_session_check(session);

    if (result < 0)
        return swi_session_result(session, result);
    result = next(session, event);
    if (result < 0)
        return swi_session_result(session, result);
    session->last_type = (uint8_t)result;
    if (result != SW_EVENT_NEED_MORE) { /* what is incomplete is kept */
        session->last = event->chunk;
        session->rx_keep = session->rx_start;
    }
    return result;
}

/* Events that come from every call until they are answered. */
static int answers_awaited(int type)
{
    return type == SW_EVENT_KEY || type == SW_EVENT_SERVER_KEY || type == SW_EVENT_SIGN;
}

static int defer(sw_session *session, size_t taken)
{
    sw_chunk *last = &session->last;

    if (session->last_type == SW_EVENT_NEED_MORE)
        return SW_E_STATE;
    if (taken > last->len)
        return swi_error_set(&session->error, SW_E_SPACE, last->len, taken);
    if (answers_awaited(session->last_type))
        return SW_OK; /* it comes again until it is answered */
    session->is_deferred = taken == 0 || taken < last->len;
    if (!session->is_deferred) { /* nothing is left, also of what was given back before */
        session->rx_keep = session->rx_start;
        return SW_OK;
    }
    last->offset += (uint32_t)taken;
    last->len -= (uint32_t)taken;
    session->rx_keep = session->rx_start - last->len;
    return SW_OK;
}

int sw_session_defer(sw_session *session, size_t taken)
{
    int result = swi_session_check(session);

    if (result == SW_OK)
        result = defer(session, taken);
    return swi_session_result(session, result);
}
