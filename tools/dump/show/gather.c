/* SPDX-License-Identifier: ISC */
#include "gather.h"

#include "watch/allocate.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A part of a session that went to the file. */
typedef struct extent {
    off_t at;
    size_t len;
} extent;

typedef struct waiting waiting;

struct waiting {
    uint64_t number; /* comes first: what the tree is searched by */
    filter_match match;
    extent *extents;
    size_t extent_count;
    uint8_t *data; /* what came behind them */
    size_t len, cap;

    /* if it has ended while another one is passed on */
    waiting *ended_next;
    session_info info;
    char *user; /* of that */
    outcome how;
};

struct gather {
    const filter *wanted;
    const event_sink *next;
    void *tree; /* of waiting */
    FILE *file; /* NULL: not needed so far */
    off_t end;
    size_t memory;
    uint64_t sessions;
    int failed;
    int passes;
    uint64_t passing; /* number of the session that is passed on, or 0 */
    waiting *ended, **ended_last;
};

/* ---- which session ---- */

static int compare(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

static waiting *find(const gather *g, uint64_t number)
{
    waiting **node = tfind(&number, &g->tree, compare);

    return *node;
}

/* ---- keeping ---- */

static void spill(gather *g, waiting *w)
{
    if (g->file == NULL && g->failed == 0) {
        g->file = tmpfile();
        if (g->file == NULL)
            g->failed = errno;
    }
    if (g->failed == 0 && pwrite(fileno(g->file), w->data, w->len, g->end) != (ssize_t)w->len)
        g->failed = errno != 0 ? errno : ENOSPC;
    w->extents = reallocate(w->extents, (w->extent_count + 1) * sizeof(*w->extents));
    w->extents[w->extent_count++] = (extent){ g->end, w->len };
    g->end += (off_t)w->len;
    w->len = 0;
    if (g->memory > GATHER_MEMORY) {
        free(w->data);
        w->data = NULL;
        g->memory -= w->cap;
        w->cap = 0;
    }
}

static void keep(gather *g, waiting *w, const void *data, size_t len)
{
    if (w->len + len > w->cap) {
        size_t cap = w->cap;

        while (cap < w->len + len)
            cap = cap == 0 ? 1024 : 2 * cap;
        w->data = reallocate(w->data, cap);
        g->memory += cap - w->cap;
        w->cap = cap;
    }
    if (len > 0)
        memcpy(w->data + w->len, data, len);
    w->len += len;
}

static size_t argument_count(const item *what)
{
    return what->kind == ITEM_COMMAND && what->error.code == SW_OK ? what->arguments.count : 0;
}

/* Most of an item is zero: a mask of its words that are not, and these. */
enum { ITEM_WORDS = sizeof(item) / sizeof(uint64_t) };

_Static_assert(sizeof(item) % sizeof(uint64_t) == 0 && ITEM_WORDS <= 64, "an item is not so many words");

static void keep_words(gather *g, waiting *w, const item *what)
{
    uint64_t words[ITEM_WORDS], packed[1 + ITEM_WORDS] = { 0 };
    item bare = *what;
    size_t n = 1;

    bare.body = NULL;
    bare.argv = NULL;
    memcpy(words, &bare, sizeof(bare));
    for (size_t i = 0; i < ITEM_WORDS; i++)
        if (words[i] != 0) {
            packed[0] |= (uint64_t)1 << i;
            packed[n++] = words[i];
        }
    keep(g, w, packed, n * sizeof(uint64_t));
}

/* Returns what lies behind it. */
static const uint8_t *take_words(const uint8_t *data, item *what)
{
    uint64_t words[ITEM_WORDS] = { 0 };
    uint64_t mask;

    memcpy(&mask, data, sizeof(mask));
    data += sizeof(mask);
    for (size_t i = 0; i < ITEM_WORDS; i++)
        if (mask & (uint64_t)1 << i) {
            memcpy(&words[i], data, sizeof(words[i]));
            data += sizeof(words[i]);
        }
    memcpy(what, words, sizeof(*what));
    return data;
}

/* An item is kept with the lengths of its arguments, their bytes and its body behind it. */
static void keep_item(gather *g, waiting *w, const item *what)
{
    size_t count = argument_count(what);

    keep_words(g, w, what);
    for (size_t i = 0; i < count; i++)
        keep(g, w, &what->argv[i].len, sizeof(what->argv[i].len));
    for (size_t i = 0; i < count; i++)
        keep(g, w, what->argv[i].data, what->argv[i].len);
    keep(g, w, what->body, what->body_len);
    if (w->len > GATHER_CHUNK || (g->memory > GATHER_MEMORY && w->len > GATHER_PIECE))
        spill(g, w);
}

/* ---- telling ---- */

/* Tells the item that lies here, and returns where the next one does. */
static const uint8_t *tell_one(const gather *g, const session_info *info, const uint8_t *data)
{
    sw_argument *argv = NULL;
    const uint8_t *bytes;
    size_t count;
    item what;

    data = take_words(data, &what);
    count = argument_count(&what);
    bytes = data + count * sizeof(size_t);
    if (count > 0)
        argv = allocate(count * sizeof(*argv));
    for (size_t i = 0; i < count; i++) {
        memcpy(&argv[i].len, data + i * sizeof(size_t), sizeof(size_t));
        argv[i].data = (const char *)bytes;
        bytes += argv[i].len;
    }
    what.body = bytes;
    what.argv = argv;
    g->next->item(g->next->ctx, info, &what);
    free(argv);
    return bytes + what.body_len;
}

static void tell_all(const gather *g, const session_info *info, const uint8_t *data, size_t len)
{
    const uint8_t *end = data + len;

    while (data < end)
        data = tell_one(g, info, data);
}

static void tell_extent(gather *g, const session_info *info, const extent *one)
{
    uint8_t *data = allocate(one->len);

    if (g->failed == 0 && pread(fileno(g->file), data, one->len, one->at) != (ssize_t)one->len)
        g->failed = errno != 0 ? errno : EIO;
    if (g->failed == 0)
        tell_all(g, info, data, one->len);
    free(data);
}

/* All that is kept of it. */
static void tell_kept(gather *g, const session_info *info, const waiting *w)
{
    for (size_t i = 0; i < w->extent_count; i++)
        tell_extent(g, info, &w->extents[i]);
    if (w->len > 0)
        tell_all(g, info, w->data, w->len);
}

static void forget(gather *g, waiting *w)
{
    tdelete(&w->number, &g->tree, compare);
    g->memory -= w->cap;
    free(w->extents);
    free(w->data);
    free(w->user);
    free(w);
}

/* It has ended, and is told if it is wanted. */
static void tell_whole(gather *g, waiting *w, const session_info *info, const outcome *how)
{
    if (filter_matches(g->wanted, &w->match, how)) {
        g->sessions++;
        g->next->begin(g->next->ctx, info);
        tell_kept(g, info, w);
        g->next->end(g->next->ctx, info, how);
    }
    forget(g, w);
}

/* ---- passing on ---- */

/* From here on it need not be kept. */
static void pass(gather *g, waiting *w, const session_info *info)
{
    g->passing = info->number;
    g->sessions++;
    g->next->begin(g->next->ctx, info);
    tell_kept(g, info, w);
    forget(g, w);
}

static void wait_for_turn(gather *g, waiting *w, const session_info *info, const outcome *how)
{
    w->info = *info;
    if (info->user != NULL) {
        w->user = allocate(info->user_len + 1);
        memcpy(w->user, info->user, info->user_len);
        w->info.user = w->user;
    }
    w->how = *how;
    w->ended_next = NULL;
    *(g->ended != NULL ? g->ended_last : &g->ended) = w; /* in the order of their ends */
    g->ended_last = &w->ended_next;
}

/* The session that was passed on has ended, so those can be told that have ended meanwhile. */
static void tell_ended(gather *g)
{
    waiting *next;

    for (waiting *w = g->ended; w != NULL; w = next) {
        next = w->ended_next;
        tell_whole(g, w, &w->info, &w->how);
    }
    g->ended = NULL;
}

/* ---- sink ---- */

static void gather_begin(void *ctx, const session_info *info)
{
    gather *g = ctx;
    waiting *w = allocate(sizeof(*w));

    w->number = info->number;
    if (tsearch(w, &g->tree, compare) == NULL)
        allocation_failed();
}

static void gather_item(void *ctx, const session_info *info, const item *what)
{
    gather *g = ctx;
    waiting *w = info->number != g->passing ? find(g, info->number) : NULL;

    if (w != NULL && g->passes && g->passing == 0) {
        pass(g, w, info);
        w = NULL;
    }
    if (w == NULL) {
        g->next->item(g->next->ctx, info, what);
        return;
    }
    filter_look(g->wanted, &w->match, what);
    keep_item(g, w, what);
}

static void gather_end(void *ctx, const session_info *info, const outcome *how)
{
    gather *g = ctx;

    if (info->number == g->passing) {
        g->next->end(g->next->ctx, info, how);
        g->passing = 0;
        tell_ended(g);
    } else if (g->passing != 0) {
        wait_for_turn(g, find(g, info->number), info, how);
    } else {
        tell_whole(g, find(g, info->number), info, how);
    }
}

/* ---- life ---- */

gather *gather_new(const filter *wanted, const event_sink *next, int passes)
{
    gather *g = allocate(sizeof(*g));

    g->wanted = wanted;
    g->next = next;
    g->passes = passes;
    return g;
}

event_sink gather_sink(gather *g)
{
    return (event_sink){ g, gather_begin, gather_item, gather_end };
}

uint64_t gather_sessions(const gather *g)
{
    return g->sessions;
}

int gather_failed(const gather *g)
{
    return g->failed;
}

void gather_free(gather *g)
{
    if (g != NULL && g->file != NULL)
        fclose(g->file);
    free(g);
}
