/* One command from connecting to the end. */
#ifndef SIDEWIRE_CLIENT_RUN_H
#define SIDEWIRE_CLIENT_RUN_H

#include "arguments.h"
#include "request.h"

#include <sidewire/keys.h>

/* Runs it, and returns the exit status, after a message if that is not the server's. Wipes the key,
 * and closes standard output. */
int run_request(const arguments *args, const request *r, sw_private_key *key);

#endif
