/* SPDX-License-Identifier: ISC */
/* A server without sockets, for the commands on the blob tables. */
#ifndef SIDEWIRE_TESTS_BLOB_SERVER_H
#define SIDEWIRE_TESTS_BLOB_SERVER_H

#include "blob_support.h"
#include "connection.h"

#include <sidewire/audio.h>

enum {
    WORDS_MAX = 6, /* of a command, with the NULL behind them */
    UPLOAD_LIMIT = 100000,
    NOW = 1000 /* ms */
};

#define SYNTAX "syntax error in command\n"
#define TOO_LARGE SW_MESSAGE_FILE_TOO_LARGE "\n"
#define NO_MATCHES "no matches\n"
#define EXISTS "name exists already\n"
#define BAD_NAME "invalid name\n"
#define DATABASE "database failure\n"

/* The images that the fixture begins with, of contents `BB`, `A`, none, and `x`. */
#define IMAGES "1 b\n2 a\n3 c\n4 a b\n"

/* Checked fixture: a server with a private database. */
void blob_server_start(void);
void blob_server_stop(void);

/* Instead of the fixture: with this database as it is. */
void blob_server_open(const char *path);

blob_store *blob_server_store(void);
/* Events that were counted since the start. */
int blob_server_events(void);

/* Begins a command. The caller frees the connection. */
connection *blob_server_run(const sw_argument *argv, size_t argc);
/* From words with a NULL behind them. */
connection *blob_server_run_words(const char *const *words);
/* Lets it go on once; there must be nothing left to send. */
void blob_server_resume(connection *c);
/* An add: it has asked for the upload. */
connection *blob_server_begin_upload(const char *command, const char *name);
void blob_server_free(connection *c);

/* Lets the command go on to its end, and frees the connection. The running test fails unless these
 * are its OUTPUT and ERROR_LOG, and the status is that of a failure if there are errors. */
void expect_answer(connection *c, const char *output, const char *errors);
/* All of it. */
void expect_words(const char *const *words, const char *output, const char *errors);

#endif
