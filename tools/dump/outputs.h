/* All that a run writes, as one sink. */
#ifndef SIDEWIRE_DUMP_OUTPUTS_H
#define SIDEWIRE_DUMP_OUTPUTS_H

#include "arguments.h"
#include "printer.h"

#include <stdio.h>

enum { OUTPUTS_MAX = 2 };

typedef struct outputs {
    printer printers[OUTPUTS_MAX];
    size_t count;
    FILE *page;                 /* or NULL */
    const char *page_path;
    event_sink sink;
} outputs;

/* name: of what is read. 0, or -1 after a message; *out must stay. */
int outputs_open(outputs *out, const arguments *args, const char *name, const sw_crypto *crypto);

/* Do they want bodies whole? */
int outputs_want_bodies(const arguments *args);

/* Hands on what waits in buffers. 0, or -1: standard output fails. */
int outputs_flush(outputs *out);

/* After the last event. 0, or -1 after a message. */
int outputs_close(outputs *out);

#endif
