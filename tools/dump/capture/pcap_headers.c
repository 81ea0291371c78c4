/* SPDX-License-Identifier: ISC */
#include "pcap_headers.h"

#include <stdio.h>
#include <string.h>

/* What files begin with. */
static const uint32_t mark_microseconds = 0xa1b2c3d4;
static const uint32_t mark_nanoseconds = 0xa1b23c4d;
static const uint32_t mark_more = 0xa1b2cd34; /* of patched libpcaps: packets have longer headers */

enum { VERSION_MAJOR = 2, VERSION_MINOR = 4, VERSION_CROSSED = 3 };

static uint32_t get32(const uint8_t *p, int swapped)
{
    uint32_t little = (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
    uint32_t big = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];

    return swapped ? big : little;
}

static unsigned get16(const uint8_t *p, int swapped)
{
    return swapped ? (unsigned)p[0] << 8 | p[1] : (unsigned)p[1] << 8 | p[0];
}

static int is_mark(uint32_t mark)
{
    return mark == mark_microseconds || mark == mark_nanoseconds || mark == mark_more;
}

int pcap_begins(const uint8_t *data)
{
    return is_mark(get32(data, 0)) || is_mark(get32(data, 1));
}

int pcap_begin(pcap_headers *p, const uint8_t head[PCAP_FILE_HEAD_SIZE], char why[PCAP_HEADERS_WHY_SIZE])
{
    enum { MAJOR_AT = 4, MINOR_AT = 6, LINK_AT = 20, LINK_BITS = 0xffff, HEAD = 16, MORE = 8 };
    unsigned major, minor;
    uint32_t mark;

    memset(p, 0, sizeof(*p));
    p->swapped = !is_mark(get32(head, 0));
    mark = get32(head, p->swapped);
    major = get16(head + MAJOR_AT, p->swapped);
    minor = get16(head + MINOR_AT, p->swapped);
    if (major != VERSION_MAJOR || minor > VERSION_MINOR) {
        snprintf(why, PCAP_HEADERS_WHY_SIZE, "version %u.%u of pcap is not known", major, minor);
        return -1;
    }
    p->nanoseconds = mark == mark_nanoseconds;
    p->crossed = minor <= VERSION_CROSSED;
    p->link = get32(head + LINK_AT, p->swapped) & LINK_BITS; /* those above tell of checksums */
    p->packet_head = mark == mark_more ? HEAD + MORE : HEAD;
    return 0;
}

int pcap_packet(const pcap_headers *p, const uint8_t *head, frame *out, char why[PCAP_HEADERS_WHY_SIZE])
{
    enum { FRACTION_AT = 4, CAPTURED_AT = 8, LENGTH_AT = 12 };
    uint64_t fraction = get32(head + FRACTION_AT, p->swapped);
    uint32_t captured = get32(head + CAPTURED_AT, p->swapped);
    uint32_t length = get32(head + LENGTH_AT, p->swapped);

    if (p->crossed && captured > length) {
        uint32_t other = captured;

        captured = length;
        length = other;
    }
    if (captured > PCAP_PACKET_MAX) {
        snprintf(why, PCAP_HEADERS_WHY_SIZE, "a packet has %u bytes, more than %d", (unsigned)captured,
                 (int)PCAP_PACKET_MAX);
        return -1;
    }
    memset(out, 0, sizeof(*out));
    /* times that a file makes up may wrap */
    out->time =
        (int64_t)((uint64_t)get32(head, p->swapped) * 1000000000u + (p->nanoseconds ? fraction : fraction * 1000));
    out->captured = captured;
    out->length = length;
    out->link = p->link;
    return 0;
}
