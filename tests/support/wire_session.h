/* SPDX-License-Identifier: ISC */
/* A session as the bytes of its two sides, made with keys that are known. */
#ifndef SIDEWIRE_TESTS_WIRE_SESSION_H
#define SIDEWIRE_TESTS_WIRE_SESSION_H

#include "support.h"

#include "watch/flows.h"

enum { WIRE_CHALLENGE_SIZE = 256 };

typedef struct wire_session {
    unsigned features;
    sw_secrets keys;
    sw_cipher ciphers[2]; /* by `from` */
    bytes sent[2];
    size_t opening[2]; /* where greeting and request end */
    size_t proof[2];   /* where challenge and response end */
} wire_session;

/* A session of alice up to the response. seed: another one gives other keys. */
void wire_session_start(wire_session *w, const sw_crypto *crypto, unsigned features, uint32_t seed);

/* Appends encrypted bytes as they are, or as a packet. Returns where they begin. */
size_t wire_session_text(wire_session *w, from side, const void *data, size_t len);
size_t wire_session_packet(wire_session *w, from side, uint8_t band, const void *body, size_t len);

/* Its line of a key log. The caller frees it. */
char *wire_session_log(const wire_session *w);

void wire_session_free(wire_session *w);

#endif
