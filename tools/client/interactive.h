/* SPDX-License-Identifier: ISC */
/* Commands from standard input, each on a connection of its own. */
#ifndef SIDEWIRE_CLIENT_INTERACTIVE_H
#define SIDEWIRE_CLIENT_INTERACTIVE_H

#include "credentials.h"

/* Runs one line after the other, with a prompt if standard input is a terminal. Returns the status
 * of the last command, 0 if there was none. */
int interactive_run(const arguments *args, credentials *keys);

#endif
