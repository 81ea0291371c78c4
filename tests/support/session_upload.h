/* SPDX-License-Identifier: ISC */
/* A client that uploads and a server that asks for it, over a connection that is cut where the test
 * says and holds little. Fails the test if a session does anything out of order. */
#ifndef SIDEWIRE_TESTS_SESSION_UPLOAD_H
#define SIDEWIRE_TESTS_SESSION_UPLOAD_H

#include "session_pair.h"

enum { UPLOAD_MAX = 20000 };

typedef struct upload_scenario {
    unsigned features;
    int expects;       /* the client says that the command takes an upload */
    const char *first; /* what the server puts out before all else */
    int asks;          /* and whether it asks for the upload then */
    size_t upload;     /* bytes, at most UPLOAD_MAX */
    size_t refused_at; /* the server exits when it has so many of them; 0: at their end */
    const char *reply;
} upload_scenario;

/* How far each application is. */
typedef enum upload_client_stage {
    UPLOAD_CLIENT_STARTED,
    UPLOAD_CLIENT_READY,
    UPLOAD_CLIENT_COMMANDED,
    UPLOAD_CLIENT_ASKED,
    UPLOAD_CLIENT_SENT,
    UPLOAD_CLIENT_OVER,
    UPLOAD_CLIENT_STAGES
} upload_client_stage;

typedef enum upload_server_stage {
    UPLOAD_SERVER_STARTED,
    UPLOAD_SERVER_READY,
    UPLOAD_SERVER_COMMANDED,
    UPLOAD_SERVER_ASKED,
    UPLOAD_SERVER_REPLYING,
    UPLOAD_SERVER_REPLIED,
    UPLOAD_SERVER_EXITED,
    UPLOAD_SERVER_OVER,
    UPLOAD_SERVER_STAGES
} upload_server_stage;

/* One direction of the connection. */
typedef struct upload_stream {
    bytes sent;
    size_t arrived;
    size_t cut;      /* nothing is delivered across this place at once */
    int shut, ended; /* by the sender; as the receiver was told */
} upload_stream;

typedef struct upload_run {
    upload_scenario scenario;
    session_pair pair; /* received and uploaded: what the applications were told */
    upload_client_stage client;
    upload_server_stage server;
    upload_stream up, down;
    size_t step; /* bytes delivered at once; 0: as many as go */
    size_t upload_at, uploaded;
    size_t first_chunk; /* length of the client's first DATA */
    int idle;
} upload_run;

/* Both sides have buffers of these sizes. */
void upload_start(upload_run *u, const upload_scenario *scenario, size_t rx_size, size_t tx_size);
/* One step of each side: the client sends when no event waits, the server first of all. 0: nothing
 * will happen any more. */
int upload_round(upload_run *u);
/* Runs to the end and checks what both were told. */
void upload_finish(upload_run *u);
void upload_free(upload_run *u);

#endif
