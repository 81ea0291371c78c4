/* One session on a connection: sends the command, passes on what the server says. */
#ifndef SIDEWIRE_CLIENT_CLIENT_H
#define SIDEWIRE_CLIENT_CLIENT_H

#include "arguments.h"
#include "invocation.h"
#include "trust.h"

#include <sidewire/keys.h>

#include <stdint.h>

typedef struct client client;

/* All that is given stays in use; the key is wiped as soon as the server took it. NULL after a
 * message. */
client *client_new(const arguments *args, const invocation *i, const sw_crypto *crypto,
                   sw_private_key *key, trust *t);

/* Runs the whole session on two descriptors, which may be the same. peer: how messages name the
 * server. deadline: of the handshake. Returns the exit status, or CLIENT_AGAIN: the user was asked about
 * the server, which may have had no patience, so a new connection is needed. */
enum { CLIENT_AGAIN = -2 };
int client_run(client *c, const char *peer, int in, int out, int64_t deadline);

void client_free(client *c);

#endif
