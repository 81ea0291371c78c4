/* SPDX-License-Identifier: ISC */
#include "flow_table.h"

#include "allocate.h"

#include <stdlib.h>
#include <string.h>

/* ---- lists ---- */

static void list_remove(flow_list *list, flow *w)
{
    if (w->newer != NULL)
        w->newer->older = w->older;
    else
        list->newest = w->older;
    if (w->older != NULL)
        w->older->newer = w->newer;
    else
        list->oldest = w->newer;
}

static void list_add(flow_list *list, flow *w)
{
    w->newer = NULL;
    w->older = list->newest;
    if (list->newest != NULL)
        list->newest->newer = w;
    else
        list->oldest = w;
    list->newest = w;
}

void flow_use(flow_table *t, flow *w, flow_state state)
{
    list_remove(&t->lists[w->state], w);
    w->state = (uint8_t)state;
    w->used = t->clock;
    list_add(&t->lists[state], w);
}

/* ---- by ends ---- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

static uint64_t hash_endpoint(uint64_t seed, const endpoint *e)
{
    uint64_t words[2];
    uint64_t hash = mix(seed, (uint64_t)e->family << 16 | e->port);

    memcpy(words, e->ip, sizeof(words));
    return mix(mix(mix(hash, words[0]), words[1]), seed);
}

uint64_t flow_hash(const flow_table *t, const segment *seg)
{
    return hash_endpoint(t->seed, &seg->from) + hash_endpoint(t->seed, &seg->to);
}

static int same_endpoint(const endpoint *a, const endpoint *b)
{
    return a->port == b->port && a->family == b->family && memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

flow *flow_find(const flow_table *t, const segment *seg, uint64_t hash, int *side)
{
    for (flow *w = t->buckets[hash % FLOW_BUCKETS]; w != NULL; w = w->chain) {
        if (w->hash != hash)
            continue;
        for (*side = 0; *side < 2; ++*side)
            if (same_endpoint(&w->ends[*side], &seg->from) && same_endpoint(&w->ends[!*side], &seg->to))
                return w;
    }
    return NULL;
}

/* ---- life ---- */

flow *flow_add(flow_table *t, const segment *seg, uint64_t hash)
{
    flow *w = allocate(sizeof(*w));

    w->hash = hash;
    w->used = t->clock;
    w->ends[0] = seg->from;
    w->ends[1] = seg->to;
    w->scales[0] = w->scales[1] = TCP_NO_SCALE;
    w->start = seg->time.time;
    w->server = -1;
    w->chain = t->buckets[hash % FLOW_BUCKETS];
    t->buckets[hash % FLOW_BUCKETS] = w;
    list_add(&t->lists[FLOW_LIVE], w);
    t->count++;
    return w;
}

void flow_forget(flow_table *t, flow *w)
{
    flow **link = &t->buckets[w->hash % FLOW_BUCKETS];

    while (*link != w)
        link = &(*link)->chain;
    *link = w->chain;
    list_remove(&t->lists[w->state], w);
    t->count--;
    free(w->syn);
    free(w);
}
