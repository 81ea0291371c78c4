/* From a captured frame to the TCP segment in it: link layer, IP, TCP. Pure functions. */
#ifndef SIDEWIRE_DUMP_FRAME_H
#define SIDEWIRE_DUMP_FRAME_H

#include <stddef.h>
#include <stdint.h>

/* One end of a TCP connection. */
typedef struct endpoint {
    uint8_t ip[16];             /* IPv4: the first four bytes, the rest zero */
    uint16_t port;
    uint8_t family;             /* 4 or 6 */
} endpoint;

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 };

enum { TCP_SCALE_MAX = 14, TCP_NO_SCALE = 255 };

typedef struct segment {
    int64_t time;               /* nanoseconds since 1970 */
    endpoint from, to;
    uint32_t seq, ack;
    uint8_t flags;
    uint8_t scale;              /* of a SYN: what windows are shifted by, or TCP_NO_SCALE */
    uint16_t window;
    const uint8_t *data;        /* payload as captured */
    uint32_t len;
    uint32_t cut;               /* payload bytes behind data that were sent but not captured */
} segment;

typedef enum frame_result {
    FRAME_TCP,                  /* *out is filled in */
    FRAME_OTHER,                /* not TCP over IP */
    FRAME_FRAGMENT,             /* a fragment of an IP packet with TCP */
    FRAME_CUT,                  /* captured too short for the headers */
    FRAME_DAMAGED               /* headers contradict each other */
} frame_result;

/* Is this libpcap link type (DLT_*) known to frame_parse? */
int frame_link_known(int link);

/* Looks into a frame of which data[0..captured) was captured and `length` bytes were sent.
 * out->time is left alone; out->data points into data. */
frame_result frame_parse(int link, const uint8_t *data, size_t captured, size_t length,
                         segment *out);

#endif
