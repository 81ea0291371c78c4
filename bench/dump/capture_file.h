/* SPDX-License-Identifier: ISC */
/* A capture file whose clock is made up, so that the same traffic always gives the same file. */
#ifndef SIDEWIRE_BENCH_CAPTURE_FILE_H
#define SIDEWIRE_BENCH_CAPTURE_FILE_H

#include "tcp_packet.h"

#include <time.h>

typedef struct capture_file {
    int fd;
    struct timespec now;
    uint64_t packets; /* written so far */
} capture_file;

/* Makes the file, or empties it. Here and below failure is told, and ends the program. */
void capture_file_create(capture_file *file, const char *path);

/* Adds the packet that ends[from] sends next, see tcp_packet. */
void capture_file_add(capture_file *file, tcp_connection *connection, int from, unsigned flags, const void *data,
                      size_t len);

void capture_file_close(capture_file *file);

#endif
