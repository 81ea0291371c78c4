/* One client: its descriptors, its session, and how long we wait for it. */
#ifndef SIDEWIRE_SERVER_CONNECTION_H
#define SIDEWIRE_SERVER_CONNECTION_H

#include "recorder.h"
#include "reply.h"
#include "task.h"
#include "user_list.h"

#include <poll.h>
#include <sidewire/session.h>

typedef struct server server;

enum {
    CONNECTION_RX_SIZE = SW_COMMAND_MAX + SW_HEADER_SIZE,
    CONNECTION_TX_SIZE = 65536,
    LINGER_MS = 2000,
    PEER_NAME_MAX = 80,
    LABEL_MAX = PEER_NAME_MAX + 2 * USER_NAME_MAX + 16   /* quoting doubles a name at most */
};

typedef enum connection_phase {
    PHASE_HANDSHAKE,             /* until the command is in */
    PHASE_RUNNING,               /* until the exit is sent */
    PHASE_LINGER,                /* until the peer closes, so that no reset overtakes the exit */
    PHASE_OVER
} connection_phase;

struct connection {
    connection *next;
    server *server;
    connection_phase phase;
    int in, out;                 /* one socket, or two descriptors; out is -1 once closed */
    int out_is_socket;
    int at_end;                  /* the peer closed */
    int peer_left;               /* ... and all that it sent was looked at */
    int authenticated;
    int known;                   /* the user is on the list */
    int ends_server;             /* when this connection is over */
    int64_t deadline;            /* of this phase, or of the next progress; -1: none */
    size_t polled;               /* places taken by connection_poll */
    unsigned permissions;
    char label[LABEL_MAX];       /* for the log: the peer, and once known the user's name */
    sw_session session;
    sw_secrets keys;           /* of the session, if the server logs them */
    recording *recording;        /* NULL: none */
    reply reply;
    task task;            /* of a command that goes on */
    uint8_t rx[CONNECTION_RX_SIZE];
    uint8_t tx[CONNECTION_TX_SIZE];
};

/* Takes over the descriptors, unless it returns NULL, which it logs. Times are in ms. */
connection *connection_new(server *s, int in, int out, const char *peer,
                           int64_t now);

/* Writes what to poll for to fds[0..2). Returns how many places it took, each with an open
 * descriptor: poll refuses more places than a process may have descriptors. */
size_t connection_poll(connection *c, struct pollfd *fds);

/* Acts on what poll found in those places, and on the clock. */
void connection_service(connection *c, const struct pollfd *fds, int64_t now);

/* When connection_service has something to do by time: ms; INT64_MAX: not by time. */
int64_t connection_wake(const connection *c);

/* Did the command's exit get out? Worth asking in PHASE_OVER. */
int connection_succeeded(const connection *c);

void connection_free(connection *c);

#endif
