/* What the parts of the session share. */
#ifndef SIDEWIRE_SRC_SESSION_INTERNAL_H
#define SIDEWIRE_SRC_SESSION_INTERNAL_H

#include <sidewire/session.h>

enum {
    SESSION_NEW = 0,
    SESSION_HANDSHAKE,
    CLIENT_PROCEED,       /* response sent, awaiting the server's word */
    CLIENT_READY,         /* authenticated, no command sent */
    CLIENT_RUNNING,       /* command sent */
    SERVER_COMMAND,       /* authenticated, awaiting the command */
    SERVER_RUNNING,       /* command given out */
    SERVER_EXITING,       /* exit queued */
    SESSION_OVER
};

/* Text of legacy mode, from memory [M]. */
#define LEGACY_PROCEED "Proceed."
#define LEGACY_AWAITING_DATA "\nAwaiting Data."

/* Records the error, wipes all keys, and returns the code. */
int session_fail(sw_session *session, int code);
int session_fail_with(sw_session *session, sw_error error);
/* The recorded error, or SW_E_STATE for a session never started. */
int session_check(const sw_session *session);

/* Queues a packet (legacy: its bare body) of data. 1, 0 if it does not fit, or an error. */
int session_queue(sw_session *session, uint8_t band, const uint8_t *data, size_t len);

#endif
