/* SPDX-License-Identifier: ISC */
/* Which server is the right one: by a pin, by the file of known servers, or because the user says so
 * [sealed, section 7]. */
#ifndef SIDEWIRE_CLIENT_TRUST_H
#define SIDEWIRE_CLIENT_TRUST_H

#include "known_servers.h"

typedef struct trust {
    const sw_crypto *crypto;
    const char *peer;                  /* how messages name the server */
    char address[SERVER_ADDRESS_SIZE]; /* how the file does; empty: it cannot be in it */
    int has_pin;
    uint8_t pin[SW_X25519_SIZE];
    char *path; /* of the file; NULL: none */
    int accept_new;
    int is_known; /* before it said anything: nothing but a sealed session will do */
} trust;

typedef enum trust_answer {
    TRUST_NO, /* after a message */
    TRUST_YES,
    TRUST_ASKED /* the user was asked and said yes, which took time */
} trust_answer;

/* Which server is meant: host and port, NULL for a connection that exists. pin: base64 or a file with a
 * key in it or in a line of known servers; known_servers: a file; either may be NULL: none, the usual
 * one. 0, or -1 after a message. */
int trust_init(trust *t, const sw_crypto *crypto, const char *host, const char *port, const char *pin,
               const char *known_servers, int accept_new);

/* Is this the server's key? A new one may be asked about and is then added to the file. */
trust_answer trust_decide(trust *t, const uint8_t key[SW_X25519_SIZE]);

void trust_free(trust *t);

#endif
