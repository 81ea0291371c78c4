/* Command line. */
#ifndef SIDEWIRE_DUMP_ARGUMENTS_H
#define SIDEWIRE_DUMP_ARGUMENTS_H

#include "keylog.h"
#include "keyring.h"
#include "select.h"

/* Exit statuses of this program, beside those of report.h. */
enum { STATUS_DAMAGED = 1, STATUS_UNREADABLE = 3 };

/* What goes to standard output. */
typedef enum output_kind { OUTPUT_TEXT, OUTPUT_JSON, OUTPUT_FOLLOW, OUTPUT_STATS, OUTPUT_NONE }
    output_kind;

typedef struct arguments {
    keyring keys;
    keylog_reader *log;         /* or NULL */
    const char *crypto;         /* name of a backend; NULL: the default */
    selection wanted;
    const char *capture;        /* path, `-` is standard input; or */
    const char *interface;      /* of the network; or both NULL: */
    const char *streams[2];     /* paths, by `from`; of at least one side */
    output_kind shown;
    int hex, colour;            /* of text */
    const char *page;           /* path of an HTML page, or NULL */
} arguments;

/* 1: go on. Else the program is to end with *status; all that is to be said was said. */
int arguments_parse(arguments *args, int argc, char **argv, int *status);

void arguments_clear(arguments *args);

/* Both return an exit status. */
int print_help(void);
int print_version(void);

#endif
