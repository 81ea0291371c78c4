/* SPDX-License-Identifier: ISC */
/* One client: its descriptors, its session, and how long we wait for it. */
#ifndef SIDEWIRE_SERVER_CONNECTION_H
#define SIDEWIRE_SERVER_CONNECTION_H

#include "buffers.h"
#include "recorder.h"
#include "reply.h"
#include "tally.h"
#include "task.h"
#include "user_list.h"

#include <sidewire/session.h>
#include <uv.h>

typedef struct server server;
typedef struct connection connection;

enum {
    CONNECTION_RX_SIZE = SW_COMMAND_MAX + SW_HEADER_SIZE,
    CONNECTION_TX_SMALL = SW_SCRATCH_FULL, /* for handshakes and short replies */
    CONNECTION_TX_MEDIUM = 65536 + SW_AES_CALL_UNIT,
    CONNECTION_TX_LARGE = 262144 + SW_AES_CALL_UNIT,
    UPLOAD_RATE_FROM_MS = 10000, /* before the least rate of uploads counts */
    LINGER_MS = 2000,
    LINGER_BYTES = 1 << 20, /* taken and dropped meanwhile, at most */
    PEER_NAME_MAX = 80,
    LABEL_MAX = PEER_NAME_MAX + 2 * USER_NAME_MAX + 16 /* quoting doubles a name at most */
};

typedef enum connection_phase {
    PHASE_HANDSHAKE, /* until the command is in */
    PHASE_RUNNING,   /* until the exit is sent */
    PHASE_LINGER,    /* until the peer closes, so that no reset overtakes the exit */
    PHASE_OVER
} connection_phase;

typedef enum connection_standing {
    STRANGER, /* not authenticated, or one too many of a user */
    MEMBER
} connection_standing;

struct connection {
    connection *older, *newer; /* those of the same standing */
    server *server;
    connection_phase phase;
    connection_standing standing;
    tally_entry *counted;                /* where its standing is counted */
    int in, out;                         /* one socket, or two descriptors; out is -1 once closed */
    int flags_in, flags_out;             /* of descriptors that others may share, put back at the end; or -1 */
    unsigned char out_is_socket, at_end; /* at_end: the peer closed */
    unsigned char peer_left;             /* ... and all that it sent was looked at */
    unsigned char authenticated, known;  /* known: the user is on the list */
    unsigned char is_too_many;           /* of its user, which it is told as soon as it can be */
    unsigned char ends_server;           /* when this connection is over */
    unsigned char busy;                  /* a job of it is with the database */
    unsigned char succeeded;             /* its exit got out */
    unsigned char released;              /* the session and its buffers are gone */
    unsigned char open_handles;          /* of uv; it is freed when there are none and it is not busy */
    int events_in, events_out;           /* that are polled for */
    uv_poll_t poll_in, poll_out;         /* one is enough for a socket */
    uv_timer_t timer;
    int64_t timer_at;     /* deadline it is set to */
    int64_t deadline;     /* of this phase, or of the next progress */
    int64_t upload_began; /* ms; 0: no upload */
    uint64_t uploaded;    /* bytes */
    size_t discarded;     /* bytes in PHASE_LINGER */
    unsigned permissions;
    char *user;  /* who it says it is; NULL: has not said yet */
    char *label; /* for the log: the peer, and once known the user's name */
    sw_session session;
    uint8_t *rx, *tx; /* lent to the session; NULL: none */
    size_t tx_cap;
    buffer_pool *tx_pool;
    sw_secrets *keys;     /* of the session, if the server logs them */
    recording *recording; /* NULL: none */
    reply reply;
    task task; /* of a command that goes on */
};

/* Takes over the descriptors, and the place of a stranger, counted by `source`. `peer` is how the log
 * calls it. shared: others have the descriptors, too, so their flags are put back in the end. NULL: it
 * failed, which is logged. It may be over when this returns. */
connection *connection_new(server *s, int in, int out, const char *peer, tally_entry *source, int shared);

/* An event is there, or what it waits for otherwise: the command may have more to say. */
void connection_continue(connection *c);

/* The job of a connection that was busy is done, or will not be. */
void connection_job_done(connection *c);

/* Ends it at once, without a word. It is freed later. */
void connection_end(connection *c);

#endif
