/* SPDX-License-Identifier: ISC */
/* Whoever connects, asks for a challenge in some name, and answers it wrongly. */
#ifndef SIDEWIRE_TESTS_CHALLENGE_H
#define SIDEWIRE_TESTS_CHALLENGE_H

#include "tools.h"

#include <stdint.h>

enum { BLOCK_MAX = 1024 }; /* bytes of a challenge */

/* A server that listens, or one for each connection, by --inetd; both have the list `users`. */
typedef struct target {
    server server;
    int is_inetd;
    const char *options;
    pid_t child; /* --inetd: of the connection */
} target;

typedef struct challenge {
    size_t size;
    uint8_t block[BLOCK_MAX];
    double asked_ms;   /* from the request to the challenge */
    double refused_ms; /* from the wrong answer to the end of the connection */
} challenge;

/* options: words, of one kind of server or the other. */
target target_start(int is_inetd, const char *options);
void target_stop(const target *t);

/* Asks in a name. With is_answered: answers, too, and waits for the end. */
void challenge_ask(target *t, const char *name, int is_answered, challenge *c);

#endif
