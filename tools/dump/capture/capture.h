/* Captured packets, from a file or from a network interface, one by one. */
#ifndef SIDEWIRE_DUMP_CAPTURE_H
#define SIDEWIRE_DUMP_CAPTURE_H

#include "watch/frame.h"

enum { CAPTURE_WHY_SIZE = 512 };

/* What was read, and what of it could not be used. */
typedef struct capture_counts {
    uint64_t bytes;             /* of the file */
    uint64_t frames;
    uint64_t fragments;         /* of IP packets with TCP */
    uint64_t cut;               /* captured too short for their headers */
    uint64_t shortened;         /* captured without the end of their data */
    uint64_t damaged;           /* with headers that contradict each other */
    uint64_t dropped;           /* by the system, which had no room for them */
} capture_counts;

/* Whoever wants to know how it goes on. */
typedef struct capture_hooks {
    void *ctx;
    /* Before it waits for more: time to show what is there. It is called again, with `quiet`, if
     * nothing comes for so many milliseconds as it returns; -1: it need not be. */
    int (*idle)(void *ctx, int quiet);
    void (*progress)(void *ctx, uint64_t bytes);    /* so much of the file was read */
} capture_hooks;

typedef struct capture capture;

/* Opens a pcap or pcapng file or pipe, `-` is standard input. NULL with the reason in why. */
capture *capture_open(const char *path, capture_hooks hooks, char why[CAPTURE_WHY_SIZE]);

/* Captures what a network interface sees of TCP, until a signal comes (interrupt.h). */
capture *capture_live(const char *interface, capture_hooks hooks, char why[CAPTURE_WHY_SIZE]);

/* The next TCP segment, valid until the next call. 1; 0 at the end, or if a signal came; -1 if the
 * capture is damaged from here on, with the reason in why. */
int capture_next(capture *c, segment *out, char why[CAPTURE_WHY_SIZE]);

/* Of the file; -1 if there is none. */
int capture_descriptor(const capture *c);

const capture_counts *capture_seen(const capture *c);

void capture_close(capture *c);

#endif
