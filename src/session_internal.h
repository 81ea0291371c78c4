/* SPDX-License-Identifier: ISC */
/* What the parts of the session share. */
#ifndef SIDEWIRE_SRC_SESSION_INTERNAL_H
#define SIDEWIRE_SRC_SESSION_INTERNAL_H

#include <sidewire/session.h>

enum {
    SESSION_NEW = 0,
    SESSION_LACKS_TX, /* the handshake begins when tx is lent */
    SESSION_HANDSHAKE,
    CLIENT_SIGN,      /* sealed: what proves the user is to be signed */
    CLIENT_PROCEED,   /* response sent, awaiting the server's word */
    CLIENT_READY,     /* authenticated, no command sent */
    CLIENT_EXPECTING, /* command sent, legacy: the request for the upload may come first */
    CLIENT_RUNNING,   /* command sent */
    CLIENT_UPLOADING, /* was asked for the upload */
    CLIENT_UPLOADED,  /* legacy: the upload is queued, its end is the connection's */
    SERVER_PROOF,     /* sealed: what proves the user is awaited */
    SERVER_VERDICT,   /* sealed: it is there, the application is asked for the user's key */
    SERVER_REFUSED,   /* sealed: the user is to be told */
    SERVER_ADMITTED,  /* likewise, that he is let in */
    SERVER_COMMAND,   /* authenticated, awaiting the command */
    SERVER_RUNNING,   /* command given out */
    SERVER_UPLOADING, /* asked for the upload */
    SERVER_EXITING,   /* exit queued or sent, the peer has not closed yet */
    SESSION_OVER
};

/* What is in session->channel. */
enum { CHANNEL_HANDSHAKE = 0, CHANNEL_PLAIN, CHANNEL_SEALED };

/* The recorded error, or SW_E_STATE for a session never started. */
int swi_session_check(const sw_session *session);
/* Likewise, and SW_E_STATE in any state but this one. */
int swi_session_check_state(const sw_session *session, unsigned state);

/* Ends a public call and returns its result. A failure stays, with the values that were put into
 * session->error or the handshake's error before, and all keys are wiped. */
int swi_session_result(sw_session *session, int result);

/* Plain, with sideband: encrypts what is at the end of tx in clear, by one call of the cipher for all of it.
 * SW_OK, or the error. */
int swi_session_encrypt(sw_session *session);

/* Queues a packet; in legacy mode its bare body, or the text that stands for an empty one. 1, 0 if
 * it does not fit, or an error, which is not recorded yet. */
int swi_session_queue(sw_session *session, uint8_t band, const uint8_t *data, size_t len);

/* Which role it has. */
static inline int swi_session_is_server(const sw_session *session)
{
    return session->handshake.server != NULL || (session->state >= SERVER_PROOF && session->state < SESSION_OVER);
}

/* Of a session of which the handshake is done: is it one without sideband? */
static inline int swi_session_is_legacy(const sw_session *session)
{
    return !(session->features & SW_FEATURE_SIDEBAND);
}

static inline int swi_session_is_sealed(const sw_session *session)
{
    return (session->features & SW_FEATURES_SEALED) != 0;
}

/* Is the transmit buffer still the handshake's, or that of what proves the user? */
static inline int swi_session_is_shaking_hands(const sw_session *session)
{
    return session->handshake.client != NULL || session->handshake.server != NULL;
}

/* Sealed: bytes between what is kept and the next record that nobody needs any more. */
static inline size_t swi_session_rx_gap(const sw_session *session)
{
    return session->rx_text == 0 ? session->rx_skip : 0;
}

/* Is there no room in the receive buffer, whatever is moved? */
static inline int swi_session_rx_is_full(const sw_session *session)
{
    return session->rx_end - session->rx_keep - swi_session_rx_gap(session) == session->rx_cap;
}

/* The least receive buffer of this session, bytes. */
size_t swi_session_rx_least(const sw_session *session);
/* Sets record_limit by config and receive buffer; SW_E_SPACE if that is too small. */
int swi_session_choose_limit(sw_session *session);

/* ---- records (session_records.c) ---- */

/* Starts both directions with the keys of the handshake. */
int swi_records_begin(sw_session *session);
/* The next packet or piece of one from the text of records: as sw_decoder_next, from the receive buffer. */
int swi_records_next(sw_session *session, sw_chunk *chunk);
/* Makes room in the receive buffer. */
void swi_records_close_gap(sw_session *session);
/* Is there a part of a record? */
int swi_records_are_cut(const sw_session *session);
/* Queues a packet in records; as swi_session_queue. */
int swi_records_queue(sw_session *session, uint8_t band, const uint8_t *data, size_t len);
/* Queues a client's command; likewise. */
int swi_records_queue_command(sw_session *session, const sw_argument *argv, size_t argc);
/* The largest body of a packet that fits an empty transmit buffer. */
size_t swi_records_body_max(const sw_session *session);
/* Seals what is queued, if it is not sealed yet. SW_OK or the error. */
int swi_records_close(sw_session *session);

/* ---- proving the user (session_sealed.c) ---- */

/* The handshake is done. */
int swi_sealed_begin(sw_session *session);
/* One function for each state, as those of session_events.c. */
int swi_sealed_next_sign(sw_session *session, sw_event *event);
int swi_sealed_next_proof(sw_session *session, sw_event *event);
int swi_sealed_next_verdict(sw_session *session, sw_event *event);
int swi_sealed_next_refused(sw_session *session, sw_event *event);
/* The answer to SW_EVENT_KEY. */
int swi_sealed_verdict(sw_session *session, const sw_public_key *key);

/* ---- events, one function for each state ---- */

/* The next packet, or a piece of one, that may come in this state (session_events.c). */
int swi_session_next_packet(sw_session *session, sw_chunk *chunk);
/* The handshake is under way (session_handshake.c), and PROCEED is awaited. */
int swi_session_next_handshake(sw_session *session, sw_event *event);
/* Server: the user is in, and is told. */
int swi_session_begin_server(sw_session *session);
int swi_session_next_proceed(sw_session *session, sw_event *event);

/* The next packet made of legacy text: as sw_decoder_next, from the receive buffer. */
int swi_legacy_next(sw_session *session, sw_chunk *chunk);
/* All that was taken since the last event, as one chunk. */
void swi_session_fill_chunk(const sw_session *session, sw_chunk *chunk, uint8_t band);

/* Server: the largest command that the receive buffer and the protocol allow, bytes. */
uint32_t swi_session_command_limit(const sw_session *session);

#endif
