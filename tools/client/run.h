/* One command from connecting to the end. */
#ifndef SIDEWIRE_CLIENT_RUN_H
#define SIDEWIRE_CLIENT_RUN_H

#include "arguments.h"
#include "invocation.h"

#include <sidewire/keys.h>

/* Runs it, and returns the exit status, after a message if that is not the server's. Wipes the key,
 * and closes standard output. */
int run_invocation(const arguments *args, const invocation *i, sw_private_key *key);

#endif
