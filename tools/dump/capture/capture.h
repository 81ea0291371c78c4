/* SPDX-License-Identifier: ISC */
/* Captured packets, from files or from a network interface, one by one. */
#ifndef SIDEWIRE_DUMP_CAPTURE_H
#define SIDEWIRE_DUMP_CAPTURE_H

#include "input.h"
#include "watch/frame.h"

/* What was read, and what of it could not be used. */
typedef struct capture_counts {
    uint64_t bytes;     /* of the files */
    uint64_t frames;    /* that the filter let pass */
    uint64_t cut;       /* captured too short for their headers */
    uint64_t shortened; /* captured without the end of their data */
    uint64_t damaged;   /* with headers that contradict each other */
    uint64_t dropped;   /* by those who captured, who had no room for them */
} capture_counts;

/* All must stay. */
typedef struct capture_setup {
    const char *const *paths; /* of pcap or pcapng files or pipes, `-` is standard input; or, if none: */
    size_t path_count;
    const char *interface; /* of the network */
    const char *filter;    /* as of pcap-filter(7), or NULL */
    uint64_t limit;        /* frames that pass the filter; 0: none */
    capture_hooks hooks;
    /* Each of these frames, with what it is; *seg as frames_parse gives it. NULL: nobody wants them. */
    void (*frame)(void *ctx, const frame *in, frame_result result, const segment *seg);
    void *frame_ctx;
} capture_setup;

typedef struct capture capture;

/* Prints the interfaces that there are, one a line. 0, or -1 with the reason in why. */
int capture_list_interfaces(char why[CAPTURE_WHY_SIZE]);

/* An interface is captured from until a signal comes (interrupt.h). NULL with the reason in why. */
capture *capture_open(const capture_setup *setup, char why[CAPTURE_WHY_SIZE]);

/* The next TCP segment, valid until the next call; those of several files by their time. 1; 0 at the
 * end, or if a signal came; -1 if the capture is damaged from here on, with the reason in why. Of
 * several files, the others are read to their ends before. */
int capture_next(capture *c, segment *out, char why[CAPTURE_WHY_SIZE]);

/* Of the file; -1 if there is none, or several. */
int capture_descriptor(const capture *c);

const capture_counts *capture_seen(const capture *c);

/* What else the frames were. */
const frames *capture_frames(const capture *c);

void capture_close(capture *c);

#endif
