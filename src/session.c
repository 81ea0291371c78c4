/* SPDX-License-Identifier: ISC */
/* The session's set-up, buffers and state; events are in session_events.c, sending in
 * session_send.c. */
#include "session_internal.h"

#include <string.h>

#include "error_internal.h"
#include "handshake_internal.h"
#include "secret.h"

int swi_session_check(const sw_session *session)
{
    if (session == NULL)
        return SW_E_NULL;
    if (session->error.code < 0)
        return session->error.code;
    return session->state == SESSION_NEW ? SW_E_STATE : SW_OK;
}

int swi_session_check_state(const sw_session *session, unsigned state)
{
    int result = swi_session_check(session);

    if (result == SW_OK && session->state != state)
        result = SW_E_STATE;
    return result;
}

static void wipe_keys(sw_session *session)
{
    sw_handshake_wipe(&session->handshake); /* with what it has in channel */
    if (session->channel_kind == CHANNEL_SEALED) {
        sw_record_wipe(&session->channel.sealed.in);
        sw_record_wipe(&session->channel.sealed.out);
    } else if (session->channel_kind == CHANNEL_PLAIN) {
        sw_cipher_wipe(&session->channel.plain.in);
        sw_cipher_wipe(&session->channel.plain.out);
    }
    sw_secrets_wipe(session->keys);
}

int swi_session_result(sw_session *session, int result)
{
    if (result < 0 && session != NULL) {
        if (session->handshake.error.code < 0)
            session->error = session->handshake.error;
        session->error.code = result;
        wipe_keys(session);
    }
    return result;
}

/* ---- buffers ---- */

/* Is this a buffer that may be lent, or none? */
static int check_buffer(sw_session *session, const uint8_t *buffer, size_t cap, size_t least)
{
    if (buffer == NULL)
        return cap == 0 ? SW_OK : SW_E_NULL;
    return cap < least ? swi_error_set(&session->error, SW_E_SPACE, cap, least) : SW_OK;
}

static int begin_handshake(sw_session *session)
{
    const sw_client_config *client = session->handshake.client;
    const sw_server_config *server = session->handshake.server;

    int result = swi_session_choose_limit(session);

    if (result < 0)
        return result;
    session->state = SESSION_HANDSHAKE;
    return client != NULL ? swi_handshake_client(&session->handshake, client, session->tx, session->tx_cap,
                                                 session->channel.noise, session->record_limit)
                          : swi_handshake_server(&session->handshake, server, session->tx, session->tx_cap,
                                                 session->channel.noise, session->record_limit);
}

/* The handshake begins once there is a buffer for its messages, of which it knows the least size. */
static int start(sw_session *session, uint8_t *rx, size_t rx_cap, uint8_t *tx, size_t tx_cap)
{
    int result = check_buffer(session, rx, rx_cap, SW_SESSION_RX_MIN);

    if (result == SW_OK)
        result = check_buffer(session, tx, tx_cap, SW_SESSION_SEALED_MIN);
    if (result < 0)
        return result;
    session->rx = rx;
    session->rx_cap = rx_cap;
    session->tx = tx;
    session->tx_cap = tx_cap;
    session->state = SESSION_LACKS_TX;
    return tx != NULL ? begin_handshake(session) : SW_OK;
}

/* By the one config that there is; it decides the role. */
static int init(sw_session *session, const sw_client_config *client, const sw_server_config *server, uint8_t *rx,
                size_t rx_cap, uint8_t *tx, size_t tx_cap)
{
    int result = SW_E_NULL;

    if (session == NULL)
        return SW_E_NULL;
    memset(session, 0, sizeof(*session));
    session->handshake.client = client;
    session->handshake.server = server;
    if (client != NULL || server != NULL)
        result = start(session, rx, rx_cap, tx, tx_cap);
    return swi_session_result(session, result);
}

int sw_session_client(sw_session *session, const sw_client_config *config, uint8_t *rx, size_t rx_cap, uint8_t *tx,
                      size_t tx_cap)
{
    return init(session, config, NULL, rx, rx_cap, tx, tx_cap);
}

int sw_session_server(sw_session *session, const sw_server_config *config, uint8_t *rx, size_t rx_cap, uint8_t *tx,
                      size_t tx_cap)
{
    return init(session, NULL, config, rx, rx_cap, tx, tx_cap);
}

static int lend_rx(sw_session *session, uint8_t *rx, size_t rx_cap)
{
    int result = check_buffer(session, rx, rx_cap, swi_session_rx_least(session));

    if (result < 0)
        return result;
    if (session->rx_keep < session->rx_end)
        return 0;
    session->rx = rx;
    session->rx_cap = rx_cap;
    session->rx_keep = session->rx_start = session->rx_end = session->rx_raw = 0;
    if (!session->is_deferred) /* one that is has no bytes, and is still to come */
        session->last_type = SW_EVENT_NEED_MORE;
    if (session->state == SERVER_COMMAND && session->decoder.have == 0)
        sw_decoder_set_limit(&session->decoder, swi_session_command_limit(session));
    return 1;
}

int sw_session_lend_rx(sw_session *session, uint8_t *rx, size_t rx_cap)
{
    int result = swi_session_check(session);

    return swi_session_result(session, result < 0 ? result : lend_rx(session, rx, rx_cap));
}

enum { LEAD_FROM = 16384 }; /* bytes: a smaller buffer has none to spare */

/* Where to begin in an empty buffer of a plain session: there the cipher's work on large bodies begins with a cache
 * line. What then does not fit begins in front. */
static size_t lead(const sw_session *session, const sw_cipher *cipher, const uint8_t *buffer, size_t cap)
{
    return session->channel_kind == CHANNEL_PLAIN && cap >= LEAD_FROM ? sw_cipher_lead(cipher, buffer) : 0;
}

/* Nothing is to be written. */
static void begin_tx(sw_session *session)
{
    session->tx_start = session->tx_end = lead(session, &session->channel.plain.out, session->tx, session->tx_cap);
}

static int lend_tx(sw_session *session, uint8_t *tx, size_t tx_cap)
{
    int is_first = session->state == SESSION_LACKS_TX;
    int result = check_buffer(session, tx, tx_cap, is_first ? SW_SESSION_SEALED_MIN : SW_SESSION_LEND_TX_MIN);

    if (result < 0)
        return result;
    if (!is_first && (swi_session_is_shaking_hands(session) || session->tx_start < session->tx_end))
        return 0;
    session->tx = tx;
    session->tx_cap = tx_cap;
    begin_tx(session);
    if (is_first && tx != NULL)
        result = begin_handshake(session);
    return result < 0 ? result : 1;
}

int sw_session_lend_tx(sw_session *session, uint8_t *tx, size_t tx_cap)
{
    int result = swi_session_check(session);

    return swi_session_result(session, result < 0 ? result : lend_tx(session, tx, tx_cap));
}

/* ---- receive buffer: [keep, start) was taken but made no event yet, [start, end) was not ---- */

uint8_t *sw_session_rx_space(sw_session *session, size_t *len)
{
    size_t drop;

    if (len == NULL)
        return NULL;
    *len = 0;
    if (swi_session_check(session) < 0 || session->eof || session->rx == NULL)
        return NULL;
    if (!session->is_deferred) /* what the last event showed may be overwritten from now on */
        session->last_type = SW_EVENT_NEED_MORE;
    swi_records_close_gap(session);
    drop = session->rx_keep;
    if (drop > 0) {
        memmove(session->rx, session->rx + drop, session->rx_end - drop);
        session->rx_keep = 0;
        session->rx_start -= drop;
        session->rx_end -= drop;
    }
    if (session->rx_end == 0)
        session->rx_keep = session->rx_start = session->rx_end =
            lead(session, &session->channel.plain.in, session->rx, session->rx_cap);
    *len = session->rx_cap - session->rx_end;
    return session->rx + session->rx_end;
}

static int commit(sw_session *session, size_t n)
{
    size_t room = session->rx_cap - session->rx_end;

    if (session->eof)
        return SW_E_STATE;
    if (n > room)
        return swi_error_set(&session->error, SW_E_SPACE, room, n);
    session->rx_end += n;
    if (n > 0)
        session->pause = 0;
    session->rx_raw += n;
    return SW_OK;
}

int sw_session_rx_commit(sw_session *session, size_t n)
{
    int result = swi_session_check(session);

    if (result == SW_OK)
        result = commit(session, n);
    return swi_session_result(session, result);
}

/* Both are looked at when all that came before is used. */
int sw_session_burst_end(sw_session *session)
{
    int result = swi_session_check(session);

    if (result == SW_OK && session->handshake.server != NULL)
        session->pause = 1;
    return result;
}

int sw_session_greeting_end(sw_session *session)
{
    int result = swi_session_check(session);

    if (result == SW_OK && swi_session_is_server(session))
        result = SW_E_STATE;
    if (result == SW_OK)
        session->pause = 1;
    return swi_session_result(session, result);
}

int sw_session_rx_end(sw_session *session)
{
    int result = swi_session_check(session);

    if (result == SW_OK)
        session->eof = 1;
    return result;
}

/* ---- transmit buffer: [start, end) is to be written; first the scratch of the handshake ---- */

static int close_output(sw_session *session)
{
    return swi_session_is_sealed(session) ? swi_records_close(session) : swi_session_encrypt(session);
}

const uint8_t *sw_session_tx_bytes(sw_session *session, size_t *len)
{
    if (len == NULL)
        return NULL;
    *len = 0;
    if (swi_session_check(session) < 0)
        return NULL;
    if (session->state == SESSION_HANDSHAKE)
        return sw_handshake_output(&session->handshake, len);
    if (swi_session_result(session, close_output(session)) < 0)
        return NULL;
    *len = session->tx_end - session->tx_start;
    return *len > 0 ? session->tx + session->tx_start : NULL;
}

static int drain(sw_session *session, size_t n)
{
    size_t pending = session->tx_end - session->tx_start - session->tx_clear; /* what tx_bytes gave */

    if (n == 0)
        return SW_OK;
    if (session->state == SESSION_HANDSHAKE)
        return sw_handshake_sent(&session->handshake, n);
    if (n > pending)
        return swi_error_set(&session->error, SW_E_SPACE, pending, n);
    session->tx_start += n;
    if (session->tx_start == session->tx_end) /* from the front again, which is still in the cache */
        begin_tx(session);
    return SW_OK;
}

int sw_session_tx_drain(sw_session *session, size_t n)
{
    int result = swi_session_check(session);

    if (result == SW_OK)
        result = drain(session, n);
    return swi_session_result(session, result);
}

/* ---- state ---- */

int sw_session_key(sw_session *session, const sw_public_key *key)
{
    int result = swi_session_check(session);

    if (result == SW_OK && session->state == SERVER_VERDICT)
        return swi_session_result(session, swi_sealed_verdict(session, key));
    result = swi_session_check_state(session, SESSION_HANDSHAKE);
    if (result == SW_OK)
        result = sw_handshake_key(&session->handshake, key);
    return swi_session_result(session, result);
}

int sw_session_log_keys(sw_session *session, sw_secrets *keys)
{
    int result = swi_session_check(session);

    if (result == SW_OK && session->state > SESSION_HANDSHAKE)
        result = SW_E_STATE;
    if (result == SW_OK)
        session->keys = keys;
    return swi_session_result(session, result);
}

unsigned sw_session_features(const sw_session *session)
{
    return session == NULL ? 0 : session->features;
}

int sw_session_is_legacy(const sw_session *session)
{
    return session != NULL && session->state > SESSION_HANDSHAKE && swi_session_is_legacy(session);
}

sw_error sw_session_error(const sw_session *session)
{
    return swi_error_of(session != NULL ? &session->error : NULL);
}

void sw_session_wipe(sw_session *session)
{
    if (session == NULL)
        return;
    wipe_keys(session);
    swi_secret_wipe(session, sizeof(*session));
}
