/* SPDX-License-Identifier: ISC */
/* A watcher of connections that writes down what it is told, a line for each call: number of the connection, arrow, bytes; and
 * segments that are made for it. */
#ifndef SIDEWIRE_TESTS_FLOW_NOTES_H
#define SIDEWIRE_TESTS_FLOW_NOTES_H

#include "watch/flows.h"

#include <stdio.h>

typedef struct notes {
    FILE *out;
    char *text;
    size_t size;
    unsigned watches;
    int with_times;   /* the time of each is written, too */
    unsigned refused; /* port of a client that is not watched; 0: all are */
} notes;

/* An empty one, and the watcher that writes into it. Whoever opens it closes n->out and frees n->text. Of bytes `boring` it
 * is not interested in more. */
void notes_open(notes *n, flow_watcher *watcher);

enum { STEPS_MAX = 20 };

/* A segment between a client and port 80 of a server. */
typedef struct step {
    unsigned client; /* its port; 0: no more steps */
    int side;        /* a `from` */
    unsigned flags;
    uint32_t seq, ack;
    const char *data;
    uint32_t cut;
} step;

enum { C = FROM_CLIENT, S = FROM_SERVER, SYN = TCP_SYN, ACK = TCP_ACK, FIN = TCP_FIN, RST = TCP_RST };

segment segment_of(const step *s, int64_t time);

typedef struct flow_case {
    const char *name;
    step steps[STEPS_MAX];
    const char *notes;
} flow_case;

/* Runs a case, from time 10 on, and fails the test unless the notes are these. */
void check_flow_case(notes *n, const flow_watcher *watcher, const flow_case *c);

#endif
