/* SPDX-License-Identifier: ISC */
#include "pcapng.h"

#include "watch/allocate.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
enum { BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_OLD_PACKET = 2,
       BLOCK_SIMPLE_PACKET = 3, BLOCK_STATISTICS = 5, BLOCK_PACKET = 6, BLOCK_SECRETS = 10 };
/* clang-format on */

enum {
    BLOCK_FRAME = 12, /* type and length, and the length again */
    BLOCK_START = 8,  /* where its body begins */
    INTERFACES_MAX = 65536
};

typedef struct interface {
    unsigned link;
    uint32_t snaplen;   /* 0: no limit */
    uint8_t resolution; /* as in the file */
    int64_t offset;     /* seconds */
    uint64_t dropped;   /* as the packets say, */
    uint64_t told;      /* as its statistics say */
} interface;

struct pcapng {
    pcapng_hooks hooks;
    int begun, swapped;    /* byte order of the section */
    interface *interfaces; /* of the section */
    size_t count;
    uint64_t dropped; /* in sections before */
    int64_t last;     /* time of the latest packet */
};

/* What is being read. */
typedef struct cursor {
    const uint8_t *data;
    size_t len;
    int swapped;
} cursor;

/* ---- numbers ---- */

static uint16_t get16(const uint8_t *p, int swapped)
{
    return (uint16_t)(swapped ? p[0] << 8 | p[1] : p[1] << 8 | p[0]);
}

static uint32_t get32(const uint8_t *p, int swapped)
{
    uint32_t first = get16(p, swapped), second = get16(p + 2, swapped);

    return swapped ? first << 16 | second : second << 16 | first;
}

static uint64_t get64(const uint8_t *p, int swapped)
{
    uint64_t first = get32(p, swapped), second = get32(p + 4, swapped);

    return swapped ? first << 32 | second : second << 32 | first;
}

static pcapng_result damaged(char why[PCAPNG_WHY_SIZE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static pcapng_result damaged(char why[PCAPNG_WHY_SIZE], const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(why, PCAPNG_WHY_SIZE, format, args);
    va_end(args);
    return PCAPNG_DAMAGED;
}

/* ---- life ---- */

pcapng *pcapng_new(const pcapng_hooks *hooks)
{
    pcapng *p = allocate(sizeof(*p));

    p->hooks = *hooks;
    return p;
}

void pcapng_free(pcapng *p)
{
    if (p != NULL)
        free(p->interfaces);
    free(p);
}

int pcapng_begins(const uint8_t *data)
{
    return get32(data, 0) == BLOCK_SECTION; /* the same in both byte orders */
}

uint64_t pcapng_dropped(const pcapng *p)
{
    uint64_t dropped = p->dropped;

    for (size_t i = 0; i < p->count; i++) {
        const interface *one = &p->interfaces[i];

        dropped += one->told > one->dropped ? one->told : one->dropped;
    }
    return dropped;
}

/* ---- blocks ---- */

/* The byte order of a section, by its mark: 1 if swapped, 0, or -1. A little-endian file is not, on any
 * machine. */
static int section_order(const uint8_t *mark)
{
    enum { MARK = 0x1a2b3c4d };

    if (get32(mark, 0) == MARK)
        return 0;
    return get32(mark, 1) == MARK ? 1 : -1;
}

size_t pcapng_block_size(const pcapng *p, const uint8_t head[PCAPNG_HEAD_SIZE], char why[PCAPNG_WHY_SIZE])
{
    int swapped = pcapng_begins(head) ? section_order(head + BLOCK_START) : p->swapped;
    uint32_t size;

    if (swapped < 0 || (!p->begun && !pcapng_begins(head))) {
        damaged(why, "the section begins with 0x%08x, which tells no byte order",
                (unsigned)get32(head + BLOCK_START, 0));
        return 0;
    }
    size = get32(head + 4, swapped);
    if (size < BLOCK_FRAME || size % 4 != 0) {
        damaged(why, "a block of type 0x%x has %u bytes", (unsigned)get32(head, swapped), (unsigned)size);
        return 0;
    }
    return size;
}

int pcapng_may_skip(const pcapng *p, const uint8_t head[PCAPNG_HEAD_SIZE])
{
    switch (get32(head, p->swapped)) {
    case BLOCK_SECTION:
    case BLOCK_INTERFACE:
    case BLOCK_OLD_PACKET:
    case BLOCK_SIMPLE_PACKET:
    case BLOCK_PACKET: return 0;
    default: return 1;
    }
}

/* The next option: its code, or 0 if there is none. */
static unsigned next_option(cursor *c, const uint8_t **value, size_t *len)
{
    enum { HEAD = 4 };
    unsigned code;
    size_t padded;

    if (c->len < HEAD)
        return 0;
    code = get16(c->data, c->swapped);
    *len = get16(c->data + 2, c->swapped);
    padded = HEAD + ((*len + 3) & ~(size_t)3);
    if (padded > c->len)
        return 0;
    *value = c->data + HEAD;
    c->data += padded;
    c->len -= padded;
    return code;
}

static pcapng_result begin_section(pcapng *p, const cursor *body, char why[PCAPNG_WHY_SIZE])
{
    enum { SIZE = 16, MAJOR_AT = 4, KNOWN = 1 };
    unsigned major;

    if (body->len < SIZE)
        return damaged(why, "a section header has %zu bytes", body->len);
    p->swapped = section_order(body->data);
    major = get16(body->data + MAJOR_AT, p->swapped);
    if (major != KNOWN)
        return damaged(why, "version %u of pcapng is not known", major);
    p->dropped = pcapng_dropped(p);
    p->count = 0;
    p->begun = 1;
    return PCAPNG_NOTHING;
}

static pcapng_result add_interface(pcapng *p, const cursor *body, char why[PCAPNG_WHY_SIZE])
{
    enum { SIZE = 8, SNAPLEN_AT = 4, OPTION_RESOLUTION = 9, OPTION_OFFSET = 14, MICROSECONDS = 6 };
    const uint8_t *value;
    cursor options;
    interface *one;
    unsigned code;
    size_t len;

    if (body->len < SIZE || p->count == INTERFACES_MAX)
        return damaged(why, "interface %zu cannot be described in %zu bytes", p->count, body->len);
    if ((p->count & (p->count - 1)) == 0) /* a power of two, or none */
        p->interfaces = reallocate(p->interfaces, (p->count == 0 ? 1 : 2 * p->count) * sizeof(*p->interfaces));
    options = (cursor){ body->data + SIZE, body->len - SIZE, body->swapped };
    one = &p->interfaces[p->count++];
    *one = (interface){ .link = get16(body->data, body->swapped),
                        .resolution = MICROSECONDS,
                        .snaplen = get32(body->data + SNAPLEN_AT, body->swapped) };
    while ((code = next_option(&options, &value, &len)) != 0) {
        if (code == OPTION_RESOLUTION && len >= 1)
            one->resolution = value[0];
        else if (code == OPTION_OFFSET && len >= 8)
            one->offset = (int64_t)get64(value, body->swapped);
    }
    return PCAPNG_NOTHING;
}

static void take_statistics(pcapng *p, const cursor *body)
{
    enum { SIZE = 12, OPTION_DROPPED = 5, OPTION_SYSTEM_DROPPED = 7 };
    const uint8_t *value;
    cursor options;
    uint64_t dropped = 0;
    unsigned code;
    uint32_t id;
    size_t len;

    if (body->len < SIZE)
        return;
    options = (cursor){ body->data + SIZE, body->len - SIZE, body->swapped };
    id = get32(body->data, body->swapped);
    while ((code = next_option(&options, &value, &len)) != 0)
        if ((code == OPTION_DROPPED || code == OPTION_SYSTEM_DROPPED) && len >= 8)
            dropped += get64(value, body->swapped);
    if (id < p->count)
        p->interfaces[id].told = dropped;
}

static void take_secrets(const pcapng *p, const cursor *body)
{
    enum { SIZE = 8 };
    uint32_t len;

    if (body->len < SIZE || p->hooks.secrets == NULL)
        return;
    len = get32(body->data + 4, body->swapped);
    if (len <= body->len - SIZE)
        p->hooks.secrets(p->hooks.ctx, get32(body->data, body->swapped), body->data + SIZE, len);
}

/* ---- packets ---- */

/* Ticks of an interface as nanoseconds since 1970. Times a file makes up may wrap. */
static int64_t frame_time(const interface *one, uint64_t ticks)
{
    enum { BINARY = 0x80, NANO = 9, DIGITS_MAX = 19, BITS_MAX = 63, FRACTION_BITS = 32 };
    unsigned digits = one->resolution & ~(unsigned)BINARY;
    uint64_t ns;

    if (one->resolution & BINARY) {
        uint64_t fraction;

        if (digits > BITS_MAX)
            digits = BITS_MAX;
        fraction = ticks & ((UINT64_C(1) << digits) - 1);
        ns = (ticks >> digits) * 1000000000;
        if (digits > FRACTION_BITS) {
            fraction >>= digits - FRACTION_BITS;
            digits = FRACTION_BITS;
        }
        ns += fraction * 1000000000 >> digits;
    } else {
        ns = ticks;
        for (; digits < NANO; digits++)
            ns *= 10;
        for (; digits > NANO; digits--)
            ns = digits > NANO + DIGITS_MAX ? 0 : ns / 10;
    }
    return (int64_t)(ns + (uint64_t)one->offset * 1000000000);
}

/* Of the bytes that are there at `at`, those that were captured. */
static pcapng_result take_frame(pcapng *p, const interface *one, const cursor *body, size_t at, uint32_t captured,
                                uint32_t length, frame *out, char why[PCAPNG_WHY_SIZE])
{
    if (captured > body->len - at)
        return damaged(why, "a packet has %u captured bytes in a block of %zu", (unsigned)captured,
                       body->len + BLOCK_FRAME);
    out->data = body->data + at;
    out->captured = captured;
    out->length = length;
    out->link = one->link;
    out->time = p->last;
    return PCAPNG_FRAME;
}

static interface *find_interface(pcapng *p, uint32_t id, char why[PCAPNG_WHY_SIZE])
{
    if (id < p->count)
        return &p->interfaces[id];
    damaged(why, "a packet is of interface %u of %zu", (unsigned)id, p->count);
    return NULL;
}

/* The present kind and the old one, which differ in how they number the interface. */
static pcapng_result take_packet(pcapng *p, const cursor *body, int is_old, frame *out, char why[PCAPNG_WHY_SIZE])
{
    /* clang-format off */
    enum { SIZE = 20, DROPS_AT = 2, TIME_AT = 4, CAPTURED_AT = 12, LENGTH_AT = 16,
           DROPS_UNKNOWN = 0xffff, OPTION_DROPPED = 4 };
    /* clang-format on */
    int swapped = body->swapped;
    cursor options;
    uint32_t captured;
    interface *one;
    size_t padded;

    if (body->len < SIZE)
        return damaged(why, "a packet block has %zu bytes", body->len);
    one = find_interface(p, is_old ? get16(body->data, swapped) : get32(body->data, swapped), why);
    if (one == NULL)
        return PCAPNG_DAMAGED;
    p->last = frame_time(one, (uint64_t)get32(body->data + TIME_AT, swapped) << 32 |
                                  get32(body->data + TIME_AT + 4, swapped));
    captured = get32(body->data + CAPTURED_AT, swapped);
    padded = SIZE + (((size_t)captured + 3) & ~(size_t)3);
    if (is_old && get16(body->data + DROPS_AT, swapped) != DROPS_UNKNOWN)
        one->dropped += get16(body->data + DROPS_AT, swapped);
    if (!is_old && padded < body->len) {
        const uint8_t *value;
        unsigned code;
        size_t len;

        options = (cursor){ body->data + padded, body->len - padded, swapped };
        while ((code = next_option(&options, &value, &len)) != 0)
            if (code == OPTION_DROPPED && len >= 8)
                one->dropped += get64(value, swapped);
    }
    return take_frame(p, one, body, SIZE, captured, get32(body->data + LENGTH_AT, swapped), out, why);
}

/* Of the first interface, at a time that is not known. */
static pcapng_result take_simple_packet(pcapng *p, const cursor *body, frame *out, char why[PCAPNG_WHY_SIZE])
{
    enum { SIZE = 4 };
    const interface *one = find_interface(p, 0, why);
    uint32_t length, captured;

    if (one == NULL)
        return PCAPNG_DAMAGED;
    if (body->len < SIZE)
        return damaged(why, "a packet block has %zu bytes", body->len);
    captured = length = get32(body->data, body->swapped);
    if (one->snaplen > 0 && captured > one->snaplen)
        captured = one->snaplen;
    if (captured > body->len - SIZE)
        captured = (uint32_t)(body->len - SIZE);
    return take_frame(p, one, body, SIZE, captured, length, out, why);
}

pcapng_result pcapng_block(pcapng *p, const uint8_t *data, size_t len, frame *out, char why[PCAPNG_WHY_SIZE])
{
    int swapped = pcapng_begins(data) ? section_order(data + BLOCK_START) : p->swapped;
    cursor body = { data + BLOCK_START, len - BLOCK_FRAME, swapped };

    if (get32(data + len - 4, swapped) != len)
        return damaged(why, "a block of %zu bytes ends as one of %u", len,
                       (unsigned)get32(data + len - 4, swapped));
    switch (get32(data, swapped)) {
    case BLOCK_SECTION: return begin_section(p, &body, why);
    case BLOCK_INTERFACE: return add_interface(p, &body, why);
    case BLOCK_PACKET: return take_packet(p, &body, 0, out, why);
    case BLOCK_OLD_PACKET: return take_packet(p, &body, 1, out, why);
    case BLOCK_SIMPLE_PACKET: return take_simple_packet(p, &body, out, why);
    case BLOCK_STATISTICS: take_statistics(p, &body); return PCAPNG_NOTHING;
    case BLOCK_SECRETS: take_secrets(p, &body); return PCAPNG_NOTHING;
    default: return PCAPNG_NOTHING;
    }
}
