/* SPDX-License-Identifier: ISC */
/* Reads the headers of pcap files [draft-ietf-opsawg-pcap]. Needs no I/O. */
#ifndef SIDEWIRE_DUMP_PCAP_HEADERS_H
#define SIDEWIRE_DUMP_PCAP_HEADERS_H

#include "watch/frame.h"

enum {
    PCAP_MARK_SIZE = 4, /* tells that it is one */
    PCAP_FILE_HEAD_SIZE = 24,
    PCAP_PACKET_HEAD_SIZE = 24, /* room for the header of a packet, which packet_head tells */
    PCAP_PACKET_MAX = 1 << 20,  /* bytes of a packet */
    PCAP_HEADERS_WHY_SIZE = 256
};

typedef struct pcap_headers {
    int swapped;        /* numbers are in big-endian order */
    int nanoseconds;    /* times are, else microseconds */
    int crossed;        /* old writers: the two lengths of a packet may have changed places */
    unsigned link;      /* LINKTYPE_* */
    size_t packet_head; /* bytes before each packet */
} pcap_headers;

/* Do these bytes, PCAP_MARK_SIZE or more, begin a pcap file? */
int pcap_begins(const uint8_t *data);

/* The header of a file that begins so. 0, or -1 with the reason in why. */
int pcap_begin(pcap_headers *p, const uint8_t head[PCAP_FILE_HEAD_SIZE], char why[PCAP_HEADERS_WHY_SIZE]);

/* The header of a packet, of packet_head bytes. Fills in *out, but for its data and number: out->captured bytes follow.
 * 0, or -1 with the reason in why: what follows cannot be found. */
int pcap_packet(const pcap_headers *p, const uint8_t *head, frame *out, char why[PCAP_HEADERS_WHY_SIZE]);

#endif
