/* What the sources of captured packets share. */
#ifndef SIDEWIRE_DUMP_CAPTURE_INTERNAL_H
#define SIDEWIRE_DUMP_CAPTURE_INTERNAL_H

#include "capture.h"

#include <pcap/pcap.h>

enum { CAPTURE_BUFFER_SIZE = 256 << 10 };

struct capture {
    pcap_t *pcap;
    int fd;                     /* of the file, or what to wait for */
    int is_live;
    uint32_t tick;              /* nanoseconds that the smaller part of a time counts in */
    frames *frames;
    unsigned link;
    capture_hooks hooks;
    capture_counts counts;
    char buffer[CAPTURE_BUFFER_SIZE];  /* of the file */
};

/* Is the link type known? 0, or -1 with the reason in why. */
int capture_check_link(capture *c, char why[CAPTURE_WHY_SIZE]);

#endif
