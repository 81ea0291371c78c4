/* The server: its state and its loop. */
#ifndef SIDEWIRE_SERVER_SERVER_H
#define SIDEWIRE_SERVER_SERVER_H

#include "blob_store.h"
#include "connection.h"
#include "keylog_writer.h"
#include "playback.h"
#include "senders.h"

typedef struct server_options {
    const char *user_list;
    const char *address;
    long port;
    int in, out;                 /* -1: listen; else serve one session over these */
    int inetd;                   /* other connections have servers of their own */
    long handshake_timeout;      /* seconds */
    long write_timeout;          /* seconds */
    long upload_timeout;         /* seconds */
    long upload_limit;           /* bytes */
    const char *database;        /* NULL: a temporary one */
    const char *record;          /* file to record to; NULL: none */
    long max_connections;
    const char *banner;          /* NULL: the library's */
    sw_policy policy;
    const char *crypto;          /* name of a backend; NULL: the default */
    playback *playback;   /* with the tracks that options added */
} server_options;

/* Places in s->polls. */
enum { POLL_SIGNALS = 0, POLL_LISTENER = 1, POLL_CONNECTIONS = 2 };

struct server {
    const server_options *options;
    sw_crypto *crypto;
    sw_server_config config;
    user_list users;
    playback *playback;
    senders senders;
    blob_store *blobs;
    recorder *recorder;
    keylog keylog;
    connection *connections;
    struct pollfd *polls;        /* see POLL_* */
    int listener;                /* -1 when serving one session */
    int64_t started;             /* ms */
    int64_t pause_until;         /* ms: no accepting before */
    uint64_t database_events;    /* commands that changed the database */
    uint64_t events_seen;        /* server_events before connections were last served */
    size_t active;               /* connections now */
    unsigned long total, authenticated, commands;
    int stop;
    int session_failed;
};

/* Milliseconds of a clock that nobody sets. */
int64_t server_clock(void);

/* Each returns an exit status. Failures are reported. server_free may follow any result. */
int server_start(server *s, const server_options *options);
int server_run(server *s);
void server_free(server *s);

/* Takes over the descriptors, unless it fails. 0, or -1. */
int server_add_connection(server *s, int in, int out, const char *peer, int64_t now);
/* Frees the connection that *link points to, and notes how it went. */
void server_remove_connection(server *s, connection **link);

/* Logs it if something could not be recorded. */
void server_check_recorder(server *s);

/* Reads the user list again. 0, or -1 if the old one stays. Either is logged. */
int server_reload(server *s);

/* Grows with every event: a new round of `stat` is due when it has. */
uint64_t server_events(const server *s);
/* A command that needs AFS_WRITE was successful. */
void server_count_event(server *s);

#endif
