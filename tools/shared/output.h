/* SPDX-License-Identifier: ISC */
/* What the server sends for the user: output to standard output, logs to standard error. */
#ifndef SIDEWIRE_TOOLS_OUTPUT_H
#define SIDEWIRE_TOOLS_OUTPUT_H

#include "printable.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

enum { OUTPUT_SLICES = 256 }; /* written by one call at most; systems take 1024 */

/* Text on its way to a descriptor. */
typedef struct text_stream {
    int fd;
    const char *prefix; /* of each line; NULL: none */
    int in_line;
    printable state;
} text_stream;

typedef struct output {
    int on_terminal;  /* standard output is one */
    int raw;          /* standard output gets the bytes as they are */
    int quiet_pipe;   /* no message says that standard output is a pipe that nobody reads any more */
    int reader_gone;  /* and so it is */
    uint8_t log_band; /* whose line may be open on standard error */
    text_stream text, log;
    struct iovec slices[OUTPUT_SLICES]; /* raw bytes that wait for output_flush */
    int slice_count;
} output;

/* raw: nothing is escaped even if standard output is a terminal. */
void output_init(output *out, int raw);

/* Writes a slice of a band at once. 0, or -1 after a message: standard output failed. */
int output_write(output *out, uint8_t band, const void *data, size_t len);

/* The same, but raw bytes for standard output may stay where they are until output_flush, which
 * writes many slices by one call. */
int output_lend(output *out, uint8_t band, void *data, size_t len);
int output_flush(output *out);

/* Completes an open log line: for messages of our own. */
void output_end_line(output *out);

/* Is there a line on the terminal that may go on? */
int output_line_is_open(const output *out);

/* Nothing more comes; closes standard output. end_line: if that is a terminal, an open line is
 * completed. 0, or -1 after a message. */
int output_end(output *out, int end_line);

#endif
