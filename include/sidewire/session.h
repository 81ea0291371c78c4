/* A whole session over two buffers of the caller [protocol, all of it]. */
#ifndef SIDEWIRE_SESSION_H
#define SIDEWIRE_SESSION_H

#include <sidewire/command.h>
#include <sidewire/handshake.h>

SW_BEGIN_DECLS

enum {
    SW_SESSION_RX_MIN = 64,              /* bytes; a server's commands must fit its rx buffer */
    SW_SESSION_TX_MIN = SW_SCRATCH_MIN,  /* a client's command must fit its tx buffer, with
                                          * SW_HEADER_SIZE */
    SW_SESSION_LEND_TX_MIN = 32          /* for a tx buffer lent after the handshake */
};

/* What sw_session_next returns when it is not an error. */
typedef enum sw_event_type {
    SW_EVENT_NEED_MORE = 0,      /* nothing until bytes are read or written, or somebody acts */
    SW_EVENT_KEY = 1,            /* server: answer by sw_session_key; user, user_len */
    SW_EVENT_READY = 2,          /* authenticated. client: send the command now */
    SW_EVENT_COMMAND = 3,        /* server: chunk is the whole command */
    SW_EVENT_DATA = 4,           /* chunk of output, log or upload; of length 0 for an empty packet,
                                  * which ends an upload, and where a legacy one ends */
    SW_EVENT_AWAITING_DATA = 5,  /* client: send the upload now */
    SW_EVENT_EXIT = 6,           /* client: status */
    SW_EVENT_CLOSED = 7          /* the peer sends nothing more; over if nothing is wanted */
} sw_event_type;

/* user stays valid until sw_session_key; chunk.data until the next call of sw_session_rx_space or
 * sw_session_lend_rx, so several can be collected for one write. */
typedef struct sw_event {
    const char *user;            /* not NUL-terminated */
    size_t user_len;
    sw_chunk chunk;              /* legacy: size and offset are of the slice itself */
    int status;                  /* 0 success, 1 failure */
} sw_event;

/* Bits of sw_session_wants. */
enum {
    SW_WANT_READ = 1,
    SW_WANT_WRITE = 2,
    SW_WANT_APPLICATION = 4,
    SW_WANT_SHUTDOWN = 8         /* legacy mode: the upload is sent; shut down the sending side,
                                  * which ends it (once; the bit stays) */
};

/* Fields are private. */
typedef struct sw_session {
    uint8_t *rx, *tx;
    size_t rx_cap, rx_keep, rx_start, rx_end;
    size_t tx_cap, tx_start, tx_end;
    unsigned state, features;   /* features: agreed on */
    uint8_t eof, quiet, upload_expected, told_closed;
    sw_error error;
    sw_secrets *keys;
    sw_decoder decoder;
    sw_encoder encoder;
    sw_handshake handshake;
    sw_cipher in, out;
} sw_session;

/* Starts a session. Buffers are lent until sw_session_wipe; the config as in handshake.h.
 * SW_E_NULL, SW_E_SPACE, and those of sw_handshake_client and _server. */
SW_API int sw_session_client(sw_session *session, const sw_client_config *config, uint8_t *rx,
                             size_t rx_cap, uint8_t *tx, size_t tx_cap);
SW_API int sw_session_server(sw_session *session, const sw_server_config *config, uint8_t *rx,
                             size_t rx_cap, uint8_t *tx, size_t tx_cap);

/* A session that waits needs no buffers: these take one back (NULL, 0) or lend another. 1: done; 0:
 * not now, bytes are in the old one, or the handshake is in tx. Without rx nothing can be read
 * (sw_session_rx_space gives none), without tx nothing sent. Not between sw_session_rx_space and its
 * commit. SW_E_NULL, SW_E_SPACE below
 * SW_SESSION_RX_MIN, or SW_SESSION_LEND_TX_MIN for tx. */
SW_API int sw_session_lend_rx(sw_session *session, uint8_t *rx, size_t rx_cap);
SW_API int sw_session_lend_tx(sw_session *session, uint8_t *tx, size_t tx_cap);

/* Where to read to, and how much at most; the view stays put until sw_session_rx_commit. Of
 * length 0 while events wait in a full buffer: call sw_session_next first. */
SW_API uint8_t *sw_session_rx_space(sw_session *session, size_t *len);
/* n bytes were read to the space. SW_E_SPACE if there were not so many. */
SW_API int sw_session_rx_commit(sw_session *session, size_t n);
/* The peer's burst is over, see sw_handshake_quiet; takes effect when all that came in is used. */
SW_API int sw_session_rx_quiet(sw_session *session);
/* The peer closed; sw_session_next tells what that means once all before it is used. */
SW_API int sw_session_rx_end(sw_session *session);

/* The next event, or an error, which stays. */
SW_API int sw_session_next(sw_session *session, sw_event *event);

/* What to write; valid until the next call that sends or drains. NULL and 0: nothing. */
SW_API const uint8_t *sw_session_tx_bytes(const sw_session *session, size_t *len);
/* n of them were written. SW_E_SPACE if there were not so many. */
SW_API int sw_session_tx_drain(sw_session *session, size_t n);

/* Server, answer to SW_EVENT_KEY: as sw_handshake_key. */
SW_API int sw_session_key(sw_session *session, const sw_public_key *key);

/* For key logs, off unless asked for: when the handshake is complete, which SW_EVENT_READY tells,
 * its keys are copied to *keys. That is lent until sw_session_wipe, which wipes it, and so does any
 * failure. SW_E_STATE once the handshake is complete. */
SW_API int sw_session_log_keys(sw_session *session, sw_secrets *keys);

/* Client, before sw_session_command: the command takes an upload. Legacy mode has to know, since
 * the server's request for data there looks like output; no effect otherwise. SW_E_STATE at other
 * times. */
SW_API int sw_session_expect_upload(sw_session *session);

/* Client, after SW_EVENT_READY: queues the command. 1: queued; 0: tx is not there; or SW_E_COMMAND_*,
 * SW_E_LEGACY_ARGUMENT, SW_E_SPACE, SW_E_STATE. */
SW_API int sw_session_command(sw_session *session, const char *const *argv, size_t argc);

/* Queues one packet of as much of data as fits and says how much that was. 1: a packet was queued,
 * the rest (if any) wants another; 0: blocked, drain first. Server, after SW_EVENT_COMMAND:
 * AWAITING_DATA (empty), OUTPUT and logs. Client, after SW_EVENT_AWAITING_DATA: BLOB_DATA, the
 * empty packet last. SW_E_STATE for any other band or time. In legacy mode the text goes out as
 * it is, without a packet around it: the empty one queues nothing, and what ends the upload is
 * the shutdown that sw_session_wants asks for once all before it is drained. */
SW_API int sw_session_send(sw_session *session, uint8_t band, const void *data, size_t len,
                           size_t *taken);

/* Server: the arguments of a SW_EVENT_COMMAND, in either mode: as sw_command_decode. */
SW_API int sw_session_arguments(const sw_session *session, const sw_event *event,
                                sw_argument *argv, size_t max, sw_command_info *out,
                                sw_error *error);

/* Server: queues the exit packet (status 0: success, else failure); the session is CLOSED when it
 * is drained. 1, 0 or an error as above. What still comes in is then ignored. */
SW_API int sw_session_exit(sw_session *session, int status);

/* What the session can use now: bits of SW_WANT_*, derived from its state. 0: it is over. */
SW_API unsigned sw_session_wants(const sw_session *session);

SW_API unsigned sw_session_features(const sw_session *session);
SW_API int sw_session_is_legacy(const sw_session *session);
SW_API sw_error sw_session_error(const sw_session *session);

/* Forgets all keys. NULL and repeated calls are fine. */
SW_API void sw_session_wipe(sw_session *session);

SW_END_DECLS
#endif
