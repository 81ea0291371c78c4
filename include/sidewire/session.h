/* SPDX-License-Identifier: ISC */
/* A whole session of either role, over two buffers of the caller [protocol, all of it].
 *
 * A session does no I/O. You read from the peer into its receive buffer (rx), write from its transmit
 * buffer (tx) to the peer, and ask for events in between:
 *
 *     loop: take events by sw_session_next until it returns SW_EVENT_NEED_MORE, and act on each
 *           write what sw_session_tx_bytes gives, report it by sw_session_tx_drain
 *           read to what sw_session_rx_space gives, report it by sw_session_rx_commit
 *           until sw_session_wants is 0, or sw_session_next returns an error: then close
 *
 * A client with blocking reads and writes is this loop in full: examples/blocking_client.c. With poll,
 * sw_session_wants tells at any time what to wait for.
 *
 * What the application may do after which event; '...' is the library's and the network's part:
 *
 *     client                                       server
 *       | ... handshake                              | ... greeting, request
 *       v                                            v
 *     READY --> sw_session_command                 KEY --> sw_session_key
 *       |                                            | ... challenge, response
 *       v                                            v
 *     DATA (output and logs, any number)           READY (nothing to do: the command comes)
 *       |   \                                        |
 *       |    AWAITING_DATA --> sw_session_send       v
 *       |     of BLOB_DATA, any number, the        COMMAND --> sw_session_send of OUTPUT and logs, any
 *       |     empty one last                         |    \     number, sw_session_exit at any time
 *       v    /                                       |     AWAITING_DATA sent --> DATA (the upload),
 *     EXIT: the command's status                     |    /     an empty one last
 *       |                                            v   /
 *       v                                          sw_session_exit
 *     CLOSED: close                                  | ... what the peer still sends is passed over
 *                                                    v
 *                                                  CLOSED: close
 *
 * CLOSED is the last event and comes once: the peer sends nothing more. A client may then close. A server
 * can see it while a command runs; it then goes on with its reply and ends it by sw_session_exit. In
 * legacy mode there is no EXIT: a client sees CLOSED alone.
 *
 * All events, and all that a session may want, are described in event.h.
 *
 * Errors. A function that returns a negative number has failed, and with it the session: the same number
 * comes from every call from then on, its keys are wiped, it wants nothing, and the connection is to be
 * closed without a word. sw_session_error has the values. Calls at the wrong time are SW_E_STATE, NULL
 * where something is needed is SW_E_NULL; both are not mentioned again below. 'Not now' is no error: 0.
 *
 * A session is not to be copied or moved between its start and its wipe, nor used by two threads at a
 * time. It calls nothing but the functions of config->crypto. */
#ifndef SIDEWIRE_SESSION_H
#define SIDEWIRE_SESSION_H

#include <sidewire/command.h>
#include <sidewire/event.h>
#include <sidewire/handshake.h>
#include <sidewire/record.h>
#include <sidewire/ssh.h>

SW_BEGIN_DECLS

/* Sizes of buffers, bytes. Larger ones mean fewer calls; some 16 KiB are enough for full speed. */
enum {
    SW_SESSION_RX_MIN = 64,             /* a server's commands must fit, without their header */
    SW_SESSION_TX_MIN = SW_SCRATCH_MIN, /* the handshake's messages are made there; a client's command
                                          * must fit, with SW_HEADER_SIZE bytes in front */
    SW_SESSION_LEND_TX_MIN = 32,        /* after the handshake */
    /* Sealed: rx holds a record of the limit that this side announces, with its header, and a server's
     * commands; tx the packet that proves the user, with its record, and a client's command. Enough for
     * both if the policy requires sealed sessions and the user's key is of Ed25519: */
    SW_SESSION_SEALED_MIN = SW_SCRATCH_SEALED
};

/* Fields are private. */
typedef struct sw_session {
    uint8_t *rx, *tx;
    size_t rx_cap, rx_keep, rx_start, rx_end;
    size_t rx_raw; /* plain: bytes at the end of rx that are not decrypted yet */
    size_t tx_cap, tx_start, tx_end;
    size_t tx_clear;          /* plain: bytes at the end of tx that are not encrypted yet */
    unsigned state, features; /* features: agreed on */
    size_t rx_text, rx_skip;  /* sealed: text that is open at rx_start, bytes to pass over behind it */
    size_t tx_open;           /* sealed: bytes at the end of tx of a record that is not sealed yet */
    size_t proof_len;         /* sealed, server: of the packet that proves the user, in tx */
    uint16_t record_limit;    /* sealed: what this side announces */
    int16_t refusal;          /* sealed, server: why the user is refused */
    uint8_t channel_kind;
    uint8_t awaits_verdict; /* sealed, client: PROCEED did not come yet */
    uint8_t is_signed;      /* sealed, client: the application signed, READY is to be told */
    uint8_t eof, pause, told_closed, is_deferred, last_type;
    sw_chunk last; /* of the last event */
    sw_error error;
    sw_secrets *keys;
    sw_decoder decoder;
    sw_handshake handshake;
    union {
        struct {
            sw_cipher in, out;
        } plain;
        struct {
            sw_record in, out;
        } sealed;
        sw_noise noise[2];
    } channel;
} sw_session;

/* ---- start and end ---- */

/* Starts a session of either role, which ends with sw_session_wipe. The buffers are lent until then, or
 * until sw_session_lend_rx and _tx; rx[0..rx_cap) of at least SW_SESSION_RX_MIN bytes, tx of at least
 * SW_SESSION_TX_MIN, or more for keys above 4096 bits (SW_SCRATCH_FULL is enough for all). Each may be
 * NULL and 0, and lent later; without tx the handshake has not begun, and the config is not looked at
 * either. As for the config see config.h. Returns SW_OK; SW_E_SPACE for a buffer that is too small;
 * SW_E_CONFIG, SW_E_BACKEND, SW_E_USER_NAME, SW_E_BANNER, SW_E_DECOY_SECRET for what is wrong there. */
SW_API int sw_session_client(sw_session *session, const sw_client_config *config, uint8_t *rx, size_t rx_cap,
                             uint8_t *tx, size_t tx_cap);
SW_API int sw_session_server(sw_session *session, const sw_server_config *config, uint8_t *rx, size_t rx_cap,
                             uint8_t *tx, size_t tx_cap);

/* Forgets all keys and takes no further interest in the buffers. NULL, and a session that was wiped or
 * zeroed, are fine. */
SW_API void sw_session_wipe(sw_session *session);

/* For who decrypts captures: when the handshake is done, its keys are copied to *keys, where they are when
 * SW_EVENT_READY comes. *keys is lent until sw_session_wipe, which wipes it; so does any error.
 * Before that only: SW_E_STATE once the handshake is done. */
SW_API int sw_session_log_keys(sw_session *session, sw_secrets *keys);

/* ---- events ---- */

/* The next event, as its type: 0 (SW_EVENT_NEED_MORE) or more; or an error. Never blocks; every event but
 * KEY comes once, and is taken with this call unless sw_session_defer gives it back. */
SW_API int sw_session_next(sw_session *session, sw_event *event);

/* Gives back the last event, which the application cannot take now, or of whose chunk it took the first
 * `taken` bytes only: sw_session_next returns it again, without those. So a proxy whose other side is
 * blocked stops asking, and needs no memory of what it was at. If nothing is left there is nothing to do.
 * Between sw_session_next and the next sw_session_rx_space only. SW_OK; SW_E_SPACE above chunk.len. */
SW_API int sw_session_defer(sw_session *session, size_t taken);

/* What the session can use now: bits of SW_WANT_*. 0: it is over, or has failed: close the connection. */
SW_API unsigned sw_session_wants(const sw_session *session);

/* ---- bytes from the peer ---- */

/* Where to read to, and in *len how many bytes at most. The space stays where it is until
 * sw_session_rx_commit, also when events are taken in between. NULL and 0 after sw_session_rx_end, without
 * rx, and while that is full: take the events first. Of an empty one of 16 KiB or more, less than SW_AES_CALL_UNIT
 * bytes in front may stay free, see sw_cipher_lead; likewise in tx, unless a packet needs all of it. */
SW_API uint8_t *sw_session_rx_space(sw_session *session, size_t *len);
/* n bytes were read to the space. SW_OK, or SW_E_SPACE if it had not so many. */
SW_API int sw_session_rx_commit(sw_session *session, size_t n);
/* The peer closed its sending side, or the connection broke. What came before is still given out. */
SW_API int sw_session_rx_end(sw_session *session);

/* Server: a read got what there was. A request has no end mark of its own [section 3], so this is what
 * ends it; call it after every read of every session: no effect at other times, and for a client. */
SW_API int sw_session_burst_end(sw_session *session);
/* Client: no second line of the greeting will come, as a timer of yours decides; the server is a legacy
 * one [section 2]. Allowed or an error (SW_E_LEGACY_REFUSED), by the policy. No effect when the greeting
 * is over, or in the middle of a line. SW_E_STATE for a server. */
SW_API int sw_session_greeting_end(sw_session *session);

/* ---- bytes to the peer ---- */

/* What to write, and in *len how much; valid until the next call that sends or drains. NULL and 0 if there
 * is nothing. */
SW_API const uint8_t *sw_session_tx_bytes(sw_session *session, size_t *len);
/* n of these bytes were written. SW_OK, or SW_E_SPACE if there were not so many. */
SW_API int sw_session_tx_drain(sw_session *session, size_t n);

/* ---- what the application says ---- */

/* Server, answer to SW_EVENT_KEY: the user's key, or NULL for a name that is not known; a key of no type, as after an
 * error of its reader, and in a plain session one that is not RSA, stand for NULL. The session goes on
 * alike and fails with SW_E_AUTH in the end, so that the peer does not learn which. The key is not needed
 * after the call. In a sealed session it is the one of his keys whose blob was offered (sw_ssh_key_is), or
 * any; then the signature is checked, and what comes next is READY or REFUSED. SW_OK; SW_E_SPACE if tx is
 * too small for the key; the backend's errors. */
SW_API int sw_session_key(sw_session *session, const sw_public_key *key);

/* Sealed, client, answer to SW_EVENT_SERVER_KEY: 1 accepts the server; 0 does not, SW_E_SERVER_KEY. The
 * backend's errors. */
SW_API int sw_session_accept(sw_session *session, int accept);

/* Sealed, client, answer to SW_EVENT_SIGN: the signature as an agent gives it, or sw_ssh_sign; an RSA one
 * that is shorter than its modulus is filled up. SW_OK; SW_E_SIGNATURE: it is of another kind, as old
 * agents answer with SHA-1; SW_E_SPACE if tx is too small for key and signature. */
SW_API int sw_session_sign(sw_session *session, const uint8_t *signature, size_t len);

/* Client, after SW_EVENT_READY: queues the command argv[0..argc). upload: 1 if the command takes one, for
 * legacy mode, where the request for it looks like output and is not looked for otherwise. 1: queued; 0:
 * there is no tx, lend one; SW_E_COMMAND_EMPTY, SW_E_COMMAND_SIZE, SW_E_ARGUMENT_NUL,
 * SW_E_LEGACY_ARGUMENT, or SW_E_SPACE if tx is too small for it. */
SW_API int sw_session_command(sw_session *session, const sw_argument *argv, size_t argc, int upload);

/* Queues one packet, with as much of data[0..len) as tx has room for, and says in *taken how much that is.
 * 1: queued; what is left, if anything, wants another packet. 0: tx is full (or not there), drain first.
 * Data is copied, encrypted, to tx. Server, after SW_EVENT_COMMAND: SW_BAND_OUTPUT and the logs, any number
 * of packets; or SW_BAND_AWAITING_DATA, empty, once, if it wants an upload. Client, after
 * SW_EVENT_AWAITING_DATA: SW_BAND_BLOB_DATA, the empty packet last. In legacy mode the text goes out as it
 * is: an empty packet is nothing, and SW_WANT_SHUTDOWN ends the upload. */
SW_API int sw_session_send(sw_session *session, uint8_t band, const void *data, size_t len, size_t *taken);

/* Server: the arguments of a SW_EVENT_COMMAND in either mode, while its chunk is valid: as
 * sw_command_decode. What is wrong with a command is not an error of the session: the peer is told. */
SW_API int sw_session_arguments(const sw_session *session, const sw_event *event, sw_argument *argv, size_t max,
                                sw_command_info *out, sw_error *error);

/* Server, after SW_EVENT_COMMAND: queues the exit packet (status 0: success, else failure), behind which
 * nothing is sent and nothing that comes is looked at. 1: queued; 0: tx is full (or not there). */
SW_API int sw_session_exit(sw_session *session, int status);

/* ---- other buffers ---- */

/* A session that waits needs no buffers. These take one back (NULL, 0), or lend another instead, which is
 * then as those given at the start. 1: done. 0: not now, something is in the old one; tx stays until the
 * handshake is done. Without rx nothing can be read, without tx nothing sent. Not between
 * sw_session_rx_space and its commit. SW_E_SPACE below SW_SESSION_RX_MIN, or SW_SESSION_LEND_TX_MIN for tx;
 * the first tx of a session begins the handshake, with the sizes and errors of sw_session_server. */
SW_API int sw_session_lend_rx(sw_session *session, uint8_t *rx, size_t rx_cap);
SW_API int sw_session_lend_tx(sw_session *session, uint8_t *tx, size_t tx_cap);

/* ---- questions ---- */

/* Features agreed on, bits of SW_FEATURE_*; 0 before SW_EVENT_READY, and in legacy mode. */
SW_API unsigned sw_session_features(const sw_session *session);
/* 1: in legacy mode; 0 also as long as that is not known. */
SW_API int sw_session_is_legacy(const sw_session *session);
/* The error with its values; its code is SW_OK if there was none. */
SW_API sw_error sw_session_error(const sw_session *session);

SW_END_DECLS
#endif
