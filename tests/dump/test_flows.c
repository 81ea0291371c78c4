/* SPDX-License-Identifier: ISC */
/* Connections of a capture: which segment belongs to which, who is the client, how they end. */
#include "watch/flows.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a watcher that writes down what it is told: number, arrow, bytes ---- */

typedef struct notes {
    FILE *out;
    char *text;
    size_t size;
    unsigned watches;
    int with_times;   /* the time of each is written, too */
    unsigned refused; /* port of a client that is not watched; 0: all are */
} notes;

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

enum { SERVER_PORT = 80, STEPS_MAX = 20 };

typedef struct step {
    unsigned client; /* its port; 0: no more steps */
    int side;        /* a `from` */
    unsigned flags;
    uint32_t seq, ack;
    const char *data;
    uint32_t cut;
} step;

enum { C = FROM_CLIENT, S = FROM_SERVER, SYN = TCP_SYN, ACK = TCP_ACK, FIN = TCP_FIN, RST = TCP_RST };

static segment segment_of(const step *s, int64_t time)
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

struct flow_case {
    const char *name;
    step steps[STEPS_MAX];
    const char *notes;
};

static const struct flow_case cases[] = {
    { "a session",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, C, ACK, 101, 501, NULL, 0 },
        { 1, S, ACK, 501, 101, "hello", 0 },
        { 1, C, ACK, 101, 506, "you", 0 },
        { 1, C, ACK | FIN, 104, 506, NULL, 0 },
        { 1, S, ACK | FIN, 506, 105, "bye", 0 },
        { 1, C, ACK, 105, 510, NULL, 0 } },
      "1 open 1>80\n1 S>C hello\n1 C>S you\n1 C>S end\n1 S>C bye\n1 S>C end\n1 closed\n" },
    { "interleaved",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 2, C, SYN, 100, 0, NULL, 0 },
        { 2, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 2, S, ACK, 501, 101, "two", 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 2, C, ACK, 101, 504, "2", 0 },
        { 1, C, ACK, 101, 504, "1", 0 },
        { 1, C, ACK | RST, 102, 504, NULL, 0 } },
      "1 open 2>80\n1 S>C two\n2 open 1>80\n2 S>C one\n1 C>S 2\n2 C>S 1\n2 reset by C>S\n"
      "1 unfinished\n" },
    { "only one half",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, C, ACK, 101, 501, "abc", 0 },
        { 1, C, ACK | FIN, 104, 501, NULL, 0 } },
      "1 open 1>80\n1 C>S abc\n1 C>S end\n1 unfinished\n" },
    { "only the other half",
      { { 1, S, SYN | ACK, 500, 101, NULL, 0 }, { 1, S, ACK, 501, 101, "abc", 0 } },
      "1 open 1>80\n1 S>C abc\n1 unfinished\n" },
    { "no SYN: who speaks first is the server",
      { { 1, C, ACK, 101, 501, NULL, 0 }, { 1, S, ACK, 501, 101, "hello", 0 }, { 1, C, ACK, 101, 506, "you", 0 } },
      "1 open 1>80\n1 S>C hello\n1 C>S you\n1 unfinished\n" },
    { "no SYN: what the other side has shows where a stream begins",
      { { 1, S, ACK, 501, 101, "hello", 0 },
        { 1, C, ACK, 104, 506, "def", 0 },
        { 1, C, ACK, 101, 506, "abc", 0 } },
      "1 open 1>80\n1 S>C hello\n1 C>S abc\n1 C>S def\n1 unfinished\n" },
    { "the first segment is missing",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK, 503, 101, "cd", 0 },
        { 1, S, ACK | FIN, 505, 101, NULL, 0 },
        { 1, C, ACK, 101, 506, NULL, 0 } },
      "1 open 1>80\n1 S>C lost 2\n1 S>C cd\n1 S>C end\n1 unfinished\n" },
    { "the last segment is missing",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, C, ACK, 101, 501, "ab", 0 },
        { 1, C, ACK | FIN, 105, 501, NULL, 0 },
        { 1, S, ACK, 501, 106, NULL, 0 } },
      "1 open 1>80\n1 C>S ab\n1 C>S lost 2\n1 C>S end\n1 unfinished\n" },
    { "cut off",
      { { 1, C, ACK, 101, 501, "ab", 3 }, { 1, C, ACK, 106, 501, "fg", 0 } },
      "1 open 80>1\n1 S>C ab\n1 S>C lost 3\n1 S>C fg\n1 unfinished\n" },
    { "a gap at the end of the capture",
      { { 1, C, SYN, 100, 0, NULL, 0 }, { 1, C, ACK, 101, 501, "ab", 0 }, { 1, C, ACK, 105, 501, "ef", 0 } },
      "1 open 1>80\n1 C>S ab\n1 C>S lost 2\n1 C>S ef\n1 unfinished\n" },
    { "a gap before a reset",
      { { 1, C, SYN, 100, 0, NULL, 0 }, { 1, C, ACK, 102, 501, "b", 0 }, { 1, S, RST, 501, 0, NULL, 0 } },
      "1 open 1>80\n1 C>S lost 1\n1 C>S b\n1 reset by S>C\n" },
    { "a port used again",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 1, C, ACK | FIN, 101, 504, NULL, 0 },
        { 1, S, ACK | FIN, 504, 102, NULL, 0 },
        { 1, C, ACK, 102, 505, NULL, 0 },
        { 1, C, SYN, 9000, 0, NULL, 0 },
        { 1, S, SYN | ACK, 7000, 9001, NULL, 0 },
        { 1, S, ACK, 7001, 9001, "two", 0 },
        { 1, S, ACK, 501, 101, "one", 0 } },
      "1 open 1>80\n1 S>C one\n1 C>S end\n1 S>C end\n1 closed\n"
      "2 open 1>80\n2 S>C two\n2 unfinished\n" },
    { "a port used again, without an end before",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, C, SYN, 9000, 0, NULL, 0 },
        { 1, S, SYN | ACK, 7000, 9001, NULL, 0 },
        { 1, S, ACK, 7001, 9001, "two", 0 } },
      "1 open 1>80\n1 S>C one\n1 replaced\n2 open 1>80\n2 S>C two\n2 unfinished\n" },
    { "what comes behind the end is not a new connection",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 1, C, RST, 101, 0, NULL, 0 },
        { 1, S, ACK, 504, 101, "two", 0 },
        { 1, C, RST, 101, 0, NULL, 0 } },
      "1 open 1>80\n1 S>C one\n1 S>C two\n1 reset by C>S\n" },
    { "a RST elsewhere",
      { { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 1, S, RST, 700, 0, NULL, 0 },
        { 1, S, RST, 700, 0, NULL, 0 },
        { 1, S, RST, 400, 0, NULL, 0 },
        { 1, C, RST, 5000, 0, NULL, 0 },
        { 1, S, ACK, 504, 101, "two", 0 } },
      "1 open 1>80\n1 S>C one\n1 S>C misplaced 1\n1 S>C two\n1 S>C misplaced 1\n"
      "1 C>S misplaced 1\n1 unfinished\n" },
    { "a RST that was captured before what it follows",
      { { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 1, S, RST, 507, 0, NULL, 0 },
        { 1, S, ACK, 504, 101, "two", 0 } },
      "1 open 1>80\n1 S>C one\n1 S>C two\n1 reset by S>C\n" },
    { "a RST at the right place, with bytes behind it",
      { { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 1, S, RST, 504, 0, NULL, 0 },
        { 1, S, ACK, 504, 101, "two", 0 } },
      "1 open 1>80\n1 S>C one\n1 S>C misplaced 1\n1 S>C two\n1 unfinished\n" },
    { "a SYN elsewhere, which is not answered",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, C, ACK, 101, 501, "one", 0 },
        { 1, C, SYN, 120, 0, NULL, 0 },
        { 1, S, ACK, 501, 104, NULL, 0 },
        { 1, S, SYN | ACK, 9000, 104, NULL, 0 },
        { 1, C, ACK, 104, 501, "two", 0 } },
      "1 open 1>80\n1 C>S one\n1 S>C misplaced 1\n1 C>S two\n1 C>S misplaced 1\n1 unfinished\n" },
    { "a port used again, of one half",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, C, ACK, 101, 501, "one", 0 },
        { 1, C, SYN, 9000, 0, NULL, 0 },
        { 1, C, ACK, 9001, 701, "two", 0 } },
      "1 open 1>80\n1 C>S one\n1 replaced\n2 open 1>80\n2 C>S two\n2 unfinished\n" },
    { "a port used again after a reset",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, C, ACK, 101, 501, "one", 0 },
        { 1, S, RST, 501, 0, NULL, 0 },
        { 1, C, SYN, 9000, 0, NULL, 0 },
        { 1, C, ACK, 9001, 701, "two", 0 } },
      "1 open 1>80\n1 C>S one\n1 reset by S>C\n2 open 1>80\n2 C>S two\n2 unfinished\n" },
    { "bytes captured behind both ends",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK | FIN, 504, 101, NULL, 0 },
        { 1, C, ACK | FIN, 101, 505, NULL, 0 },
        { 1, S, ACK, 505, 102, NULL, 0 },
        { 1, S, ACK, 501, 101, "one", 0 } },
      "1 open 1>80\n1 C>S end\n1 S>C one\n1 S>C end\n1 closed\n" },
    { "refused",
      { { 1, C, SYN, 100, 0, NULL, 0 }, { 1, S, RST | ACK, 0, 101, NULL, 0 }, { 2, S, RST, 5, 0, NULL, 0 } },
      "" },
    { "another copy that differs",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, ACK, 501, 101, "hello", 0 },
        { 1, S, ACK, 501, 101, "hello", 0 },
        { 1, S, ACK, 501, 101, "hallo", 0 },
        { 1, C, ACK, 103, 506, "cd", 0 },
        { 1, C, ACK, 103, 506, "CD", 0 },
        { 1, C, ACK, 101, 506, "ab", 0 } },
      "1 open 1>80\n1 S>C hello\n1 S>C conflict 1\n1 C>S conflict 1\n1 C>S ab\n1 C>S cd\n"
      "1 unfinished\n" },
    { "nobody is interested",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, ACK, 501, 101, "boring", 0 },
        { 1, S, ACK, 507, 101, "more", 0 },
        { 1, C, ACK, 101, 511, "more", 0 } },
      "1 open 1>80\n1 S>C boring\n1 closed\n" },
    { "a FIN with bytes behind it is told once",
      { { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK | FIN, 501, 101, "ab", 0 },
        { 1, S, ACK, 503, 101, "cd", 0 },
        { 1, S, ACK, 505, 101, "ef", 0 } },
      "1 open 1>80\n1 S>C ab\n1 S>C cd\n1 S>C misplaced 1\n1 S>C ef\n1 unfinished\n" },
    { "gaps of both, one of which has ended",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, C, ACK | FIN, 103, 501, "cd", 0 },
        { 1, S, 0, 503, 0, "yz", 0 } },
      "1 open 1>80\n1 C>S lost 2\n1 C>S cd\n1 C>S end\n1 S>C lost 2\n1 S>C yz\n1 unfinished\n" },
    { "gaps of both, of which the server ended first",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK | FIN, 503, 101, "yz", 0 },
        { 1, C, FIN, 103, 0, "cd", 0 } },
      "1 open 1>80\n1 S>C lost 2\n1 S>C yz\n1 S>C end\n1 C>S lost 2\n1 C>S cd\n1 C>S end\n1 closed\n" },
    { "SYNs elsewhere, one of them twice",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, C, ACK, 101, 501, "one", 0 },
        { 1, C, SYN, 9000, 0, NULL, 0 },
        { 1, C, SYN, 9000, 0, NULL, 0 },
        { 1, C, SYN, 9500, 0, NULL, 0 },
        { 1, C, ACK, 104, 501, "two", 0 } },
      "1 open 1>80\n1 C>S one\n1 C>S misplaced 1\n1 C>S two\n1 C>S misplaced 1\n1 unfinished\n" },
    { "a SYN elsewhere that goes on, but the other end says nothing of it",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, C, ACK, 101, 501, "one", 0 },
        { 1, C, SYN, 200, 0, NULL, 0 },
        { 1, C, ACK, 201, 501, "two", 0 } },
      "1 open 1>80\n1 C>S one\n1 C>S lost 97\n1 C>S two\n1 C>S misplaced 1\n1 unfinished\n" },
    { "a RST of a connection that nobody knows, and then one of these ends",
      { { 3, S, RST, 500, 0, NULL, 0 }, { 3, C, SYN, 100, 0, NULL, 0 }, { 3, C, ACK, 101, 501, "x", 0 } },
      "1 open 3>80\n1 C>S x\n1 unfinished\n" },
    { "data in the SYN",
      { { 1, C, SYN, 100, 0, "abc", 0 }, { 1, C, ACK, 104, 501, "def", 0 } },
      "1 open 1>80\n1 C>S abc\n1 C>S def\n1 unfinished\n" },
};

static void notes_open(notes *n, flow_watcher *watcher)
{
    memset(n, 0, sizeof(*n));
    n->out = open_memstream(&n->text, &n->size);
    ck_assert_ptr_nonnull(n->out);
    *watcher = (flow_watcher){ n,        NULL,      note_open, note_data, note_lost, note_conflict, note_misplaced,
                               note_end, note_close };
}

static void check_case(notes *n, const flow_watcher *watcher, const struct flow_case *c)
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

START_TEST(connections)
{
    flow_watcher watcher;
    notes n;

    notes_open(&n, &watcher);
    check_case(&n, &watcher, &cases[_i]);
}
END_TEST

/* ---- times ---- */

static const struct flow_case timed_cases[] = {
    { "a session",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK, 501, 101, "hello", 0 },
        { 1, C, ACK, 103, 506, "later", 0 },
        { 1, C, ACK, 101, 506, "so", 0 },
        { 1, C, ACK | FIN, 108, 506, NULL, 0 },
        { 1, S, ACK | FIN, 506, 109, NULL, 0 },
        { 1, C, ACK, 109, 507, NULL, 0 } },
      "1 open 1>80 @10\n1 S>C hello @12\n1 C>S so @14\n1 C>S later @13\n1 C>S end @15\n1 S>C end @16\n"
      "1 closed @17\n" },
    { "a gap, and a reset",
      { { 1, S, ACK, 501, 101, "hello", 0 }, { 1, S, ACK, 508, 101, "on", 0 }, { 1, S, RST, 510, 0, NULL, 0 } },
      "1 open 1>80 @10\n1 S>C hello @10\n1 S>C lost 2 @11\n1 S>C on @11\n1 reset by S>C @12\n" },
};

START_TEST(times)
{
    flow_watcher watcher;
    notes n;

    notes_open(&n, &watcher);
    n.with_times = 1;
    check_case(&n, &watcher, &timed_cases[_i]);
}
END_TEST

/* Of a connection that the watcher does not want nothing is handed on, and others go on. */
START_TEST(not_watched)
{
    static const struct flow_case c = {
        "not watched",
        { { 7, C, SYN, 100, 0, NULL, 0 },
          { 7, S, ACK, 501, 101, "one", 0 },
          { 8, S, ACK, 501, 101, "two", 0 },
          { 7, C, ACK, 101, 504, "three", 0 },
          { 7, C, RST, 106, 0, NULL, 0 } },
        "1 open 8>80\n1 S>C two\n1 unfinished\n",
    };
    flow_watcher watcher;
    notes n;

    notes_open(&n, &watcher);
    n.refused = 7;
    check_case(&n, &watcher, &c);
}
END_TEST

/* ---- windows ---- */

/* The client has room for `window`, scaled as both agreed. What the server sent behind that is none of its bytes. */
static const struct {
    const char *name;
    int client_scale, server_scale; /* -1: no SYN */
    uint16_t window;
    uint32_t room;
} windows[] = {
    { "both scale", 2, 0, 100, 400 },
    { "by its own scale", 3, 1, 100, 800 },
    { "the server does not", 2, TCP_NO_SCALE, 100, 100 },
    { "the client does not", TCP_NO_SCALE, 2, 100, 100 },
    { "neither does", TCP_NO_SCALE, TCP_NO_SCALE, 100, 100 },
    { "the client's SYN was not seen", -1, 0, 1, 1 << TCP_SCALE_MAX },
    { "the server's was not", 2, -1, 1, 1 << TCP_SCALE_MAX },
};

static void send_syn(flows *f, int side, int scale)
{
    static const step syns[] = { { 1, C, SYN, 100, 0, NULL, 0 }, { 1, S, SYN | ACK, 500, 101, NULL, 0 } };
    segment seg = segment_of(&syns[side], side);

    seg.scale = (uint8_t)scale;
    seg.window = 60; /* which is never scaled */
    if (scale >= 0)
        flows_segment(f, &seg);
}

/* The notes on a byte at this distance behind what the client has. To be freed. */
static char *note_far_byte(int i, uint32_t distance)
{
    step before = { 1, S, ACK, 501, 101, "a", 0 }, far = { 1, S, ACK, 0, 101, "z", 0 };
    step answer = { 1, C, ACK, 101, 502, NULL, 0 };
    flow_watcher watcher;
    segment seg;
    notes n;
    flows *f;

    notes_open(&n, &watcher);
    f = flows_new(&watcher);
    send_syn(f, C, windows[i].client_scale);
    send_syn(f, S, windows[i].server_scale);
    seg = segment_of(&before, 5);
    flows_segment(f, &seg);
    far.seq = 502 + distance;
    seg = segment_of(&far, 6);
    flows_segment(f, &seg);
    seg = segment_of(&answer, 7);
    seg.window = windows[i].window;
    flows_segment(f, &seg);
    flows_finish(f);
    flows_free(f);
    fclose(n.out);
    return n.text;
}

START_TEST(in_window)
{
    char *inside = note_far_byte(_i, windows[_i].room), *outside = note_far_byte(_i, windows[_i].room + 1);
    char expected[128];

    snprintf(expected, sizeof(expected), "1 open 1>80\n1 S>C a\n1 S>C lost %u\n1 S>C z\n1 unfinished\n",
             (unsigned)windows[_i].room);
    ck_assert_msg(strcmp(inside, expected) == 0, "%s:\n%s", windows[_i].name, inside);
    ck_assert_msg(strcmp(outside, "1 open 1>80\n1 S>C a\n1 S>C misplaced 1\n1 unfinished\n") == 0, "%s:\n%s",
                  windows[_i].name, outside);
    free(inside);
    free(outside);
}
END_TEST

/* Beginnings that were not captured, or came late: what begins with `B` is one. */
static const struct flow_case unsure_cases[] = {
    { "a beginning is used at once",
      { { 1, S, ACK, 501, 101, "Bone", 0 }, { 1, C, ACK, 101, 505, "two", 0 } },
      "1 open 1>80\n1 S>C Bone\n1 C>S two\n1 unfinished\n" },
    { "backward, without SYN",
      { { 1, C, FIN | ACK, 104, 509, NULL, 0 },
        { 1, S, FIN | ACK, 508, 104, NULL, 0 },
        { 1, S, ACK, 505, 104, "tri", 0 },
        { 1, C, ACK, 101, 505, "two", 0 },
        { 1, S, ACK, 501, 101, "Bone", 0 } },
      "1 open 1>80\n1 S>C Bone\n1 C>S two\n1 S>C tri\n1 S>C end\n1 C>S end\n1 closed\n" },
    { "backward, with SYN",
      { { 1, S, ACK, 504, 104, "tri", 0 },
        { 1, C, ACK, 101, 504, "two", 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, C, SYN, 100, 0, NULL, 0 } },
      "1 open 1>80\n1 S>C one\n1 C>S two\n1 S>C tri\n1 unfinished\n" },
    { "in disorder, with SYN",
      { { 1, C, SYN, 100, 0, NULL, 0 },
        { 1, S, ACK, 504, 104, "tri", 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 1, C, ACK, 101, 504, "two", 0 },
        { 1, S, SYN | ACK, 500, 101, NULL, 0 } },
      "1 open 1>80\n1 S>C one\n1 C>S two\n1 S>C tri\n1 unfinished\n" },
    { "no beginning at all",
      { { 1, S, ACK, 501, 101, "one", 0 }, { 1, C, ACK, 101, 504, "two", 0 }, { 1, S, ACK, 504, 104, "tri", 0 } },
      "1 open 1>80\n1 S>C one\n1 C>S two\n1 S>C tri\n1 unfinished\n" },
    { "what was sent before is lost",
      { { 1, C, ACK, 101, 501, "two", 0 }, { 1, S, ACK, 504, 104, "tri", 0 } },
      "1 open 80>1\n1 S>C two\n1 C>S lost 3\n1 C>S tri\n1 unfinished\n" },
    { "another connection begins",
      { { 1, S, ACK, 501, 101, "one", 0 },
        { 1, C, SYN, 70000, 0, NULL, 0 },
        { 1, S, SYN | ACK, 90000, 70001, NULL, 0 },
        { 1, S, ACK, 90001, 70001, "new", 0 } },
      "1 open 1>80\n1 S>C one\n1 replaced\n2 open 1>80\n2 S>C new\n2 unfinished\n" },
};

static int begins_with_b(const uint8_t *data, size_t len)
{
    return len > 0 && data[0] == 'B';
}

START_TEST(unsure)
{
    flow_watcher watcher;
    notes n;

    notes_open(&n, &watcher);
    watcher.begins = begins_with_b;
    check_case(&n, &watcher, &unsure_cases[_i]);
}
END_TEST

/* So much is not waited for. */
START_TEST(unsure_for_long)
{
    static const char text[] = "0123456789012345678901234567890123456789";
    flow_watcher watcher;
    uint32_t size = sizeof(text) - 1, seq = 1U << 30;
    unsigned count = 0;
    notes n;
    flows *f;

    notes_open(&n, &watcher);
    watcher.begins = begins_with_b;
    f = flows_new(&watcher);
    while (n.watches == 0 && count++ < 1U << 20) {
        step one = { 1, S, ACK, 0, 101, text, 0 };
        segment seg;

        one.seq = _i == 0 ? seq + count * size : seq - count * size;
        seg = segment_of(&one, (int)count);
        flows_segment(f, &seg);
    }
    ck_assert_uint_gt(count * size, _i == 0 ? STREAM_UNSURE_BYTES / 4 : STREAM_HOLD_SEGMENTS * size);
    ck_assert_uint_le(count * size, _i == 0 ? STREAM_UNSURE_BYTES : (STREAM_HOLD_SEGMENTS + 1) * size);
    flows_finish(f);
    flows_free(f);
    fclose(n.out);
    free(n.text);
}
END_TEST

/* What was closed is over when enough other segments have come, or when nothing comes for a while.
 * What comes then is counted, unless it was used before. */
START_TEST(late)
{
    static const step steps[] = {
        { 1, S, SYN | ACK, 500, 101, NULL, 0 },
        { 1, S, ACK, 501, 101, "one", 0 },
        { 1, S, RST, 504, 0, NULL, 0 },
    };
    static const step again = { 1, S, ACK, 501, 101, "one", 0 };
    static const step behind = { 1, S, ACK, 504, 101, "four", 0 };
    static const step other = { 2, C, ACK, 501, 101, "x", 0 };
    flow_watcher watcher;
    uint64_t segments, bytes;
    segment seg;
    notes n;
    flows *f;

    notes_open(&n, &watcher);
    f = flows_new(&watcher);
    for (int i = 0; i < COUNT(steps); i++) {
        ck_assert_int_eq(flows_wait_for_quiet(f), 0);
        seg = segment_of(&steps[i], i);
        flows_segment(f, &seg);
    }
    ck_assert_int_eq(flows_wait_for_quiet(f), 1);
    seg = segment_of(&other, 5);
    for (int i = 0; i < FLOWS_GRACE - 1 + _i; i++)
        flows_segment(f, &seg);
    ck_assert_int_eq(flows_wait_for_quiet(f), _i == 0);
    flows_quiet(f);
    ck_assert_int_eq(flows_wait_for_quiet(f), 0);
    ck_assert_int_eq(fflush(n.out), 0);
    ck_assert_ptr_nonnull(strstr(n.text, "1 reset by S>C\n"));
    seg = segment_of(&again, 6);
    flows_segment(f, &seg);
    flows_unused(f, &segments, &bytes);
    ck_assert_uint_eq(segments, 0);
    seg = segment_of(&behind, 7);
    flows_segment(f, &seg);
    flows_unused(f, &segments, &bytes);
    ck_assert_uint_eq(segments, 1);
    ck_assert_uint_eq(bytes, 4);
    flows_finish(f);
    flows_free(f);
    fclose(n.out);
    free(n.text);
}
END_TEST

/* Of more connections than there is room for, those go that nobody watches, then the oldest. */
START_TEST(too_many)
{
    flow_watcher watcher;
    notes n;
    flows *f;

    notes_open(&n, &watcher);
    f = flows_new(&watcher);
    for (unsigned i = 0; i < FLOWS_MAX + 2; i++) {
        step first = { 1, C, ACK, 101, 501, i == 7 ? "boring" : "x", 0 };
        segment seg = segment_of(&first, i);

        memcpy(seg.from.ip, &i, sizeof(i));
        flows_segment(f, &seg);
    }
    ck_assert_int_eq(fflush(n.out), 0);
    ck_assert_ptr_nonnull(strstr(n.text, "8 closed\n"));
    ck_assert_ptr_nonnull(strstr(n.text, "\n1 dropped\n"));
    ck_assert_ptr_null(strstr(n.text, "2 dropped\n"));
    flows_finish(f);
    ck_assert_int_eq(fflush(n.out), 0);
    ck_assert_ptr_nonnull(strstr(n.text, "\n2 unfinished\n"));
    ck_assert_uint_eq(n.watches, FLOWS_MAX + 2);
    flows_free(f);
    fclose(n.out);
    free(n.text);
}
END_TEST

/* However often ports are used again, others stay. */
START_TEST(many_again)
{
    static const step first = { 1, C, ACK, 101, 501, "x", 0 };
    flow_watcher watcher;
    segment seg = segment_of(&first, 0);
    notes n;
    flows *f;

    notes_open(&n, &watcher);
    f = flows_new(&watcher);
    flows_segment(f, &seg);
    for (unsigned i = 0; i < FLOWS_MAX + 10; i++) {
        step syn = { 2, C, SYN, 100 * i, 0, NULL, 0 }, reset = { 2, C, RST, 100 * i + 1, 0, NULL, 0 };

        seg = segment_of(&syn, i);
        flows_segment(f, &seg);
        seg = segment_of(&reset, i);
        flows_segment(f, &seg);
    }
    flows_finish(f);
    flows_free(f);
    fclose(n.out);
    ck_assert_str_eq(n.text, "1 open 80>1\n1 S>C x\n1 unfinished\n");
    free(n.text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dump flows");
    TCase *tcase = suite_case(suite, "flows");

    tcase_add_loop_test(tcase, connections, 0, COUNT(cases));
    tcase_add_loop_test(tcase, times, 0, COUNT(timed_cases));
    tcase_add_test(tcase, not_watched);
    tcase_add_loop_test(tcase, in_window, 0, COUNT(windows));
    tcase_add_test(tcase, many_again);
    tcase_add_loop_test(tcase, unsure, 0, COUNT(unsure_cases));
    tcase_add_loop_test(tcase, unsure_for_long, 0, 2);
    tcase_add_loop_test(tcase, late, 0, 2);
    tcase_add_test(tcase, too_many);
    return run_suite(suite);
}
