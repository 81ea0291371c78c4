/* SPDX-License-Identifier: ISC */
/* Legacy text as a source of packets: what a state awaits comes as the packet that a sideband session
 * would have there [protocol, sections 7 and 9]. Text is decrypted byte by byte where something else may
 * begin behind it, and is kept in the receive buffer until it is known what it is. */
#include "session_internal.h"

/* Decrypts what waits, at most max bytes. Returns whether there was something. */
static int take(sw_session *session, uint32_t max)
{
    size_t n = session->rx_end - session->rx_start;
    uint8_t *data;

    if (n == 0)
        return 0;
    data = session->rx + session->rx_start;
    if (n > max)
        n = max;
    (void)sw_cipher_apply(&session->channel.plain.in, data, data, n); /* RC4, which does not fail */
    session->rx_start += n;
    return 1;
}

/* Whatever it says. */
static int next_text(sw_session *session, sw_chunk *chunk, uint8_t band)
{
    if (!take(session, UINT32_MAX))
        return 0;
    swi_session_fill_chunk(session, chunk, band);
    return 1;
}

/* An empty packet when `text` is complete; or one of OUTPUT at the first byte that differs, with all
 * that came so far. */
static int next_match(sw_session *session, sw_chunk *chunk, const char *text, uint8_t band)
{
    while (take(session, 1)) {
        swi_session_fill_chunk(session, chunk, SW_BAND_OUTPUT);
        if (chunk->data[chunk->len - 1] != (uint8_t)text[chunk->len - 1])
            return 1;
        if (text[chunk->len] == '\0') {
            *chunk = (sw_chunk){ .band = band, .data = chunk->data };
            return 1;
        }
    }
    return 0;
}

static int next_proceed(sw_session *session, sw_chunk *chunk)
{
    int result = next_match(session, chunk, SW_LEGACY_PROCEED, SW_BAND_PROCEED);

    return result > 0 && chunk->band != SW_BAND_PROCEED ? SW_E_PROCEED : result;
}

/* The request for the upload comes first or never. What may be its beginning is held back, and given
 * out if it is not. */
static int next_request(sw_session *session, sw_chunk *chunk)
{
    int result = next_match(session, chunk, SW_LEGACY_AWAITING_DATA, SW_BAND_AWAITING_DATA);

    if (result != 0 || !session->eof || session->rx_keep == session->rx_start)
        return result;
    swi_session_fill_chunk(session, chunk, SW_BAND_OUTPUT);
    return 1;
}

/* One that does not end within the limit is given out all the same: its syntax is wrong, which is
 * reported to the peer. */
static int next_command(sw_session *session, sw_chunk *chunk)
{
    while (take(session, 1)) {
        swi_session_fill_chunk(session, chunk, SW_BAND_COMMAND);
        if (chunk->len == swi_session_command_limit(session) ||
            sw_command_legacy_complete(chunk->data, chunk->len))
            return 1;
    }
    return 0;
}

/* The end of the stream ends an upload, as an empty packet does. */
static int next_upload(sw_session *session, sw_chunk *chunk)
{
    int result = next_text(session, chunk, SW_BAND_BLOB_DATA);

    if (result != 0 || !session->eof || session->state != SERVER_UPLOADING)
        return result;
    *chunk = (sw_chunk){ .band = SW_BAND_BLOB_DATA };
    return 1;
}

int swi_legacy_next(sw_session *session, sw_chunk *chunk)
{
    switch (session->state) {
    case CLIENT_PROCEED: return next_proceed(session, chunk);
    case CLIENT_EXPECTING: return next_request(session, chunk);
    case SERVER_COMMAND: return next_command(session, chunk);
    case SERVER_RUNNING:
    case SERVER_UPLOADING: return next_upload(session, chunk);
    default: return next_text(session, chunk, SW_BAND_OUTPUT);
    }
}
