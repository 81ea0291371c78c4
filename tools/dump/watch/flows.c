#include "flows.h"

#include "allocate.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum { BUCKETS = 1 << 16 };

typedef struct flow flow;

struct flow {
    flow *chain;                /* next one of the bucket */
    flow *newer, *older;        /* of its list, by last use */
    uint64_t hash;
    endpoint ends[2];
    stream streams[2];          /* streams[i]: what ends[i] sends */
    int64_t start, last;        /* times of the first and the latest segment */
    int server;                 /* index into ends, -1: not known yet */
    void *watch;
    uint8_t opened;             /* the watcher was asked */
    uint8_t idle;               /* nobody watches, or it is over: remembered so that what still
                                 * comes is not taken for a new connection */
};

typedef struct flow_list {
    flow *newest, *oldest;
} flow_list;

struct flows {
    const flow_watcher *watcher;
    uint64_t seed;              /* unknown to whoever made the capture */
    size_t count;
    flow_list live, idle;
    stream_pool pool;
    flow *buckets[BUCKETS];
};

/* ---- lists ---- */

static flow_list *list_of(flows *f, const flow *w)
{
    return w->idle ? &f->idle : &f->live;
}

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

/* ---- table ---- */

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

static int same_endpoint(const endpoint *a, const endpoint *b)
{
    return a->port == b->port && a->family == b->family &&
           memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

/* *side: which of its ends sent the segment. */
static flow *find(flows *f, const segment *seg, uint64_t hash, int *side)
{
    for (flow *w = f->buckets[hash % BUCKETS]; w != NULL; w = w->chain) {
        if (w->hash != hash)
            continue;
        for (*side = 0; *side < 2; ++*side)
            if (same_endpoint(&w->ends[*side], &seg->from) &&
                same_endpoint(&w->ends[!*side], &seg->to))
                return w;
    }
    return NULL;
}

static void forget(flows *f, flow *w)
{
    flow **link = &f->buckets[w->hash % BUCKETS];

    while (*link != w)
        link = &(*link)->chain;
    *link = w->chain;
    list_remove(list_of(f, w), w);
    f->count--;
    free(w);
}

/* ---- life of a connection ---- */

static from who_sends(const flow *w, int side)
{
    return side == w->server ? FROM_SERVER : FROM_CLIENT;
}

static void finish(flows *f, flow *w, flow_end how, int breaker)
{
    if (w->idle)
        return;
    if (w->watch != NULL)
        f->watcher->close(w->watch, how, who_sends(w, breaker), w->last);
    w->watch = NULL;
    stream_clear(&w->streams[0]);
    stream_clear(&w->streams[1]);
    list_remove(&f->live, w);
    w->idle = 1;
    list_add(&f->idle, w);
}

/* Asks the watcher whether this one matters, once there is something to show. */
static void open_watch(flows *f, flow *w, int side)
{
    connection about;

    if (w->server < 0)
        w->server = side;
    about.client = w->ends[!w->server];
    about.server = w->ends[w->server];
    about.start = w->start;
    w->opened = 1;
    w->watch = f->watcher->open(f->watcher->ctx, &about);
    if (w->watch == NULL)
        finish(f, w, FLOW_CLOSED, 0);
}

/* Hands on what is in order. The watcher may lose interest on the way. */
static void pump(flows *f, flow *w, int side)
{
    stream *s = &w->streams[side];
    piece p;

    while (!w->idle && stream_next(s, &p)) {
        from who;

        if (!w->opened)
            open_watch(f, w, side);
        if (w->idle)
            break;
        who = who_sends(w, side);
        if (p.kind == PIECE_LOST)
            f->watcher->lost(w->watch, who, p.time, p.len);
        else if (p.kind == PIECE_END)
            f->watcher->end(w->watch, who, p.time);
        else if (!f->watcher->data(w->watch, who, p.time, p.data, p.len))
            finish(f, w, FLOW_CLOSED, 0);
    }
    if (s->conflicts > 0 && w->watch != NULL) {
        f->watcher->conflict(w->watch, who_sends(w, side), s->conflicts);
        s->conflicts = 0;
    }
}

static void give_up(flows *f, flow *w, int side)
{
    stream_give_up(&w->streams[side]);
    pump(f, w, side);
}

static void end_flow(flows *f, flow *w, flow_end how, int breaker)
{
    give_up(f, w, 0);
    give_up(f, w, 1);
    finish(f, w, how, breaker);
}

/* Makes room: what nobody watches goes first. */
static void evict(flows *f)
{
    flow *w = f->idle.oldest != NULL ? f->idle.oldest : f->live.oldest;

    end_flow(f, w, FLOW_DROPPED, 0);
    forget(f, w);
}

static flow *create(flows *f, const segment *seg, uint64_t hash)
{
    flow *w;

    if (f->count >= FLOWS_MAX)
        evict(f);
    w = allocate(sizeof(*w));
    w->hash = hash;
    w->ends[0] = seg->from;
    w->ends[1] = seg->to;
    w->start = seg->time;
    w->server = -1;
    if (seg->flags & TCP_SYN)
        w->server = seg->flags & TCP_ACK ? 0 : 1;
    w->streams[0].pool = w->streams[1].pool = &f->pool;
    w->chain = f->buckets[hash % BUCKETS];
    f->buckets[hash % BUCKETS] = w;
    list_add(&f->live, w);
    f->count++;
    return w;
}

/* Does the segment begin another connection between the ends of this one? */
static int begins_anew(const flow *w, int side, const segment *seg)
{
    const stream *s = &w->streams[side];

    if ((seg->flags & (TCP_SYN | TCP_ACK)) != TCP_SYN)
        return 0;
    return w->idle || (s->started && s->start != seg->seq);
}

/* ---- segments ---- */

static void use_segment(flows *f, flow *w, int side, const segment *seg)
{
    stream *other = &w->streams[!side];

    if (seg->flags & TCP_SYN)
        stream_start(&w->streams[side], seg->seq);
    if (seg->flags & TCP_ACK && !(seg->flags & TCP_RST)) /* what it has is over */
        stream_start(other, seg->ack - 1);
    stream_add(&w->streams[side], seg);
    pump(f, w, side);
    if (seg->flags & TCP_ACK && stream_acknowledged(other, seg->ack))
        give_up(f, w, !side); /* what is missing did arrive: it was not captured */
    if (seg->flags & TCP_RST)
        end_flow(f, w, FLOW_RESET, side);
    else if (w->streams[0].ended && w->streams[1].ended)
        finish(f, w, FLOW_CLOSED, 0);
}

void flows_segment(flows *f, const segment *seg)
{
    uint64_t hash = hash_endpoint(f->seed, &seg->from) + hash_endpoint(f->seed, &seg->to);
    int side = 0;
    flow *w = find(f, seg, hash, &side);

    if (w != NULL && begins_anew(w, side, seg)) {
        end_flow(f, w, FLOW_REPLACED, 0);
        forget(f, w);
        w = NULL;
    }
    if (w == NULL) {
        if (seg->flags & TCP_RST || (!(seg->flags & TCP_SYN) && seg->len + seg->cut == 0))
            return;
        w = create(f, seg, hash);
        side = 0;
    }
    list_remove(list_of(f, w), w);
    list_add(list_of(f, w), w);
    w->last = seg->time;
    if (!w->idle)
        use_segment(f, w, side, seg);
}

flows *flows_new(const flow_watcher *watcher)
{
    flows *f = allocate(sizeof(*f));

    f->watcher = watcher;
    if (getrandom(&f->seed, sizeof(f->seed), 0) != (ssize_t)sizeof(f->seed))
        f->seed = (uint64_t)(uintptr_t)f;
    return f;
}

void flows_finish(flows *f)
{
    while (f->live.oldest != NULL)
        end_flow(f, f->live.oldest, FLOW_UNFINISHED, 0);
}

void flows_free(flows *f)
{
    while (f != NULL && f->idle.oldest != NULL)
        forget(f, f->idle.oldest);
    free(f);
}
