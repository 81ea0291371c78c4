/* SPDX-License-Identifier: ISC */
/* A whole server in the test's own process, which takes its turns when the test says so, and clients that visit it over
 * real sockets: what a connection is at can be looked at between any two turns. Users are alice and bob, see
 * user_keys.h; bob may only read. */
#ifndef SIDEWIRE_TESTS_SERVING_H
#define SIDEWIRE_TESTS_SERVING_H

#include "server.h"

enum { VISITOR_TEXT_SIZE = 1 << 17 };

extern server serving;

/* Fixtures, with a folder of the test and own_errors.h, where the log goes. */
void serving_enter(void);
void serving_leave(void);

/* Starts it with further options (words, NULL behind them), on a free port of 127.0.0.1. */
void serving_start(const char *const *words);

/* Bytes of the log that are about its start. */
extern size_t serving_log_start;

/* Where it listens; kept until the test ends. */
const char *serving_port(void);

/* One turn of the loop, without waiting, and of all visitors. */
void serving_turn(void);
/* Whether the server has its part of a turn just now; of the thread that asks. */
extern _Thread_local int serving_is_turning;
/* Turns, until the log has the text, or until no connection is left. Fails the test if that takes too long. */
void serving_until_log(const char *text);
void serving_until_empty(void);

/* ---- clients ---- */

typedef struct visitor {
    int fd;
    sw_crypto *crypto;
    sw_private_key key;
    sw_public_key public_key; /* of a sealed one */
    sw_client_config config;
    sw_session session;
    uint8_t rx[65536], tx[131072];
    connection *there; /* its connection in the server; dangles when that is over */
    int is_deaf;       /* reads nothing for now */
    unsigned seen;     /* bits 1 << SW_EVENT_... */
    int error;         /* 0, or that of the session */
    int status;        /* -1: no exit came */
    char output[VISITOR_TEXT_SIZE], errors[512];
    size_t output_len, errors_len;
} visitor;

/* Connects, and waits until the server has it, or has closed it. key: the name of the file of the one it has. */
visitor *visitor_come(const char *name, const char *key);
/* The same, of a session that is sealed, for which the server needs a host key. */
visitor *visitor_come_sealed(const char *name, const char *key);
/* The same without a session: bytes are the test's. */
visitor *visitor_come_bare(void);
/* Turns until the event was seen; fails the test if the session is over before. */
void visitor_await(visitor *v, int event);
void visitor_log_in(visitor *v);
/* Logged in: sends a command of words with NULL behind them. */
void visitor_command(visitor *v, const char *const *words);
/* All of it, until the exit; returns its status. */
int visitor_run(visitor *v, const char *const *words);
/* Queues a packet of an upload. */
void visitor_upload(visitor *v, const void *data, size_t len);
/* Closes its socket. */
void visitor_go(visitor *v);
/* Frees it, behind visitor_go; serving_leave does both to all that are left. */
void visitor_forget(visitor *v);

#endif
