/* SPDX-License-Identifier: ISC */
/* One command from connecting to the end. */
#ifndef SIDEWIRE_CLIENT_RUN_H
#define SIDEWIRE_CLIENT_RUN_H

#include "credentials.h"
#include "invocation.h"

/* Runs it, and returns the exit status, after a message if that is not the server's. Wipes the
 * keys, and closes standard output. */
int run_invocation(const arguments *args, const invocation *i, credentials *keys);

#endif
