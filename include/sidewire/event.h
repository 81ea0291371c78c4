/* SPDX-License-Identifier: ISC */
/* What a session tells its application: events, which sw_session_next returns one by one, and wants, the bits of
 * sw_session_wants. In which order they come is drawn at the head of session.h. */
#ifndef SIDEWIRE_EVENT_H
#define SIDEWIRE_EVENT_H

#include <sidewire/packet.h>

SW_BEGIN_DECLS

/* What sw_session_next returns when it is not an error. */
typedef enum sw_event_type {
    SW_EVENT_NEED_MORE = 0,     /* nothing, until bytes come or go or the application acts */
    SW_EVENT_KEY = 1,           /* server: somebody says to be event.user; answer by sw_session_key.
                                  * Comes from every call until then */
    SW_EVENT_READY = 2,         /* the handshake is done, the user is authenticated; a client sends its
                                  * command now. sw_session_features says what was agreed on */
    SW_EVENT_COMMAND = 3,       /* server: event.chunk is the whole command, see sw_session_arguments */
    SW_EVENT_DATA = 4,          /* a piece of a packet in event.chunk. client: output or log, by band.
                                  * server: upload. Of length 0 for a packet without a body, which is
                                  * what ends an upload (in legacy mode, the end of the stream) */
    SW_EVENT_AWAITING_DATA = 5, /* client: the server wants the upload */
    SW_EVENT_EXIT = 6,          /* client: the command is done; event.status */
    SW_EVENT_SERVER_KEY = 8,    /* sealed, client: is event.server_key that of the right server? Answer by
                                  * sw_session_accept. Comes from every call until then; nothing is sent
                                  * before */
    SW_EVENT_SIGN = 9,          /* sealed, client with a config->public_key: event.message is to be signed
                                  * with the key; answer by sw_session_sign. Comes until then, too */
    SW_EVENT_REFUSED = 10,      /* sealed, server: the user is not accepted, for event.status; the peer is
                                  * being told. Go on until sw_session_wants is 0, as after an exit */
    SW_EVENT_CLOSED = 7         /* the peer sends nothing more; comes once */
} sw_event_type;

/* Fields that an event has no use for are 0. */
typedef struct sw_event {
    const char *user;   /* KEY: not NUL-terminated; valid until sw_session_key */
    size_t user_len;    /* bytes */
    sw_chunk chunk;     /* COMMAND and DATA. chunk.data is in rx, decrypted, and stays valid
                                  * until sw_session_rx_space or sw_session_lend_rx: the data of several
                                  * events can be collected for one write. In legacy mode, where there
                                  * are no packets, size and offset are those of the piece */
    int status;         /* EXIT: 0 success, 1 failure. REFUSED: an SW_E_* code, for a log */
    const uint8_t *key; /* KEY in a sealed session: the blob of the key that he offers, key_len
                                  * bytes; valid as user. NULL in plain ones */
    size_t key_len;
    const uint8_t *server_key; /* SERVER_KEY: SW_X25519_SIZE bytes, valid until the answer */
    const uint8_t *message;    /* SIGN: SW_SSHSIG_SIZE bytes, valid until the answer */
} sw_event;

/* Bits of sw_session_wants: what would move the session on. */
enum {
    SW_WANT_READ = 1,        /* bytes of the peer: there is room in rx (or no rx: lend one) */
    SW_WANT_WRITE = 2,       /* sw_session_tx_bytes has something */
    SW_WANT_APPLICATION = 4, /* it is the application's turn: to answer KEY, to send a command, data,
                                  * an exit; to lend the first tx; to take an event that it deferred.
                                  * With SW_WANT_READ beside it there is no hurry. Alone it means that
                                  * waiting for the network is of no use */
    SW_WANT_SHUTDOWN = 8,    /* all is sent: shut down the sending side of the connection, once (the
                                  * bit stays), and read on until the peer closes. A server after its
                                  * exit: closing at once would make TCP throw away the exit packet if
                                  * bytes of the peer are waiting or on their way; how long it waits for
                                  * the peer to close is up to it. A client in legacy mode: that is how
                                  * its upload ends */
    SW_WANT_NEXT = 16        /* sw_session_next: events wait in a full rx, or before the end of the
                                  * stream. Told only where nothing else is wanted, so that 0 means
                                  * that the session is over */
};

SW_END_DECLS
#endif
