/* SPDX-License-Identifier: ISC */
/* A client's and a server's session, each the library's own, over a TCP connection that exists in a
 * capture file only: what one of them sends is written there in segments, and given to the other
 * one. */
#ifndef SIDEWIRE_BENCH_CAPTURE_SESSION_H
#define SIDEWIRE_BENCH_CAPTURE_SESSION_H

#include "capture_file.h"
#include "keylog_writer.h"

#include <sidewire/session.h>

/* What all sessions share; must stay. */
typedef struct capture_session_setup {
    const sw_crypto *crypto;
    const sw_private_key *private_key;
    const sw_public_key *public_key;
    keylog *log;
    capture_file *file;
    unsigned features;
    size_t body_max; /* bytes of the largest packet */
} capture_session_setup;

typedef struct capture_session {
    capture_session_setup *setup;
    tcp_connection connection;
    sw_session sessions[2];
    sw_client_config client_config;
    sw_server_config server_config;
    sw_secrets keys;
    uint8_t *rx[2], *tx[2];
    unsigned unacknowledged; /* segments of the server */
    int command_came;
    uint64_t received; /* by the client, bytes of bodies */
} capture_session;

/* Starts the session of this number, and goes on until the server has its command. Whatever fails
 * here or below is told, and ends the program. */
void capture_session_start(capture_session *w, capture_session_setup *setup, unsigned number);

/* The server sends an OUTPUT packet. Segments are filled up before they are sent, unless `push`. */
void capture_session_output(capture_session *w, const void *body, size_t len, int push);

/* The server sends the exit packet, both sides close, and the client must have received so many
 * bytes. */
void capture_session_end(capture_session *w, uint64_t expected);

#endif
