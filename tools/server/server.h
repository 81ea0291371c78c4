/* The server: its state and its loop. */
#ifndef SIDEWIRE_SERVER_SERVER_H
#define SIDEWIRE_SERVER_SERVER_H

#include "connection.h"

struct server_options {
    const char *user_list;
    const char *address;
    long port;
    int in, out;                 /* -1: listen; else serve one session over these */
    long handshake_timeout;      /* seconds */
    long write_timeout;          /* seconds */
    long max_connections;
    long fake_challenge_size;    /* 0: the library's */
    const char *banner;          /* NULL: the library's */
    sw_policy policy;
};

struct server {
    const struct server_options *options;
    sw_crypto *crypto;
    sw_server_config config;
    struct user_list users;
    sw_argument *arguments;      /* of the command being run: SW_COMMAND_MAX, no command has more */
    struct connection *connections;
    struct pollfd *polls;        /* see POLL_* in server.c */
    int listener;                /* -1 when serving one session */
    int64_t started;             /* ms */
    int64_t pause_until;         /* ms: no accepting before */
    size_t active;               /* connections now */
    unsigned long total, authenticated, commands;
    int stop;
    int session_failed;
};

/* Milliseconds of a clock that nobody sets. */
int64_t server_clock(void);

/* Each returns an exit status. Failures are reported. server_free may follow any result. */
int server_start(struct server *server, const struct server_options *options);
int server_run(struct server *server);
void server_free(struct server *server);

#endif
