/* SPDX-License-Identifier: ISC */
/* Packets in the records of a sealed session [sealed, section 3]. Text is opened where it lies in the
 * receive buffer, and sealed where it lies in the transmit buffer. */
#include "session_internal.h"

#include <string.h>

#include "cipher_internal.h"
#include "error_internal.h"
#include "record_internal.h"

enum { LARGE_TEXT = 4096 /* bytes: to copy less costs about what another call of a backend does */ };

/* ---- limits ---- */

static const sw_policy *policy_of(const sw_session *session)
{
    return session->handshake.client != NULL ? &session->handshake.client->policy
                                             : &session->handshake.server->policy;
}

size_t swi_session_rx_least(const sw_session *session)
{
    int has_records =
        session->record_limit > 0 && (session->state <= SESSION_HANDSHAKE || swi_session_is_sealed(session));

    return has_records ? (size_t)SW_RECORD_HEADER_SIZE + session->record_limit : (size_t)SW_SESSION_RX_MIN;
}

/* Without a buffer yet, this is the least that it will have. */
static uint16_t usual_limit(const sw_session *session)
{
    const size_t usual = 4096;
    size_t limit = session->rx != NULL ? session->rx_cap - SW_RECORD_HEADER_SIZE : usual;

    if (session->rx != NULL && session->handshake.server != NULL)
        limit /= 2;
    if (limit < SW_RECORD_LIMIT_MIN)
        limit = SW_RECORD_LIMIT_MIN;
    return (uint16_t)(limit < SW_RECORD_LIMIT_MAX ? limit : (size_t)SW_RECORD_LIMIT_MAX);
}

int swi_session_choose_limit(sw_session *session)
{
    uint16_t limit = session->handshake.client != NULL ? session->handshake.client->record_limit
                                                       : session->handshake.server->record_limit;

    if (!(policy_of(session)->features & SW_FEATURES_SEALED))
        return SW_OK;
    if (limit > 0 && limit < SW_RECORD_LIMIT_MIN)
        return SW_E_CONFIG;
    session->record_limit = limit > 0 ? limit : usual_limit(session);
    if (session->rx != NULL && session->rx_cap < swi_session_rx_least(session))
        return swi_error_set(&session->error, SW_E_SPACE, session->rx_cap, swi_session_rx_least(session));
    return SW_OK;
}

int swi_records_begin(sw_session *session)
{
    const sw_handshake *handshake = &session->handshake;
    const sw_crypto *crypto = handshake->client != NULL ? handshake->client->crypto : handshake->server->crypto;
    sw_suite suite = session->features & SW_FEATURE_NOISE_AESGCM ? SW_SUITE_AESGCM : SW_SUITE_CHACHAPOLY;
    const sw_secrets *keys = &handshake->challenge;
    int is_client = handshake->client != NULL;
    int result;

    memset(&session->channel, 0, sizeof(session->channel));
    session->channel_kind = CHANNEL_SEALED;
    result = sw_record_init(&session->channel.sealed.in, crypto, suite,
                            is_client ? keys->server_key : keys->client_key, session->record_limit);
    if (result == SW_OK)
        result = sw_record_init(&session->channel.sealed.out, crypto, suite,
                                is_client ? keys->client_key : keys->server_key, handshake->peer_limit);
    return result;
}

/* ---- what comes in: [start, start + text) is open text, behind it `skip` bytes that are done ---- */

/* A command's pieces stay together: text that was just opened moves to what is kept of it. */
static void join_kept(sw_session *session)
{
    size_t kept_end = session->rx_start - SW_RECORD_HEADER_SIZE - session->rx_skip;
    size_t gap = session->rx_start - kept_end;

    memmove(session->rx + kept_end, session->rx + session->rx_start, session->rx_text);
    session->rx_start = kept_end;
    session->rx_skip = SW_RECORD_TAG_SIZE + gap;
}

/* Opens the next record. 1, 0: it is not whole, or an error. */
static int open_record(sw_session *session)
{
    size_t at = session->rx_start + session->rx_skip;
    uint8_t *text;
    size_t used;
    int result;

    if (session->rx == NULL)
        return 0;
    result = sw_record_open(&session->channel.sealed.in, session->rx + at, session->rx_end - at, &used, &text,
                            &session->rx_text);
    if (result <= 0) {
        session->error = sw_record_error(&session->channel.sealed.in); /* none, if it is not whole */
        session->rx_text = 0;
        return result;
    }
    session->rx_start = at + SW_RECORD_HEADER_SIZE;
    if (session->rx_keep < at - session->rx_skip) {
        join_kept(session);
    } else {
        session->rx_keep = session->rx_start; /* its header is done */
        session->rx_skip = SW_RECORD_TAG_SIZE;
    }
    return 1;
}

/* What is done at the start of the buffer needs no place there: then the next record has all of it. */
static void pass_over(sw_session *session)
{
    if (session->rx_text > 0 || session->rx_keep < session->rx_start)
        return;
    session->rx_start += session->rx_skip;
    session->rx_keep = session->rx_start;
    session->rx_skip = 0;
}

/* Kept text, then what is done, then the next record's first bytes: makes the most of the room. Only when the
 * application asks for room, as bytes that it is reading now go behind what is there. */
void swi_records_close_gap(sw_session *session)
{
    size_t rest = session->rx_start + session->rx_skip;

    if (swi_session_rx_gap(session) == 0)
        return;
    memmove(session->rx + session->rx_start, session->rx + rest, session->rx_end - rest);
    session->rx_end -= session->rx_skip;
    session->rx_skip = 0;
}

int swi_records_next(sw_session *session, sw_chunk *chunk)
{
    for (;;) {
        size_t used;
        int result;
        if (session->rx_text == 0) {
            pass_over(session);
            result = open_record(session);
            /* what is kept leaves no room for the next record */
            if (result == 0 && session->rx != NULL && swi_session_rx_is_full(session))
                return swi_error_set(&session->error, SW_E_PACKET_SIZE, session->decoder.size,
                                     session->rx_start - session->rx_keep);
            if (result <= 0)
                return result;
        }
        result =
            sw_decoder_next(&session->decoder, session->rx + session->rx_start, session->rx_text, &used, chunk);
        session->rx_start += used;
        session->rx_text -= used;
        if (result < 0) /* with its values */
            session->error = sw_decoder_error(&session->decoder);
        if (result != 0)
            return result;
        session->rx_keep = session->rx_start; /* it was of a header, of which nothing is kept */
    }
}

int swi_records_are_cut(const sw_session *session)
{
    return session->rx_end > session->rx_start + session->rx_text + session->rx_skip;
}

/* ---- what goes out: [start, end) of tx, its last `open` bytes a record that takes more text ---- */

/* Bytes in the transmit buffer for so much more text, when so much of an open record is there. */
static size_t sealed_size(const sw_session *session, size_t open, size_t text)
{
    size_t text_max = sw_record_text_max(&session->channel.sealed.out);
    size_t size = text;

    if (open > 0) {
        size_t room = text_max - (open - SW_RECORD_HEADER_SIZE);
        size += SW_RECORD_TAG_SIZE;
        text -= text < room ? text : room;
    }
    return size + (text + text_max - 1) / text_max * SW_RECORD_OVERHEAD;
}

size_t swi_records_body_max(const sw_session *session)
{
    size_t text_max = sw_record_text_max(&session->channel.sealed.out);
    size_t whole = session->tx_cap / (text_max + SW_RECORD_OVERHEAD);
    size_t rest = session->tx_cap % (text_max + SW_RECORD_OVERHEAD);
    size_t text = whole * text_max + (rest > SW_RECORD_OVERHEAD ? rest - SW_RECORD_OVERHEAD : 0);

    return text > SW_HEADER_SIZE ? text - SW_HEADER_SIZE : 0;
}

/* With the data behind what is in the open record. */
static int close_with(sw_session *session, const uint8_t *data, size_t len)
{
    int result =
        swi_record_seal_from(&session->channel.sealed.out, session->tx + session->tx_end - session->tx_open,
                             session->tx_open - SW_RECORD_HEADER_SIZE, data, len);

    if (result < 0) {
        session->error = sw_record_error(&session->channel.sealed.out);
        return result;
    }
    session->tx_end += len + SW_RECORD_TAG_SIZE;
    session->tx_open = 0;
    return SW_OK;
}

int swi_records_close(sw_session *session)
{
    return session->tx_open > 0 ? close_with(session, NULL, 0) : SW_OK;
}

/* What fills a record goes there from where it lies, unless that is the buffer itself. */
static int is_sealed_from(const sw_session *session, const uint8_t *data, size_t len)
{
    return len >= LARGE_TEXT && !swi_ranges_overlap(session->tx, session->tx_cap, data, len);
}

/* There is room. The data may lie behind where it goes. */
static int put_text(sw_session *session, const uint8_t *data, size_t len)
{
    size_t text_max = sw_record_text_max(&session->channel.sealed.out);
    int result = SW_OK;

    while (len > 0 && result == SW_OK) {
        size_t room;
        if (session->tx_open == 0) {
            session->tx_open = SW_RECORD_HEADER_SIZE;
            session->tx_end += SW_RECORD_HEADER_SIZE;
        }
        room = text_max - (session->tx_open - SW_RECORD_HEADER_SIZE);
        if (room <= len && is_sealed_from(session, data, room)) {
            result = close_with(session, data, room);
        } else {
            if (room > len)
                room = len;
            memmove(session->tx + session->tx_end, data, room);
            session->tx_end += room;
            session->tx_open += room;
            if (session->tx_open - SW_RECORD_HEADER_SIZE == text_max)
                result = swi_records_close(session);
        }
        data += room;
        len -= room;
    }
    return result;
}

int swi_records_queue(sw_session *session, uint8_t band, const uint8_t *data, size_t len)
{
    uint8_t header[SW_HEADER_SIZE];
    sw_encoder encoder;
    size_t pending = session->tx_end - session->tx_start;
    size_t need = sealed_size(session, session->tx_open, SW_HEADER_SIZE + len);
    int result;

    if (session->tx == NULL || session->tx_cap - pending < need)
        return 0;
    if (session->tx_cap - session->tx_end < need) {
        memmove(session->tx, session->tx + session->tx_start, pending);
        session->tx_start = 0;
        session->tx_end = pending;
    }
    sw_encoder_init(&encoder);
    result = sw_encoder_begin(&encoder, band, (uint32_t)len, header);
    if (result == SW_OK)
        result = put_text(session, header, sizeof(header));
    if (result == SW_OK)
        result = put_text(session, data, len);
    return result < 0 ? result : 1;
}

/* The command is made at the end of the buffer, from where it goes to its place. */
int swi_records_queue_command(sw_session *session, const sw_argument *argv, size_t argc)
{
    size_t pending = session->tx_end - session->tx_start;
    uint8_t *body;
    size_t len;
    int result;

    memmove(session->tx, session->tx + session->tx_start, pending);
    session->tx_start = 0;
    session->tx_end = pending;
    body = session->tx + session->tx_end;
    result = sw_command_encode(argv, argc, body, session->tx_cap - session->tx_end, &len, &session->error);
    if (result == SW_E_SPACE && pending > 0) { /* not now, which is no error */
        session->error = (sw_error){ SW_OK, 0, 0 };
        return 0;
    }
    if (result < 0)
        return result;
    memmove(session->tx + session->tx_cap - len, body, len);
    result = swi_records_queue(session, SW_BAND_COMMAND, session->tx + session->tx_cap - len, len);
    if (result == 0 && pending == 0)
        return swi_error_set(&session->error, SW_E_SPACE, session->tx_cap,
                             sealed_size(session, 0, SW_HEADER_SIZE + len));
    if (result > 0)
        session->state = CLIENT_RUNNING;
    return result;
}
