/* SPDX-License-Identifier: ISC */
#include "flows.h"

#include "allocate.h"
#include "flow_table.h"
#include "platform.h"

#include <stdlib.h>

struct flows {
    flow_watcher watcher;
    uint64_t unused_segments, unused_bytes;
    flow_table table;
    stream_pool pool;
};

/* ---- life of a connection ---- */

static from who_sends(const flow *w, int side)
{
    return side == w->server ? FROM_SERVER : FROM_CLIENT;
}

static void misplaced(flows *f, flow *w, int side, uint64_t n)
{
    if (n > 0 && w->watch != NULL)
        f->watcher.misplaced(w->watch, who_sends(w, side), n);
}

static void finish(flows *f, flow *w, flow_end how)
{
    for (int side = 0; side < 2; side++) /* what nothing has confirmed to the end */
        misplaced(f, w, side,
                  (uint64_t)(w->resets[side] == RESET_WAITING) +
                      (uint64_t)(w->syn != NULL && w->syn_side == side));
    w->was_watched = w->watch != NULL;
    if (w->watch != NULL)
        f->watcher.close(w->watch, how, who_sends(w, w->breaker), w->last);
    w->watch = NULL;
    stream_clear(&w->streams[0]);
    stream_clear(&w->streams[1]);
    flow_use(&f->table, w, FLOW_OVER);
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
    w->watch = f->watcher.open(f->watcher.ctx, &about);
    if (w->watch == NULL)
        finish(f, w, FLOW_CLOSED);
}

/* Hands on the next piece that is in order. 0: there is none, or the watcher has lost interest. */
static int hand_on(flows *f, flow *w, int side)
{
    from who;
    piece p;

    if (w->state == FLOW_OVER || !stream_next(&w->streams[side], &p))
        return 0;
    if (!w->opened)
        open_watch(f, w, side);
    if (w->state == FLOW_OVER)
        return 0;
    who = who_sends(w, side);
    if (p.kind == PIECE_LOST) {
        f->watcher.lost(w->watch, who, p.time, p.len);
    } else if (p.kind == PIECE_END) {
        f->watcher.end(w->watch, who, p.time);
    } else if (!f->watcher.data(w->watch, who, p.time, p.data, p.len)) {
        finish(f, w, FLOW_CLOSED);
        w->was_watched = 0;
    }
    return w->state != FLOW_OVER;
}

static void tell_faults(flows *f, flow *w, int side)
{
    stream *s = &w->streams[side];

    if (s->conflicts > 0 && w->watch != NULL)
        f->watcher.conflict(w->watch, who_sends(w, side), s->conflicts);
    misplaced(f, w, side, s->misplaced);
    s->conflicts = 0;
    s->misplaced = 0;
}

/* Hands on what is in order. */
static void pump(flows *f, flow *w, int side)
{
    while (hand_on(f, w, side)) {
    }
    tell_faults(f, w, side);
}

/* The streams begin with what is there: hands it on, what answers something behind that. */
static void be_sure(flows *f, flow *w)
{
    int side;

    if (!w->unsure)
        return;
    w->unsure = 0;
    stream_be_sure(&w->streams[0]);
    stream_be_sure(&w->streams[1]);
    do {
        side = stream_is_answer(&w->streams[0], &w->streams[1]);
    } while (hand_on(f, w, side) || hand_on(f, w, !side));
    tell_faults(f, w, 0);
    tell_faults(f, w, 1);
}

/* Nothing says where the streams begin, but for what they say. */
static void look_for_beginning(flows *f, flow *w, int side)
{
    const stream *s = &w->streams[side];
    size_t len;
    const uint8_t *data = stream_beginning(s, &len);

    if (stream_waits_too_long(s) || (data != NULL && f->watcher.begins(data, len)))
        be_sure(f, w);
}

static void give_up(flows *f, flow *w, int side)
{
    stream_give_up(&w->streams[side]);
    pump(f, w, side);
}

/* otherwise: how it ends if it was not closed. */
static void end_flow(flows *f, flow *w, flow_end otherwise)
{
    const stream *s = w->streams;
    int first = s[0].fin_seen && s[1].fin_seen && s[1].fin_time.time < s[0].fin_time.time;
    flow_end how = otherwise;

    be_sure(f, w);
    give_up(f, w, first);
    give_up(f, w, !first);
    if (w->resets[w->breaker] == RESET_RIGHT)
        how = FLOW_RESET;
    else if (s[0].ended && s[1].ended)
        how = FLOW_CLOSED;
    finish(f, w, how);
}

/* Makes room: what nobody watches goes first. */
static void evict(flows *f)
{
    flow *w = NULL;

    for (int state = FLOW_OVER; w == NULL; state--)
        w = f->table.lists[state].oldest;
    end_flow(f, w, FLOW_DROPPED);
    flow_forget(&f->table, w);
}

static flow *create(flows *f, const segment *seg, uint64_t hash)
{
    flow *w;

    if (f->table.count >= FLOWS_MAX)
        evict(f);
    w = flow_add(&f->table, seg, hash);
    if (seg->flags & TCP_SYN)
        w->server = seg->flags & TCP_ACK ? 0 : 1;
    w->streams[0].pool = w->streams[1].pool = &f->pool;
    w->unsure = f->watcher.begins != NULL;
    if (w->unsure) {
        stream_be_unsure(&w->streams[0]);
        stream_be_unsure(&w->streams[1]);
    }
    return w;
}

/* ---- RST ---- */

static void set_reset(flow *w, int side)
{
    w->resets[side] = RESET_RIGHT;
    w->reset_reach[side] = stream_reach(&w->streams[side]);
    if (w->resets[!side] != RESET_RIGHT)
        w->breaker = side;
}

static void use_reset(flows *f, flow *w, int side, uint32_t seq)
{
    if (w->resets[side] != RESET_NONE && w->reset_at[side] == seq)
        return;
    misplaced(f, w, side, w->resets[side] == RESET_WAITING);
    w->reset_at[side] = seq;
    w->resets[side] = RESET_WAITING;
    if (stream_is_at(&w->streams[side], seq))
        set_reset(w, side);
}

/* Bytes may show that a RST is right after all, or that it was not. */
static void judge_reset(flows *f, flow *w, int side)
{
    uint32_t reach = stream_reach(&w->streams[side]);

    if (w->resets[side] == RESET_WAITING && w->reset_at[side] == reach) {
        set_reset(w, side);
    } else if (w->resets[side] == RESET_RIGHT && w->reset_reach[side] != reach) {
        w->resets[side] = RESET_NONE;
        w->breaker = !side;
        misplaced(f, w, side, 1);
    }
}

/* ---- SYN ---- */

/* Does the segment begin another connection between the ends of this one, which is over? */
static int begins_anew(const flow *w, int side, const segment *seg)
{
    const stream *s = &w->streams[side];

    if ((seg->flags & (TCP_SYN | TCP_ACK)) != TCP_SYN)
        return 0;
    return w->state == FLOW_OVER || (w->state == FLOW_CLOSING && s->started && s->start != seg->seq);
}

/* A SYN that is not where the connection began: anybody can send that. It counts if the other end
 * answers it, or, where only one end was captured, if this one goes on from there. */
static int confirms_syn(const flow *w, int side, const segment *seg)
{
    const segment *syn = w->syn;

    if (syn == NULL)
        return 0;
    if (side == w->syn_side)
        return !w->seen[!side] && !(seg->flags & (TCP_SYN | TCP_RST)) && seg->seq == syn->seq + 1;
    return (seg->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK) && seg->ack == syn->seq + 1;
}

/* Is it where the connection began? Otherwise it is kept, or counted. */
static int use_syn(flows *f, flow *w, int side, const segment *seg)
{
    stream *s = &w->streams[side];

    if (s->started && s->start != seg->seq) {
        if (seg->flags & TCP_ACK) {
            misplaced(f, w, side, 1);
            return 0;
        }
        if (w->syn == NULL)
            w->syn = allocate(sizeof(*w->syn));
        else
            misplaced(f, w, w->syn_side, w->syn->seq != seg->seq);
        *w->syn = *seg;
        w->syn->len = w->syn->cut = 0;
        w->syn_side = side;
        return 0;
    }
    stream_start(s, seg->seq);
    w->syns[side] = 1;
    w->scales[side] = seg->scale;
    return 1;
}

/* ---- segments ---- */

static uint64_t window_of(const flow *w, int side, const segment *seg)
{
    unsigned scale = TCP_SCALE_MAX;

    if (seg->flags & TCP_SYN)
        scale = 0;
    else if (w->syns[0] && w->syns[1])
        scale = w->scales[0] == TCP_NO_SCALE || w->scales[1] == TCP_NO_SCALE ? 0 : w->scales[side];
    return (uint64_t)seg->window << scale;
}

/* Has this side nothing more to send, as far as is known? */
static int is_done(const stream *s)
{
    return s->ended || (!s->unsure && (s->fin_sure || stream_is_complete(s)));
}

static void settle(flows *f, flow *w)
{
    const stream *s = w->streams;
    int closing = w->resets[0] == RESET_RIGHT || w->resets[1] == RESET_RIGHT || (is_done(&s[0]) && is_done(&s[1]));
    flow_state state = closing ? FLOW_CLOSING : FLOW_LIVE;

    if (w->state == FLOW_OVER)
        return;
    if (s[0].ended && s[1].ended)
        end_flow(f, w, FLOW_CLOSED);
    else if (w->state != state)
        flow_use(&f->table, w, state);
}

static void use_segment(flows *f, flow *w, int side, const segment *seg)
{
    w->seen[side] = 1;
    if (seg->flags & TCP_SYN && !use_syn(f, w, side, seg))
        return;
    if (seg->flags & TCP_RST) {
        use_reset(f, w, side, seg->seq);
        return;
    }
    if (seg->flags & TCP_ACK &&
        stream_acknowledge(&w->streams[!side], seg->ack, window_of(w, side, seg), seg->time.time))
        pump(f, w, !side);
    stream_add(&w->streams[side], seg);
    judge_reset(f, w, side);
    if (w->unsure && (seg->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK))
        be_sure(f, w); /* both begin there */
    else if (w->unsure)
        look_for_beginning(f, w, side);
    else
        pump(f, w, side);
}

/* What comes when it is over is not used. What was used before may come again. */
static void count_unused(flows *f, const flow *w, int side, const segment *seg)
{
    uint32_t size = seg->len + seg->cut;
    uint32_t reach = stream_reach(&w->streams[side]);

    if (!w->was_watched || size <= 1 || seg->flags & TCP_RST ||
        (w->streams[side].started && (int32_t)(seg->seq + size - reach) <= 0))
        return;
    f->unused_segments++;
    f->unused_bytes += size;
}

/* Another connection takes the place of this one. */
static flow *replace(flows *f, flow *w)
{
    segment syn = *w->syn;
    uint64_t hash = w->hash;

    free(w->syn);
    w->syn = NULL;
    end_flow(f, w, FLOW_REPLACED);
    flow_forget(&f->table, w);
    w = create(f, &syn, hash);
    use_segment(f, w, 0, &syn);
    return w;
}

static void end_closed(flows *f, uint64_t grace)
{
    flow *w;

    while ((w = f->table.lists[FLOW_CLOSING].oldest) != NULL && f->table.clock - w->used >= grace)
        end_flow(f, w, FLOW_CLOSED);
}

void flows_segment(flows *f, const segment *seg)
{
    uint64_t hash = flow_hash(&f->table, seg);
    int matters = f->watcher.begins != NULL ? TCP_SYN | TCP_FIN : TCP_SYN;
    int side = 0;
    flow *w = flow_find(&f->table, seg, hash, &side);

    f->table.clock++;
    end_closed(f, FLOWS_GRACE);
    if (w != NULL && begins_anew(w, side, seg)) {
        end_flow(f, w, FLOW_REPLACED);
        flow_forget(&f->table, w);
        w = NULL;
    }
    if (w != NULL && confirms_syn(w, side, seg)) {
        side = side != w->syn_side;
        w = replace(f, w);
    }
    if (w == NULL) {
        if (seg->flags & TCP_RST || (!(seg->flags & matters) && seg->len + seg->cut == 0))
            return;
        w = create(f, seg, hash);
        side = 0;
    }
    flow_use(&f->table, w, w->state);
    if (w->state == FLOW_OVER) {
        count_unused(f, w, side, seg);
        return;
    }
    w->last = seg->time;
    use_segment(f, w, side, seg);
    settle(f, w);
}

/* ---- all of them ---- */

flows *flows_new(const flow_watcher *watcher)
{
    flows *f = allocate(sizeof(*f));

    f->watcher = *watcher;
    if (platform_random(&f->table.seed, sizeof(f->table.seed)) < 0)
        f->table.seed = (uint64_t)(uintptr_t)f;
    return f;
}

int flows_wait_for_quiet(const flows *f)
{
    return f->table.lists[FLOW_CLOSING].oldest != NULL;
}

void flows_quiet(flows *f)
{
    end_closed(f, 0);
}

void flows_unused(const flows *f, uint64_t *segments, uint64_t *bytes)
{
    *segments = f->unused_segments;
    *bytes = f->unused_bytes;
}

void flows_finish(flows *f)
{
    end_closed(f, 0);
    while (f->table.lists[FLOW_LIVE].oldest != NULL)
        end_flow(f, f->table.lists[FLOW_LIVE].oldest, FLOW_UNFINISHED);
}

void flows_free(flows *f)
{
    while (f != NULL && f->table.lists[FLOW_OVER].oldest != NULL)
        flow_forget(&f->table, f->table.lists[FLOW_OVER].oldest);
    free(f);
}
