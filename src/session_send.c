/* SPDX-License-Identifier: ISC */
/* What goes out: packets, or bare text in legacy mode [protocol, sections 8 and 9]. */
#include "session_internal.h"

#include <string.h>

#include "cipher_internal.h"
#include "error_internal.h"
#include "packet_internal.h"

enum { LARGE_BODY = 2048 /* bytes */ };

static size_t header_size(const sw_session *session)
{
    return swi_session_is_legacy(session) ? 0 : SW_HEADER_SIZE;
}

/* Moves what waits to the front if only that makes room for n bytes. Returns whether there is. */
static int make_room(sw_session *session, size_t n)
{
    size_t pending = session->tx_end - session->tx_start;

    if (session->tx == NULL || session->tx_cap - pending < n)
        return 0;
    if (session->tx_cap - session->tx_end < n) {
        memmove(session->tx, session->tx + session->tx_start, pending);
        session->tx_start = 0;
        session->tx_end = pending;
    }
    return 1;
}

/* What stands for an empty packet in legacy mode. */
static const char *legacy_text(uint8_t band)
{
    if (band == SW_BAND_PROCEED)
        return SW_LEGACY_PROCEED;
    return band == SW_BAND_AWAITING_DATA ? SW_LEGACY_AWAITING_DATA : "";
}

int swi_session_encrypt(sw_session *session)
{
    size_t n = session->tx_clear;
    uint8_t *bytes;

    if (n == 0)
        return SW_OK;
    bytes = session->tx + session->tx_end - n;
    session->tx_clear = 0;
    return swi_cipher_run(&session->channel.plain.out, bytes, bytes, n, session->tx_cap - session->tx_end);
}

/* Queues a packet for which there is room. Small ones are encrypted when they are asked for, all together; to copy a
 * large body first would cost more than its call does. */
static int queue_packet(sw_session *session, uint8_t band, const uint8_t *data, size_t len)
{
    uint8_t *out = session->tx + session->tx_end;
    int result;

    swi_write_length(out, (uint32_t)len);
    out[SW_HEADER_SIZE - 1] = band;
    out += SW_HEADER_SIZE;
    session->tx_end += SW_HEADER_SIZE;
    session->tx_clear += SW_HEADER_SIZE;
    if (len <= LARGE_BODY) {
        if (len > 0)
            memmove(out, data, len); /* a command is there already */
        session->tx_clear += len;
        return SW_OK;
    }
    result = swi_session_encrypt(session);
    return result < 0 ? result : sw_cipher_apply(&session->channel.plain.out, out, data, len);
}

int swi_session_queue(sw_session *session, uint8_t band, const uint8_t *data, size_t len)
{
    int result;

    if (swi_session_is_sealed(session))
        return swi_records_queue(session, band, data, len);
    if (swi_session_is_legacy(session) && len == 0) {
        const char *text = legacy_text(band);
        data = (const uint8_t *)text;
        len = strlen(text);
    }
    if (!make_room(session, header_size(session) + len))
        return 0;
    if (swi_session_is_legacy(session))
        result = sw_cipher_apply(&session->channel.plain.out, session->tx + session->tx_end, data, len);
    else
        result = queue_packet(session, band, data, len);
    if (result < 0)
        return result;
    session->tx_end += len;
    return 1;
}

/* ---- command ---- */

static int queue_command(sw_session *session, const sw_argument *argv, size_t argc, int upload)
{
    int is_legacy = swi_session_is_legacy(session);
    int (*encode)(const sw_argument *, size_t, uint8_t *, size_t, size_t *, sw_error *) =
        is_legacy ? sw_command_encode_legacy : sw_command_encode;
    size_t header = header_size(session);
    uint8_t *body;
    size_t len;
    int result;

    if (session->tx == NULL)
        return 0;
    if (swi_session_is_sealed(session))
        return swi_records_queue_command(session, argv, argc);
    session->tx_start = session->tx_end = 0; /* a client queues nothing before */
    body = session->tx + header;             /* encrypted in place */
    result = encode(argv, argc, body, session->tx_cap - header, &len, &session->error);
    if (result < 0)
        return result;
    session->state = is_legacy && upload ? CLIENT_EXPECTING : CLIENT_RUNNING;
    return swi_session_queue(session, SW_BAND_COMMAND, body, len);
}

int sw_session_command(sw_session *session, const sw_argument *argv, size_t argc, int upload)
{
    int result = swi_session_check_state(session, CLIENT_READY);

    if (result == SW_OK)
        result = queue_command(session, argv, argc, upload);
    return swi_session_result(session, result);
}

int sw_session_arguments(const sw_session *session, const sw_event *event, sw_argument *argv, size_t max,
                         sw_command_info *out, sw_error *error)
{
    if (session == NULL || event == NULL)
        return swi_error_set(error, SW_E_NULL, 0, 0);
    if (swi_session_is_legacy(session))
        return sw_command_decode_legacy(event->chunk.data, event->chunk.len, argv, max, out, error);
    return sw_command_decode(event->chunk.data, event->chunk.len, argv, max, out, error);
}

/* ---- data ---- */

static int is_replying(const sw_session *session)
{
    return session->state == SERVER_RUNNING || session->state == SERVER_UPLOADING;
}

static int may_send(const sw_session *session, uint8_t band, size_t len)
{
    if (session->state == CLIENT_UPLOADING)
        return band == SW_BAND_BLOB_DATA;
    if (!is_replying(session))
        return 0;
    if (band == SW_BAND_AWAITING_DATA)
        return len == 0 && session->state == SERVER_RUNNING;
    return band >= SW_BAND_OUTPUT && band <= SW_BAND_EMERG_LOG;
}

/* Sends a packet of all data, or one that fills an empty buffer: no crumbs. */
static int send_data(sw_session *session, uint8_t band, const uint8_t *data, size_t len, size_t *taken)
{
    uint64_t most =
        swi_session_is_sealed(session) ? swi_records_body_max(session) : session->tx_cap - header_size(session);
    int result;

    if (taken == NULL || (data == NULL && len > 0))
        return SW_E_NULL;
    if (!may_send(session, band, len))
        return SW_E_STATE;
    if (session->tx == NULL)
        return 0;
    /* a buffer and data of more than 4 GiB, which no test has */
    if (most > UINT32_MAX) /* GCOVR_EXCL_BR_LINE */
        most = UINT32_MAX; /* GCOVR_EXCL_LINE */
    if (len > most)
        len = (size_t)most;
    result = swi_session_queue(session, band, data, len);
    if (result <= 0)
        return result;
    *taken = len;
    if (band == SW_BAND_AWAITING_DATA)
        session->state = SERVER_UPLOADING;
    if (band == SW_BAND_BLOB_DATA && len == 0)
        session->state = swi_session_is_legacy(session) ? CLIENT_UPLOADED : CLIENT_RUNNING;
    return result;
}

int sw_session_send(sw_session *session, uint8_t band, const void *data, size_t len, size_t *taken)
{
    int result = swi_session_check(session);

    if (taken != NULL)
        *taken = 0;
    if (result == SW_OK)
        result = send_data(session, band, data, len, taken);
    return swi_session_result(session, result);
}

static int queue_exit(sw_session *session, int status)
{
    uint8_t band = status == 0 ? SW_BAND_EXIT_SUCCESS : SW_BAND_EXIT_FAILURE;
    int result = is_replying(session) ? swi_session_queue(session, band, NULL, 0) : SW_E_STATE;

    if (result > 0)
        session->state = SERVER_EXITING;
    return result;
}

int sw_session_exit(sw_session *session, int status)
{
    int result = swi_session_check(session);

    if (result == SW_OK)
        result = queue_exit(session, status);
    return swi_session_result(session, result);
}
