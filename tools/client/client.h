/* SPDX-License-Identifier: ISC */
/* One session on a connection: sends the command, passes on what the server says. */
#ifndef SIDEWIRE_CLIENT_CLIENT_H
#define SIDEWIRE_CLIENT_CLIENT_H

#include "arguments.h"
#include "credentials.h"
#include "invocation.h"
#include "trust.h"

#include <signal.h>
#include <stdint.h>

typedef struct client client;

/* Which keys prove the user: one in a sealed session, and one, which may be the same, in a plain one. NULL:
 * there is none. Those who do not decrypt sign. */
typedef struct proof {
    credentials *all; /* wiped as soon as the server took one */
    const credential *signer, *decrypter;
    size_t signer_at, decrypter_at; /* their places */
} proof;

/* All that is given stays in use. NULL after a message. */
client *client_new(const arguments *args, const invocation *i, const sw_crypto *crypto, const proof *p, trust *t);

/* An exit status: standard output is a pipe that nobody reads any more. The program is to end by that signal. */
enum { STATUS_READER_GONE = 128 + SIGPIPE };

/* In place of an exit status. AGAIN: the user was asked about the server, which may have had no patience, so
 * a new connection is needed. KEY_REFUSED: the signer in a sealed session, or the decrypter in a plain one,
 * cannot be used or is not accepted, for client_refusal; no message. */
enum { CLIENT_AGAIN = -2, CLIENT_KEY_REFUSED_SEALED = -3, CLIENT_KEY_REFUSED_PLAIN = -4 };
enum { CLIENT_REFUSAL_SIZE = 256 };

/* Runs the whole session on two descriptors, which may be the same. peer: how messages name the
 * server. deadline: of the handshake. Returns the exit status, or one of those above. */
int client_run(client *c, const char *peer, int in, int out, int64_t deadline);

/* Valid until client_free. */
const char *client_refusal(const client *c);

void client_free(client *c);

#endif
