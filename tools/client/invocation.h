/* SPDX-License-Identifier: ISC */
/* One command for a server, and what an upload sends. */
#ifndef SIDEWIRE_CLIENT_INVOCATION_H
#define SIDEWIRE_CLIENT_INVOCATION_H

#include <sidewire/audio/commands.h>

typedef struct invocation {
    const char *const *argv; /* NULL-terminated; argv[0] is the command's name */
    size_t argc;
    int data;              /* descriptor of what an upload sends; -1: there is nothing */
    const char *data_name; /* how messages call it */
    int end_line;          /* a prompt follows: a terminal gets whole lines */
} invocation;

/* The command of this name in the library's tables; NULL: not a known one. */
const sw_command *known_command(const char *name);

#endif
