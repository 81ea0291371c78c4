/* SPDX-License-Identifier: ISC */
/* Where frames come from: one file or one interface. */
#ifndef SIDEWIRE_DUMP_SOURCE_H
#define SIDEWIRE_DUMP_SOURCE_H

#include "input.h"
#include "pcapng.h"

typedef struct source {
    void *self;
    /* The next frame, valid until the next call. 1; 0 at the end, or if a signal came; -1 if it is
     * damaged from here on, with the reason in why. */
    int (*next)(void *self, frame *out, char why[CAPTURE_WHY_SIZE]);
    /* Frames that whoever captured had no room for, so far. */
    uint64_t (*dropped)(void *self);
    int (*descriptor)(const void *self); /* of the file, else -1 */
    void (*close)(void *self);
} source;

/* A pcap or pcapng file or pipe, which may be compressed; `-` is standard input. *read counts bytes. Hooks
 * and counter must stay. 0, or -1 with the reason in why. */
int source_file(source *out, const char *path, const capture_hooks *hooks, uint64_t *read,
                char why[CAPTURE_WHY_SIZE]);

/* A network interface, or `any`. The filter, an expression as of pcap-filter(7), may be NULL. */
int source_live(source *out, const char *interface, const char *filter, const capture_hooks *hooks,
                char why[CAPTURE_WHY_SIZE]);

#endif
