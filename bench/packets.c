/* SPDX-License-Identifier: ISC */
/* Decoding plain packets from a buffer that holds many: packets ROUNDS */
#include "packets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MEMORY_SIZE = 64 << 20, /* more than caches hold: packets come from memory */
    CACHE_SIZE = 128 << 10, /* packets come from a core's own cache */
    FRAME_HEADER_MAX = 16
};

static uint8_t mark(size_t index)
{
    return (uint8_t)(index * 7 + 1);
}

uint8_t *packets_build(const packet_plan *plan, size_t (*header)(uint8_t *out, uint32_t body), size_t *size)
{
    uint8_t *bytes = malloc(plan->count * (FRAME_HEADER_MAX + plan->body));
    uint8_t *p = bytes;

    if (bytes == NULL)
        fail("no memory");
    for (size_t i = 0; i < plan->count; i++) {
        p += header(p, plan->body);
        memset(p, mark(i), plan->body);
        p += plan->body;
    }
    *size = (size_t)(p - bytes);
    return bytes;
}

void packets_check(const packet_plan *plan, const packet_tally *tally, const char *name)
{
    uint64_t marks = 0;
    size_t count = plan->count * plan->passes;

    for (size_t i = 0; i < 256; i++) /* they come again after 256 packets */
        marks += mark(i) * (plan->count / 256 + (i < plan->count % 256));
    if (tally->count != count || tally->bytes != (uint64_t)count * plan->body ||
        tally->marks != marks * plan->passes)
        fail("%s: %zu of %zu packets, %llu bytes, marks %llu", name, tally->count, count,
             (unsigned long long)tally->bytes, (unsigned long long)tally->marks);
}

/* `place` is part of the keys, as in packets_16_memory_wslay. */
static void compare(uint32_t body, size_t buffer_size, const char *place, const char *where, size_t rounds)
{
    packet_plan plan = { body, buffer_size / (5 + (size_t)body), (size_t)MEMORY_SIZE / buffer_size };
    struct {
        const char *key;
        contender *contender;
    } neighbours[] = {
        { "walk", packets_walk(&plan) },
        { "copy", packets_copy(&plan) },
#if HAVE_WSLAY
        { "wslay", packets_wslay(&plan) },
#endif
#if HAVE_NGHTTP2
        { "nghttp2", packets_nghttp2(&plan) },
#endif
    };
    size_t count = sizeof(neighbours) / sizeof(*neighbours);
    contender *all[1 + sizeof(neighbours) / sizeof(*neighbours)];
    char key[64], what[64];

    all[0] = packets_sidewire(&plan);
    for (size_t i = 0; i < count; i++)
        all[1 + i] = neighbours[i].contender;
    timing_run(all, 1 + count, rounds);
    snprintf(what, sizeof(what), "decode %u B plain, in %s", body, where);
    for (size_t i = 0; i < count; i++) {
        snprintf(key, sizeof(key), "packets_%u_%s_%s", body, place, neighbours[i].key);
        report_times(key, what, all[0], neighbours[i].contender, rounds);
    }
    timing_stop(all, 1 + count);
}

/* The packets' bytes are wanted, too, so they come from memory whatever the codec does. */
static void compare_reading(uint32_t body, size_t rounds)
{
    packet_plan plan = { body, MEMORY_SIZE / (5 + (size_t)body), 1 };
    contender *all[] = { packets_sidewire_reading(&plan), packets_walk_reading(&plan) };
    char key[64], what[64];

    timing_run(all, 2, rounds);
    snprintf(key, sizeof(key), "packets_%u_reading_walk", body);
    snprintf(what, sizeof(what), "decode %u B plain and read it", body);
    report_times(key, what, all[0], all[1], rounds);
    timing_stop(all, 2);
}

int main(int argc, char **argv)
{
    size_t rounds = timing_rounds(argc, argv);

    compare(16, MEMORY_SIZE, "memory", "memory", rounds);
    compare(16, CACHE_SIZE, "cache", "cache", rounds);
    compare(1024, MEMORY_SIZE, "memory", "memory", rounds);
    compare(1024, CACHE_SIZE, "cache", "cache", rounds);
    compare_reading(1024, rounds);
    return 0;
}
