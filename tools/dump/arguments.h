/* Command line. */
#ifndef SIDEWIRE_DUMP_ARGUMENTS_H
#define SIDEWIRE_DUMP_ARGUMENTS_H

#include "keyring.h"

/* Exit statuses of this program, beside those of report.h. */
enum { STATUS_DAMAGED = 1, STATUS_UNREADABLE = 3 };

typedef struct arguments {
    keyring keys;
    const char *capture;        /* path, `-` is standard input */
} arguments;

/* 1: go on. Else the program is to end with *status; all that is to be said was said. */
int arguments_parse(arguments *args, int argc, char **argv, int *status);

/* Both return an exit status. */
int print_help(void);
int print_version(void);

#endif
