/* SPDX-License-Identifier: ISC */
/* The server: its state, and what the parts of it know of each other. */
#ifndef SIDEWIRE_SERVER_SERVER_H
#define SIDEWIRE_SERVER_SERVER_H

#include "admission.h"
#include "blob_store.h"
#include "buffers.h"
#include "connection.h"
#include "keylog_writer.h"
#include "playback.h"
#include "refusals.h"
#include "reload.h"
#include "senders.h"
#include "store_queue.h"

#include <uv.h>

enum { LISTENERS_MAX = 16, SIGNALS = 3 };

typedef struct server_options {
    const char *user_list;
    const char *secret_file; /* NULL: beside the user list */
    const char *host_key;    /* file; NULL: nothing is sealed */
    const char *address;
    long port;
    int in, out;            /* -1: listen; else serve one session over these */
    int inetd;              /* other connections have servers of their own */
    long handshake_timeout; /* seconds */
    long write_timeout;     /* seconds */
    long upload_timeout;    /* seconds */
    long upload_time;       /* seconds, for all of an upload */
    long upload_rate;       /* bytes a second; 0: any */
    long upload_limit;      /* bytes */
    long memory_limit;      /* bytes, for uploads and downloads of all */
    long grace;             /* seconds */
    const char *database;   /* NULL: a temporary one */
    const char *record;     /* file to record to; NULL: none */
    int without_sandbox;
    long max_connections;
    long per_source, per_user; /* connections; 0: any number */
    const char *banner;        /* NULL: the library's */
    sw_policy policy;
    const char *crypto; /* name of a backend; NULL: the default */
    playback *playback; /* with the tracks that options added */
} server_options;

typedef enum tx_size { TX_SMALL, TX_MEDIUM, TX_LARGE, TX_SIZES } tx_size;

typedef struct connection_list {
    connection *oldest, *newest;
} connection_list;

struct server {
    const server_options *options;
    sw_crypto *crypto;
    sw_server_config config;
    sw_x25519_key host_key; /* if there is one */
    user_list users;
    playback *playback;
    senders senders;
    blob_store *blobs;
    store_queue queue;
    reload reload; /* by the last signal */
    recorder *recorder;
    keylog keylog;
    int64_t keylog_told; /* ms: when a failure was logged last; 0: never */
    memory_budget memory;
    buffer_pool rx_buffers, tx_pools[TX_SIZES];
    admission admission;
    refusals refusals;
    connection_list strangers, members;
    size_t open;   /* connections that are not freed yet */
    size_t active; /* connections now */
    unsigned long total, authenticated, commands;
    uint64_t database_events; /* commands that changed the database */
    uint64_t events_seen;     /* server_events when watchers were last told */
    connection *next_watcher; /* of the round that is under way; NULL: none is */
    int64_t started;          /* ms */
    int is_ending, stop, session_failed;
    uv_loop_t loop;
    uv_signal_t signals[SIGNALS];
    int listener_fds[LISTENERS_MAX];
    uv_poll_t listeners[LISTENERS_MAX];
    size_t listener_count;
    uv_timer_t accept_pause, playback_timer, grace_timer;
    int64_t playback_at;     /* deadline that its timer is set to */
    uv_prepare_t turn;       /* once in each turn of the loop */
    uv_idle_t watchers_turn; /* while a round of watchers is under way */
};

/* Milliseconds of a clock that nobody sets. */
int64_t server_clock(void);

/* ---- start.c ---- */

/* Returns an exit status. Failures are reported. */
int server_start(server *s, const server_options *options);

/* ---- server.c ---- */

/* May follow any result of server_start. */
void server_free(server *s);

/* Logs it if something could not be recorded. */
void server_check_recorder(server *s);

/* Uses this list from now on, and frees the one before. */
void server_take_users(server *s, user_list users);

/* Appends to the key log; a failure is logged, but not each one. */
void server_log_keys(server *s, const sw_secrets *keys);

/* Grows with every event: a new round of `stat` is due when it has. */
uint64_t server_events(const server *s);
/* A command that needs AFS_WRITE was successful. */
void server_count_event(server *s);

/* ---- loop.c ---- */

/* From here on signals wait for the loop; before anybody is told that the server is there. Returns an exit
 * status. */
int server_catch_signals(server *s);

/* Returns an exit status. */
int server_run(server *s);

/* No more connections; those that have something to say to an end may, for as long as the option
 * gives them. For the second time, or without such time: the end. */
void server_end(server *s);

/* ---- members.c: which connections there are ---- */

/* A new one is there; a stranger, whose place is counted. */
void server_enter(server *s, connection *c);
/* It is over, and will be freed; and it is. */
void server_leave(server *s, connection *c);
void server_forget(server *s, connection *c);

/* Is authenticated: becomes a member, unless there are too many of the user. */
void server_accept_member(server *s, connection *c, const char *name, size_t len);

#endif
