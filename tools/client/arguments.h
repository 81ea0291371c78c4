/* SPDX-License-Identifier: ISC */
/* The command line, and the defaults that come from elsewhere. */
#ifndef SIDEWIRE_CLIENT_ARGUMENTS_H
#define SIDEWIRE_CLIENT_ARGUMENTS_H

#include "host.h"
#include "option_table.h"
#include "recorder.h"

#include <sidewire/handshake.h>

typedef struct arguments {
    char host[HOST_SIZE];
    const char *port;            /* of --port */
    const char *host_port;       /* behind the host, which counts more; NULL: none */
    int in, out;                 /* descriptors of a connection that exists; -1: none */
    const char *user, *key_path; /* NULL: not given */
    sw_policy policy;
    const char *server_key, *known_servers; /* NULL: not given */
    int accept_new;
    int plain;          /* no sealed sessions */
    const char *crypto; /* name of a backend; NULL: the default */
    long timeout;       /* seconds; 0: none */
    long idle_timeout;  /* likewise */
    long legacy_wait;   /* milliseconds */
    int raw, verbose;
    int quiet_pipe;      /* standard output may end early without a message, as SIGPIPE was not ignored */
    int upload;          /* standard input is for the command, whatever it is */
    int interactive;     /* commands come from standard input */
    const char *history; /* file of it; NULL: not given, empty: none */
    const char *record;  /* file to record to; NULL: not given */
    recorder *recorder;  /* once that is open */
    const char *config;  /* file of defaults; NULL: not given, empty: none */
    char *config_text;   /* what some of these are parts of */
    const char *const *command;
    size_t command_count;
} arguments;

extern const option_row client_options[];
extern const manual client_manual;

enum { ARGUMENTS_OK = -1 };

/* Returns ARGUMENTS_OK, or the exit status: after a message, or after --help or --version. */
int arguments_parse(arguments *args, int argc, char **argv);

void arguments_free(arguments *args);

#endif
