/* SPDX-License-Identifier: ISC */
/* OpenSSL's TLS 1.3 with AES-128-GCM, both sides in memory. */
#ifndef SIDEWIRE_BENCH_TLS_H
#define SIDEWIRE_BENCH_TLS_H

#include <openssl/ssl.h>

typedef struct tls {
    SSL_CTX *client_ctx, *server_ctx;
    SSL *client, *server; /* of the connection there is, or NULL */
} tls;

/* With an RSA-2048 certificate made now, which the client takes as it is: nothing but the
 * signature of the handshake is checked. No tickets are sent. */
void tls_init(tls *t);

/* With AES-256-GCM, and certificates of Ed25519 or RSA-2048 on both sides, which both sides check. */
void tls_init_mutual(tls *t, int is_ed25519);

/* A connection with its handshake. server_time: the server's part, see timing_begin_part. */
void tls_connect(tls *t, double *server_time);
/* Ends it without a word, likewise. */
void tls_disconnect(tls *t, double *server_time);

/* When there is no connection. */
void tls_free(tls *t);

#endif
