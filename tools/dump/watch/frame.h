/* SPDX-License-Identifier: ISC */
/* From a captured frame to the TCP segment in it, through all layers that may lie around it: link
 * layers, tags, tunnels, fragments. */
#ifndef SIDEWIRE_DUMP_FRAME_H
#define SIDEWIRE_DUMP_FRAME_H

#include <stddef.h>
#include <stdint.h>

/* One end of a TCP connection. */
typedef struct endpoint {
    uint8_t ip[16]; /* IPv4: the first four bytes, the rest zero */
    uint16_t port;
    uint8_t family; /* 4 or 6 */
} endpoint;

/* When bytes were captured, and where they are in the capture. */
typedef struct stamp {
    int64_t time;   /* nanoseconds since 1970 */
    uint64_t frame; /* number in its file, from 1 on; 0: there is none */
} stamp;

enum { TCP_FIN = 1, TCP_SYN = 2, TCP_RST = 4, TCP_ACK = 16 };

enum { TCP_SCALE_MAX = 14, TCP_NO_SCALE = 255 };

typedef struct segment {
    stamp time; /* of the frame that completes it */
    endpoint from, to;
    uint32_t seq, ack;
    uint8_t flags;
    uint8_t scale; /* of a SYN: what windows are shifted by, or TCP_NO_SCALE */
    uint16_t window;
    const uint8_t *data; /* payload as captured */
    uint32_t len;
    uint32_t cut; /* payload bytes behind data that were sent but not captured */
} segment;

/* As captured. */
typedef struct frame {
    int64_t time;
    const uint8_t *data;
    size_t captured;
    size_t length;   /* as sent; what is no such length is not believed */
    unsigned link;   /* LINKTYPE_* of pcap and pcapng files */
    uint64_t number; /* in its file, from 1 on */
} frame;

typedef enum frame_result {
    FRAME_TCP,      /* *out is filled in */
    FRAME_OTHER,    /* not TCP over IP */
    FRAME_FRAGMENT, /* a fragment of an IP packet; the others have not come yet */
    FRAME_CUT,      /* captured too short for the headers */
    FRAME_DAMAGED,  /* headers contradict each other */
    FRAME_NEXT      /* between layers only */
} frame_result;

/* Fragments that wait for each other, and what was passed over. */
typedef struct frames frames;

frames *frames_new(void);
void frames_free(frames *f);

/* out->data points into the frame, or stays until the next call. */
frame_result frames_parse(frames *f, const frame *in, segment *out);

/* Fragments that were not put together, those that still wait too. */
uint64_t frames_fragments(const frames *f);

/* What frames that are no TCP hold instead, by what was found last: the most frequent ones. */
typedef struct frame_other {
    char name[64]; /* `EtherType 0x88cc`, `IP protocol 17 (UDP)` */
    uint64_t count;
} frame_other;

enum { FRAME_OTHERS_MAX = 16 };

/* How many; *all: of all kinds together. */
size_t frames_others(const frames *f, frame_other out[FRAME_OTHERS_MAX], uint64_t *all);

/* Is this link type known? Its name as in LINKTYPE_*, or NULL. */
const char *frame_link_name(unsigned link);

#endif
