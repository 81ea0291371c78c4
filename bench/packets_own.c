/* SPDX-License-Identifier: ISC */
/* Sideband packets: through the decoder, and what can be done with less. */
#include "packets.h"

#include <sidewire/packet.h>

#include <stdlib.h>
#include <string.h>

typedef struct own {
    contender contender;
    const packet_plan *plan;
    uint8_t *bytes;
    size_t size;
} own;

static size_t write_header(uint8_t *out, uint32_t body)
{
    out[0] = (uint8_t)body;
    out[1] = (uint8_t)(body >> 8);
    out[2] = (uint8_t)(body >> 16);
    out[3] = (uint8_t)(body >> 24);
    out[4] = SW_BAND_OUTPUT;
    return SW_HEADER_SIZE;
}

static uint32_t read_length(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void stop(void *context)
{
    own *o = context;

    free(o->bytes);
    free(o);
}

static contender *start(const packet_plan *plan, const char *name, void (*run)(void *))
{
    own *o = calloc(1, sizeof(*o));

    if (o == NULL)
        fail("no memory");
    o->contender.name = name;
    o->contender.run = run;
    o->contender.stop = stop;
    o->contender.context = o;
    o->contender.units = (double)plan->count * (double)plan->passes;
    o->plan = plan;
    o->bytes = packets_build(plan, write_header, &o->size);
    return &o->contender;
}

static void count_packet(packet_tally *tally, const uint8_t *body, uint32_t len)
{
    tally->count++;
    tally->bytes += len;
    tally->marks += body[0];
}

/* What an application would do at least that looks at all it is given. */
static void read_body(packet_tally *tally, const uint8_t *body, uint32_t len)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < len; i += (uint32_t)sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, body + i, sizeof(word));
        sum ^= word;
    }
    __asm__ volatile("" : : "r"(sum)); /* somebody wants it */
    count_packet(tally, body, len);
}

/* ---- the decoder ---- */

static void decode(const own *o, void (*take)(packet_tally *, const uint8_t *, uint32_t))
{
    packet_tally tally = { 0, 0, 0 };
    sw_decoder decoder;
    sw_chunk chunk;
    size_t used;

    sw_decoder_init(&decoder, o->plan->body);
    for (size_t pass = 0; pass < o->plan->passes; pass++) {
        uint8_t *p = o->bytes;
        size_t left = o->size;
        while (sw_decoder_next(&decoder, p, left, &used, &chunk) > 0) {
            take(&tally, chunk.data, chunk.len);
            p += used;
            left -= used;
        }
    }
    packets_check(o->plan, &tally, o->contender.name);
}

static void run_decode(void *context)
{
    decode(context, count_packet);
}

static void run_decode_reading(void *context)
{
    decode(context, read_body);
}

contender *packets_sidewire(const packet_plan *plan)
{
    return start(plan, "sidewire", run_decode);
}

contender *packets_sidewire_reading(const packet_plan *plan)
{
    return start(plan, "sidewire, bodies read", run_decode_reading);
}

/* ---- the walk: no codec can do less ---- */

static void walk(const own *o, void (*take)(packet_tally *, const uint8_t *, uint32_t))
{
    packet_tally tally = { 0, 0, 0 };
    const uint8_t *end = o->bytes + o->size;

    for (size_t pass = 0; pass < o->plan->passes; pass++) {
        for (const uint8_t *p = o->bytes; p < end;) {
            uint32_t len = read_length(p);
            if (len > o->plan->body || p[4] != SW_BAND_OUTPUT)
                fail("not a header");
            take(&tally, p + SW_HEADER_SIZE, len);
            p += SW_HEADER_SIZE + len;
        }
    }
    packets_check(o->plan, &tally, o->contender.name);
}

static void run_walk(void *context)
{
    walk(context, count_packet);
}

static void run_walk_reading(void *context)
{
    walk(context, read_body);
}

contender *packets_walk(const packet_plan *plan)
{
    return start(plan, "walk over headers", run_walk);
}

contender *packets_walk_reading(const packet_plan *plan)
{
    return start(plan, "walk, bodies read", run_walk_reading);
}

/* ---- the walk with memory for each packet ---- */

static void copy_body(packet_tally *tally, const uint8_t *body, uint32_t len)
{
    uint8_t *copy = malloc(len);

    if (copy == NULL)
        fail("no memory");
    memcpy(copy, body, len);
    __asm__ volatile("" : : "r"(copy) : "memory"); /* somebody reads it */
    count_packet(tally, copy, len);
    free(copy);
}

static void run_copy(void *context)
{
    walk(context, copy_body);
}

contender *packets_copy(const packet_plan *plan)
{
    return start(plan, "malloc and copy", run_copy);
}
