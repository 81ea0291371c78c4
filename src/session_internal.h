/* What the parts of the session share. */
#ifndef SIDEWIRE_SRC_SESSION_INTERNAL_H
#define SIDEWIRE_SRC_SESSION_INTERNAL_H

#include <sidewire/session.h>

enum {
    SESSION_NEW = 0,
    SESSION_LACKS_TX,     /* the handshake begins when tx is lent */
    SESSION_HANDSHAKE,
    CLIENT_PROCEED,       /* response sent, awaiting the server's word */
    CLIENT_READY,         /* authenticated, no command sent */
    CLIENT_EXPECTING,     /* command sent, legacy: the request for the upload may come first */
    CLIENT_RUNNING,       /* command sent */
    CLIENT_UPLOADING,     /* was asked for the upload */
    CLIENT_UPLOADED,      /* legacy: the upload is queued, its end is the connection's */
    SERVER_COMMAND,       /* authenticated, awaiting the command */
    SERVER_RUNNING,       /* command given out */
    SERVER_UPLOADING,     /* asked for the upload */
    SERVER_EXITING,       /* exit queued or sent, the peer has not closed yet */
    SESSION_OVER
};

/* The recorded error, or SW_E_STATE for a session never started. */
int swi_session_check(const sw_session *session);
/* Likewise, and SW_E_STATE in any state but this one. */
int swi_session_check_state(const sw_session *session, unsigned state);

/* Ends a public call and returns its result. A failure stays, with the values that were put into
 * session->error or the handshake's error before, and all keys are wiped. */
int swi_session_result(sw_session *session, int result);

/* Queues a packet; in legacy mode its bare body, or the text that stands for an empty one. 1, 0 if
 * it does not fit, or an error, which is not recorded yet. */
int swi_session_queue(sw_session *session, uint8_t band, const uint8_t *data, size_t len);

/* Which role it has. */
static inline int swi_session_is_server(const sw_session *session)
{
    return session->handshake.server != NULL ||
           (session->state >= SERVER_COMMAND && session->state < SESSION_OVER);
}

/* Of a session of which the handshake is done: is it one without sideband? */
static inline int swi_session_is_legacy(const sw_session *session)
{
    return !(session->features & SW_FEATURE_SIDEBAND);
}

/* The next packet made of legacy text: as sw_decoder_next, from the receive buffer. */
int swi_legacy_next(sw_session *session, sw_chunk *chunk);
/* All that was taken since the last event, as one chunk. */
void swi_session_fill_chunk(const sw_session *session, sw_chunk *chunk, uint8_t band);

/* Server: the largest command that the receive buffer and the protocol allow, bytes. */
uint32_t swi_session_command_limit(const sw_session *session);

#endif
