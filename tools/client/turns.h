/* SPDX-License-Identifier: ISC */
/* The user's keys in turn, a connection each, until the server takes one. */
#ifndef SIDEWIRE_CLIENT_TURNS_H
#define SIDEWIRE_CLIENT_TURNS_H

#include "client.h"

typedef enum session_kind {
    KIND_UNKNOWN, /* as long as no server has said what it offers */
    KIND_SEALED,
    KIND_PLAIN
} session_kind;

typedef struct turns {
    const arguments *args;
    credentials *keys;
    sw_crypto *crypto; /* replaced if a key needs another one */
    session_kind kind;
    unsigned tried;   /* bits of keys, also of those that turned out to be of no use */
    unsigned offered; /* bits of those that a server refused */
    int connections;
    char why[CLIENT_REFUSAL_SIZE]; /* the last one was of no use */
} turns;

/* crypto is taken over, until turns_end. */
void turns_begin(turns *t, const arguments *args, credentials *keys, sw_crypto *crypto);
void turns_end(turns *t);

/* What to try next. 1, or 0: nothing is left, or it would be one connection too many. */
int turns_next(turns *t, proof *p);

/* That was refused, as client_run said. */
void turns_refused(turns *t, const proof *p, int status, const char *why);

/* Nothing is left: tells which keys were tried, and returns the exit status. */
int turns_give_up(const turns *t, const char *peer);

#endif
