/* A capture file, frame by frame. */
#ifndef SIDEWIRE_DUMP_CAPTURE_H
#define SIDEWIRE_DUMP_CAPTURE_H

#include "frame.h"

enum { CAPTURE_WHY_SIZE = 512 };

/* What was read, and what of it could not be used. */
typedef struct capture_counts {
    uint64_t frames;
    uint64_t fragments;         /* of IP packets with TCP */
    uint64_t cut;               /* captured too short for their headers */
    uint64_t shortened;         /* captured without the end of their data */
    uint64_t damaged;           /* with headers that contradict each other */
} capture_counts;

typedef struct capture capture;

/* Opens a pcap or pcapng file, `-` is standard input. NULL with the reason in why. */
capture *capture_open(const char *path, char why[CAPTURE_WHY_SIZE]);

/* The next TCP segment, valid until the next call. 1; 0 at the end; -1 if the file is damaged from
 * here on, with the reason in why. */
int capture_next(capture *c, segment *out, char why[CAPTURE_WHY_SIZE]);

const capture_counts *capture_seen(const capture *c);

void capture_close(capture *c);

#endif
