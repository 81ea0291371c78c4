/* SPDX-License-Identifier: ISC */
/* Command line. */
#ifndef SIDEWIRE_DUMP_ARGUMENTS_H
#define SIDEWIRE_DUMP_ARGUMENTS_H

#include "capture/frame_file.h"
#include "option_table.h"
#include "show/filter.h"
#include "show/views.h"
#include "watch/keylog.h"
#include "watch/keyring.h"

/* Exit statuses of this program, beside those of report.h. */
enum { STATUS_DAMAGED = 1, STATUS_UNREADABLE = 3 };

typedef struct arguments {
    keyring keys;
    keylog_reader *log; /* or NULL */
    const char *crypto; /* name of a backend; NULL: the default */
    filter wanted;
    const char **captures; /* paths, `-` is standard input; or, if none: */
    size_t capture_count;
    const char *interface;  /* of the network; or, if NULL: */
    const char *streams[2]; /* paths, by `from`; of at least one side */
    char *filter;           /* of packets, as tcpdump has it, or NULL */
    long packets;           /* after which it ends; 0: none */
    int list;               /* interfaces, and nothing else */
    int without_sandbox;
    const char *user;      /* who to be once an interface is open, or NULL */
    frame_file_setup copy; /* where packets go to; path NULL: nowhere */
    long megabytes;        /* of a file of these */
    views_wanted shown;
    const char *shown_by;       /* the option that chose it, or NULL */
    int log_named, log_several; /* by options */
} arguments;

extern const option_row dump_input_options[], dump_key_options[], dump_output_options[], dump_selection_options[],
    dump_other_options[];
extern const manual dump_manual;

void arguments_add_capture(arguments *args, const char *path);

/* 1: go on. Else the program is to end with *status; all that is to be said was said. */
int arguments_parse(arguments *args, int argc, char **argv, int *status);

void arguments_clear(arguments *args);

#endif
