/* Command line. */
#ifndef SIDEWIRE_DUMP_ARGUMENTS_H
#define SIDEWIRE_DUMP_ARGUMENTS_H

#include "show/filter.h"
#include "show/views.h"
#include "watch/keylog.h"
#include "watch/keyring.h"

/* Exit statuses of this program, beside those of report.h. */
enum { STATUS_DAMAGED = 1, STATUS_UNREADABLE = 3 };

typedef struct arguments {
    keyring keys;
    keylog_reader *log;         /* or NULL */
    const char *crypto;         /* name of a backend; NULL: the default */
    filter wanted;
    const char *capture;        /* path, `-` is standard input; or */
    const char *interface;      /* of the network; or both NULL: */
    const char *streams[2];     /* paths, by `from`; of at least one side */
    views_wanted shown;
} arguments;

/* 1: go on. Else the program is to end with *status; all that is to be said was said. */
int arguments_parse(arguments *args, int argc, char **argv, int *status);

void arguments_clear(arguments *args);

/* Both return an exit status. */
int print_help(void);
int print_version(void);

#endif
