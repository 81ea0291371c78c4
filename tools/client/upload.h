/* SPDX-License-Identifier: ISC */
/* The data of an upload on its way from a descriptor to a session. */
#ifndef SIDEWIRE_CLIENT_UPLOAD_H
#define SIDEWIRE_CLIENT_UPLOAD_H

#include "progress.h"
#include "invocation.h"

#include <sidewire/session.h>

enum { UPLOAD_PACKET_SIZE = 32768 }; /* bytes */

typedef struct upload {
    int data;         /* descriptor to read from; -1: none */
    const char *name; /* how messages call it */
    int asked;        /* the server wants it */
    int complete;     /* all of it, and its end, was given to the session */
    uint64_t given;   /* bytes */
    progress progress;
    uint8_t packet[UPLOAD_PACKET_SIZE];
} upload;

void upload_init(upload *u, const invocation *i);

/* Reads once, which is meant to be called when poll() says that the data is ready, and queues what
 * came; all before it must have been sent. 0, an error of the session, or UPLOAD_CANNOT_READ with
 * errno. */
enum { UPLOAD_CANNOT_READ = 1 };
int upload_some(upload *u, sw_session *session);

#endif
