/* SPDX-License-Identifier: ISC */
#include "flow_notes.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { SERVER_PORT = 80 };

static const char uninteresting[] = "boring";

typedef struct watch {
    notes *notes;
    unsigned number;
} watch;

static const char *const arrows[] = { "C>S", "S>C" };

static void end_line(notes *n, int64_t time)
{
    if (n->with_times)
        fprintf(n->out, " @%lld", (long long)time);
    fputc('\n', n->out);
}

static void *note_open(void *ctx, const connection *about)
{
    notes *n = ctx;
    watch *w;

    if (n->refused != 0 && about->client.port == n->refused)
        return NULL;
    w = calloc(1, sizeof(*w));
    ck_assert_ptr_nonnull(w);
    w->notes = n;
    w->number = ++n->watches;
    fprintf(n->out, "%u open %u>%u", w->number, about->client.port, about->server.port);
    end_line(n, about->start);
    return w;
}

static int note_data(void *ctx, from side, stamp time, uint8_t *data, size_t len)
{
    const watch *w = ctx;

    fprintf(w->notes->out, "%u %s %.*s", w->number, arrows[side], (int)len, (char *)data);
    end_line(w->notes, time.time);
    return len != sizeof(uninteresting) - 1 || memcmp(data, uninteresting, len) != 0;
}

static void note_lost(void *ctx, from side, stamp time, uint64_t n)
{
    const watch *w = ctx;

    fprintf(w->notes->out, "%u %s lost %u", w->number, arrows[side], (unsigned)n);
    end_line(w->notes, time.time);
}

static void note_conflict(void *ctx, from side, uint64_t n)
{
    const watch *w = ctx;

    fprintf(w->notes->out, "%u %s conflict %u\n", w->number, arrows[side], (unsigned)n);
}

static void note_misplaced(void *ctx, from side, uint64_t n)
{
    const watch *w = ctx;

    fprintf(w->notes->out, "%u %s misplaced %u\n", w->number, arrows[side], (unsigned)n);
}

static void note_end(void *ctx, from side, stamp time)
{
    const watch *w = ctx;

    fprintf(w->notes->out, "%u %s end", w->number, arrows[side]);
    end_line(w->notes, time.time);
}

static void note_close(void *ctx, flow_end how, from breaker, stamp time)
{
    static const char *const ends[] = { [FLOW_CLOSED] = "closed",
                                        [FLOW_RESET] = "reset",
                                        [FLOW_REPLACED] = "replaced",
                                        [FLOW_UNFINISHED] = "unfinished",
                                        [FLOW_DROPPED] = "dropped" };
    watch *w = ctx;

    fprintf(w->notes->out, "%u %s%s%s", w->number, ends[how], how == FLOW_RESET ? " by " : "",
            how == FLOW_RESET ? arrows[breaker] : "");
    end_line(w->notes, time.time);
    free(w);
}

/* ---- segments ---- */

segment segment_of(const step *s, int64_t time)
{
    endpoint client = { { 10, 0, 0, 1 }, (uint16_t)s->client, 4 };
    endpoint server = { { 10, 0, 0, 2 }, SERVER_PORT, 4 };
    segment seg = { .time = { time, 0 }, .seq = s->seq, .ack = s->ack, .flags = (uint8_t)s->flags, .cut = s->cut };

    seg.from = s->side == FROM_CLIENT ? client : server;
    seg.to = s->side == FROM_CLIENT ? server : client;
    seg.data = (const uint8_t *)s->data;
    seg.len = s->data != NULL ? (uint32_t)strlen(s->data) : 0;
    return seg;
}

void notes_open(notes *n, flow_watcher *watcher)
{
    memset(n, 0, sizeof(*n));
    n->out = open_memstream(&n->text, &n->size);
    ck_assert_ptr_nonnull(n->out);
    *watcher = (flow_watcher){ n,        NULL,      note_open, note_data, note_lost, note_conflict, note_misplaced,
                               note_end, note_close };
}

void check_flow_case(notes *n, const flow_watcher *watcher, const flow_case *c)
{
    flows *f = flows_new(watcher);

    for (int i = 0; i < STEPS_MAX && c->steps[i].client > 0; i++) {
        segment seg = segment_of(&c->steps[i], 10 + i);

        flows_segment(f, &seg);
    }
    flows_finish(f);
    flows_free(f);
    fclose(n->out);
    ck_assert_msg(strcmp(n->text, c->notes) == 0, "%s:\n%sexpected:\n%s", c->name, n->text, c->notes);
    free(n->text);
}
